"""Looking at an account with as few calls as it takes: all of it, or what changed since an earlier look."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from heliograph.model import Survey, album_mark
from heliograph.platforms.flickr.api import Api, as_json, content, whole
from heliograph.platforms.flickr.marking import Aged, aged, alone, is_marked
from heliograph.platforms.flickr.options import Look
from heliograph.platforms.flickr.showing import EXTRAS, album_post, photo_post
from heliograph.platforms.flickr.tags import mark_in
from heliograph.ports import Clock

OVERLAP_S = 300
"""A look begins so long before the last one ended: a photo that was being changed meanwhile is seen once more."""
DEEP_S = 24 * 3600.0
"""After so long, deletions and albums are looked at whatever the settings say."""
WHOLE_S = 30 * 24 * 3600.0
"""After so long, everything is."""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next look goes on."""

    user: str
    since: int = 0
    """The newest change that was seen, in unix seconds by Flickr's clock."""
    newest: int = 0
    """The newest upload that was seen, likewise."""
    latest: frozenset[str] = frozenset()
    """The photos of that second."""
    total: int = 0
    """Photos of the account."""
    deep: float = 0.0
    """When deletions and albums were last looked at, in unix seconds by our clock."""
    whole: float = 0.0
    """When everything was."""
    albums: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Album -> its last change and how many photos it held."""

    def is_new(self, item: Mapping[str, Any]) -> bool:
        """Whether a photo was uploaded since."""
        uploaded = whole(item.get("dateupload"))
        return uploaded > self.newest or (uploaded == self.newest and _id(item.get("id")) not in self.latest)

    def text(self) -> str:
        """For the ledger."""
        form = [_VERSION, self.user, self.since, self.newest, sorted(self.latest), self.total, self.deep, self.whole]
        return as_json([*form, {id_: list(seen) for id_, seen in self.albums.items()}])


def cursor_of(text: str | None, user: str) -> Cursor | None:
    """What an earlier look left; `None` where there was none of this account."""
    try:
        version, owner, since, newest, latest, total, deep, all_, albums = json.loads(text or "null")
        if version != _VERSION or owner != user:
            return None
        seen = {str(id_): (int(changed), int(count)) for id_, (changed, count) in albums.items()}
        ids = frozenset(map(str, latest))
        return Cursor(owner, int(since), int(newest), ids, int(total), float(deep), float(all_), seen)
    except (ValueError, TypeError, AttributeError):
        return None


@dataclass(slots=True)
class Looking:
    """One look at one account."""

    api: Api
    user: str
    url: str
    """Where the owner's photos stand."""
    clock: Clock
    look: Look

    def survey(self, since: str | None) -> Survey:
        """As `ports.Platform.survey` promises."""
        cursor = cursor_of(since, self.user)
        now = self.clock.now().timestamp()
        if cursor is None or now - cursor.whole > WHOLE_S:
            return self._whole(now)
        return self._changes(cursor, now)

    # -- everything --

    def _whole(self, now: float) -> Survey:
        items = self._photos("people.getPhotos", "photos", user_id=self.user)
        photos = [photo_post(item, self.url) for item in items.values()]
        marked = {post.id for post in photos if post.mark}
        # Without photos there are no albums, since none may be empty.
        listed = list(self._albums()) if items else []
        albums = [self._album(item, looked=_id(item.get("primary")) in marked or is_marked(item)) for item in listed]
        cursor = Cursor(self.user, *_newest(items, Cursor(self.user)), len(items), now, now, _states(listed))
        return Survey((*photos, *alone(albums)), full=True, cursor=cursor.text())

    # -- what changed --

    def _changes(self, cursor: Cursor, now: float) -> Survey:
        after = max(1, cursor.since - OVERLAP_S)
        items = self._photos("photos.recentlyUpdated", "photos", min_date=after)
        deep = self.look == Look.EVERYTHING or now - cursor.deep > DEEP_S
        new = sum(map(cursor.is_new, items.values()))
        total = self._total() if deep or self.look == Look.DELETIONS else None
        if total not in {None, cursor.total + new}:
            return self._whole(now)
        albums, gone, states = self._changed_albums(cursor) if deep else ([], frozenset[str](), cursor.albums)
        newest = _newest(items, cursor)
        checked = now if deep else cursor.deep
        next_ = Cursor(self.user, *newest, cursor.total + new, checked, cursor.whole, states)
        photos = (photo_post(item, self.url) for item in items.values())
        posts = (*photos, *alone(albums))
        return Survey(posts, full=False, gone=gone, cursor=next_.text(), photos=total, deletions=total is not None)

    def _total(self) -> int:
        listing = self.api.read("people.getPhotos", user_id=self.user, per_page=1, page=1)
        return whole(listing.get("photos", {}).get("total"))

    def _changed_albums(self, cursor: Cursor) -> tuple[list[Aged], frozenset[str], Mapping[str, tuple[int, int]]]:
        listed = list(self._albums())
        states = _states(listed)
        changed = [item for item in listed if cursor.albums.get(_id(item.get("id"))) != states[_id(item.get("id"))]]
        gone = frozenset(cursor.albums.keys() - states.keys())
        return [self._album(item, looked=True) for item in changed], gone, states

    # -- the parts --

    def _photos(self, method: str, within: str, **arguments: object) -> dict[str, dict[str, Any]]:
        """Id -> item; photos that move from page to page while others change are counted once."""
        pages = self.api.pages(method, within, "photo", extras=EXTRAS, **arguments)
        return {_id(item.get("id")): item for page in pages for item in page}

    def _albums(self) -> Iterator[dict[str, Any]]:
        for page in self.api.pages("photosets.getList", "photosets", "photoset", user_id=self.user):
            yield from page

    def _album(self, item: Mapping[str, Any], *, looked: bool) -> Aged:
        """The album, with what tells it from others of its title."""
        inside = self.members(_id(item.get("id"))) if looked else {}
        ours = inside.get(_id(item.get("primary")), False) or is_marked(item)
        mark = album_mark(content(item.get("title"))) if ours else ""
        return aged(item, album_post(item, self.url, mark, tuple(inside) if looked else None))

    def members(self, album: str) -> dict[str, bool]:
        """Photo -> whether it is one of ours, in the order of the album."""
        arguments = {"photoset_id": album, "user_id": self.user, "extras": "machine_tags,tags"}
        pages = self.api.pages("photosets.getPhotos", "photoset", "photo", **arguments)
        return {_id(item.get("id")): _is_ours(item) for page in pages for item in page}


def _is_ours(item: Mapping[str, Any]) -> bool:
    return mark_in(f"{item.get('machine_tags', '')} {item.get('tags', '')}") is not None


def _id(value: object) -> str:
    return str(value or "")


def _newest(items: Mapping[str, Mapping[str, Any]], before: Cursor) -> tuple[int, int, frozenset[str]]:
    changes = (whole(item.get("lastupdate")) for item in items.values())
    uploads = {id_: whole(item.get("dateupload")) for id_, item in items.items()}
    newest = max((before.newest, *uploads.values()))
    latest = frozenset(id_ for id_, uploaded in uploads.items() if uploaded == newest)
    return max((before.since, *changes)), newest, latest | (before.latest if newest == before.newest else frozenset())


def _states(listed: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    return {
        _id(item.get("id")): (whole(item.get("date_update")), whole(item.get("photos")) + whole(item.get("videos")))
        for item in listed
    }
