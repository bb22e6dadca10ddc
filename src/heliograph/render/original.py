"""The original's own coded pixels in a file that may be sent, proven to be the same pixels, whole."""

from dataclasses import replace
from pathlib import Path

from heliograph import digest
from heliograph.errors import Refused
from heliograph.model import Facts, Photo
from heliograph.render.clean import LOSSLESS, animated, cleaned
from heliograph.render.decode import damaged, header, prove_whole
from heliograph.render.pieces import Damaged
from heliograph.render.resize import SUFFIXES, Made, embed_into

_TURNED = range(5, 9)
"""Orientations that swap width and height."""


def original(source: Path, photo: Photo, embed: Facts, folder: Path) -> Made | None:
    """The cleaned copy; `None` where this kind of file cannot be cleaned without coding the picture anew.

    Raises:
        Refused: it is damaged, absurdly large, or its pixels could not be kept as they are.
    """
    if photo.media_type not in LOSSLESS:
        return None
    header(source, photo, photo.media_type)
    data = source.read_bytes()
    if animated(data, photo.media_type):
        return None
    path = folder / f"original{SUFFIXES[photo.media_type]}"
    try:
        path.write_bytes(cleaned(data, photo.media_type))
    except Damaged as damage:
        raise damaged(photo, damage) from None
    width_px, height_px = prove_whole(path, photo, photo.media_type)
    embed_into(path, replace(embed, orientation=photo.facts.orientation))
    _prove_same_pixels(path, photo)
    if photo.facts.orientation in _TURNED:
        width_px, height_px = height_px, width_px
    return Made(path, photo.media_type, width_px, height_px)


def _prove_same_pixels(path: Path, photo: Photo) -> None:
    if digest.image_digest(path, photo.media_type)[0] != photo.digest:
        message = (
            f"{photo.where}: the metadata of this file could not be cleaned without touching its picture, so"
            " nothing was sent. Either the file changed a moment ago (the next run will see), or it is built unusually:"
            ' set `send = "resized"` for this platform, or export the photo again.'
        )
        raise Refused(message)
