"""Everything that can go wrong on the way to servers of the fediverse: nothing twice, nothing lost, no riddles."""

from __future__ import annotations

import random

import httpx2
import pytest

import fediverse_studio
from fediverse_house import EVERY
from fediverse_studio import (
    A_DAY_S,
    DELETE,
    DESCRIBE,
    LISTING,
    POST,
    PUT,
    UPLOAD,
    Studio,
    in_sentences,
    of,
    settled,
    verbs,
)
from heliograph.errors import Busy
from heliograph.execute import End
from heliograph.model import F, Verb
from heliograph.policy import OnFixed, OnMissing, When
from heliograph.standin.fediverse import PROFILES, Fault, What
from heliograph.standin.fediverse.faults import TOO_MANY

studio, published = fediverse_studio.studio, fediverse_studio.published


HALF_HOUR_S = 1800.0


@pytest.fixture(params=EVERY)
def pair(request, tmp_path, template):
    """A server in each dialect, and another one that is well."""
    well = "gotosocial-0.20" if request.param != "gotosocial-0.20" else "mastodon-4.6"
    with fediverse_studio.opened(tmp_path / "studio", template, request.param, well) as pair:
        pair.ill, pair.well = pair.servers[request.param], pair.servers[well]
        yield pair


# --- one platform's trouble is its own --------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [UPLOAD, POST])
def test_a_token_taken_back_in_the_middle_stops_this_server_with_one_sentence(pair, call):
    for number in range(4):
        pair.put(f"{number}.jpg")
    pair.ill.standin.faults.add(Fault(What.TOKEN_REVOKED, route=call, after=1))
    events = [event for event in pair.sync() if event.action.platform == pair.ill.policy.name]
    assert [event.end for event in events if event.action.verb == Verb.ADD] == [
        End.DONE,
        End.FAILED,
        End.HELD,
        End.HELD,
    ]
    failed = next(event for event in events if event.end == End.FAILED)
    assert "sign in again" in failed.sentence.lower()
    in_sentences(events, pair.ill.standin.token)
    assert (len(pair.ill.posts), len(pair.well.posts)) == (1, 4)
    calls = pair.ill.standin.calls.all()
    revoked = next(number for number, one in enumerate(calls) if one.fault)
    assert len(calls) - revoked <= 2, "whoever is turned away does not keep on asking"
    back_in(pair.ill)
    pair.sync()
    assert pair.ill.texts == pair.well.texts == ["0", "1", "2", "3"]


def back_in(server):
    """The owner signed in again."""
    token = server.standin.world.tokens[server.standin.token]
    token.revoked = False
    server.standin.world.keep(token)


@pytest.mark.parametrize("after", [0, 4])
def test_a_server_that_is_down_waits_while_the_others_go_on(pair, after):
    for number in range(3):
        pair.put(f"{number}.jpg")

    def breaks(request: httpx2.Request) -> None:
        pair.ill.down = len(pair.ill.sent) > after

    pair.ill.before = breaks
    pair.ill.down = after == 0
    with pair.desk() as desk:
        events = list(desk.sync())
        trouble = desk.troubles.get(pair.ill.policy.name)
    in_sentences(events, pair.ill.standin.token)
    assert pair.well.texts == ["0", "1", "2"]
    assert len(pair.ill.posts) < 3
    assert (isinstance(trouble, Busy) and "could not be reached" in trouble.sentence) or after
    pair.ill.before = lambda _: None
    pair.ill.down = False
    pair.clock.sleep(600.0)
    pair.sync()
    assert pair.ill.texts == pair.well.texts == ["0", "1", "2"]


@pytest.mark.parametrize("what", [What.NONSENSE, What.EMPTY_LIST])
def test_a_listing_that_failed_makes_nothing_new_and_takes_nothing_away(pair, what):
    pair.set(when=When(missing=OnMissing.ADD))
    for number in range(3):
        pair.put(f"{number}.jpg")
    pair.sync()
    pair.sync()
    pair.put("3.jpg")
    del pair.drawn.items["0.jpg"]
    pair.ill.standin.faults.add(Fault(what, route=LISTING, times=0))
    in_sentences(pair.sync(), pair.ill.standin.token)
    assert pair.ill.texts in (["0", "1", "2"], ["1", "2", "3"])
    assert pair.well.texts == ["1", "2", "3"]
    pair.ill.standin.faults.clear()
    pair.sync()
    assert pair.ill.texts == ["1", "2", "3"]


@pytest.mark.parametrize("what", [What.WRONG_TYPES, What.EMPTY_LIST])
def test_a_doubt_that_cannot_be_looked_up_stays_one(published, what):
    published.put("b.jpg")
    published.server.standin.faults.add(
        Fault(What.CLOSED_UNANSWERED, route=POST), Fault(what, route=LISTING, times=0, after=1)
    )
    in_sentences(published.sync(), published.server.standin.token)
    in_sentences(published.sync(), published.server.standin.token)
    assert published.server.texts == ["Boats", "b"]
    published.server.standin.faults.clear()
    published.sync()
    assert published.server.texts == ["Boats", "b"]
    settled(published)


