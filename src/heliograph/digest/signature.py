"""By what other programs know a picture again: ImageMagick's signature of its pixels, and checksums of its file.

A signature is SHA-256 over the decoded samples, row by row, as they are stored: no turning, no colour profile, no size.
ImageMagick 6 hashes one byte a sample (two, the high one first, of 16 bits), and grey as three equal channels; since
7.0.9-26 it hashes a little-endian 32-bit float of the sample's share of the largest one, and grey as one channel.
Two decoders of JPEG may differ in single samples, so a signature that differs says nothing.

Source: ImageMagick 6.9.11-60 and 7.1.2-9, Q16: files of all kinds compared with 6, check values of both (2026-11).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heliograph.digest import dimensions
from heliograph.digest.gif import unseen_colour
from heliograph.digest.kinds import HEAD_BYTES, sniff
from heliograph.digest.pixels import vips
from heliograph.digest.reading import pieces_to_end
from heliograph.errors import Refused
from heliograph.model import Trace

KINDS = frozenset({"image/jpeg", "image/png", "image/gif"})
"""What other programs sent to Flickr and signed."""
_MAX_PX = 500_000_000
"""A header that claims more is taken for an attack or an accident."""
_COLOURS = 3
_STRIP_SAMPLES = 1 << 22
"""Of a picture that is hashed as floats, so that four bytes a sample are never held of all of it."""

_DEPTHS: dict[str, type[Any]] = {"uchar": np.uint8, "ushort": np.uint16}

_Samples = NDArray[Any]


def signature_of_six(path: Path) -> str:
    """By ImageMagick 6, 64 hex digits; empty where it cannot be told, as of GIFs that move."""
    samples = _samples(path, holes=True)
    return "" if samples is None else _by_six(samples)


def signature_of_seven(path: Path) -> str:
    """Likewise by ImageMagick 7; empty also of GIFs with a transparent colour."""
    samples = _samples(path)
    return "" if samples is None else _by_seven(samples)


def traces(path: Path, kinds: Collection[Trace]) -> dict[Trace, str]:
    """What a file would leave of these kinds at other programs; one that cannot be told is left out."""
    found: dict[Trace, str] = {}
    if Trace.SIX in kinds:
        found[Trace.SIX] = signature_of_six(path)
    if Trace.SEVEN in kinds:
        found[Trace.SEVEN] = signature_of_seven(path)
    if {Trace.MD5, Trace.SHA1} & {*kinds}:
        with suppress(OSError):
            found[Trace.MD5], found[Trace.SHA1] = checksums(path)
    return {kind: value for kind, value in found.items() if value and kind in kinds}


def checksums(path: Path) -> tuple[str, str]:
    """MD5 and SHA-1 of a whole file, as hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    md5, sha1 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
    with path.open("rb") as file:
        for piece in pieces_to_end(file):
            md5.update(piece)
            sha1.update(piece)
    return md5.hexdigest(), sha1.hexdigest()


def _is_still(image: Any) -> bool:
    """Of the last frame other programs hash what is not shown here."""
    return not image.get_typeof("n-pages") or int(image.get("n-pages")) == 1


def _filled(samples: _Samples, colour: bytes) -> _Samples | None:
    """With pixels that are not seen in the colour that they have in the file; `None` where that is not known."""
    if len(colour) != _COLOURS:
        return None
    filled = samples.copy()
    filled[filled[..., -1] == 0, :-1] = list(colour)[: samples.shape[2] - 1]
    return filled


def _samples(path: Path, *, holes: bool = False) -> _Samples | None:
    """Rows, columns, channels; `None` where other programs see something else, or where it cannot be decoded.

    Only with `holes`, also those of a GIF with a transparent colour.
    """
    try:
        with path.open("rb") as file:
            media_type = sniff(file.read(HEAD_BYTES))
        if media_type not in KINDS:
            return None
        width_px, height_px = dimensions(path, media_type)
        if width_px * height_px > _MAX_PX:
            return None
        source = vips().Source.new_from_file(os.fsencode(path))
        image = vips().Image.new_from_source(source, "", access="sequential", fail_on="error")
        is_gif = media_type == "image/gif"
        if image.format not in _DEPTHS or (is_gif and not (_is_still(image) and (holes or not image.hasalpha()))):
            return None
        flat = np.frombuffer(image.write_to_memory(), dtype=_DEPTHS[image.format])
        samples: _Samples = flat.reshape(image.height, image.width, image.bands)
        return _filled(samples, unseen_colour(path)) if is_gif and image.hasalpha() else samples
    except (OSError, Refused, vips().Error):
        return None


def _by_six(samples: _Samples) -> str:
    if samples.shape[2] < _COLOURS:
        samples = np.concatenate([samples[..., :1]] * _COLOURS + [samples[..., 1:]], axis=2)
    if samples.dtype == np.uint16:
        samples = samples.astype(">u2")
    return hashlib.sha256(np.ascontiguousarray(samples).data).hexdigest()


def _by_seven(samples: _Samples) -> str:
    largest = np.iinfo(samples.dtype).max
    shares = (np.arange(largest + 1, dtype=np.float64) / largest).astype("<f4")
    flat, sha = samples.reshape(-1), hashlib.sha256()
    for begin in range(0, len(flat), _STRIP_SAMPLES):
        sha.update(shares[flat[begin : begin + _STRIP_SAMPLES]].data)
    return sha.hexdigest()
