"""The words of the pages in the language of the site, and its ways of writing dates and numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Final

from heliograph.errors import Mistake
from heliograph.model import value_digest

LANGUAGES: Final = ("en", "de", "fr")
"""Those that have a table of words; every other one speaks English until its owner gives it words."""

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku-arab", "ps", "sd", "syr", "ug", "ur", "yi"})
_SINGULAR_BELOW_TWO = frozenset({"fr"})
_LOCAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(:\d\d)?)?)?)?")
_BRACES = re.compile(r"\{(\w+)\}")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_MONTHS_OF_A_YEAR = 12


class Language:
    """One language: `tag` as BCP 47 writes it, and its words by their keys; `own` words win over ours.

    Raises:
        Mistake: `own` has a word that no page says, or one that lacks its `{braces}`.
    """

    def __init__(self, tag: str, own: Mapping[str, str], source: str) -> None:
        self.tag = tag
        subtags = tag.lower().replace("_", "-").split("-")
        self._kind = next((one for one in LANGUAGES if one == subtags[0]), LANGUAGES[0])
        self._lent = frozenset[str]() if self._kind == subtags[0] else table(self._kind).keys() - own.keys()
        _check(own, source)
        self.words: Mapping[str, str] = {**table(self._kind), **own}
        self.key = value_digest((tag, sorted(self.words.items()), sorted(self._lent)))
        is_rtl = bool(_RIGHT_TO_LEFT & {subtags[0], "-".join(subtags[:2])})
        self.direction = "rtl" if is_rtl else "ltr"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)

    def word(self, key: str, **given: object) -> str:
        """The words of that key, with what is given in place of `{its name}`."""
        return _filled(self.words[key], given) if given else self.words[key]

    def lent(self, key: str) -> str:
        """The language in which the words of that key are said, where it is another one than the site's; else empty."""
        return self._kind if key in self._lent else ""

    def counted(self, key: str, number: int) -> str:
        """“1 photo”, “1,200 photos”."""
        is_one = number < 2 if self._kind in _SINGULAR_BELOW_TWO else number == 1  # noqa: PLR2004 - that is the rule
        return self.word(f"{key}.{'one' if is_one else 'other'}", n=self.number(number))

    def number(self, value: int) -> str:
        """In groups of three, from five digits on: four are read at a glance and may be a year."""
        digits = f"{value:,}" if abs(value) >= 10_000 else str(value)  # noqa: PLR2004
        return digits.replace(",", self.words["format.thousands"])

    def decimals(self, text: str) -> str:
        """`text` with the language's sign in every number in it that has decimals."""
        return _POINT.sub(lambda _: self.words["format.decimal"], text)

    def degrees(self, value: float, positive: str, negative: str, digits: int = 4) -> str:
        """A latitude or longitude: “67.9325° N”."""
        written = f"{self.decimals(f'{abs(value):.{digits}f}')}°"
        return f"{written} {self.words[positive if value > 0 else negative]}" if value else written

    def date(self, local: str) -> str:
        """A date as exactly as it is known; empty where `local` is none."""
        match = _LOCAL.fullmatch(local)
        if match is None or not 1 <= int(match[2] or 1) <= _MONTHS_OF_A_YEAR:
            return ""
        (year, month, day, minutes, _) = match.groups()
        date = self._day(year, month, day)
        return self.word("format.time", date=date, time=minutes) if minutes else date

    def _day(self, year: str, month: str | None, day: str | None) -> str:
        if not month:
            return year
        name = self.words[f"months.{int(month)}"]
        if not day:
            return self.word("format.month", month=name, year=year)
        number = self.words["format.first"] if int(day) == 1 else str(int(day))
        return self.word("format.day", day=number, month=name, year=year)

    def span(self, first: str, last: str) -> str:
        """From the earliest to the latest of some dates: months within one year, else years."""
        begin, end = first[:7], last[:7]
        if begin[:4] != end[:4]:
            return self.word("format.range", first=begin[:4], last=end[:4])
        if begin == end or len(begin) != len(end):
            return self.date(end if begin == end else end[:4])
        month = self.words[f"months.{int(begin[5:])}"] if self.date(begin) and self.date(end) else ""
        return self.word("format.range", first=month, last=self.date(end)) if month else end[:4]


def _filled(text: str, given: Mapping[str, object]) -> str:
    """In one pass, so that words that hold braces themselves stay as they are."""
    return _BRACES.sub(lambda match: str(given.get(match[1], match[0])), text)


@cache
def table(kind: str) -> Mapping[str, str]:
    """Our words in one of `LANGUAGES`, by their keys."""
    text = (files("heliograph.platforms.site") / "words" / f"{kind}.toml").read_text(encoding="utf-8")
    return dict(flattened(tomllib.loads(text)))


def flattened(form: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every text of nested tables with its keys joined by dots."""
    for key, value in form.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)


def _check(own: Mapping[str, str], source: str) -> None:
    ours = table(LANGUAGES[0])
    for key, text in own.items():
        if key not in ours:
            close = get_close_matches(key, ours, 1)
            hint = f" Did you mean {close[0]}?" if close else " The table of words lists them all."
            sentence = f"{source} has the word {key}, which no page says.{hint} The pages are as they were."
            raise Mistake(sentence)
        strange = set(_BRACES.findall(text)) - set(_BRACES.findall(ours[key]))
        if strange:
            known = f"{source}: the word {key} names {{{min(strange)}}}, which is not known there."
            sentence = f"{known} The pages are as they were."
            raise Mistake(sentence)
