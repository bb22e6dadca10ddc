"""TIFF, BigTIFF and the raw formats built on them: the strips and tiles of every picture that is not a mere preview.

Source: TIFF 6.0 (1992), BigTIFF (Aware Systems), TIFF/EP NewSubfileType, read 2026-11. For plain TIFF files the digest
equals ImageDataHash of ExifTool 13.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from heliograph.digest.reading import Damaged, exactly, pieces_at

COVERS = "tiff strips"

_SUBFILE, _WIDTH, _HEIGHT = 0x00FE, 0x0100, 0x0101
_STRIPS, _STRIP_BYTES, _SUB_IFDS, _TILES, _TILE_BYTES = 0x0111, 0x0117, 0x014A, 0x0144, 0x0145
_WANTED = frozenset({_SUBFILE, _WIDTH, _HEIGHT, _STRIPS, _STRIP_BYTES, _SUB_IFDS, _TILES, _TILE_BYTES})
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MAX_IFDS, _MAX_ENTRIES, _MAX_VALUES = 256, 4096, 4_000_000

Ifd = dict[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Form:
    """How the numbers of this file are written."""

    order: str
    big: bool

    def number(self, file: BinaryIO, small: str, large: str) -> int:
        form = struct.Struct(self.order + (large if self.big else small))
        return int(form.unpack(exactly(file, form.size))[0])


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of all strips and tiles, picture by picture; nothing where the file has none.

    Raises:
        Damaged: strips lie outside the file, or it contradicts itself.
    """
    spans = [span for ifd in _pictures(file) for span in _spans(ifd)]
    file.seek(0, 2)
    if sum(length_bytes for _, length_bytes in spans) > 2 * file.tell():
        message = "is damaged or a trap: its strips add up to more than the file holds"
        raise Damaged(message)
    for offset, length_bytes in spans:
        yield from pieces_at(file, offset, length_bytes)


def size_px(file: BinaryIO) -> tuple[int, int]:
    """Width and height of the largest picture; zeros where none says."""
    sizes = [(ifd.get(_WIDTH, (0,))[0], ifd.get(_HEIGHT, (0,))[0]) for ifd in _pictures(file)]
    return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))


def _spans(ifd: Ifd) -> Iterator[tuple[int, int]]:
    for offsets, lengths in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        yield from zip(ifd.get(offsets, ()), ifd.get(lengths, ()), strict=False)


def _pictures(file: BinaryIO) -> Iterator[Ifd]:
    """Every image directory, those inside others behind them, except reduced-size previews; loops end the walk."""
    form, first = _head(file)
    waiting, seen = [first], set[int]()
    while waiting and len(seen) < _MAX_IFDS:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        ifd, following = _ifd(file, form, offset)
        waiting[:0] = [*ifd.get(_SUB_IFDS, ()), following]
        if not ifd.get(_SUBFILE, (0,))[0] & 1:
            yield ifd


def _head(file: BinaryIO) -> tuple[_Form, int]:
    file.seek(0)
    head = exactly(file, 4)
    form = _Form("<" if head[:2] == b"II" else ">", b"+" in head)
    if form.big:
        exactly(file, 4)
    return form, form.number(file, "I", "Q")


def _ifd(file: BinaryIO, form: _Form, offset: int) -> tuple[Ifd, int]:
    file.seek(offset)
    count = form.number(file, "H", "Q")
    if count > _MAX_ENTRIES:
        message = "is damaged: one of its directories has too many entries"
        raise Damaged(message)
    entry = struct.Struct(form.order + ("HHQ8s" if form.big else "HHI4s"))
    entries = [entry.unpack(exactly(file, entry.size)) for _ in range(count)]
    following = form.number(file, "I", "Q")
    ifd = {
        tag: _values(file, form, _NUMBERS[kind], many, inline)
        for tag, kind, many, inline in entries
        if tag in _WANTED and kind in _NUMBERS and many
    }
    return ifd, following


def _values(file: BinaryIO, form: _Form, code: str, many: int, inline: bytes) -> tuple[int, ...]:
    if many > _MAX_VALUES:
        message = "is damaged: one of its directories lists too many strips"
        raise Damaged(message)
    numbers = struct.Struct(f"{form.order}{many}{code}")
    if numbers.size <= len(inline):
        return numbers.unpack_from(inline)
    file.seek(struct.unpack(form.order + ("Q" if form.big else "I"), inline)[0])
    return numbers.unpack(exactly(file, numbers.size))
