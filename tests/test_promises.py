"""What the whole house promises whatever happens: both sides in step, and nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from heliograph.jsonform import plan_digest
from heliograph.model import (
    F,
    Post,
    SubjectKind,
    Verb,
)
from heliograph.policy import Direction
from small_world import (
    ALBUMS_ONE,
    ASKING,
    DECIDED,
    EVENTS,
    LATER_S,
    examples,
    happen,
    once_each,
    started,
)

# --- in step ----------------------------------------------------------------------------------------------------------


@settings(examples, max_examples=25)
@given(st.data())
def test_whatever_happens_everything_is_published_once_and_then_there_is_nothing_to_do(new_life, data) -> None:
    life = started(new_life, 2, policy=DECIDED)
    for _ in range(data.draw(st.integers(1, 3), "days")):
        for _ in range(data.draw(st.integers(1, 4), "events")):
            happen(life, data.draw)
        life.settle()
        once_each(life)
    assert life.plan().effects == ()


@settings(examples, max_examples=20)
@given(st.data())
def test_lost_answers_anywhere_lead_to_one_post(new_life, data) -> None:
    numbers = st.sets(st.integers(1, 8), max_size=4)
    dials = {
        "lost_before": data.draw(numbers, "lost before"),
        "lost_after": data.draw(numbers, "lost after"),
        "marks_shown": data.draw(st.booleans(), "marks shown"),
    }
    life = started(new_life, 3, policy=DECIDED, dials=dials)
    life.settle()
    happen(life, data.draw, ("new", "title", "wish", "album", "develop", "move", "delete"))
    life.settle()
    once_each(life)


@settings(examples, max_examples=20)
@given(st.data())
def test_every_action_of_a_plan_ends_once_and_is_what_was_shown(new_life, data) -> None:
    life = started(new_life, 3)
    life.sync()
    life.wait()
    for _ in range(4):
        happen(life, data.draw)
    with life.desk() as desk:
        shown = desk.plan()
        events = list(desk.apply())
    finished = [event for event in events if event.action.verb == Verb.FINISH]
    assert len(finished) <= 1
    ended = [event.action for event in events if event.action.verb != Verb.FINISH]
    assert Counter(map(repr, ended)) == Counter(map(repr, shown.actions))
    assert max(Counter(map(repr, ended)).values(), default=1) == 1


@settings(examples, max_examples=25)
@given(st.data())
def test_what_is_asked_is_asked_again_in_the_same_words_until_it_is_answered_and_then_no_more(new_life, data) -> None:
    life = started(new_life, 3)
    life.settle()
    for _ in range(3):
        happen(life, data.draw)
    life.settle()
    first, second = life.plan(), life.plan()
    assert plan_digest(first) == plan_digest(second)
    with life.desk() as desk:
        asked = [action for action in desk.plan().actions if action.verb == Verb.ASK]
        for action in asked:
            desk.answer(action.where, data.draw(st.sampled_from(action.choices)), (action.platform,))
    life.settle()
    again = {action.question for action in life.plan().actions if action.verb == Verb.ASK}
    assert not again & {action.question for action in asked}


# --- nothing is lost --------------------------------------------------------------------------------------------------


@settings(examples, max_examples=20)
@given(st.data(), st.sampled_from(Direction))
def test_what_the_ledger_does_not_know_is_never_changed_or_deleted(new_life, data, direction) -> None:
    life = started(new_life, 2, policy=replace(DECIDED, direction=direction))
    strangers = {}
    for number in range(data.draw(st.integers(1, 3), "strangers")):
        mark = data.draw(st.sampled_from(["", "f" * 32, "0" * 32]), "mark")
        kind = data.draw(st.sampled_from([SubjectKind.PHOTO, SubjectKind.ALBUM]), "kind")
        item = Post(f"s{number}", kind, mark, "https://photos.example/s", {F.TITLE: f"Somebody's own {number}"})
        strangers[item.id] = life.world.posts[item.id] = item
        life.world.born[item.id] = -LATER_S
    for _ in range(2):
        for _ in range(3):
            happen(life, data.draw, tuple(event for event in EVENTS if "there" not in event))
        life.sync()
        life.wait()
    assert {id_: life.world.posts.get(id_) for id_ in strangers} == strangers


@settings(examples, max_examples=25)
@given(st.data(), st.sampled_from([ASKING, DECIDED, replace(DECIDED, direction=Direction.BOTH)]))
def test_a_platform_that_was_not_looked_at_is_left_alone(new_life, data, policy) -> None:
    life = started(new_life, 3, policy=policy)
    life.sync()
    life.wait()
    for _ in range(4):
        happen(life, data.draw)
    with life.desk(replace(life.platform, looked=False)) as desk:
        assert desk.plan().effects == ()


@settings(examples, max_examples=25)
@given(st.data())
def test_what_could_not_be_read_in_the_library_is_neither_deleted_nor_sent_again(new_life, data) -> None:
    life = started(new_life, 5, policy=DECIDED)
    life.settle()
    before = dict(life.world.posts)
    life.library.hidden = {data.draw(st.sampled_from(["", "2024", "Norway", "Norway/Reine"]), "hidden"): "I/O error"}
    for _ in range(3):
        happen(life, data.draw, ("move", "delete", "develop", "copy", "title"))
    plan = life.plan()
    assert not [action for action in plan.actions if action.verb in {Verb.DELETE, Verb.FORGET}]
    life.sync()
    assert set(before) <= set(life.world.posts)


@settings(examples, max_examples=25)
@given(st.data(), st.booleans())
def test_with_the_ledger_deleted_everything_is_taken_over_and_nothing_is_sent_twice(new_life, data, developed) -> None:
    """Texts are rewritten by the platform. A photo that was developed anew meanwhile is asked about."""
    life = started(new_life, 4, policy=DECIDED)
    life.settle()
    before = set(life.world.posts)
    life.lose_ledger()
    asked = set()
    if developed:
        asked = {data.draw(st.sampled_from(sorted(life.library.items)), "developed")}
        life.develop(*asked)
    adds = life.world.adds
    plan = life.plan()
    assert {action.where for action in plan.actions if action.verb == Verb.ASK} == asked
    matched = {action.where for action in plan.actions if action.verb == Verb.MATCH}
    assert matched == (set(life.library.items) | {"Coast"}) - asked - ({"Coast"} if ALBUMS_ONE in asked else set())
    life.settle()
    assert (set(life.world.posts), life.world.adds) == (before, adds)
    with life.desk() as desk:
        desk.plan()
        for where in asked:
            desk.answer(where, "same")
    life.settle()
    assert (set(life.world.posts), life.world.adds) == (before, adds)
    once_each(life)
