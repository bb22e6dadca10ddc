"""What the library itself says of a photo on one platform, beside its wishes: links, orders, troubles."""

from __future__ import annotations

from collections.abc import Iterable

from heliograph.model import AlbumNote, Link, Order, Photo
from heliograph.rules.branches import folded


def orders(photo: Photo, platform: str) -> frozenset[Order]:
    """What the owner asked for once; nothing where a trouble forbids it."""
    if troubles(photo, platform):
        return frozenset()
    return frozenset(order for name, order in photo.orders if folded(name) == folded(platform))


def troubles(photo: Photo, platform: str) -> tuple[str, ...]:
    """Why the photo must be left as it is there, in sentences."""
    return tuple(sentence for name, sentence in photo.troubles if folded(name) == folded(platform))


def groups(photo: Photo, platform: str, names: Iterable[str]) -> list[str]:
    """The groups by their ids, where the library knows these; else by their names."""
    notes = (note for note in photo.album_notes if note.group and note.id and is_for(note, platform))
    ids = {folded(note.name): note.id for note in notes}
    return [ids.get(folded(name), name) for name in names]


def is_for(note: AlbumNote, platform: str) -> bool:
    """Whether it is about this platform, or about whatever platform has albums."""
    return not note.platform or folded(note.platform) == folded(platform)


def link(photos: Iterable[Photo], platform: str) -> Link | None:
    """Where the library says that a photo is published, of the first of its files that says so."""
    found = (link for photo in photos for link in photo.links if folded(link.platform) == folded(platform))
    return next(found, None)
