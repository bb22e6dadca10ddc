"""The decision table: every row, every guard, every doubt, as golden cases (`tests/plans/*.txt`) and as one walk.

`HELIOGRAPH_REWRITE=1 pytest -n0 tests/test_plan.py` writes the plans of all golden cases anew; read the difference
before you keep it. `tests/plan_text.py` says how a case is written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product
from pathlib import Path

import pytest

from golden_world import GoldenWorld
from heliograph.jsonform import plan_digest
from heliograph.model import (
    TELLING,
    Action,
    Agreed,
    F,
    Limits,
    Plan,
    Post,
    Record,
    Subject,
    SubjectKind,
    Verb,
    Wanted,
    value_digest,
)
from heliograph.plan import Show, Standing, Table, Want, absent_after, plan, quiet, together
from heliograph.policy import (
    Direction,
    Guards,
    OnEdited,
    OnFixed,
    OnMissing,
    OnRefused,
    OnUnwanted,
    PlatformPolicy,
    When,
)
from plan_text import Case, read, shown
from studio import template_ledger

pytestmark = pytest.mark.xdist_group("plan")
"""One process walks every combination."""

CASES = [read(path) for path in sorted((Path(__file__).parent / "plans").glob("*.txt"))]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_ledger(tmp_path_factory.mktemp("ledger"))


@pytest.mark.parametrize("case", CASES, ids=[case.path.stem for case in CASES])
def test_three_states_give_the_plan_that_is_written_down(case: Case, tmp_path: Path, template: Path) -> None:
    (tmp_path / "state").mkdir()
    shutil.copy(template, tmp_path / "state" / "ledger.sqlite")
    world = GoldenWorld(case, tmp_path)
    text = shown(world.plan(), world.names)
    if os.environ.get("HELIOGRAPH_REWRITE"):
        case.rewrite(text)
    assert text == read(case.path).plan


def test_no_golden_case_is_without_a_plan() -> None:
    assert len(CASES) >= 100
    assert [case.path.name for case in CASES if not case.plan or not case.sentence] == []


# --- every combination ------------------------------------------------------------------------------------------------

SUBJECT = Subject(SubjectKind.PHOTO, "a" * 32)
TITLES = ("Low tide", "Ebb", "Slack water")
POLICIES = [
    PlatformPolicy("there", "memory", direction, when=When(unwanted, missing, edited, fixed=fixed, refused=refused))
    for direction, unwanted, missing, edited, fixed, refused in product(
        Direction, OnUnwanted, OnMissing, OnEdited, OnFixed, OnRefused
    )
]


def wanted(title: str) -> Wanted:
    return Wanted(SUBJECT, "there", "a.jpg", {F.TITLE: title, F.TEXT: "Boats"}, mark="a" * 32)


def record(title: str) -> Record:
    fields = {name: Agreed(value, value_digest(value)) for name, value in {F.TITLE: title, F.TEXT: "Boats"}.items()}
    return Record(SUBJECT, "there", "p1", fields=fields)


def post(title: str) -> Post:
    return Post("p1", SubjectKind.PHOTO, fields={F.TITLE: title, F.TEXT: "Boats"})


def standings() -> Iterator[Standing]:
    """Library x ledger x platform, each with every title, and every way of not knowing."""
    records = [None, record(TITLES[0])]
    for want, remembered, title, there in product(Want, records, TITLES, (None, *TITLES)):
        for show in Show:
            if (show == Show.NO and there is not None) or (remembered and show == Show.YES and there is None):
                continue  # the planner never puts these together
            yield Standing(
                SUBJECT,
                "a.jpg",
                want,
                wanted(title) if want in {Want.YES, Want.NOT_LOOKED} else None,
                ("a reason",),
                "a question",
                remembered,
                show,
                post(there) if there else None,
            )


def decisions() -> Iterator[tuple[Standing, Action, PlatformPolicy]]:
    """What the table says to all of them, under every setting, with titles that can be amended and that cannot."""
    everything = list(standings())
    for policy, amendable in product(POLICIES, ({F.TITLE, F.TEXT}, {F.TEXT})):
        names = frozenset({F.TITLE, F.TEXT})
        table = Table(policy, Limits(fields=names, rides=names, amendable=frozenset(amendable), two_way=True), {})
        yield from ((standing, table.decide(standing), policy) for standing in everything)


@pytest.fixture(scope="module")
def walk() -> list[tuple[Standing, Action, PlatformPolicy]]:
    return list(decisions())


def test_every_combination_is_decided_with_a_reason(walk) -> None:
    assert len(walk) > 50_000
    assert all(action.reason and action.subject == SUBJECT for _, action, _ in walk)


def test_what_the_ledger_does_not_know_is_never_changed_or_deleted(walk) -> None:
    touching = {Verb.DELETE, Verb.FORGET, Verb.UPDATE, Verb.REPOST, Verb.ACCEPT}
    assert not [action for standing, action, _ in walk if standing.record is None and action.verb in touching]


def test_a_failed_look_at_the_platform_leads_to_no_effect(walk) -> None:
    """No update either: someone may have edited the same field there."""
    unseen = [action for standing, action, _ in walk if standing.show == Show.NOT_LOOKED]
    assert unseen
    assert {action.verb for action in unseen} <= TELLING


@pytest.mark.parametrize(
    ("setting", "looked", "verb"),
    [
        (OnRefused.ASK, True, Verb.ASK),
        (OnRefused.ASK, False, Verb.ASK),
        (OnRefused.DELETE, True, Verb.DELETE),
        (OnRefused.DELETE, False, Verb.WAIT),
        (OnRefused.LEAVE, True, Verb.REFUSE),
        (OnRefused.LEAVE, False, Verb.REFUSE),
    ],
)
def test_what_is_published_and_no_longer_let_out_goes_by_the_settings(walk, setting, looked, verb) -> None:
    shows = Show.YES if looked else Show.NOT_LOOKED
    found = {
        action.verb
        for standing, action, policy in walk
        if standing.want == Want.REFUSED and standing.record and standing.show == shows
        if policy.when.refused == setting and policy.direction == Direction.PUBLISH
    }
    assert found == {verb}


def test_a_failed_look_at_the_library_leads_to_no_effect(walk) -> None:
    assert {action.verb for standing, action, _ in walk if standing.want == Want.NOT_LOOKED} == {Verb.KEEP}


def test_only_what_is_wanted_is_sent(walk) -> None:
    sending = {Verb.ADD, Verb.UPDATE, Verb.REPOST, Verb.MATCH, Verb.ACCEPT}
    assert {standing.want for standing, action, _ in walk if action.verb in sending} == {Want.YES}


def test_only_what_is_unwanted_or_refused_is_deleted(walk) -> None:
    wants = {standing.want for standing, action, _ in walk if action.verb == Verb.DELETE}
    assert wants == {Want.NO, Want.REFUSED}


def test_nothing_published_is_added_a_second_time_unless_the_owner_said_so(walk) -> None:
    """Nor where the record says it was published and someone removed it."""
    added = [(standing, policy) for standing, action, policy in walk if action.verb == Verb.ADD]
    assert all(standing.post is None for standing, _ in added)
    assert {policy.when.missing for standing, policy in added if standing.record} == {OnMissing.ADD}


def test_an_edit_there_is_lost_only_where_the_settings_say_that_the_library_wins(walk) -> None:
    for standing, action, policy in walk:
        edited = standing.record and standing.post and standing.post.fields[F.TITLE] != TITLES[0]
        alike = standing.wanted and standing.post and standing.post.fields == standing.wanted.fields
        titles = {change.field for change in action.changes} & {F.TITLE}
        if edited and not alike and titles and action.verb in {Verb.UPDATE, Verb.REPOST}:
            expected = policy.when.fixed if action.verb == Verb.REPOST else policy.when.edited
            assert expected in {OnEdited.OVERWRITE, OnFixed.REPOST}


def test_a_field_that_cannot_be_amended_is_never_updated(walk) -> None:
    names = frozenset({F.TITLE, F.TEXT})
    for policy in POLICIES:
        table = Table(policy, Limits(fields=names, rides=names, amendable=frozenset({F.TEXT})), {})
        for standing in standings():
            action = table.decide(standing)
            if action.verb == Verb.UPDATE:
                assert F.TITLE not in {change.field for change in action.changes}


def test_every_question_offers_answers_and_has_a_name(walk) -> None:
    asked = [action for _, action, _ in walk if action.verb == Verb.ASK]
    assert asked
    assert all(action.question and len(action.choices) == 2 for action in asked)


def test_every_answer_settles_its_question_and_no_other(walk) -> None:
    names = frozenset({F.TITLE, F.TEXT})
    for amendable in (names, frozenset({F.TEXT})):
        limits = Limits(fields=names, rides=names, amendable=amendable, two_way=True)
        policy = PlatformPolicy("there", "memory")
        asked = [(standing, Table(policy, limits, {}).decide(standing)) for standing in standings()]
        asked = [(s, action) for s, action in asked if action.verb == Verb.ASK and s.want != Want.UNSURE]
        for standing, action in asked:
            for choice in action.choices:
                answered = Table(policy, limits, {action.question: choice}).decide(standing)
                assert answered.question != action.question or answered.verb != Verb.ASK
                stray = Table(policy, limits, {"another question": choice}).decide(standing)
                assert stray == action


def test_questions_about_different_things_have_different_names() -> None:
    names = frozenset({F.TITLE, F.TEXT})
    limits = Limits(fields=names, rides=names, amendable=names)
    asked = {}
    for name, standing in product(("there", "elsewhere"), standings()):
        if standing.want == Want.YES and standing.record is not None:
            action = Table(PlatformPolicy(name, "memory"), limits, {}).decide(standing)
            shows = standing.post.fields[F.TITLE] if standing.post else "gone"
            if action.verb == Verb.ASK:
                doubt = (name, shows, standing.wanted.fields[F.TITLE] if standing.post else "")
                assert asked.setdefault(action.question, doubt) == doubt
    assert len(asked) == 2 * (1 + 3 * 2 - 2)


def test_in_doubt_nothing_else_matters(walk) -> None:
    names = frozenset({F.TITLE, F.TEXT})
    table = Table(PlatformPolicy("there", "memory"), Limits(fields=names, rides=names, amendable=names), {})
    for standing in standings():
        assert table.decide(replace(standing, doubt="the answer was lost")).verb == Verb.WAIT


# --- actions as a plan ------------------------------------------------------------------------------------------------


def action(verb: Verb, where: str, kind: SubjectKind = SubjectKind.PHOTO, shown: Post | None = None) -> Action:
    return Action(verb, Subject(kind, where), "there", where, "a reason", None, shown)


def test_the_order_in_which_actions_were_found_changes_nothing() -> None:
    found = [
        action(Verb.ADD, "b.jpg"),
        action(Verb.ADD, "a.jpg"),
        action(Verb.ADD, "Album", SubjectKind.ALBUM),
        action(Verb.FINISH, "there", SubjectKind.PAGES),
    ]
    plans = {plan_digest(plan(order, 0, PlatformPolicy("there", "memory"))) for order in permutations(found)}
    assert len(plans) == 1
    listed = plan(reversed(found), 0, PlatformPolicy("there", "memory")).actions
    assert [item.where for item in listed] == ["a.jpg", "b.jpg", "Album", "there"]


def test_only_what_is_published_counts_as_kept() -> None:
    kept = [action(Verb.KEEP, "a.jpg", shown=Post("p1", SubjectKind.PHOTO)), action(Verb.KEEP, "b.jpg")]
    assert plan(kept, 5, PlatformPolicy("there", "memory")) == Plan((), 6)


@pytest.mark.parametrize(
    ("deletes", "kept", "guards", "stopped"),
    [
        (10, 90, Guards(), False),
        (11, 89, Guards(), True),
        (11, 539, Guards(), False),  # 2 % of 550 is 11
        (11, 538, Guards(), True),
        (1, 0, Guards(max_deletes=0, max_delete_share=0.0), True),
        (0, 100, Guards(max_deletes=0, max_delete_share=0.0), False),
    ],
)
def test_the_guard_of_deletes_stops_exactly_above_its_share(deletes, kept, guards, stopped) -> None:
    there = Post("p", SubjectKind.PHOTO)
    made = plan(
        [action(Verb.DELETE, f"{number}.jpg", shown=there) for number in range(deletes)],
        kept,
        PlatformPolicy("there", "memory", guards=guards),
    )
    assert [guard.kind for guard in made.guards] == (["deletes"] if stopped else [])


def test_adding_never_meets_a_guard() -> None:
    made = plan([action(Verb.ADD, f"{n}.jpg") for n in range(500)], 0, PlatformPolicy("there", "memory"))
    assert made.guards == ()


def test_plans_of_several_platforms_are_put_together_without_saying_a_note_twice() -> None:
    one, two = Plan((action(Verb.ADD, "a.jpg"),), 1, notes=("same",)), Plan((), 2, notes=("same", "other"))
    both = together([one, two])
    assert (both.kept, both.notes, len(both.actions)) == (3, ("same", "other"), 1)


@pytest.mark.parametrize(
    ("verb", "there", "absent"),
    [
        (Verb.ADD, False, False),
        (Verb.MATCH, True, False),
        (Verb.UPDATE, True, False),
        (Verb.KEEP, True, False),
        (Verb.ASK, True, False),
        (Verb.KEEP, False, True),
        (Verb.ASK, False, True),
        (Verb.DELETE, True, True),
        (Verb.FORGET, False, True),
        (Verb.REFUSE, False, True),
        (Verb.WAIT, True, False),
        (Verb.WAIT, False, True),
    ],
)
def test_albums_wait_for_nobody_who_will_not_be_there(verb, there, absent) -> None:
    item = action(verb, "a.jpg", shown=Post("p", SubjectKind.PHOTO) if there else None)
    assert absent_after([item]) == (frozenset({"a.jpg"}) if absent else frozenset())


@pytest.mark.parametrize(
    ("verdict", "agreed", "expected"),
    [
        (("b", "wanted"), ("b", "s", "s"), True),
        (("b", "unwanted"), (None, None, None), True),
        (("b", "unwanted"), ("b", "s", "s"), False),
        (("b", "unwanted"), ("", "s", "s"), False),
        (("b", "refused"), (None, None, None), False),
        (("older", "wanted"), ("b", "s", "s"), False),
        (("b", "wanted"), ("older", "s", "s"), False),
        (("b", "wanted"), ("", "s", "s"), False),
        (("b", "wanted"), ("b", "s", "edited"), False),
        (("b", "wanted"), ("b", "s", None), False),
        (("b", "wanted"), (None, None, None), False),
        ((None, None), (None, None, None), False),
    ],
)
def test_a_photo_is_passed_over_only_where_nothing_moved(verdict, agreed, expected) -> None:
    assert quiet("b", verdict, agreed) is expected
