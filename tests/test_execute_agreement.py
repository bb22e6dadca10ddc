"""Carrying a plan out: what a platform holds back, tells, leaves to be filled, and wants to know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heliograph.errors import Busy
from heliograph.execute import End
from heliograph.execute.lane import LEAVE_ALONE_S
from heliograph.ledger import Ledger
from heliograph.model import F, Record, SubjectKind, Verb
from heliograph.policy import Audience, OnAudience, OnEdited, OnLoved, OnUnwanted, PlatformPolicy, When
from memory import PHOTO_FIELDS, MemoryPlatform
from moody import COAST, Studio, applied, edited, ends, verbs

STREETS = ("Socials|memory", "Socials|memory|groups|Streets", "Socials|memory|groups|Coasts")
FILLED_LATER = frozenset({F.TITLE, F.TEXT, F.COVER})


def remembered(ledger: Ledger, where: str) -> Record:
    """What the ledger remembers of one photo."""
    (found,) = [line for line in ledger.journal.history() if line.where == where][:1]
    return ledger.records.of("memory", [found.subject])[found.subject]


def told(desk, where: str) -> str:
    """The last sentence about it."""
    return next(line.sentence for line in desk.ledger.journal.history() if line.where == where)


# --- held back --------------------------------------------------------------------------------------------------------


def test_what_is_held_back_is_offered_once_in_each_run_until_it_is_taken(studio: Studio) -> None:
    studio.put("a.jpg", keywords=STREETS)
    desk = studio.open(groups=True, full=frozenset({"Streets"}))
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert remembered(desk.ledger, "a.jpg").setting == (F.GROUPS,)
    for _ in range(3):
        studio.wait()
        studio.platform.called.clear()
        assert ends(desk.sync())["a.jpg"] == End.DONE
        assert studio.platform.called.count(("update", "a.jpg")) == 1
    studio.platform.full = frozenset()
    studio.wait()
    assert ends(desk.sync())["a.jpg"] == End.DONE
    studio.wait()
    assert remembered(desk.ledger, "a.jpg").setting == ()
    assert desk.plan().actions == ()


def test_what_was_held_back_and_is_no_longer_wished_is_taken_back_whole(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One group took the photo and the other did not: the platform is told of both, to take it out of either."""
    studio.put("a.jpg", keywords=STREETS)
    desk = studio.open(groups=True, full=frozenset({"Streets"}))
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", keywords=("Socials|memory",))
    asked = []
    real = MemoryPlatform.update

    def update(self, post, wanted, fields, rendition, agreed):
        asked.append((fields, wanted.fields[F.GROUPS], agreed[F.GROUPS]))
        return real(self, post, wanted, fields, rendition, agreed)

    monkeypatch.setattr(MemoryPlatform, "update", update)
    list(desk.sync())
    assert asked == [(frozenset({F.GROUPS}), (), ("Coasts", "Streets"))]
    studio.wait()
    assert desk.plan().actions == ()


def test_what_is_held_back_does_not_hold_back_the_rest(studio: Studio) -> None:
    studio.put("a.jpg", title="Low tide", keywords=STREETS)
    desk = studio.open(groups=True, full=frozenset({"Streets"}))
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", title="Ebb", keywords=STREETS)
    list(desk.sync())
    assert studio.titles() == ["Ebb"]
    known = remembered(desk.ledger, "a.jpg")
    assert (known.setting, known.fields[F.TITLE].sent) == ((F.GROUPS,), "Ebb")


# --- notes ------------------------------------------------------------------------------------------------------------


