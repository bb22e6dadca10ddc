"""Lost answers, lies and refusals: never two posts for one photo, and a sentence for everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import httpx2
import pytest

from fediverse_house import EVERY, House
from heliograph.errors import Busy, Gone, HeliographError, Refused, SignInNeeded, Uncertain
from heliograph.model import F, Rendition
from heliograph.platforms.fediverse import Fediverse
from heliograph.platforms.fediverse.account import Account
from heliograph.platforms.fediverse.survey import cursor_of
from heliograph.ports import Means
from heliograph.standin.fediverse import Fault, What
from memory import FakeClock

POST, LISTING = "POST /api/v1/statuses", "GET /api/v1/accounts/:id/statuses"
LOST = (
    What.NONSENSE,
    What.EMPTY_LIST,
    What.EMPTY_BODY,
    What.WRONG_TYPES,
    What.TRUNCATED,
    What.HTTP_500,
    What.HTTP_502,
    What.HTTP_503,
    What.HTTP_504,
    What.CLOSED_UNANSWERED,
    What.CLOSED_HALFWAY,
)


@pytest.fixture(params=EVERY)
def house(request, tmp_path):
    with House.opened(tmp_path, request.param) as house:
        yield house


def tried(house, platform, wanted):
    """One `add` that is to fail: its claim and what it said."""
    rendition = Rendition((house.file(),))
    claim = platform.prepare(wanted.subject, wanted, rendition)
    with pytest.raises(HeliographError) as said:
        platform.add(claim, wanted, rendition)
    return claim, said.value


@pytest.mark.parametrize("what", LOST)
@pytest.mark.parametrize("late", [False, True])
def test_after_a_lost_answer_the_post_is_found_or_certainly_not_there(house, what, late):
    platform = house.ready()
    house.standin.faults.add(Fault(what, route=POST, late=late))
    claim, error = tried(house, platform, house.wanted())
    assert isinstance(error, Uncertain)
    house.clock.sleep(platform.limits.settle_s)
    found = house.platform().find([claim])
    assert [post.id for posts in found.values() for post in posts] == list(house.ids())
    if not found:
        house.publish(house.ready(), house.wanted())
    assert len(house.ids()) == 1


def test_a_key_that_the_server_knows_and_we_do_not_is_looked_up(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        platform = house.ready()
        house.standin.faults.add(Fault(What.DUPLICATE_KEY, route=POST))
        claim, error = tried(house, platform, house.wanted())
        assert isinstance(error, Uncertain)
        assert platform.find([claim]) == {}
        house.publish(platform, house.wanted())
        assert len(house.ids()) == 1


def test_the_same_claim_never_makes_a_second_post_where_the_server_can_tell(house):
    platform = house.ready()
    wanted, rendition = house.wanted(), Rendition((house.file(),))
    claim = platform.prepare(wanted.subject, wanted, rendition)
    first = platform.add(claim, wanted, rendition)
    try:
        again = platform.add(claim, wanted, rendition).id
    except (Uncertain, Refused, Busy):
        again = first.id
    if house.standin.profile not in {"snac-2.94", "takahe-0.11"}:
        assert again == first.id
        assert house.ids() == [first.id]


def test_other_programs_posts_are_never_what_an_add_made(house):
    platform = house.ready()
    claim, _ = house.publish(platform, house.wanted())
    for number in range(60):
        house.standin.world.post(
            house.standin.id, house.wanted().fields[F.TEXT], [house.file(number % 3).path.read_bytes()]
        )
    house.standin.world.post(house.standin.id, "Only words")
    found = house.platform().find([claim])
    assert [post.id for post in found[claim]] == [house.ids()[-1]]


class Dated(httpx2.BaseTransport):
    """Answers with the time of day that the server has."""

    def __init__(self, house):
        self.house, self.inner = house, httpx2.WSGITransport(app=house.standin.app)

    def handle_request(self, request):
        answer = self.inner.handle_request(request)
        answer.headers["Date"] = format_datetime(self.house.clock.now(), usegmt=True)
        return answer


@pytest.mark.parametrize("ahead_s", [-7200.0, 7200.0])
def test_a_clock_of_ours_that_is_wrong_hides_nothing(house, ahead_s):
    account = house.platform().means.account
    clock = FakeClock(started=house.clock.started + timedelta(seconds=ahead_s))
    options = house.platform().options
    platform = Fediverse("m", options, Means(clock, account), usual=house.kind, transport=Dated(house))
    claim, post = house.publish(platform, house.wanted())
    assert [one.id for one in platform.find([claim])[claim]] == [post.id]
    platform.close()


def test_a_token_that_was_taken_back_asks_for_a_new_sign_in(house):
    platform = house.ready()
    _, post = house.publish(platform, house.wanted())
    house.standin.revoke()
    wanted = house.wanted(1, **{F.TEXT: "Other"})
    for call in (
        lambda: platform.survey(None),
        lambda: platform.prepare(wanted.subject, wanted, Rendition((house.file(),))),
        lambda: platform.update(post, wanted, frozenset({F.TEXT}), None),
        lambda: platform.delete(post),
        platform.about,
    ):
        with pytest.raises(SignInNeeded):
            call()
    assert len(house.ids()) == 1


def test_a_token_that_ends_between_picture_and_post_leaves_no_doubt(house):
    platform = house.ready()
    wanted, rendition = house.wanted(), Rendition((house.file(),))
    claim = platform.prepare(wanted.subject, wanted, rendition)
    house.standin.revoke()
    with pytest.raises(SignInNeeded):
        platform.add(claim, wanted, rendition)
    assert house.ids() == []


def test_a_token_from_the_environment_wins(house):
    given = Means(house.clock, None, {"token": house.standin.token})
    transport = httpx2.WSGITransport(app=house.standin.app)
    platform = Fediverse("pix", house.platform().options, given, usual=house.kind, transport=transport)
    house.publish(platform, house.wanted())
    assert [post.id for post in platform.survey(None).posts] == list(house.ids())
    assert house.standin.calls.counts["GET /api/v1/accounts/verify_credentials"] == 1
    assert any(house.standin.who in sentence for sentence in platform.about())
    platform.close()


@pytest.mark.parametrize("what", [What.HTTP_413])
def test_a_picture_that_is_turned_down_is_named(house, what):
    platform = house.ready()
    house.standin.faults.add(Fault(what, route="POST /api/v?/media"))
    with pytest.raises(Refused, match=r"coast/1\.jpg"):
        platform.prepare(house.wanted().subject, house.wanted(), Rendition((house.file(),)))


class Ration:
    """A budget that lets so many through."""

    def __init__(self, count):
        self.count = count

    def take(self):
        if not self.count:
            return 1800.0
        self.count -= 1
        return 0.0

    def left(self):
        return self.count


def test_a_spent_ration_of_uploads_stops_pictures_and_lets_words_go_on(tmp_path):
    with House.opened(tmp_path, "mastodon-4.6") as house:
        _, post = house.publish(house.ready(), house.wanted())
        rations = {}

        def ration(name, count, window_s):
            assert house.standin.token not in name
            return rations.setdefault(name.partition(" ")[2].partition(" ")[2], Ration(2 if count == 30 else count))

        account = house.platform().means.account
        means = Means(house.clock, account, budget=ration, memory=house.notes)
        transport = httpx2.WSGITransport(app=house.standin.app)
        platform = Fediverse("m", house.platform().options, means, usual="mastodon", transport=transport)
        platform.survey(None)
        for number in (2, 3):
            house.publish(platform, house.wanted(number), number)
        with pytest.raises(Busy) as said:
            house.publish(platform, house.wanted(4), 4)
        assert said.value.wait_s == 1800.0
        platform.update(post, house.wanted(1, **{F.TEXT: "Other"}), frozenset({F.TEXT}), None)
        assert {name: one.count for name, one in rations.items()} == {
            "* 300": 300 - 1 - 4 - 1,
            "upload 1800": 0,
            "post 10800": 300 - 3,
            "delete 1800": 2,
        }
        platform.close()


def test_nobody_signed_in_is_a_sentence(house):
    stranger = Fediverse("pix", house.platform().options, Means(house.clock), usual=house.kind)
    with pytest.raises(SignInNeeded, match="helio signin pix"):
        stranger.survey(None)


def test_a_token_never_goes_to_another_server(house):
    elsewhere = Account("@ana@b.example", "add posts", "secret-token", "1", "https://b.example")
    stranger = Fediverse("pix", house.platform().options, Means(house.clock, elsewhere), usual=house.kind)
    with pytest.raises(SignInNeeded, match=r"b\.example") as said:
        stranger.survey(None)
    assert "secret-token" not in str(said.value)


@pytest.mark.parametrize("what", [What.REDIRECT, What.VERIFY_EMAIL])
def test_no_call_is_led_away(house, what):
    platform = house.ready()
    house.standin.faults.add(Fault(what, route=LISTING, times=0))
    with pytest.raises(SignInNeeded):
        platform.survey(None)


@pytest.mark.parametrize("what", [What.NONSENSE, What.WRONG_TYPES, What.TRUNCATED, What.HUGE_BODY, What.HTTP_500])
def test_a_listing_that_cannot_be_read_concludes_nothing(house, what):
    platform = house.ready()
    house.publish(platform, house.wanted())
    house.standin.faults.add(Fault(what, route=LISTING, times=0))
    with pytest.raises(HeliographError):
        platform.survey(None)


def test_holes_in_a_listing_are_no_end_of_it(house):
    for number in range(100):
        house.standin.world.post(house.standin.id, f"By hand {number}", [house.file(number % 3).path.read_bytes()])
    house.standin.turn(holes=7)
    survey = house.platform().survey(None)
    assert survey.looked
    assert len(survey.posts) >= 80


def test_a_listing_that_begins_anew_each_time_is_not_taken_for_a_look(house):
    for number in range(60):
        house.standin.world.post(house.standin.id, f"By hand {number}", [house.file(number % 3).path.read_bytes()])
    house.standin.turn(max_id_ignored=True)
    survey = house.platform().survey(None)
    assert not survey.looked
    assert survey.cursor == ""


def test_nothing_is_looked_up_in_a_listing_that_begins_anew_each_time(house):
    claim, _ = house.publish(house.ready(), house.wanted())
    for number in range(60):
        house.standin.world.post(house.standin.id, f"By hand {number}", [house.file(number % 3).path.read_bytes()])
    house.standin.turn(max_id_ignored=True)
    with pytest.raises(Busy, match="looked up"):
        house.platform().find([claim])


def test_other_pictures_of_a_post_survive_an_edit(house):
    pictures = [house.file(number).path.read_bytes() for number in range(3)]
    made = house.standin.world.post(house.standin.id, "Three by hand", pictures, alt="By  hand")
    platform = house.ready()
    (post,) = platform.survey(None).posts
    fields = platform.limits.amendable & {F.TEXT, F.ALT}
    platform.update(post, house.wanted(), fields, None)
    status = house.standin.world.statuses[made.id]
    assert len(status.media) == 3
    assert [house.standin.world.alt(status, one) for one in status.media[1:]] == ["By  hand"] * 2


def test_what_was_deleted_or_made_by_hand_since_is_noticed(house):
    platform = house.ready()
    posts = [house.publish(platform, house.wanted(number), number)[1] for number in range(3)]
    cursor = platform.survey(None).cursor
    house.standin.world.delete(posts[0].id)
    made = house.standin.world.post(house.standin.id, "By hand", [house.file(7).path.read_bytes()])
    survey = house.platform().survey(cursor)
    assert survey.full
    assert {post.id for post in survey.posts} == {posts[1].id, posts[2].id, made.id}


def test_a_reply_with_words_and_a_post_without_a_picture_are_none_of_ours(house):
    house.standin.world.post(house.standin.id, "Only words")
    survey = house.platform().survey(None)
    assert survey.posts == ()
    assert house.platform().survey(survey.cursor).posts == ()


def test_the_reactions_of_others_are_counted(house):
    _, post = house.publish(house.ready(), house.wanted())
    house.standin.world.favourite(post.id)
    house.standin.world.reply(post.id, "Lovely")
    (shown,) = house.platform().survey(None).posts
    assert shown.reactions == 2


def test_a_deleted_post_is_gone_for_an_edit_and_deleted_for_a_delete(house):
    platform = house.ready()
    _, post = house.publish(platform, house.wanted())
    house.standin.world.delete(post.id)
    with pytest.raises(Gone, match=r"coast/1\.jpg"):
        platform.update(post, house.wanted(1, **{F.TEXT: "Other"}), frozenset({F.TEXT}), None)
    platform.delete(post)


def test_a_file_that_is_not_taken_is_refused_before_it_is_sent(house):
    platform = house.ready()
    file = house.file()
    for odd in (
        replace(file, length_bytes=10**12),
        replace(file, media_type="image/tiff"),
    ):
        with pytest.raises(Refused, match=r"coast/1\.jpg"):
            platform.prepare(house.wanted().subject, house.wanted(), Rendition((odd,)))
    assert house.counts() == {}


def test_a_refusal_names_the_photo_and_the_servers_own_words(tmp_path):
    with House.opened(tmp_path, "mastodon-4.6") as house:
        _, error = tried(house, house.ready(), house.wanted(1, **{F.TEXT: "x" * 501}))
        assert isinstance(error, Refused)
        assert "coast/1.jpg" in str(error)
        assert "500" in str(error)


def test_an_upload_that_takes_a_while_is_waited_for(tmp_path):
    with House.opened(tmp_path, "mastodon-4.6") as house:
        platform = house.ready()
        house.standin.turn(media_polls=3)
        house.publish(platform, house.wanted())
        assert house.counts() == {"POST /api/v2/media": 1, "GET /api/v1/media/:id": 4, POST: 1}


def test_an_upload_that_fails_while_it_is_waited_for_is_refused(tmp_path):
    with House.opened(tmp_path, "mastodon-4.6") as house:
        platform = house.ready()
        house.standin.turn(media_polls=2, media_fails=True)
        with pytest.raises(Refused):
            platform.prepare(house.wanted().subject, house.wanted(), Rendition((house.file(),)))


@pytest.mark.parametrize("what", [What.TOO_MANY_ISO, What.TOO_MANY_UNIX, What.TOO_MANY_BARE])
def test_too_many_calls_are_waited_out_or_told(house, what):
    platform = house.ready()
    house.standin.faults.add(Fault(what, route=POST))
    claim, error = tried(house, platform, house.wanted())
    assert isinstance(error, Busy)
    assert platform.find([claim]) == {}


def test_an_upload_is_sent_again_after_a_passing_trouble(house):
    platform = house.ready()
    house.standin.faults.add(Fault(What.HTTP_503, route="POST /api/v?/media", times=2))
    house.publish(platform, house.wanted())
    assert len(house.ids()) == 1


def test_the_account_is_told_of_in_sentences(house):
    told = house.ready().about()
    assert any(house.standin.who in sentence for sentence in told)
    software = house.standin.profile.partition("-")[0]
    assert any(f" runs {software}" in sentence.lower() for sentence in told), "also before the first look"


def test_what_its_picture_looks_like_can_be_told(house):
    platform = house.ready()
    _, post = house.publish(platform, house.wanted())
    assert len(platform.likeness(post)) == 16


def test_cursors_of_others_are_none():
    for text in (None, "", "[]", "nonsense", "[1, 2]", '{"a": 1}', '[1, "other", "5", 3, 0.0]', "[[[["):
        assert cursor_of(text, "me") is None


def test_an_update_of_the_server_changes_its_limits_after_a_day(tmp_path):
    with House.opened(tmp_path, "mastodon-4.6") as house:
        platform = house.ready()
        assert platform.limits.text_len == 500
        house.standin.turn(text_len=2000)
        platform.survey(None)
        assert platform.limits.text_len == 500
        house.clock.sleep(25 * 3600)
        platform.survey(None)
        assert platform.limits.text_len == 2000
        assert house.platform().limits.text_len == 2000
