"""What a page says of one photo: its picture in every size, and its facts in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from heliograph.model import F, Value, licence_address, licence_name
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.posts import Entry, Picture

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FALLBACKS = ("image/jpeg", "image/webp")
_RATIO_LEAST, _RATIO_FINE, _RATIO_MOST = 10, 400, 2000
"""In hundredths. A strip wider than the last but one is a row of its own: a tenth more or less is not seen."""
_MEDIUM_PX, _LARGE_PX = 640, 1280
_FULL_FRAME = re.compile(r"\(35 mm equivalent(?=[:)])")
_CAMERA = "Camera"
_MEASURED = frozenset({"Exposure", "Aperture", "Focal length"})
_PUBLIC_DOMAIN = {"zero": "CC0 1.0", "mark": "Public Domain Mark 1.0"}


def legible(value: Value) -> str:
    """A field as text that a page can hold: without control characters and halves of characters."""
    if not isinstance(value, str):
        return ""
    return value if value.isprintable() else _UNSEEN.sub("", value)


def texts(value: Value) -> tuple[str, ...]:
    """A field that is a list, as the texts in it."""
    return tuple(filter(None, map(legible, value))) if isinstance(value, tuple) else ()


def _part(value: Value, index: int) -> Value:
    return value[index] if isinstance(value, tuple) and index < len(value) else None


# --- the picture ------------------------------------------------------------------------------------------------------


def picture_view(entry: Entry) -> dict[str, Any]:
    """What a page's `<picture>` needs: sources by media type, the fallback, proportions, the placeholder."""
    if not entry.pictures:
        return {}
    by_type: dict[str, list[Picture]] = {}
    for picture in sorted(entry.pictures, key=lambda picture: (-picture.width_px, picture.name)):
        by_type.setdefault(picture.media_type, []).append(picture)
    fallback_type = next((kind for kind in _FALLBACKS if kind in by_type), next(iter(by_type)))
    files = by_type[fallback_type]
    largest, medium, large = files[0], _nearest(files, _MEDIUM_PX), _nearest(files, _LARGE_PX)
    ratio = largest.width_px / max(1, largest.height_px)
    return {
        "sources": [(kind, _sizes(files)) for kind, files in sorted(by_type.items()) if kind != fallback_type],
        "fallback": _sizes(files),
        "largest": largest.name,
        "large": _shown(large),
        "medium": _shown(medium),
        "width_px": largest.width_px,
        "height_px": largest.height_px,
        "ratio": f"{ratio:.4f}",
        "ratio_class": ratio_class(ratio),
        "blur": entry.blur if entry.blur.startswith("data:image/") else "",
    }


def _shown(picture: Picture) -> dict[str, Any]:
    return {"name": picture.name, "width_px": picture.width_px, "height_px": picture.height_px}


def ratio_class(ratio: float) -> str:
    """The style sheet's class for a picture's proportions, in steps of a hundredth, of wide strips of a tenth."""
    step = 1 if ratio * 100 <= _RATIO_FINE else 10
    return f"r{min(_RATIO_MOST, max(_RATIO_LEAST, round(ratio * 100 / step) * step))}"


def ratio_rules() -> str:
    """The style sheet's rules behind `ratio_class`; they stand there because a page may hold no styles of its own."""
    return "".join(f".r{n}{{--r:{n / 100:g}}}\n" for n in _ratios())


def _ratios() -> Iterator[int]:
    yield from range(_RATIO_LEAST, _RATIO_FINE + 1)
    yield from range(_RATIO_FINE + 10, _RATIO_MOST + 1, 10)


def _sizes(files: list[Picture]) -> list[tuple[str, int]]:
    widths = {file.width_px: file.name for file in reversed(files)}
    return sorted(((name, width) for width, name in widths.items()), key=lambda item: item[1])


def _nearest(files: list[Picture], edge_px: int) -> Picture:
    return min(files, key=lambda file: abs(max(file.width_px, file.height_px) - edge_px))


# --- the facts --------------------------------------------------------------------------------------------------------


def date_view(value: Value, language: Language) -> dict[str, str]:
    """When the photo was taken: `words` for people, `stamp` for machines where the date is certain."""
    local, offset, circa = (legible(_part(value, index)) for index in (0, 2, 3))
    if circa:
        return {"words": circa, "stamp": ""}
    words = language.date(local)
    if not words:
        return {"words": local, "stamp": ""}
    stamp = local + (offset if "T" in local and re.fullmatch(r"[+-]\d\d:\d\d", offset) else "")
    return {"words": words, "stamp": stamp}


