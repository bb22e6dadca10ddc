"""Dates taken: as exact as they are known, in Flickr's own way of saying so.

Source: https://www.flickr.com/services/api/misc.dates.html (2026-11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SECOND, MONTH, YEAR, CIRCA = "0", "4", "6", "8"
_CUTS = {MONTH: 7, YEAR: 4, CIRCA: 4}
_ABOUT = "ca."


@dataclass(frozen=True, slots=True)
class Date:
    """A date taken as Flickr holds it."""

    text: str
    """`2024-05-03 14:05:06`; of what is less exact, the beginning of it."""
    granularity: str


def to_send(taken: object) -> Date | None:
    """What is sent for a field's value; `None` where nothing is known."""
    if not isinstance(taken, tuple) or not taken:
        return None
    local, circa = str(taken[0]), str(taken[-1])
    year = re.search(r"\d{4}", circa) or re.match(r"\d{4}", local)
    if circa:
        return Date(f"{year[0]}-01-01 00:00:00", CIRCA) if year else None
    if len(local) == 4:  # noqa: PLR2004 - a year
        return Date(f"{local}-01-01 00:00:00", YEAR)
    if len(local) == 7:  # noqa: PLR2004 - and a month
        return Date(f"{local}-01 00:00:00", MONTH)
    return Date(local.replace("T", " ") if "T" in local else f"{local} 00:00:00", SECOND) if local else None


def shown(text: str, granularity: str) -> tuple[str, str, str, str]:
    """Flickr's date as a field's value, no more exact than it is meant."""
    cut = _CUTS.get(granularity)
    return (text[:cut] if cut else text.replace(" ", "T"), "", "", _ABOUT if granularity == CIRCA else "")


def is_exact(taken: object) -> bool:
    """Whether a file can carry it for Flickr to read: a date with a time, and no uncertain one."""
    return isinstance(taken, tuple) and "T" in str(taken[0]) and not taken[-1]