def test_what_an_answer_has_to_tell_stands_in_the_sentence_and_in_the_history(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = "the group Streets shows it once its administrators let it in"
    real = MemoryPlatform.update

    def update(self, *args):
        return replace(real(self, *args), notes=(note,))

    monkeypatch.setattr(MemoryPlatform, "update", update)
    studio.put("a.jpg")
    desk = studio.open()
    (event, *_) = desk.sync()
    assert event.sentence == f"a.jpg: published on memory; {note}"
    assert told(desk, "a.jpg") == event.sentence
    studio.put("a.jpg", title="Ebb")
    (event, *_) = desk.sync()
    assert event.sentence == f"a.jpg: title updated on memory; {note}"


# --- agreed -----------------------------------------------------------------------------------------------------------


def test_tags_that_others_added_stay_and_ours_go(studio: Studio) -> None:
    studio.put("a.jpg", keywords=("Socials|memory", "Boats", "Terns"))
    desk = studio.open(keeps_tags=True)
    list(desk.sync())
    (post,) = studio.world.posts
    studio.wait()
    edited(studio.world, post, tags=("Boats", "Gulls", "Terns"))
    assert desk.plan().actions == ()
    studio.put("a.jpg", keywords=("Socials|memory", "Terns", "Waders"))
    list(desk.sync())
    assert set(studio.world.posts[post].fields[F.TAGS]) == {"Terns", "Waders", "Gulls"}
    studio.wait()
    assert desk.plan().actions == ()


# --- albums that are made first and filled then -----------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["lost_before", "lost_after"])
def test_an_album_whose_making_was_not_answered_is_there_once_and_gets_its_members(studio: Studio, lost: str) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open(album_rides=FILLED_LATER, **{lost: {3}})
    assert applied(desk)["Coast"] == End.UNCERTAIN
    assert not any(album.fields.get(F.MEMBERS) for album in studio.world.of(SubjectKind.ALBUM))
    for _ in range(3):
        studio.wait()
        list(desk.sync())
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 2
    assert desk.plan().actions == ()


def test_an_album_that_could_not_be_filled_is_filled_next_time_and_not_made_again(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open(album_rides=FILLED_LATER)
    studio.platform.troubles["update", "Coast"] = Busy("not now", 5.0)
    assert applied(desk)["Coast"] == End.FAILED
    studio.platform.troubles.clear()
    studio.wait()
    (action,) = desk.plan().actions
    assert (action.verb, action.reason) == (Verb.UPDATE, "still to be set: members")
    list(desk.sync())
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 2
    assert studio.world.adds == 3


def test_an_emptied_album_is_left_and_named_in_every_plan(studio: Studio) -> None:
    studio.put("a.jpg", keywords=COAST)
    desk = studio.open(album_lives=True)
    list(desk.sync())
    studio.put("a.jpg", keywords=("Socials|memory",))
    for _ in range(2):
        studio.wait()
        plan = desk.plan()
        assert plan.effects == ()
        assert [note for note in plan.notes if "Coast" in note and "left there" in note]
        list(desk.sync())
    assert len(studio.world.of(SubjectKind.ALBUM)) == 1


def test_an_emptied_album_that_was_left_is_filled_again_and_not_made_again(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open(album_lives=True)
    list(desk.sync())
    studio.put("a.jpg", "b.jpg", keywords=("Socials|memory",))
    studio.wait()
    list(desk.sync())
    studio.put("b.jpg", keywords=COAST)
    studio.wait()
    assert verbs(desk.plan()) == [(Verb.UPDATE, "Coast")]
    list(desk.sync())
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 1


# --- left alone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wait_s", "closed"), [(None, False), (LEAVE_ALONE_S, False), (LEAVE_ALONE_S + 1, True), (3600.0, True)]
)
@pytest.mark.parametrize("call", ["prepare", "add", "update"])
def test_a_platform_that_wants_to_be_left_alone_for_long_is_asked_about_nothing_more(
    studio: Studio, call: str, wait_s: float | None, closed: bool
) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open()
    studio.platform.troubles[call, "b.jpg"] = Busy("The calls of this hour are used up. Run again later.", wait_s)
    events = {event.action.where: event for event in desk.sync()}
    assert events["b.jpg"].end == End.FAILED
    assert events["c.jpg"].end == (End.HELD if closed else End.DONE)
    assert ("used up" in events["c.jpg"].sentence) == closed
    assert [name for name, where in studio.platform.called if where == "c.jpg"] == (
        [] if closed else ["prepare", "add", "update"]
    )
    studio.platform.troubles.clear()
    studio.wait()
    list(desk.sync())
    assert studio.titles() == ["a.jpg", "b.jpg", "c.jpg"]


# --- liked by others --------------------------------------------------------------------------------------------------


def liked(studio: Studio, post: str, reactions: int | None) -> None:
    studio.world.posts[post] = replace(studio.world.posts[post], reactions=reactions)


@pytest.mark.parametrize(("answer", "left"), [("delete", []), ("leave", ["a.jpg"])])
def test_a_photo_that_others_like_is_asked_about_and_the_answer_is_carried_out(
    studio: Studio, answer: str, left: list[str]
) -> None:
    studio.put("a.jpg", "b.jpg")
    desk = studio.open()
    list(desk.sync())
    post = next(id_ for id_, item in studio.world.posts.items() if item.fields[F.TITLE] == "a.jpg")
    studio.wait()
    liked(studio, post, 3)
    del studio.library.items["a.jpg"]
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]
    list(desk.sync())
    assert len(studio.world.posts) == 2
    desk.answer("a.jpg", answer)
    list(desk.sync())
    assert studio.titles() == [*left, "b.jpg"]
    studio.wait()
    assert desk.plan().actions == ()


def test_a_change_of_its_title_does_not_make_forget_that_others_like_it(studio: Studio) -> None:
    """Until the listing has caught up, our own write is believed: it must not say that nobody does."""
    studio.put("a.jpg", title="Low tide")
    studio.put("b.jpg")
    desk = studio.open()
    list(desk.sync())
    post = next(id_ for id_, item in studio.world.posts.items() if item.fields[F.TITLE] == "Low tide")
    studio.wait()
    liked(studio, post, 3)
    studio.put("a.jpg", title="Ebb")
    list(desk.sync())
    studio.library.items.pop("a.jpg")
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]


