"""The sidecar by which a photo says something else: what changes is told there, and all else in it stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from heliograph.errors import Refused
from heliograph.metadata import keywords
from heliograph.metadata.blocks import ALBUMS, BLANK, POSTS, Xmp
from heliograph.metadata.engine import EMPTY_XMP, LARGEST_XMP_BYTES, LOCK
from heliograph.metadata.entries import XmpEntry, xmp_entries
from heliograph.metadata.keywords import SEPARATORS, distinct_levels
from heliograph.metadata.passed_over import understood
from heliograph.metadata.rewriting import NoXmpError, rewritten
from heliograph.metadata.texts import distinct
from heliograph.model import Facts, Link, Place, Rights, Taken

_WEB_STATEMENT = "xmpRights.WebStatement"
_ALL_KEYWORDS = "lr.hierarchicalSubject"
_KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("dc.title",),
    "caption": ("dc.description",),
    "alt_text": ("iptc.AltTextAccessibility",),
    "keywords": ("dc.subject",),
    "taken": ("photoshop.DateCreated", "exif.DateTimeOriginal"),
    "circa": ("iptcExt.CircaDateCreated",),
    "position": tuple(f"exif.GPS{name}" for name in ("Latitude", "Longitude", "Altitude", "AltitudeRef")),
    "place_names": (
        "iptcExt.LocationCreated",
        "iptc.Location",
        "photoshop.City",
        "photoshop.State",
        "photoshop.Country",
        "iptc.CountryCode",
    ),
    "licence_url": ("cc.license", _WEB_STATEMENT),
}
"""What can be told, by the names under which `reader` takes it from its containers -> where it stands in a sidecar."""

_SEQUENCES = frozenset({"digiKam.TagsList"})


def links(sidecar: Path) -> tuple[Link, ...]:
    """The posts that a photo came from, as its sidecar says, sorted; none where that cannot be read."""
    try:
        with sidecar.open("rb") as file:
            packet = file.read(LARGEST_XMP_BYTES + 1)
    except OSError:
        return ()
    if POSTS.partition(".")[0].encode() not in packet:  # nearly all sidecars, which are not parsed a second time
        return ()
    with LOCK:
        data, _ = understood(packet)
        named = Xmp(data).structs(POSTS) if data is not None else []
    found = [Link(one.get("Platform", ""), one.get("Id", ""), one.get("Url", "")) for one in named]
    kept = {link.platform: link for link in reversed(found) if link.platform and link.post_id}
    return tuple(kept[platform] for platform in sorted(kept))


def overlay(
    packet: bytes | None, now: Facts, wanted: Facts, origin: Link | None = None, albums: Sequence[str] = ()
) -> bytes:
    """The sidecar by which a photo says `wanted` where it says `now`; `packet` is the one that it has.

    `origin` is the post that it came from, `albums` the titles of those that held it there.

    Raises:
        Refused: what it has is no sidecar that could be changed.
    """
    if packet and packet[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        packet = packet.decode("utf-16", "replace").encode()
    with LOCK:
        data = understood(packet)[0] if packet else None
        beside = Xmp(data if data is not None else ())
        names = [name for name in _KEYS if _said(now, name) != _said(wanted, name)]
        lists = _lists(beside, now, wanted)
        entries = [*_entries(beside, now, wanted, names), *lists.values(), *_origin(origin, albums)]
        blank = _blank(beside, wanted, names, lists)
        if set(blank.values) != set(beside.words(BLANK)):
            entries.append(blank)
        dropped = {*_dropped(beside, now, wanted, names), *(entry.key for entry in entries)}
    try:
        return rewritten(packet or EMPTY_XMP.format("\n").encode() + b"\n", dropped, entries)
    except NoXmpError as error:
        message = (
            f"Its sidecar cannot be changed: {error}. Nothing was written; save it anew in the program that made it."
        )
        raise Refused(message) from error


def _said(facts: Facts, name: str) -> object:
    """One of `_KEYS`; false where it is blank."""
    place, taken = facts.place, facts.taken or Taken("")
    parts: dict[str, object] = {
        "taken": (taken.local, taken.subsec, taken.offset) if taken.local else None,
        "circa": taken.circa,
        "position": None if place.latitude is None else (place.latitude, place.longitude, place.altitude_m),
        "place_names": tuple(filter(None, _names(place))) and _names(place),
        "licence_url": facts.rights.licence_url,
    }
    return parts[name] if name in parts else getattr(facts, name)


def _names(place: Place) -> tuple[str, ...]:
    return place.sublocation, place.city, place.state, place.country, place.country_code


def _entries(beside: Xmp, now: Facts, wanted: Facts, names: Collection[str]) -> Iterator[XmpEntry]:
    """What is to stand there of each name that says something."""
    told = Facts(
        title=wanted.title,
        caption=wanted.caption,
        alt_text=wanted.alt_text,
        keywords=wanted.keywords,
        taken=wanted.taken,
        place=wanted.place,
        rights=Rights(licence_url=wanted.rights.licence_url),
    )
    keys = {f"Xmp.{key}" for name in names for key in _KEYS[name]}
    for entry in xmp_entries(told, alone=True):
        key = entry.key.removeprefix("Xmp.")
        if entry.key not in keys or (key == _WEB_STATEMENT and not _is_licence(beside, now)):
            continue
        if entry.kind == "alt":
            yield _in_languages(entry, beside.languages(key))
        elif key == "dc.subject":
            others = [word for word in beside.words(key) if not keywords.flat((word,))]
            yield replace(entry, values=(*others, *entry.values))
        else:
            yield entry


def _in_languages(entry: XmpEntry, before: Mapping[str, str]) -> XmpEntry:
    """Translations stay; the language that the default repeats goes along with it."""
    text, old = entry.values[0], before.get("x-default", "")
    after = {"x-default": text} | {
        language: text if said == old else said for language, said in before.items() if language != "x-default"
    }
    return replace(entry, values=tuple(after.values()), fields=tuple(after))


def _is_licence(beside: Xmp, now: Facts) -> bool:
    """Whether the address there is the licence, and not a page of the photographer's about rights."""
    return beside.text(_WEB_STATEMENT) in {"", now.rights.licence_url}


