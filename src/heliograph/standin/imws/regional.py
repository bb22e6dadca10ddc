"""How a user's Windows writes numbers, dates and lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from heliograph.standin.imws.dials import Dials

_DATES = {"dmy": ("{d}.{m}.{y}", "."), "mdy": ("{m}/{d}/{y}", "/"), "ymd": ("{y}-{m}-{d}", "-")}
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d))?")
_PARTS = re.compile(r"YYYY|YY|MM|DD|hh|mm|ss")
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Locale:
    """The habits of one user."""

    decimal_sign: str = "."
    list_separator: str = ";"
    date_order: str = "dmy"

    @classmethod
    def of(cls, dials: Dials) -> Locale:
        """As the dials say."""
        return cls(dials.decimal_sign, dials.list_separator, dials.date_order)

    def number(self, value: float, digits: int) -> str:
        """A number with so many digits after the sign."""
        return f"{value:.{digits}f}".replace(".", self.decimal_sign)

    def date(self, value: str) -> str:
        """A date of ISO's form as the user writes it, with its time where it has one."""
        found = _DATE.match(value)
        if not found:
            return value
        year, month, day, *time = found.groups()
        date = _DATES[self.date_order][0].format(y=year, m=month, d=day)
        return f"{date} {':'.join(time)}" if time[0] else date

    def megabytes(self, size_bytes: int) -> str:
        """A size as file windows show it."""
        return f"{self.number(size_bytes / _MEBIBYTE, 1)} MB"

    def items(self, values: list[str]) -> str:
        """A list as one text."""
        return self.list_separator.join(values)


def patterned(value: str, pattern: str) -> str:
    """A date of ISO's form by a pattern such as `YYYY-MM-DD`; unchanged where it is no date."""
    found = _DATE.match(value)
    if not found:
        return value
    year, month, day, hour, minute, second = (part or "00" for part in found.groups())
    parts = {"YYYY": year, "YY": year[2:], "MM": month, "DD": day, "hh": hour, "mm": minute, "ss": second}
    return _PARTS.sub(lambda part: parts[part.group()], pattern)


def degrees(value: float, poles: str) -> str:
    """A coordinate as people read it."""
    seconds = round(abs(value) * 3600, 2)
    minutes, seconds = divmod(seconds, 60)
    whole, minutes = divmod(int(minutes), 60)
    return f"{whole}° {minutes}' {seconds:.2f}\" {poles[value < 0]}"


Display = Callable[[float, Locale], str]
DISPLAYS: dict[str, Display] = {
    "aperture": lambda value, locale: locale.number(value, 1),
    "focallength": lambda value, locale: f"{locale.number(value, 1)} mm",
    "iso": lambda value, locale: locale.number(value, 0),
    "rating": lambda value, locale: locale.number(value, 2),
    "shutterspeed": lambda value, locale: (
        f"1/{round(1 / value)}" if 0 < value < 1 else locale.number(value, int(value % 1 > 0))
    ),
    "gpslatitude": lambda value, locale: degrees(value, "NS").replace(".", locale.decimal_sign),
    "gpslongitude": lambda value, locale: degrees(value, "EW").replace(".", locale.decimal_sign),
}
"""How numbers of a tag are displayed. Source: samples of IMatch's help and of published clients (November 2026)."""
