"""What took the picture, and how it was exposed."""

from __future__ import annotations

import re

from heliograph.metadata.blocks import Exif, Xmp
from heliograph.model import Exposure

_NO_LENS = re.compile(r"[-\s]*|0(?:\.0)? ?mm f/0(?:\.0)?|none|n/?a|unknown|manual lens.*", re.IGNORECASE)
"""What cameras write about a lens that does not speak to them."""

_ISO_OVERFLOW = 65_535
"""PhotographicSensitivity cannot hold more; the real value stands elsewhere.

Source: Exif 2.32, section 4.6.5 (read 2026-11).
"""

_ISO_KEYS = ("ISOSpeedRatings", "RecommendedExposureIndex", "ISOSpeed", "StandardOutputSensitivity")


def exposure(exif: Exif, *packets: Xmp) -> Exposure:
    """From Exif, value by value from the first packet that states it where Exif is silent."""

    def number(name: str) -> float | None:
        return next((value for xmp in packets if (value := _positive(xmp.number(f"exif.{name}")))), None)

    shutter_s = next((pair for xmp in packets if (pair := _fraction(xmp.text("exif.ExposureTime")))), None)
    return Exposure(
        iso=_iso(exif) or _positive_int(number("ISOSpeedRatings")),
        shutter_s=_shutter(exif) or shutter_s,
        aperture_f=_aperture(exif) or number("FNumber"),
        focal_mm=_positive(exif.number("Exif.Photo.FocalLength")) or number("FocalLength"),
        focal_35mm=_positive_int(exif.number("Exif.Photo.FocalLengthIn35mmFilm"))
        or _positive_int(number("FocalLengthIn35mmFilm")),
    )


def lens(text: str) -> str:
    """The name of a lens; empty for the ways to say that there is none."""
    return "" if _NO_LENS.fullmatch(text) else text


def _iso(exif: Exif) -> int | None:
    values = (_positive_int(exif.number(f"Exif.Photo.{key}")) for key in _ISO_KEYS)
    return next((value for value in values if value and value != _ISO_OVERFLOW), None)


def _shutter(exif: Exif) -> tuple[int, int] | None:
    for top, bottom in exif.fractions("Exif.Photo.ExposureTime")[:1]:
        if top > 0 and bottom > 0:
            return top, bottom
    speed = exif.number("Exif.Photo.ShutterSpeedValue")
    if speed is None or abs(speed) > 30:  # noqa: PLR2004 - far beyond any shutter; 2**speed stays a number
        return None
    return (1, round(2**speed)) if speed > 0 else (round(2**-speed), 1)


def _aperture(exif: Exif) -> float | None:
    stated = _positive(exif.number("Exif.Photo.FNumber"))
    value = exif.number("Exif.Photo.ApertureValue")
    if stated or value is None or not 0 < value < 20:  # noqa: PLR2004 - f/1000
        return stated
    return round(2 ** (value / 2), 1)


def _fraction(text: str) -> tuple[int, int] | None:
    top, _, bottom = text.partition("/")
    if not (text.isascii() and top.isdecimal() and bottom.isdecimal() and int(top[:12]) and int(bottom[:12])):
        return None
    return int(top[:12]), int(bottom[:12])


def _positive(value: float | None) -> float | None:
    return value if value is not None and 0 < value < 1e9 else None  # noqa: PLR2004 - beyond any lens or sensor


def _positive_int(value: float | None) -> int | None:
    positive = _positive(value)
    return round(positive) if positive else None
