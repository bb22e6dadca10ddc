"""HEIF and AVIF: the coded items that are pictures, found through the item tables.

Source: ISO 14496-12 (8.11 item location and information boxes) and ISO 23008-12 (`ispe`), read 2026-11. The
kinds of item are those that ExifTool 13 hashes for ImageDataHash.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from heliograph.digest.reading import Damaged, exactly, pieces_at

COVERS = "heif image items"

_PICTURE = frozenset({b"av01", b"avc1", b"hvc1", b"lhv1", b"hvt1"})
_IN_FILE, _IN_IDAT = 0, 1
_MAX_META_BYTES = 64 << 20

Extent = tuple[int, int]


@dataclass(slots=True)
class _Items:
    """What the tables of one file say."""

    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, tuple[int, list[Extent]]] = field(default_factory=dict)
    idat_offset: int = 0
    size_px: tuple[int, int] = (0, 0)


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of every picture item by item number; nothing where the tables use a way that is not known here.

    Raises:
        Damaged: items lie outside the file.
    """
    items = _items(file)
    pictures = [items.places.get(number, (-1, [])) for number in sorted(items.kinds) if items.kinds[number] in _PICTURE]
    if any(method not in {_IN_FILE, _IN_IDAT} for method, _ in pictures):
        return
    file.seek(0, 2)
    end = file.tell()
    if sum(length_bytes or end for _, extents in pictures for _, length_bytes in extents) > 2 * end:
        message = "is damaged or a trap: its items add up to more than the file holds"
        raise Damaged(message)
    for method, extents in pictures:
        base = items.idat_offset if method == _IN_IDAT else 0
        for offset, length_bytes in extents:
            yield from pieces_at(file, base + offset, length_bytes or end - base - offset)


def size_px(file: BinaryIO) -> tuple[int, int]:
    """Width and height of the largest item; zeros where none says."""
    return _items(file).size_px


def _items(file: BinaryIO) -> _Items:
    items = _Items()
    file.seek(0, 2)
    for name, offset, length_bytes in _file_boxes(file, file.tell()):
        if name == b"meta":
            if length_bytes > _MAX_META_BYTES:
                message = "is damaged or a trap: its tables are absurdly large"
                raise Damaged(message)
            file.seek(offset)
            _read_meta(exactly(file, length_bytes), offset, items)
            break
    return items


def _file_boxes(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, offset and length of the content of each outermost box."""
    at = 0
    while at + 8 <= end:
        file.seek(at)
        length_bytes, name, head_bytes = int.from_bytes(exactly(file, 4), "big"), exactly(file, 4), 8
        if length_bytes == 1:
            length_bytes, head_bytes = int.from_bytes(exactly(file, 8), "big"), 16
        length_bytes = length_bytes or end - at
        if length_bytes < head_bytes:
            message = "is damaged: one of its boxes has no length"
            raise Damaged(message)
        yield name, at + head_bytes, length_bytes - head_bytes
        at += length_bytes


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end of the content of each box in `data[at:end]`."""
    while at + 8 <= end:
        length_bytes = int.from_bytes(data[at : at + 4], "big") or end - at
        if length_bytes < 8 or at + length_bytes > end:  # noqa: PLR2004 - a box's own head
            message = "is damaged: its tables contradict themselves"
            raise Damaged(message)
        yield data[at + 4 : at + 8], at + 8, at + length_bytes
        at += length_bytes


def _read_meta(data: bytes, offset: int, items: _Items) -> None:
    try:
        for name, begin, end in _boxes(data, 4, len(data)):
            if name == b"iinf":
                items.kinds = dict(_item_kinds(data, begin, end))
            elif name == b"iloc":
                items.places = dict(_item_places(_Table(data, begin)))
            elif name == b"idat":
                items.idat_offset = offset + begin
            elif name == b"iprp":
                items.size_px = _largest(data, begin, end)
    except (struct.error, IndexError) as error:
        message = "is damaged: its tables are cut short"
        raise Damaged(message) from error


def _item_kinds(data: bytes, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    first = begin + (6 if data[begin] == 0 else 8)
    for name, at, _ in _boxes(data, first, end):
        version = data[at]
        if name == b"infe" and version >= 2:  # noqa: PLR2004 - older entries have no kind
            number, kind = struct.unpack_from(">H2x4s" if version == 2 else ">I2x4s", data, at + 4)  # noqa: PLR2004
            yield number, kind


@dataclass(slots=True)
class _Table:
    """Numbers of changing width, read one behind the other."""

    data: bytes
    at: int

    def number(self, width_bytes: int) -> int:
        if self.at + width_bytes > len(self.data):
            raise IndexError
        value = int.from_bytes(self.data[self.at : self.at + width_bytes], "big")
        self.at += width_bytes
        return value


def _item_places(table: _Table) -> Iterator[tuple[int, tuple[int, list[Extent]]]]:
    version, _, widths = table.number(1), table.number(3), table.number(2)
    offset_width, length_width, base_width = widths >> 12, widths >> 8 & 15, widths >> 4 & 15
    index_width = widths & 15 if version else 0
    number_width = 2 if version < 2 else 4  # noqa: PLR2004 - the box's version
    for _ in range(table.number(number_width)):
        number = table.number(number_width)
        method = table.number(2) & 15 if version else _IN_FILE
        elsewhere = table.number(2)
        base = table.number(base_width)
        extents = []
        for _ in range(table.number(2)):
            table.number(index_width)
            extents.append((base + table.number(offset_width), table.number(length_width)))
        yield number, (-1 if elsewhere else method, extents)


def _largest(data: bytes, begin: int, end: int) -> tuple[int, int]:
    sizes: list[tuple[int, int]] = [(0, 0)]
    for name, first, last in _boxes(data, begin, end):
        if name == b"ipco":
            sizes += [
                struct.unpack_from(">II", data, at + 4) for kind, at, _ in _boxes(data, first, last) if kind == b"ispe"
            ]
    return max(sizes, key=lambda size: size[0] * size[1])
