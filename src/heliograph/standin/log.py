"""A log of calls, in memory and as lines of JSON in a file that outlives the stand-in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import RLock
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True)
class Logged:
    """What is known of every call."""

    number: int
    """From 1, without gaps."""
    at: float
    """Unix seconds by the stand-in's clock."""


L = TypeVar("L", bound=Logged)


class Log(Generic[L]):
    """Every call since the state folder was new or the log was cleared. Safe to be used from several threads.

    Args:
        path: The file, made where there is none.
        now: Unix seconds.
        kind: The class of a call.
        name: What a call is counted under.
    """

    def __init__(self, path: Path, now: Callable[[], float], kind: type[L], name: Callable[[L], str]) -> None:
        self.now = now
        self.lock = RLock()
        self._kind, self._name = kind, name
        self._log = _kept(path, kind)
        self._counts = Counter(name(call) for call in self._log)
        self._file = path.open("a", encoding="utf-8", newline="\n")
        self._file.truncate(_whole_lines_bytes(path))

    def close(self) -> None:
        """Ends the writing of the log; what was logged can still be asked for."""
        with self.lock:
            self._file.close()

    def clear(self) -> None:
        """Forgets every call; the next number is 1."""
        with self.lock:
            self._log.clear()
            self._counts.clear()
            self._file.truncate(0)

    def add(self, **told: object) -> L:
        """Logs a call under the next number and the time of now; `told` are the other fields of its class."""
        with self.lock:
            call = self._kind(number=len(self._log) + 1, at=self.now(), **told)
            self._log.append(call)
            self._counts[self._name(call)] += 1
            if not self._file.closed:
                self._file.write(json.dumps(asdict(call), separators=(",", ":")) + "\n")
                self._file.flush()
            return call

    def all(self, *, since: int = 0) -> Sequence[L]:
        """The calls with a number above `since`, in the order in which they ended."""
        with self.lock:
            return tuple(self._log[since:])

    @property
    def counts(self) -> dict[str, int]:
        """How many calls there were under each name."""
        with self.lock:
            return dict(sorted(self._counts.items()))


def _kept(path: Path, kind: type[L]) -> list[L]:
    """The calls of earlier runs; half a line at the end is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [kind(**json.loads(line)) for line in lines[:-1]]


def _whole_lines_bytes(path: Path) -> int:
    """The length without half a line at the end, which a killed stand-in leaves."""
    return path.read_bytes().rfind(b"\n") + 1
