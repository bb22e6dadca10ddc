"""How long a text is as a platform counts it, and the part of it that fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from heliograph.caption.graphemes import clusters, graphemes
from heliograph.model import Count

LONGEST_OUTPUT = 100_000
"""Characters of one text; more than any service takes."""

MARK = "…"
"""Stands where something was left out."""

LINK_LENGTH = 23
"""What a link counts, however long it is.

Source: Mastodon's `characters_reserved_per_url`, docs.joinmastodon.org/user/posting, November 2026.
"""

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_PLAIN_LINK = re.compile(
    r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#](?:[a-z0-9\-._~:/?#@!$&*+=%]*[a-z0-9=_#/+-])?)?",
    re.IGNORECASE,
)
"""A link that every reader sees whole; of others only what is certain counts as one, so that nothing is underrated."""

_DANGLING = " \t\n,;:-\u2013\u2014|("


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text within its limit."""

    text: str
    rest: str = ""
    """What was left out; empty where all of it fits."""
    limit: int = 0


def sound(text: str) -> str:
    """`text` as it can be sent: NFC, no control signs, no half characters, no blanks at line ends, one empty line."""
    text = re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    )
    text = re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def length(text: str, count: Count) -> int:
    """How long the platform says the text is; never less than that."""
    return sum(cost for _, cost in _units(text, count))


def fits(text: str, limit: int, count: Count) -> bool:
    """Whether all of the text is taken."""
    return _surely_fits(text, limit, count) or length(text, count) <= limit


def fitted(text: str, limit: int, count: Count) -> Fitted:
    """The text, or as many of its words as fit with a visible mark behind them; neither a grapheme nor a link is cut.

    A text without spaces (or with one very long word) is cut between two graphemes.
    """
    if fits(text, limit, count):
        return Fitted(text)
    units = _affordable(text, limit, count)
    while units:
        candidate = _finished(units, text)
        if length(candidate, count) <= limit:
            return Fitted(candidate, _left(text, candidate), limit)
        units.pop()
    return Fitted(MARK if length(MARK, count) <= limit else "", text, limit)


def _surely_fits(text: str, limit: int, count: Count) -> bool:
    # Cheap answers for most texts: no code point has more than four bytes, and no link of ours stands in plain words.
    if count is Count.GRAPHEMES:
        return len(text) <= limit and "://" not in text
    return len(text) * (4 if count is Count.BYTES else 1) <= limit


def _affordable(text: str, limit: int, count: Count) -> list[str]:
    kept, spent = [], 0
    for unit, cost in _units(text, count):
        spent += cost
        if spent > limit:
            break
        kept.append(unit)
    return kept


def _finished(units: list[str], text: str) -> str:
    """The units, back to the last space unless that gives up more than half of them, with the mark behind."""
    whole = "".join(units)
    if len(whole) < len(text) and not text[len(whole)].isspace():
        spaces = [place for place, sign in enumerate(whole) if sign.isspace()]
        if spaces and spaces[-1] * 2 >= len(whole):
            whole = whole[: spaces[-1]]
    kept = whole.rstrip(_DANGLING)
    # A mark right behind a link would be read as part of the address.
    return f"{kept} {MARK}" if _LINK.search(kept.split(" ")[-1]) else kept + MARK


def _left(text: str, candidate: str) -> str:
    return text[len(candidate.removesuffix(MARK).rstrip()) :].strip()


def _units(text: str, count: Count) -> Iterator[tuple[str, int]]:
    """The pieces that are never cut, with what each costs."""
    place = 0
    for link in _LINK.finditer(text):
        yield from _plain_units(text[place : link.start()], count)
        yield link[0], _link_cost(link[0], count)
        place = link.end()
    yield from _plain_units(text[place:], count)


def _plain_units(text: str, count: Count) -> Iterator[tuple[str, int]]:
    for cluster in clusters(text):
        yield cluster, _cost(cluster, count)


def _cost(text: str, count: Count) -> int:
    if count is Count.GRAPHEMES:
        return graphemes(text)
    return len(text) if count is Count.CODE_POINTS else len(text.encode("utf-8", "surrogatepass"))


def _link_cost(link: str, count: Count) -> int:
    if count is not Count.GRAPHEMES:
        return _cost(link, count)
    plain = _PLAIN_LINK.match(link)
    if plain:
        return LINK_LENGTH + graphemes(link[plain.end() :])
    return max(LINK_LENGTH, graphemes(link))
