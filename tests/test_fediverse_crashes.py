"""Runs against servers of the fediverse are killed at their effects and started again: one post for each photo, whole.

Which moments are tried is drawn for each dialect, weather and day by itself, the same each time; together they are
hundreds. And the proof that the suite can see: where a server is not asked, or its lag is not waited out, duplicates
appear.
"""

from __future__ import annotations

import random
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

import fediverse_lives
from fediverse_lives import BEHIND, DEAF, PROFILES, WEATHER, Born, Life
from fediverse_studio import POST
from fuses import Fuse
from heliograph.platforms.fediverse import Fediverse
from heliograph.standin.fediverse import Fault, What
from lives import Blind, Hasty, Moment, sampled

born = fediverse_lives.born


MOMENTS = (35, 30)
"""Different states that each day passes through, at least; more where answers are lost."""
KILLS, FIRSTS, SECONDS, LOST = 4, 2, 3, 5
"""How many moments of a day are tried; how many first kills, and how many second ones behind each; and how many moments
at which the ledger is lost."""
DAYS = pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])


# --- once and whole ---------------------------------------------------------------------------------------------------


@DAYS
@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("profile", PROFILES)
def test_killed_before_or_after_a_call_or_write_the_next_run_goes_on(
    born: Born, profile: str, weather: str, day: int
) -> None:
    life = born(profile, weather)
    expected = life.morning(day)
    moments = life.recorded()
    assert len(moments) >= MOMENTS[day]
    life.check(expected)
    for moment in sampled(moments, KILLS, random.Random(f"{profile} {weather} {day}")):
        life.goes_on(moment)
        life.check(expected)


@DAYS
@pytest.mark.parametrize("profile", PROFILES)
def test_killed_once_more_while_it_completes_it(born: Born, profile: str, day: int) -> None:
    chance = random.Random(f"{profile} {day}")
    life = born(profile, chance.choice((BEHIND, DEAF)))
    expected = life.morning(day, small=True)
    schedules = 0
    for first in sampled(life.recorded(), FIRSTS, chance):
        life.back_to(first)
        for second in sampled(life.recorded(), SECONDS, chance):
            life.goes_on(second)
            life.check(expected)
            schedules += 1
    assert schedules == FIRSTS * SECONDS


def test_these_are_hundreds_of_schedules() -> None:
    days = 2 * len(PROFILES)
    assert days * (len(WEATHER) * KILLS + FIRSTS * SECONDS) + len(PROFILES) * LOST > 240


@pytest.mark.parametrize("profile", PROFILES)
def test_with_the_ledger_lost_at_any_moment_everything_is_adopted_and_completed(born: Born, profile: str) -> None:
    """By text and alt text: there are no marks."""
    life = born(profile, BEHIND)
    expected = life.morning(0)
    for moment in sampled(life.recorded(), LOST, random.Random(profile)):
        life.back_to(moment)
        life.lose_ledger()
        life.evening()
        there = {post.id for post in life.server.posts}
        life.process()
        assert there <= {post.id for post in life.server.posts}
        life.check(expected)


@pytest.mark.parametrize("profile", PROFILES)
def test_with_the_ledger_lost_and_everything_there_nothing_is_sent_again(born: Born, profile: str) -> None:
    life = born(profile, BEHIND)
    expected = life.morning(1)
    life.process()
    life.evening()
    life.lose_ledger()
    life.counts()
    life.process()
    assert {call for call in life.counts() if not call.startswith("GET ")} == set()
    life.check(expected)


# --- left out of the listing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["pixelfed-0.11", "pixelfed-0.12"])
def test_a_post_that_the_listing_leaves_out_is_not_sent_again_before_it_is_shown(born: Born, profile: str) -> None:
    """Its answer was lost, and whether its picture is in a post can be told."""
    life = born(profile)
    expected = life.morning(0, small=True)
    life.standin.faults.add(Fault(What.CLOSED_UNANSWERED, route=POST), Fault(What.CLOSED_BEFORE_BODY, route=POST))
    life.standin.turn(holes=len(life.foreign) + 1)
    events = life.process()
    assert life.twice() == 0
    assert any("which does not show it yet" in event.sentence for event in events or ())
    life.standin.turn(holes=0)
    life.process()
    life.check(expected)


# --- posted anew ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weather", WEATHER)
def test_killed_while_a_photo_is_posted_anew_it_is_posted_and_nobody_else_sees_it(born: Born, weather: str) -> None:
    """At every moment or every third: what we took away is not asked about, and who may see it is as it was."""
    life = born("pixelfed-0.12", weather)
    expected = life.morning(1, small=True)
    moments = life.recorded()
    assert len(moments) > 20
    for moment in moments if weather == BEHIND else moments[::3]:
        life.goes_on(moment)
        life.check(expected)


# --- the suite itself -------------------------------------------------------------------------------------------------


def told(life: Life, moment: Moment) -> tuple[list[str], list[str], list[str]]:
    """What ledger and server hold."""
    copied = life.folder / "copied.sqlite"
    copied.write_bytes(moment.ledger)
    with closing(sqlite3.connect(copied)) as ledger:
        rows = [line for line in ledger.iterdump() if "sqlite_stat" not in line]
    records = [record for shelf in moment.shelves.values() for record in shelf.values()]
    return rows, sorted(map(repr, records)), sorted(moment.beside)


def test_what_is_recorded_at_an_effect_is_what_a_process_leaves_that_is_killed_there(
    born: Born, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = born("pixelfed-0.12", BEHIND)
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: f"at {life.clock.seconds}")
    life.morning(1)
    dawn = life.moment()
    recorder = life.recorder()
    for effect in range(0, recorder.count, 7):
        life.back_to(dawn)
        assert life.process(Fuse(effect)) is None
        left, foreseen = life.moment(), recorder.moments[recorder.numbers[effect]]
        assert told(life, left) == told(life, foreseen), effect


PRECAUTIONS = [
    *(
        pytest.param(Blind, profile, id=f"asking {profile}")
        for profile in ("mastodon-4.6", "pixelfed-0.11", "snac-2.94")
    ),
    *(pytest.param(Hasty, profile, id=f"waiting {profile}") for profile in ("gotosocial-0.20", "snac-2.94")),
]
"""Where a server says of a picture that it is in a post, nothing is doubled even by those who do not wait."""


@pytest.mark.parametrize(("twist", "profile"), PRECAUTIONS)
def test_the_suite_sees_duplicates_where_a_precaution_is_left_out(
    born: Born, twist: Callable[[Fediverse], Any], profile: str
) -> None:
    life = born(profile, BEHIND, twist=twist)
    life.morning(0, small=True)
    doubled = []
    for moment in life.recorded():
        life.goes_on(moment)
        life.evening()
        life.process()
        doubled.append(life.twice())
    assert sum(count > 0 for count in doubled) >= 2, doubled
    assert doubled[0] == doubled[-1] == 0
