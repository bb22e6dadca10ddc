"""How near two perceptual hashes are, and what that says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
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
