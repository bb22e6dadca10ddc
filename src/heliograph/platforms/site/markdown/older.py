"""Pages that IMatch to Socials and IMatch to Site wrote: known by what they say, taken over, never doubled.

Source: the templates of both programs, last states of 2025-02 and 2025-09.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from heliograph.model import F, SubjectKind, Value
from heliograph.platforms.site.markdown.markup import read_front_matter
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.staging import HIDDEN, copy_durably

_KINDS: Final = {SubjectKind.PHOTO: ("photos", "photo-page"), SubjectKind.ALBUM: ("albums", "album-page")}
_NUMBER = re.compile(r"\[(\d+)\]")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_LONGEST_BYTES = 1_000_000
BEFORE: Final = f"{HIDDEN}/before"
"""Below which the files of an older program are kept that ours took the place of."""


def number_in(where: str) -> str:
    """The number in [brackets] in the name of a file; empty where there is none."""
    match = _NUMBER.search(where.rpartition("/")[2])
    return match[1] if match else ""


class Older:
    """What an older program left in a site's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self, ours: Collection[str]) -> Mapping[str, Entry]:
        """Its posts by their ids, but for those whose page is one of `ours`."""
        found = (self.entry(kind, path.stem, ours) for kind in _KINDS for path in self._pages(kind))
        return {entry.id: entry for entry in found if entry is not None}

    def _pages(self, kind: SubjectKind) -> list[Path]:
        return sorted((self._folder / _KINDS[kind][0]).glob("*.md"))

    def entry(self, kind: SubjectKind, post: str, ours: Collection[str]) -> Entry | None:
        """The post with that id; `None` where no page of an older program is there."""
        path = page_of(kind, post)
        if path in ours:
            return None
        front = self._front(self._folder / path)
        if front is None or _KINDS[kind][1] not in _words(front.get("cssclasses")):
            return None
        return Entry(post, kind, "", _fields(kind, front))

    @staticmethod
    def _front(path: Path) -> Mapping[str, Any] | None:
        try:
            with path.open("rb") as file:
                page = file.read(_LONGEST_BYTES).decode("utf-8", "replace")
        except OSError:
            return None
        return read_front_matter(page) or _loosely(page)

    def album(self, title: str, ours: Collection[str]) -> str:
        """The id of the album with that title; empty where there is none."""
        kind = SubjectKind.ALBUM
        albums = (self.entry(kind, path.stem, ours) for path in self._pages(kind))
        return next((one.id for one in albums if one is not None and _named(one, title)), "")

    def files(self, entry: Entry) -> tuple[str, ...]:
        """Its page and pictures, below the site's folder."""
        pictures = (
            sorted((self._folder / "photos").glob(f"{glob.escape(entry.id)}_*"))
            if entry.kind is SubjectKind.PHOTO
            else []
        )
        named = [path for path in pictures if re.fullmatch(rf"{re.escape(entry.id)}_\w+\.\w+", path.name)]
        plain = self._folder / "photos" / f"{entry.id}.webp"
        named += [plain] * (entry.kind is SubjectKind.PHOTO and plain.is_file())
        return page_of(entry.kind, entry.id), *(path.relative_to(self._folder).as_posix() for path in named)

    def keep(self, paths: Collection[str]) -> None:
        """Copies files to where nobody changes them, before ours take their place."""
        for path in paths:
            if (self._folder / path).is_file():
                copy_durably(self._folder / path, self._folder / BEFORE / path)

    def remove(self, entry: Entry) -> None:
        """Takes a post's files away, the page last; copies of them are kept."""
        paths = self.files(entry)
        self.keep(paths)
        for path in reversed(paths):
            (self._folder / path).unlink(missing_ok=True)


def page_of(kind: SubjectKind, post: str) -> str:
    """The file of a post's page, below the site's folder."""
    return f"{_KINDS[kind][0]}/{post}.md"


def _loosely(page: str) -> Mapping[str, Any] | None:
    """Titles stood in those pages without quotes: one with a colon makes YAML of nothing."""
    head, mark, _ = page.removeprefix("---").partition("\n---")
    if not page.startswith("---") or not mark:
        return None
    values = dict(re.findall(r"^(\w+):[ \t]*(.*?)[ \t]*\r?$", head, re.MULTILINE))
    return {**values, "cssclasses": re.findall(r"^[ \t]*-[ \t]*([\w-]+)[ \t]*\r?$", head, re.MULTILINE)}


def _fields(kind: SubjectKind, front: Mapping[str, Any]) -> dict[str, Value]:
    title, stamp = str(front.get("title") or ""), _STAMP.match(str(front.get("datetime") or ""))
    text = str(front.get("description") or "").strip()
    if kind is SubjectKind.ALBUM:
        return {F.TITLE: title, F.TEXT: text}
    taken = (stamp[0].replace(" ", "T"), "", "", "") if stamp else None
    # Which picture it shows is not said: any other is to be sent.
    return {F.TITLE: title, F.TEXT: text, F.TAKEN: taken, F.PICTURE: ""}


def _named(entry: Entry, title: str) -> bool:
    return " ".join(str(entry.fields[F.TITLE]).split()).casefold() == " ".join(title.split()).casefold()


def _words(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset({str(value or "")})
