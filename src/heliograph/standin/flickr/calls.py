"""The log of calls, their numbers, and the hourly budget of each key."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import RLock

BUDGET_PER_HOUR = 3600
"""Calls of one key within an hour, all users together.

Source: https://www.flickr.com/services/developer/api/ (November 2026).
"""
HOUR_S = 3600.0
COUNTED = frozenset({"rest", "upload", "replace"})
"""Routes that are calls of the API; whether Flickr counts uploads is not known for sure."""
_UNSEEN = ("oauth_", "api_")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that arrived, and what became of it."""

    number: int
    """From 1, without gaps."""
    at: float
    """Unix seconds by the stand-in's clock."""
    route: str
    """`rest`, `upload`, `replace`, `oauth` or `live`."""
    method: str
    """In its usual spelling, an unknown one as it was written; for `oauth` and `live` what was asked for."""
    outcome: str
    """`ok`, a service error's code (`1`), an HTTP status with a reason (`http 401 nonce_used`), or `closed`."""
    photo_id: str = ""
    """The photo it was about, or that it made."""
    nsid: str = ""
    """Who called; empty for nobody in particular."""
    key: str = ""
    fault: str = ""
    """The fault of the script that it met."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """What was sent, without keys, tokens and signatures."""
    filename: str = ""
    """Of the file that was sent, as the caller named it."""
    length_bytes: int = 0
    """Of that file."""


def seen(arguments: Mapping[str, str]) -> dict[str, str]:
    """The arguments that may be logged: nothing that lets anybody in."""
    return {name: value for name, value in arguments.items() if not name.startswith(_UNSEEN)}


class Calls:
    """Every call since the state folder was new or the log was cleared. Safe to be used from several threads."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = RLock()
        self._recent: dict[str, deque[float]] = {}
        self._path = folder / "calls.jsonl"
        self._log = _kept(self._path)
        self._counts = Counter(_name(call) for call in self._log)
        for call in self._log:
            self._spend(call.key, call.route, call.at)
        self._file = self._path.open("a", encoding="utf-8", newline="\n")
        self._file.truncate(_whole_lines_bytes(self._path))

    def close(self) -> None:
        """Ends the writing of the log; what was logged can still be asked for."""
        with self._lock:
            self._file.close()

    def clear(self) -> None:
        """Forgets every call, and the budget spent with it; the next number is 1."""
        with self._lock:
            self._log.clear()
            self._counts.clear()
            self._recent.clear()
            self._file.truncate(0)

    def add(self, **told: object) -> Call:
        """Logs a call under the next number and the time of now; `told` are the other fields of `Call`."""
        with self._lock:
            call = Call(number=len(self._log) + 1, at=self._now(), **told)  # type: ignore[arg-type]
            self._log.append(call)
            self._counts[_name(call)] += 1
            if not self._file.closed:
                self._file.write(json.dumps(asdict(call), separators=(",", ":")) + "\n")
                self._file.flush()
            return call

    # --- asking -------------------------------------------------------------------------------------------------------

    def all(self, *, since: int = 0) -> Sequence[Call]:
        """The calls with a number above `since`, in the order in which they ended."""
        with self._lock:
            return tuple(self._log[since:])

    def of(self, name: str) -> Sequence[Call]:
        """The calls of a method (in any case), or of a route such as `upload`."""
        wanted = name.lower()
        return tuple(call for call in self.all() if wanted in {call.method.lower(), call.route})

    @property
    def counts(self) -> dict[str, int]:
        """How often each method was called; `upload`, `replace` and the other routes stand under their own name."""
        with self._lock:
            return dict(sorted(self._counts.items()))

    @property
    def total(self) -> int:
        """All calls of the API: methods, uploads and replacements, however they ended."""
        return sum(1 for call in self.all() if call.route in COUNTED)

    # --- budget -------------------------------------------------------------------------------------------------------

    def spend(self, key: str, route: str) -> int:
        """Counts a call against its key's budget; how many calls that makes within the last hour."""
        with self._lock:
            self._spend(key, route, self._now())
            return self.spent(key)

    def spent(self, key: str) -> int:
        """How many calls of this key arrived within the last hour."""
        with self._lock:
            recent = self._recent.get(key, deque())
            while recent and recent[0] <= self._now() - HOUR_S:
                recent.popleft()
            return len(recent)

    def _spend(self, key: str, route: str, at: float) -> None:
        if key and route in COUNTED:
            self._recent.setdefault(key, deque()).append(at)


def _name(call: Call) -> str:
    """What a call is counted under."""
    return call.method if call.route == "rest" else call.route


def _kept(path: Path) -> list[Call]:
    """The calls of earlier runs; half a line at the end is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [Call(**json.loads(line)) for line in lines[:-1]]


def _whole_lines_bytes(path: Path) -> int:
    """The length without half a line at the end, which a killed stand-in leaves."""
    return path.read_bytes().rfind(b"\n") + 1
