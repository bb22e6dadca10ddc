"""Positions and place names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from heliograph.metadata.blocks import Exif, Iptc, Xmp

_XMP_ANGLE = re.compile(r"(\d{1,3})(?:,(\d+(?:\.\d*)?))?(?:,(\d+(?:\.\d*)?))?\s*([NSEW])", re.ASCII)
_SIGN = {"N": 1, "E": 1, "S": -1, "W": -1}
_HIGHEST_M = 100_000


@dataclass(frozen=True, slots=True)
class Position:
    """A point on earth, in degrees and metres."""

    latitude: float
    longitude: float
    altitude_m: float | None


class NoPositionError(ValueError):
    """Something stands where a position should, and is none."""


def exif_position(exif: Exif) -> Position | None:
    """The position of the GPS block; `None` where it has none.

    Raises:
        NoPositionError: half of it is missing, is no number, or lies outside the earth.
    """
    angles = [exif.fractions(f"Exif.GPSInfo.GPS{name}") for name in ("Latitude", "Longitude")]
    if not any(angles):
        return None
    signs = [
        _SIGN.get(exif.text(f"Exif.GPSInfo.GPS{name}Ref")[:1].upper(), math.nan) for name in ("Latitude", "Longitude")
    ]
    latitude, longitude = (sign * _degrees(angle) for sign, angle in zip(signs, angles, strict=True))
    altitude_m = exif.number("Exif.GPSInfo.GPSAltitude")
    below = exif.integer("Exif.GPSInfo.GPSAltitudeRef") == 1
    return _checked(latitude, longitude, -altitude_m if altitude_m and below else altitude_m)


def _degrees(angle: tuple[tuple[int, int], ...]) -> float:
    if not angle or angle[0][1] == 0:
        return math.nan
    parts = [top / bottom if bottom else 0.0 for top, bottom in angle[:3]]
    return math.fsum(part / (60.0**index) for index, part in enumerate(parts))


def xmp_position(xmp: Xmp) -> Position | None:
    """The position of exif:GPSLatitude and its kin; `None` where there is none.

    Raises:
        NoPositionError: as for `exif_position`.
    """
    texts = [xmp.text("exif.GPSLatitude"), xmp.text("exif.GPSLongitude")]
    if not any(texts):
        return None
    latitude, longitude = (_xmp_degrees(text) for text in texts)
    altitude_m = xmp.number("exif.GPSAltitude")
    below = xmp.text("exif.GPSAltitudeRef") == "1"
    return _checked(latitude, longitude, -altitude_m if altitude_m and below else altitude_m)


def _xmp_degrees(text: str) -> float:
    match = _XMP_ANGLE.fullmatch(text)
    if not match:
        return math.nan
    degrees, minutes, seconds = (float(part or 0) for part in match.group(1, 2, 3))
    sign: int = _SIGN[match[4]]
    return sign * (degrees + minutes / 60 + seconds / 3600)


def _checked(latitude: float, longitude: float, altitude_m: float | None) -> Position:
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - not a number fails here too
        raise NoPositionError
    if latitude == 0 == longitude:  # written by devices that know none
        raise NoPositionError
    if altitude_m is not None and abs(altitude_m) > _HIGHEST_M:
        altitude_m = None
    # nine digits are a tenth of a millimetre, and undo what halves and sixtieths did to the number
    return Position(round(latitude, 9), round(longitude, 9), altitude_m)


Names = tuple[str, str, str, str, str]
"""Sublocation, city, state, country, country code."""

NO_NAMES: Names = ("", "", "", "", "")


def xmp_names(xmp: Xmp) -> Names:
    """Names of the place where the camera stood, else of the place shown, else the older properties for either."""
    for name in ("iptcExt.LocationCreated", "iptcExt.LocationShown"):
        for struct in xmp.structs(name)[:1]:
            fields = ("Sublocation", "City", "ProvinceState", "CountryName", "CountryCode")
            if any(names := tuple(struct.get(field, "") for field in fields)):
                return names[0], names[1], names[2], names[3], names[4]
    older = [
        xmp.text(name)
        for name in ("iptc.Location", "photoshop.City", "photoshop.State", "photoshop.Country", "iptc.CountryCode")
    ]
    return older[0], older[1], older[2], older[3], older[4]


def all_xmp_names(xmp: Xmp) -> tuple[str, ...]:
    """Every name of any place in a packet, in no meaningful order."""
    fields = ("Sublocation", "City", "ProvinceState", "CountryName", "CountryCode", "LocationName")
    found = [
        struct.get(field, "")
        for name in ("iptcExt.LocationCreated", "iptcExt.LocationShown")
        for struct in xmp.structs(name)
        for field in fields
    ]
    older = ("iptc.Location", "photoshop.City", "photoshop.State", "photoshop.Country", "iptc.CountryCode")
    return tuple(filter(None, (*found, *(xmp.text(name) for name in older))))


def iptc_names(iptc: Iptc) -> Names:
    """The same from IIM, whose names are cut at 32 and 64 bytes."""
    names = [iptc.text(name) for name in ("SubLocation", "City", "ProvinceState", "CountryName", "CountryCode")]
    return names[0], names[1], names[2], names[3], names[4]
