"""How often a service may be called: never more than so many calls in any window of so many seconds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from heliograph.errors import Busy
from heliograph.ports import Clock

EVERY = "*"
"""The pace under this name holds for calls of every kind together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `calls` calls in any `per_s` seconds."""

    calls: int
    per_s: float


class Pacer:
    """Makes callers wait for their turn. Threads may share it."""

    def __init__(self, paces: Mapping[str, Pace], clock: Clock, patience_s: float) -> None:
        self._paces = dict(paces)
        self._sent: dict[str, deque[float]] = {kind: deque(maxlen=pace.calls) for kind, pace in paces.items()}
        self._held: dict[str, float] = {}
        self._clock = clock
        self._patience_s = patience_s
        self._lock = threading.Lock()

    def turn(self, kind: str, host: str) -> None:
        """Returns when a call of `kind` may be sent, and counts it.

        Raises:
            Busy: that would take longer than the caller's patience; nothing was sent or counted.
        """
        while (wait_s := self._take(kind)) > 0:
            if wait_s > self._patience_s:
                message = (
                    f"{host} allows no further call of the kind '{kind}' for {wait_s:.0f} seconds. "
                    "Nothing was sent; it goes on when run again after that."
                )
                raise Busy(message, wait_s)
            self._clock.sleep(wait_s)

    def hold(self, kind: str, wait_s: float) -> None:
        """Lets no call of `kind` through for that long, from whichever thread: the service asked for it."""
        with self._lock:
            self._held[kind] = max(self._held.get(kind, 0.0), self._clock.monotonic() + wait_s)

    def _take(self, kind: str) -> float:
        with self._lock:
            now = self._clock.monotonic()
            due = self._held.get(kind, now)
            windows = [name for name in (EVERY, kind) if name in self._paces]
            for name in windows:
                sent, pace = self._sent[name], self._paces[name]
                if len(sent) == pace.calls:
                    due = max(due, sent[0] + pace.per_s)
            if due <= now:
                for name in windows:
                    self._sent[name].append(now)
            return due - now
