"""Whoever deleted a photo on a platform, and sees nothing of it in a plan, is told why."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import command_line
from command_line import Told
from heliograph.cli.exits import Exit
from heliograph.desk import Desk
from heliograph.wording import local_time

home, tell = command_line.home, command_line.tell
SINCE = "2026-05-03T12:00:00+00:00"


@pytest.fixture
def unlooked(tell: Told, monkeypatch: pytest.MonkeyPatch) -> Told:
    """A platform whose last look told of no deletion."""
    monkeypatch.setattr(Desk, "unseen_since", lambda _: {"site": SINCE, "lately": datetime.now(UTC).isoformat()})
    return tell


def test_a_plan_with_nothing_to_do_says_since_when_deletions_were_not_looked_for(unlooked: Told) -> None:
    said = "was not looked for yet; `helio plan --anew` does that now"
    assert said not in unlooked("plan")[1], "there is something to do"
    unlooked("sync")
    code, out, _ = unlooked("plan")
    assert code == Exit.DONE
    assert f"site: What was deleted there since {local_time(SINCE)} {said}." in out
    assert "lately" not in out, "nobody wonders yet"
    assert said not in unlooked("plan", "last")[1], "a plan that was made before says nothing of now"
    assert json.loads(unlooked("plan", "--json")[1])["schema"] == "heliograph.plan/1"
