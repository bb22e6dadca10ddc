"""What everything works with: time, the calls that are left, what is remembered, the owner's wish to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time in the house."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC: for people and records, never for deciding how long something took."""

    def monotonic(self) -> float:
        """Seconds that only grow, also when the wall clock is set."""

    def sleep(self, wait_s: float) -> None:
        """Waits."""


class Budget(Protocol):
    """How often a service may still be called, counted by everybody who calls it in the same name."""

    def take(self) -> float:
        """Zero: one call was counted and may be sent. Else the seconds until one may be; nothing was counted."""

    def left(self) -> int:
        """Calls that may be sent now."""


class Memory(Protocol):
    """What is worth remembering between runs and could be learnt anew: nothing is lost with it."""

    def read(self, name: str) -> str:
        """The text that was kept under the name; empty where there is none."""

    def write(self, name: str, text: str) -> None:
        """Keeps a text under the name, in place of an earlier one; an empty one is forgotten."""


Stop = Callable[[], bool]
"""True once the user asked to stop: effects under way are finished, none is begun."""
