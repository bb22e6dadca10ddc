"""Where the photos of the last look are in the database, so that they can be opened and written about."""

from __future__ import annotations

from dataclasses import dataclass

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
