"""The look through an IMatch database: what differs from what is known, in as few calls as it takes.

Asked each time are the categories of the owner's wishes and, for 200 photos in one call, everything that stands in
their metadata. Versions, other categories and, where there are many, attribute rows cannot be seen that way: they are
asked for of photos that changed, that carry a flag or that could not be read, and of all photos every few days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from heliograph.libraries.folder.reading import Job
from heliograph.libraries.imatch.answers import Row, rows, text
from heliograph.libraries.imatch.asking import EVERYTHING
from heliograph.libraries.imatch.client import BATCH, Client
from heliograph.libraries.imatch.families import Family, Kin
from heliograph.libraries.imatch.guard import check_database, check_emptied, check_platforms
from heliograph.libraries.imatch.options import MetadataFrom, Options
from heliograph.libraries.imatch.places import Away, Disk, File, not_looked
from heliograph.libraries.imatch.reading import Told, facts
from heliograph.libraries.imatch.required import missing
from heliograph.libraries.imatch.rows import Seen
from heliograph.libraries.imatch.spots import Spot
from heliograph.libraries.imatch.stamps import Digests, Stamp, parsed
from heliograph.libraries.imatch.tree import BAR, Tree
from heliograph.libraries.imatch.wishes import Standing, Wishes
from heliograph.model import Link
from heliograph.ports import Found, Known, LeftAlone, NotLooked, Sighting, Unchanged, Unreadable, Vanished

_CALLS_LEAST = 60
"""So many calls a look may take in any case."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A photo that waits for its file to be read."""

    told: Told
    categories: tuple[str, ...]
    standing: Standing
    links: tuple[Link, ...]
    stamp: Stamp


