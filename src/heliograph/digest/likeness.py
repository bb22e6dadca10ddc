"""Perceptual hashes: what two files of one picture have in common, whatever their size, format and quality.

The hash tells the strong ones of a picture's 63 slowest waves: 32 x 32 pixels of grey, their discrete cosine transform,
and of its corner of 8 x 8 (without the mean) a bit for each wave that is above the median. The top bit is always 0. How
near two hashes must be is for `identify` to say.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heliograph.digest import dimensions
from heliograph.digest.kinds import HEAD_BYTES, sniff
from heliograph.digest.pixels import vips
from heliograph.errors import Refused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIDE_PX = 32
_WAVES = 8
_MAX_PX = 500_000_000
"""A header that claims more is taken for an attack or an accident."""


def likeness(path: Path) -> str:
    """The perceptual hash of a picture file as it is looked at, 16 hex digits; empty where it cannot be decoded."""
    try:
        with path.open("rb") as file:
            media_type = sniff(file.read(HEAD_BYTES))
        width_px, height_px = dimensions(path, media_type) if media_type else (0, 0)
        if media_type is None or width_px * height_px > _MAX_PX:
            return ""
        source = vips().Source.new_from_file(os.fsencode(path))
        small = vips().Image.thumbnail_source(source, _SIDE_PX * 8, option_string="[fail_on=error]")
        return likeness_of(small)
    except (OSError, Refused, vips().Error):
        return ""


def likeness_of(image: Any) -> str:
    """The perceptual hash of an upright picture of `pyvips`, 16 hex digits; empty where it cannot be had.

    Transparent pictures are seen on white, as most pages show them.
    """
    import numpy as np

    try:
        if image.hasalpha():
            image = image.flatten(background=[255] * (image.bands - 1))
        grey = image.colourspace("b-w")[0]
        small = grey.thumbnail_image(_SIDE_PX, height=_SIDE_PX, size="force", no_rotate=True)
        pixels = np.frombuffer(small.cast("float").write_to_memory(), dtype=np.float32)
    except vips().Error:
        return ""
    return _hash(pixels.reshape(_SIDE_PX, _SIDE_PX).astype(np.float64))


def _hash(pixels: NDArray[np.float64]) -> str:
    import numpy as np

    cosines = _cosines()
    waves = (cosines @ pixels @ cosines.T).ravel()[1:]
    number = 0
    for bit in waves > np.median(waves):
        number = number << 1 | int(bit)
    return f"{number:016x}"


@cache
def _cosines() -> NDArray[np.float64]:
    """The slowest rows of the discrete cosine transform (type II, orthogonal up to a factor)."""
    import numpy as np

    wave, place = np.ogrid[0:_WAVES, 0:_SIDE_PX]
    cosines: NDArray[np.float64] = np.cos(np.pi * wave * (2 * place + 1) / (2 * _SIDE_PX))
    return cosines
