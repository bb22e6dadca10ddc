"""Keyword branches: how they are written, compared, and what lies in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import category, normalize

from heliograph.model import Facts

BAR = "|"

_UNSEEN = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))
"""Signs without a picture of their own beside those of category Cf: joiners, fillers, variation selectors.

Source: Unicode 16, property Default_Ignorable_Code_Point (read 2026-11).
"""

_OTHER_BARS = re.compile(r"[|/\\<>:;,]")
"""What programs write between levels, or between keywords of one text, besides the bar."""

_WORD = re.compile(r"\w+")

Path = tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def folded(text: str) -> str:
    """`text` as it is compared: without regard to case, spacing, ways of encoding a letter, or invisible characters."""
    if not text.isascii():
        seen = normalize("NFKC", normalize("NFKC", text).casefold())
        text = "".join(letter for letter in seen if category(letter) != "Cf" and letter not in _UNSEEN)
    return " ".join(text.casefold().split())


def folded_path(path: Iterable[str]) -> Path:
    """`path` as it is compared."""
    return tuple(folded(level) for level in path)


@lru_cache(maxsize=1 << 10)
def branch(written: str) -> Path:
    """A branch as the settings write it, `People|Family`, as it is compared; empty for a blank one."""
    return tuple(level for level in folded_path(written.split(BAR)) if level)


def branch_of(path: Path, branches: Iterable[str]) -> str:
    """The first of `branches` that holds `path`, as it was written; empty where none does."""
    compared = folded_path(path)
    for written in branches:
        root = branch(written)
        if root and compared[: len(root)] == root:
            return written
    return ""


def home_of(path: Path, branches: Iterable[str]) -> str:
    """The first of `branches` that stands anywhere in `path`, as it was written; empty where none does.

    For what must not slip through: `Private` is also found in `Family|Private`, `Private/Family` and `Anna < Private`.
    """
    compared = pieces(path)
    for written in branches:
        root = branch(written)
        if root and root in runs(compared, {len(root)}):
            return written
    return ""


def pieces(path: Iterable[str]) -> Path:
    """The levels of a path as they are compared, split also where other programs mean a level to end."""
    return tuple(piece for level in path for piece in _pieces(level))


@lru_cache(maxsize=1 << 14)
def _pieces(level: str) -> Path:
    return tuple(filter(None, map(folded, _OTHER_BARS.split(level))))


@lru_cache(maxsize=1 << 14)
def words(text: str) -> Path:
    """The words of a text as they are compared, without the signs between them."""
    return tuple(_WORD.findall(folded(text)))


def runs(words: Path, lengths: Iterable[int]) -> Iterator[Path]:
    """Each row of so many neighbours."""
    for length in lengths:
        yield from (words[at : at + length] for at in range(len(words) - length + 1))


def written_path(text: str) -> Path:
    """The levels of `A|B|C`, blank ones dropped."""
    return tuple(level.strip() for level in text.split(BAR) if level.strip())


def paths(facts: Facts) -> tuple[Path, ...]:
    """The hierarchical keywords, also those that stand among the flat ones as `A|B|C`; sorted, without repeats."""
    among_flat = {written_path(keyword) for keyword in facts.keywords if BAR in keyword}
    return tuple(sorted((among_flat | set(facts.keyword_paths)) - {()}))


def flats(facts: Facts) -> tuple[str, ...]:
    """The flat keywords in the order written, without those that are paths."""
    return tuple(keyword for keyword in facts.keywords if BAR not in keyword and keyword.strip())
