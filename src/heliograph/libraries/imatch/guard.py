"""Is this the database that was read before? Ids mean something in one database only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from heliograph.errors import LibraryUnavailable
from heliograph.libraries.imatch.families import Family, Member
from heliograph.libraries.imatch.stamps import Stamp

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


def _is_other(where: str, stamp: Stamp, now: Member | None) -> bool:
    renamed = now is not None and now.where.rpartition("/")[2] != where.rpartition("/")[2]
    return now is not None and renamed and now.size != stamp.size
