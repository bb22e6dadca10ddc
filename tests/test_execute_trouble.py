"""Carrying a plan out when something goes wrong, is asked to stop, or happens at once."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from heliograph import execute
from heliograph.errors import Busy, LedgerUnusable, Mistake, Refused, SignInNeeded
from heliograph.execute import End, carry_out
from heliograph.model import Action, F, Plan, Subject, SubjectKind, Verb
from moody import COAST, Studio, applied, ends, verbs

# --- what goes wrong stays where it is --------------------------------------------------------------------------------


def test_what_is_agreed_is_remembered_though_a_later_step_failed_and_the_next_run_sets_the_rest(
    studio: Studio,
) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    studio.platform.troubles["update", "a.jpg"] = Busy("try later", 30.0)
    assert ends(desk.sync())["a.jpg"] == End.FAILED
    (post,) = studio.world.of(SubjectKind.PHOTO)
    assert F.TAKEN not in post.fields
    assert desk.ledger.journal.unsettled("memory") == []
    (action,) = desk.plan().actions
    assert (action.verb, [change.field for change in action.changes]) == (Verb.UPDATE, [F.TAKEN])
    studio.platform.troubles.clear()
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.world.adds == 1
    assert desk.plan().actions == ()


def test_what_was_published_becomes_visible_though_a_later_step_failed(studio: Studio) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    studio.platform.troubles["update", "a.jpg"] = Refused("the date is not one of ours")
    list(desk.sync())
    assert studio.platform.finished == 1


@pytest.mark.parametrize(
    "trouble",
    [Refused("b.jpg is too large there"), Busy("not now", 10.0), KeyError("a bug of ours"), OSError("network is down")],
    ids=["refused", "busy", "unexpected", "input and output"],
)
@pytest.mark.parametrize("call", ["prepare", "add", "update"])
def test_one_photos_trouble_stays_its_own(studio: Studio, call: str, trouble: Exception) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open()
    studio.platform.troubles[call, "b.jpg"] = trouble
    found = applied(desk)
    assert found == {"a.jpg": End.DONE, "b.jpg": End.FAILED, "c.jpg": End.DONE, "memory": End.DONE}
    (line,) = [line for line in desk.ledger.journal.history() if line.where == "b.jpg" and line.outcome == "failed"]
    assert "b.jpg" in line.sentence
    studio.platform.troubles.clear()
    for _ in range(2):
        studio.wait()
        list(desk.sync())
    assert studio.titles() == ["a.jpg", "b.jpg", "c.jpg"]
    assert desk.plan().actions == ()


@pytest.mark.parametrize("trouble", [SignInNeeded("sign in again"), Mistake("the folder is gone")])
@pytest.mark.parametrize("threads", [False, True])
def test_a_platform_that_cannot_go_on_holds_the_rest_and_the_others_go_on(
    studio: Studio, trouble: Exception, threads: bool
) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open(threads=threads)
    studio.also(desk, "other")
    studio.platform.troubles["add", "b.jpg"] = trouble
    events = list(desk.sync())
    here = {event.action.where: event for event in events if event.action.platform == "memory"}
    assert {where: event.end for where, event in here.items()} == {
        "a.jpg": End.DONE,
        "b.jpg": End.FAILED,
        "c.jpg": End.HELD,
        "memory": End.HELD,
    }
    assert str(trouble) in here["c.jpg"].sentence
    assert [event.end for event in events if event.action.platform == "other"] == [End.DONE] * 4
    assert len(studio.worlds["other"].posts) == 3


@pytest.mark.parametrize("trouble", [SignInNeeded("sign in again"), Refused("no such page"), Busy("later")])
def test_a_platform_that_cannot_be_asked_about_its_doubts_does_not_stop_the_others(
    studio: Studio, trouble: Exception
) -> None:
    studio.put("a.jpg")
    desk = studio.open(lost_before={1})
    assert applied(desk) == {"a.jpg": End.UNCERTAIN}
    assert desk.ledger.journal.unsettled("memory")
    studio.also(desk, "other")
    studio.platform.troubles["find", ""] = trouble
    assert verbs(desk.plan()) == [(Verb.WAIT, "a.jpg"), (Verb.ADD, "a.jpg")]
    assert End.DONE in [event.end for event in desk.apply()]
    assert len(studio.worlds["other"].posts) == 1
    assert desk.ledger.journal.unsettled("memory")


def test_a_library_that_cannot_note_what_was_done_loses_nothing(studio: Studio) -> None:
    for trouble in (Refused("the sidecar is locked"), OSError("disk full"), ValueError("a bug")):
        studio.put(f"{type(trouble).__name__}.jpg")
        studio.library.troubles["note", ""] = trouble
        desk = studio.open()
        assert End.FAILED not in ends(desk.sync()).values()
        assert desk.plan().actions == ()
    assert len(studio.world.posts) == 3


def test_a_lost_answer_is_uncertain_and_is_settled_in_the_same_sync(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open(lost_before={1}, lost_after={2})
    events = list(desk.sync())
    first = {event.action.where: event.end for event in events[:3]}
    assert first == {"a.jpg": End.UNCERTAIN, "b.jpg": End.UNCERTAIN, "c.jpg": End.DONE}
    assert studio.titles() == ["a.jpg", "b.jpg", "c.jpg"]
    assert desk.ledger.journal.unsettled("memory") == []
    studio.wait()
    assert desk.plan().actions == ()


def test_nothing_is_sent_that_could_not_be_remembered(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open()
    real, begun = desk.ledger.journal.begin, []

    def begin(*args: object) -> int:
        begun.append(args)
        if len(begun) > 1:
            message = "The ledger could not be written: the disk is full."
            raise LedgerUnusable(message)
        return real(*args)

    monkeypatch.setattr(desk.ledger.journal, "begin", begin)
    with pytest.raises(LedgerUnusable, match="disk is full"):
        list(desk.sync())
    assert studio.titles() == ["a.jpg"]
    assert len(begun) == 2


def test_the_history_says_how_everything_ended(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg")
    desk = studio.open()
    studio.platform.troubles["add", "b.jpg"] = Refused("b.jpg is too large there; send a smaller one")
    list(desk.sync())
    told = {line.where: (line.verb, line.outcome, line.url) for line in desk.ledger.journal.history()}
    assert told["a.jpg"] == ("add", "done", "https://photos.example/photo-1")
    assert told["b.jpg"] == ("add", "failed", "")


# --- stopping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [False, True])
def test_asked_to_stop_it_finishes_what_is_under_way_and_begins_nothing(studio: Studio, threads: bool) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open(threads=threads)
    asked = threading.Event()
    desk.stop = asked.is_set
    studio.platform.watch = asked.set
    found = ends(desk.sync())
    assert found == {"a.jpg": End.DONE, "b.jpg": End.HELD, "c.jpg": End.HELD, "memory": End.HELD}
    assert studio.titles() == ["a.jpg"]
    (run,) = desk.ledger.journal.runs(1)
    assert run["outcome"] == "stopped by you"
    asked.clear()
    studio.platform.watch = lambda: None
    assert set(ends(desk.sync())) == {"b.jpg", "c.jpg", "memory"}
    assert studio.titles() == ["a.jpg", "b.jpg", "c.jpg"]


def test_who_listens_no_longer_leaves_nobody_at_work_behind(studio: Studio) -> None:
    """A face that breaks off holds the ledger until the last effect has ended; after that, nothing is begun."""
    studio.put(*(f"{number}.jpg" for number in range(20)))
    desk = studio.open(threads=True, workers=2)
    studio.platform.watch = lambda: time.sleep(0.01)
    running = desk.sync()
    next(running)
    running.close()
    posts = len(studio.world.posts)
    assert 1 <= posts < 20
    time.sleep(0.1)
    assert len(studio.world.posts) == posts
    assert desk.ledger.journal.unsettled("memory") == []
    studio.platform.watch = lambda: None
    list(desk.sync())
    assert len(studio.world.posts) == 20


# --- side by side -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 4])
def test_several_workers_come_to_the_same_end_with_one_event_each(studio: Studio, workers: int) -> None:
    names = [f"{number:02}.jpg" for number in range(24)]
    studio.put(*names, keywords=COAST)
    desk = studio.open(threads=True, workers=workers)
    studio.also(desk, "other")
    active, most = Counter[str](), Counter[str]()

    def watch() -> None:
        active["now"] += 1
        most["most"] = max(most["most"], active["now"])
        time.sleep(0.002)
        active["now"] -= 1

    studio.platform.watch = watch
    events = list(desk.sync())
    seen = Counter((event.action.platform, event.action.where) for event in events)
    assert set(seen.values()) == {1}
    assert set(seen) == {(name, where) for name in ("memory", "other") for where in [*names, "Coast", name]} - {
        ("other", "Coast")
    }
    assert {event.end for event in events} == {End.DONE}
    assert studio.titles() == names
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert album.fields[F.MEMBERS] == tuple(
        next(item.id for item in studio.world.of(SubjectKind.PHOTO) if item.mark == member.digest[:32])
        for member in sorted(studio.library.items.values(), key=lambda item: item.facts.taken.local)
    )
    assert (most["most"] > 1) == (workers > 1)
    assert studio.platform.finished == 1
    studio.wait()
    assert desk.plan().actions == ()


def test_several_workers_stop_when_nothing_can_be_remembered(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.put(*(f"{number:02}.jpg" for number in range(30)))
    desk = studio.open(threads=True, workers=3)
    real, begun = desk.ledger.journal.begin, []

    def begin(*args: object) -> int:
        begun.append(args)
        if len(begun) > 5:
            message = "The ledger could not be written: the disk is full."
            raise LedgerUnusable(message)
        return real(*args)

    monkeypatch.setattr(desk.ledger.journal, "begin", begin)
    with pytest.raises(LedgerUnusable):
        list(desk.sync())
    assert len(studio.world.posts) == 5
    monkeypatch.undo()
    list(desk.sync())
    assert len(studio.world.posts) == 30
    assert studio.world.adds == 30


def test_every_action_ends_even_where_the_house_itself_forgot_one(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "_lane", lambda *_: iter(()))
    desk = studio.open()
    action = Action(Verb.ADD, Subject(SubjectKind.PHOTO, "a"), "memory", "a.jpg", "wanted")
    (event,) = carry_out(Plan((action,)), desk.doors, threads=False)
    assert (event.end, event.action) == (End.FAILED, action)
    assert "fault of heliograph" in event.sentence


def test_an_empty_plan_does_nothing(studio: Studio) -> None:
    desk = studio.open()
    assert list(carry_out(Plan(()), desk.doors)) == []
    assert studio.platform.called == []
