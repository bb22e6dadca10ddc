"""Is this the database that was read before? Ids mean something in one database only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from heliograph.errors import LibraryUnavailable
from heliograph.libraries.imatch.answers import text
from heliograph.libraries.imatch.client import BATCH, Client
from heliograph.libraries.imatch.families import Family, Member
from heliograph.libraries.imatch.places import place
from heliograph.libraries.imatch.stamps import Stamp
from heliograph.libraries.imatch.tree import BAR, Tree
from heliograph.wording import many

_LEAST = 3
"""Fewer photos under other names prove no other database."""


def check_database(
    remembered: Mapping[str, Stamp | None], now: Mapping[int, Member], families: Iterable[Family], *, allowed: bool
) -> None:
    """Nothing, where the known ids are still the known photos; a file that was only renamed has its size still.

    Raises:
        LibraryUnavailable: most of them are other files, and most known photos are nowhere.
    """
    stamps = {where: stamp for where, stamp in remembered.items() if stamp}
    other = sum(_is_other(where, stamp, now.get(stamp.root)) for where, stamp in stamps.items())
    present = len(stamps.keys() & {family.root.where for family in families})
    if allowed or other < _LEAST or 2 * other <= len(stamps) or 2 * present > len(stamps):
        return
    message = (
        f"Another database seems to be open in IMatch: of {len(stamps):,} known photos, {other:,} ids belong to other "
        "files there. Nothing was concluded and nothing was changed. Open the right database; if this one is to take "
        "its place, write `other_database = true` in [library] for one run."
    )
    raise LibraryUnavailable(message)


def check_platforms(tree: Tree, root: str, known: Iterable[Stamp]) -> None:
    """Nothing, where every platform below whose category photos were known still has one, if only an empty one.

    Raises:
        LibraryUnavailable: one has none any more, which is no reason to take its photos away.
    """
    there = {name.casefold() for name in tree.platforms}
    lost = Counter(name for stamp in known for name in stamp.platforms if name.casefold() not in there)
    for name, count in sorted(lost.items()):
        path = f"{root}{BAR}{name}"
        message = (
            f"IMatch shows no category {path}; {many(count, 'photo')} in it were known. Nothing was concluded and "
            f"nothing was changed. Was it renamed or removed? Make the category {path} again; where no photo is to be "
            f"on {name} any more, leave it empty for one run."
        )
        raise LibraryUnavailable(message)


def check_emptied(client: Client, remembered: Mapping[str, Stamp | None], root: str, *, allowed: bool) -> None:
    """Nothing, where no photo is tagged any more in the very database in which the known ones were.

    Raises:
        LibraryUnavailable: most of them are not in this one.
    """
    stamps = {stamp.root: where for where, stamp in sorted(remembered.items()) if stamp}
    asked = sorted(stamps)[:BATCH]
    told = client.files(asked, fields="id,filename")
    same = sum(place(text(row.get("filename"))) == stamps[one] for one, row in told.items())
    if allowed or 2 * same > len(asked):
        return
    message = (
        f"No photo in IMatch is in a category below {root}, where {len(stamps):,} were known, and most of those are "
        "not in its database. Nothing was concluded from that and nothing was changed. Is the right database open?"
    )
    raise LibraryUnavailable(message)


def _is_other(where: str, stamp: Stamp, now: Member | None) -> bool:
    renamed = now is not None and now.where.rpartition("/")[2] != where.rpartition("/")[2]
    return now is not None and renamed and now.size != stamp.size
