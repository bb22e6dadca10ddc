"""What a photo is to say: after an edit that was made elsewhere, or once it came home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from heliograph.metadata import keywords
from heliograph.metadata.texts import clean, distinct
from heliograph.model import Facts, Home, Overruled, Place, Taken, Value, place_brought, taken_brought

_NEAR_DEGREES = 1e-5
"""About a metre: services round positions, and a rounded one is no other place."""


def amended(now: Facts, changes: Mapping[str, Value]) -> Facts:
    """What a photo says once these fields are set; names and forms are those of `ports.Library.amend`."""

    def text(name: str, before: str) -> str:
        return clean(str(changes[name] or "")) if name in changes else before

    facts = replace(
        now,
        title=text("title", now.title),
        caption=text("caption", now.caption),
        alt_text=text("alt_text", now.alt_text),
        rights=replace(now.rights, licence_url=text("licence", now.rights.licence_url)),
    )
    if "taken" in changes:
        facts = replace(facts, taken=_sound(taken_brought(changes["taken"])))
    if "place" in changes:
        facts = replace(facts, place=_moved(now.place, place_brought(changes["place"], Place())))
    if "keywords" in changes:
        facts = _with_keywords(facts, changes["keywords"])
    return facts


def _with_keywords(facts: Facts, change: Value) -> Facts:
    added, removed = change if isinstance(change, tuple) else ((), ())
    words = distinct(map(str, added if isinstance(added, tuple) else ()))
    gone = set(distinct(map(str, removed if isinstance(removed, tuple) else ()))) - set(words)
    kept = [word for word in facts.keywords if word not in gone]
    paths = {path for path in facts.keyword_paths if len(path) > 1 or path[0] not in gone}
    told = sorted(paths | set(keywords.barred(words)))
    return replace(facts, keywords=tuple(dict.fromkeys((*kept, *keywords.flat(words)))), keyword_paths=tuple(told))


def _sound(taken: Taken | None) -> Taken | None:
    """As it is read again: only a time has digits behind its seconds and an offset."""
    if taken is None:
        return None
    local, circa = clean(taken.local), clean(taken.circa)
    subsec, offset = (taken.subsec, taken.offset) if "T" in local else ("", "")
    return Taken(local, subsec, offset, circa) if local or circa else None


def _moved(before: Place, brought: Place) -> Place:
    """The place with another position; one that differs by less than services round stays."""
    latitude, longitude = _round(brought.latitude), _round(brought.longitude)
    if latitude is None or longitude is None or latitude == 0 == longitude:  # where nobody knows, services say zero
        return replace(before, latitude=None, longitude=None, altitude_m=None)
    if before.latitude is not None and before.longitude is not None:
        away = max(abs(before.latitude - latitude), abs(before.longitude - longitude))
        if away < _NEAR_DEGREES:
            return before
    return replace(before, latitude=latitude, longitude=longitude, altitude_m=brought.altitude_m)


def _round(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 9) + 0.0


def brought(own: Facts, home: Home) -> Facts:
    """What a photo says once it is home: what the platform says of it, and of itself whatever that leaves open."""
    there = home.facts
    facts = replace(
        own,
        title=clean(there.title) or own.title,
        caption=clean(there.caption) or own.caption,
        alt_text=clean(there.alt_text) or own.alt_text,
        taken=_dated(own.taken, _sound(there.taken)),
        place=_placed(own.place, there.place),
        rights=replace(own.rights, licence_url=clean(there.rights.licence_url) or own.rights.licence_url),
    )
    words = distinct(there.keywords)
    flat = keywords.flat(words) if words else own.keywords
    same = set(flat) == set(own.keywords)
    wishes = set(map(_path, home.wishes)) - {()}
    paths = {*own.keyword_paths, *keywords.barred(words)}
    levels = {level for path in paths for level in path}
    # Programs that find a list of paths believe it to be the list of all keywords; and a word that stands by itself is
    # a keyword, also where it is the name of an album.
    alone = {(word,) for word in flat if word not in levels} if paths | wishes else set()
    told = tuple(sorted(paths | wishes | alone))
    return replace(facts, keywords=own.keywords if same else flat, keyword_paths=told)


def _path(wish: Iterable[str]) -> tuple[str, ...]:
    """A keyword of these levels; empty where a level holds the sign that stands between levels."""
    levels = tuple(map(clean, wish))
    return () if any("|" in level or not level for level in levels) else levels


def _dated(own: Taken | None, there: Taken | None) -> Taken | None:
    """A platform that says the same second knows no more of it than the file does."""
    if there is None or (own is not None and own.local == there.local and there.circa in {"", own.circa}):
        return own
    return there


def _placed(own: Place, there: Place) -> Place:
    names = (there.sublocation, there.city, there.state, there.country, there.country_code)
    named = own
    if any(names):
        sublocation, city, state, country, code = map(clean, names)
        named = replace(own, sublocation=sublocation, city=city, state=state, country=country, country_code=code)
    return named if there.latitude is None or not (there.latitude or there.longitude) else _moved(named, there)


def says(facts: Facts, wanted: Facts) -> bool:
    """Whether a photo says what it was to say; by whatever container, and keywords without levels in whatever list."""
    return _told(facts) == _told(wanted)


def _told(facts: Facts) -> Facts:
    paths = tuple(path for path in facts.keyword_paths if len(path) > 1)
    return replace(facts, keyword_paths=paths, sources=(), warnings=(), unread=(), overruled=Overruled())
