"""The publish step is run by what publishes, and by nothing that only looks or rehearses."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import pytest

import command_line
from command_line import Told
from heliograph.demo import story
from heliograph.desk.making import PLATFORMS

home = command_line.home
tell = command_line.tell


@pytest.mark.parametrize("kind", ["site", "markdown"])
def test_no_rehearsal_and_no_look_runs_the_publish_step_and_a_sync_does(tell: Told, home: Path, kind: str) -> None:
    taken = home / "taken.txt"
    script = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
    settings = home / "heliograph.toml"
    text = settings.read_text(encoding="utf-8").replace("[platforms.site]\n", f'[platforms.site]\nkind = "{kind}"\n', 1)
    step = f"[platforms.site.publish]\ncommand = {json.dumps([sys.executable, '-c', script, str(taken)])}\n"
    settings.write_text(text + step, encoding="utf-8")
    for words in (("plan",), ("scan",), ("rehearse", "--no-wait"), ("rehearse", "--no-wait", "--fresh"), ("doctor",)):
        tell(*words)
        assert not taken.exists(), words
    rehearsed = home.rglob("rehearsal/platforms/site/**/*dune*")
    assert any(rehearsed), "the rehearsal wrote the pages"
    tell("sync")
    assert "photos/" in taken.read_text(encoding="utf-8")
    taken.unlink()
    for words in (("site", "build"), ("site", "check"), ("sync",)):
        tell(*words)
        assert not taken.exists(), words


def test_whatever_can_publish_elsewhere_cannot_in_a_rehearsal_and_the_demo_has_no_such_place() -> None:
    able = {
        name: kind().rehearsed
        for name, kind in PLATFORMS.items()
        if "publish" in {field.name for field in dataclasses.fields(kind().options)}
    }
    assert set(able) == {"site", "markdown"}
    for rehearsed in able.values():
        assert rehearsed["publish"] == {}
    assert ".publish]" not in story._SETTINGS
