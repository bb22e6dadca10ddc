"""Flickr without its door: what it knows, what its methods do, and what a test or a rehearsal may arrange.

Changes need a lock around them; reading needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from heliograph.standin import dials
from heliograph.standin.flickr import (
    accounts,
    album_reading,
    albums,
    examining,
    geo,
    groups,
    inspection,
    listing,
    photo_reading,
    photos,
    pictures,
    searching,
    seeding,
    tags,
    uploads,
)
from heliograph.standin.flickr.element import Element
from heliograph.standin.flickr.examining import Ready
from heliograph.standin.flickr.method import Call, Entry
from heliograph.standin.flickr.records import Account, Caller, Comment, Group, Photo
from heliograph.standin.flickr.state import State

__all__ = ["Account", "Caller", "Group", "Method", "Photo", "Ready", "World"]

_FILES = (
    accounts,
    album_reading,
    albums,
    geo,
    groups,
    inspection,
    listing,
    photo_reading,
    photos,
    searching,
    tags,
    uploads,
)
_DIALS = "dials.json"
Settable = TypeVar("Settable", Account, Group)


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the API, ready to be called."""

    name: str
    perms: int
    """0 none, 1 read, 2 write, 3 delete."""
    writes: bool
    call: Callable[[Caller | None, Mapping[str, str]], list[Element]]
    """Raises `Failure` for a service error."""


class World(State):
    """Everything that Flickr knows and does, kept in a folder; `now` gives unix seconds.

    `address` is to be set to what addresses of pages and pictures begin with, once that is known.
    """

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        super().__init__(folder, now)
        self.methods: Mapping[str, Method] = {
            entry.name.lower(): self._bound(entry) for file in _FILES for entry in file.METHODS.entries
        }
        """Keyed by the name in lower case, since callers write it in any case."""

    @classmethod
    def load(cls, folder: Path, now: Callable[[], float]) -> Self:
        """The world that a folder holds; an empty one for an empty or missing folder."""
        world = cls(folder, now)
        folder.mkdir(parents=True, exist_ok=True)
        world.dials.turn_all(dials.kept(folder / _DIALS))
        world.read_back()
        return world

    def save(self) -> None:
        """Writes the folder's file anew, without what is out of date; every change was written when it happened."""
        self.write_anew()
        dials.keep(self.dials, self.folder / _DIALS)

    def turn(self, values: Mapping[str, object]) -> None:
        """Sets dials, and remembers them.

        Raises:
            ValueError: there is no such dial, or it does not take such a value.
        """
        self.dials.turn_all(values)
        dials.keep(self.dials, self.folder / _DIALS)

    def reset(self) -> None:
        """Forgets all accounts, photos, albums and groups; ids go on from where they were."""
        for photo in tuple(self.photos.values()):
            self.gallery.forget(photo)
        self.clear()

    def _bound(self, entry: Entry) -> Method:
        def call(caller: Caller | None, arguments: Mapping[str, str]) -> list[Element]:
            return entry.function(Call(self, caller, arguments))

        return Method(entry.name, entry.perms, entry.writes, call)

    # --- files --------------------------------------------------------------------------------------------------------

    def examine(self, file: Path, filename: str) -> Ready:
        """A file that was sent, looked at and hashed; needs no lock."""
        return examining.examined(file, filename)

    def upload(self, caller: Caller, arguments: Mapping[str, str], ready: Ready) -> list[Element]:
        """What an upload answers. The file is moved away, or deleted with a failure.

        Raises:
            Failure: it is turned down.
        """
        return uploads.upload(Call(self, caller, arguments), ready)

    def replace(self, caller: Caller, arguments: Mapping[str, str], ready: Ready) -> list[Element]:
        """What a replacement answers. The file is moved away, or deleted with a failure.

        Raises:
            Failure: it is turned down.
        """
        return uploads.replace(Call(self, caller, arguments), ready)

    def image(self, photo_id: str, secret: str, size: str) -> Path | None:
        """The file behind an address: `o` is the original, empty the medium size; `None` for a wrong secret."""
        photo = self.photos.get(photo_id)
        if photo is None or photo.imported > self.now():
            return None
        if size == pictures.ORIGINAL:
            return self.gallery.original(photo) if secret == photo.original_secret else None
        for sized in pictures.sizes(photo):
            if sized.size.suffix == size and sized.secret == secret:
                return self.gallery.sized(photo, sized)
        return None

    def original(self, photo_id: str) -> Path | None:
        """The file of a photo's original."""
        photo = self.photos.get(photo_id)
        return None if photo is None else self.gallery.original(photo)

    # --- what others do on Flickr -------------------------------------------------------------------------------------

    def add_user(self, nsid: str, username: str, **fields: Any) -> Account:
        """A new member, or the same one with these fields."""
        known = self.accounts.get(nsid) or Account(nsid, username, created=self.second() - 10 * 365 * 86400)
        known.username = username
        return self._set(known, fields)

    def add_group(self, nsid: str, name: str, **fields: Any) -> Group:
        """A new group, or the same one with these fields."""
        known = self.groups.get(nsid) or Group(nsid, name)
        known.name = name
        return self._set(known, fields)

    def add_photo(self, nsid: str, file: Path | None = None, **fields: Any) -> Photo:
        """A photo that was there before; see `seeding.add_photo`."""
        return seeding.add_photo(self, nsid, file, **fields)

    def seed(self, nsid: str, what: str, count: int = 0, files: Sequence[Path] = ()) -> list[str]:
        """Fills an account with what others left there; ids of what was made. See `seeding.SEEDS`.

        Raises:
            ValueError: there is no such seed.
        """
        return seeding.seed(self, nsid, what, count, files)

    def add_comment(self, photo_id: str, nsid: str, text: str) -> str:
        """Somebody comments on a photo; the comment's id."""
        photo = self.photos[photo_id]
        number = self.next_number("comment")
        comment = Comment(f"{self.author_number(photo.owner)}-{photo_id}-{number}", nsid, self.second(), text)
        photo.comments = (*photo.comments, comment)
        self.touch(photo)
        return comment.id

    def add_fave(self, photo_id: str, nsid: str) -> None:
        """Somebody likes a photo."""
        photo = self.photos[photo_id]
        if nsid not in dict(photo.faves):
            photo.faves = (*photo.faves, (nsid, self.second()))
            self.keep(photo)

    def approve(self, group_id: str, photo_id: str) -> None:
        """A moderator lets a waiting photo into a pool.

        Raises:
            KeyError: it does not wait there.
        """
        groups.approve(self, self.groups[group_id], photo_id)

    def reject(self, group_id: str, photo_id: str) -> None:
        """A moderator turns a waiting photo down.

        Raises:
            KeyError: it does not wait there.
        """
        groups.reject(self, self.groups[group_id], photo_id)

    def by_hand(self, nsid: str, method: str, **arguments: str) -> list[Element]:
        """What a member does on Flickr's own pages, with every permission."""
        return self.methods[method.lower()].call(Caller("", nsid, 3), arguments)

    def _set(self, record: Settable, fields: Mapping[str, Any]) -> Settable:
        """The record with these fields, kept."""
        for name, value in fields.items():
            if name not in record.__slots__:
                message = f"A {record.KIND} has no {name!r}."
                raise ValueError(message)
            setattr(record, name, tuple(value) if isinstance(value, list) else value)
        self.keep(record)
        return record
