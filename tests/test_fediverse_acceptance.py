"""What a client of the fediverse must do right, through the desk and in every dialect.

Numbered as in the list of acceptance that the stand-in was made for; 9 to 11 stand in `test_fediverse_sizes`.
"""

from __future__ import annotations

import httpx2
import pytest

import fediverse_studio
from fediverse_house import EVERY
from fediverse_server import Client, jpeg
from fediverse_studio import (
    A_DAY_S,
    DELETE,
    DESCRIBE,
    LATER_S,
    LISTING,
    POST,
    PUT,
    UPLOAD,
    in_sentences,
    is_write,
    of,
    only,
    settled,
    verbs,
)
from heliograph.errors import AnotherRun, SignInNeeded
from heliograph.execute import End
from heliograph.model import Rights, Verb
from heliograph.policy import Audience, OnFixed, When
from heliograph.standin.fediverse import Fault, What

studio, published = fediverse_studio.studio, fediverse_studio.published


PIXELFEDS = ("pixelfed-0.11", "pixelfed-0.12")
NO_ALT_LATER = ("mastodon-4.0", "snac-2.94")
ALT_BY_MEDIA = (*PIXELFEDS, "takahe-0.11")
REPLACING = ("mastodon-4.6", "mastodon-4.0", "gotosocial-0.20")


def lost(method: str, end: str, *, times: int = 1):
    """What lets calls time out."""
    left = [times]

    def happens(request: httpx2.Request) -> None:
        if request.method == method and request.url.path.endswith(end) and left[0]:
            left[0] -= 1
            message = "nothing was heard"
            raise httpx2.ReadTimeout(message, request=request)

    return happens


# --- 1 to 3: new posts ------------------------------------------------------------------------------------------------


def test_1_a_photo_is_listed_with_alt_text_and_caption_and_the_second_run_writes_nothing(studio):
    studio.put("a.jpg", title="Boats", headline="At rest", alt_text="Two boats on wet sand")
    studio.sync()
    with Client(studio.server.standin) as reader:
        (shown,) = reader.list().json()
    assert [one["description"] for one in shown["media_attachments"]] == ["Two boats on wet sand"]
    assert "Boats -- At rest" in shown["content"]
    assert shown["visibility"] == "public"
    studio.counts()
    studio.sync()
    assert studio.counts() == {LISTING: 1}
    settled(studio)
    assert [call for call in studio.counts() if is_write(call)] == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_2_and_3_a_call_that_times_out_leaves_exactly_one_post(studio, moment):
    for name in ("a.jpg", "b.jpg"):
        studio.put(name)
    setattr(studio.server, moment, lost("POST", "/statuses"))
    events = studio.sync()
    assert [event.end for event in events].count(End.UNCERTAIN) == 1
    in_sentences(events, studio.server.standin.token)
    assert studio.server.texts == ["a", "b"]
    uploads = sum(count for call, count in studio.counts().items() if call.endswith("/media"))
    assert uploads == (2 if moment == "after" else 3), "what is there is looked up and not sent again"
    settled(studio)
    assert studio.server.texts == ["a", "b"]


# --- 4 to 6: differences ----------------------------------------------------------------------------------------------


def test_4_an_alt_text_takes_one_call_or_the_owner_is_asked(published):
    published.change("a.jpg", alt_text="Other words")
    events = published.sync()
    counts = published.counts()
    if published.name in NO_ALT_LATER:
        assert counts == {LISTING: 1}
        assert [event.action.verb for event in events] == [Verb.ASK]
        return
    assert counts == {LISTING: 1, (DESCRIBE if published.name in ALT_BY_MEDIA else PUT): 1}
    assert published.server.alts(published.server.posts[0]) == ["Other words"]
    settled(published)


def test_5_a_caption_takes_one_call_and_keeps_picture_and_alt_text(published):
    (before,) = published.server.posts
    published.change("a.jpg", title="Other boats")
    published.sync()
    assert published.counts() == {LISTING: 1, PUT: 1}
    (after,) = published.server.posts
    assert (after.id, after.media, after.text.split()[:2]) == (before.id, before.media, ["Other", "boats"])
    assert published.server.alts(after) == ["What Boats shows"]
    settled(published)


