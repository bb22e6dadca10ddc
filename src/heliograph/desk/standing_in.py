"""A stand-in at work: a service played on this computer by a process of its own, which never outlives ours."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from heliograph import jsonform
from heliograph.desk.making import Guest
from heliograph.errors import Mistake
from heliograph.model import value_digest
from heliograph.ports import Clock, SigningIn
from heliograph.wire import Wire

ERRORS = "errors.txt"
"""Beside its state: what it had to say when it could not begin."""
_ENDS_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in that listens."""

    told: Mapping[str, str]
    """What it said of itself: `url`, and the account, token and credentials to use."""

    @property
    def url(self) -> str:
        """Its base address, which is also its first page: what a stranger sees."""
        return self.told["url"]

    def guest(self, how: SigningIn) -> Guest:
        """The account that it has ready, of the type `how.account`."""
        known = {part.name: self.told[part.name] for part in fields(how.account) if part.name in self.told}
        brought = {need.name: self.told[need.name] for need in how.needs if not need.optional}
        return Guest(jsonform.noun(how.account, known), brought)

    def add_groups(self, names: Iterable[str], clock: Clock) -> None:
        """Open groups of these names or ids, with the account as a member; those that are there stay as they are."""
        with Wire(self.url, clock) as wire:
            for name in names:
                group = {"nsid": _group_id(name), "name": name, "members": [self.told["nsid"]]}
                wire.call("POST", "/_standin/groups", kind="rehearsal", repeatable=True, json=group)


def command(module: str, folder: Path) -> tuple[str, ...]:
    """Starts a stand-in that goes on where its folder was left."""
    return (sys.executable, "-m", module, "--state", str(folder))


@contextlib.contextmanager
def started(module: str, folder: Path, words: Iterable[str] = ()) -> Iterator[StandIn]:
    """A stand-in that goes on where its folder was left, until the context ends; `words` are more for its command.

    Raises:
        Mistake: it could not begin.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        errors = (folder / ERRORS).open("wb")
    except OSError as trouble:
        fix = "Nothing was published anywhere. Name a folder that you can write to."
        message = f"The stand-in has no room for its memory: {folder} cannot be written ({trouble.strerror}). {fix}"
        raise Mistake(message) from trouble
    with errors:
        process = _process([*command(module, folder), *words, "--with-parent"], errors.fileno())
    try:
        yield StandIn(_first_words(process, folder))
    finally:
        _end(process)


def _process(words: list[str], errors: int) -> subprocess.Popen[bytes]:
    # Ctrl-C is for us: what is under way needs the stand-in until it is finished.
    apart = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, no word of it from outside
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            start_new_session=True,
            creationflags=apart,
        )
    except OSError as trouble:
        message = f"The stand-in could not be started ({trouble.strerror}). Nothing was published anywhere."
        raise Mistake(message) from trouble


def _environment() -> dict[str, str]:
    """Ours without secrets; no file of the current folder takes a library's place."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("HELIOGRAPH_")}
    return {**kept, "PYTHONSAFEPATH": "1"}


def _first_words(process: subprocess.Popen[bytes], folder: Path) -> Mapping[str, str]:
    line = process.stdout.readline() if process.stdout else b""
    try:
        told = json.loads(line)
        return {str(name): str(value) for name, value in told.items()}
    except (ValueError, AttributeError):
        why = (folder / ERRORS).read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        message = (
            f"The stand-in with its state in {folder} could not begin: {why or 'it ended without a word'}. "
            "Nothing was published anywhere."
        )
        raise Mistake(message) from None


def _end(process: subprocess.Popen[bytes]) -> None:
    """By the end of its standard input, which it understands on every system."""
    with contextlib.suppress(OSError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdout:
            process.stdout.close()


def _group_id(name: str) -> str:
    """One that looks like the service's own; the same for the same name."""
    return name if "@" in name else f"{int(value_digest(name.casefold())[:9], 16)}@N20"
