"""`Facts` as the entries that stand for them in Exif, IPTC and XMP: what `write` writes and `residue` allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from heliograph.metadata.texts import clean, cut, distinct
from heliograph.model import Facts, Place, Taken

Entries = dict[str, str]


@dataclass(frozen=True, slots=True)
class XmpEntry:
    """One XMP property. Kinds: language alternatives, unordered, ordered, plain text, array of one structure."""

    key: str
    kind: Literal["alt", "bag", "seq", "text", "struct"]
    values: tuple[str, ...]
    fields: tuple[str, ...] = ()
    """Of a structure: the names of its values."""


def exif_entries(facts: Facts) -> Entries:
    """Exif key -> value as exiv2 writes it out."""
    found = {
        "Exif.Image.ImageDescription": facts.caption,
        "Exif.Image.Make": facts.camera_make,
        "Exif.Image.Model": facts.camera_model,
        "Exif.Image.Orientation": str(facts.orientation) if facts.orientation != 1 else "",
        "Exif.Image.Artist": "; ".join(facts.rights.creators),
        "Exif.Image.Copyright": facts.rights.copyright,
        "Exif.Photo.LensModel": facts.lens,
        **_exif_exposure(facts),
        **_exif_taken(facts.taken),
        **_exif_gps(facts.place),
    }
    cleaned = {key: clean(value) for key, value in found.items()}
    return {key: value for key, value in cleaned.items() if value}


def _exif_exposure(facts: Facts) -> Entries:
    exposure = facts.exposure
    return {
        "Exif.Photo.ExposureTime": "/".join(map(str, exposure.shutter_s or ())),
        "Exif.Photo.FNumber": _fraction(exposure.aperture_f),
        "Exif.Photo.ISOSpeedRatings": str(min(exposure.iso, 65_535)) if exposure.iso else "",
        "Exif.Photo.RecommendedExposureIndex": str(exposure.iso) if exposure.iso and exposure.iso >= 65_535 else "",  # noqa: PLR2004 - all that the field above holds
        "Exif.Photo.FocalLength": _fraction(exposure.focal_mm),
        "Exif.Photo.FocalLengthIn35mmFilm": str(exposure.focal_35mm) if exposure.focal_35mm else "",
    }


def _fraction(value: float | None) -> str:
    if not value:
        return ""
    fraction = Fraction(repr(value)).limit_denominator(1_000_000)
    return f"{fraction.numerator}/{fraction.denominator}"


def _exif_taken(taken: Taken | None) -> Entries:
    """Exif holds whole dates only; a partial one stands in XMP alone."""
    if taken is None or "T" not in taken.local:
        return {}
    return {
        "Exif.Photo.DateTimeOriginal": taken.local.replace("-", ":").replace("T", " "),
        "Exif.Photo.SubSecTimeOriginal": taken.subsec,
        "Exif.Photo.OffsetTimeOriginal": taken.offset,
    }


def _exif_gps(place: Place) -> Entries:
    if place.latitude is None or place.longitude is None:
        return {}
    found = {
        "Exif.GPSInfo.GPSVersionID": "2 3 0 0",
        "Exif.GPSInfo.GPSLatitude": _angle(place.latitude),
        "Exif.GPSInfo.GPSLatitudeRef": "S" if place.latitude < 0 else "N",
        "Exif.GPSInfo.GPSLongitude": _angle(place.longitude),
        "Exif.GPSInfo.GPSLongitudeRef": "W" if place.longitude < 0 else "E",
    }
    if place.altitude_m is not None:
        found["Exif.GPSInfo.GPSAltitude"] = _fraction(abs(place.altitude_m)) or "0/1"
        found["Exif.GPSInfo.GPSAltitudeRef"] = "1" if place.altitude_m < 0 else "0"
    return found


def _angle(degrees: float) -> str:
    """Degrees, minutes and millionths of a second, which is finer than any receiver."""
    minutes, seconds_millionths = divmod(round(abs(degrees) * 3_600_000_000), 60_000_000)
    return f"{minutes // 60}/1 {minutes % 60}/1 {seconds_millionths}/1000000"


def iptc_entries(facts: Facts) -> list[tuple[str, str]]:
    """IPTC key and value, each cut to the length that IIM allows; repeatable ones several times.

    Source: IPTC-IIM 4.2, chapter 6 (read 2026-11).
    """
    place, rights = facts.place, facts.rights
    found: list[tuple[str, str, int]] = [
        ("ObjectName", facts.title, 64),
        *(("Keywords", keyword, 64) for keyword in facts.keywords),
        ("Headline", facts.headline, 256),
        ("Caption", facts.caption, 2000),
        *(("Byline", creator, 32) for creator in rights.creators),
        ("Credit", rights.credit, 32),
        ("Copyright", rights.copyright, 128),
        ("SubLocation", place.sublocation, 32),
        ("City", place.city, 32),
        ("ProvinceState", place.state, 32),
        ("CountryCode", place.country_code, 3),
        ("CountryName", place.country, 64),
        *_iptc_taken(facts.taken),
    ]
    cleaned = [(f"Iptc.Application2.{name}", cut(clean(text), length).strip()) for name, text, length in found]
    return [(key, text) for key, text in dict.fromkeys(cleaned) if text]


def _iptc_taken(taken: Taken | None) -> Iterator[tuple[str, str, int]]:
    """IIM has no time without an offset, so that one is left out rather than an offset made up."""
    if taken is None or not taken.local:
        return
    date, _, time = taken.local.partition("T")
    yield "DateCreated", f"{date}-00-00"[:10], 10
    if time and taken.offset:
        yield "TimeCreated", time + taken.offset, 14


def xmp_entries(facts: Facts, *, alone: bool) -> list[XmpEntry]:
    """XMP properties; `alone` is a packet without a picture, which also says what else stands in Exif."""
    found = [*_words(facts), *_rights(facts), *_place(facts.place), *_taken(facts.taken)]
    if alone:
        found.extend(_mirror(facts))
    cleaned = (
        replace(entry, values=tuple(map(clean, entry.values)) if entry.fields else distinct(entry.values))
        for entry in found
    )
    return [entry for entry in cleaned if any(entry.values)]


def _words(facts: Facts) -> Iterator[XmpEntry]:
    yield XmpEntry("Xmp.dc.title", "alt", (facts.title,))
    yield XmpEntry("Xmp.dc.description", "alt", (facts.caption,))
    yield XmpEntry("Xmp.photoshop.Headline", "text", (facts.headline,))
    yield XmpEntry("Xmp.iptc.AltTextAccessibility", "alt", (facts.alt_text,))
    yield XmpEntry("Xmp.iptc.ExtDescrAccessibility", "alt", (facts.extended_description,))
    yield XmpEntry("Xmp.dc.subject", "bag", facts.keywords)
    yield XmpEntry("Xmp.lr.hierarchicalSubject", "bag", tuple("|".join(path) for path in facts.keyword_paths))
    yield XmpEntry("Xmp.iptcExt.PersonInImage", "bag", facts.people)
    yield XmpEntry("Xmp.xmp.Rating", "text", ("" if facts.rating is None else str(facts.rating),))
    yield XmpEntry("Xmp.xmp.Label", "text", (facts.label,))


def _rights(facts: Facts) -> Iterator[XmpEntry]:
    rights = facts.rights
    yield XmpEntry("Xmp.dc.creator", "seq", rights.creators)
    yield XmpEntry("Xmp.photoshop.Credit", "text", (rights.credit,))
    yield XmpEntry("Xmp.dc.rights", "alt", (rights.copyright,))
    yield XmpEntry("Xmp.xmpRights.UsageTerms", "alt", (rights.usage_terms,))
    yield XmpEntry("Xmp.cc.license", "text", (rights.licence_url,))
    yield XmpEntry("Xmp.xmpRights.WebStatement", "text", (rights.licence_url,))
    yield XmpEntry("Xmp.xmpRights.Marked", "text", ("" if rights.marked is None else str(rights.marked),))


def _place(place: Place) -> Iterator[XmpEntry]:
    names = {
        "Sublocation": place.sublocation,
        "City": place.city,
        "ProvinceState": place.state,
        "CountryName": place.country,
        "CountryCode": place.country_code,
    }
    stated = {field: text for field, text in names.items() if text}
    yield XmpEntry("Xmp.iptcExt.LocationCreated", "struct", tuple(stated.values()), tuple(stated))
    yield XmpEntry("Xmp.iptc.Location", "text", (place.sublocation,))
    yield XmpEntry("Xmp.photoshop.City", "text", (place.city,))
    yield XmpEntry("Xmp.photoshop.State", "text", (place.state,))
    yield XmpEntry("Xmp.photoshop.Country", "text", (place.country,))
    yield XmpEntry("Xmp.iptc.CountryCode", "text", (place.country_code,))


def _taken(taken: Taken | None) -> Iterator[XmpEntry]:
    if taken is None:
        return
    fraction = f".{taken.subsec}" if taken.subsec else ""
    yield XmpEntry("Xmp.photoshop.DateCreated", "text", (taken.local and taken.local + fraction + taken.offset,))
    yield XmpEntry("Xmp.iptcExt.CircaDateCreated", "text", (taken.circa,))


def _mirror(facts: Facts) -> Iterator[XmpEntry]:
    exif = exif_entries(facts)
    yield XmpEntry("Xmp.tiff.Make", "text", (facts.camera_make,))
    yield XmpEntry("Xmp.tiff.Model", "text", (facts.camera_model,))
    yield XmpEntry("Xmp.exifEX.LensModel", "text", (facts.lens,))
    for name in ("ExposureTime", "FNumber", "FocalLength", "FocalLengthIn35mmFilm"):
        yield XmpEntry(f"Xmp.exif.{name}", "text", (exif.get(f"Exif.Photo.{name}", ""),))
    yield XmpEntry("Xmp.exif.ISOSpeedRatings", "seq", (str(facts.exposure.iso or ""),))
    for name in ("Latitude", "Longitude"):
        yield XmpEntry(f"Xmp.exif.GPS{name}", "text", (_xmp_angle(exif, name),))
    for name in ("GPSAltitude", "GPSAltitudeRef"):
        yield XmpEntry(f"Xmp.exif.{name}", "text", (exif.get(f"Exif.GPSInfo.{name}", ""),))


def _xmp_angle(exif: Entries, name: str) -> str:
    angle = exif.get(f"Exif.GPSInfo.GPS{name}", "")
    if not angle:
        return ""
    degrees, minutes, seconds = (Fraction(part) for part in angle.split())
    whole, millionths = divmod(round((minutes + seconds / 60) * 100_000_000), 100_000_000)
    return f"{degrees},{whole}.{millionths:08d}{exif[f'Exif.GPSInfo.GPS{name}Ref']}"