def test_a_deletion_is_believed_only_when_the_server_itself_confirms_it(studio):
    for what in (What.NONSENSE, What.EMPTY_LIST, What.EMPTY_BODY, What.HTTP_413):
        studio.put("a.jpg", title="Boats")
        studio.sync()
        del studio.drawn.items["a.jpg"]
        studio.server.standin.faults.add(Fault(what, route=DELETE))
        events = studio.sync()
        in_sentences(events, studio.server.standin.token)
        confirmed = [event.end for event in events if event.action.verb == Verb.DELETE] == [End.DONE]
        assert confirmed is (studio.server.texts == [])
        studio.sync()
        assert studio.server.texts == []
    settled(studio)


# --- servers that change ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("studio", "newer"),
    [("mastodon-4.0", "mastodon-4.6"), ("pixelfed-0.11", "pixelfed-0.12")],
    indirect=["studio"],
)
@pytest.mark.parametrize("wait_s", [600.0, A_DAY_S])
def test_a_server_that_was_updated_is_spoken_to_in_its_new_way_and_nothing_is_posted_again(studio, newer, wait_s):
    for number in range(3):
        studio.put(f"{number}.jpg")
    studio.sync()
    before = studio.limits()
    posts = {post.id for post in studio.server.posts}
    studio.server.standin.world.traits = PROFILES[newer]
    studio.clock.sleep(wait_s)
    studio.put("3.jpg")
    studio.change("1.jpg", title="Other boats")
    studio.sync()
    assert posts < {post.id for post in studio.server.posts}
    assert studio.server.texts == ["0", "2", "3", "Other boats"]
    studio.clock.sleep(A_DAY_S)
    studio.sync()
    after = studio.limits()
    assert before != after
    if newer == "mastodon-4.6":
        assert (before.alt_len, after.alt_len) == (1500, 10_000)
        assert F.ALT in after.amendable - before.amendable
        studio.change("0.jpg", alt_text="It can be changed now")
        studio.sync()
        assert studio.counts()[PUT] == 2
    else:
        assert (before.calls_per_h, after.calls_per_h) == (None, 512 * 60)
    assert len(studio.server.posts) == 4
    settled(studio)