def test_6_a_picture_is_replaced_in_place_or_the_owner_is_asked(published):
    (before,) = published.server.posts
    sent, number = list(before.media), before.id
    published.put("a.jpg", title="Boats", caption="Low tide", pixels="developed anew")
    events = published.sync()
    (after,) = published.server.posts
    assert after.id == number
    assert published.server.alts(after) == ["What Boats shows"]
    if published.name in REPLACING:
        assert after.media != sent
        settled(published)
    else:
        assert after.media == sent
        assert [event.action.verb for event in events] == [Verb.ASK]
        assert published.counts() == {LISTING: 1}


@of(*(profile for profile in EVERY if profile not in REPLACING))
def test_6_elsewhere_it_is_posted_anew_only_by_the_owners_setting(published):
    (before,) = published.server.posts
    published.set(when=When(fixed=OnFixed.REPOST))
    published.put("a.jpg", title="Boats", caption="Low tide", pixels="developed anew")
    published.sync()
    (after,) = published.server.posts
    assert after.id != before.id
    assert published.server.alts(after) == ["What Boats shows"]
    settled(published)


# --- 7 and 8: away ----------------------------------------------------------------------------------------------------


def test_7_what_was_deleted_there_by_hand_is_reported_and_not_made_again(published):
    published.put("b.jpg")
    published.sync()
    published.server.standin.world.delete(published.server.posts[-1].id)
    published.counts()
    (event,) = published.sync()
    assert (event.action.where, event.action.verb, event.end) == ("a.jpg", Verb.ASK, End.TOLD)
    assert published.server.texts == ["b"]
    assert [call for call in published.counts() if is_write(call)] == []


def test_8_deleting_what_is_gone_already_is_success(published):
    (post,) = published.server.posts

    def by_hand(request: httpx2.Request) -> None:
        if request.method == "DELETE":
            published.server.standin.world.delete(post.id)

    published.server.before = by_hand
    del published.drawn.items["a.jpg"]
    events = published.sync()
    assert [event.end for event in events if event.action.verb == Verb.DELETE] == [End.DONE]
    assert published.counts() == {LISTING: 1, DELETE: 1}
    published.server.before = lambda _: None
    settled(published)


def test_8_what_is_still_shown_after_its_deletion_is_not_taken_for_new(published):
    published.server.standin.turn(delete_lag_s=60.0)
    del published.drawn.items["a.jpg"]
    published.sync(later_s=5.0)
    assert published.sync(later_s=LATER_S) == []
    settled(published)


def test_8_what_others_marked_is_asked_about_before_it_is_deleted(published):
    published.server.standin.world.favourite(published.server.posts[0].id)
    published.clock.sleep(A_DAY_S)
    del published.drawn.items["a.jpg"]
    (event,) = published.sync()
    assert (event.action.verb, event.end) == (Verb.ASK, End.TOLD)
    assert published.server.texts == ["Boats"]


# --- 12 and 13: being put off -----------------------------------------------------------------------------------------

PUT_OFF = (What.TOO_MANY, What.TOO_MANY_ISO, What.TOO_MANY_UNIX, What.TOO_MANY_BARE)


@pytest.mark.parametrize("call", [POST, UPLOAD])
def test_12_being_put_off_in_the_middle_leaves_nothing_out_and_doubles_nothing(studio, call):
    expected = []
    for what in PUT_OFF:
        expected += [f"{what.name} {number}" for number in range(3)]
        for name in expected[-3:]:
            studio.put(f"{name}.jpg")
        studio.server.standin.faults.add(Fault(what, route=call, after=1))
        events = studio.sync()
        assert End.UNCERTAIN not in {event.end for event in events}
        in_sentences(events, studio.server.standin.token)
        studio.server.standin.faults.clear()
        studio.sync()
        assert studio.server.texts == sorted(expected)
    settled(studio)


