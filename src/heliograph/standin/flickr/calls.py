"""The log of calls, their numbers, and the hourly budget of each key."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from heliograph.standin.log import Log, Logged

BUDGET_PER_HOUR = 3600
"""Calls of one key within an hour, all users together.

Source: https://www.flickr.com/services/developer/api/ (November 2026).
"""
HOUR_S = 3600.0
COUNTED = frozenset({"rest", "upload", "replace"})
"""Routes that are calls of the API; whether Flickr counts uploads is not known for sure."""
_UNSEEN = ("oauth_", "api_")


@dataclass(frozen=True, slots=True)
class Call(Logged):
    """One call that arrived, and what became of it."""

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


class Calls(Log[Call]):
    """The log, with what each key spent. Safe to be used from several threads."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        super().__init__(folder / "calls.jsonl", now, Call, _name)
        self._recent: dict[str, deque[float]] = {}
        for call in self.all():
            self._spend(call.key, call.route, call.at)

    def clear(self) -> None:
        """Forgets every call, and the budget spent with it; the next number is 1."""
        with self.lock:
            super().clear()
            self._recent.clear()

    # --- asking -------------------------------------------------------------------------------------------------------

    def of(self, name: str) -> Sequence[Call]:
        """The calls of a method (in any case), or of a route such as `upload`."""
        wanted = name.lower()
        return tuple(call for call in self.all() if wanted in {call.method.lower(), call.route})

    @property
    def total(self) -> int:
        """All calls of the API: methods, uploads and replacements, however they ended."""
        return sum(1 for call in self.all() if call.route in COUNTED)

    # --- budget -------------------------------------------------------------------------------------------------------

    def spend(self, key: str, route: str) -> int:
        """Counts a call against its key's budget; how many calls that makes within the last hour."""
        with self.lock:
            self._spend(key, route, self.now())
            return self.spent(key)

    def spent(self, key: str) -> int:
        """How many calls of this key arrived within the last hour."""
        with self.lock:
            recent = self._recent.get(key, deque())
            while recent and recent[0] <= self.now() - HOUR_S:
                recent.popleft()
            return len(recent)

    def _spend(self, key: str, route: str, at: float) -> None:
        if key and route in COUNTED:
            self._recent.setdefault(key, deque()).append(at)


def _name(call: Call) -> str:
    """What a call is counted under."""
    return call.method if call.route == "rest" else call.route
