"""Search without a server: an index in small pieces, of which a visitor's browser loads the few that a search needs.

A word lies in the piece that its first two letters name, a photo's title and picture in a piece with its neighbours.
Pieces are scripts, not data alone: pages that are opened from a disk may load scripts and nothing else.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Final

from heliograph.model import value_digest
from heliograph.platforms.site.groupings import Tile

PHOTOS_OF_A_PIECE: Final = 50
_ENTRIES_OF_A_PIECE = 2_000
_PIECES_MOST = 1_024
_WORD_LEN = 24
_PREFIX_LEN = 2
_SAME = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "œ": "oe",
        "đ": "d",
        "ł": "l",
        "þ": "th",
        "ð": "d",
        "\u0131": "i",
        "\u03c2": "\u03c3",
    }
)
_PLAIN = re.compile(r"[a-z0-9]+")
_ALONE = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF)),
    *((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
)
"""Scripts that put no spaces between words: each of their letters is a word of its own."""


@lru_cache(maxsize=1 << 12)
def words_of(text: str) -> frozenset[str]:
    """The words of `text` as they are searched: case, accents and punctuation count for nothing.

    `search.js` takes apart what a visitor types in the same way. Keywords, places and albums come again and again.
    """
    plain = text.lower().translate(_SAME)
    if plain.isascii():
        found = _PLAIN.findall(plain)
    else:
        found = "".join(map(_searched, unicodedata.normalize("NFKD", plain))).split()
    return frozenset(word[:_WORD_LEN] for word in found)


@cache
def _searched(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind[0] == "M":
        return ""
    if kind == "So" or any(first <= ord(letter) <= last for first, last in _ALONE):
        return f" {letter} "
    return letter if kind[0] in "LN" else " "


def piece_of(word: str, pieces: int) -> int:
    """The number of the piece in which a word lies."""
    first, second = ([*map(ord, word[:_PREFIX_LEN]), 0])[:_PREFIX_LEN]
    return (first * 31 + second) % pieces


def index_of(photos: Sequence[tuple[Tile, Iterable[str]]]) -> Mapping[str, bytes]:
    """The pieces of the index by their paths, of photos, the oldest first, each with the texts in which it is found.

    `search/index-0.js` tells the script of the search page of the others.
    """
    held: dict[str, list[int]] = {}
    for number, (_, texts) in enumerate(photos):
        for word in frozenset[str]().union(*map(words_of, texts)):
            held.setdefault(word, []).append(number)
    pieces = _pieces(sum(map(len, held.values())))
    words: list[dict[str, str]] = [{} for _ in range(pieces)]
    for word in sorted(held):
        words[piece_of(word, pieces)][word] = _steps(held[word])
    files = {f"search/words-{number}.js": _script("words", number, piece) for number, piece in enumerate(words)}
    shown = [_shown(tile) for tile, _ in photos]
    for number, start in enumerate(range(0, len(shown), PHOTOS_OF_A_PIECE)):
        path = f"search/photos-{number}.js"
        files[path] = _script("photos", number, shown[start : start + PHOTOS_OF_A_PIECE])
    return {"search/index-0.js": _script("index", 0, _about(files, pieces)), **files}


def _about(files: Mapping[str, bytes], pieces: int) -> dict[str, Any]:
    """With a version that changes with every piece, so that no browser mixes old ones with new ones."""
    version = value_digest([(path, sha256(content).hexdigest()) for path, content in files.items()])
    return {"version": version[:12], "words": pieces, "size": PHOTOS_OF_A_PIECE}


def _pieces(entries: int) -> int:
    """A power of two, so that a site that grows a little keeps its pieces."""
    wanted: int = 1 << max(0, (entries // _ENTRIES_OF_A_PIECE).bit_length())
    return min(_PIECES_MOST, wanted)


def _steps(numbers: Iterable[int]) -> str:
    """Numbers that rise, each by how much it is more than the one before."""
    return " ".join(_differences(numbers))


def _differences(numbers: Iterable[int]) -> Iterator[str]:
    before = 0
    for number in numbers:
        yield str(number - before)
        before = number


def _shown(one: Tile) -> list[Any]:
    """Id and title; then the picture and what it shows, unless that is the title."""
    if not one.picture:
        return [one.id, one.title]
    medium = one.picture["medium"]
    size = [medium["name"], medium["width_px"], medium["height_px"], one.picture["ratio_class"]]
    return [one.id, one.title, *size, *([one.alt] if one.alt != one.title else [])]


def _script(kind: str, number: int, piece: object) -> bytes:
    return f"found({json.dumps(kind)},{number},{json.dumps(piece, separators=(',', ':'))})\n".encode("ascii")