def test_limits_that_the_operator_changed_count_after_a_day(studio):
    studio.put("a.jpg", title="Boats", caption="")
    studio.sync()
    before = studio.limits()
    studio.server.standin.turn(text_len=before.text_len - 100, image_bytes=before.max_bytes // 2, alt_len=700)
    studio.clock.sleep(A_DAY_S)
    studio.sync()
    after = studio.limits()
    assert after.text_len == before.text_len - 100
    assert after.max_bytes < before.max_bytes
    assert verbs(studio.plan()) == {}


# --- being counted ----------------------------------------------------------------------------------------------------


@of("mastodon-4.6")
def test_thirty_uploads_in_half_an_hour_are_kept_by_two_programs_together(studio):
    studio.server.standin.turn(rates_enforced=True)
    for number in range(45):
        studio.put(f"{number:02}.jpg")
    with studio.desk() as desk:
        desk.stop = lambda: len(studio.server.posts) == 20
        events = list(desk.sync())
    assert len(studio.server.posts) == 20
    assert sum("you asked to stop" in event.sentence for event in events) == 25 + 1, "and to finish"
    (told,) = [event for event in studio.sync(later_s=0) if event.end == End.FAILED]
    assert len(studio.server.posts) == 30
    assert "as often as it allows" in told.sentence
    sent = len(studio.server.sent)
    studio.sync(later_s=HALF_HOUR_S + 60)
    writes = [request.method for request in studio.server.sent[sent:] if request.method != "GET"]
    assert writes == [], "nothing is sent beyond it"
    studio.sync()
    assert len(studio.server.posts) == 45
    assert {call.status for call in studio.server.standin.calls.all()} == {200}
    settled(studio)


@of("mastodon-4.6")
def test_the_plan_says_how_long_three_hundred_photos_take(studio):
    for number in range(300):
        studio.put(f"{number:03}.jpg")
    (note,) = studio.plan().notes
    assert "30 new photos in 30 minutes are allowed" in note
    assert "5 hours" in note


@pytest.mark.parametrize("counted", [True, False])
@of("pixelfed-0.11", "pixelfed-0.12")
def test_ten_alt_texts_a_minute_are_all_that_pixelfed_is_sent(studio, counted):
    studio.server.standin.turn(rates_enforced=True)
    studio.server.counted = counted
    for number in range(14):
        studio.put(f"{number:02}.jpg")
    studio.sync()
    for number in range(14):
        studio.change(f"{number:02}.jpg", alt_text=f"Other words {number}")
    for _ in range(2):
        in_sentences(studio.sync(), studio.server.standin.token)
    assert 429 not in {call.status for call in studio.server.standin.calls.of(DESCRIBE)}
    alts = {alt for post in studio.server.posts for alt in studio.server.alts(post)}
    assert alts == {f"Other words {number}" for number in range(14)}
    settled(studio)


@of("mastodon-4.6", "gotosocial-0.20", "pixelfed-0.12")
def test_a_server_that_counts_for_itself_is_heard(studio):
    """Somebody else uses the same account up."""
    studio.server.standin.turn(rates_enforced=True)
    studio.server.counted = False
    for number in range(3):
        studio.put(f"{number}.jpg")
    rates = [rate for rate in studio.server.standin.world.traits.rates if rate.kind == "calls"]
    least = min(rates, key=lambda rate: rate.count)
    with httpx2.Client(
        transport=httpx2.WSGITransport(app=studio.server.standin.app),
        headers={"Authorization": f"Bearer {studio.server.standin.token}", "Accept": "application/json"},
    ) as other:
        for _ in range(least.count - 4):
            other.get(f"{studio.server.standin.url}/api/v1/accounts/verify_credentials")
    events = studio.sync()
    assert End.UNCERTAIN not in {event.end for event in events}
    assert len(studio.server.standin.calls.of("*")) < least.count + 30
    studio.sync()
    assert studio.server.texts == ["0", "1", "2"]
    settled(studio)


# --- everything at once -----------------------------------------------------------------------------------------------

CALLS = (
    LISTING,
    UPLOAD,
    POST,
    PUT,
    DESCRIBE,
    DELETE,
    "GET /api/v?/instance",
    "GET /api/v1/accounts/verify_credentials",
)
TROUBLES = tuple(what for what in What if what not in {What.DELAY, What.HUGE_BODY})
DAYS = 5


def test_whatever_goes_wrong_is_made_up_for_and_nothing_is_there_twice(studio):
    """A life of some days, each with troubles of its own; the right ones are looked for where they hurt most."""
    dice = random.Random(studio.name)
    studio.set(when=When(missing=OnMissing.ADD, fixed=OnFixed.REPOST))
    tokens = dict(studio.server.standin.world.tokens)
    for day in range(DAYS):
        a_day_of_work(studio, dice, day)
        script = [trouble(dice) for _ in range(dice.choice((1, 1, 2)))]
        studio.server.standin.faults.add(*script)
        if dice.random() < 0.3:
            studio.server.standin.turn(listing_lag_s=60.0, delete_lag_s=60.0)
        events = studio.sync(later_s=dice.choice((0.0, 30.0, 600.0)))
        in_sentences(events, studio.server.standin.token)
        told = [event.sentence for event in events]
        assert twice(studio) == [], (told, [(f.what, f.route, f.times, f.after, f.late, f.happened) for f in script])
        studio.server.standin.faults.clear()
        studio.server.standin.turn(listing_lag_s=0.0, delete_lag_s=0.0)
        for token in tokens:
            back_in(studio.server)
            assert token == studio.server.standin.token
        studio.sync(later_s=600.0)
        studio.sync(later_s=dice.choice((600.0, A_DAY_S)))
        assert twice(studio) == [], (told, [(f.what, f.route, f.times, f.after, f.late, f.happened) for f in script])
        assert whole(studio) == expected(studio), told
    settled(studio)


def trouble(dice: random.Random) -> Fault:
    """Of the calls that change something more than of others."""
    call = dice.choice((*CALLS, POST, POST, POST, PUT, DELETE))
    what = dice.choice(TROUBLES)
    # Who is told that there were too many calls can believe that this one was not carried out.
    late = dice.random() < 0.4 and what not in TOO_MANY
    return Fault(what, route=call, times=dice.choice((0, 1, 1, 3)), after=dice.choice((0, 0, 1)), late=late)


def a_day_of_work(studio: Studio, dice: random.Random, day: int) -> None:
    """One photo comes, and words, alt texts and pixels of some change; now and then one goes."""
    names = list(studio.drawn.items)
    if names and day % 3 == 2:
        del studio.drawn.items[names.pop(dice.randrange(len(names)))]
    for name in dice.sample(names, min(2, len(names))):
        facts = studio.drawn.items[name].facts
        words = {"title": f"{facts.title.split()[0]} {day}", "alt_text": f"{name} on day {day} & <3"}
        studio.change(name, **dict(dice.sample(sorted(words.items()), dice.choice((1, 2)))))
    studio.put(f"{day}.jpg", title=f"photo-{day}")


def twice(studio: Studio) -> list[str]:
    """Photos that are there more than once."""
    names = [post.text.split()[0] for post in studio.server.posts]
    return sorted({name for name in names if names.count(name) > 1})


def whole(studio: Studio) -> list[tuple[str, str]]:
    """First line and alt text of every post."""
    return sorted(
        (post.text.split(" (")[0], plain(alt)) for post in studio.server.posts for alt in studio.server.alts(post)
    )


def expected(studio: Studio) -> list[tuple[str, str]]:
    return sorted((item.facts.title, plain(item.facts.alt_text)) for item in studio.drawn.items.values())


def plain(text: str) -> str:
    """Whatever becomes of signs of HTML."""
    return text.replace("&amp;", "&").replace("&lt;", "<").replace("\u2039", "<")