def _dropped(beside: Xmp, now: Facts, wanted: Facts, names: Collection[str]) -> Iterator[str]:
    for name in names:
        for key in _KEYS[name]:
            if key != _WEB_STATEMENT or _is_licence(beside, now) or not wanted.rights.licence_url:
                yield f"Xmp.{key}"


def _lists(beside: Xmp, now: Facts, wanted: Facts) -> dict[str, XmpEntry]:
    """The lists in which programs keep all keywords a second time, where they are to say something else.

    What was left out there, those programs would forget as soon as they write again.
    """
    gone = {*now.keywords, *_alone(now)} - {*wanted.keywords, *_alone(wanted)}
    more = [word for word in wanted.keywords if word not in now.keywords]
    held = {name: beside.words(name) for name in SEPARATORS}
    after = {name: _relisted(items, SEPARATORS[name], gone, more) for name, items in held.items() if items}
    listed = {distinct_levels(item, SEPARATORS[name]) for name, items in after.items() for item in items}
    missing = [path for path in wanted.keyword_paths if len(path) > 1 and path not in now.keyword_paths]
    if not after and wanted.keyword_paths != now.keyword_paths:  # those of the picture, which this list will overrule
        after[_ALL_KEYWORDS] = tuple("|".join(path) for path in wanted.keyword_paths)
    elif missing:
        barred = tuple("|".join(path) for path in missing if path not in listed)
        after[_ALL_KEYWORDS] = (*after.get(_ALL_KEYWORDS, ()), *barred)
    return {
        name: XmpEntry(f"Xmp.{name}", "seq" if name in _SEQUENCES else "bag", items)
        for name, items in after.items()
        if items != held[name]
    }


def _alone(facts: Facts) -> set[str]:
    return {path[0] for path in facts.keyword_paths if len(path) == 1}


def _relisted(items: Sequence[str], separator: str, gone: Collection[str], more: Sequence[str]) -> tuple[str, ...]:
    kept = [item for item in items if item not in gone]
    levels = {level for item in kept for level in distinct_levels(item, separator)}
    return (*kept, *(word for word in more if separator not in word and word not in levels))


def _blank(beside: Xmp, wanted: Facts, names: Collection[str], lists: Mapping[str, XmpEntry]) -> XmpEntry:
    """Names what nobody else may say any more, as the sidecar says nothing of it."""
    silent = {name for name in names if not _said(wanted, name)}
    before = {name for name in beside.words(BLANK) if name not in names}
    if lists:
        before.discard("keyword_paths")
        rest = [name for name in SEPARATORS if name not in lists and beside.words(name)]
        if not rest and not any(entry.values for entry in lists.values()):
            silent.add("keyword_paths")
    return XmpEntry(f"Xmp.{BLANK}", "bag", tuple(sorted(before | silent)))


def _origin(link: Link | None, albums: Sequence[str]) -> Iterator[XmpEntry]:
    if link is None:
        return
    if titles := distinct(albums):
        yield XmpEntry(f"Xmp.{ALBUMS}", "bag", titles)
    named = {"Platform": link.platform, "Id": link.post_id, "Url": link.url}
    stated = {name: text for name, text in named.items() if text}
    yield XmpEntry(f"Xmp.{POSTS}", "struct", tuple(stated.values()), tuple(stated))
    yield XmpEntry("Xmp.dc.source", "text", (link.url,))
