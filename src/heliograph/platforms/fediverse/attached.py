"""Several pictures in one post: which of them is which photo's, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from heliograph.model import F, Fields, Value, Wanted
from heliograph.platforms.fediverse import texts
from heliograph.platforms.fediverse.dialects import Dialect
from heliograph.platforms.fediverse.showing import Media


def parts_of(wanted: Wanted) -> tuple[Wanted, ...]:
    """What is wanted of each picture."""
    return wanted.parts or (wanted,)


def places_of(wanted: Wanted, media: Sequence[Media], agreed: Fields) -> dict[Value, int]:
    """Picture -> where it stands in the post, of those that were agreed; empty where that is not known."""
    pictures = agreed.get(F.PICTURE)
    if not wanted.parts or not isinstance(pictures, tuple) or len(pictures) != len(media):
        return {}
    return {picture: place for place, picture in enumerate(pictures)}


def to_say(wanted: Wanted, media: Sequence[Media], agreed: Fields, dialect: Dialect) -> list[str]:
    """The alt text of each picture that is in the post: of ours what is wanted, of others what is there."""
    said = [one.said for one in media]
    places = places_of(wanted, media, agreed)
    parts = parts_of(wanted)
    if not places and (not wanted.parts or len(parts) == len(media)):
        places = {part.fields.get(F.PICTURE): place for place, part in enumerate(parts)}
    for part in parts:
        place = places.get(part.fields.get(F.PICTURE))
        if place is not None and place < len(said):
            said[place] = alt_of(part, dialect)
    return said


def alt_of(part: Wanted, dialect: Dialect) -> str:
    """The alt text of one picture as it is sent."""
    return texts.to_send(F.ALT, str(part.fields.get(F.ALT) or ""), dialect)


def words_of(wanted: Wanted, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Name and text of all that is said, also of each picture."""
    for name in names:
        value = wanted.fields.get(name)
        yield from ((name, str(one or "")) for one in (value if isinstance(value, tuple) else (value,)))
