"""Runs against Flickr are killed at every effect and started again: every photo and album is there once, and whole.

And the proof that the suite can see: where Flickr is not asked, or its lag is not waited out, duplicates appear.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

import flickr_lives
from flickr_lives import BEHIND, FAIR, WEATHER, Blind, Born, Hasty, Life, Moment, sampled
from fuses import Fuse
from heliograph.platforms.flickr import Flickr

born = flickr_lives.born


# --- once and whole ---------------------------------------------------------------------------------------------------


MOMENTS = (50, 58)
"""Different states that each day passes through, at least; more where answers are lost."""
KILLS = 12
"""So many of them are gone on from, spread over the day."""


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
@pytest.mark.parametrize("weather", WEATHER)
def test_killed_before_or_after_any_call_or_write_the_next_run_goes_on(born: Born, weather: str, day: int) -> None:
    life = born(weather)
    expected = life.morning(day)
    moments = life.recorded()
    assert len(moments) >= MOMENTS[day]
    for moment in sampled(moments, KILLS, random.Random(f"{weather} {day}")):
        life.goes_on(moment)
        life.check(expected)


FIRSTS, SECONDS = 4, 6
"""How many first kills, and how many second ones behind each."""


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
@pytest.mark.parametrize("weather", WEATHER)
def test_killed_once_more_while_it_completes_it(born: Born, weather: str, day: int) -> None:
    life, chance = born(weather), random.Random(f"{weather} {day}")
    expected = life.morning(day, small=True)
    schedules = 0
    for first in sampled(life.recorded(), FIRSTS, chance):
        life.back_to(first)
        for second in sampled(life.recorded(), SECONDS, chance):
            life.goes_on(second)
            life.check(expected)
            schedules += 1
    assert schedules >= 0.8 * FIRSTS * SECONDS


def test_these_are_hundreds_of_schedules() -> None:
    """Not counting those below, nor those of the faults."""
    assert len(WEATHER) * (2 * KILLS + 2 * 0.8 * FIRSTS * SECONDS) > 200


@pytest.mark.parametrize("weather", [FAIR, BEHIND])
def test_with_the_ledger_lost_at_any_moment_everything_is_adopted_and_completed(born: Born, weather: str) -> None:
    life = born(weather)
    expected = life.morning(0)
    moments = life.recorded()
    for moment in moments if weather == BEHIND else sampled(moments, KILLS, random.Random(weather)):
        life.back_to(moment)
        life.lose_ledger()
        life.evening()
        there = {one.id for one in life.shown_all()}
        life.process()
        assert there <= {one.id for one in life.shown_all()}
        life.check(expected)


def test_with_the_ledger_lost_and_the_listing_behind_flickr_itself_says_which_files_it_holds(born: Born) -> None:
    """Where it obeys `dedup_check`, no file is there twice even then."""
    life = born(FAIR)
    life.world.turn({"listing_lag_s": 120.0})
    life.morning(0, small=True)
    held = 0
    for moment in life.recorded():
        life.back_to(moment)
        life.lose_ledger()
        events = life.process()
        held += sum("Flickr held this very file already" in event.sentence for event in events)
        assert len(life.shown_all()) == len({one.original.sha256 for one in life.shown_all()}) == 2
    assert held > 10


def test_with_the_ledger_lost_and_everything_there_nothing_is_sent_again(born: Born) -> None:
    life = born(BEHIND)
    expected = life.morning(1)
    life.process()
    life.evening()
    life.lose_ledger()
    with life.counted() as made:
        life.process()
    assert not made.keys() & {"upload", "replace", "photosets.create", "photos.setMeta", "photos.setTags"}
    life.check(expected)


# --- the suite itself -------------------------------------------------------------------------------------------------


def told(life: Life, moment: Moment) -> tuple[list[str], list[str]]:
    """What ledger and Flickr hold, but for words that are made up anew each time."""
    copied = life.folder / "copied.sqlite"
    copied.write_bytes(moment.ledger)
    with closing(sqlite3.connect(copied)) as ledger:
        rows = [line for line in ledger.iterdump() if "sqlite_stat" not in line]
    records = [
        replace(record, secret="", original_secret="", original=replace(record.original, name=""))
        if hasattr(record, "original_secret")
        else record
        for shelf in moment.shelves.values()
        for record in shelf.values()
    ]
    return rows, sorted(map(repr, records))


def test_what_is_recorded_at_an_effect_is_what_a_process_leaves_that_is_killed_there(born: Born) -> None:
    life = born(BEHIND)
    life.morning(1)
    dawn = life.moment()
    recorder = life.recorder()
    for effect in range(0, recorder.count, 7):
        life.back_to(dawn)
        assert life.process(Fuse(effect)) is None
        left, foreseen = life.moment(), recorder.moments[recorder.numbers[effect]]
        assert told(life, left) == told(life, foreseen), effect


PRECAUTIONS = [pytest.param(Blind, id="asking"), pytest.param(Hasty, id="waiting")]


@pytest.mark.parametrize("twist", PRECAUTIONS)
def test_the_suite_sees_duplicates_where_a_precaution_is_left_out(born: Born, twist: Callable[[Flickr], Any]) -> None:
    """Of photos and of albums."""
    life = born(BEHIND, twist=twist)
    life.morning(0)
    first, *between, last = life.recorded()

    def doubled(moment: Moment) -> int:
        life.goes_on(moment)
        life.evening()
        life.process()
        return life.twice()

    assert len(list(itertools.islice(filter(doubled, between), 4))) == 4
    assert doubled(first) == doubled(last) == 0
