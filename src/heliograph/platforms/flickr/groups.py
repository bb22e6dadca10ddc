"""Groups: a photo is offered to each, and what a group says to it has a consequence of its own.

Source: the errors of flickr.groups.pools.add (2026-11).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from heliograph.platforms.flickr.api import Api, Fault, content

_IN, _PENDING, _FULL_FOR_NOW, _GONE = frozenset({3}), frozenset({6, 7}), 5, frozenset({1, 2})
_FINAL = {
    1: "the photo is not there",
    2: "it does not exist, or you are no member of it",
    4: "the photo is in as many groups as Flickr allows",
    8: "it does not take such a photo",
    10: "it is full",
    11: "it takes no photos",
    29: "it takes only photos with a position",
}
_CLOSED = frozenset({2, _FULL_FOR_NOW, 10, 11})
"""Of these the next photo would hear the same."""
_NOT_ALLOWED = "its rules do not allow this photo"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a photo's groups."""

    held: bool = False
    """A group has enough of our photos for now; it is offered again next time."""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Groups:
    """The owner's groups, looked up once."""

    api: Api
    _ids: dict[str, str] | None = None
    """Name, id and short name in small letters -> id."""
    _closed: dict[str, Fault] = field(default_factory=dict)
    """Group -> why it takes nothing more from us in this run, whatever the photo."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bring(self, photo: str, wanted: Iterable[str], before: Iterable[str], known: Iterable[str] = ()) -> Told:
        """Puts a photo into the groups that are wanted, and takes it out of those that no longer are.

        `before` it may be in, and those that are `known` have given their answer already.
        """
        wanted, notes, held = tuple(wanted), list[str](), False
        for name in sorted(set(before) - set(wanted)):
            self._take_out(photo, name)
        for name in (name for name in wanted if name not in set(known)):
            group = self._id(name)
            if group is None:
                notes.append(f"there is no group {name} that you may post to")
                continue
            fault = self._put_in(photo, group)
            note, later = _meaning(name, fault) if fault else ("", False)
            notes += [note] if note else []
            held = held or later
        return Told(held, tuple(notes))

    def _put_in(self, photo: str, group: str) -> Fault | None:
        """What the group said no with."""
        fault = self._closed.get(group)
        if fault is None:
            try:
                self.api.write("groups.pools.add", photo_id=photo, group_id=group)
            except Fault as said:
                fault = said
                if fault.code in _CLOSED:
                    self._closed[group] = fault
        return fault

    def _take_out(self, photo: str, name: str) -> None:
        group = self._id(name)
        if group is None:
            return
        try:
            self.api.write("groups.pools.remove", photo_id=photo, group_id=group)
        except Fault as fault:
            if fault.code not in _GONE:
                raise

    def _id(self, name: str) -> str | None:
        with self._lock:
            if self._ids is None:
                self._ids = dict(self._listed())
            return self._ids.get(name.strip().casefold())

    def _listed(self) -> Iterable[tuple[str, str]]:
        for page in self.api.pages("groups.pools.getGroups", "groups", "group", per_page=400):
            for item in page:
                id_ = str(item.get("nsid") or item.get("id"))
                for name in (content(item.get("name")), id_, str(item.get("path_alias") or "")):
                    yield name.strip().casefold(), id_


def _meaning(name: str, fault: Fault) -> tuple[str, bool]:
    """What to tell of it, and whether it is tried again next time."""
    if fault.code in _IN:
        return "", False
    if fault.code in _PENDING:
        return f"the group {name} shows it once its administrators let it in", False
    if fault.code == _FULL_FOR_NOW:
        return f"the group {name} has enough of your photos for now; it is offered again next time", True
    reason = _FINAL.get(fault.code, _NOT_ALLOWED)
    return f"the group {name} did not take it: {reason} ({fault.message})", False
