"""What Flickr reads from the file that is uploaded.

Source: reports of users and client programs, as of 2026: title, description, keywords (hierarchical ones with their
levels joined by pipes), date taken and position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Lock

import exiv2

from heliograph.standin.flickr import dates, texts

_ONE_AT_A_TIME = Lock()
"""exiv2's XMP toolkit is not made for several threads."""
_TITLES = ("Iptc.Application2.ObjectName", "Xmp.dc.title", "Iptc.Application2.Headline", "Xmp.photoshop.Headline")
_DESCRIPTIONS = ("Iptc.Application2.Caption", "Xmp.dc.description", "Exif.Image.ImageDescription")
_KEYWORDS = ("Iptc.Application2.Keywords", "Xmp.dc.subject", "Xmp.lr.hierarchicalSubject")
_SIDEWAYS = ("5", "6", "7", "8")
"""EXIF orientations that exchange width and height."""
_ARRAYS = (exiv2.TypeId.xmpAlt, exiv2.TypeId.xmpBag, exiv2.TypeId.xmpSeq, exiv2.TypeId.langAlt)

exiv2.LogMsg.setLevel(exiv2.LogMsg.Level.mute)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a file's metadata, as `photos.getExif` tells it."""

    key: str
    space: str
    label: str
    raw: str
    shown: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a file says of itself; empty where it does not."""

    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    taken: str = ""
    position: tuple[float, float] | None = None
    """Latitude and longitude."""
    sideways: bool = False


def read(file: Path) -> Embedded:
    """What a file says of itself; nothing for a file that cannot be read."""
    found: dict[str, list[str]] = {}
    for entry in entries(file):
        found.setdefault(entry.key, []).append(entry.raw)
    return Embedded(
        title=_first(found, _TITLES),
        description=_first(found, _DESCRIPTIONS),
        keywords=tuple(dict.fromkeys(word for key in _KEYWORDS for word in found.get(key, ()) if word.strip())),
        taken=_taken(_first(found, ("Exif.Photo.DateTimeOriginal",))),
        position=_position(found),
        sideways=_first(found, ("Exif.Image.Orientation",)) in _SIDEWAYS,
    )


def entries(file: Path) -> list[Entry]:
    """Every entry of a file's metadata, arrays one by one; none for a file that cannot be read."""
    with _ONE_AT_A_TIME:
        try:
            image = exiv2.ImageFactory.open(str(file))
            image.readMetadata()
            return [*_plain(image.exifData()), *_plain(image.iptcData()), *_xmp(image.xmpData())]
        except (exiv2.Exiv2Error, UnicodeError, ValueError, OSError):
            return []


def _plain(data: exiv2.ExifData | exiv2.IptcData) -> Iterator[Entry]:
    """Exif and IPTC."""
    for datum in data:
        space = "IPTC" if datum.key().startswith("Iptc") else datum.groupName()
        yield Entry(datum.key(), space, datum.tagLabel(), _text(datum.toString()), _text(datum.print()))


def _xmp(data: exiv2.XmpData) -> Iterator[Entry]:
    """XMP, arrays one by one."""
    for datum in data:
        several = datum.typeId() in _ARRAYS
        for at in range(datum.count() if several else 1):
            text = _text(datum.toString(at))
            yield Entry(datum.key(), f"XMP-{datum.groupName()}", datum.tagLabel() or datum.tagName(), text, text)


def _text(text: str) -> str:
    """What XML can hold; bytes that are no UTF-8 are taken as Latin-1, as of old."""
    if any("\udc80" <= char <= "\udcff" for char in text):
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return texts.storable(text)


def _first(found: dict[str, list[str]], keys: tuple[str, ...]) -> str:
    """The first of these entries that says something."""
    return next((text.strip() for key in keys for text in found.get(key, ()) if text.strip()), "")


def _taken(text: str) -> str:
    """`YYYY-MM-DD HH:MM:SS`, or empty where the camera wrote none."""
    match = re.match(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", text)
    if match is None:
        return ""
    return dates.taken("{}-{}-{} {}".format(*match.groups())) or ""


def _position(found: dict[str, list[str]]) -> tuple[float, float] | None:
    """Latitude and longitude of the GPS entries; `None` where there are none, or nonsense."""
    degrees = []
    for axis, negative, limit in (("Latitude", "S", 90), ("Longitude", "W", 180)):
        value = _degrees(_first(found, (f"Exif.GPSInfo.GPS{axis}",)))
        if value is None or value > limit:
            return None
        is_negative = _first(found, (f"Exif.GPSInfo.GPS{axis}Ref",)) == negative
        degrees.append(-value if is_negative else value)
    return degrees[0], degrees[1]


def _degrees(text: str) -> float | None:
    """Degrees of `48/1 51/1 30/1`."""
    try:
        parts = [Fraction(part) for part in text.split()]
    except (ValueError, ZeroDivisionError):
        return None
    return float(sum(part / 60**at for at, part in enumerate(parts))) if parts else None
