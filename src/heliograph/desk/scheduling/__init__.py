"""The verb `schedule`: lets the system itself start a run from time to time, or keep `helio watch` running.

What would be written and run is data, so that it can be shown first, for this system or another one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from heliograph.config import Settings
from heliograph.desk.scheduling import launchd, systemd, taskscheduler
from heliograph.desk.scheduling.job import Call, Job, Recipe, Surroundings, System
from heliograph.errors import Mistake

__all__ = ["Call", "Job", "Recipe", "System", "here", "install", "job", "recipe", "remove", "surroundings", "warnings"]

_RECIPES: Mapping[System, Callable[[Job, Surroundings], Recipe]] = {
    System.LINUX: systemd.recipe,
    System.MACOS: launchd.recipe,
    System.WINDOWS: taskscheduler.recipe,
}
_LONG_S = 60.0
"""None of these commands takes more than a moment."""


def here() -> System:
    """The system that this is."""
    return {"win32": System.WINDOWS, "darwin": System.MACOS}.get(sys.platform, System.LINUX)


def job(settings: Settings, every_min: int | None) -> Job:
    """A sync every so many minutes; `None`: `helio watch` from the moment somebody signs in."""
    return Job(_program(), settings.path, settings.state, every_min)


def surroundings(env: Mapping[str, str]) -> Surroundings:
    """Whose system it is."""
    user = getattr(os, "getuid", lambda: 0)()
    config = Path(env.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Surroundings(
        Path.home(), config, user, "\\".join(filter(None, (env.get("USERDOMAIN"), env.get("USERNAME"))))
    )


def recipe(system: System, wanted: Job, around: Surroundings) -> Recipe:
    """What is to be written and run there; nothing is."""
    return _RECIPES[system](wanted, around)


def warnings(env: Mapping[str, str]) -> tuple[str, ...]:
    """What will be different when the system starts it, in sentences."""
    set_here = sorted(name for name in env if name.startswith("HELIOGRAPH_"))
    if not set_here:
        return ()
    named = ", ".join(set_here)
    return (f"Set in this terminal and not there: {named}. Write it into heliograph.toml, or keep it in the vault.",)


def install(made: Recipe, *, as_root: bool = False) -> None:
    """Writes the files and runs the commands; done again, it brings everything to the same state.

    Raises:
        Mistake: it may not be done as root unasked, or the system said no; the sentence says what was done.
    """
    if getattr(os, "geteuid", lambda: 1)() == 0 and not as_root:
        message = "This would run as root, with root's settings and sign-ins, so nothing was done. Run it as yourself, "
        raise Mistake(message + "without sudo; if root is meant, add --as-root.")
    remove(made, quiet=True, keep=frozenset(file for file, _ in made.files))
    for file, content in made.files:
        _write(file, content)
    for call in made.begin:
        _run(call)


def remove(made: Recipe, *, quiet: bool = False, keep: frozenset[Path] = frozenset()) -> tuple[Path, ...]:
    """Stops it and takes its files away, those of the other way of scheduling included; the files that were there.

    Raises:
        Mistake: the system said no; the files are left where they are.
    """
    there = tuple(file for file in made.takes_away if file.exists())
    if not (there or made.asks):
        return ()
    for call in made.end if there or made.asks else ():
        _run(Call(call.words, may_fail=call.may_fail or quiet))
    for file in there:
        if file not in keep:
            _take_away(file)
    if there and not quiet:
        for call in made.after:
            _run(call)
    return there


def _program() -> tuple[str, ...]:
    """The `helio` that belongs to this installation; on Windows one that opens no window."""
    windowless = Path(sys.executable).with_name("pythonw.exe")
    if windowless.is_file():
        return (str(windowless), "-m", "heliograph")
    ours = Path(sysconfig.get_path("scripts")) / ("helio.exe" if os.name == "nt" else "helio")
    return (str(ours),) if ours.is_file() else (sys.executable, "-m", "heliograph")


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
    except OSError as trouble:
        message = f"{file} could not be written ({trouble.strerror}). Nothing was scheduled."
        raise Mistake(message) from trouble


def _take_away(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as trouble:
        message = f"{file} could not be deleted ({trouble.strerror}). Delete it by hand; nothing is started by it now."
        raise Mistake(message) from trouble


def _run(call: Call) -> None:
    """The one effect beside the files.

    Raises:
        Mistake: it failed, and that matters.
    """
    said, code = _answer(call.words)
    if code and not call.may_fail:
        shown = subprocess.list2cmdline(call.words)
        message = (
            f"`{shown}` failed ({said or f'exit code {code}'}). The files are written; run it by hand to see why, "
        )
        raise Mistake(message + "or take everything out with `helio schedule remove`.")


def _answer(words: Sequence[str]) -> tuple[str, int]:
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands of the system with our own file's name
            list(words), capture_output=True, stdin=subprocess.DEVNULL, timeout=_LONG_S, check=False
        )
    except FileNotFoundError:
        return f"there is no {words[0]} here", 127
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return str(trouble), 1
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
    return said.rpartition("\n")[2], done.returncode
