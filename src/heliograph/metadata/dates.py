"""Dates as cameras, IIM and XMP write them -> `Taken`, as far as they are known and no further."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from heliograph.metadata.blocks import Exif, Iptc, Xmp
from heliograph.model import Taken

_WRITTEN = re.compile(
    r"""(\d{4}) (?: [-:/.]? (\d\d) (?: [-:/.]? (\d\d) )? )?
        (?: [T ]+ (\d\d) :? (\d\d) (?: :? (\d\d) (?: [.,] (\d+) )? )? )?
        \s* (Z | [+-]\d\d:?\d\d )?""",
    re.VERBOSE | re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_FURTHEST_MINUTES = 14 * 60


class NoDateError(ValueError):
    """Something stands where a date should, and is none."""


def parse(text: str) -> Taken | None:
    """A date in any of the three manners; `None` where it is blank or zero.

    Unknown months and days (spaces, `00`) make it a partial date; a time that does not exist is dropped; hours and
    minutes without seconds are taken at the full minute.

    Raises:
        NoDateError: it is no date.
    """
    words = re.sub(r"[\s:-]+$", "", text)
    if not words or not words.strip("0:-/. TZ"):
        return None
    match = _WRITTEN.fullmatch(words)
    if not match:
        raise NoDateError(text)
    year, month, day, hour, minute, second, subsec, zone = match.groups(default="")
    if year == "0000":
        return None
    if month in {"", "00"} or day in {"", "00"}:
        return Taken(_day(text, year, month if month != "00" else "", ""))
    date = _day(text, year, month, day)
    if not hour or int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:  # noqa: PLR2004 - a clock's own numbers
        return Taken(date)
    return Taken(f"{date}T{hour}:{minute}:{second or '00'}", subsec, offset(zone))


def _day(text: str, year: str, month: str, day: str) -> str:
    try:
        datetime(int(year), int(month or 1), int(day or 1))  # noqa: DTZ001 - only asked whether the day exists
    except ValueError as error:
        raise NoDateError(text) from error
    return "-".join(filter(None, (year, month, day)))


def offset(text: str) -> str:
    """`+02:00` for an offset in any manner; empty where it is none."""
    if text == "Z":
        return "+00:00"
    match = _OFFSET.fullmatch(text)
    if not match or int(match[2]) * 60 + int(match[3]) > _FURTHEST_MINUTES:
        return ""
    return f"{match[1]}{match[2]}:{match[3]}"


def from_exif(exif: Exif) -> Taken | None:
    """DateTimeOriginal with its fraction and offset; never the date of digitising or of the file."""
    taken = parse(exif.text("Exif.Photo.DateTimeOriginal") or exif.text("Exif.Image.DateTimeOriginal"))
    if taken is None or "T" not in taken.local:
        return taken
    subsec = exif.text("Exif.Photo.SubSecTimeOriginal")
    zone = offset(exif.text("Exif.Photo.OffsetTimeOriginal"))
    return replace(taken, subsec=subsec if subsec.isascii() and subsec.isdecimal() else "", offset=zone)


def from_xmp(xmp: Xmp) -> Taken | None:
    """photoshop:DateCreated, else exif:DateTimeOriginal."""
    return parse(xmp.text("photoshop.DateCreated", "exif.DateTimeOriginal"))


def from_iptc(iptc: Iptc) -> Taken | None:
    """DateCreated with TimeCreated."""
    date = parse(iptc.text("DateCreated"))
    time = iptc.text("TimeCreated")
    if date is None or not time or len(date.local) < len("2024-05-03"):
        return date
    try:
        return parse(f"{date.local}T{time}") or date
    except NoDateError:
        return date


def same(one: Taken, other: Taken) -> bool:
    """Whether two dates agree as far as both are known."""
    shorter = min(len(one.local), len(other.local))
    return one.local[:shorter] == other.local[:shorter]
