"""What a picture file is and which pixels it holds, by its bytes alone; metadata has no say in any of it."""

import hashlib
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, TypeVar

from heliograph.digest import boxes, chunks, jpeg, tiff
from heliograph.digest.kinds import HEAD_BYTES, SUFFIXES, VIDEO_SUFFIXES, sniff
from heliograph.digest.reading import Damaged, exactly, pieces_to_end
from heliograph.errors import Refused

__all__ = ["HEAD_BYTES", "SUFFIXES", "VIDEO_SUFFIXES", "WHOLE_FILE", "dimensions", "image_digest", "sniff"]

WHOLE_FILE = "whole file"

T = TypeVar("T")

_Pieces = Callable[[BinaryIO], Iterable[bytes | memoryview]]
_Size = Callable[[BinaryIO], tuple[int, int]]


def _gif_size_px(file: BinaryIO) -> tuple[int, int]:
    file.seek(6)
    return int.from_bytes(exactly(file, 2), "little"), int.from_bytes(exactly(file, 2), "little")


_KINDS: dict[str, tuple[_Pieces, str, _Size]] = {
    "image/jpeg": (jpeg.pieces, jpeg.COVERS, jpeg.size_px),
    "image/png": (chunks.png_pieces, chunks.PNG_COVERS, chunks.png_size_px),
    "image/webp": (chunks.webp_pieces, chunks.WEBP_COVERS, chunks.webp_size_px),
    "image/gif": (pieces_to_end, WHOLE_FILE, _gif_size_px),
    **dict.fromkeys(("image/heic", "image/heif", "image/avif"), (boxes.pieces, boxes.COVERS, boxes.size_px)),
    **dict.fromkeys(
        (
            "image/tiff",
            "image/x-adobe-dng",
            "image/x-canon-cr2",
            "image/x-nikon-nef",
            "image/x-pentax-pef",
            "image/x-sony-arw",
        ),
        (tiff.pieces, tiff.COVERS, tiff.size_px),
    ),
}


def image_digest(path: Path, media_type: str) -> tuple[str, str]:
    """SHA-256 over the coded image alone as 64 hex digits, and what it covers.

    Editing metadata keeps it. Where a format's image data cannot be told apart soundly, it covers the whole file and
    says so. For JPEG, PNG, WebP, plain TIFF and AVIF it equals ExifTool's ImageDataHash.

    Raises:
        Refused: the file cannot be read, is empty, or is damaged beyond use.
    """
    take, covers, _ = _KINDS.get(media_type, (pieces_to_end, WHOLE_FILE, None))
    return _examined(path, lambda file: _digest(file, take, covers))


def dimensions(path: Path, media_type: str) -> tuple[int, int]:
    """Width and height as the headers state them, cheaply and without decoding; zeros where they do not.

    Raises:
        Refused: the file cannot be read, or its headers are damaged beyond use.
    """
    size_px = _KINDS[media_type][2] if media_type in _KINDS else None
    return _examined(path, size_px) if size_px else (0, 0)


def _digest(file: BinaryIO, take: _Pieces, covers: str) -> tuple[str, str]:
    hashed, digest = _hash(take(file))
    if not hashed:
        return _hash(pieces_to_end(file))[1], WHOLE_FILE
    return digest, covers


def _hash(pieces: Iterable[bytes | memoryview]) -> tuple[int, str]:
    length_bytes, sha = 0, hashlib.sha256()
    for piece in pieces:
        sha.update(piece)
        length_bytes += len(piece)
    return length_bytes, sha.hexdigest()


def _examined(path: Path, look: Callable[[BinaryIO], T]) -> T:
    try:
        with path.open("rb") as file:
            return look(_not_empty(file))
    except Damaged as damage:
        message = f"{path.name} {damage}. It is left out until the file changes."
        raise Refused(message) from damage
    except OSError as error:
        message = f"{path.name} could not be read ({error.strerror}). It is looked at again next time."
        raise Refused(message) from error
    except (OverflowError, struct.error) as error:
        message = f"{path.name} is damaged: its offsets make no sense. It is left out until the file changes."
        raise Refused(message) from error


def _not_empty(file: BinaryIO) -> BinaryIO:
    if not file.seek(0, os.SEEK_END):
        message = "is empty: the file has no content"
        raise Damaged(message)
    return file
