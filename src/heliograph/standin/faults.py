"""A script of what goes wrong, and when: each fault for some calls, once, several times or always."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock
from typing import Generic, TypeVar

DELAY = "delay"


@dataclass(slots=True)
class Fault:
    """One line of the script; where several are due for a call, the first added wins and the others stay due."""

    what: str
    method: str = ""
    """What was called, in any case; empty: anything."""
    route: str = ""
    """The route, with `*` for anything; empty: every route."""
    times: int = 1
    """How often it happens; 0 is always."""
    after: int = 0
    """How many calls that match go by before it begins."""
    delay_s: float = 0.0
    """How long a delay is."""
    retry_after_s: int | None = None
    """Named by an answer that puts a caller off."""
    late: bool = False
    """An error is answered although the call had its effect, like a gateway's 504."""
    seen: int = field(default=0, compare=False)
    happened: int = field(default=0, compare=False)

    def matches(self, route: str, method: str) -> bool:
        """Whether it is about such a call."""
        return (not self.route or fnmatchcase(route, self.route)) and self.method.lower() in {"", method.lower()}

    @property
    def due(self) -> bool:
        """Whether it happens to the call that was just counted."""
        return self.seen > self.after and (self.times == 0 or self.happened < self.times)


F = TypeVar("F", bound=Fault)


class Script(Generic[F]):
    """The faults in the order in which they were added. Safe to be used from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._script: list[F] = []

    def add(self, *faults: F) -> None:
        """Puts further faults at the end."""
        with self._lock:
            self._script.extend(faults)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._script.clear()

    @property
    def script(self) -> Sequence[F]:
        """What was added, with how often it happened."""
        with self._lock:
            return tuple(self._script)

    def chosen(self, route: str, method: str, concerned: Callable[[F], bool]) -> tuple[float, F | None]:
        """How long this call is delayed, and what else happens to it; each call is to ask once."""
        with self._lock:
            delay_s, found = 0.0, None
            for fault in self._script:
                if not concerned(fault) or not fault.matches(route, method):
                    continue
                fault.seen += 1
                if not fault.due or (fault.what != DELAY and found is not None):
                    continue
                fault.happened += 1
                if fault.what == DELAY:
                    delay_s += fault.delay_s
                else:
                    found = fault
            return delay_s, found
