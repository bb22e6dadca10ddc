"""What changes in the middle of a run against Flickr: budget, patience, clock, permission, account, what is there."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import flickr_lives
from flickr_lives import BEHIND, DEAF, FAIR, TICKETS, Born, Life
from heliograph.desk import End, Event
from heliograph.desk.making import Place
from heliograph.model import SubjectKind, Verb
from heliograph.platforms import flickr
from heliograph.policy import PlatformPolicy, Selection
from heliograph.standin.flickr.calls import Call
from heliograph.standin.flickr.faults import Fault, What
from heliograph.wanted import with_defaults
from site_visit import site_at

born = flickr_lives.born

pytestmark = pytest.mark.slow

AN_HOUR_S = 3700.0
"""The budget is counted by the minute."""


def calls(life: Life) -> list[Call]:
    """Of the API, since the life was put back."""
    return [call for call in life.house.standin.calls.all() if call.route in {"rest", "upload", "replace"}]


def of(events: list[Event], *ends: End) -> list[Event]:
    return [event for event in events if event.end in ends]


def photos_of(events: list[Event]) -> list[str]:
    return [event.action.where for event in events if event.action.subject.kind == SubjectKind.PHOTO]


def after(calls: int, happens: Callable[[], object]) -> Callable[[int], None]:
    """In the middle of a run."""
    return lambda answered: happens() if answered == calls else None


# --- as often as Flickr allows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
def test_after_the_budget_is_gone_nothing_is_sent_or_made_ready_and_the_next_hour_goes_on(
    born: Born, monkeypatch: pytest.MonkeyPatch, day: int
) -> None:
    life = born(BEHIND)
    expected = life.morning(day)
    life.clock.sleep(AN_HOUR_S)
    dawn = life.moment()
    life.back_to(dawn)
    life.process()
    needed = len(calls(life))
    for budget in (*range(1, needed, 3), needed - 1):
        life.back_to(dawn)
        monkeypatch.setattr(flickr, "CALLS_PER_H", budget)
        events = life.process()
        assert len(calls(life)) == budget
        held = of(events, End.HELD)
        assert not {event.action.where for event in held} & set(life.drawn.opened)
        for event in held:
            assert "was called as often as it allows" in event.sentence
        assert len(of(events, End.FAILED, End.UNCERTAIN)) == 1, [event.sentence for event in events]
        assert all(event.spent for event in of(events, End.FAILED, End.UNCERTAIN, End.HELD))
        monkeypatch.undo()
        life.clock.sleep(AN_HOUR_S)
        life.process()
        life.check(expected)


def test_a_service_that_counts_otherwise_is_left_alone_for_longer_each_time_and_then_for_good(born: Born) -> None:
    life = born(FAIR)
    expected = life.morning(0)
    dawn = life.moment()
    for budget in (1, 4, 9):
        life.back_to(dawn)
        life.house.standin.manners.turn_all({"budget_enforced": True, "budget_per_hour": budget})
        events = life.process()
        assert of(events, End.HELD)
        made = calls(life)
        refused = [call.at for call in made if call.outcome == "http 429"]
        assert 1 <= len(refused) <= 3
        rests = [later - early for early, later in itertools.pairwise(refused)]
        assert all(rest >= least for rest, least in zip(rests, (60, 120), strict=False)), rests
        assert made[-1].outcome == "http 429"
        life.house.standin.manners.turn_all({"budget_enforced": False})
        life.check(expected)


ASKS = [pytest.param(what, id=what.value) for what in (What.TOO_MANY, What.HTTP_503)]
CALLS = ("upload", "flickr.photos.geo.setLocation", "flickr.groups.pools.add", "flickr.photosets.editPhotos")


def asking(what: What, call: str, wait_s: int) -> Fault:
    named = {"route": call} if call == "upload" else {"method": call}
    return Fault(what, retry_after_s=wait_s, **named)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("what", ASKS)
def test_flickr_is_left_alone_for_as_long_as_it_asks(born: Born, what: What, call: str) -> None:
    life = born(FAIR)
    expected = life.morning(0)
    life.house.standin.faults.add(asking(what, call, 90))
    begin = len(calls(life))
    life.process()
    made = calls(life)[begin:]
    asked = next(number for number, one in enumerate(made) if one.outcome == f"http {what.value}")
    alike = [one for one in made[asked + 1 :] if what == What.TOO_MANY or call in {one.route, one.method}]
    assert all(one.at - made[asked].at >= 90 for one in alike)
    assert alike or call == "upload", "an upload is not sent again in the same run"
    life.check(expected)


@pytest.mark.parametrize("call", CALLS)
def test_a_wait_beyond_patience_ends_the_run_and_nothing_more_is_sent(born: Born, call: str) -> None:
    life = born(FAIR)
    expected = life.morning(0)
    life.house.standin.faults.add(asking(What.TOO_MANY, call, 1800))
    events = life.process()
    assert calls(life)[-1].outcome == "http 429"
    (failed,) = of(events, End.FAILED)
    assert "asks for fewer calls" in failed.sentence
    assert all("asks for fewer calls" in event.sentence for event in of(events, End.HELD))
    life.check(expected)


# --- who calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("skew_s", "way"), [(3600.0, "behind"), (-3600.0, "ahead of")])
def test_a_clock_that_is_an_hour_off_in_the_middle_is_told_in_one_sentence(born: Born, skew_s: float, way: str) -> None:
    life = born(FAIR)
    expected = life.morning(0)
    life.meanwhile = after(4, lambda: life.house.standin.manners.turn_all({"clock_skew_s": skew_s}))
    events = life.process()
    assert [call.outcome.partition(" ")[0] for call in calls(life)[4:]] == ["http"]
    said = (
        f"This computer's clock is 60 minutes {way} Flickr's, so Flickr refused the call. Nothing was changed. Let the"
    )
    (failed,) = of(events, End.FAILED)
    assert said in failed.sentence
    assert of(events, End.HELD)
    life.meanwhile = lambda _: None
    life.house.standin.manners.turn_all({"clock_skew_s": 0.0})
    life.check(expected)


@pytest.mark.parametrize("threads", [False, True], ids=["one by one", "side by side"])
def test_a_permission_taken_back_in_the_middle_stops_flickr_and_a_website_goes_on(
    born: Born, tmp_path: Path, threads: bool
) -> None:
    life = born(FAIR)
    expected = life.morning(0)
    site = site_at(tmp_path / "site")
    policy = PlatformPolicy("site", "site", select=Selection(everything=True))
    registry = life.house.standin.door.registry
    tokens = dict(registry.tokens)
    life.meanwhile = after(4, life.house.standin.revoke)
    with life.desk() as desk:
        desk.threads = threads
        desk._places["site"] = Place(site, with_defaults(policy, site.captions, site.picture, site.limits.needs))
        events = list(desk.sync())
    on_site = [event for event in events if event.action.platform == "site"]
    on_flickr = [event for event in events if event.action.platform == "flickr"]
    assert {event.end for event in on_site} == {End.DONE}
    assert sorted(photos_of(on_site)) == sorted(life.drawn.items)
    refused = of(on_flickr, End.FAILED)
    assert refused
    assert of(on_flickr, End.HELD)
    assert "helio signin" in refused[0].sentence
    life.meanwhile = lambda _: None
    registry.tokens.update(tokens)
    life.check(expected)


def test_a_permission_taken_back_at_every_other_call_leaves_nothing_twice(born: Born) -> None:
    life = born(BEHIND)
    expected = life.morning(1)
    dawn = life.moment()
    registry = life.house.standin.door.registry
    tokens = dict(registry.tokens)
    life.back_to(dawn)
    life.process()
    for number in range(1, len(calls(life)), 2):
        life.back_to(dawn)
        life.meanwhile = after(number, life.house.standin.revoke)
        events = life.process()
        assert of(events, End.FAILED)
        assert len(calls(life)) == number + 1
        life.meanwhile = lambda _: None
        registry.tokens.update(tokens)
        life.process()
        life.check(expected)


# --- what is there ----------------------------------------------------------------------------------------------------


def test_an_account_that_turns_free_in_the_middle_keeps_its_picture_and_the_plan_asks(born: Born) -> None:
    life = born(FAIR)
    expected = life.morning(1)
    life.options["account"], life.account = "auto", {"is_pro": True}
    life.meanwhile = after(1, lambda: life.world.turn({"pro": False}))
    events = life.process()
    (failed,) = of(events, End.FAILED)
    assert failed.action.where == "b.jpg"
    assert "only Pro accounts can replace a picture" in failed.sentence
    life.meanwhile = lambda _: None
    life.evening()
    life.options["account"] = "free"
    life.process()
    life.evening()
    (asked,) = life.plan().actions
    assert (asked.where, asked.verb, asked.choices) == ("b.jpg", Verb.ASK, ("repost", "leave"))
    seen = life.seen()
    assert life.albums() == expected.albums
    old = seen["A bird"].pop("picture")
    new = expected.photos(life)["A bird"].pop("picture")
    assert old != new
    life.answer("b.jpg", "repost")
    life.process()
    life.check(expected)


def test_an_album_deleted_on_flickr_in_the_middle_is_asked_about_and_never_doubled(born: Born) -> None:
    life = born(FAIR)
    expected = life.morning(1)
    life.meanwhile = after(1, lambda: delete_album(life, "Coast"))
    events = life.process()
    (failed,) = of(events, End.FAILED)
    assert failed.sentence == "the album Coast is gone on Flickr; the next plan asks what to do"
    life.meanwhile = lambda _: None
    life.evening()
    (asked,) = life.plan().actions
    assert (asked.where, asked.verb, asked.choices) == ("Coast", Verb.ASK, ("add", "leave"))
    life.process()
    assert [title for title, *_ in life.albums()] == ["Hills"]
    life.answer("Coast", "add")
    life.process()
    life.check(expected)


def delete_album(life: Life, title: str) -> None:
    life.world.by_hand(life.me, "flickr.photosets.delete", photoset_id=life.album(title).id)


@pytest.mark.parametrize(
    ("where", "weather"),
    [
        *((where, BEHIND) for where in ("a.jpg", "b.jpg", "c.jpg", "e.jpg")),
        ("a.jpg", DEAF),
        ("b.jpg", FAIR),
        ("e.jpg", TICKETS),
    ],
)
def test_a_photo_deleted_on_flickr_in_the_middle_is_asked_about_and_never_silently_added_again(
    born: Born, where: str, weather: str
) -> None:
    """Before its change, its new picture, its deletion; the album that holds it goes on without it."""
    life = born(weather)
    expected = life.morning(1)
    title = {"a.jpg": "A boat", "b.jpg": "A bird", "c.jpg": "A crab", "e.jpg": "An elk"}[where]
    photo = next(one.id for one in life.shown_all() if one.title == title)
    life.meanwhile = after(1, lambda: life.world.by_hand(life.me, "flickr.photos.delete", photo_id=photo))
    events = life.process()
    life.meanwhile = lambda _: None
    if where == "c.jpg":
        assert not of(events, End.FAILED)
        life.check(expected)
        return
    failed = of(events, End.FAILED)
    assert failed[0].action.where == where
    assert "is gone on Flickr; the next plan asks what to do" in failed[0].sentence
    for _ in range(2):
        life.evening()
        life.process()
    (asked,) = life.plan().actions
    assert (asked.where, asked.verb, asked.choices) == (where, Verb.ASK, ("add", "leave"))
    rows = {name: row for name, row in expected.rows.items() if name != where}
    assert life.seen() == replace(expected, rows=rows).photos(life)
    life.answer(where, "add")
    life.process()
    life.check(expected)
