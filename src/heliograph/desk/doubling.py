"""The verb `duplicates`: photos that the library holds twice, and those that look alike."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

from heliograph.desk.recognising import LIBRARY, likeness_name
from heliograph.errors import Refused
from heliograph.identify import families
from heliograph.ledger import Ledger
from heliograph.ledger.files import batches
from heliograph.model import Photo, Record, Subject, SubjectKind
from heliograph.ports import Library, Stop

AT_ONCE = 64
"""Pictures that are looked at before the next ones are asked for, and kept together."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One photo that several files show."""

    where: str
    role: str
    """`main` stands for all, `copy` is as good; `alike` only looks like the first."""
    records: tuple[Record, ...]
    """Where it is published."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of files, sorted by the first of each."""

    equal: tuple[tuple[Copied, ...], ...]
    """With the same coded image: the first stands for all, and is published alone."""
    near: tuple[tuple[Copied, ...], ...] = ()
    """Photos that look alike: other sizes or developments of one picture, or pictures of one burst."""
    unseen: tuple[str, ...] = ()
    """Places of pictures that could not be looked at."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What it takes to look at pictures."""

    library: Library
    stage: Callable[[str], None]
    stop: Stop
    threads: bool = True


def duplicates(ledger: Ledger, looking: Looking | None = None) -> Duplicates:
    """What is there twice, from the ledger alone; where pictures may be looked at, also what looks alike."""
    equal = tuple(_equal(ledger))
    if looking is None:
        return Duplicates(equal)
    hashes, unseen = _looked(ledger, looking)
    return Duplicates(equal, tuple(tuple(_alike(ledger, family)) for family in families(hashes)), unseen)


def _equal(ledger: Ledger) -> Iterator[tuple[Copied, ...]]:
    for photo, where, copies in ledger.files.twins():
        main = Copied(where, "main", _published(ledger, photo))
        yield (main, *(Copied(copy, "copy", ()) for copy in copies if copy != where))


def _looked(ledger: Ledger, looking: Looking) -> tuple[dict[str, str], tuple[str, ...]]:
    """Place -> perceptual hash, and the places of pictures that have none; what was looked at before is known."""
    wheres = ledger.files.mains()
    hashes: dict[str, str] = {}
    unseen: list[str] = []
    with ThreadPoolExecutor(os.cpu_count() or 1) if looking.threads else nullcontext() as pool:
        for batch in batches(wheres):
            if looking.stop():
                break
            looking.stage(f"Looking at pictures: {len(hashes) + len(unseen):,} of {len(wheres):,}")
            photos = ledger.files.photos(batch)
            hashes |= _hashes(ledger, looking.library, photos.values(), pool)
            unseen += [where for where in photos if where not in hashes]
    return hashes, tuple(unseen)


def _hashes(ledger: Ledger, library: Library, photos: Iterable[Photo], pool: Executor | None) -> dict[str, str]:
    """Place -> perceptual hash, of those that can be had."""
    memory, by_place = ledger.memory(LIBRARY), {photo.where: photo for photo in photos}
    known = memory.read_all([likeness_name(photo) for photo in by_place.values()])
    fresh = [photo for photo in by_place.values() if likeness_name(photo) not in known]
    for start in range(0, len(fresh), AT_ONCE):
        some = fresh[start : start + AT_ONCE]
        seen = (pool.map if pool else map)(lambda photo: _likeness(library, photo), some)
        made = {likeness_name(photo): text for photo, text in zip(some, seen, strict=True) if text}
        memory.write_all(made)
        known |= made
    named = {where: known.get(likeness_name(photo), "") for where, photo in by_place.items()}
    return {where: text for where, text in named.items() if text}


def _likeness(library: Library, photo: Photo) -> str:
    try:
        return library.likeness(photo)
    except Refused:
        return ""


def _alike(ledger: Ledger, family: Sequence[str]) -> Iterator[Copied]:
    """Sorted by place; what is published comes first, since it is what the others are compared with."""
    owners = ledger.files.owners(family)
    members = [Copied(where, "alike", _published(ledger, owners.get(where, ""))) for where in family]
    yield from sorted(members, key=lambda one: (not one.records, one.where))


def _published(ledger: Ledger, photo: str) -> tuple[Record, ...]:
    return tuple(ledger.records.everywhere(Subject(SubjectKind.PHOTO, photo))) if photo else ()
