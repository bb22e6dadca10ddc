"""Looking over a finished site: what leads nowhere, is nobody's any more, lacks words, or says what is private."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from heliograph import metadata
from heliograph.errors import HeliographError
from heliograph.model import F, Facts, SubjectKind
from heliograph.platforms.site.photos import legible
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.publish import Publication
from heliograph.platforms.site.reading import Reading, addresses, read_page, target
from heliograph.platforms.site.staging import HIDDEN, replace_durably
from heliograph.render.check import unexpected

_CHECKED = f"{HIDDEN}/checked.json"
_VERSION = 1
"""Of the private check: raised with every change of it, so that nothing counts as checked that it never saw."""
_READERS = 4
_KINDS = {
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".png": "image/png",
    ".jpeg": "image/jpeg",
}
_OURS = frozenset({"photos", "albums", "keywords", "years", "cameras"})
"""Folders in which a page that is not ours can only have been ours."""

_WISHED = (
    *("rights", "title", "caption", "alt_text", "keywords", "keyword_paths", "taken"),
    *("camera_make", "camera_model", "lens", "exposure", "orientation"),
)
"""What the owner can wish to have written into pictures; never where they were taken, or who is on them."""


class What(StrEnum):
    """Kinds of what is found."""

    UNBUILT = "unbuilt"
    MISSING = "missing file"
    LINK = "broken link"
    ANCHOR = "broken anchor"
    ALT = "no alt text"
    STALE = "stale page"
    UNUSED = "unused picture"
    PRIVATE = "private data"
    FEED = "broken feed"
    EDITED = "edited page"
    FRONT = "front matter"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with the file below the site's folder."""

    what: What
    path: str
    sentence: str


