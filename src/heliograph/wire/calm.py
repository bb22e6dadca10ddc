"""What follows "too many requests" (HTTP 429): a rest, longer each time, and fewer calls afterwards."""

from __future__ import annotations

import math
from dataclasses import dataclass

_DOUBLINGS_MAX = 16
"""Keeps the rest a finite number."""


@dataclass(frozen=True, slots=True)
class Calm:
    """How a service is left alone that throttles without saying for how long; where it says so, that holds."""

    first_rest_s: float = 60.0
    """Doubled with each further HTTP 429, until a call succeeds."""
    slower: float = 2.0
    """Every pace takes so many times as long from the first HTTP 429 to the end of the run."""


@dataclass(slots=True)
class Unrest:
    """What HTTP 429 made of the calls that one service counts together. Not safe for threads by itself."""

    calm: Calm
    slow: bool = False
    rest_until_s: float = -math.inf
    _told_s: float = -math.inf
    _in_a_row: int = 0

    def throttled(self, sent_s: float, now_s: float, asked_s: float | None) -> None:
        """A call that was sent at `sent_s` got HTTP 429; `asked_s` is for how long, where the service says so.

        Calls that were under way at the last one belong to it: four at once make no rest eight times as long.
        """
        self.slow = True
        rest_s = asked_s or 0.0
        if sent_s > self._told_s:
            if asked_s is None:
                rest_s = self.calm.first_rest_s * 2.0 ** min(self._in_a_row, _DOUBLINGS_MAX)
            self._in_a_row += 1
            self._told_s = now_s
        self.rest_until_s = max(self.rest_until_s, now_s + rest_s)

    def succeeded(self, sent_s: float) -> None:
        """A call that was sent at `sent_s` went well; one that was under way at the last HTTP 429 proves nothing."""
        if sent_s > self._told_s:
            self._in_a_row = 0
