"""What a library's picture looks like, for comparing it with posts."""

from pathlib import Path

from heliograph.digest.likeness import likeness_of
from heliograph.errors import Refused
from heliograph.model import Photo
from heliograph.render.decode import can_decode, decode

_LONG_EDGE_PX = 256
"""Small enough to be quick, large enough not to matter."""


def likeness(path: Path, photo: Photo) -> str:
    """The perceptual hash of a photo's file, upright, 16 hex digits; empty where it cannot be decoded."""
    try:
        return likeness_of(decode(path, photo, _LONG_EDGE_PX)) if can_decode(photo.media_type) else ""
    except Refused:
        return ""
