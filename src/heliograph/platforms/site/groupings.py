"""Photos under one heading: albums in their owner's order, and keywords, years and cameras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from heliograph.model import F, SubjectKind, value_digest
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.options import Options
from heliograph.platforms.site.photos import (
    camera_of,
    date_view,
    legible,
    paragraphs,
    picture_view,
    taken_key,
    taken_month,
    texts,
    year_of,
)
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.slugs import slug

Group = tuple["Collection", frozenset[str]]
"""A collection with every spelling of what its photos share."""


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
    """Photos under one heading."""

    id: str
    title: str
    href: str
    tiles: tuple[Tile, ...]
    cover: Tile | None = None
    text: tuple[str, ...] = ()
    dates: str = ""
    """From when to when the photos were taken, in words."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Each photo's place in the order."""


def tile(entry: Entry, language: Language) -> Tile:
    """How the photo stands in lists; without a title or an alternative text it gets words all the same."""
    title = legible(entry.fields.get(F.TITLE))
    date = date_view(entry.fields.get(F.TAKEN), language)["words"]
    named = language.word("photograph_taken", date=date) if date else language.word("photograph")
    alt = legible(entry.fields.get(F.ALT)) or title or named
    shown = (entry.id, f"photos/{entry.id}.html", title or language.word("untitled"), alt, picture_view(entry))
    return Tile(*shown, digest=value_digest(shown))


def albums(
    posts: Mapping[str, Entry], tiles: Mapping[str, Tile], order: Sequence[str], language: Language
) -> tuple[Collection, ...]:
    """Every album: first those that `order` names by their titles, then the others, newest photos first."""
    found = [_album(entry, posts, tiles, language) for entry in posts.values() if entry.kind is SubjectKind.ALBUM]
    newest = {album.id: max((taken_key(posts[member.id]) for member in album.tiles), default="") for album in found}
    rank = {title.casefold(): number for number, title in reversed(list(enumerate(order)))}
    found.sort(key=lambda album: (newest[album.id], album.id), reverse=True)
    return tuple(sorted(found, key=lambda album: rank.get(album.title.casefold(), len(rank))))


def _album(entry: Entry, posts: Mapping[str, Entry], tiles: Mapping[str, Tile], language: Language) -> Collection:
    members = dict.fromkeys(texts(entry.fields.get(F.MEMBERS)))
    inside = tuple(tiles[member] for member in members if member in tiles)
    chosen = tiles.get(legible(entry.fields.get(F.COVER)))
    return Collection(
        entry.id,
        legible(entry.fields.get(F.TITLE)) or language.word("untitled_album"),
        f"albums/{entry.id}.html",
        inside,
        chosen or next(iter(inside), None),
        tuple(paragraphs(entry.fields.get(F.TEXT))),
        _dates((posts[one.id] for one in inside), language),
        {one.id: index for index, one in enumerate(inside)},
    )


def _dates(entries: Iterable[Entry], language: Language) -> str:
    """Of photos whose dates are certain enough to be sorted by."""
    taken = sorted(known for entry in entries if language.date(known := taken_month(entry)))
    return language.span(taken[0], taken[-1]) if taken else ""


def keywords(photos: Sequence[Entry], tiles: Mapping[str, Tile]) -> tuple[Group, ...]:
    """Each keyword of the photos, sorted."""
    return _grouped("keyword", photos, tiles, own_keywords)


def cameras(photos: Sequence[Entry], tiles: Mapping[str, Tile]) -> tuple[Group, ...]:
    """Each camera of the photos, sorted."""
    return _grouped("camera", photos, tiles, lambda entry: [camera] if (camera := camera_of(entry)) else [])


def years(photos: Sequence[Entry], tiles: Mapping[str, Tile]) -> tuple[Collection, ...]:
    """Each year of the photos, the latest first."""
    held: dict[str, list[Tile]] = {}
    for entry in photos:
        if year := year_of(entry):
            held.setdefault(year, []).append(tiles[entry.id])
    return tuple(
        Collection(year, year, f"years/{year}.html", tuple(inside), inside[0])
        for year, inside in sorted(held.items(), reverse=True)
    )


def own_keywords(entry: Entry) -> list[str]:
    """The photo's keywords in its own order; of two that differ in case alone the first."""
    by_key = {tag.casefold(): tag for tag in reversed(texts(entry.fields.get(F.TAGS)))}
    return list(reversed(by_key.values()))


def _grouped(
    kind: str, photos: Sequence[Entry], tiles: Mapping[str, Tile], words: Callable[[Entry], list[str]]
) -> tuple[Group, ...]:
    """What differs in case alone is one, written as it mostly is."""
    spellings: dict[str, Counter[str]] = {}
    held: dict[str, list[Tile]] = {}
    for entry in photos:
        for word in words(entry):
            spellings.setdefault(word.casefold(), Counter())[word] += 1
            held.setdefault(word.casefold(), []).append(tiles[entry.id])
    found, taken = [], set[str]()
    for key, written in sorted(spellings.items()):
        title = min(written, key=lambda word: (-written[word], word))
        name = slug(title, (kind, key), taken.__contains__, kind)
        taken.add(name)
        inside = tuple(held[key])
        found.append((Collection(name, title, f"{kind}s/{name}.html", inside, inside[0]), frozenset(written)))
    return tuple(found)


def named_in_vain(posts: Mapping[str, Entry], options: Options) -> Iterator[str]:
    """What the settings call by a name that no album, and no keyword, has; in sentences."""
    if not posts:
        return
    named = {
        legible(entry.fields.get(F.TITLE)).casefold() for entry in posts.values() if entry.kind is SubjectKind.ALBUM
    }
    words = {tag.casefold() for entry in posts.values() for tag in own_keywords(entry)}
    if options.chosen and options.chosen.strip().casefold() not in named | words:
        yield f"the first page shows the latest photos: no album or keyword is called {options.chosen} (`chosen`)"
    for title in options.album_order:
        if title.casefold() not in named:
            yield f"no album is called {title} (`album_order`)"
