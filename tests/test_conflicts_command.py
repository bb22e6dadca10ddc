"""`helio conflicts`: what was edited on both sides is listed, shown and decided."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import command_line
from command_line import Told
from heliograph.cli.exits import Exit
from heliograph.desk import Desk, opening, papers
from heliograph.model import Action, Change, F, Plan, Subject, SubjectKind, Verb

home, tell = command_line.home, command_line.tell


def asks(where: str, question: str, choices: tuple[str, ...], *changes: Change) -> Action:
    subject = Subject(SubjectKind.PHOTO, question * 32)
    reason = "edited here and there since it was last agreed"
    return Action(Verb.ASK, subject, "site", where, reason, changes=changes, choices=choices, question=question)


@pytest.fixture
def asked(home: Path) -> Path:
    """A plan that asks about two photos' words, and about something else."""
    words = Change(F.TEXT, "What was written there,\non two lines", "What the library says")
    plan = Plan(
        (
            asks("2023/dune.jpg", "a", ("ours", "theirs"), words),
            asks("2023/sea.jpg", "b", ("overwrite", "accept"), Change(F.TITLE, "\x1b[31mThere", "Here")),
            asks("2023/family.jpg", "c", ("add", "leave")),
        )
    )
    papers.save(plan, home / ".heliograph" / "plans")
    return home


def answers(folder: Path) -> dict[str, str]:
    with Desk(opening.settings(None, os.environ, folder)) as desk:
        return dict(desk.answers())


@pytest.fixture
def conflicts(tell: Told, asked: Path) -> Told:
    return lambda *arguments: tell("conflicts", *arguments)


def test_edits_on_both_sides_are_listed_and_other_questions_are_not(conflicts: Told) -> None:
    code, out, _ = conflicts("list")
    assert code == Exit.DONE
    assert [line.partition(" on ")[0] for line in out.splitlines()] == ["2023/dune.jpg", "2023/sea.jpg"]
    found = json.loads(conflicts("list", "--json")[1])
    assert found["schema"] == "heliograph.conflicts/1"
    assert [one["where"] for one in found["conflicts"]] == ["2023/dune.jpg", "2023/sea.jpg"]


def test_both_sides_are_shown_whole_and_harmless(conflicts: Told) -> None:
    _, out, _ = conflicts("show", "dune.jpg")
    for words in ("ours, here", "theirs, on site", "What was written there,", "on two lines", "What the library says"):
        assert words in out
    assert "helio conflicts take theirs 2023/dune.jpg" in out
    _, out, _ = conflicts("show", "2023/sea.jpg")
    assert "\x1b" not in out
    assert "it stays there" in out


@pytest.mark.parametrize(("side", "said"), [("ours", ["ours", "overwrite"]), ("theirs", ["theirs", "accept"])])
def test_one_side_is_taken_for_several_photos(conflicts: Told, asked: Path, side: str, said: list[str]) -> None:
    code, out, _ = conflicts("take", side, "2023/dune.jpg", "2023/sea.jpg")
    assert code == Exit.DONE
    assert out.count("counts from the next") == 2
    assert answers(asked) == dict(zip("ab", said, strict=True))


def test_a_photo_without_a_conflict_is_told_and_nothing_is_decided(conflicts: Told, asked: Path) -> None:
    code, _, err = conflicts("take", "ours", "2023/dune.jpg", "2023/family.jpg")
    assert code == Exit.USAGE
    assert "no conflict about 2023/family.jpg" in err
    assert answers(asked) == {}
