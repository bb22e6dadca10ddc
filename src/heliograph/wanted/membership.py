"""Albums: who is in them, in which order, and what shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from unicodedata import normalize

from heliograph.caption import fitted
from heliograph.model import F, Limits, Photo, Subject, SubjectKind, Value, Wanted, album_mark, value_digest

NO_TEXTS: Mapping[str, str] = MappingProxyType({})
UNDATED = "~"
"""Behind every date."""


def order(photo: Photo) -> str:
    """Sort key within albums: when it was taken, then its pixels; never its name, so that renames change nothing."""
    return f"{_when(photo)} {photo.digest[:32]}"


def _when(photo: Photo) -> str:
    taken = photo.facts.taken
    if taken is None:
        return UNDATED
    if taken.circa:
        # The exact date beside an uncertain one is mostly that of the scan.
        year = re.search(r"\d{4}", taken.circa)
        return year[0] if year else taken.local or UNDATED
    if taken.subsec and "T" in taken.local:
        return f"{taken.local}.{taken.subsec}"
    return taken.local or UNDATED


def albums(
    platform: str,
    placed: Iterable[tuple[str, tuple[str, ...], str]],
    limits: Limits,
    texts: Mapping[str, str] = NO_TEXTS,
    folders: AbstractSet[str] = frozenset(),
) -> tuple[Wanted, ...]:
    """The wanted state of every album, sorted by name; empty where the platform has none.

    `placed` holds photo id, albums and order of every wanted photo, in any order. Names that differ in case only are
    one album, under the spelling that sorts first. `texts` are those that the library knows, by folded names; an empty
    one leaves the album's text to its owner. `folders` are the folded names of albums that folders make: their text
    ends with the platform's marker, where it has one.
    """
    if not limits.album_fields:
        return ()
    spellings: dict[str, str] = {}
    members: dict[str, dict[str, str]] = {}
    for photo_id, names, key in placed:
        for name in names:
            same = folded(name)
            spellings[same] = min(name, spellings.get(same, name))
            held = members.setdefault(same, {})
            held[photo_id] = min(key, held.get(photo_id, key))
    return tuple(
        _album(
            platform, spellings[same], members[same], limits, _text(texts.get(same), limits, is_folder=same in folders)
        )
        for same in sorted(members)
    )


def _text(known: str | None, limits: Limits, *, is_folder: bool) -> str | None:
    if known == "" or not (is_folder and limits.album_marker):
        return known
    return "\n\n".join(filter(None, (known, limits.album_marker)))


def folded(name: str) -> str:
    """Equal for names that are one album."""
    return normalize("NFC", name.casefold())


def _album(platform: str, name: str, members: Mapping[str, str], limits: Limits, text: str | None) -> Wanted:
    ids = tuple(photo_id for photo_id, _ in sorted(members.items(), key=lambda member: (member[1], member[0])))
    title = name if limits.title_len is None else fitted(name, limits.title_len, limits.count).text
    fields: dict[str, Value] = {F.TITLE: title, F.TEXT: text or "", F.COVER: ids[0], F.MEMBERS: ids}
    shown = {
        field: value
        for field, value in fields.items()
        if field in limits.album_fields and (field != F.TEXT or text != "")
    }
    return Wanted(
        subject=Subject(SubjectKind.ALBUM, name),
        platform=platform,
        where=name,
        fields=shown,
        mark=album_mark(title),
        basis=value_digest((name, shown)),
        left_out=() if title == name else (f"The album's name was cut to {limits.title_len} {limits.count.value}.",),
    )
