"""What the whole house promises: what changes nothing changes nothing, and plans are papers."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from heliograph.desk import papers
from heliograph.jsonform import plan_digest
from heliograph.model import (
    TELLING,
    Action,
    Change,
    F,
    Guard,
    Plan,
    Post,
    Recipe,
    Subject,
    SubjectKind,
    Verb,
    Wanted,
)
from small_world import (
    DECIDED,
    Life,
    examples,
    happen,
    once_each,
    started,
)
from studio import photo

# --- what changes nothing ---------------------------------------------------------------------------------------------


def shuffled(life: Life, draw: Callable) -> None:
    order = draw(st.permutations(sorted(life.library.items)))
    life.library.items = {where: life.library.items[where] for where in order}


def touched(life: Life, draw: Callable) -> None:
    """Everything looks changed, and nothing is."""
    life.library.items = {w: replace(i, length_bytes=i.length_bytes + 1) for w, i in life.library.items.items()}


def later(life: Life, draw: Callable) -> None:
    """The clock is set, by a day or by a time zone, in either direction."""
    life.clock.started += timedelta(hours=draw(st.sampled_from([-24, -13, -1, 1, 2, 14, 24])))


def renamed(life: Life, draw: Callable) -> None:
    for where in sorted(life.library.items):
        life.library.put(replace(life.library.items.pop(where), where=f"elsewhere/{where}"))


def spelt_otherwise(life: Life, draw: Callable) -> None:
    """A Mac writes names in pieces (NFD), everybody else whole (NFC)."""
    for where in sorted(life.library.items):
        form = draw(st.sampled_from(["NFC", "NFD"]))
        life.library.put(replace(life.library.items.pop(where), where=unicodedata.normalize(form, where)))


@settings(examples, max_examples=40)
@given(st.data(), st.sampled_from([shuffled, touched, later, renamed, spelt_otherwise]))
def test_what_is_no_change_changes_nothing(new_life, data, twist) -> None:
    """In step it stays so; and with something to do, the same is to be done."""
    life = started(new_life, 4)
    for where in sorted(life.library.items):
        item = life.library.items.pop(where)
        life.library.put(replace(item, where=where.replace("p", "päärl")))
    life.settle()
    with_work = data.draw(st.booleans(), "with work")
    if with_work:
        for _ in range(2):
            happen(life, data.draw, ("title", "wish", "album", "edit there", "remove there"))
    before = life.plan()
    twist(life, data.draw)
    after = life.plan()
    assert _essence(after) == _essence(before)
    assert with_work or after.actions == ()


def _essence(plan: Plan) -> list[tuple[object, ...]]:
    found = [(action.verb, action.subject, action.changes, action.question) for action in plan.actions]
    return [*sorted(found, key=repr), (plan.kept,)]


@settings(examples, max_examples=25)
@given(st.data())
def test_an_unrelated_photo_changes_nothing_else(new_life, data) -> None:
    life = started(new_life, 3)
    life.settle()
    for _ in range(3):
        happen(life, data.draw)
    before = life.plan()
    life.library.put(photo("unrelated/z.jpg", pixels="unrelated", title="Unrelated"))
    after = life.plan()
    assert [action for action in after.actions if action.where != "unrelated/z.jpg"] == list(before.actions)


@settings(examples, max_examples=15)
@given(st.data())
def test_a_run_that_was_stopped_and_one_that_goes_on_are_one_run(new_life, data) -> None:
    life = started(new_life, 4, policy=DECIDED)
    stop_after = data.draw(st.integers(0, 6), "stop after")
    with life.desk() as desk:
        seen = []
        desk.stop = lambda: len(seen) >= stop_after
        for event in desk.sync():
            seen += [event]
    life.settle()
    once_each(life)
    assert life.world.adds == 5


# --- plans as papers --------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=5,
)
FIELDS = st.dictionaries(st.sampled_from([F.TITLE, F.TAGS, F.PLACE, F.MEMBERS]), VALUES, max_size=3)
SUBJECTS = st.builds(Subject, st.sampled_from(SubjectKind), TEXTS)
WANTED = st.builds(Wanted, SUBJECTS, TEXTS, TEXTS, FIELDS, TEXTS, st.none() | st.just(Recipe()), TEXTS)
POSTS = st.builds(Post, TEXTS, st.sampled_from(SubjectKind), TEXTS, TEXTS, FIELDS)
CHANGES = st.lists(st.builds(Change, TEXTS, VALUES, VALUES), max_size=2).map(tuple)
ACTIONS = st.builds(
    Action,
    st.sampled_from(Verb),
    SUBJECTS,
    *(TEXTS, TEXTS, TEXTS),
    wanted=st.none() | WANTED,
    post=st.none() | POSTS,
    changes=CHANGES,
    takes=CHANGES,
    choices=st.lists(TEXTS, max_size=2).map(tuple),
    question=TEXTS,
    alike=st.none() | POSTS,
)
GUARDS = st.lists(st.builds(Guard, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple)
PLANS = st.builds(
    Plan, st.lists(ACTIONS, max_size=3).map(tuple), st.integers(0, 9), GUARDS, st.lists(TEXTS, max_size=2).map(tuple)
)


@settings(examples, max_examples=100)
@given(PLANS)
def test_a_plan_that_is_saved_and_loaded_is_the_same_plan(plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        papers.save(plan, Path(folder))
        again = papers.load("", Path(folder))
        by_digest = papers.load(plan_digest(plan), Path(folder))
    assert again == by_digest == plan
    assert plan_digest(again) == plan_digest(plan)


@settings(examples, max_examples=20)
@given(st.data())
def test_a_plan_that_was_shown_can_be_applied_from_its_paper(new_life, data) -> None:
    life = started(new_life, 3)
    life.settle()
    for _ in range(3):
        happen(life, data.draw)
    with life.desk() as desk:
        shown = desk.plan()
    assume(shown.effects)
    with life.desk() as desk:
        done = [event.action for event in desk.apply(plan_digest(shown)) if event.action.verb not in TELLING]
    assert [action for action in done if action.verb != Verb.FINISH] == list(shown.effects)
