"""Which pages a site of Markdown has, and what stands on each: its front matter and what its template shows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from heliograph.model import F, SubjectKind, Value, value_digest
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.markdown.generators import Generator
from heliograph.platforms.site.markdown.markup import obsidian_tag
from heliograph.platforms.site.markdown.options import Layout, Options
from heliograph.platforms.site.photos import (
    camera_view,
    date_view,
    legible,
    place_names,
    position_of,
    rights_view,
    taken_key,
    taken_local,
    texts,
)
from heliograph.platforms.site.posts import Entry, Picture

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(T\d\d:\d\d(?::\d\d)?)?.*")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_SMALL_PX = 320
_TAG_BYTES = 150


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it lies below the site's folder, the template that makes it, and what it shows."""

    path: str
    template: str
    context: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Changes when anything that the page shows changes."""
        return value_digest((self.template, self.context))


class Pages:
    """Every page for one state of the posts; equal posts give equal pages, in whatever order they came."""

    def __init__(
        self, posts: Mapping[str, Entry], options: Options, generator: Generator, beside: Mapping[str, Entry]
    ) -> None:
        self._ours = posts
        self._posts = {**beside, **posts}
        self._options = options
        self._generator = generator
        self._language = Language(options.language, {}, "")
        self._albums: dict[str, list[Entry]] = {}
        for album in sorted(self._of(SubjectKind.ALBUM), key=lambda one: one.id):
            for member in self._members(album):
                self._albums.setdefault(member.id, []).append(album)

    def __iter__(self) -> Iterator[Page]:
        for entry in self._of(SubjectKind.PHOTO):
            photo = self._photo(entry)
            front = self._front(entry, photo, _photo_front)
            yield Page(self._generator.page(entry), "photo.md.jinja", {"front": front, "photo": photo})
        for entry in self._of(SubjectKind.ALBUM):
            album = self._album(entry)
            front = self._front(entry, album, _album_front)
            yield Page(self._generator.page(entry), "album.md.jinja", {"front": front, "album": album})

    def _of(self, kind: SubjectKind) -> Iterator[Entry]:
        return (entry for entry in self._ours.values() if entry.kind is kind)

    def _front(self, entry: Entry, shown: Mapping[str, Any], usual: Any) -> dict[str, Any]:
        quantum = _QUANTUM.get(self._options.generator)
        if quantum is not None:
            return dict(quantum[entry.kind](shown))
        front: dict[str, Any] = usual(shown)
        if self._generator.wiki:
            front = {**front, "tags": _tags(shown.get("keywords", ())), "keywords": list(shown.get("keywords", ()))}
        more = {"layout": self._options.layout}
        if self._options.generator == Layout.JEKYLL:
            more["permalink"] = f"/{self._generator.address(entry)}"
        return {**_stated(more), **_stated(front)}

    def _photo(self, entry: Entry) -> dict[str, Any]:
        fields = entry.fields
        view = self._titled(entry)
        albums = self._albums.get(entry.id, ())
        return view | {
            "taken": taken_local(entry),
            "circa": legible(_part(fields.get(F.TAKEN), 3)),
            "stamp": _stamp(entry),
            "date": date_view(fields.get(F.TAKEN), self._language)["words"],
            "place": list(place_names(fields.get(F.PLACE))),
            "position": list(position_of(fields.get(F.PLACE)) or ()),
            "rights": rights_view(fields.get(F.RIGHTS)),
            "camera": camera_view(fields.get(F.CAMERA), self._language),
            "keywords": list(texts(fields.get(F.TAGS))),
            "links": [[legible(_part(link, 0)), legible(_part(link, 1))] for link in _rows(fields.get(F.LINKS))],
            "albums": [self._link(album, entry) for album in albums],
            "pictures": self._pictures(entry, entry),
            "words": {key: self._language.words[key] for key in ("in_album", "licence", "elsewhere")},
        }

    def _titled(self, entry: Entry) -> dict[str, Any]:
        title = legible(entry.fields.get(F.TITLE))
        usual = "untitled" if entry.kind is SubjectKind.PHOTO else "untitled_album"
        text = legible(entry.fields.get(F.TEXT))
        alt = legible(entry.fields.get(F.ALT)).strip() or title or self._language.words["photograph"]
        return {"id": entry.id, "title": title or self._language.words[usual], "text": text, "alt": alt}

    def _album(self, entry: Entry) -> dict[str, Any]:
        members = self._members(entry)
        cover = self._posts.get(legible(entry.fields.get(F.COVER)))
        cover = cover if cover in members else next(iter(members), None)
        newest = max(members, key=taken_key, default=None)
        return self._titled(entry) | {
            "photos": [self._card(member, entry) for member in members],
            "cover": self._card(cover, entry) if cover is not None else {},
            "stamp": _stamp(newest) if newest is not None else "",
        }

    def _members(self, album: Entry) -> list[Entry]:
        posts = [self._posts.get(member) for member in dict.fromkeys(texts(album.fields.get(F.MEMBERS)))]
        return [post for post in posts if post is not None and post.kind is SubjectKind.PHOTO]

    def _card(self, photo: Entry, seen_from: Entry) -> dict[str, Any]:
        pictures = self._pictures(photo, seen_from)
        small = min(pictures, key=_smallness, default={})
        view = self._titled(photo)
        return {key: view[key] for key in ("id", "title", "alt")} | self._link(photo, seen_from) | {"small": small}

    def _link(self, entry: Entry, seen_from: Entry) -> dict[str, Any]:
        title = self._titled(entry)["title"]
        address = self._generator.address(entry)
        return {"id": entry.id, "title": title, "href": self._href(address, seen_from), "address": address}

    def _pictures(self, entry: Entry, seen_from: Entry) -> list[dict[str, Any]]:
        folder = self._generator.public.format(id=entry.id)
        return [
            {
                "name": name,
                "href": self._href(f"{folder}/{name}", seen_from),
                "address": f"{folder}/{name}",
                "width": picture.width_px,
                "height": picture.height_px,
                "type": picture.media_type,
            }
            for name, picture in self._generator.pictures(entry)
        ]

    def _href(self, address: str, seen_from: Entry) -> str:
        """Seen from a page, so that it leads there wherever the site is served."""
        if self._generator.wiki:
            # By way of the top folder: Quartz takes a path without `..` for one that begins there.
            return "../" * self._generator.page(seen_from).count("/") + address
        here = self._generator.address(seen_from).rstrip("/")
        return posixpath.relpath(address, here) + ("/" if address.endswith("/") else "")


def picture_paths(entry: Entry, generator: Generator) -> Iterator[tuple[str, Picture]]:
    """The files of a post's pictures below the site's folder, with the picture in each."""
    folder = generator.picture.format(id=entry.id)
    return ((f"{folder}/{name}", picture) for name, picture in generator.pictures(entry))


# --- front matter -----------------------------------------------------------------------------------------------------


def _photo_front(photo: Mapping[str, Any]) -> dict[str, Any]:
    rights = photo["rights"]
    position = photo["position"]
    largest = [one["href"] for one in photo["pictures"] if one["type"] == "image/jpeg"][:1]
    return {
        "title": photo["title"],
        "date": photo["stamp"],
        "description": " ".join(photo["text"].split()) or photo["alt"],
        "tags": _worded(photo["keywords"]),
        "keywords": photo["keywords"],
        "images": largest,
        "alt": photo["alt"],
        "taken": photo["taken"],
        "circa": photo["circa"],
        "camera": {row["key"]: row["value"] for row in photo["camera"]},
        "place": photo["place"],
        "latitude": position[0] if position else None,
        "longitude": position[1] if position else None,
        "creators": list(rights["creators"]),
        "credit": rights["credit"],
        "copyright": rights["copyright"],
        "usage_terms": rights["usage_terms"],
        "licence": rights["licence_url"],
        "albums": [album["title"] for album in photo["albums"]],
        "elsewhere": {name: address for name, address in photo["links"] if name},
        "pictures": [
            {"src": one["href"], "width": one["width"], "height": one["height"], "type": one["type"]}
            for one in photo["pictures"]
        ],
    }


def _album_front(album: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": album["title"],
        "date": album["stamp"],
        "description": " ".join(album["text"].split()),
        "cover": album["cover"].get("small", {}).get("href", ""),
        "photos": [photo["id"] for photo in album["photos"]],
    }


def _quantum_photo(photo: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tags": ["class/photo", *_tags(f"keyword/{word}" for word in photo["keywords"])],
        "datetime": photo["stamp"][:19] or None,
        "updated": None,
        "title": photo["title"],
        "description": " ".join(photo["text"].split()),
        "thumbnail": _thumbnail(photo["pictures"], 150),
        "cssclasses": ["photo-page"],
    }


def _quantum_album(album: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "aliases": [album["title"]],
        "tags": ["class/album"],
        "datetime": album["stamp"][:19] or None,
        "updated": None,
        "title": album["title"],
        "description": " ".join(album["text"].split()),
        "thumbnail": album["cover"].get("small", {}).get("name", ""),
        "cssclasses": ["album-page"],
    }


def _quantum_site_photo(photo: Mapping[str, Any]) -> dict[str, Any]:
    front = {"aliases": [photo["title"]], **_quantum_photo(photo)}
    name = _thumbnail(photo["pictures"], 240)
    return {**front, "thumbnail": f"[[{name}]]" if name else ""}


def _thumbnail(pictures: list[dict[str, Any]], edge_px: int) -> str:
    by_edge = sorted(pictures, key=lambda one: (abs(_edge(one) - edge_px), one["name"]))
    return str(by_edge[0]["name"]) if by_edge else ""


_QUANTUM: Final[Mapping[Layout, Mapping[SubjectKind, Any]]] = {
    Layout.QUANTUM: {SubjectKind.PHOTO: _quantum_photo, SubjectKind.ALBUM: _quantum_album},
    Layout.QUANTUM_SITE: {SubjectKind.PHOTO: _quantum_site_photo, SubjectKind.ALBUM: _quantum_album},
}


def _stated(front: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in front.items() if value not in ("", None, [], {})}


def _tags(keywords: Any) -> list[str]:
    return list(dict.fromkeys(filter(None, map(obsidian_tag, keywords))))


def _worded(keywords: list[str]) -> list[str]:
    """Without those of which no file can be named, as generators do for the page of each tag."""
    return [word for word in keywords if re.search(r"\w", word) and len(word.encode()) <= _TAG_BYTES]


def _stamp(entry: Entry) -> str:
    """A date that every generator reads, with the parts that are not known at their beginning; empty without a year."""
    match = _DAY.fullmatch(taken_local(entry))
    if match is None:
        return ""
    year, month, day, time = match.groups()
    offset = legible(_part(entry.fields.get(F.TAKEN), 2))
    whole = f"{time}:00"[:9] if time else ""
    zone = offset if whole and _OFFSET.fullmatch(offset) else ""
    return f"{year}-{month or '01'}-{day or '01'}{whole}{zone}"


def _smallness(picture: Mapping[str, Any]) -> tuple[int, bool]:
    """AVIF last among alike: vaults know it as a file to be opened."""
    return abs(_edge(picture) - _SMALL_PX), picture["type"] == "image/avif"


def _edge(picture: Mapping[str, Any]) -> int:
    return max(int(picture["width"]), int(picture["height"]))


def _part(value: Value, index: int) -> Value:
    return value[index] if isinstance(value, tuple) and index < len(value) else None


def _rows(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else ()