def test_12_who_is_put_off_for_good_stops_after_a_few_calls(studio):
    for number in range(12):
        studio.put(f"{number}.jpg")
    studio.server.standin.faults.add(Fault(What.TOO_MANY_ISO, route=POST, times=0, retry_after_s=900))
    events = studio.sync()
    assert studio.counts()[POST] <= 2
    assert {event.end for event in events} <= {End.FAILED, End.HELD, End.DONE}
    assert studio.server.texts == []


def test_13_a_token_that_ended_is_one_clear_message_and_no_storm_of_calls(published):
    for number in range(5):
        published.put(f"{number}.jpg")
    published.server.standin.expire()
    with published.desk() as desk:
        assert {event.end for event in desk.sync()} <= {End.TOLD}
        trouble = desk.troubles[published.name]
    assert isinstance(trouble, SignInNeeded)
    assert "sign in" in trouble.sentence or "signin" in trouble.sentence
    assert published.server.standin.token not in trouble.sentence
    assert sum(published.counts().values()) <= 2


# --- 14 and 15: edits -------------------------------------------------------------------------------------------------


def test_14_signs_that_servers_rewrite_cause_no_second_edit(published):
    odd = "I <3 this & that; Tom &amp; Jerry < 5 > 4 <b>x</b> \u201cquotes\u201d\n\n\n\nfar  below "
    published.put("b.jpg", title=odd, caption="& <3", alt_text=odd)
    published.sync()
    settled(published)
    published.counts()
    alt = {} if published.name in NO_ALT_LATER else {"alt_text": odd}
    published.change("a.jpg", title=odd, **alt)
    published.change("b.jpg", title="Tom &amp; Jerry <3")
    published.sync()
    assert published.counts()[PUT] == 2
    settled(published)


@of(*PIXELFEDS)
def test_15_the_tenth_edit_stays_here_and_is_told(published):
    for number in range(9):
        published.change("a.jpg", title=f"Edit {number}")
        assert [event.end for event in published.sync() if event.action.verb == Verb.UPDATE] == [End.DONE]
    published.change("a.jpg", title="Edit 9")
    (tenth,) = [event for event in published.sync() if event.action.verb == Verb.UPDATE]
    assert tenth.end == End.FAILED
    assert "10 times" in tenth.sentence
    published.counts()
    (again,) = [event for event in published.sync() if event.action.verb == Verb.UPDATE]
    assert "post it anew" in again.sentence
    assert [call for call in published.counts() if is_write(call)] == [], "it is not asked again"
    assert published.server.texts == ["Edit 8"]
    for title in ("Edit 9", "Edit 8"):
        published.change("a.jpg", title=title, alt_text=f"{title}: alt texts can still be set")
        published.sync()
        assert published.server.alts(published.server.posts[0]) == [f"{title}: alt texts can still be set"]
        assert published.counts()[DESCRIBE] == 1
        published.sync()
        assert [call for call in published.counts() if is_write(call)] == []
    settled(published)


# --- 16 and 17: listings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("holes", [0, 7])
def test_16_a_lost_post_is_found_behind_ninety_five_others_with_holes(studio, holes):
    studio.put("a.jpg")
    studio.sync()
    for number in range(95):
        studio.server.standin.world.post(studio.server.standin.id, f"By hand {number}", [jpeg(color=(number, 9, 9))])
    studio.server.standin.turn(holes=holes)
    assert verbs(studio.plan()) == {}
    studio.lose_ledger()
    assert verbs(studio.plan()) == {"a.jpg": "match"}
    studio.sync()
    assert len(studio.server.posts) == 96


@pytest.mark.parametrize("show", ["unlisted", "private"])
def test_17_what_is_not_public_is_edited_and_stays_so(studio, show):
    studio.set(audience=Audience(show))
    studio.put("a.jpg", title="Boats")
    studio.sync()
    studio.change("a.jpg", title="Other boats")
    (event,) = [event for event in studio.sync() if event.action.verb == Verb.UPDATE]
    (post,) = studio.server.posts
    assert post.visibility == show
    if studio.server.standin.world.traits.put_publishes:
        assert (event.end, studio.server.texts) == (End.FAILED, ["Boats"])
        return
    assert (event.end, studio.server.texts) == (End.DONE, ["Other boats"])
    settled(studio)


