"""The publish step: takes a finished site to where visitors find it, by a command of the owner or a preset.

What is there already stands in the site's own memory, and is written only after every command succeeded. So a step
that failed, was killed or was never begun is due again, with all that changed since, until it succeeds once.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from heliograph.errors import Busy, Mistake
from heliograph.model import value_digest
from heliograph.platforms.site.destination import Destination
from heliograph.platforms.site.presets import Changes, Command, commands, lists, programs
from heliograph.platforms.site.publish import Built, Publication
from heliograph.platforms.site.staging import HIDDEN, replace_durably
from heliograph.redact import Redactor

log = logging.getLogger(__name__)

_DELIVERED = f"{HIDDEN}/delivered.json"
_FILES = f"{HIDDEN}/delivered-files.json"
_SCRATCH = f"{HIDDEN}/delivering"
_ENDS_WITHIN_S = 10.0
_SAID_CHARS, _SAID_BYTES, _LOG_LINES = 300, 8192, 40


class Delivery:
    """The publish step of one site. Only whoever holds the site for writing may `carry`."""

    def __init__(self, name: str, folder: Path, base_url: str, destination: Destination) -> None:
        self._name = name
        self._folder = folder
        self._base_url = base_url
        self._to = destination
        self._target = value_digest((destination.command, destination.preset, destination.to))

    def pending(self, built: Built) -> str:
        """That the destination does not have what was built, as a sentence; empty where it has, or there is none."""
        if not self._to or not built.cursor or self._delivered() == self._mark(built):
            return ""
        return f"The pages of {self._folder} were not taken to {self._to.shown} yet."

    def about(self) -> Iterator[tuple[str, bool]]:
        """What there is to tell of it, in sentences, each with whether all is well."""
        if not self._to:
            return
        program = programs(self._to)
        found = _program(program)
        if not found:
            yield f"{program} takes the pages to {self._to.shown}, and is not installed: install it", False
        else:
            yield f"the pages are taken to {self._to.shown} by {found}", True
        if self._to.preset == "git" and not any(
            (place / ".git").exists() for place in (self._folder, *self._folder.parents)
        ):
            yield f"{self._folder} is in no git repository; run `git init` there, and add the remote", False

    def carry(self, publication: Publication, built: Built, *, everything: bool = False) -> tuple[int, int]:
        """Brings the destination up to date: how many files changed there, and how many went.

        With `everything`, every file is taken there, also those that it has.

        Raises:
            Busy: a command failed or took too long; the step is due again.
            Mistake: its program is not installed, or a file's name cannot be listed.
        """
        there = self._files() if not everything and self._delivered().get("to") == self._target else {}
        here = publication.files()
        changes = _changes(self._folder, here, there)
        if changes.changed or changes.removed:
            self._run(changes)
        self._remember(_FILES, here)
        self._remember(_DELIVERED, self._mark(built))
        return len(changes.changed), len(changes.removed)

    def forget(self, paths: Collection[str]) -> None:
        """Makes the step due for these files, whatever of them the destination has.

        A page that is healed, or is again what it was before a step that failed, has a version that is there already.
        """
        delivered, there = self._delivered(), self._files()
        if delivered:
            self._remember(_DELIVERED, {**delivered, "cursor": "", "look": ""})
        known = dict.fromkeys(there.keys() & set(paths), "")
        if known:
            self._remember(_FILES, {**there, **known})

    def _remember(self, path: str, form: Mapping[str, str]) -> None:
        replace_durably(self._folder / path, json.dumps(form, indent=0, sort_keys=True).encode("ascii"))

    def _mark(self, built: Built) -> dict[str, str]:
        return {"to": self._target, "cursor": built.cursor, "look": built.look}

    def _delivered(self) -> Mapping[str, str]:
        return _read(self._folder / _DELIVERED)

    def _files(self) -> Mapping[str, str]:
        return _read(self._folder / _FILES)

    # --- running ------------------------------------------------------------------------------------------------------

    def _run(self, changes: Changes) -> None:
        odd = next((path for path in (*changes.changed, *changes.removed) if not path.isprintable()), "")
        if odd:
            sentence = (
                f"{self._folder} holds a file whose name cannot stand in a list, {odd!r}, so nothing was taken to "
                f"{self._to.shown}. The pages here are whole. Rename what it is made from, and run again."
            )
            raise Mistake(sentence)
        with self._scratch() as scratch:
            told = lists(changes, scratch)
            words = scratch / "words"
            words.mkdir()
            for command in commands(self._to, changes, words):
                if not command.unless or self._ended(Command(command.unless), told)[0]:
                    status, said = self._ended(command, told)
                    if status:
                        raise Busy(self._failed(command, status, said))
        log.info(
            "%s: %d files to %s, %d removed", self._name, len(changes.changed), self._to.shown, len(changes.removed)
        )

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        scratch = self._folder / _SCRATCH
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _ended(self, command: Command, told: Mapping[str, Path]) -> tuple[int, str]:
        """The status with which it ended, and what it said."""
        program = _program(command.words[0])
        if not program:
            sentence = (
                f"{command.words[0]}, which takes the pages of {self._name} to {self._to.shown}, is not installed or "
                "cannot be run. The pages here are whole, and nothing was taken there. Install it, or write its whole "
                "path into the settings, and run again."
            )
            raise Mistake(sentence)
        with (self._folder / _SCRATCH / "said").open("w+b") as said, told["changes"].open("rb") as listed:
            status = self._waited(_started(program, command, self._folder, self._environment(told), listed, said))
            return status, _words(said)

    def _waited(self, process: subprocess.Popen[bytes]) -> int:
        try:
            return process.wait(self._to.timeout_min * 60)
        except subprocess.TimeoutExpired:
            return -signal.SIGTERM
        finally:
            _end(process)

    def _environment(self, told: Mapping[str, Path]) -> dict[str, str]:
        """That of this program without its own settings, which may hold secrets, and what the command may want."""
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("HELIOGRAPH_")}
        lists = {f"HELIOGRAPH_{name.upper()}": os.fspath(path) for name, path in told.items()}
        ours = {"PLATFORM": self._name, "FOLDER": os.fspath(self._folder), "BASE_URL": self._base_url}
        return {**kept, **lists, **{f"HELIOGRAPH_{name}": value for name, value in ours.items()}}

    def _failed(self, command: Command, status: int, said: str) -> str:
        if status < 0:
            ended = f"was ended (signal {-status}), perhaps for taking longer than {self._to.timeout_min:g} minutes"
        else:
            ended = f"ended with status {status}"
        words = f" and said: “{said}”" if said else " and said nothing"
        return (
            f"The pages of {self._name} are built and whole in {self._folder}, but taking them to {self._to.shown} did "
            f"not succeed: {Path(command.words[0]).name} {ended}{words}. Visitors may see the old pages, or some of "
            "the new ones. The step is repeated with the next run; `helio site publish` repeats it now."
        )


def _changes(folder: Path, here: Mapping[str, str], there: Mapping[str, str]) -> Changes:
    """Pictures and styles before the pages that show them, and the first page last."""
    changed = (path for path, digest in here.items() if there.get(path) != digest)
    ordered = sorted(changed, key=lambda path: (path.endswith((".html", ".md")), path == "index.html", path))
    return Changes(folder, tuple(ordered), tuple(sorted(there.keys() - here.keys())))


def _program(word: str) -> str:
    """Where a program is: by its name where commands are found, or by its whole path; empty where it is not."""
    path = Path(word).expanduser()
    if path.is_absolute() or path.name == word:
        return shutil.which(os.fspath(path)) or ""
    return ""


def _started(
    program: str, command: Command, folder: Path, environment: Mapping[str, str], listed: BinaryIO, said: BinaryIO
) -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C is for us, and what it starts can be ended with it.
    try:
        return subprocess.Popen(  # noqa: S603 - the owner's own command, or a preset without words from elsewhere
            [program, *command.words[1:]],
            cwd=folder,
            env={**environment, **command.environment},
            stdin=listed,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except OSError as trouble:
        sentence = (
            f"{program} could not be started ({trouble.strerror or trouble}). The pages here are whole, and nothing "
            "was taken anywhere. Look at the file, and run again."
        )
        raise Mistake(sentence) from trouble


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends it with everything that it started, where it did not end by itself."""
    if process.poll() is not None:
        return
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _words(said: BinaryIO) -> str:
    """The last of what a command said, without secrets; more of it is written into the log."""
    length = said.seek(0, os.SEEK_END)
    said.seek(max(0, length - _SAID_BYTES))
    text = Redactor().words(said.read().decode("utf-8", "replace"))
    lines = ["".join(char for char in line if char.isprintable()).strip() for line in text.splitlines()]
    lines = [line for line in lines if line][-_LOG_LINES:]
    for line in lines:
        log.info("said: %s", line)
    return (" / ".join(lines[-3:]))[-_SAID_CHARS:]


def _read(path: Path) -> Mapping[str, str]:
    """What was remembered; what cannot be read is forgotten, and everything is taken there once more."""
    try:
        form = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return form if isinstance(form, dict) else {}
