"""Names of pages: readable, safe on every file system, and never two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from heliograph.model import value_digest

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "\u0131": "i"}
)
_WORDS_LEN = 48
_HASH_LEN = 8


def words_of(text: str) -> str:
    """`text` in small ASCII letters, digits and hyphens; empty where nothing of it can be written so."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = plain.encode("ascii", "ignore").decode("ascii").lower()
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['`]", "", plain)).strip("-")
    if len(words) > _WORDS_LEN:
        words = words[: _WORDS_LEN + 1].rpartition("-")[0] or words[:_WORDS_LEN]
    return words.strip("-")


def is_slug(name: str) -> bool:
    """Whether a name has the shape that `slug` gives, and no other meaning: digits alone are mostly a date."""
    match = re.fullmatch(rf"[a-z0-9-]+-((?:[0-9a-f]{{4}}){{{_HASH_LEN // 4},}})", name)
    return match is not None and not match[1].isdecimal()


def slug(text: str, key: object, is_taken: Callable[[str], bool], fallback: str) -> str:
    """A name made of `text`, with a few digits of the digest of `key` behind it; not one that is taken.

    The digits make `con`, `index` and every other name with a meaning of its own impossible.
    """
    digest = value_digest(key)
    for length in range(_HASH_LEN, len(digest) + 1, 4):
        name = f"{words_of(text) or fallback}-{digest[:length]}"
        if not is_taken(name):
            return name
    return f"{fallback}-{digest}"
