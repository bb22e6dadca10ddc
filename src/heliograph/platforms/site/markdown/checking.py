"""Looking over the pages of a Markdown site: what leads nowhere, is nobody's any more, or says what it may not.

A page that is as it was written need not be parsed: its front matter is ours, and only what it links to can have gone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from heliograph.platforms.site.checking import Checking, Finding, What
from heliograph.platforms.site.markdown.building import EDITED, MARK, Builder, is_edited, parted
from heliograph.platforms.site.markdown.generators import Generator
from heliograph.platforms.site.markdown.markup import body_of, parsed_front_matter
from heliograph.platforms.site.markdown.options import Layout
from heliograph.platforms.site.markdown.pages import Page, Pages
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.slugs import is_slug

_LINK: Final = re.compile(
    r"""\[\[(?P<wiki>[^\]|#\n]+)|\]\(\s*(?:<(?P<angle>[^>\n]+)>|(?P<plain>[^)\s]+))"""
    r"""|\b(?:src|href)\s*=\s*["'](?P<html>[^"'\n]+)""",
    re.IGNORECASE,
)
_NAMELESS: Final = re.compile(
    r"""!\[\]\(\s*<?(?P<plain>[^)>\s]*)|!\[\[(?P<wiki>[^\]|\n]+)(?:\|\s*(?:\d+(?:x\d+)?)?\s*)?\]\]|<img(?![^>]*\balt\s*=)(?P<html>[^>]*)>""",
    re.IGNORECASE,
)
_SHOWN: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)$", re.IGNORECASE)
_TAILS: Final = ("", ".md", "/index.md", "/_index.md", ".html", "/index.html")
_PLACES: Final = frozenset({"place", "location", "city", "country"})
_POSITIONS: Final = frozenset(
    {"latitude", "longitude", "lat", "lon", "lng", "coordinates", "coords", "position", "gps", "geo", "geolocation"}
)


@dataclass(kw_only=True)
class MarkdownChecking(Checking):
    """One look over one Markdown site."""

    builder: Builder

    def findings(self) -> Iterator[Finding]:
        """Everything that is found; each page is read once."""
        files, known = self.publication.files(), self.publication.pages()
        yield from self._missing(files)
        pages = Pages(self.posts, self.builder.options, self._generator, self.builder.beside)
        due = {page.path: page for page in pages}
        for path in sorted(known):
            if self._is_there(path):
                yield from self._looked_at(path, known[path], due.get(path))
        yield from self._wordless()
        yield from self._leftovers(files)
        yield from self._private(files)

    @property
    def _generator(self) -> Generator:
        return self.builder.generator

    def page_of(self, entry: Entry) -> str:
        """The file of a post's page."""
        return self._generator.page(entry)

    # --- one page -----------------------------------------------------------------------------------------------------

    def _looked_at(self, path: str, known: str, due: Page | None) -> Iterator[Finding]:
        ours, own = parted((self.folder / path).read_bytes())
        head = ours.replace(b"\r\n", b"\n").decode("utf-8", "replace")
        if was_edited := is_edited(ours, known):
            yield Finding(What.EDITED, path, f"{path} {EDITED}")
        if was_edited or due is None or not known.startswith(f"{self.builder.key(due)}:"):
            yield from self._front(path, head, due)
        body = body_of(head)
        for match in _NAMELESS.finditer(body):
            source = match["plain"] or match["wiki"] or match["html"] or "a picture"
            if not match["wiki"] or _SHOWN.search(source):
                yield Finding(What.ALT, path, f"{path} shows {source.strip()} without saying what it shows")
        for link in sorted({*self._broken(path, body), *self._broken(path, own.decode("utf-8", "replace"))}):
            yield Finding(What.LINK, path, f"{path} links to {link}, which is not there")

    def _front(self, path: str, head: str, due: Page | None) -> Iterator[Finding]:
        """Of a page that is not as we would write it now."""
        try:
            front = parsed_front_matter(head)
        except ValueError as reason:
            said = f"the front matter of {path} cannot be read ({reason}), so that a generator stops or leaves it out"
            yield Finding(What.FRONT, path, said)
            return
        photo = due.context.get("photo") if due is not None else None
        if photo is not None and (beyond := sorted({*_beyond(front, photo)})):
            said = f"the front matter of {path} says more than the photo may ({', '.join(beyond)}); take it out"
            yield Finding(What.PRIVATE, path, said)

    # --- links --------------------------------------------------------------------------------------------------------

    def _broken(self, path: str, text: str) -> Iterator[str]:
        for match in _LINK.finditer(text):
            wiki = match["wiki"]
            link = wiki or match["angle"] or match["plain"] or match["html"]
            if self._is_gone(wiki.strip()) if wiki else self._leads_nowhere(link, path):
                yield link

    def _leads_nowhere(self, link: str, path: str) -> bool:
        """Of a link into the folders that are ours; where others lead is the generator's to know."""
        led = self._led(link)
        if led is None:
            return False
        here = PurePosixPath(path).parent.as_posix() if self._generator.wiki else _served(path)
        address = normpath(f"{'' if led.startswith('/') else here}/{led}").lstrip("/")
        places = ("photos/", "albums/", f"{self._generator.public.partition('{')[0].rstrip('/')}/")
        return address.startswith(places) and not self._is_shown(address) and not self._is_in_vault(led)

    def _is_in_vault(self, led: str) -> bool:
        """Whether Obsidian finds it, which takes bare names and paths from the vault's top folder as well."""
        if not self._generator.wiki:
            return False
        return self._is_shown(normpath(led)) or ("/" not in led and led.casefold() in self._names)

    def _is_shown(self, address: str) -> bool:
        return any(self._is_there(path) for path in self._files_at(address))

    def _led(self, link: str) -> str | None:
        """The path that a link names, from the site's top folder where it begins with `/`; `None` for any other."""
        if self.base_url and link.startswith(f"{self.base_url}/"):
            link = link[len(self.base_url) :]
        elif link.startswith("/") and self.base_url:
            top = urlsplit(self.base_url).path
            if not link.startswith(f"{top}/"):
                return None
            link = link[len(top) :]
        try:
            parts = urlsplit(link)
        except ValueError:
            return None
        return unquote(parts.path) if parts.path and not parts.scheme and not parts.netloc else None

    def _files_at(self, address: str) -> Iterator[str]:
        """Files that a generator may show at an address."""
        tops = ("content/", "static/") if self.builder.options.generator == Layout.HUGO else ("",)
        return (f"{top}{address}{tail}" for top in tops for tail in _TAILS)

    def _is_gone(self, name: str) -> bool:
        """Whether a wiki link leads to what was ours; that a page is not there yet is usual in a vault."""
        last = name.rpartition("/")[2]
        return self._is_ours(last.removesuffix(".md")) and last.casefold() not in self._names

    def _is_ours(self, stem: str) -> bool:
        """Whether a page or a picture of ours could have that name."""
        shape = self._picture.fullmatch(stem)
        post = shape["id"] if shape else stem
        is_number = self._generator.numbered and post.isdecimal()
        return post in self.posts or is_slug(post) or (is_number and shape is not None)

    @cached_property
    def _names(self) -> frozenset[str]:
        """Of all files in the vault, pages without their ending as well."""
        found = set[str]()
        for _, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
            found.update(name.casefold() for name in names)
        return frozenset(found | {name.removesuffix(".md") for name in found})

    # --- what was left over -------------------------------------------------------------------------------------------

    @cached_property
    def _picture(self) -> re.Pattern[str]:
        """The name of a picture file of ours, with the id of its post."""
        if sizes := self._generator.sizes:
            return re.compile(rf"(?P<id>.+?)(?:{'|'.join(re.escape(size.tail) for size in sizes)})")
        return re.compile(r"(?P<id>.+)-\d+\.(?:jpg|webp|avif)")

    def _leftovers(self, files: Mapping[str, str]) -> Iterator[Finding]:
        pages, pictures = self._places()
        for path in sorted(pages - files.keys()):
            if MARK.encode() in (self.folder / path).read_bytes():
                said = f"{path} is no page of this site (any more), and is still shown; delete it"
                yield Finding(What.STALE, path, said)
        for path in sorted(pictures - files.keys()):
            shape = self._picture.fullmatch(Path(path).name)
            if shape and self._is_unused(shape["id"]):
                said = f"{path}: it is no picture of this site (any more); delete it if heliograph made it"
                yield Finding(What.UNUSED, path, said)

    def _is_unused(self, post: str) -> bool:
        """Whether nobody else's page can be meant; those of an older program are named by numbers as well."""
        return post in self.posts or is_slug(post)

    def _places(self) -> tuple[set[str], set[str]]:
        """Files where our pages lie, and where our pictures do."""
        generator = self._generator
        places = (generator.photo, generator.album), (f"{generator.picture}/*",)
        return tuple(  # type: ignore[return-value] # two of them
            {
                path.relative_to(self.folder).as_posix()
                for pattern in patterns
                for path in self.folder.glob(pattern.format(id="*"))
                if path.is_file()
            }
            for patterns in places
        )


def _served(path: str) -> str:
    """The address of a page's folder in the built site."""
    return path.removeprefix("content/").removesuffix("/index.md").removesuffix(".md")


def _beyond(front: Mapping[str, Any], photo: Mapping[str, Any]) -> Iterator[str]:
    """Keys of front matter that say where a photo was taken, other than the photo does."""
    allowed = {str(value).casefold() for value in (*photo["place"], *photo["position"])}
    for key, value in front.items():
        if str(key).casefold() in _PLACES | _POSITIONS:
            if not all(_is_within(allowed, str(one)) for one in _leaves(value) if one not in (None, "")):
                yield str(key)
        else:
            yield from (f"{key}.{inner}" for one in _mappings(value) for inner in _beyond(one, photo))


def _is_within(allowed: set[str], text: str) -> bool:
    """Of one value, also where it is several with commas between them."""
    said = text.casefold().strip()
    return said in allowed or allowed.issuperset(part.strip() for part in said.split(","))


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    for one in value if isinstance(value, list) else ():
        yield from _mappings(one)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(one)
    else:
        yield value
