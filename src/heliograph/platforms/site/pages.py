"""Which pages the site has, and what stands on each: plain data for the templates, comparable by its digest."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from heliograph.model import F, SubjectKind, value_digest
from heliograph.platforms.site.options import Options
from heliograph.platforms.site.photos import (
    camera_view,
    date_view,
    legible,
    paragraphs,
    picture_view,
    place_view,
    rights_view,
    taken_key,
    texts,
)
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.slugs import slug

_TOP_KEYWORDS = 40


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it lies below the site's folder, the template that makes it, and what it shows."""

    path: str
    template: str
    context: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Changes when anything that the page shows changes."""
        form = json.dumps([self.template, self.context], default=_tile_digest, separators=(",", ":"))
        return hashlib.sha256(form.encode("ascii")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Tile:
    """One photo as it stands in a list."""

    id: str
    href: str
    title: str
    alt: str
    picture: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Photos under one heading: an album in its owner's order, or a keyword."""

    id: str
    title: str
    href: str
    tiles: tuple[Tile, ...]
    cover: Tile | None = None
    text: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)


class Pages:
    """Every page of the site for one state of its posts; equal posts give equal pages, in whatever order they came."""

    def __init__(self, posts: Mapping[str, Entry], options: Options, style: Mapping[str, str]) -> None:
        self._options = options
        self._posts = posts
        self._style = style
        photos = [entry for entry in posts.values() if entry.kind is SubjectKind.PHOTO]
        self._photos = sorted(photos, key=lambda entry: (taken_key(entry), entry.id), reverse=True)
        self._tiles = {entry.id: _tile(entry) for entry in self._photos}
        self._albums = self._all_albums()
        self._keywords = self._all_keywords()
        self._keyword_of = {spelling: one for one, spellings in self._keywords for spelling in spellings}
        self._in_albums: dict[str, list[Collection]] = {}
        for album in self._albums:
            for tile in album.tiles:
                self._in_albums.setdefault(tile.id, []).append(album)

    def __iter__(self) -> Iterator[Page]:
        yield from self._photo_pages()
        stream = [self._tiles[entry.id] for entry in self._photos]
        yield from self._list("photos/index", "photos/page", "Photos", tuple(stream), section="photos")
        for album in self._albums:
            stem = album.href.removesuffix(".html")
            extra = {"section": "albums", "text": album.text, "fragment": f"#in-{album.id}", "kind": "Album"}
            yield from self._list(stem, stem, album.title, album.tiles, **extra)
        for keyword, _ in self._keywords:
            stem = keyword.href.removesuffix(".html")
            yield from self._list(stem, stem, keyword.title, keyword.tiles, section="keywords", kind="Keyword")
        if self._albums:
            cards = [_card(album) for album in self._albums]
            yield self._page("albums/index.html", "albums", title="Albums", section="albums", albums=cards)
        if self._keywords:
            links = [_link(keyword) for keyword, _ in self._keywords]
            yield self._page("keywords/index.html", "keywords", title="Keywords", section="keywords", keywords=links)
        yield self._index(stream)

    def _page(self, path: str, template: str, **context: Any) -> Page:
        options = self._options
        site = {
            "title": legible(options.title),
            "author": legible(options.author),
            "language": legible(options.language),
            "has_albums": bool(self._albums),
            "has_keywords": bool(self._keywords),
            **self._style,
        }
        root = "../" if "/" in path else ""
        return Page(path, f"{template}.html.jinja", {"site": site, "root": root, "path": path, **context})

    def _index(self, stream: Sequence[Tile]) -> Page:
        busiest = sorted((one for one, _ in self._keywords), key=lambda one: (-len(one.tiles), one.title.casefold()))
        shown = sorted(busiest[:_TOP_KEYWORDS], key=lambda one: (one.title.casefold(), one.id))
        return self._page(
            "index.html",
            "index",
            title="",
            section="home",
            intro=paragraphs(self._options.intro),
            tiles=stream[: self._options.latest],
            total=len(stream),
            albums=[_card(album) for album in self._albums],
            keywords=[_link(keyword) for keyword in shown],
            keywords_total=len(self._keywords),
        )

    def _list(self, first: str, later: str, title: str, tiles: tuple[Tile, ...], **extra: Any) -> Iterator[Page]:
        size = self._options.page_photos
        count = max(1, -(-len(tiles) // size))
        paths = [f"{first}.html", *(f"{later}-{number}.html" for number in range(2, count + 1))]
        for number, path in enumerate(paths):
            part = tiles[number * size : (number + 1) * size]
            shared = {"kind": "", "text": (), "fragment": "", **extra}
            yield self._page(
                path, "list", title=title, tiles=part, total=len(tiles), number=number + 1, paths=paths, **shared
            )

    def _photo_pages(self) -> Iterator[Page]:
        tiles = [self._tiles[entry.id] for entry in self._photos]
        for index, entry in enumerate(self._photos):
            tile = tiles[index]
            yield self._page(
                tile.href,
                "photo",
                title=tile.title,
                section="photos",
                photo=self._photo(entry, tile),
                previous=_link(tiles[index - 1]) if index else None,
                next=_link(tiles[index + 1]) if index + 1 < len(tiles) else None,
                albums=[_walk(album, tile.id) for album in self._in_albums.get(entry.id, ())],
            )

    def _photo(self, entry: Entry, tile: Tile) -> dict[str, Any]:
        fields = entry.fields
        return {
            "alt": tile.alt,
            "text": paragraphs(fields.get(F.TEXT)),
            "picture": tile.picture,
            "date": date_view(fields.get(F.TAKEN)),
            "place": place_view(fields.get(F.PLACE)),
            "rights": rights_view(fields.get(F.RIGHTS)),
            "camera": camera_view(fields.get(F.CAMERA)),
            "keywords": [_link(self._keyword_of[tag]) for tag in _own_keywords(entry)],
        }

    def _all_albums(self) -> tuple[Collection, ...]:
        albums = [self._album(entry) for entry in self._posts.values() if entry.kind is SubjectKind.ALBUM]
        newest = {
            album.id: max((taken_key(self._posts[tile.id]) for tile in album.tiles), default="") for album in albums
        }
        return tuple(sorted(albums, key=lambda album: (newest[album.id], album.id), reverse=True))

    def _album(self, entry: Entry) -> Collection:
        members = dict.fromkeys(texts(entry.fields.get(F.MEMBERS)))
        tiles = tuple(self._tiles[member] for member in members if member in self._tiles)
        chosen = self._tiles.get(legible(entry.fields.get(F.COVER)))
        return Collection(
            entry.id,
            legible(entry.fields.get(F.TITLE)) or "Untitled album",
            f"albums/{entry.id}.html",
            tiles,
            chosen or next(iter(tiles), None),
            tuple(paragraphs(entry.fields.get(F.TEXT))),
            {tile.id: index for index, tile in enumerate(tiles)},
        )

    def _all_keywords(self) -> tuple[tuple[Collection, frozenset[str]], ...]:
        """Each keyword with its spellings: those that differ in case alone are one, written as it mostly is."""
        spellings: dict[str, Counter[str]] = {}
        tiles: dict[str, list[Tile]] = {}
        for entry in self._photos:
            for tag in _own_keywords(entry):
                spellings.setdefault(tag.casefold(), Counter())[tag] += 1
                tiles.setdefault(tag.casefold(), []).append(self._tiles[entry.id])
        found, taken = [], set[str]()
        for key, written in sorted(spellings.items()):
            title = min(written, key=lambda tag: (-written[tag], tag))
            name = slug(title, ("keyword", key), taken.__contains__, "keyword")
            taken.add(name)
            found.append((Collection(name, title, f"keywords/{name}.html", tuple(tiles[key])), frozenset(written)))
        return tuple(found)


def _own_keywords(entry: Entry) -> list[str]:
    by_key = {tag.casefold(): tag for tag in reversed(texts(entry.fields.get(F.TAGS)))}
    return list(reversed(by_key.values()))


def _tile(entry: Entry) -> Tile:
    title = legible(entry.fields.get(F.TITLE))
    date = date_view(entry.fields.get(F.TAKEN))["words"]
    alt = legible(entry.fields.get(F.ALT)) or title or (f"Photograph, {date}" if date else "Photograph")
    view = picture_view(entry)
    shown = (entry.id, f"photos/{entry.id}.html", title or "Untitled", alt, view)
    return Tile(*shown, digest=value_digest(shown))


def _card(album: Collection) -> dict[str, Any]:
    return {"title": album.title, "href": album.href, "count": len(album.tiles), "cover": album.cover}


def _link(one: Tile | Collection) -> dict[str, Any]:
    link: dict[str, Any] = {"title": one.title, "href": one.href}
    return link | {"count": len(one.tiles)} if isinstance(one, Collection) else link


def _walk(album: Collection, photo_id: str) -> dict[str, Any]:
    """The way through an album from one of its photos."""
    index = album.places[photo_id]
    previous = _link(album.tiles[index - 1]) if index else None
    following = _link(album.tiles[index + 1]) if index + 1 < len(album.tiles) else None
    here = {"id": album.id, "title": album.title, "href": album.href, "number": index + 1, "count": len(album.tiles)}
    return {**here, "previous": previous, "next": following}


def _tile_digest(tile: object) -> str:
    if isinstance(tile, Tile):
        return tile.digest
    message = f"{type(tile).__name__} stands on no page"
    raise TypeError(message)
