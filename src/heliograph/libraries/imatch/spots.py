"""Where the photos of the last look are in the database, so that they can be opened and written about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from heliograph.libraries.imatch.families import Family, Member
from heliograph.libraries.imatch.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Spot:
    """One photo of the database."""

    where: str
    root: int
    tagged: tuple[int, ...]
    family: tuple[int, ...]
    """Every id of it, the master's first."""
    sent: str
    """Place of the file that is sent."""
    categories: tuple[str, ...] | None = None
    """Paths of its categories; `None` where they were not asked for."""

    @classmethod
    def of_stamp(cls, where: str, stamp: Stamp) -> Spot:
        """As it was remembered."""
        return cls(where, stamp.root, stamp.tagged, stamp.family, stamp.sent)

    @classmethod
    def of_family(cls, family: Family, sent: Member, categories: tuple[str, ...] | None = None) -> Spot:
        """As it was just read."""
        numbers = tuple(one.id for one in family.members)
        return cls(family.root.where, family.root.id, family.tagged, numbers, sent.where, categories)

    @property
    def order(self) -> tuple[int, ...]:
        """Whose attribute row counts first: the tagged files', then the master's, then the others'."""
        return tuple(dict.fromkeys((*self.tagged, *self.family)))


MOST_GONE = 10_000
"""Photos that are remembered after they were wanted; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Archive:
    """Where photos were that are wanted nowhere any more. Losing it costs that rows of theirs stay in the database."""

    file: Path

    def read(self) -> dict[str, Spot]:
        """Place -> photo; nothing where there is no such file, or one that cannot be read."""
        try:
            told = json.loads(self.file.read_text(encoding="utf-8"))
            return {
                where: Spot(where, int(root), tuple(map(int, tagged)), tuple(map(int, family)), where)
                for where, (root, tagged, family) in told.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def write(self, spots: Mapping[str, Spot]) -> None:
        """Keeps them, the newest last."""
        kept = list(spots.values())[-MOST_GONE:]
        told = {spot.where: [spot.root, spot.tagged, spot.family] for spot in kept}
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(told), encoding="utf-8")
