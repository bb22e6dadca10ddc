"""PNG and WebP: files made of chunks, of which some are the picture.

Source: PNG 3 (W3C, 2025-06) section 5; RFC 9649 (WebP) section 2; read 2026-11. The chosen chunks, and the padding byte
of WebP, are those that ExifTool 13 hashes for ImageDataHash.
"""

from collections.abc import Iterator
from typing import BinaryIO

from heliograph.digest.reading import Damaged, exactly, pieces_at

PNG_COVERS = "png IDAT"
WEBP_COVERS = "webp image chunks"

_WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_PNG_HEAD_BYTES, _RIFF_HEAD_BYTES, _CHUNK_HEAD_BYTES, _CRC_BYTES = 8, 12, 8, 4


def png_pieces(file: BinaryIO) -> Iterator[bytes]:
    """The data of every IDAT chunk, in order."""
    at, found = _PNG_HEAD_BYTES, False
    while True:
        file.seek(at)
        length_bytes, name = int.from_bytes(exactly(file, 4), "big"), exactly(file, 4)
        if name == b"IEND":
            break
        if name == b"IDAT":
            found = True
            yield from pieces_at(file, at + _CHUNK_HEAD_BYTES, length_bytes)
        at += _CHUNK_HEAD_BYTES + length_bytes + _CRC_BYTES
    if not found:
        message = "holds no picture: there is no IDAT chunk in it"
        raise Damaged(message)


def png_size_px(file: BinaryIO) -> tuple[int, int]:
    """Width and height by IHDR, which is always the first chunk."""
    file.seek(_PNG_HEAD_BYTES + _CHUNK_HEAD_BYTES)
    width, height = exactly(file, 4), exactly(file, 4)
    return int.from_bytes(width, "big"), int.from_bytes(height, "big")


def _webp_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Name, offset and length of each chunk, padding counted."""
    file.seek(4)
    end = 8 + int.from_bytes(exactly(file, 4), "little")
    at = _RIFF_HEAD_BYTES
    while at + _CHUNK_HEAD_BYTES <= end:
        file.seek(at)
        name, length_bytes = exactly(file, 4), int.from_bytes(exactly(file, 4), "little")
        length_bytes += length_bytes % 2
        yield name, at + _CHUNK_HEAD_BYTES, length_bytes
        at += _CHUNK_HEAD_BYTES + length_bytes


def webp_pieces(file: BinaryIO) -> Iterator[bytes]:
    """The data of every chunk that is part of the picture or the animation, in order."""
    found = False
    for name, offset, length_bytes in _webp_chunks(file):
        if name in _WEBP_PICTURE:
            found = True
            yield from pieces_at(file, offset, length_bytes)
    if not found:
        message = "holds no picture: there is no image chunk in it"
        raise Damaged(message)


def webp_size_px(file: BinaryIO) -> tuple[int, int]:
    """Width and height by the first chunk, whichever of the three kinds of file it is."""
    name, offset, _ = next(_webp_chunks(file), (b"", 0, 0))
    file.seek(offset)
    if name == b"VP8X":
        head = exactly(file, 10)
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if name == b"VP8 ":
        head = exactly(file, 10)
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    if name == b"VP8L":
        bits = int.from_bytes(exactly(file, 5)[1:], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return 0, 0
