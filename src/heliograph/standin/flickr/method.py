"""One call of a method: who calls, with which arguments; and the table that methods are entered in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.records import Account, Album, Caller, Group, Photo
from heliograph.standin.flickr.state import State


@dataclass(frozen=True, slots=True)
class Call:
    """What a method is given."""

    state: State
    caller: Caller | None
    arguments: Mapping[str, str]

    @property
    def nsid(self) -> str | None:
        """Who calls; `None` is a stranger."""
        return self.caller.nsid if self.caller else None

    def me(self) -> Account:
        """The account that calls.

        Raises:
            Failure: 99, nobody signed the call.
        """
        if self.caller is None or self.caller.nsid not in self.state.accounts:
            raise Failure(99, "User not logged in")
        return self.state.accounts[self.caller.nsid]

    def has(self, name: str) -> bool:
        """Whether an argument was sent, be it empty."""
        return name in self.arguments

    def text(self, name: str) -> str:
        """An argument; empty where it was not sent."""
        return self.arguments.get(name, "")

    def items(self, name: str) -> list[str]:
        """The entries of a comma list, stripped, without empty ones."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def number(self, name: str, low: int, high: int) -> int | None:
        """An argument as a whole number; `None` where it is none, or out of range."""
        text = self.text(name).strip()
        if not re.fullmatch(r"-?\d{1,12}", text):
            return None
        return int(text) if low <= int(text) <= high else None

    def user(self, name: str = "user_id") -> Account | None:
        """The account that an argument names, `me` being the caller; `None` where there is none."""
        text = self.text(name)
        if text == "me":
            return self.me()
        return self.state.accounts.get(text)

    def photo(self, *, code: int = 1, message: str = "Photo not found", name: str = "photo_id") -> Photo:
        """The photo that an argument names, which the caller may see.

        Raises:
            Failure: there is none.
        """
        photo = self.state.photos.get(self.text(name))
        if photo is None or photo.imported > self.state.now() or not self._shown(photo):
            raise Failure(code, message)
        return photo

    def _shown(self, photo: Photo) -> bool:
        """Whether the caller may see it: also whoever knows the secret of a private one."""
        return self.state.sees(self.nsid, photo) or (self.text("secret") == photo.secret)

    def own_photo(self, *, code: int = 1, message: str = "Photo not found", name: str = "photo_id") -> Photo:
        """The caller's own photo that an argument names.

        Raises:
            Failure: there is none, or it belongs to somebody else.
        """
        photo = self.photo(code=code, message=message, name=name)
        if photo.owner != self.me().id:
            raise Failure(99, "Insufficient permissions. The photo belongs to another member.")
        return photo

    def own_album(self) -> Album:
        """The caller's own album.

        Raises:
            Failure: 1, there is none.
        """
        album = self.state.albums.get(self.text("photoset_id"))
        if album is None or album.owner != self.me().id:
            raise Failure(1, "Photoset not found")
        return album

    def group(self, *, code: int = 1) -> Group:
        """The group that the call names by its id or path alias, unless it is private to others.

        Raises:
            Failure: there is none.
        """
        alias = self.text("group_path_alias")
        found = self.state.groups.get(self.text("group_id")) or next(
            (group for group in tuple(self.state.groups.values()) if alias and group.path_alias == alias), None
        )
        if found is None:
            raise Failure(code, "Group not found")
        return found


Answer = list[Element]
Function = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Entry:
    """A method before it is bound to a world."""

    name: str
    perms: int
    writes: bool
    function: Function


class Table:
    """Where a file enters its methods: `@METHODS.read("flickr.photos.getPerms")`."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def open(self, name: str) -> Callable[[Function], Function]:
        """Enters a method that anybody may call."""
        return self._entered(name, 0, writes=False)

    def read(self, name: str) -> Callable[[Function], Function]:
        """Enters a method that needs `read`."""
        return self._entered(name, 1, writes=False)

    def write(self, name: str) -> Callable[[Function], Function]:
        """Enters a method that needs `write` and changes something."""
        return self._entered(name, 2, writes=True)

    def delete(self, name: str) -> Callable[[Function], Function]:
        """Enters a method that needs `delete`."""
        return self._entered(name, 3, writes=True)

    def _entered(self, name: str, perms: int, *, writes: bool) -> Callable[[Function], Function]:
        def enter(function: Function) -> Function:
            self.entries.append(Entry(name, perms, writes, function))
            return function

        return enter