@dataclass(slots=True)
class Checking:
    """One look over one gallery site; what every kind of site has in common is at its end."""

    publication: Publication
    posts: Mapping[str, Entry]
    base_url: str = ""
    anew: bool = False
    """Pictures that were looked at before, and did not change since, are looked at again."""
    _pages: dict[str, Reading] = field(default_factory=dict)
    _found: dict[str, bool] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The site's."""
        return self.publication.folder

    def findings(self) -> Iterator[Finding]:
        """Everything that is found, one kind after the other; each page is read once."""
        files = self.publication.files()
        yield from self._missing(files)
        for path in sorted(files):
            if path.endswith(".html") and (self.folder / path).is_file():
                self._pages[path] = read_page((self.folder / path).read_text(encoding="utf-8", errors="replace"))
        shown = set[str]()
        for path, page in self._pages.items():
            yield from self._page(path, page, shown)
        yield from self._feeds(files, shown)
        yield from self._wordless()
        yield from self._left_over(files, shown)
        yield from self._private(files)

    def _page(self, path: str, page: Reading, shown: set[str]) -> Iterator[Finding]:
        for link in sorted(page.links):
            where = target(link, path, self.base_url)
            if where is None:
                continue
            to, anchor = where
            shown.add(to)
            if to.startswith("..") or not self._is_there(to):
                yield Finding(What.LINK, path, f"{path} links to {link}, which is not there")
            elif anchor and to in self._pages and anchor not in self._pages[to].anchors:
                yield Finding(What.ANCHOR, path, f"{path} links to {link}, and {to} has no such anchor")
        for source in page.nameless:
            yield Finding(What.ALT, path, f"{path} shows {source or 'a picture'} without saying what it shows")

    def _feeds(self, files: Mapping[str, str], shown: set[str]) -> Iterator[Finding]:
        """Feeds and the sitemap: programs read them, so that one wrong sign spoils all."""
        for path in sorted(path for path in files if path.endswith((".xml", ".json")) and self._is_there(path)):
            text = (self.folder / path).read_text(encoding="utf-8", errors="replace")
            try:
                named = addresses(text, path.rpartition(".")[2])
            except ValueError as error:
                said = f"{path} cannot be read by programs ({error}); `helio site build` makes it again once it is gone"
                yield Finding(What.FEED, path, said)
                continue
            for address in sorted(named):
                if self.base_url and (where := target(address, path, self.base_url)):
                    shown.add(where[0])
                    if not self._is_there(where[0]):
                        yield Finding(What.LINK, path, f"{path} names {address}, which is not there")

    def _left_over(self, files: Mapping[str, str], shown: set[str]) -> Iterator[Finding]:
        for path in self._on_disk(_OURS, ".html"):
            if path not in files:
                said = f"{path} is no page of this site (any more), and visitors can still find it; delete it"
                yield Finding(What.STALE, path, said)
        if not self._pages:
            return
        for path in self._on_disk({"pictures"}, ""):
            if path not in shown:
                known = "no page shows it" if path in files else "it is no picture of this site (any more); delete it"
                yield Finding(What.UNUSED, path, f"{path}: {known}")

    def page_of(self, entry: Entry) -> str:
        """The file of a post's page."""
        return f"{'photos' if entry.kind is SubjectKind.PHOTO else 'albums'}/{entry.id}.html"

    # --- what every kind of site has in common ------------------------------------------------------------------------

    def _missing(self, files: Mapping[str, str]) -> Iterator[Finding]:
        for path in sorted(files):
            if not self._is_there(path):
                yield Finding(What.MISSING, path, f"{path} is not there any more; `helio site build` makes pages again")

    def _wordless(self) -> Iterator[Finding]:
        for entry in self.posts.values():
            if entry.kind is SubjectKind.PHOTO and not legible(entry.fields.get(F.ALT)).strip():
                title = legible(entry.fields.get(F.TITLE)) or entry.id
                said = f"the photo “{title}” has no alt text; give it one in the library"
                yield Finding(What.ALT, self.page_of(entry), said)

    def _on_disk(self, folders: set[str] | frozenset[str], ending: str) -> Iterator[str]:
        for name in sorted(folders):
            for path in sorted((self.folder / name).rglob(f"*{ending}")):
                if path.is_file():
                    yield path.relative_to(self.folder).as_posix()

    def _is_there(self, path: str) -> bool:
        if path not in self._found:
            self._found[path] = (self.folder / path).is_file()
        return self._found[path]

    # --- private data -------------------------------------------------------------------------------------------------

    def _private(self, files: Mapping[str, str]) -> Iterator[Finding]:
        pictures = [path for path in sorted(files) if Path(path).suffix in _KINDS and self._is_there(path)]
        before, now = {} if self.anew else self._checked(), dict[str, str]()
        waiting = []
        for path in pictures:
            about = (self.folder / path).stat()
            now[path] = f"{_VERSION}:{about.st_size}:{about.st_mtime_ns}"
            if before.get(path) != now[path]:
                waiting.append(path)
        with ThreadPoolExecutor(_READERS) as readers:
            for path, beyond in zip(waiting, readers.map(self._beyond, waiting), strict=True):
                if beyond:
                    del now[path]
                    said = f"{path} says more than its picture ({', '.join(beyond)}); publish the photo anew"
                    yield Finding(What.PRIVATE, path, said)
        with suppress(OSError):  # a folder that cannot be written to is looked at whole the next time
            replace_durably(self.folder / _CHECKED, json.dumps(now, indent=0).encode("ascii"))

    def _beyond(self, path: str) -> tuple[str, ...]:
        file = self.folder / path
        try:
            said = metadata.embedded(file)
            allowed = Facts(**{name: getattr(said, name) for name in _WISHED})
            return unexpected(file, _KINDS[file.suffix], allowed)
        except HeliographError as trouble:
            return (trouble.sentence,)

    def _checked(self) -> Mapping[str, str]:
        try:
            form = json.loads((self.folder / _CHECKED).read_bytes())
        except (OSError, ValueError):
            return {}
        return form if isinstance(form, dict) else {}
