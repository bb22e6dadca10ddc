"""What a page says of one photo: its picture in every size, and its facts in words."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from heliograph.model import F, Value
from heliograph.platforms.site.posts import Entry, Picture

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LOCAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(:\d\d)?)?)?)?")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FALLBACKS = ("image/jpeg", "image/webp")
_RATIO_LEAST, _RATIO_MOST = 30, 400


def legible(value: Value) -> str:
    """A field as text that a page can hold: without control characters and halves of characters."""
    return _UNSEEN.sub("", value) if isinstance(value, str) else ""


def texts(value: Value) -> tuple[str, ...]:
    """A field that is a list, as the texts in it."""
    return tuple(legible(item) for item in value if legible(item)) if isinstance(value, tuple) else ()


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
    largest = by_type[fallback_type][0]
    ratio = largest.width_px / max(1, largest.height_px)
    return {
        "sources": [(kind, _sizes(files)) for kind, files in sorted(by_type.items()) if kind != fallback_type],
        "fallback": _sizes(by_type[fallback_type]),
        "largest": largest.name,
        "medium": _nearest(by_type[fallback_type], 640).name,
        "width_px": largest.width_px,
        "height_px": largest.height_px,
        "ratio": f"{ratio:.4f}",
        "ratio_class": ratio_class(ratio),
        "blur": entry.blur if entry.blur.startswith("data:image/") else "",
    }


def ratio_class(ratio: float) -> str:
    """The style sheet's class for a picture's proportions, in steps of a hundredth."""
    return f"r{min(_RATIO_MOST, max(_RATIO_LEAST, round(ratio * 100)))}"


def ratio_rules() -> str:
    """The style sheet's rules behind `ratio_class`; they stand there because a page may hold no styles of its own."""
    return "".join(f".r{n}{{--r:{n / 100:g}}}\n" for n in range(_RATIO_LEAST, _RATIO_MOST + 1))


def _sizes(files: list[Picture]) -> list[tuple[str, int]]:
    widths = {file.width_px: file.name for file in reversed(files)}
    return sorted(((name, width) for width, name in widths.items()), key=lambda item: item[1])


def _nearest(files: list[Picture], edge_px: int) -> Picture:
    return min(files, key=lambda file: abs(max(file.width_px, file.height_px) - edge_px))


# --- the facts --------------------------------------------------------------------------------------------------------


def date_view(value: Value) -> dict[str, str]:
    """When the photo was taken: `words` for people, `stamp` for machines where the date is certain."""
    local, offset, circa = (legible(_part(value, index)) for index in (0, 2, 3))
    match = _LOCAL.fullmatch(local)
    if circa:
        return {"words": circa, "stamp": ""}
    if match is None or not 1 <= int(match[2] or 1) <= len(_MONTHS):
        return {"words": local, "stamp": ""}
    year, month, day, minutes, _ = match.groups()
    words = [str(int(day))] if day else []
    words += [_MONTHS[int(month) - 1]] if month else []
    stamp = local + (offset if minutes and re.fullmatch(r"[+-]\d\d:\d\d", offset) else "")
    return {"words": " ".join([*words, year]) + (f", {minutes}" if minutes else ""), "stamp": stamp}


def taken_key(entry: Entry) -> str:
    """Sorts photos by when they were taken; without a date first."""
    return legible(_part(entry.fields.get(F.TAKEN), 0)) + "." + legible(_part(entry.fields.get(F.TAKEN), 1))


def place_view(value: Value) -> dict[str, str]:
    """Where the photo was taken: `names` from small to large, and the `position`."""
    names = [legible(_part(value, index)) for index in range(2, 6)]
    latitude, longitude = _part(value, 0), _part(value, 1)
    position = ""
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
        position = f"{abs(latitude):.4f}° {north}, {abs(longitude):.4f}° {east}"
    return {"names": ", ".join(dict.fromkeys(name for name in names if name)), "position": position}


def rights_view(value: Value) -> dict[str, Any]:
    """Who made the photo and what others may do with it; `licence_url` only where it is a web address."""
    creators, credit, notice, terms, licence = (_part(value, index) for index in range(5))
    address = legible(licence)
    return {
        "creators": texts(creators),
        "credit": legible(credit),
        "copyright": legible(notice),
        "usage_terms": legible(terms),
        "licence": licence_name(address),
        "licence_url": address if _is_web(address) else "",
    }


def licence_name(address: str) -> str:
    """A short name for the address of a licence; the address itself where it is none of Creative Commons'.

    Source: https://creativecommons.org/licenses/list.en, 2026-11.
    """
    match = re.fullmatch(r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)(?:/.*)?", address)
    if match:
        return f"CC {match[1].upper()} {match[2]}"
    if re.fullmatch(r"https?://creativecommons\.org/publicdomain/zero/1\.0(?:/.*)?", address):
        return "CC0 1.0"
    return address


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def camera_view(value: Value) -> list[tuple[str, str]]:
    """The rows of the EXIF table."""
    rows = value if isinstance(value, tuple) else ()
    return [(legible(_part(row, 0)), legible(_part(row, 1))) for row in rows if legible(_part(row, 1))]


def paragraphs(value: Value) -> list[str]:
    """A caption as paragraphs; single line ends stay within them."""
    pieces = re.split(r"\n\s*\n", legible(value).replace("\r\n", "\n").replace("\r", "\n"))
    return [piece.strip() for piece in pieces if piece.strip()]