@pytest.mark.parametrize(("loved", "left"), [(OnLoved.DELETE, 1), (OnLoved.LEAVE, 2)])
def test_what_others_like_goes_by_the_settings(studio: Studio, loved: OnLoved, left: int) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(loved=loved))
    studio.put("a.jpg", "b.jpg")
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    for post in studio.world.posts:
        liked(studio, post, None)
    del studio.library.items["a.jpg"]
    list(desk.sync())
    assert len(studio.world.posts) == left


# --- who sees it ------------------------------------------------------------------------------------------------------

AUDIENCES = ("public", "friends", "private")


def shown_to(show: str, change: OnAudience = OnAudience.NEW, **when: object) -> PlatformPolicy:
    return PlatformPolicy("memory", "memory", when=When(**when), audience=Audience(show, change))


def seen_by(studio: Studio) -> list[object]:
    photos = sorted(studio.world.of(SubjectKind.PHOTO), key=lambda item: str(item.fields[F.TITLE]))
    return [item.fields[F.VISIBILITY] for item in photos]


@pytest.mark.parametrize("rides", [PHOTO_FIELDS, PHOTO_FIELDS | {F.VISIBILITY}])
def test_another_audience_counts_for_new_photos_and_for_all_where_it_is_asked_for(studio: Studio, rides) -> None:
    studio.policy = shown_to("private")
    studio.put("a.jpg")
    list(studio.open(audiences=AUDIENCES, rides=rides).sync())
    studio.stack.close()
    studio.policy = shown_to("public")
    studio.put("b.jpg")
    studio.wait()
    list(studio.open(audiences=AUDIENCES, rides=rides).sync())
    assert seen_by(studio) == ["private", "public"]
    studio.stack.close()
    studio.policy = shown_to("friends", OnAudience.ALL)
    studio.wait()
    list(studio.open(audiences=AUDIENCES, rides=rides).sync())
    assert seen_by(studio) == ["friends", "friends"]


def test_with_the_ledger_lost_nobody_sees_more_than_before_and_later_edits_are_noticed(
    studio: Studio, template
) -> None:
    studio.policy = shown_to("private")
    studio.put("a.jpg")
    list(studio.open(audiences=AUDIENCES).sync())
    studio.wait()
    studio.stack.close()
    (studio.folder / "state" / "ledger.sqlite").write_bytes(template.read_bytes())
    studio.policy = shown_to("public")
    desk = studio.open(audiences=AUDIENCES)
    list(desk.sync())
    studio.wait()
    assert desk.plan().actions == ()
    assert seen_by(studio) == ["private"]
    (post,) = studio.world.posts
    edited(studio.world, post, visibility="friends")
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]
    desk.answer("a.jpg", "overwrite")
    list(desk.sync())
    assert seen_by(studio) == ["private"]


def test_what_somebody_hid_there_stays_hidden_when_it_is_posted_anew(studio: Studio) -> None:
    studio.policy = shown_to("public", edited=OnEdited.ACCEPT)
    studio.put("a.jpg", pixels="first")
    desk = studio.open(audiences=AUDIENCES, fixed=frozenset({F.PICTURE}))
    list(desk.sync())
    (post,) = studio.world.posts
    studio.wait()
    edited(studio.world, post, visibility="private")
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", pixels="second")
    for action in desk.plan().actions:
        desk.answer(action.where, action.choices[0])
    studio.wait()
    for action in desk.plan().actions:
        if action.verb == Verb.ASK:
            desk.answer(action.where, "repost")
    list(desk.sync())
    assert seen_by(studio) == ["private"]
    assert post not in studio.world.posts


def test_unwanted_photos_that_are_left_and_emptied_albums_that_are_deleted(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(unwanted=OnUnwanted.LEAVE, emptied=OnUnwanted.DELETE))
    studio.put("a.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    studio.put("a.jpg", keywords=())
    studio.wait()
    assert ends(desk.sync())["Coast"] == End.DONE
    assert [post.kind for post in studio.world.posts.values()] == [SubjectKind.PHOTO]
