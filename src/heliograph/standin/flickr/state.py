"""Everything that is known, kept in one folder: the records, how they are found, and who may see them."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from heliograph.standin.flickr.dials import Dials
from heliograph.standin.flickr.pictures import Gallery
from heliograph.standin.flickr.records import Account, Album, Counter, Group, Photo, Record, Tag, Ticket
from heliograph.standin.flickr.sightings import Sightings
from heliograph.standin.store import Store

FIRST = {"photo": 53_000_000_000, "album": 72_177_720_300_000_000, "comment": 0, "ticket": 0}
"""Numbers start behind these, so that ids have the shapes they have on Flickr."""


class State:
    """The records of a world; `now` gives unix seconds."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self.folder = folder
        self.now = now
        self.dials = Dials()
        self.address = "http://127.0.0.1"
        """What addresses of pages and pictures begin with, without a slash at the end."""
        self.accounts: dict[str, Account] = {}
        self.photos: dict[str, Photo] = {}
        self.albums: dict[str, Album] = {}
        self.groups: dict[str, Group] = {}
        self.tickets: dict[str, Ticket] = {}
        self.counters: dict[str, Counter] = {}
        self.sightings = Sightings()
        self.gallery = Gallery(folder / "pictures")
        self._store = Store[Record](folder / "world.jsonl", (Account, Photo, Album, Group, Ticket, Counter))
        self._shelves: dict[str, dict[str, Any]] = {
            Account.KIND: self.accounts,
            Photo.KIND: self.photos,
            Album.KIND: self.albums,
            Group.KIND: self.groups,
            Ticket.KIND: self.tickets,
            Counter.KIND: self.counters,
        }

    # --- keeping ------------------------------------------------------------------------------------------------------

    def read_back(self) -> None:
        """Takes in what the folder holds."""
        for record in self._store.load():
            self._shelves[record.KIND][record.id] = record
            if isinstance(record, Photo):
                self.sightings.note(record.id, record, float(record.updated))

    def keep(self, *records: Record) -> None:
        """Remembers records as they are now, on disk too."""
        for record in records:
            self._shelves[record.KIND][record.id] = record
            if isinstance(record, Photo):
                self.sightings.note(record.id, record, max(self.now(), record.imported))
        self._store.keep(records)

    def drop(self, record: Record) -> None:
        """Forgets a record; a photo is seen by lagging listings until their lag has passed."""
        self._shelves[record.KIND].pop(record.id, None)
        if isinstance(record, Photo):
            self.sightings.note(record.id, None, self.now())
        self._store.drop(record)

    def write_anew(self) -> None:
        """Writes the file of the records anew, without what is out of date."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._store.save([record for shelf in self._shelves.values() for record in tuple(shelf.values())])

    def clear(self) -> None:
        """Forgets everything but the dials and the numbers already given out."""
        for kind, shelf in self._shelves.items():
            if kind != Counter.KIND:
                shelf.clear()
        self.sightings.clear()
        self.write_anew()

    def touch(self, photo: Photo) -> None:
        """Remembers a photo that changed just now."""
        photo.updated = max(photo.updated, self.second())
        self.keep(photo)

    def touch_places(self, photo_ids: Iterable[str]) -> None:
        """Album or pool changes of photos, where these count as changes of the photo."""
        if self.dials.places_touch:
            for photo_id in photo_ids:
                if photo_id in self.photos:
                    self.touch(self.photos[photo_id])

    # --- numbers and moments ------------------------------------------------------------------------------------------

    def second(self) -> int:
        """The current time in whole unix seconds."""
        return int(self.now())

    def next_number(self, purpose: str) -> int:
        """A number that was never given out before for this purpose, greater than all of those."""
        counter = self.counters.get(purpose) or Counter(purpose, FIRST[purpose])
        counter.last += 1
        self.keep(counter)
        return counter.last

    def fresh_secret(self) -> str:
        """Ten hex digits that nobody can guess."""
        return secrets.token_hex(5)

    # --- finding ------------------------------------------------------------------------------------------------------

    def ready(self) -> Iterator[Photo]:
        """Every photo whose conversion has ended, in no particular order."""
        now = self.now()
        return (photo for photo in tuple(self.photos.values()) if photo.imported <= now)

    def listed(self, lag_s: float) -> Iterator[Photo]:
        """Every photo as a listing with this lag shows it, in no particular order."""
        return self.sightings.at(self.now() - lag_s) if lag_s else self.ready()

    def of_owner(self, nsid: str) -> Iterator[Photo]:
        """An account's photos, those in conversion too."""
        return (photo for photo in tuple(self.photos.values()) if photo.owner == nsid)

    def albums_of(self, nsid: str) -> list[Album]:
        """An account's albums in its own order; those it never ordered last, by id."""
        order = {album_id: at for at, album_id in enumerate(self.accounts[nsid].album_order)}
        mine = (album for album in tuple(self.albums.values()) if album.owner == nsid)
        return sorted(mine, key=lambda album: (order.get(album.id, len(order)), album.id))

    def pools_of(self, photo_id: str) -> Iterator[Group]:
        """Groups that have a photo in their pool."""
        return (group for group in tuple(self.groups.values()) if any(photo_id == entry[0] for entry in group.pool))

    def account_named(self, text: str) -> Account | None:
        """The account of an NSID, a path alias or a user name."""
        if text in self.accounts:
            return self.accounts[text]
        wanted = text.casefold()
        return next(
            (
                account
                for account in tuple(self.accounts.values())
                if wanted and wanted in {account.path_alias.casefold(), account.username.casefold()}
            ),
            None,
        )

    # --- rights -------------------------------------------------------------------------------------------------------

    def is_pro(self, nsid: str) -> bool:
        """Whether an account is Pro, as the dial or the account says."""
        return self.accounts[nsid].pro if self.dials.pro is None else self.dials.pro

    def sees(self, nsid: str | None, photo: Photo) -> bool:
        """Whether somebody (`None`: a stranger) may see a photo."""
        if photo.is_public or nsid == photo.owner:
            return True
        owner = self.accounts[photo.owner]
        return bool((photo.is_friend and nsid in owner.friends) or (photo.is_family and nsid in owner.family))

    def circle(self, nsid: str | None, photo: Photo) -> int:
        """How near somebody is to a photo's owner: 0 itself, 1 friends and family, 2 contacts, 3 anybody."""
        owner = self.accounts[photo.owner]
        if nsid == owner.id:
            return 0
        if nsid in owner.friends or nsid in owner.family:
            return 1
        return 2 if nsid in owner.contacts else 3

    def original_shown(self, nsid: str | None, photo: Photo) -> bool:
        """Whether somebody may have a photo's original."""
        return nsid == photo.owner and (self.is_pro(photo.owner) or self.dials.free_originals)

    # --- ids and addresses --------------------------------------------------------------------------------------------

    def author_number(self, nsid: str) -> str:
        """What an account is called in the ids of tags, tickets and comments."""
        return nsid.split("@", 1)[0]

    def tag_id(self, photo: Photo, tag: Tag) -> str:
        """The long id of a tag on a photo."""
        return f"{self.author_number(tag.author)}-{photo.id}-{zlib.crc32(tag.clean.encode('utf-8'))}"

    def page(self, photo: Photo) -> str:
        """The address of a photo's page."""
        return f"{self.address}/photos/{self.path_of(photo.owner)}/{photo.id}/"

    def path_of(self, nsid: str) -> str:
        """What stands for an account in addresses."""
        return self.accounts[nsid].path_alias or nsid
