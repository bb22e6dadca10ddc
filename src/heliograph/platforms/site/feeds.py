"""What other programs read of the site: Atom and JSON feeds of the newest photos, and the map of its pages.

Source: RFC 4287 (Atom), https://jsonfeed.org/version/1.1 and https://www.sitemaps.org/protocol.html with
https://www.google.com/schemas/sitemap-image/1.1, read 2026-11.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from heliograph.model import F
from heliograph.platforms.site.groupings import Tile, own_keywords
from heliograph.platforms.site.photos import legible, paragraphs, rights_view, taken_local, year_of
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.structured import FEEDS

_ATOM, _JSON = (path for _, path in FEEDS)
_SITEMAP_PAGES = 10_000
"""In one file; 50,000 are allowed."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_SITEMAP_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_NO_DATE = "1970-01-01T00:00:00Z"
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_STAMP = re.compile(r"(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d")


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds of one site; `newest` are its photos, the last published first."""

    base_url: str
    site: Mapping[str, Any]
    description: str
    newest: Sequence[tuple[Entry, Tile]]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Path and bytes of each feed."""
        yield _ATOM, _xml(self._atom())
        yield _JSON, json.dumps(self._json(), ensure_ascii=False, indent=1).encode("utf-8")

    def _at(self, path: str) -> str:
        return f"{self.base_url}/{path}"

    def _author(self, entry: Entry) -> str:
        creators = rights_view(entry.fields.get(F.RIGHTS))["creators"]
        return ", ".join(creators) or self.site["author"]

    def _content(self, entry: Entry, one: Tile) -> str:
        """The photo and its caption as HTML; every word in it is escaped."""
        parts = [f"<p>{escape(piece)}</p>" for piece in paragraphs(entry.fields.get(F.TEXT))]
        if one.picture:
            large = one.picture["large"]
            size = f'width="{large["width_px"]}" height="{large["height_px"]}"'
            shown = f'<img src="{escape(self._at(large["name"]))}" alt="{escape(one.alt)}" {size}>'
            parts.insert(0, f'<p><a href="{escape(self._at(one.href))}">{shown}</a></p>')
        return "\n".join(parts)

    def _atom(self) -> ET.Element:
        feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": self.site["language"]})
        _add(feed, "id", self._at(""))
        _add(feed, "title", self.site["title"])
        if self.description:
            _add(feed, "subtitle", self.description)
        _add(feed, "updated", self._updated())
        _add(feed, "generator", "heliograph")
        _add(feed, "link", rel="self", type="application/atom+xml", href=self._at(_ATOM))
        _add(feed, "link", rel="alternate", type="text/html", href=self._at(""))
        _add(_add(feed, "author"), "name", self.site["author"] or self.site["title"])
        for entry, one in self.newest:
            self._atom_entry(_add(feed, "entry"), entry, one)
        return feed

    def _updated(self) -> str:
        """When the feed last changed; where no time of publishing is known, when the newest photo was taken."""
        entries = [entry for entry, _ in self.newest]
        known = [time for entry in entries for time in (entry.published_at, entry.changed_at) if time]
        return max(known or map(_taken, entries), default=_NO_DATE)

    def _atom_entry(self, element: ET.Element, entry: Entry, one: Tile) -> None:
        _add(element, "id", self._at(one.href))
        _add(element, "title", one.title)
        if entry.published_at:
            _add(element, "published", entry.published_at)
        _add(element, "updated", entry.changed_at or entry.published_at or _taken(entry))
        _add(element, "link", rel="alternate", type="text/html", href=self._at(one.href))
        if author := self._author(entry):
            _add(_add(element, "author"), "name", author)
        if notice := rights_view(entry.fields.get(F.RIGHTS))["copyright"]:
            _add(element, "rights", notice)
        for tag in own_keywords(entry):
            _add(element, "category", term=tag)
        _add(element, "content", self._content(entry, one), type="html")

    def _json(self) -> dict[str, Any]:
        author = self.site["author"]
        form = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.site["title"],
            "home_page_url": self._at(""),
            "feed_url": self._at(_JSON),
            "description": self.description,
            "language": self.site["language"],
            "authors": [{"name": author}] if author else [],
            "items": [self._json_item(entry, one) for entry, one in self.newest],
        }
        return {key: value for key, value in form.items() if value or key == "items"}

    def _json_item(self, entry: Entry, one: Tile) -> dict[str, Any]:
        author, date = self._author(entry), entry.published_at or _taken(entry)
        form = {
            "id": self._at(one.href),
            "url": self._at(one.href),
            "title": one.title,
            "content_html": self._content(entry, one) or f"<p>{escape(one.alt)}</p>",
            "image": self._at(one.picture["large"]["name"]) if one.picture else "",
            "date_published": date if date != _NO_DATE else "",
            "date_modified": entry.changed_at,
            "authors": [{"name": author}] if author else [],
            "tags": own_keywords(entry),
        }
        return {key: value for key, value in form.items() if value}


def sitemap(base_url: str, paths: Sequence[str], pictures: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """`sitemap.xml` of the pages at `paths`; where they are many, it lists further files that are given too.

    Args:
        base_url: the site's, without a slash at its end.
        paths: of every page.
        pictures: path of a page to that of the picture it is about.
    """
    parts = [paths[start : start + _SITEMAP_PAGES] for start in range(0, len(paths), _SITEMAP_PAGES)]
    if len(parts) == 1:
        yield "sitemap.xml", _xml(_urlset(base_url, parts[0], pictures))
        return
    index = ET.Element("sitemapindex", {"xmlns": _SITEMAP})
    for number, part in enumerate(parts, 1):
        path = f"sitemap-{number}.xml"
        yield path, _xml(_urlset(base_url, part, pictures))
        _add(_add(index, "sitemap"), "loc", f"{base_url}/{path}")
    yield "sitemap.xml", _xml(index)


def _urlset(base_url: str, paths: Sequence[str], pictures: Mapping[str, str]) -> ET.Element:
    urls = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:image": _SITEMAP_IMAGE})
    for path in paths:
        url = _add(urls, "url")
        _add(url, "loc", f"{base_url}/{'' if path == 'index.html' else quote(path)}")
        if path in pictures:
            _add(_add(url, "image:image"), "image:loc", f"{base_url}/{quote(pictures[path])}")
    return urls


def _add(parent: ET.Element, name: str, text: str = "", /, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text or None
    return element


def _xml(root: ET.Element) -> bytes:
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _taken(entry: Entry) -> str:
    """When the photo was taken, as feeds write it: whole, and in UTC where the camera did not say in which zone.

    It stands in for the time of publishing of photos that were published before that was kept.
    """
    taken = entry.fields.get(F.TAKEN)
    _, _, offset, circa = (*map(legible, taken), "", "", "", "")[:4] if isinstance(taken, tuple) else ("",) * 4
    local, year = taken_local(entry), year_of(entry)
    whole = local + "0000-01-01T00:00:00"[len(local) :]
    if not circa and _STAMP.fullmatch(whole):
        return whole + (offset if _OFFSET.fullmatch(offset) else "Z")
    return f"{year}-01-01T00:00:00Z" if year else _NO_DATE
