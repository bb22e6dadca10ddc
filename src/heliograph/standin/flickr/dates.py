"""Flickr's dates: moments as unix seconds, and "taken" as text without a zone that is never converted.

Source: Flickr's page on dates and recorded answers, as of 2026.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_MYSQL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?")
_AGO = re.compile(r"-?\s*(\d+|an?)\s+(second|minute|hour|day|week|month|year)s?(?:\s+ago)?", re.IGNORECASE)
_UNIT_S = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 7 * 86400,
    "month": 30 * 86400,
    "year": 365 * 86400,
}
EARLIEST_YEAR = 1800
"""Photographs are not older; Flickr calls such dates "in the distant past"."""


def taken(text: str) -> str | None:
    """`YYYY-MM-DD HH:MM:SS` for a date that may be shortened from its end; `None` if it is none."""
    moment = _parsed(text)
    return None if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")


def _parsed(text: str) -> datetime | None:
    """The local moment that a MySQL date names."""
    match = _MYSQL.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
    try:
        return datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0)  # noqa: DTZ001  # local
    except ValueError:
        return None


def local(moment_s: float, utc_offset_s: int) -> str:
    """A moment as a date in somebody's local time."""
    return (datetime.fromtimestamp(moment_s, UTC) + timedelta(seconds=utc_offset_s)).strftime("%Y-%m-%d %H:%M:%S")


def moment(text: str, now_s: float) -> float | None:
    """Unix seconds for unix seconds, a MySQL date (taken as UTC), or English such as `yesterday` and `2 weeks ago`."""
    text = text.strip()
    if re.fullmatch(r"\d{1,3}|\d{5,11}(\.\d*)?", text):
        return float(text)
    parsed = _parsed(text)
    if parsed is not None:
        return parsed.replace(tzinfo=UTC).timestamp()
    return _english(text.lower(), now_s)


def _english(text: str, now_s: float) -> float | None:
    """Unix seconds for a few English words."""
    named = {"now": now_s, "today": now_s - now_s % 86400, "yesterday": now_s - now_s % 86400 - 86400}
    if text in named:
        return named[text]
    ago = _AGO.fullmatch(text)
    if ago is None:
        return None
    count, unit = ago.groups()
    return now_s - (int(count) if count.isdigit() else 1) * _UNIT_S[unit]
