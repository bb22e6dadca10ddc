"""Bytes of a picture file, read with the suspicion that a damaged or hostile one deserves."""

from collections.abc import Iterator
from typing import BinaryIO

PIECE_BYTES = 1 << 20


class Damaged(ValueError):
    """The file contradicts itself or ends too early; the words complete a sentence that begins with its name."""


def exactly(file: BinaryIO, length_bytes: int) -> bytes:
    """The next `length_bytes` bytes, all of them.

    Raises:
        Damaged: the file ends before.
    """
    data = file.read(length_bytes)
    if len(data) < length_bytes:
        message = "is cut short: it ends in the middle of its picture"
        raise Damaged(message)
    return data


def pieces_at(file: BinaryIO, offset: int, length_bytes: int) -> Iterator[bytes]:
    """`length_bytes` bytes from `offset` on, in pieces that fit into memory."""
    file.seek(offset)
    while length_bytes:
        piece = exactly(file, min(length_bytes, PIECE_BYTES))
        length_bytes -= len(piece)
        yield piece


def pieces_to_end(file: BinaryIO) -> Iterator[bytes]:
    """The whole file, in pieces that fit into memory."""
    file.seek(0)
    while piece := file.read(PIECE_BYTES):
        yield piece
