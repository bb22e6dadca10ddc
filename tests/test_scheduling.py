"""What the system is told so that it starts helio: shown first, whole, and taken out again without a rest."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from defusedxml import ElementTree

from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.config import Settings, load
from heliograph.desk import scheduling
from heliograph.desk.scheduling import Recipe, System
from heliograph.desk.scheduling.job import Job, Surroundings
from heliograph.desk.scheduling.systemd import quoted
from heliograph.desk.scheduling.taskscheduler import SCHEMA
from heliograph.errors import Mistake

ODD = 'Photos of "Åse" & 100 % more $HOME'
HOURLY = 60
POSIX = pytest.mark.skipif(os.name == "nt", reason="stand-in commands are shell scripts")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """In a folder with everything in its name that has to be quoted somewhere."""
    home = tmp_path / ODD
    (home / "photos").mkdir(parents=True)
    path = home / "heliograph.toml"
    path.write_text("[library]\nfolder = 'photos'\n\n[platforms.site]\nfolder = 'site'\n", encoding="utf-8")
    return load(path, {})


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path / "home", tmp_path / "home" / ".config", 501, "HOUSE\\Åse")


def made(system: System, settings: Settings, around: Surroundings, every_min: int | None = HOURLY) -> Recipe:
    return scheduling.recipe(system, scheduling.job(settings, every_min), around)


def content(recipe: Recipe, suffix: str) -> bytes:
    (found,) = [content for file, content in recipe.files if file.suffix == suffix]
    return found


def words(settings: Settings, *verb: str) -> list[str]:
    return [*scheduling.job(settings, HOURLY).program, "--config", str(settings.path), *verb]


# --- systemd ----------------------------------------------------------------------------------------------------------


def unquoted(line: str) -> list[str]:
    """A command line of a unit as systemd.service(5) says it is read."""
    words, rest = [], line
    while rest := rest.strip():
        assert rest[0] == '"'
        word, at = "", 1
        while rest[at] != '"':
            pair = rest[at : at + 2]
            known = {'\\"': '"', "\\\\": "\\", "\\n": "\n", "\\t": "\t", "%%": "%", "$$": "$"}
            word += known.get(pair, rest[at])
            at += 2 if pair in known else 1
        words.append(word)
        rest = rest[at + 1 :]
    return words


@pytest.mark.parametrize(("every_min", "verb"), [(HOURLY, ("--quiet", "sync")), (None, ("watch",))])
def test_a_service_starts_the_command_whatever_is_in_its_path(settings, around, every_min, verb):
    unit = content(made(System.LINUX, settings, around, every_min), ".service").decode()
    (line,) = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert unquoted(line.removeprefix("ExecStart=")) == words(settings, *verb)


def test_signs_that_mean_something_to_systemd_are_said_as_themselves():
    odd = 'a b"c\\d%h$e\nf\tü'
    assert unquoted(quoted(odd)) == [odd]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("every_min", [HOURLY, None])
def test_systemd_itself_understands_the_units(settings, around, tmp_path, every_min):
    recipe = made(System.LINUX, settings, around, every_min)
    for file, unit in recipe.files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(unit)
    env = {**os.environ, "HOME": str(around.home), "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        [
            *("systemd-analyze", "--user", "verify", "--man=no"),
            *(str(file) for file, _ in recipe.files),
        ],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    # Where no user's systemd runs it cannot look further than the units, which are what is tested.
    assert "heliograph-" not in done.stderr, done.stderr


# --- launchd and the Task Scheduler -----------------------------------------------------------------------------------


def test_an_agent_of_launchd_starts_the_command(settings, around):
    agent = plistlib.loads(content(made(System.MACOS, settings, around), ".plist"))
    assert agent["ProgramArguments"] == words(settings, "--quiet", "sync")
    assert (agent["StartInterval"], agent["RunAtLoad"]) == (3600, True)
    watching = plistlib.loads(content(made(System.MACOS, settings, around, None), ".plist"))
    assert watching["ProgramArguments"] == words(settings, "watch")
    assert watching["KeepAlive"] == {"SuccessfulExit": False}
    assert watching["Label"] == agent["Label"]


def test_a_task_of_windows_starts_the_command(settings, around):
    xml = content(made(System.WINDOWS, settings, around), ".xml")
    assert xml.startswith(b"\xff\xfe")
    task = ElementTree.fromstring(xml)
    found = {element.tag.removeprefix(f"{{{SCHEMA}}}"): element.text for element in task.iter()}
    program, *arguments = words(settings, "--quiet", "sync")
    assert found["Command"] == program
    assert found["Arguments"] == subprocess.list2cmdline(arguments)
    assert found["Interval"] == "PT60M"
    assert found["UserId"] == "HOUSE\\Åse"
    assert found["RunLevel"] == "LeastPrivilege"
    principal = task.find(f".//{{{SCHEMA}}}Principal")
    actions = task.find(f"{{{SCHEMA}}}Actions")
    assert principal is not None
    assert actions is not None
    assert principal.get("id") == actions.get("Context")
    order = [child.tag.removeprefix(f"{{{SCHEMA}}}") for child in task]
    assert order == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]


def test_a_task_that_watches_begins_when_somebody_signs_in_and_again_when_it_fails(settings, around):
    task = ElementTree.fromstring(content(made(System.WINDOWS, settings, around, None), ".xml"))
    names = {element.tag.removeprefix(f"{{{SCHEMA}}}") for element in task.iter()}
    assert {"LogonTrigger", "RestartOnFailure"} <= names
    assert "TimeTrigger" not in names


@pytest.mark.parametrize("system", System)
def test_two_libraries_are_scheduled_side_by_side(settings, around, system):
    other = replace(settings, path=settings.path.with_name("other.toml"), state=settings.state.with_name("other"))
    one, two = made(system, settings, around), made(system, other, around)
    assert {file for file, _ in one.files} & {file for file, _ in two.files} == set()
    assert {call.words for call in one.end} & {call.words for call in two.end} == set()


# --- done by commands that only pretend -------------------------------------------------------------------------------

PRETEND = """#!/bin/sh
printf '%s\\n' "$(basename "$0") $*" >> "$CALLS"
case "$*" in *"$FAILS"*) echo "it does not work" >&2; exit 1;; esac
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of the system's commands, which only write themselves down."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("systemctl", "launchctl", "schtasks"):
        (folder / name).write_text(PRETEND, encoding="utf-8")
        (folder / name).chmod(0o755)
    log = tmp_path / "calls.txt"
    log.touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(log))
    monkeypatch.setenv("FAILS", "nothing of all this")
    monkeypatch.setattr(os, "geteuid", lambda: 501, raising=False)
    return log


