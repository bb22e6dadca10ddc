"""JPEG: the scans, cut the way ExifTool cuts them, so that its ImageDataHash can be compared with our digest.

Source: behaviour of ExifTool 13 (`-api ImageHashType=SHA256 -ImageDataHash`), compared on 658 public test files,
2026-11; markers: ITU T.81 annex B.

The stream is cut at every FF that begins a code; stuffed bytes (FF 00) and restart markers are codes too. A piece is
its code and the bytes up to the next one. Hashed are pieces with code 00, DA or D0 to D7 whose successor carries no
length word. Long runs of such pieces are hashed as one slice: only a real marker ends a run.
"""

from collections.abc import Generator, Iterator
from functools import cache
from typing import Any, BinaryIO

from heliograph.digest.reading import Damaged, exactly

COVERS = "jpeg scans"

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_RUN = frozenset({0x00, _SOS, *range(0xD0, 0xD8)})
_BARE = _RUN | {_TEM, _SOI, _EOI}
"""Codes without a length word."""
_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Frame headers, which hold the size in pixels."""

_FILL = frozenset({0xFF})
_INSIDE = frozenset({0x00, *range(0xD0, 0xD8)}) | _FILL
"""What may follow FF within a scan."""
_BLOCK_BYTES = 1 << 18
"""So much is read, searched and hashed at once: it stays in the processor's cache, and memory stays flat."""


def pieces(file: BinaryIO) -> Iterator[memoryview]:
    """The hashed bytes, in order.

    Raises:
        Damaged: there is no picture, or it has no end.
    """
    file.seek(2)
    data, scans = _at_code(file, b""), 0
    while data[1] != _EOI:
        if data[1] in _RUN:
            scans += data[1] == _SOS
            data = yield from _run(file, data)
        elif data[1] in _BARE:
            data = data[2:]
        else:
            data = _behind(file, data, 2 + _segment_bytes(file, data))
        data = _at_code(file, data)
    if not scans:
        message = "holds no picture: its headers are there, its scans are not"
        raise Damaged(message)


def _run(file: BinaryIO, data: bytes) -> Generator[memoryview, None, bytes]:
    """What is hashed of the run that `data` begins with; gives back what follows, from the code that ends it."""
    at = 2
    while (end := _leaving_at(data, at)) is None:
        # The last piece is held back: whether it counts depends on what follows it.
        last = _last_code(data, len(data))
        yield memoryview(data)[:last]
        held = data[last:]
        at = max(2, len(held) - 1)
        data = held + _more(file, len(held))
    yield memoryview(data)[: end if data[end + 1] in _BARE else _last_code(data, end)]
    return data[end:]


def _more(file: BinaryIO, held_bytes: int) -> bytes:
    """The next block; a larger one after much that had to be held, so that holding stays cheap."""
    data = file.read(max(_BLOCK_BYTES, held_bytes))
    if not data:
        message = "is cut short: its picture has no end"
        raise Damaged(message)
    return data


def _at_code(file: BinaryIO, data: bytes) -> bytes:
    """`data` and what follows, from the next FF on that begins a code."""
    at = 0
    while True:
        at = data.find(b"\xff", at)
        if 0 <= at < len(data) - 1:
            if data[at + 1] not in _FILL:
                return data[at:]
            at += 1
        else:
            data, at = (data[at:] if at >= 0 else b"") + _more(file, 0), 0


def _leaving_at(data: bytes, at: int) -> int | None:
    """Where the next code begins that leads out of the scan; `None` where `data` holds none.

    A photo has an FF every few hundred bytes, nearly all of them within the scan. numpy looks at all of them at once,
    in less time than a regular expression takes.
    """
    import numpy as np

    block = np.frombuffer(data, np.uint8)[at:]
    marks = np.flatnonzero(block[:-1] == 0xFF)  # noqa: PLR2004 - every code begins with it
    codes = block[1:][marks]
    if codes.any() and (out := _leaving()[codes]).any():
        return at + int(marks[out.argmax()])
    return None


@cache
def _leaving() -> Any:
    """For each byte, whether it leads out of a scan when it follows FF."""
    import numpy as np

    return np.array([code not in _INSIDE for code in range(256)])


def _last_code(data: bytes, end: int) -> int:
    """Where the last piece before `end` begins; a run begins with one."""
    at = end
    while True:
        at = data.rfind(b"\xff", 0, at)
        if at <= 0 or (at + 1 < end and data[at + 1] in _RUN):
            return max(at, 0)


def _behind(file: BinaryIO, data: bytes, length_bytes: int) -> bytes:
    """What follows so many bytes of `data`."""
    if length_bytes > len(data):
        file.seek(length_bytes - len(data), 1)
    return data[length_bytes:]


def _segment_bytes(file: BinaryIO, data: bytes) -> int:
    word, missing_bytes = data[2:4], max(0, 4 - len(data))
    if missing_bytes:  # the block ended within the word
        word += exactly(file, missing_bytes)
        file.seek(-missing_bytes, 1)
    length_bytes = int.from_bytes(word, "big")
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
