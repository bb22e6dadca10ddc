"""A master and its versions are one photo: who belongs together, and which of the files is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from heliograph.errors import Refused
from heliograph.libraries.imatch.answers import Row, ids, number, rows, text
from heliograph.libraries.imatch.client import BATCH, Client
from heliograph.libraries.imatch.places import place

_FIELDS = "id,name,filename,format,size"
_GENERATIONS = 8
"""Versions of versions are followed so far."""
_SPELLINGS = {"JPG": "JPEG", "TIF": "TIFF", "HEIF": "HEIC"}


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a family."""

    id: int
    where: str
    format: str
    size: int


@dataclass(frozen=True, slots=True)
class Family:
    """A master with its versions; a file without either is its own master."""

    root: Member
    tagged: tuple[int, ...]
    """Those that the owner tagged, sorted."""
    members: tuple[Member, ...]
    """All of them, the master first and then by id."""

    def sent(self, formats: Iterable[str]) -> Member | None:
        """The file that is sent, of the most preferred format that there is; `None` where there is no such one.

        Of several the tagged one goes first, then the master, then the one that came first into the database.
        """
        order = (*self.tagged, self.root.id)
        for wanted in map(spelt, formats):
            fitting = [one for one in self.members if one.format == wanted]
            if fitting:
                return min(fitting, key=lambda one: (order.index(one.id) if one.id in order else len(order), one.id))
        return None


def spelt(name: str) -> str:
    """The name of a format, in the one spelling by which formats are compared."""
    upper = name.strip().upper()
    return _SPELLINGS.get(upper, upper)


def member(row: Row) -> Member | None:
    """A file as an answer tells it."""
    one, filename = number(row.get("id")), text(row.get("filename"))
    if one is None or not filename:
        return None
    return Member(one, place(filename), spelt(text(row.get("format"))), number(row.get("size")) or 0)


@dataclass(slots=True)
class Kin:
    """Asks who belongs to whom. Each question is asked once."""

    client: Client
    known: dict[int, Member] = field(default_factory=dict)
    _singly: bool = False

    def families(self, tagged: Iterable[int]) -> list[Family]:
        """The families of these files, sorted by their master's id; files that are not there are left out."""
        numbers = list(dict.fromkeys(tagged))
        self.learn(numbers)
        roots = self._roots([one for one in numbers if one in self.known])
        below = self._below(set(roots.values()))
        found: dict[int, list[int]] = {}
        for one, root in roots.items():
            found.setdefault(root, []).append(one)
        return [self._family(root, sorted(ones), below) for root, ones in sorted(found.items()) if root in self.known]

    def learn(self, numbers: Iterable[int]) -> None:
        """What these files are, where that is not known yet."""
        missing = [one for one in numbers if one not in self.known]
        for row in self.client.files(missing, fields=_FIELDS).values():
            self._learnt(row)

    def _learnt(self, row: Row) -> int | None:
        found = member(row)
        if found is not None:
            self.known.setdefault(found.id, found)
        return found.id if found else number(row.get("id"))

    def _family(self, root: int, tagged: list[int], below: Mapping[int, frozenset[int]]) -> Family:
        others = sorted(one for one in below[root] | set(tagged) if one != root and one in self.known)
        members = (self.known[root], *(self.known[one] for one in others))
        return Family(self.known[root], tuple(tagged), members)

    def _roots(self, numbers: list[int]) -> dict[int, int]:
        """File -> the master above all masters; of several the one that came first into the database."""
        above: dict[int, int] = {}
        asked: set[int] = set()
        due = list(numbers)
        for _ in range(_GENERATIONS):
            asked |= set(due)
            for one, masters in self._related(due, "masters").items():
                if masters:
                    above[one] = min(masters)
            due = sorted({above[one] for one in due if one in above} - asked)
            if not due:
                break
        return {one: _top(one, above) for one in numbers}

    def _below(self, roots: set[int]) -> dict[int, frozenset[int]]:
        """Master -> its versions, and theirs."""
        owners: dict[int, set[int]] = {root: {root} for root in roots}
        found: dict[int, set[int]] = {root: set() for root in roots}
        due = sorted(roots)
        for _ in range(_GENERATIONS):
            further: set[int] = set()
            for one, versions in self._related(due, "versions").items():
                for version in versions:
                    new = owners[one] - owners.get(version, set())
                    for root in new:
                        found[root].add(version)
                    if new:
                        owners.setdefault(version, set()).update(new)
                        further.add(version)
            due = sorted(further - roots)
            if not due:
                break
        return {root: frozenset(versions - {root}) for root, versions in found.items()}

    def _related(self, numbers: list[int], kind: str) -> dict[int, set[int]]:
        """File -> its masters or versions, of every group once; never itself."""
        found: dict[int, set[int]] = {}
        for start in range(0, len(numbers), BATCH):
            for one, row in self._asked(numbers[start : start + BATCH], kind).items():
                related = {self._learnt(file) for group in rows(row.get(kind)) for file in rows(group.get("files"))}
                related |= (
                    set(ids(row.get(kind))) if not any("files" in group for group in rows(row.get(kind))) else set()
                )
                found[one] = {other for other in related if other is not None and other != one}
        self.learn({other for related in found.values() for other in related})
        return {one: {other for other in related if other in self.known} for one, related in found.items()}

    def _asked(self, batch: list[int], kind: str) -> dict[int, Row]:
        if not self._singly:
            try:
                return self._of(batch, kind)
            except Refused:
                if len(batch) == 1:
                    raise
                self._singly = True
        found: dict[int, Row] = {}
        for one in batch:
            found |= self._of([one], kind)
        return found

    def _of(self, batch: list[int], kind: str) -> dict[int, Row]:
        asked = ",".join(map(str, batch))
        told = self.client.get("files/relations", "files", id=asked, type=kind, fields=_FIELDS)
        found: dict[int, Row] = {}
        for row in told:
            one = number(row.get("id"))
            if one is not None:
                found.setdefault(one, row)
        missing = [one for one in batch if one not in found]
        if missing and len(missing) < len(batch):
            found |= self._of(missing, kind)
        return found


def _top(one: int, above: Mapping[int, int]) -> int:
    """Round a circle of masters, the least of them."""
    seen: list[int] = []
    while one in above and one not in seen:
        seen.append(one)
        one = above[one]
    return min(seen[seen.index(one) :]) if one in seen else one