@dataclass(slots=True)
class Look:
    """One look. `spots` is whole once `items` is through."""

    client: Client
    options: Options
    tree: Tree
    known: Known
    whole: bool
    """Everything is asked for again."""
    calls_before: int = 0
    """Of the client, when this look began."""
    told: set[str] = field(default_factory=set)
    """What was said once already."""
    spots: dict[str, Spot] = field(default_factory=dict)
    _pending: dict[str, Pending] = field(default_factory=dict)
    _away: dict[str, Away] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _shielded: set[str] = field(default_factory=set)
    disk: Disk = field(init=False)
    wishes: Wishes = field(init=False)
    digests: Digests = field(init=False)
    remembered: dict[str, Stamp | None] = field(init=False)
    rows: Seen = field(init=False)

    def __post_init__(self) -> None:
        self.disk = Disk(self.options.path_map)
        self.wishes, self.digests = Wishes(self.options, self.tree), Digests.under(self.options)
        self.remembered = {
            f"{part}/{name}" if part else name: parsed(stamp)
            for part in self.known.parts()
            for name, stamp in self.known.stamps(part).items()
        }
        held = {name for stamp in self.remembered.values() if stamp for name in stamp.rows}
        self.rows = Seen(self.client, self.options, frozenset(held), self.told)

    def items(self) -> Iterator[Sighting | Job]:
        """What can be told at once, and the files that must be read.

        Raises:
            LibraryUnavailable: the database holds none of what was known, or is another one.
        """
        tagged = frozenset(self.tree.files)
        stamps = [stamp for stamp in self.remembered.values() if stamp]
        check_platforms(self.tree, self.options.root, stamps)
        if not tagged and stamps:
            check_emptied(self.client, self.remembered, self.options.root, allowed=self.options.other_database)
        steady = {} if self.whole else dict(self._steady(tagged))
        restless = tagged - {number for stamp in steady.values() for number in stamp.tagged}
        kin = Kin(self.client)
        families = [self._complete(family, tagged) for family in kin.families(sorted(restless))]
        check_database(self.remembered, kin.known, families, allowed=self.options.other_database)
        taken_over = {number for family in families for number in family.tagged}
        steady = {where: stamp for where, stamp in steady.items() if not taken_over & set(stamp.tagged)}
        self.spots.update((where, Spot.of_stamp(where, stamp)) for where, stamp in steady.items())
        gone = restless - {number for family in families for number in family.tagged}
        self._shielded |= {where for where, stamp in self.remembered.items() if stamp and gone & set(stamp.tagged)}
        unchanged = Counter(where.rpartition("/")[0] for where in steady if where not in self._away)
        for start in range(0, len(families), BATCH):
            yield from self._read(families[start : start + BATCH], unchanged)
        yield from (Unchanged(count) for count in unchanged.values() if count)

    def _complete(self, family: Family, tagged: frozenset[int]) -> Family:
        """With the tagged files that seemed to be steady by themselves."""
        return replace(family, tagged=tuple(sorted({one.id for one in family.members} & tagged)))

    # --- photos that seem to be as they were --------------------------------------------------------------------------

    def _steady(self, tagged: frozenset[int]) -> Iterator[tuple[str, Stamp]]:
        candidates = {
            where: stamp
            for where, stamp in self.remembered.items()
            if stamp and stamp.tagged and tagged.issuperset(stamp.tagged)
        }
        told = self.client.files((stamp.meta for stamp in candidates.values()), **EVERYTHING)
        platforms = self._cheap_platforms(candidates.values())
        for where, stamp in candidates.items():
            standing, row = self.wishes.standing(stamp.tagged), told.get(stamp.meta)
            if row is None or standing.orders or self.digests.glance(row, standing) != stamp.glance:
                continue
            marks = {name: self.rows.mark(name, stamp.tagged) for name in standing.platforms if name in platforms}
            if any(mark != stamp.rows.get(name, "") for name, mark in marks.items()):
                continue
            if self._is_as_it_was(where, stamp):
                yield where, stamp

    def _is_as_it_was(self, where: str, stamp: Stamp) -> bool:
        file = self.disk.look(stamp.sent)
        if isinstance(file, Away):
            self._leave(where, file)
            return True
        return isinstance(file, File) and file.stamp == stamp.disk

    def _cheap_platforms(self, stamps: Iterable[Stamp]) -> frozenset[str]:
        """The platforms whose rows are read each time: the smallest, while a look takes one call for 100 photos."""
        steady = {number for stamp in stamps for number in stamp.tagged}
        found: set[str] = set()
        allowed = max(_CALLS_LEAST, len(self.tree.files) // 100 + 10) - (self.client.calls - self.calls_before)
        for name, branch in sorted(self.tree.platforms.items(), key=lambda pair: (len(pair[1].files), pair[0])):
            numbers = sorted(steady.intersection(branch.gathered))
            allowed -= ceil(len(numbers) / BATCH)
            if allowed < 0:
                break
            if numbers and self.rows.learn(name, numbers):
                found.add(name)
        return frozenset(found)

    # --- photos that are read -----------------------------------------------------------------------------------------

    def _read(self, families: list[Family], unchanged: Counter[str]) -> Iterator[Sighting | Job]:
        metas = {family.root.id: self._meta(family) for family in families}
        told = self.client.files(metas.values(), **EVERYTHING)
        asked = {number for family in families for number in (family.root.id, *family.tagged)}
        listed = self.client.of_each("files/categories", "files", sorted(asked), fields="path")
        standings = {family.root.id: self.wishes.standing(family.tagged) for family in families}
        for name in self.tree.platforms:
            here = [family for family in families if name in standings[family.root.id].platforms]
            self.rows.learn(name, [member.id for family in here for member in family.members])
        for family in families:
            row = told.get(metas[family.root.id])
            if row is None or family.root.where in self.spots:
                self._shielded.add(family.root.where)
                continue
            categories = sorted({path for one in (family.root.id, *family.tagged) for path in _paths(listed.get(one))})
            yield from self._one(family, row, tuple(categories), standings[family.root.id], unchanged)

    def _one(
        self, family: Family, row: Row, categories: tuple[str, ...], standing: Standing, unchanged: Counter[str]
    ) -> Iterator[Sighting | Job]:
        where, sent = family.root.where, family.sent(self.options.formats)
        chosen = sent or family.root
        self.spots[where] = Spot.of_family(family, chosen, categories)
        below = f"{self.options.root}{BAR}"
        categories = tuple(path for path in categories if not path.startswith(below))
        file = self.disk.look(chosen.where)
        if isinstance(file, Away):
            self._leave(where, file)
            return
        if isinstance(file, str):
            yield Unreadable(where, f"{chosen.where}: {file}. It is not published from there; it is looked at again.")
            return
        stamp = self._stamp(family, row, categories, standing, file, chosen.where)
        if self.remembered.get(where) == stamp:
            unchanged[where.rpartition("/")[0]] += 1
            return
        if sent is None:
            standing = replace(standing, troubles=self._no_format(family, standing))
        told = Told(row, self.options)
        order = tuple(dict.fromkeys((*family.tagged, *(member.id for member in family.members))))
        links = self.rows.links(standing.platforms, order)
        self._pending[where] = Pending(told, categories, standing, links, stamp)
        yield file.job(where)

    def finished(self, sighting: Sighting) -> Sighting:
        """A reading of a file, with what IMatch says of the photo."""
        if isinstance(sighting, Unreadable) and sighting.where in self._pending:
            pending = self._pending.pop(sighting.where)
            return replace(sighting, stamp=pending.stamp.text() if sighting.stamp else "")
        if not isinstance(sighting, Found):
            return sighting
        pending = self._pending.pop(sighting.photo.where)
        standing = pending.standing
        found = facts(pending.told, pending.categories, sighting.photo.facts)
        wanted = [wish.platform for wish in standing.wishes]
        lacking = missing(found, pending.categories, self.options.required, wanted)
        photo = replace(
            sighting.photo,
            facts=found,
            wishes=standing.wishes,
            links=pending.links,
            orders=standing.orders,
            troubles=tuple(sorted({*standing.troubles, *lacking})),
            album_notes=standing.album_notes,
        )
        certain = sighting.stamp == pending.stamp.disk
        return Found(photo, pending.stamp.text() if certain else "")

    def rest(self) -> Iterator[NotLooked | Vanished | LeftAlone]:
        """What could not be reached, and what is certainly no longer there."""
        parts = {away.part: away for away in self._away.values()}
        for part, away in sorted(parts.items()):
            yield not_looked(away, self._counts[part])
        yield from map(Vanished, self._vanished())

    def gone(self) -> dict[str, Spot]:
        """Where those were that are no longer there: mostly they are still in the database, and only wanted nowhere."""
        return {where: Spot.of_stamp(where, stamp) for where in self._vanished() if (stamp := self.remembered[where])}

    def _vanished(self) -> Iterator[str]:
        parts = {away.part for away in self._away.values()}
        for where in self.remembered:
            hidden = where in self._shielded or any(where.startswith(f"{part}/") for part in parts)
            if where not in self.spots and not hidden:
                yield where

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _meta(self, family: Family) -> int:
        own = self.options.metadata_from == MetadataFrom.TAGGED and family.root.id not in family.tagged
        return family.tagged[0] if own and family.tagged else family.root.id

    def _leave(self, where: str, away: Away) -> None:
        self._away[where] = away
        self._counts[away.part] += 1
        self._shielded.add(where)

    def _stamp(
        self, family: Family, row: Row, categories: tuple[str, ...], standing: Standing, file: File, sent: str
    ) -> Stamp:
        glance = self.digests.glance(row, standing)
        numbers = [member.id for member in family.members]
        marks = {name: self.rows.mark(name, family.tagged) for name in standing.platforms}
        told = {name: self.rows.mark(name, numbers) for name in standing.platforms}
        members = [(member.id, member.where, member.format) for member in family.members]
        return Stamp(
            root=family.root.id,
            size=family.root.size,
            tagged=family.tagged,
            family=tuple(numbers),
            meta=self._meta(family),
            sent=sent,
            disk=file.stamp,
            glance=glance,
            whole=self.digests.whole(glance, members, categories, told),
            rows={name: mark for name, mark in marks.items() if mark},
            platforms=standing.platforms,
        )

    def _no_format(self, family: Family, standing: Standing) -> tuple[tuple[str, str], ...]:
        there = ", ".join(dict.fromkeys(member.format or "unknown" for member in family.members))
        sentence = (
            f"Neither the file nor one of its versions has an allowed format: there is {there}, and `formats` in "
            f"[library] allows {', '.join(self.options.formats)}. Make a version in one of them."
        )
        return tuple(sorted({*standing.troubles, *((wish.platform, sentence) for wish in standing.wishes)}))


def _paths(row: Row | None) -> Iterator[str]:
    """The categories of a file; those that IMatch computes or that stand above others do no harm."""
    listed: Mapping[str, object] = row or {}
    for category in rows(listed.get("categories")):
        if path := text(category.get("path")):
            yield path
