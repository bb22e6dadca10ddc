"""The memory: the library as read, the agreement with each platform, the journal; one database, one transaction each.

Losing it costs time, never a duplicate: posts are recognised by the mark that comes from the photo's own content.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from heliograph.ledger.budget import Budget
from heliograph.ledger.elsewhere import Elsewhere, Links
from heliograph.ledger.files import Files
from heliograph.ledger.journal import Entry, Happened, Journal, Saying
from heliograph.ledger.memory import Memory
from heliograph.ledger.outcomes import Outcomes
from heliograph.ledger.records import Line, Records
from heliograph.ledger.store import Store
from heliograph.ledger.verdicts import Judged, Verdicts
from heliograph.ports import Clock

__all__ = [
    "Budget",
    "Elsewhere",
    "Entry",
    "Files",
    "Happened",
    "Journal",
    "Judged",
    "Ledger",
    "Line",
    "Links",
    "Memory",
    "Outcomes",
    "Records",
    "Saying",
    "Verdicts",
]


class Ledger:
    """One ledger file, opened."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Opens or makes it.

        Raises:
            LedgerUnusable: locked, damaged, newer than this program, or not writable.
        """
        self._store = Store(path)
        self._clock = clock
        self.files = Files(self._store)
        self.records = Records(self._store)
        self.elsewhere = Elsewhere(self._store)
        self.verdicts = Verdicts(self._store)
        self.outcomes = Outcomes(self._store)
        self.journal = Journal(self._store, clock)

    @property
    def path(self) -> Path:
        """The database file."""
        return self._store.path

    def budget(self, name: str, calls: int, window_s: int = 3600) -> Budget:
        """Lets `calls` calls through in any `window_s` seconds, counted under `name` by all who use this file."""
        return Budget(self._store, name, self._clock, calls, window_s)

    def memory(self, platform: str) -> Memory:
        """What this platform remembers between runs."""
        return Memory(self._store, platform)

    def alone(self) -> AbstractContextManager[None]:
        """Holds the ledger for one run.

        Raises:
            AnotherRun: somebody else holds it.
        """
        return self._store.alone()

    def trouble(self) -> str:
        """What the database's own check finds wrong; empty when nothing."""
        return self._store.trouble()

    def close(self) -> None:
        """Lets go of the file."""
        self._store.close()
