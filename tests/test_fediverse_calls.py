"""How many calls things take, exactly, in each dialect."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import pytest

import fediverse_studio
from fediverse_house import EVERY, House
from heliograph.errors import Refused
from heliograph.model import Action, Change, F, Rendition, Verb
from heliograph.policy import OnFixed, When

UPLOAD = {"mastodon": "v2", "pixelfed": "v1", "gotosocial": "v2", "snac": "v2", "takahe": "v2"}
LISTING, WHO = "GET /api/v1/accounts/:id/statuses", "GET /api/v1/accounts/verify_credentials"
POST, PUT, GET = "POST /api/v1/statuses", "PUT /api/v1/statuses/:id", "GET /api/v1/statuses/:id"
DELETE, DESCRIBE = "DELETE /api/v1/statuses/:id", "PUT /api/v1/media/:id"
ALT_BY_MEDIA = ("pixelfed-0.11", "pixelfed-0.12", "takahe-0.11")
ALT_BY_POST = ("mastodon-4.6", "gotosocial-0.20")
NODEINFO = ("GET /.well-known/nodeinfo", "GET /nodeinfo/2.0")
ITSELF = {
    "mastodon-4.6": (),
    "mastodon-4.0": NODEINFO,
    "pixelfed-0.11": ("GET /api/v2/config",),
    "pixelfed-0.12": ("GET /api/v2/config",),
    "gotosocial-0.20": NODEINFO,
    "snac-2.94": ("GET /api/v1/instance",),
    "takahe-0.11": NODEINFO,
}
"""What a server is asked about itself besides its instance."""


@pytest.fixture(params=EVERY)
def house(request, tmp_path):
    with House.opened(tmp_path, request.param) as house:
        house.awake = house.platform()
        house.awake.survey(None)
        house.publish(house.awake, house.wanted(99), 99)
        yield house


def upload(house):
    return f"POST /api/{UPLOAD[house.standin.world.traits.software]}/media"


def edited(house, post, **fields):
    """A run that looked, and sets these fields of a post."""
    platform = house.ready()
    wanted = house.wanted(1, **fields)
    action = Action(
        Verb.UPDATE,
        wanted.subject,
        wanted.platform,
        wanted.where,
        "it changed",
        wanted,
        post,
        tuple(Change(name, None, value) for name, value in fields.items()),
    )
    foreseen = platform.calls(action)
    after = platform.update(post, wanted, frozenset(fields), None, house.wanted(1).fields)
    counts = house.counts()
    assert foreseen == sum(counts.values())
    return after, counts


def test_adding_takes_the_picture_and_the_post(house):
    platform = house.ready()
    wanted = house.wanted()
    house.publish(platform, wanted)
    assert house.counts() == {upload(house): 1, POST: 1}
    assert platform.calls(Action(Verb.ADD, wanted.subject, wanted.platform, wanted.where, "new", wanted)) == 2


def test_a_run_in_which_nothing_changed_takes_one_call(house):
    house.publish(house.awake, house.wanted())
    cursor = house.platform().survey(None).cursor
    house.counts()
    survey = house.platform().survey(cursor)
    assert house.counts() == {LISTING: 1}
    assert not survey.full
    assert len(survey.posts) == 2


def test_the_server_is_asked_about_itself_again_after_a_day(house):
    cursor = house.platform().survey(None).cursor
    house.counts()
    house.clock.sleep(25 * 3600)
    assert house.platform().survey(cursor).full
    counts = house.counts()
    assert counts.pop(LISTING) == 1
    assert 1 <= sum(counts.values()) <= 4


def test_new_text_takes_one_call(house):
    _, post = house.publish(house.awake, house.wanted())
    house.counts()
    after, counts = edited(house, post, **{F.TEXT: "Other boats"})
    assert counts == {PUT: 1}
    assert after.fields[F.TEXT] == "Other boats"
    assert house.standin.world.pictures_of(house.standin.world.statuses[post.id])


def test_a_new_alt_text_takes_one_call_where_it_can_be_set(house):
    _, post = house.publish(house.awake, house.wanted())
    house.counts()
    platform = house.ready()
    if F.ALT not in platform.limits.amendable:
        assert house.standin.profile in {"mastodon-4.0", "snac-2.94"}
        return
    after, counts = edited(house, post, **{F.ALT: "Boats & nets"})
    assert counts == ({DESCRIBE: 1} if house.standin.profile in ALT_BY_MEDIA else {PUT: 1})
    assert after.fields[F.ALT] == "Boats & nets"


def test_text_and_alt_text_together_take_one_call_or_one_each(house):
    _, post = house.publish(house.awake, house.wanted())
    house.counts()
    if F.ALT not in house.platform().limits.amendable:
        return
    after, counts = edited(house, post, **{F.TEXT: "Other boats", F.ALT: "Other boats on sand"})
    assert counts == ({DESCRIBE: 1, PUT: 1} if house.standin.profile in ALT_BY_MEDIA else {PUT: 1})
    assert (after.fields[F.TEXT], after.fields[F.ALT]) == ("Other boats", "Other boats on sand")


def test_what_is_there_already_takes_no_call(house):
    _, post = house.publish(house.awake, house.wanted())
    platform = house.ready()
    platform.update(post, house.wanted(), frozenset({F.TEXT, F.WARNING}), None)
    assert house.counts() == {}


def test_a_post_that_no_listing_named_is_read_first(house):
    _, post = house.publish(house.awake, house.wanted())
    platform = house.platform()
    house.counts()
    platform.update(post, house.wanted(1, **{F.TEXT: "Other boats"}), frozenset({F.TEXT}), None)
    assert house.counts() == {GET: 1, PUT: 1}


def test_deleting_takes_one_call_also_the_second_time(house):
    _, post = house.publish(house.awake, house.wanted())
    platform = house.ready()
    platform.delete(post)
    assert house.counts() == {DELETE: 1}
    platform.delete(post)
    assert house.counts() == {DELETE: 1}


def test_any_number_of_doubts_is_settled_by_one_listing(house):
    claims = [house.publish(house.awake, house.wanted(number), number)[0] for number in range(5)]
    platform = house.ready()
    found = platform.find(claims)
    assert house.counts() == {LISTING: 1}
    assert [len(found[claim]) for claim in claims] == [1] * 5


def test_a_look_at_everything_takes_a_call_for_forty_posts(house):
    for number in range(100):
        house.standin.world.post(house.standin.id, f"By hand {number}", [house.file(number % 3).path.read_bytes()])
    platform = house.platform()
    house.counts()
    survey = platform.survey(None)
    counts = house.counts()
    assert len(survey.posts) == 101
    assert survey.looked
    # Who says nowhere that a page is the last one is asked once more.
    assert counts[LISTING] == (3 if house.standin.world.traits.link else 4)


def test_an_account_that_never_called_is_woken_up_once_for_all(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.11") as house:
        house.standin.sleep()
        platform = house.platform()
        platform.survey(None)
        house.counts()
        house.publish(platform, house.wanted())
        assert house.counts() == {WHO: 1, "POST /api/v1/media": 1, POST: 1}
        again = house.ready()
        house.publish(again, house.wanted(2), 2)
        assert house.counts() == {"POST /api/v1/media": 1, POST: 1}


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_pixelfed_is_asked_what_became_of_an_edit_that_it_does_not_answer(tmp_path, visibility):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        _, post = house.publish(house.ready(), house.wanted(1, **{F.VISIBILITY: visibility}))
        platform = house.ready()
        wanted = house.wanted(1, **{F.VISIBILITY: visibility, F.TEXT: "Other boats"})
        after = platform.update(post, wanted, frozenset({F.TEXT}), None)
        assert house.counts() == {PUT: 1, GET: 1}
        assert after.fields[F.TEXT] == "Other boats"
        assert after.fields[F.VISIBILITY] == visibility


def test_pixelfeds_tenth_edit_is_refused_once_by_it_and_then_by_us(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        _, post = house.publish(house.ready(), house.wanted())
        platform = house.ready()
        for number in range(9):
            post = platform.update(post, house.wanted(1, **{F.TEXT: f"Edit {number}"}), frozenset({F.TEXT}), None)
        tenth = house.wanted(1, **{F.TEXT: "Edit 9"})
        with pytest.raises(Refused, match="more than 10 times"):
            platform.update(post, tenth, frozenset({F.TEXT}), None)
        again = house.ready()
        with pytest.raises(Refused, match="post it anew"):
            again.update(post, tenth, frozenset({F.TEXT}), None)
        assert house.counts() == {}
        described = again.update(post, replace(tenth, fields={**tenth.fields, F.ALT: "New"}), frozenset({F.ALT}), None)
        assert described.fields[F.ALT] == "New"


@pytest.mark.parametrize("profile", ALT_BY_POST)
def test_a_picture_replaced_in_place_takes_two_calls(tmp_path, profile):
    with House.opened(tmp_path, profile) as house:
        _, post = house.publish(house.ready(), house.wanted())
        platform = house.ready()
        wanted = house.wanted(1, **{F.PICTURE: "another"})
        after = platform.update(post, wanted, frozenset({F.PICTURE}), Rendition((house.file(5),)))
        assert house.counts() == {"POST /api/v2/media": 1, PUT: 1}
        assert after.id == post.id
        assert after.fields[F.ALT] == wanted.fields[F.ALT]


@pytest.fixture
def runs(tmp_path, template):
    """Opens a desk over a server."""
    with ExitStack() as stack:
        yield lambda profile: stack.enter_context(fediverse_studio.opened(tmp_path / "studio", template, profile))


@pytest.mark.parametrize("profile", EVERY)
def test_a_first_run_asks_what_the_server_is_and_what_there_is(runs, profile):
    studio = runs(profile)
    studio.sync()
    assert studio.counts() == dict.fromkeys(("GET /api/v2/instance", *ITSELF[profile], LISTING), 1)
    studio.sync()
    assert studio.counts() == {LISTING: 1}


@pytest.mark.parametrize("profile", ["pixelfed-0.11", "pixelfed-0.12", "snac-2.94", "takahe-0.11"])
def test_a_picture_that_cannot_be_replaced_takes_three_calls_to_be_posted_anew(runs, profile):
    studio = runs(profile)
    studio.set(when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg")
    studio.sync()
    studio.put("a.jpg", pixels="developed anew")
    studio.counts()
    studio.sync()
    upload = f"POST /api/{UPLOAD[profile.partition('-')[0]]}/media"
    assert studio.counts() == {LISTING: 1, upload: 1, POST: 1, DELETE: 1}
