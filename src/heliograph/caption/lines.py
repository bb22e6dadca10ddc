"""Ready-made lines: shooting, camera, date, place; missing parts leave no dangling sign."""

from __future__ import annotations

import re
from math import isfinite

from heliograph.model import Exposure, Facts, Place, Taken

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

SECONDS_FROM_S = 0.3
"""From here on cameras name exposure times in seconds, below in fractions of one."""

LONGEST_EXPOSURE_S = 100_000.0
SHORTEST_EXPOSURE_S = 1e-6
LARGEST_APERTURE_F = 1_000.0
LONGEST_FOCAL_MM = 100_000.0
HIGHEST_ISO = 100_000_000
"""Beyond these a file holds a mistake, not a measurement."""

_LOCAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?")


def number(value: float) -> str:
    """About three digits, without a trailing zero: `6.3`, `8`, `0.95`, `45`."""
    return f"{round(value, 1 if abs(value) >= 10 else 2):.10g}"  # noqa: PLR2004 - a second digit before the point


def measured(value: float | None, most: float) -> str:
    """`number` of a measurement; empty where it is missing or absurd."""
    return number(value) if value is not None and isfinite(value) and 0 < value <= most else ""


def shutter(shutter_s: tuple[int, int] | None) -> str:
    """Exposure time as a camera shows it, in seconds without the unit: `1/60`, `0.5`, `2`; empty if absurd."""
    if shutter_s is None or shutter_s[0] <= 0 or shutter_s[1] <= 0:
        return ""
    over, under = shutter_s
    if not SHORTEST_EXPOSURE_S * under <= over <= LONGEST_EXPOSURE_S * under:
        return ""
    seconds = over / under
    return f"{round(seconds, 1):.10g}" if seconds >= SECONDS_FROM_S else f"1/{round(under / over)}"


def iso(exposure: Exposure) -> str:
    """`200`; empty where it is missing or absurd."""
    return str(exposure.iso) if exposure.iso is not None and 0 < exposure.iso <= HIGHEST_ISO else ""


def shooting_line(exposure: Exposure) -> str:
    """`ISO 200 | 1/60 sec | f/8 | 50 mm`."""
    return _shooting_line(exposure, measured(exposure.focal_mm, LONGEST_FOCAL_MM))


def shooting_line_exif(exposure: Exposure) -> str:
    """The same with the focal length as ExifTool and IMatch print it: `ISO 200 | 1/60 sec | f/8 | 50.0 mm`.

    Source: ExifTool's documentation of Exif tags (2026-11).
    """
    known = measured(exposure.focal_mm, LONGEST_FOCAL_MM)
    return _shooting_line(exposure, f"{exposure.focal_mm:.1f}" if known else "")


def _shooting_line(exposure: Exposure, focal_mm: str) -> str:
    parts = (
        ("ISO ", iso(exposure), ""),
        ("", shutter(exposure.shutter_s), " sec"),
        ("f/", measured(exposure.aperture_f, LARGEST_APERTURE_F), ""),
        ("", focal_mm, " mm"),
    )
    return " | ".join(before + value + behind for before, value, behind in parts if value)


def camera_line(facts: Facts) -> str:
    """`model | lens`."""
    return " | ".join(part for part in (facts.camera_model, facts.lens) if part)


def date(taken: Taken | None) -> str:
    """`3 May 2024`, `May 2024` or `2024`; the photographer's own words where the date is uncertain: `ca. 1936`."""
    if taken is None:
        return ""
    if taken.circa:
        return f"ca. {taken.circa}" if taken.circa[0].isdigit() else taken.circa
    found = _LOCAL.fullmatch(taken.local)
    if not found:
        return ""
    year, month, day = found.groups()
    if not month or not 1 <= int(month) <= len(_MONTHS):
        return year
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {named}" if day and int(day) else named


def taken_line(taken: Taken | None) -> str:
    """`Taken 3 May 2024`, or `Taken ca. 1936`."""
    day = date(taken)
    return f"Taken {day}" if day else ""


def place_line(place: Place) -> str:
    """`Reine, Nordland, Norway`: from small to large, no name twice in a row."""
    parts = [part for part in (place.sublocation, place.city, place.state, place.country) if part]
    return ", ".join(part for index, part in enumerate(parts) if index == 0 or parts[index - 1] != part)


def camera_table(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Labels and values for a table of how the picture was made, in a fixed order; what is not known is not there."""
    exposure = facts.exposure
    time, aperture = shutter(exposure.shutter_s), measured(exposure.aperture_f, LARGEST_APERTURE_F)
    rows = (
        ("Camera", _camera(facts)),
        ("Lens", facts.lens),
        ("Exposure", f"{time} s" if time else ""),
        ("Aperture", f"f/{aperture}" if aperture else ""),
        ("ISO", iso(exposure)),
        ("Focal length", _focal_length(exposure)),
    )
    return tuple((label, value) for label, value in rows if value)


def _camera(facts: Facts) -> str:
    """Maker and model, the maker not twice: most models begin with it."""
    make, model = facts.camera_make.strip(), facts.camera_model.strip()
    if not model or not make or model.casefold().startswith(make.split()[0].casefold()):
        return model or make
    return f"{make} {model}"


def _focal_length(exposure: Exposure) -> str:
    own, full = measured(exposure.focal_mm, LONGEST_FOCAL_MM), measured(exposure.focal_35mm, LONGEST_FOCAL_MM)
    if own and full and own != full:
        return f"{own} mm (35 mm equivalent: {full} mm)"
    return f"{own or full} mm" + ("" if own else " (35 mm equivalent)") if own or full else ""
