"""Keyword branches: how they are written, compared, and what lies in them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from unicodedata import category, normalize

from heliograph.model import Facts

BAR = "|"

Path = tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def folded(text: str) -> str:
    """`text` as it is compared: without regard to case, spacing, ways of encoding a letter, or invisible characters."""
    if not text.isascii():
        seen = normalize("NFKC", normalize("NFKC", text).casefold())
        text = "".join(letter for letter in seen if category(letter) != "Cf")
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
