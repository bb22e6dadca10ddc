"""Which pages the site has, and what stands on each: plain data for the templates, comparable by its digest."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from heliograph.model import F, SubjectKind
from heliograph.platforms.site.feeds import Feeds, sitemap
from heliograph.platforms.site.groupings import (
    Collection,
    Group,
    Tile,
    albums,
    cameras,
    keywords,
    own_keywords,
    tile,
    years,
)
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.options import LatestBy, Options
from heliograph.platforms.site.photos import (
    camera_of,
    camera_view,
    date_view,
    legible,
    links_view,
    openstreetmap,
    paragraphs,
    place_names,
    place_view,
    position_of,
    position_words,
    rights_view,
    taken_key,
    year_of,
)
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.searching import index_of
from heliograph.platforms.site.sketch import Position, Spot, anchor, drawing, spots
from heliograph.platforms.site.slugs import slug
from heliograph.platforms.site.structured import FEEDS, Heads

_TOP_KEYWORDS = 40
_KEYWORDS_OF_A_PAGE = 500
_MAP = "map/index.html"
_SEARCH = "search/index.html"
MISSING = "404.html"
"""Most hosts show it in place of a page that is not there."""
_SHOWN_IN_PLACE = 8


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


class Pages:
    """Every page of the site for one state of its posts; equal posts give equal pages, in whatever order they came.

    Feeds alone follow that order, and the first page where its options say so: it is the order of publication.

    `look` goes to the templates as it is: paths of the style sheets and the script.
    """

    def __init__(
        self, posts: Mapping[str, Entry], options: Options, language: Language, look: Mapping[str, Any]
    ) -> None:
        self._options = options
        self._language = language
        self._look = look
        self._published = [entry for entry in posts.values() if entry.kind is SubjectKind.PHOTO]
        self._photos = sorted(self._published, key=lambda entry: (taken_key(entry), entry.id), reverse=True)
        self._tiles = {entry.id: tile(entry, language) for entry in self._photos}
        self._albums = albums(posts, self._tiles, options.album_order, language)
        self._years = years(self._photos, self._tiles)
        self._keywords = keywords(self._photos, self._tiles)
        self._keyword_of = _by_spelling(self._keywords)
        self._cameras = cameras(self._photos, self._tiles)
        self._camera_of = _by_spelling(self._cameras)
        self._spots = self._all_spots() if options.map else ()
        self._in_albums: dict[str, list[Collection]] = {}
        for album in self._albums:
            for one in album.tiles:
                self._in_albums.setdefault(one.id, []).append(album)

    def __iter__(self) -> Iterator[Page]:
        yield from self._photo_pages()
        stream = tuple(self._tiles[entry.id] for entry in self._photos)
        yield from self._list("photos/index", "photos/page", self._language.word("photos"), stream, section="photos")
        yield from self._albums_pages()
        for year in self._years:
            yield from self._collection(year, "year", "years")
        for keyword, _ in self._keywords:
            yield from self._collection(keyword, "keyword", "keywords")
        for camera, _ in self._cameras:
            yield from self._collection(camera, "camera", "cameras")
        yield from self._map_pages()
        yield from self._keyword_lists()
        yield from self._cards("years", self._years)
        yield from self._cards("cameras", [one for one, _ in self._cameras])
        if self._search:
            yield self._search_page()
        yield self._index(self._latest())
        if self._options.base_url:
            yield self._missing(self._latest())

    def files(self, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """What programs read, by path: the index of the search, feeds, and the map of the pages at `paths`."""
        if self._search:
            yield from self._search.items()
        base_url = self._options.base_url.rstrip("/")
        if not base_url:
            return
        if self._site["feeds"]:
            newest = islice(reversed(self._published), self._options.feed_photos)
            shown = [(entry, self._tiles[entry.id]) for entry in newest]
            yield from Feeds(base_url, self._site, " ".join(legible(self._options.intro).split()), shown).files()
        pictures = {one.href: one.picture["largest"] for one in self._tiles.values() if one.picture}
        yield from sitemap(base_url, sorted(set(paths) - {MISSING}), pictures)

    @cached_property
    def _site(self) -> dict[str, Any]:
        options, there = self._options, (self._albums, self._years, self._keywords, self._spots)
        sections = [
            {"key": key, "href": f"{key}/index.html"}
            for key, shown in zip(("albums", "years", "keywords", "map"), there, strict=True)
            if shown
        ]
        has_feeds = bool(options.base_url and options.feed_photos)
        last = [{"key": "search", "href": _SEARCH}] if self._search else []
        more = [{"key": "cameras", "href": "cameras/index.html"}] if self._cameras else []
        return {
            "title": legible(options.title),
            "author": legible(options.author),
            "language": legible(self._language.tag),
            "direction": self._language.direction,
            "sections": [{"key": "photos", "href": "photos/index.html"}, *sections, *last],
            "more": [*more, *([{"key": "feed", "href": FEEDS[0][1]}] if has_feeds else [])],
            "feeds": has_feeds,
            **self._look,
        }

    def _page(self, path: str, template: str, **context: Any) -> Page:
        root = "../" if "/" in path else ""
        shown = {"site": self._site, "root": root, "path": path, **context}
        return Page(path, f"{template}.html.jinja", {**shown, "head": self._heads.of(path, shown)})

    @cached_property
    def _heads(self) -> Heads:
        words = {one["key"]: self._language.word(one["key"]) for one in (*self._site["sections"], *self._site["more"])}
        return Heads(self._options.base_url, self._site, words)

    # --- pages of many photos -----------------------------------------------------------------------------------------

    def _latest(self) -> Sequence[Tile]:
        by_date = self._options.latest_by is LatestBy.TAKEN
        return tuple(self._tiles[one.id] for one in (self._photos if by_date else reversed(self._published)))

    def _index(self, latest: Sequence[Tile]) -> Page:
        chosen = self._chosen()
        return self._page(
            "index.html",
            "index",
            title="",
            section="home",
            intro=paragraphs(self._options.intro),
            chosen=_link(chosen) if chosen else None,
            tiles=(chosen.tiles if chosen else latest)[: self._options.latest],
            total=len(latest),
            albums=[_card(album) for album in self._albums],
            keywords=self._busiest(_TOP_KEYWORDS),
            keywords_total=len(self._keywords),
        )

    def _missing(self, latest: Sequence[Tile]) -> Page:
        """It is shown at every address, so its links begin at the top of the host."""
        shown = {"title": self._language.word("missing"), "tiles": latest[:_SHOWN_IN_PLACE]}
        top = f"{urlsplit(self._options.base_url).path.rstrip('/')}/"
        return self._page(MISSING, "missing", section="", root=top, **shown)

    def _busiest(self, count: int) -> list[dict[str, Any]]:
        found = sorted((one for one, _ in self._keywords), key=lambda one: (-len(one.tiles), _alphabetical(one)))
        return [_link(one) for one in sorted(found[:count], key=_alphabetical)]

    def _chosen(self) -> Collection | None:
        """The album, or else the keyword, that the owner named; `None` where there is none with photos in it."""
        named = self._options.chosen.strip().casefold()
        found = (one for one in (*self._albums, *(one for one, _ in self._keywords)) if one.title.casefold() == named)
        return next((one for one in found if one.tiles), None) if named else None

    def _list(self, first: str, later: str, title: str, tiles: Sequence[Tile], **extra: Any) -> Iterator[Page]:
        size = self._options.page_photos
        count = max(1, -(-len(tiles) // size))
        paths = [f"{first}.html", *(f"{later}-{number}.html" for number in range(2, count + 1))]
        for number, path in enumerate(paths):
            part = tiles[number * size : (number + 1) * size]
            shared = {"kind": "", "text": (), "dates": "", "fragment": "", **extra}
            yield self._page(
                path, "list", title=title, tiles=part, total=len(tiles), number=number + 1, paths=paths, **shared
            )

    def _collection(self, one: Collection, kind: str, section: str, **extra: Any) -> Iterator[Page]:
        stem = one.href.removesuffix(".html")
        yield from self._list(stem, stem, one.title, one.tiles, kind=kind, section=section, **extra)

    def _albums_pages(self) -> Iterator[Page]:
        for album in self._albums:
            extra = {"text": album.text, "dates": album.dates, "fragment": f"#in-{album.id}"}
            yield from self._collection(album, "album", "albums", **extra)
        yield from self._cards("albums", self._albums)

    def _cards(self, section: str, found: Sequence[Collection]) -> Iterator[Page]:
        if found:
            title, cards = self._language.word(section), [_card(one) for one in found]
            yield self._page(f"{section}/index.html", "cards", title=title, section=section, cards=cards)

    def _keyword_lists(self) -> Iterator[Page]:
        links = [_link(one) for one in sorted((one for one, _ in self._keywords), key=_alphabetical)]
        parts = [links[start : start + _KEYWORDS_OF_A_PAGE] for start in range(0, len(links), _KEYWORDS_OF_A_PAGE)]
        paths = ["keywords/index.html", *(f"keywords/page-{number}.html" for number in range(2, len(parts) + 1))]
        ranges = [
            {"href": path, "first": part[0]["title"], "last": part[-1]["title"]}
            for path, part in zip(paths, parts, strict=False)
        ]
        title = self._language.word("keywords")
        for path, part in zip(paths, parts, strict=False):
            yield self._page(path, "keywords", title=title, section="keywords", keywords=part, ranges=ranges)

    # --- the search -------------------------------------------------------------------------------------------------

    @cached_property
    def _search(self) -> Mapping[str, bytes]:
        """The index; empty where there is none."""
        if not (self._options.search and self._photos):
            return {}
        return index_of([(self._tiles[entry.id], self._searched(entry)) for entry in reversed(self._photos)])

    def _searched(self, entry: Entry) -> Iterator[str]:
        """The texts in which a photo is found: no more than stands on its page."""
        fields = entry.fields
        yield from (legible(fields.get(name)) for name in (F.TITLE, F.TEXT, F.ALT))
        yield from own_keywords(entry)
        yield from place_names(fields.get(F.PLACE))
        yield from (album.title for album in self._in_albums.get(entry.id, ()))
        yield year_of(entry)

    def _search_page(self) -> Page:
        return self._page(
            _SEARCH,
            "search",
            title=self._language.word("search"),
            section="search",
            several=self._language.word("photo_count.other"),
            keywords=self._busiest(_KEYWORDS_OF_A_PAGE),
            keywords_total=len(self._keywords),
        )

    # --- the map ------------------------------------------------------------------------------------------------------

    def _all_spots(self) -> tuple[tuple[Spot, str, str], ...]:
        """Each spot with its address and its title."""
        positions = []
        for entry in self._photos:
            place = entry.fields.get(F.PLACE)
            if position := position_of(place):
                positions.append(Position(*position, place_names(place), self._tiles[entry.id]))
        found, taken = [], set[str]()
        for spot in spots(positions) if positions else ():
            title = spot.name or position_words((spot.latitude, spot.longitude), self._language)
            name = slug(title, ("place", spot.key), taken.__contains__, "place")
            taken.add(name)
            alone = len(spot.positions) == 1
            found.append((spot, spot.positions[0].tile.href if alone else f"map/{name}.html", title))
        return tuple(found)

    def _map_pages(self) -> Iterator[Page]:
        if not self._spots:
            return
        for spot, href, title in self._spots:
            if len(spot.positions) > 1:
                tiles = tuple(position.tile for position in spot.positions)
                yield from self._collection(Collection("", title, href, tiles), "place", "map")
        places = [{"title": title, "href": href, "count": len(spot.positions)} for spot, href, title in self._spots]
        yield self._page(
            _MAP,
            "map",
            title=self._language.word("map"),
            section="map",
            map=drawing(self._spots, self._language),
            places=sorted(places, key=lambda place: (unfolded(place["title"]), place["href"])),
        )

    # --- pages of one photo -------------------------------------------------------------------------------------------

    def _photo_pages(self) -> Iterator[Page]:
        tiles = [self._tiles[entry.id] for entry in self._photos]
        for index, entry in enumerate(self._photos):
            here = tiles[index]
            yield self._page(
                here.href,
                "photo",
                title=here.title,
                section="photos",
                photo=self._photo(entry, here),
                previous=_link(tiles[index - 1]) if index else None,
                next=_link(tiles[index + 1]) if index + 1 < len(tiles) else None,
                albums=[_walk(album, here.id) for album in self._in_albums.get(entry.id, ())],
            )

    def _photo(self, entry: Entry, here: Tile) -> dict[str, Any]:
        fields, position = entry.fields, position_of(entry.fields.get(F.PLACE))
        year, camera = year_of(entry), camera_of(entry)
        return {
            "alt": here.alt,
            "text": paragraphs(fields.get(F.TEXT)),
            "picture": here.picture,
            "date": {**date_view(fields.get(F.TAKEN), self._language), "href": f"years/{year}.html" if year else ""},
            "place": {
                **place_view(fields.get(F.PLACE), self._language),
                "map": f"{_MAP}#{anchor(*position)}" if position and self._options.map else "",
                "openstreetmap": openstreetmap(position) if position and self._options.openstreetmap else "",
            },
            "rights": rights_view(fields.get(F.RIGHTS)),
            "camera": camera_view(fields.get(F.CAMERA), self._language),
            "camera_href": self._camera_of[camera].href if camera else "",
            "keywords": [_link(self._keyword_of[tag]) for tag in own_keywords(entry)],
            "links": links_view(entry),
        }


def unfolded(text: str) -> str:
    """By what a word is sorted: case and accents count for nothing."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _alphabetical(one: Collection) -> tuple[str, str, str]:
    return unfolded(one.title), one.title.casefold(), one.id


def _by_spelling(groups: Sequence[Group]) -> dict[str, Collection]:
    return {spelling: one for one, spellings in groups for spelling in spellings}


def _card(one: Collection) -> dict[str, Any]:
    return {"title": one.title, "href": one.href, "count": len(one.tiles), "cover": one.cover, "dates": one.dates}


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


def _tile_digest(one: object) -> str:
    if isinstance(one, Tile):
        return one.digest
    message = f"{type(one).__name__} stands on no page"
    raise TypeError(message)
