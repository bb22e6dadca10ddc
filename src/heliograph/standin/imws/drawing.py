"""Small pictures of simple shapes, each unlike the others."""

from __future__ import annotations

import random
from pathlib import Path

import pyvips

LONG_PX, SHORT_PX = 960, 640
_SHAPES = 6


def draw(path: Path, seed: int, *, portrait: bool = False) -> tuple[int, int]:
    """Draws a landscape of shapes into a file of any format, raw ones as TIFF; its width and height in pixels."""
    chance = random.Random(seed)  # noqa: S311  pictures need no secrecy
    width, height = (SHORT_PX, LONG_PX) if portrait else (LONG_PX, SHORT_PX)
    sky, ground = _colour(chance), _colour(chance)
    share = pyvips.Image.xyz(width, height)[1] / height
    picture = (share * ground + (share * -1 + 1) * sky).cast("uchar").copy(interpretation="srgb")
    for number in range(_SHAPES):
        left, top = chance.randrange(width), chance.randrange(height)
        size = chance.randrange(SHORT_PX // 16, SHORT_PX // 4)
        if number % 2:
            picture = picture.draw_circle(_colour(chance), left, top, size, fill=True)
        else:
            box = (left, top, min(size, width - left), min(2 * size, height - top))
            picture = picture.draw_rect(_colour(chance), *box, fill=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() in {".jpg", ".webp"}:
        picture.write_to_file(str(path), Q=85)
    else:
        picture.tiffsave(str(path), compression="jpeg", Q=85)
    return width, height


def _colour(chance: random.Random) -> list[int]:
    return [chance.randrange(256) for _ in range(3)]
