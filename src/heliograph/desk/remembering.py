"""What platforms remember, in a ledger that is only opened for it when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from heliograph.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Remembered:
    """Implements `ports.Memory` for one platform. Making a platform opens no ledger; settings are checked without."""

    ledger: Callable[[], Ledger]
    platform: str

    def read(self, name: str) -> str:
        """The text that was kept under the name; empty where there is none."""
        return self.ledger().memory(self.platform).read(name)

    def write(self, name: str, text: str) -> None:
        """Keeps a text under the name, in place of an earlier one; an empty one is forgotten."""
        self.ledger().memory(self.platform).write(name, text)
