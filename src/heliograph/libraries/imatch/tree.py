"""The categories in which the owner says what is to be published: platforms, flags, albums, groups, errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from heliograph.errors import LibraryUnavailable
from heliograph.libraries.imatch.answers import Row, ids, rows, text
from heliograph.libraries.imatch.client import Client
from heliograph.libraries.imatch.options import Options
from heliograph.model import AlbumNote, Order

BAR = "|"
_FIELDS = "path,name,description,directfiles,children"
_IN_NAME = re.compile(r"\s*\[([^\[\]]+)\]\s*$")
_IDS: Mapping[str, re.Pattern[str]] = {"albums": re.compile(r"\d{1,25}"), "groups": re.compile(r"\d+@N\d+")}
"""What ids look like on Flickr, the only place that had albums and groups in IMatch to Socials (2025-02)."""
_WORD = re.compile(r"\S{1,100}")
_log = logging.getLogger("heliograph.libraries.imatch")


@dataclass(frozen=True, slots=True)
class Album:
    """A category of an album or group, and what its description says of it."""

    note: AlbumNote
    files: frozenset[int]
    doubt: str = ""
    """What is odd about its description, as a sentence."""


@dataclass(slots=True)
class Branch:
    """What stands below the category of one platform."""

    name: str
    path: str
    files: frozenset[int] = frozenset()
    flagged: dict[Order, frozenset[int]] = field(default_factory=dict)
    has_errors: bool = False
    """There is a category for errors below it."""
    albums: tuple[Album, ...] = ()

    def __contains__(self, number: int) -> bool:
        return number in self.files or any(number in flagged for flagged in self.flagged.values())

    @property
    def gathered(self) -> Iterator[int]:
        """Every file that the owner says something about, perhaps several times."""
        yield from self.files
        for flagged in self.flagged.values():
            yield from flagged


@dataclass(slots=True)
class Tree:
    """The whole branch."""

    platforms: dict[str, Branch]
    albums: tuple[Album, ...]
    """Of no platform in particular."""

    @property
    def files(self) -> tuple[int, ...]:
        """Every file that is tagged, sorted."""
        return tuple(sorted({one for branch in self.platforms.values() for one in branch.gathered}))

    @property
    def doubts(self) -> Iterator[str]:
        """What is odd about albums and groups, in sentences."""
        for album in (*self.albums, *(one for branch in self.platforms.values() for one in branch.albums)):
            if album.doubt:
                yield album.doubt


def gathered(client: Client, options: Options) -> Tree:
    """The branch as it is now: one call for the root, one for each platform and for what it has of its own below it.

    Raises:
        LibraryUnavailable: there is no such branch.
    """
    root = _category(client, options.root)
    if root is None:
        message = (
            f"The database that is open in IMatch has no category {options.root}, so it says nothing about publishing. "
            f"Nothing was concluded. Is another database open? Otherwise make the category {options.root} with a child "
            "for each platform, or correct `root` in [library]."
        )
        raise LibraryUnavailable(message)
    platforms: dict[str, Branch] = {}
    neutral: tuple[Album, ...] = ()
    others = {name.casefold() for name in (options.groups, options.errors, *options.flags())}
    for name, path, _ in _children(root, options.root):
        if name.casefold() == options.albums.casefold():
            neutral = tuple(_albums(client, path, "", group=False))
        elif name.casefold() not in others and (row := _category(client, path)) is not None:
            platforms[name] = _branch(client, options, name, path, row)
    return Tree(platforms, neutral)


def _branch(client: Client, options: Options, name: str, path: str, row: Row) -> Branch:
    branch = Branch(name, path, frozenset(ids(row.get("directfiles"))))
    flags = dict(zip(map(str.casefold, options.flags()), Order, strict=True))
    albums: list[Album] = []
    for child, below, told in _children(row, path):
        folded = child.casefold()
        if folded in flags:
            branch.flagged[flags[folded]] = frozenset(ids(_whole(client, below, told).get("directfiles")))
        elif folded == options.errors.casefold():
            branch.has_errors = True
        elif folded in {options.albums.casefold(), options.groups.casefold()}:
            albums.extend(_albums(client, below, name, group=folded == options.groups.casefold()))
    branch.albums = tuple(albums)
    return branch


def _albums(client: Client, path: str, platform: str, *, group: bool) -> Iterator[Album]:
    row = _category(client, path)
    for name, at, told in _children(row or {}, path):
        whole = _whole(client, at, told)
        note, doubt = _noted(platform, name, text(whole.get("description")), group=group)
        yield Album(note, frozenset(ids(whole.get("directfiles"))), f"{at}: {doubt}" if doubt else "")


def _noted(platform: str, name: str, description: str, *, group: bool) -> tuple[AlbumNote, str]:
    """The id is the first line that is not blank, or stands in the name; the lines behind it are the text.

    Source: IMatch to Socials (2024-03: in the name, since 2024-04 in the description, 2025-02: text behind it).
    """
    written = _IN_NAME.search(name)
    plain = _IN_NAME.sub("", name) or name
    lines = [one.strip() for one in description.split("\n")]
    first = next((at for at, one in enumerate(lines) if one), None)
    shape = _IDS["groups" if group else "albums"] if platform else _WORD
    if first is not None and shape.fullmatch(lines[first]):
        return AlbumNote(platform, plain, lines[first], "\n".join(lines[first + 1 :]).strip(), group), ""
    id_, doubt = "", ""
    if written and shape.fullmatch(written[1].strip()):
        id_ = written[1].strip()
    elif first is not None and platform:
        noun, like = ("group", "16978849@N00") if group else ("album", "72177720300000001")
        doubt = (
            f"the first line of its description is no id of the {noun} ({lines[first][:40]}). It is taken for its "
            f"text; ids look like {like}."
        )
    return AlbumNote(platform, plain if id_ or not written else name, id_, description.strip(), group), doubt


def _category(client: Client, path: str) -> Row | None:
    found = client.get("categories", "categories", path=path, fields=_FIELDS)
    return next((row for row in found if text(row.get("path")).casefold() == path.casefold() or len(found) == 1), None)


def _whole(client: Client, path: str, row: Row) -> Row:
    """A child as its parent's answer has it; asked for by itself where that holds less than was asked for."""
    return row if "directfiles" in row else _category(client, path) or {}


def _children(row: Row, path: str) -> Iterator[tuple[str, str, Row]]:
    """Name, path and row of each child."""
    for child in rows(row.get("children")):
        below = text(child.get("path"))
        name = text(child.get("name")) or below.rpartition(BAR)[2]
        if name:
            yield name, below or f"{path}{BAR}{name}", child


def labelled(client: Client, path: str) -> dict[str, set[int]]:
    """Label -> files, of the children of a category of errors; empty where that does not exist."""
    found = _children(_category(client, path) or {}, path)
    return {label: set(ids(_whole(client, at, row).get("directfiles"))) for label, at, row in found}


def category(client: Client, path: str) -> frozenset[int] | None:
    """The files of one category; `None` where there is none."""
    row = _category(client, path)
    return None if row is None else frozenset(ids(row.get("directfiles")))


def tell(doubts: Iterable[str], told: set[str]) -> None:
    """Each doubt once in the log."""
    for doubt in doubts:
        if doubt not in told:
            told.add(doubt)
            _log.warning("%s", doubt)