# --- 18 to 20: runs ---------------------------------------------------------------------------------------------------


@of("mastodon-4.6", "pixelfed-0.11")
def test_18_two_runs_at_once_end_with_one_of_them(studio):
    for name in ("a.jpg", "b.jpg"):
        studio.put(name)
    with studio.desk() as desk, studio.desk() as other:
        events = desk.sync()
        next(events)
        with pytest.raises(AnotherRun):
            list(other.sync())
        list(events)
    assert studio.server.texts == ["a", "b"]


INTERRUPTED = (
    (DELETE, What.CLOSED_BEFORE_BODY, 0),
    (DELETE, What.CLOSED_UNANSWERED, 1),
    (DELETE, What.HTTP_503, 0),
    (POST, What.CLOSED_BEFORE_BODY, 1),
    (POST, What.CLOSED_UNANSWERED, 1),
    (POST, What.HTTP_500, 1),
    (UPLOAD, What.HTTP_413, 0),
)


@of(*(profile for profile in EVERY if profile not in REPLACING))
def test_19_an_interrupted_repost_ends_with_exactly_one_post(published):
    published.set(when=When(fixed=OnFixed.REPOST))
    for call, what, times in INTERRUPTED:
        (before,) = published.server.posts
        published.put("a.jpg", title="Boats", pixels=f"{call} {what}")
        published.server.standin.faults.add(Fault(what, route=call, times=times))
        in_sentences(published.sync(), published.server.standin.token)
        assert len(published.server.posts) <= 1
        published.server.standin.faults.clear()
        published.sync()
        (post,) = published.server.posts
        assert post.id != before.id
        assert published.server.alts(post) == ["What Boats shows"]
        settled(published)


@of(*(profile for profile in EVERY if profile not in REPLACING))
def test_19_a_repost_whose_deletion_nobody_confirms_goes_on_by_itself(published):
    """Who took the post away was us, so that nobody is asked."""
    published.set(when=When(fixed=OnFixed.REPOST))
    published.put("a.jpg", title="Boats", pixels="developed anew")
    published.server.standin.faults.add(Fault(What.CLOSED_UNANSWERED, route=DELETE, times=0))
    published.sync()
    published.server.standin.faults.clear()
    action = only(published.plan())
    assert action.verb == Verb.ADD
    assert "posted anew" in action.reason
    published.sync()
    assert published.server.texts == ["Boats"]
    settled(published)


def test_20_a_lost_ledger_finds_every_post_again_and_claims_none_of_others(studio):
    for number in range(5):
        studio.put(f"{number}.jpg", title=f"Boats {number}", rights=Rights(copyright="Ana"))
    studio.sync()
    ours = {post.id for post in studio.server.posts}
    foreign = studio.server.standin.world.post(studio.server.standin.id, "Boats by hand", [jpeg()])
    studio.lose_ledger()
    studio.counts()
    plan = studio.plan()
    assert verbs(plan) == {f"{number}.jpg": "match" for number in range(5)}
    assert {action.post.id for action in plan.actions} == ours
    studio.sync()
    assert [call for call in studio.counts() if is_write(call)] == []
    settled(studio)
    studio.drawn.items.clear()
    studio.put("5.jpg", title="The last one")
    studio.sync()
    assert foreign.id in {post.id for post in studio.server.posts}
    assert studio.server.texts == ["Boats by hand", "The last one"]


def test_20_a_lost_ledger_is_no_reason_to_change_what_was_edited_by_hand(studio):
    studio.put("a.jpg", title="Boats")
    studio.sync()
    studio.server.standin.world.edit(studio.server.posts[0].id, text="Boats, by hand")
    studio.lose_ledger()
    studio.sync()
    assert [post.text for post in studio.server.posts] == ["Boats, by hand"]
