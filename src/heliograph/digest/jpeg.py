"""JPEG: the scans, cut the way ExifTool cuts them, so that its ImageDataHash can be compared with our digest.

Source: behaviour of ExifTool 13 (`-api ImageHashType=SHA256 -ImageDataHash`), compared on 658 public test files,
2026-11; markers: ITU T.81 annex B.

The stream is cut at every FF that begins a code; stuffed bytes (FF 00) and restart markers are codes too. A piece is
its code and the bytes up to the next one. Hashed are pieces with code 00, DA or D0 to D7 whose successor carries no
length word. Long runs of such pieces are hashed as one slice: only a real marker ends a run.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO

from heliograph.digest.reading import Damaged, exactly

COVERS = "jpeg scans"

_NO_END = "is cut short: its picture has no end"

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_RUN = frozenset({0x00, _SOS, *range(0xD0, 0xD8)})
_BARE = _RUN | {_TEM, _SOI, _EOI}
"""Codes without a length word."""
_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Frame headers, which hold the size in pixels."""

_FILL = frozenset({0xFF})
_INSIDE = frozenset({0x00, *range(0xD0, 0xD8)}) | _FILL
"""What may follow FF within a scan."""
_BLOCK_BYTES = 1 << 17
"""So much is searched at once: it stays in the processor's cache."""


def pieces(file: BinaryIO) -> Iterator[memoryview]:
    """The hashed bytes, in order; the file is held in memory as a whole.

    Raises:
        Damaged: there is no picture, or it has no end.
    """
    file.seek(0)
    data = file.read()
    view = memoryview(data)
    at, scans = 2, 0
    while True:
        at = _next(data, at)
        code = data[at + 1]
        if code == _EOI:
            break
        if code in _RUN:
            start, at = at, _end_of_scan(data, at + 2)
            yield view[start : at if data[at + 1] in _BARE else _last_code(data, start, at)]
            scans += code == _SOS
        else:
            at += 2 if code in _BARE else 2 + _segment_bytes(data, at)
    if not scans:
        message = "holds no picture: its headers are there, its scans are not"
        raise Damaged(message)


def _next(data: bytes, at: int) -> int:
    """Where the next code begins that is no fill byte."""
    try:
        at = data.find(b"\xff", at)
        while at >= 0:
            if data[at + 1] not in _FILL:
                return at
            at = data.find(b"\xff", at + 1)
    except IndexError:
        pass
    raise Damaged(_NO_END)


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next code begins that leads out of the scan.

    A photo has an FF every few hundred bytes, nearly all of them within the scan. numpy looks at a block of them at
    once, in well under half the time that a regular expression takes.
    """
    import numpy as np

    whole = np.frombuffer(data, np.uint8)
    leaving = _leaving()
    for start in range(at, len(data) - 1, _BLOCK_BYTES):
        block = whole[start : start + _BLOCK_BYTES + 1]
        marks = np.flatnonzero(block[:-1] == 0xFF)  # noqa: PLR2004 - every code begins with it
        codes = block[1:][marks]
        if codes.any() and (out := leaving[codes]).any():
            return start + int(marks[out.argmax()])
    raise Damaged(_NO_END)


@cache
def _leaving() -> Any:
    """For each byte, whether it leads out of a scan when it follows FF."""
    import numpy as np

    return np.array([code not in _INSIDE for code in range(256)])


def _last_code(data: bytes, start: int, end: int) -> int:
    """Where the last piece of a run begins; it is left out, because a segment with a length word follows it."""
    at = end
    while True:
        at = data.rfind(b"\xff", start, at)
        if at <= start or (at + 1 < end and data[at + 1] in _RUN):
            return max(at, start)


def _segment_bytes(data: bytes, at: int) -> int:
    length_bytes = int.from_bytes(data[at + 2 : at + 4], "big")
    if length_bytes < 2:  # noqa: PLR2004 - the length word counts itself
        message = "is damaged: one of its segments has no length"
        raise Damaged(message)
    return length_bytes


def size_px(file: BinaryIO) -> tuple[int, int]:
    """Width and height by the first frame header; zeros where there is none."""
    file.seek(2)
    while True:
        code = _marker(file)
        if code in {_EOI, _SOS}:
            return 0, 0
        if code in _BARE:
            continue
        length_bytes = int.from_bytes(exactly(file, 2), "big")
        if code in _SIZED:
            frame = exactly(file, 5)
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
        file.seek(max(length_bytes - 2, 0), 1)


def _marker(file: BinaryIO) -> int:
    while exactly(file, 1) != b"\xff":
        pass
    while (code := exactly(file, 1)[0]) == 0xFF:  # noqa: PLR2004 - fill bytes
        pass
    return code
