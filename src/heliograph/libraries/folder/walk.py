"""The walk: every folder once, as names and stamps in plain dictionaries, because there may be 200,000 of them."""

import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from heliograph.digest import HEAD_BYTES, SUFFIXES, VIDEO_SUFFIXES, sniff
from heliograph.libraries.folder.names import SIDECAR, house_name, system_name
from heliograph.ports import NotLooked

READING = "1"
"""Counted up when files are read differently than before, so that every stamp is stale and all are read again."""

_ENDING = re.compile("(?=.*[a-z])[a-z0-9]{1,5}")
"""What is the ending of a file, and hardly the end of a folder's name ("2024.05", "St. Moritz")."""
_OURS = ".heliograph"


@dataclass(frozen=True, slots=True)
class Listing:
    """One folder, read whole."""

    part: str
    folder: str
    """As the file system calls it."""
    pictures: dict[str, str]
    """Name -> stamp of the picture file alone."""
    sidecars: dict[str, str]
    unreadable: dict[str, str]
    """Name -> why, for files that are there, may be pictures and could not even be looked at."""
    videos: list[str]
    """Names of files that promise a video."""


@dataclass(slots=True)
class _Entries:
    """What a folder held, sorted by kind."""

    folders: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    dangling: set[str] = field(default_factory=set)
    unnamed: list[os.DirEntry[str]] = field(default_factory=list)


def stamp_of(state: os.stat_result) -> str:
    """What changes when a file's content does, as far as the file system tells."""
    return f"{READING}:{state.st_size}:{state.st_mtime_ns}"


@dataclass(slots=True)
class Walk:
    """The folders below `root`. After `listings` is through, `looked` and `not_looked` say which parts it saw."""

    root: str
    excluded: Callable[[str], bool] | None
    looked: set[str] = field(default_factory=set)
    not_looked: set[str] = field(default_factory=set)
    dangling: set[str] = field(default_factory=set)
    """Of these, links that lead nowhere and are called as files are that are no pictures."""
    _visited: set[tuple[int, int]] = field(default_factory=set)

    def listings(self) -> Iterator[Listing | NotLooked]:
        """Each folder once, real ones before those behind links, so that a link never takes a folder's name away."""
        waiting, links = deque([("", self.root)]), list[tuple[str, str]]()
        while waiting or links:
            if not waiting:
                links.sort(reverse=True)
                waiting.append(links.pop())
            part, folder = waiting.popleft()
            try:
                if self._been_there(folder):
                    continue
                listing, entries = self._list(part, folder)
            except OSError as error:
                yield self._not_looked(part, error.strerror or str(error))
                continue
            self.looked.add(part)
            yield listing
            for broken, path in self._wanted(part, folder, entries.broken):
                if path.rpartition(os.sep)[2] in entries.dangling:
                    self.dangling.add(broken)
                yield self._not_looked(broken, "the link leads nowhere at the moment")
            waiting.extend(self._wanted(part, folder, entries.folders))
            links.extend(self._wanted(part, folder, entries.links))

    def _been_there(self, folder: str) -> bool:
        state = os.stat(folder)  # noqa: PTH116 - plain strings in the hot path
        identity = (state.st_dev, state.st_ino)
        if identity in self._visited:
            return True
        self._visited.add(identity)
        return False

    def _not_looked(self, part: str, why: str) -> NotLooked:
        self.not_looked.add(part)
        return NotLooked(
            part, f"{part or self.root} could not be looked at: {why}. Nothing is concluded about its photos."
        )

    def _wanted(self, part: str, folder: str, names: list[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            below = _join(part, house_name(name))
            if not (self.excluded and self.excluded(below)):
                yield below, f"{folder}{os.sep}{name}"

    def _list(self, part: str, folder: str) -> tuple[Listing, _Entries]:
        listing, entries = Listing(part, folder, {}, {}, {}, []), _Entries()
        with os.scandir(folder) as held:
            for entry in held:
                try:
                    _sort(entry, listing, entries)
                except OSError:  # a link that leads to itself, or into a folder that is locked
                    entries.broken.append(entry.name)
        for entry in entries.unnamed:
            _sniffed(entry, listing)
        if self.excluded:
            for files in (listing.pictures, listing.unreadable):
                for name in [name for name in files if self.excluded(_join(part, name))]:
                    del files[name]
            listing.videos[:] = [name for name in listing.videos if not self.excluded(_join(part, name))]
        return listing, entries


def _join(part: str, name: str) -> str:
    return f"{part}/{name}" if part else name


def _sort(entry: os.DirEntry[str], listing: Listing, entries: _Entries) -> None:
    name = entry.name
    if name[0] == ".":
        return
    if entry.is_dir():
        if not name.startswith(_OURS):
            (entries.links if entry.is_symlink() else entries.folders).append(name)
        return
    suffix = name.rpartition(".")[2].lower()
    if suffix not in SUFFIXES and suffix != SIDECAR:
        _sort_other(entry, suffix, listing, entries)
        return
    try:
        state = entry.stat()
    except OSError as error:
        _unstated(name, suffix, error, listing)
        return
    if stat.S_ISREG(state.st_mode):
        held = listing.sidecars if suffix == SIDECAR else listing.pictures
        held[name if name.isascii() else house_name(name)] = stamp_of(state)
    elif suffix != SIDECAR:
        listing.unreadable[house_name(name)] = "it is no ordinary file"


def _sort_other(entry: os.DirEntry[str], suffix: str, listing: Listing, entries: _Entries) -> None:
    """A file whose ending promises no picture."""
    if suffix in VIDEO_SUFFIXES:
        listing.videos.append(house_name(entry.name))
    elif entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110 - plain strings
        entries.broken.append(entry.name)
        if "." in entry.name and _ENDING.fullmatch(suffix):
            entries.dangling.add(entry.name)
    elif "." not in entry.name:
        entries.unnamed.append(entry)


def _unstated(name: str, suffix: str, error: OSError, listing: Listing) -> None:
    """A sidecar that cannot be looked at keeps its place: without its words, the picture must not be read."""
    if suffix == SIDECAR:
        listing.sidecars[house_name(name)] = "?"
    else:
        listing.unreadable[house_name(name)] = error.strerror or str(error)


def _sniffed(entry: os.DirEntry[str], listing: Listing) -> None:
    """A name without ending promises nothing: only its content tells."""
    try:
        state = entry.stat()
        if not stat.S_ISREG(state.st_mode):
            return
        with open(entry.path, "rb") as file:  # noqa: PTH123 - plain strings
            if sniff(file.read(HEAD_BYTES)):
                listing.pictures[house_name(entry.name)] = stamp_of(state)
    except OSError as error:
        listing.unreadable[house_name(entry.name)] = error.strerror or str(error)


def exclusion(patterns: tuple[str, ...]) -> Callable[[str], bool] | None:
    """Whether a place below the library matches one of the patterns; `None` where there are none.

    A pattern without `/` matches names at any depth; `*` and `?` stay within one name, `**` spans folders.
    """
    if not patterns:
        return None
    matches = re.compile("|".join(map(_pattern, patterns)), re.DOTALL).fullmatch
    return lambda where: matches(where) is not None


def _pattern(glob: str) -> str:
    glob = glob.strip("/")
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    path = "".join(signs.get(part) or re.escape(part) for part in parts)
    return path if "/" in glob else f"(?:.*/)?{path}"


def system_path(listing: Listing, name: str) -> str:
    """The path of a listed file as the file system calls it."""
    return f"{listing.folder}{os.sep}{system_name(name)}"
