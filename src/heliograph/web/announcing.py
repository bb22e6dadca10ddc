"""Where the page of a library is served, for the next who asks: a lock, and a file that its owner alone can read."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from heliograph.errors import AnotherRun, Mistake
from heliograph.ports import Clock
from heliograph.web import invitations

SCHEMA = "heliograph.serve/1"
NAME, LOCK = "serve.json", "serve.lock"
_LOOK_S = 0.1
_GRACE_S = 0.5
"""Who only looks whether the lock is held holds it for a moment."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A server that runs; its key opens it."""

    url: str
    key: str
    process: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """What whoever started the server is told: an address with an invitation that works once."""

    address: str
    process: int
    fresh: bool
    """It was started now; otherwise it ran already."""

    def form(self) -> dict[str, object]:
        """As JSON."""
        return {"schema": SCHEMA, **asdict(self)}


def invitation(standing: Standing, clock: Clock, *, fresh: bool) -> Announcement:
    """An address that lets one browser in. The word stands behind the `#`, which no browser ever sends."""
    word = invitations.invitation(standing.key, clock)
    return Announcement(f"{standing.url}/#{word}", standing.process, fresh)


@contextlib.contextmanager
def alone(state: Path) -> Iterator[None]:
    """Holds the place of the one server of a state folder. The system lets go of it, however the process ends.

    Raises:
        AnotherRun: there is one already.
        Mistake: the folder cannot be written.
    """
    lock = FileLock(state / LOCK)
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=_GRACE_S)
    except Timeout:
        message = f"The page of {state} is served already. Nothing was started."
        raise AnotherRun(message) from None
    except OSError as trouble:
        message = f"The folder {state} cannot be written ({trouble.strerror}), so no page can be served."
        raise Mistake(message) from trouble
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            (state / NAME).unlink(missing_ok=True)
        lock.release()


def announced(state: Path, clock: Clock, wait_s: float = 0.0) -> Standing | None:
    """The server of a state folder, if one runs or comes within `wait_s`."""
    until_s = clock.monotonic() + wait_s
    while True:
        if _held(state) and (found := _read(state / NAME)):
            return found
        if clock.monotonic() >= until_s:
            return None
        clock.sleep(_LOOK_S)


def announce(standing: Standing, state: Path) -> None:
    """Writes down where the server of a state folder is.

    Raises:
        Mistake: it cannot be written.
    """
    write_private(state / NAME, asdict(standing))


def write_private(path: Path, form: dict[str, object]) -> None:
    """JSON that the owner alone can read; the whole file or none.

    Raises:
        Mistake: it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    if path.exists() and not path.is_file():
        message = f"{path} is no file that could be written, so nobody could be told where the page is."
        raise Mistake(message)
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump(form, file)
        fresh.replace(path)
    except OSError as trouble:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        message = f"{path} cannot be written ({trouble.strerror}), so nobody could be told where the page is."
        raise Mistake(message) from trouble


def _held(state: Path) -> bool:
    if not (state / NAME).exists():
        return False
    lock = FileLock(state / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _read(path: Path) -> Standing | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Standing(str(told["url"]), str(told["key"]), int(told["process"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
