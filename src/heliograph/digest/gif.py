"""The colour of a GIF's pixels that are not seen: other programs read it, and libvips drops it.

Source: the GIF89a specification, W3C copy (2026-11).
"""

from __future__ import annotations

from pathlib import Path

_HEAD, _DESCRIPTOR = 13, 10
_TABLE, _TABLE_SIZE = 0x80, 0x07
"""Bits of the bytes that tell whether a colour table follows, and how long it is."""
_EXTENSION, _IMAGE, _CONTROL, _SEE_THROUGH = 0x21, 0x2C, 0xF9, 0x01
_COLOUR = 3


def unseen_colour(path: Path) -> bytes:
    """Red, green and blue of the transparent colour of its first frame.

    Empty where there is none, or where the frame leaves a margin, which other programs cut off.
    """
    data = path.read_bytes()
    try:
        return _colour(data)
    except IndexError:
        return b""


def _colour(data: bytes) -> bytes:
    place, table, index = _HEAD + _table_length(data[10]), data[_HEAD:], -1
    while data[place] == _EXTENSION:
        if data[place + 1] == _CONTROL and data[place + 3] & _SEE_THROUGH:
            index = data[place + 6]
        place = _behind_blocks(data, place + 2)
    frame = data[place : place + _DESCRIPTOR]
    if frame[0] != _IMAGE or index < 0 or frame[1:5] != bytes(4) or frame[5:9] != data[6:10]:
        return b""
    if frame[9] & _TABLE:
        table = data[place + _DESCRIPTOR :]
    length = _table_length(frame[9] if frame[9] & _TABLE else data[10])
    return bytes(table[index * _COLOUR : (index + 1) * _COLOUR]) if (index + 1) * _COLOUR <= length else b""


def _table_length(flags: int) -> int:
    return _COLOUR * 2 ** ((flags & _TABLE_SIZE) + 1) if flags & _TABLE else 0


def _behind_blocks(data: bytes, place: int) -> int:
    while data[place]:
        place += data[place] + 1
    return place + 1