def said(calls: Path) -> list[str]:
    lines = calls.read_text(encoding="utf-8").splitlines()
    calls.write_text("", encoding="utf-8")
    return lines


@POSIX
@pytest.mark.parametrize("system", System)
def test_what_was_installed_is_there_once_and_is_taken_out_without_a_rest(settings, around, calls, tmp_path, system):
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    recipe = made(system, settings, around)
    scheduling.install(recipe)
    first = said(calls)
    assert all(file.read_bytes() == written for file, written in recipe.files)
    scheduling.install(recipe)
    again = said(calls)
    assert again == [" ".join(call.words) for call in (*recipe.end, *recipe.begin)]
    assert first == again[len(recipe.end) :] or recipe.asks
    watching = made(system, settings, around, None)
    scheduling.install(watching)
    there = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert there == {file for file, _ in watching.files}
    said(calls)
    assert scheduling.remove(watching)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before
    assert said(calls)[: len(recipe.end)] == [" ".join(call.words) for call in recipe.end]


@POSIX
def test_nothing_is_run_where_nothing_was_scheduled(settings, around, calls):
    assert scheduling.remove(made(System.LINUX, settings, around)) == ()
    assert scheduling.remove(made(System.MACOS, settings, around)) == ()
    assert said(calls) == []


@POSIX
def test_a_system_that_says_no_is_told_with_what_it_said(settings, around, calls, monkeypatch):
    monkeypatch.setenv("FAILS", "enable")
    with pytest.raises(Mistake) as trouble:
        scheduling.install(made(System.LINUX, settings, around))
    assert "systemctl --user enable" in str(trouble.value)
    assert "it does not work" in str(trouble.value)
    assert "helio schedule remove" in str(trouble.value)


@POSIX
def test_a_system_without_the_command_is_told(settings, around, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 501)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Mistake, match="there is no launchctl here"):
        scheduling.install(made(System.MACOS, settings, around))


@POSIX
def test_root_is_asked_for_by_name(settings, around, calls, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(Mistake, match="--as-root"):
        scheduling.install(made(System.LINUX, settings, around))
    assert said(calls) == []
    assert not around.config.exists()
    scheduling.install(made(System.LINUX, settings, around), as_root=True)
    assert said(calls)


# --- the verb ---------------------------------------------------------------------------------------------------------


@POSIX
def test_the_verb_shows_everything_first_and_does_it_only_when_told(settings, calls, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HELIOGRAPH_SECRET_FLICKR_KEY", "0123456789abcdef")
    config = ["--config", str(settings.path)]
    assert run([*config, "schedule", "show"]) == Exit.DONE
    shown = capsys.readouterr().out
    assert "ExecStart=" in shown
    assert "OnUnitInactiveSec=60min" in shown
    assert "systemctl --user daemon-reload" in shown
    assert "HELIOGRAPH_SECRET_FLICKR_KEY" in shown
    assert "0123456789abcdef" not in shown
    assert run([*config, "schedule", "install"]) == Exit.USAGE
    assert "--yes" in capsys.readouterr().err
    assert said(calls) == []
    assert run([*config, "schedule", "install", "--every", "30m", "--yes"]) == Exit.DONE
    units = sorted((tmp_path / "home" / ".config" / "systemd" / "user").iterdir())
    assert [unit.suffix for unit in units] == [".service", ".timer"]
    assert "OnUnitInactiveSec=30min" in units[1].read_text(encoding="utf-8")
    capsys.readouterr()
    assert run([*config, "schedule", "remove"]) == Exit.DONE
    assert "not scheduled any more" in capsys.readouterr().out
    assert list(units[0].parent.iterdir()) == []
    assert run([*config, "schedule", "remove"]) == Exit.DONE
    assert "Nothing was scheduled" in capsys.readouterr().out


@pytest.mark.parametrize("every", ["0h", "often", "-1h", "1w", "99999d"])
def test_a_time_that_makes_no_sense_is_a_mistake(settings, every, capsys):
    assert run(["--config", str(settings.path), "schedule", "show", "--every", every]) == Exit.USAGE
    assert "30m, 1h or 2d" in capsys.readouterr().err


def test_a_program_without_a_console_works(settings, monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    try:
        assert run(["--config", str(settings.path), "status"]) == Exit.DONE
    finally:
        sys.stdout.close()


def test_a_job_has_one_name_for_one_settings_file():
    one = Job(("helio",), Path(PurePosixPath("/a/heliograph.toml")), Path("/a/.heliograph"), 60)
    assert one.id == replace(one, every_min=None).id
    assert one.id != replace(one, settings=Path("/b/heliograph.toml")).id
