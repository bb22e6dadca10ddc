"""Telling the library what became of its photos: several at a time, and what it could not hear, next time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import RLock

from heliograph.errors import HeliographError, Refused
from heliograph.ledger import Ledger
from heliograph.ports import Clock, Library, Outcome

log = logging.getLogger(__name__)

TOGETHER = 20
"""So many outcomes are told at once."""
SOON_S = 3.0
"""Nor does one wait longer than this for others, while there is something to do."""


@dataclass(slots=True)
class Notes:
    """Everything to be told stands in the ledger before; here is only when. Threads may share it."""

    library: Library
    ledger: Ledger
    clock: Clock
    held: bool = False
    """Nothing is told for now: what only looks writes nothing anywhere."""
    closed: str = ""
    """Why the library is told nothing more in this run."""
    _since_s: float | None = None
    _count: int = 0
    _lock: RLock = field(default_factory=RLock)

    def of(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        """Those that are to be written down; nothing where the library keeps nothing."""
        return outcomes if self.library.keeps_notes else ()

    def soon(self, count: int) -> None:
        """So many more were written down; all are told once there are enough of them, or they waited long enough."""
        if not count or not self.library.keeps_notes:
            return
        with self._lock:
            now_s = self.clock.monotonic()
            self._since_s = now_s if self._since_s is None else self._since_s
            self._count += count
            due = self._count >= TOGETHER or now_s - self._since_s >= SOON_S
        if due:
            self.tell()

    def again(self) -> None:
        """At the beginning of a run: what the library has not heard comes before anything else."""
        self.closed = ""
        self.tell()

    def tell(self) -> None:
        """Tells everything that is written down. What the library cannot hear now stays written down."""
        if self.held or self.closed or not self.library.keeps_notes:
            return
        with self._lock:
            self._since_s, self._count = None, 0
            told: set[tuple[str, str]] = set()
            # What was turned down comes back in the same order: each is told once.
            while batch := self._next(told):
                told |= {(item.platform, item.where) for item in batch}
                if not self._told(batch):
                    return

    def _next(self, told: set[tuple[str, str]]) -> list[Outcome]:
        waiting = self.ledger.outcomes.untold(len(told) + TOGETHER)
        return [item for item in waiting if (item.platform, item.where) not in told][:TOGETHER]

    def _told(self, batch: list[Outcome]) -> bool:
        """Whether the library can be told more."""
        if self._wrote(batch, lambda: self.library.note(batch)):
            self.ledger.outcomes.told(batch)
        return not self.closed

    def refusals(self, outcomes: Sequence[Outcome]) -> None:
        """Why photos are not published: told at once and not written down, since every run finds them anew."""
        if outcomes and not self.held and not self.closed:
            with self._lock:
                self._wrote((), lambda: self.library.note(outcomes))

    def _wrote(self, batch: Sequence[Outcome], write: Callable[[], None]) -> bool:
        """What was done is done, and is not told as a failure, whatever the library's trouble is."""
        try:
            write()
        except Refused as trouble:
            self.ledger.outcomes.turned_down(batch)
            log.warning("the library could not note all that became of its photos: %s", trouble)
        except HeliographError as trouble:
            self.closed = trouble.sentence
            log.warning("the library hears at the beginning of the next run what became of its photos: %s", trouble)
        except Exception as bug:  # noqa: BLE001 - whatever it is, what was done stands in the ledger
            self.ledger.outcomes.turned_down(batch)
            self.closed = repr(bug)
            log.warning("the library could not note what became of its photos: %r", bug)
        else:
            return True
        return False
