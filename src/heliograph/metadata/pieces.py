"""The pieces that JPEG, PNG, WebP and TIFF files are made of, as far as metadata is concerned; nothing is decoded.

Source: ITU-T T.81 annex B; W3C PNG 3rd edition, section 5; Google's WebP container specification; TIFF 6.0, section 2
(all read 2026-11).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

HEAD_BYTES = 160
"""So much of a piece is read at once; enough to know what it is."""

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length word."""
_SCAN = 0xDA
_GIF = (b"GIF87a", b"GIF89a")
_GIF_XMP = b"!\xff\x0bXMP DataXMP"
_GIF_XMP_END = b"\x01\xff\xfe\xfd\xfc"
"""GIF has blocks of 255 bytes; behind the packet stand bytes that lead every reader of blocks out of it.

Source: Adobe XMP specification part 3, section 1.1.2 (read 2026-11).
"""
_PNG_XMP = b"XML:com.adobe.xmp\0"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_TAG = 700
_BYTES_PER_TYPE = {1: 1, 2: 1, 7: 1}


@dataclass(frozen=True, slots=True)
class Piece:
    """One JPEG segment, PNG chunk, WebP chunk, TIFF tag or GIF extension."""

    name: str
    """`APP1`, `iTXt`, `EXIF`, ...; JPEG segments that are no APPn and no comment are named `FFxx`."""
    start: int
    """Where the whole piece begins in the file."""
    end: int
    data: int
    """Where its content begins."""
    length_bytes: int
    """Of its content."""
    head: bytes
    """The first bytes of its content."""
    type_at: int
    """Where the bytes stand that say what kind of piece it is."""


def is_jpeg(file: BinaryIO) -> bool:
    """By its first bytes."""
    file.seek(0)
    return file.read(len(_JPEG)) == _JPEG


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """The pieces of a file before its picture (JPEG) or all of them (PNG, WebP), lazily; of TIFF and GIF only its XMP.

    A file of any other kind has none. A broken structure ends the iteration.
    """
    file.seek(0)
    start = file.read(16)
    if start.startswith(_JPEG):
        yield from _jpeg(file)
    elif start.startswith(_PNG):
        yield from _chunks(file, 8, ">", 12)
    elif start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        yield from _chunks(file, 12, "<", 8)
    elif start[:4] in {b"II*\0", b"MM\0*"}:
        yield from _tiff(file, "<" if start[:2] == b"II" else ">")
    elif start[:6] in _GIF:
        yield from _gif(file)


def content(file: BinaryIO, piece: Piece) -> bytes:
    """All of a piece's content."""
    file.seek(piece.data)
    return file.read(piece.length_bytes)


def is_xmp(piece: Piece) -> bool:
    """Whether a piece holds a whole XMP packet; some programs end WebP's name for it with a NUL."""
    if piece.name == "APP1":
        return piece.head.startswith(_JPEG_XMP)
    return piece.name in {"XMP", "XMP ", "XMP\0"} or (piece.name == "iTXt" and piece.head.startswith(_PNG_XMP))


def packet_of(file: BinaryIO, piece: Piece, longest_bytes: int) -> bytes:
    """The XMP packet of a piece, unpacked; a little more than `longest_bytes` of it where it is longer than that."""
    file.seek(piece.data)
    data = file.read(min(piece.length_bytes, longest_bytes + HEAD_BYTES))
    if piece.name == "APP1":
        return data[len(_JPEG_XMP) :]
    if piece.name != "iTXt":
        return data
    packed, rest = data[len(_PNG_XMP) : len(_PNG_XMP) + 1], data[len(_PNG_XMP) + 2 :]
    text = b"".join(rest.split(b"\0", 2)[2:])
    if packed != b"\1":
        return text
    try:
        return zlib.decompressobj().decompress(text, longest_bytes + 1)
    except zlib.error:
        return text


def _gif(file: BinaryIO) -> Iterator[Piece]:
    file.seek(0)
    data = file.read()
    at = data.find(_GIF_XMP)
    while at >= 0:
        start = at + len(_GIF_XMP)
        end = data.find(_GIF_XMP_END, start)
        end = len(data) if end < 0 else end
        yield Piece("XMP", at, end, start, end - start, data[start : min(end, start + HEAD_BYTES)], at)
        at = data.find(_GIF_XMP, end)


def _jpeg(file: BinaryIO) -> Iterator[Piece]:
    at = 2
    while True:
        file.seek(at)
        word = file.read(4 + HEAD_BYTES)
        if len(word) < 4 or word[0] != 0xFF:  # noqa: PLR2004 - marker and length word
            return
        marker = word[1]
        if marker == 0xFF or marker in _ALONE:  # noqa: PLR2004 - a fill byte
            at += 1 if marker not in _ALONE else 2
            continue
        length_bytes = int.from_bytes(word[2:4], "big")
        if marker == _SCAN or length_bytes < 2:  # noqa: PLR2004 - the length word counts itself
            return
        end = at + 2 + length_bytes
        head = word[4 : 4 + min(HEAD_BYTES, length_bytes - 2)]
        yield Piece(_segment_name(marker), at, end, at + 4, length_bytes - 2, head, at + 1)
        at = end


def _segment_name(marker: int) -> str:
    if 0xE0 <= marker <= 0xEF:  # noqa: PLR2004 - APP0 to APP15
        return f"APP{marker - 0xE0}"
    return "comment" if marker == 0xFE else f"FF{marker:02X}"  # noqa: PLR2004 - COM


def _chunks(file: BinaryIO, at: int, order: str, around_bytes: int) -> Iterator[Piece]:
    """PNG puts the length first and a checksum behind; RIFF puts the type first and pads to even lengths."""
    is_png = order == ">"
    while True:
        file.seek(at)
        head = file.read(8 + HEAD_BYTES)
        if len(head) < 8:  # noqa: PLR2004 - length and type
            return
        length_bytes = struct.unpack_from(order + "I", head, 0 if is_png else 4)[0]
        type_at = 4 if is_png else 0
        end = at + around_bytes + length_bytes + (0 if is_png else length_bytes & 1)
        name = head[type_at : type_at + 4].decode("latin-1")
        yield Piece(name, at, end, at + 8, length_bytes, head[8 : 8 + min(HEAD_BYTES, length_bytes)], at + type_at)
        at = end


def _tiff(file: BinaryIO, order: str) -> Iterator[Piece]:
    file.seek(4)
    at = struct.unpack(order + "I", file.read(4))[0]
    file.seek(at)
    count_bytes = file.read(2)
    count = struct.unpack(order + "H", count_bytes)[0] if len(count_bytes) == 2 else 0  # noqa: PLR2004 - one short
    table = file.read(12 * count)
    for index in range(len(table) // 12):
        tag, kind, count, offset = struct.unpack_from(order + "HHII", table, 12 * index)
        if tag == _XMP_TAG and kind in _BYTES_PER_TYPE and count > 4:  # noqa: PLR2004 - shorter ones stand in the table
            file.seek(offset)
            yield Piece("XMP", offset, offset + count, offset, count, file.read(HEAD_BYTES), at + 2 + 12 * index)
