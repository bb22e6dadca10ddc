"""How near two perceptual hashes are, and what that says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import combinations_with_replacement, pairwise
from typing import Any

NEAR = 6
"""Bits: surely the same picture, made smaller or coded anew, unless another is as near.

Source: 52 drawn pictures in five sizes and qualities, at most 4 bits from their originals:
docs/decisions/0019-likeness.md (2026-11).
"""
ALIKE = 14
"""Bits: perhaps the same picture, developed otherwise; pictures of one burst are as near. Pictures of other scenes are
18 bits away or more, by the same measurement."""
NEAREST = 8
"""Posts that are looked at for one photo."""

MOST_ROWS = 1000
"""Hashes that are compared each with each at once."""

Hashes = Mapping[str, str]
"""Name -> hash; none is empty."""


class Side(StrEnum):
    """Whose a name is: a photograph's and a post's may be the same."""

    PHOTO = "photo"
    POST = "post"


def distance(one: str, other: str) -> int:
    """In how many bits two hashes differ; neither may be empty."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def alike(photos: Hashes, posts: Hashes) -> Iterator[tuple[str, str, int]]:
    """Photo, post and bits of the pairs that are alike, of each photo at most the `NEAREST`, sorted by photo."""
    for photo, bits, names in _rows(photos, posts):
        close = (bits <= ALIKE).nonzero()[0]
        for index in close[bits[close].argsort(kind="stable")][:NEAREST]:
            yield photo, names[index], int(bits[index])


def near(photos: Hashes, posts: Hashes) -> tuple[dict[str, str], set[tuple[Side, str]]]:
    """Photo -> the only post that is near it, and the photos and posts to which more than one is."""
    found: dict[str, str] = {}
    crowded: set[tuple[Side, str]] = set()
    suitors: Counter[str] = Counter()
    for photo, bits, names in _rows(photos, posts):
        close = (bits <= NEAR).nonzero()[0]
        if len(close) > 1:
            crowded.add((Side.PHOTO, photo))
        elif len(close):
            found[photo] = names[close[0]]
        suitors.update(names[index] for index in close)
    return found, crowded | {(Side.POST, post) for post, count in suitors.items() if count > 1}


def families(hashes: Hashes) -> list[tuple[str, ...]]:
    """Names of pictures that are near one another, each in at most one family; sorted, and none is alone.

    Near is handed on: of a burst, the first and the last may differ more than neighbours do.
    """
    distinct = sorted(set(hashes.values()))
    heads = list(range(len(distinct)))

    def head(one: int) -> int:
        while heads[one] != one:
            heads[one] = one = heads[heads[one]]
        return one

    for one, other in _near_pairs(distinct):
        heads[head(other)] = head(one)
    family = {text: head(number) for number, text in enumerate(distinct)}
    held: dict[int, list[str]] = {}
    for name in sorted(hashes):
        held.setdefault(family[hashes[name]], []).append(name)
    return sorted(tuple(names) for names in held.values() if len(names) > 1)


def _near_pairs(distinct: list[str]) -> Iterator[tuple[int, int]]:
    import numpy as np

    numbers = _numbers(distinct)
    for block in _blocks(numbers) if distinct else ():
        bits = np.bitwise_count(numbers[block][:, None] ^ numbers[block][None, :])
        for one, other in zip(*(np.triu(bits <= NEAR, k=1)).nonzero(), strict=True):
            yield int(block[one]), int(block[other])


def _blocks(numbers: Any) -> Iterator[Any]:
    """Rows that may be near: of hashes that differ in at most `NEAR` bits, one of `NEAR + 1` pieces is the same."""
    import numpy as np

    edges = [64 * piece // (NEAR + 1) for piece in range(NEAR + 2)]
    for low, high in pairwise(edges):
        pieces = (numbers >> np.uint64(low)) & np.uint64((1 << (high - low)) - 1)
        order = pieces.argsort(kind="stable")
        cuts = (np.diff(pieces[order]) != 0).nonzero()[0] + 1
        for rows in np.split(order, cuts):
            parts = [rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)]
            # What very many share is compared part by part, so that memory stays flat.
            for part, other in combinations_with_replacement(parts, 2):
                block = part if part is other else np.concatenate((part, other))
                if len(block) > 1:
                    yield block


def _rows(photos: Hashes, posts: Hashes) -> Iterator[tuple[str, Any, list[str]]]:
    """Each photo with its distances from the posts, and whose they are."""
    if not photos or not posts:
        return
    import numpy as np

    names = sorted(posts)
    hashes = _numbers(posts[name] for name in names)
    for photo in sorted(photos):
        yield photo, np.bitwise_count(hashes ^ np.uint64(int(photos[photo], 16))), names


def _numbers(hashes: Iterable[str]) -> Any:
    import numpy as np

    return np.array([int(text, 16) for text in hashes], dtype=np.uint64)