def taken_month(entry: Entry) -> str:
    """The year and month in which the photo was taken; the year alone where the date is not certain."""
    circa = legible(_part(entry.fields.get(F.TAKEN), 3))
    return year_of(entry) if circa else taken_local(entry)[:7]


def year_of(entry: Entry) -> str:
    """The year in which the photo was taken, also where it is not certain; empty where it is not known."""
    match = re.match(r"[0-9]{4}(?=-|$)", taken_local(entry))
    return match[0] if match else ""


def taken_local(entry: Entry) -> str:
    """When the photo was taken, as its camera's clock said; empty where it is not known."""
    return legible(_part(entry.fields.get(F.TAKEN), 0))


def taken_key(entry: Entry) -> str:
    """Sorts photos by when they were taken; without a date first."""
    return taken_local(entry) + "." + legible(_part(entry.fields.get(F.TAKEN), 1))


def place_names(value: Value) -> tuple[str, ...]:
    """What the place is called, from small to large, each name once."""
    names = (legible(_part(value, index)) for index in range(2, 6))
    return tuple(dict.fromkeys(name for name in names if name))


def position_of(value: Value) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, where they are ones of this world."""
    latitude, longitude = _part(value, 0), _part(value, 1)
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None  # noqa: PLR2004 - degrees


def place_view(value: Value, language: Language) -> dict[str, str]:
    """Where the photo was taken: `names` from small to large, and the `position`."""
    return {"names": ", ".join(place_names(value)), "position": position_words(position_of(value), language)}


def position_words(position: tuple[float, float] | None, language: Language) -> str:
    """A position for people; empty where there is none."""
    if position is None:
        return ""
    north = language.degrees(position[0], "compass.north", "compass.south")
    return f"{north}, {language.degrees(position[1], 'compass.east', 'compass.west')}"


def openstreetmap(position: tuple[float, float]) -> str:
    """Address of a map with a marker there.

    Source: https://wiki.openstreetmap.org/wiki/Browsing#Sharing_a_link_to_the_map_with_a_marker, 2026-11.
    """
    latitude, longitude = (f"{degrees:.5f}" for degrees in position)
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=13/{latitude}/{longitude}"


def rights_view(value: Value) -> dict[str, Any]:
    """Who made the photo and what others may do with it; `licence_url` only where it leads to a web address."""
    creators, credit, notice, terms, licence = (_part(value, index) for index in range(5))
    address = legible(licence).strip()
    known = licence_name((address,)) or ""
    url = address if is_web_address(address) else licence_address(known) if known else ""
    return {
        "creators": texts(creators),
        "credit": legible(credit),
        "copyright": legible(notice),
        "usage_terms": legible(terms),
        "licence": _PUBLIC_DOMAIN.get(known) or (f"CC {known.upper()}" if known else address),
        "licence_url": url,
    }


def is_web_address(text: str) -> bool:
    """Whether it is one address, whole, and nothing beside it; addresses of any other kind are no links here."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(sign.isspace() for sign in text)


def camera_view(value: Value, language: Language) -> list[dict[str, str]]:
    """The rows of the EXIF table: `key`, `label` and `value`, in the words of the language."""
    return [
        {
            "key": label,
            "label": language.words.get(f"rows.{label}", label),
            "value": _measured(words, language) if label in _MEASURED else words,
        }
        for label, words in _rows(value)
    ]


def camera_of(entry: Entry) -> str:
    """The camera, as the EXIF table names it; empty where it is not known."""
    return next((words for label, words in _rows(entry.fields.get(F.CAMERA)) if label == _CAMERA), "")


def _rows(value: Value) -> list[tuple[str, str]]:
    rows = value if isinstance(value, tuple) else ()
    return [(legible(_part(row, 0)), legible(_part(row, 1))) for row in rows if legible(_part(row, 1))]


def _measured(words: str, language: Language) -> str:
    return language.decimals(_FULL_FRAME.sub(lambda _: f"({language.words['rows.equivalent']}", words))


def links_view(entry: Entry) -> list[dict[str, str]]:
    """Where the same photo is shown elsewhere: `name` and `url`, web addresses only."""
    value = entry.fields.get(F.LINKS)
    pairs = [(legible(_part(one, 0)), legible(_part(one, 1))) for one in (value if isinstance(value, tuple) else ())]
    return [{"name": name or url, "url": url} for name, url in pairs if is_web_address(url)]


def paragraphs(value: Value) -> list[str]:
    """A caption as paragraphs; single line ends stay within them."""
    pieces = re.split(r"\n\s*\n", legible(value).replace("\r\n", "\n").replace("\r", "\n"))
    return [piece.strip() for piece in pieces if piece.strip()]
