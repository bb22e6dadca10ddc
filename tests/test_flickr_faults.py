"""Everything that can go wrong on the way to Flickr, at each kind of call: nothing twice, nothing lost, no riddles.

Flickr ignores `dedup_check` here unless it is said otherwise, and its listings lag behind: only the journal, the asking
and the waiting keep a photo from being there twice.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest

import flickr_lives
from flickr_lives import BEHIND, FAIR, TICKETS, Born, Life
from heliograph.desk import End, Event
from heliograph.standin.flickr.faults import FAILURES, STATUS, Fault, What

born = flickr_lives.born


Form = tuple[What, bool]
PLAIN: tuple[Form, ...] = tuple((what, False) for what in What if what is not What.DELAY)
FORMS: tuple[Form, ...] = (
    *PLAIN,
    *((what, True) for what in (*STATUS, *FAILURES) if what is not What.TOO_MANY),
)
"""Each kind of fault, and those of answers also where the call had its effect all the same. Who is told that there were
too many calls can believe that this one was not carried out."""

CALLS = (
    (
        "people.getPhotos",
        "upload",
        "photos.setDates",
        "photos.geo.setLocation",
        "photos.licenses.setLicense",
        "groups.pools.getGroups",
        "groups.pools.add",
        "photosets.create",
        "photosets.editPhotos",
    ),
    (
        "photos.recentlyUpdated",
        "upload",
        "replace",
        "photos.setMeta",
        "photos.setTags",
        "photos.setDates",
        "photos.geo.setLocation",
        "photos.geo.removeLocation",
        "photos.licenses.setLicense",
        "photos.delete",
        "groups.pools.getGroups",
        "groups.pools.add",
        "groups.pools.remove",
        "photosets.create",
        "photosets.editPhotos",
        "photosets.getPhotos",
    ),
)
"""What each of the two days asks of Flickr."""
UNREPEATABLE = ("upload", "photosets.create")


def fault(call: str, form: Form, **more: int) -> Fault:
    what, late = form
    named = {"route": call} if call in {"upload", "replace"} else {"method": f"flickr.{call}"}
    return Fault(what, late=late, **named, **more)


def in_sentences(life: Life, events: Sequence[Event]) -> None:
    """Every action ends, and what is told is fit for people."""
    standin = life.house.standin
    for event in events:
        assert event.sentence
        assert "\n" not in event.sentence
        assert event.action.where in event.sentence
        assert "unexpected" not in event.sentence, event.sentence
        assert not any(secret in event.sentence for secret in (standin.token, standin.token_secret, standin.secret))


def forms_of(call: str, day: int) -> Sequence[Form]:
    """All of them on the first day where a call must not be repeated, else a sample."""
    chance = random.Random(f"{call} {day}")
    if call in UNREPEATABLE:
        return FORMS if day == 0 else chance.sample(FORMS, 9)
    return chance.sample(PLAIN, 2)


def a_day_with(life: Life, *faults: Fault) -> list[Event]:
    """A run with these faults, and another right after it when all is well again."""
    registry = life.house.standin.door.registry
    tokens = dict(registry.tokens)
    life.house.standin.faults.add(*faults)
    events = life.process()
    assert events is not None
    in_sentences(life, events)
    assert life.twice() == 0, [event.sentence for event in events]
    life.house.standin.faults.clear()
    registry.tokens.update(tokens)
    registry.expire(life.house.standin.key, expired=False)
    in_sentences(life, life.process() or ())
    assert life.twice() == 0, [event.sentence for event in events]
    life.evening()
    return events


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
def test_these_are_all_the_calls_of_the_two_days(born: Born, day: int) -> None:
    life = born(BEHIND)
    life.morning(day)
    with life.counted() as made:
        life.process()
    assert made.keys() == set(CALLS[day])


ALWAYS = [pytest.param(day, call, id=f"{call} {day}") for day in (0, 1) for call in CALLS[day]]


@pytest.mark.parametrize(("day", "call"), ALWAYS)
def test_a_call_that_always_fails_is_made_up_for_by_the_next_run(born: Born, day: int, call: str) -> None:
    life = born(BEHIND)
    expected = life.morning(day)
    dawn = life.moment()
    for form in forms_of(call, day):
        life.back_to(dawn)
        a_day_with(life, fault(call, form, times=0))
        life.check(expected)


def test_these_are_more_than_a_hundred_troubles() -> None:
    """Not counting those below."""
    always = [len(forms_of(call, day)) for day in (0, 1) for call in CALLS[day]]
    assert sum(always) > 110


def lost_answers(call: str, weather: str) -> list[tuple[Form, int]]:
    """Every form where the least tells what arrived, a third of them also in the middle; else a third of them."""
    some = random.Random(f"{call} {weather}").sample(FORMS, len(FORMS) // 3)
    if weather != BEHIND:
        return [(form, 0) for form in some]
    return [(form, 0) for form in FORMS] + [(form, 2) for form in some if call == "upload"]


@pytest.mark.parametrize("weather", [FAIR, BEHIND, TICKETS])
@pytest.mark.parametrize("call", UNREPEATABLE)
def test_one_answer_lost_to_a_call_that_must_not_be_repeated(born: Born, call: str, weather: str) -> None:
    life = born(weather)
    expected = life.morning(0)
    dawn = life.moment()
    for form, after in lost_answers(call, weather):
        life.back_to(dawn)
        a_day_with(life, fault(call, form, after=after))
        life.check(expected)


@pytest.mark.parametrize("call", UNREPEATABLE)
def test_likewise_over_a_real_connection(born: Born, call: str) -> None:
    life = born(BEHIND, socket=True)
    expected = life.morning(0)
    dawn = life.moment()
    for what in (What.CLOSED_BEFORE_BODY, What.CLOSED_UNANSWERED, What.CLOSED_HALFWAY, What.TRUNCATED):
        life.back_to(dawn)
        (doubt,) = [event for event in a_day_with(life, fault(call, (what, False))) if event.end == End.UNCERTAIN]
        assert "it is looked up before anything is sent again" in doubt.sentence
        life.check(expected)


def test_tickets_that_cannot_be_asked_about(born: Born) -> None:
    life = born(TICKETS)
    expected = life.morning(0)
    dawn = life.moment()
    for form, times in zip(PLAIN, itertools.cycle((0, 6))):
        life.back_to(dawn)
        a_day_with(life, fault("photos.upload.checkTickets", form, times=times))
        life.check(expected)


def test_tickets_of_pictures_that_flickr_cannot_convert(born: Born) -> None:
    life = born(TICKETS)
    expected = life.morning(0)
    dawn = life.moment()
    for failing in (1, 3, 4):
        life.back_to(dawn)
        life.world.dials.fail_conversion = failing
        events = a_day_with(life)
        ends = [event for event in events if "could not convert the picture" in event.sentence]
        assert [event.end for event in ends] == [End.FAILED] * failing
        life.check(expected)


# --- in pairs ---------------------------------------------------------------------------------------------------------


PAIRS, PARTS = 24, 4


@pytest.mark.parametrize("part", range(PARTS))
def test_two_troubles_on_one_day(born: Born, part: int) -> None:
    """A sample of all pairs, each once or more often, and after some calls that went well."""
    chance = random.Random(part)
    day = part % 2
    life = born(chance.choice((BEHIND, TICKETS)))
    expected = life.morning(day)
    dawn = life.moment()
    for _ in range(PAIRS // PARTS):
        life.back_to(dawn)
        calls = [call for call in CALLS[day] if call in UNREPEATABLE] * 3 + [*CALLS[day]]
        faults = [
            fault(
                chance.choice(calls),
                chance.choice(FORMS),
                times=chance.choice((0, 1, 1, 3)),
                after=chance.choice((0, 0, 1, 2)),
            )
            for _ in range(2)
        ]
        a_day_with(life, *faults)
        life.check(expected)
