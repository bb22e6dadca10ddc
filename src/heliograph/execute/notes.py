"""Telling the library what became of its photos: several at a time, and what it could not hear, next time."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import RLock

from heliograph.errors import HeliographError, Refused
from heliograph.ledger import Ledger
from heliograph.ports import Clock, Library, Marks, Outcome

log = logging.getLogger(__name__)

_MARKED = "refused in the library"
"""Under which a platform's memory names the photos that the library was told to be refused."""

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
    troubles: list[str] = field(default_factory=list)
    """What it could not be told in this run, a sentence each, for the owner."""
    _turned_down: set[tuple[str, str]] = field(default_factory=set)
    """Platform and place of what the library could not write down in this run; it is told again in the next one."""
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
        self._turned_down.clear()
        self.tell()

    def tell(self) -> None:
        """Tells everything that is written down. What the library cannot hear now stays written down."""
        if self.held or self.closed or not self.library.keeps_notes:
            return
        with self._lock:
            self._since_s, self._count = None, 0
            told = set(self._turned_down)
            # What was turned down comes back in the same order: each is told once in a run.
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
        else:
            self._turned_down |= {(item.platform, item.where) for item in batch}
        return not self.closed

    def refusals(self, platform: str, outcomes: Sequence[Outcome]) -> None:
        """Why photos are not published: told at once and not written down, since every run finds them anew.

        What the library marks as refused and is refused no more is told with it.
        """
        if self.held or self.closed:
            return
        with self._lock:
            heard = not outcomes or self._wrote((), lambda: self.library.note(outcomes)) or not self.closed
            if heard and isinstance(self.library, Marks):
                self._let_go(self.library, platform, {item.where for item in outcomes})

    def _let_go(self, library: Marks, platform: str, refused: set[str]) -> None:
        memory = self.ledger.memory(platform)
        before = set(json.loads(memory.read(_MARKED) or "[]"))
        now = refused | {where for where, _ in self.ledger.verdicts.refused(platform)} if before else refused
        free = sorted(before - now)
        if free and not self._wrote((), lambda: library.let_go(platform, free)):
            now |= before
        # Refused without being told, such as what is asked about, carries a mark only if it was told before.
        marked = refused | (now & before)
        if marked != before:
            memory.write(_MARKED, json.dumps(sorted(marked)) if marked else "")

    def _wrote(self, batch: Sequence[Outcome], write: Callable[[], None]) -> bool:
        """What was done is done, and is not told as a failure, whatever the library's trouble is."""
        try:
            write()
        except Refused as trouble:
            self.ledger.outcomes.turned_down(batch)
            self._trouble("the library could not note all that became of its photos", trouble.sentence)
        except HeliographError as trouble:
            self.closed = trouble.sentence
            self._trouble("the library hears at the beginning of the next run what became of its photos", self.closed)
        except Exception as bug:  # noqa: BLE001 - whatever it is, what was done stands in the ledger
            self.ledger.outcomes.turned_down(batch)
            self.closed = repr(bug)
            self._trouble("the library could not note what became of its photos", self.closed)
        else:
            return True
        return False

    def _trouble(self, what: str, why: str) -> None:
        sentence = f"{what[0].upper()}{what[1:]}: {why}"
        if sentence not in self.troubles:
            log.warning("%s: %s", what, why)
            self.troubles.append(sentence)
