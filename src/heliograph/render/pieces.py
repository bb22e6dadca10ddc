"""What JPEG, PNG, WebP and AVIF files are made of, piece by piece, as bytes: nothing here decodes a pixel.

Source: ITU-T T.81 annex B (JPEG markers), W3C PNG third edition section 5, RFC 9649 section 2 (WebP),
ISO/IEC 14496-12 section 4.2 (boxes); read 2026-11.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

SOI, EOI, SOS, DNL = 0xD8, 0xD9, 0xDA, 0xDC
APP0, APP15 = 0xE0, 0xEF
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)
"""A marker that ends coded data: neither a stuffed byte, nor a restart, nor one of the fill bytes before it."""


class Damaged(Exception):
    """The file ends, or goes on, where its format does not allow it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment, chunk or box: `data[start:end]` is all of it, `data[body:body_end]` what it carries."""

    kind: str
    """`APP1`, `SOS`, `IDAT`, `VP8X`, ...; for JPEG markers without a name of interest the code in hex: `DB`."""
    start: int
    body: int
    body_end: int
    end: int


def _jpeg_kind(code: int) -> str:
    names = {SOI: "SOI", EOI: "EOI", SOS: "SOS", DNL: "DNL", 0xFE: "COM"}
    return f"APP{code - APP0}" if APP0 <= code <= APP15 else names.get(code, f"{code:02X}")


def jpeg_pieces(data: bytes) -> Iterator[Piece]:
    """The segments from SOI to EOI; a scan's coded data belongs to its SOS, bytes between segments to none.

    Raises:
        Damaged: at the place where the file is no JPEG or ends before EOI.
    """
    if data[:2] != b"\xff\xd8":
        message = "it does not begin as a JPEG"
        raise Damaged(message)
    yield Piece("SOI", 0, 2, 2, 2)
    at = 2
    while marker := _MARKER.search(data, at):
        start, code = marker.start(), data[marker.start() + 1]
        if code == EOI:
            yield Piece("EOI", start, start + 2, start + 2, start + 2)
            return
        body = start + 4
        body_end = start + 2 + int.from_bytes(data[start + 2 : body], "big")
        if body_end < body or body_end > len(data):
            break
        at = body_end
        if code == SOS:
            following = _MARKER.search(data, body_end)
            at = following.start() if following else len(data)
        yield Piece(_jpeg_kind(code), start, body, body_end, at)
    message = "it ends before the picture does"
    raise Damaged(message)


def png_pieces(data: bytes) -> Iterator[Piece]:
    """The chunks from IHDR to IEND.

    Raises:
        Damaged: at the place where the file is no PNG or ends before IEND.
    """
    at = len(PNG_SIGNATURE)
    if data[:at] != PNG_SIGNATURE:
        message = "it does not begin as a PNG"
        raise Damaged(message)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            break
        yield Piece(kind.decode("latin-1"), at, at + 8, end - 4, end)
        if kind == b"IEND":
            return
        at = end
    message = "it ends before the picture does"
    raise Damaged(message)


def webp_pieces(data: bytes) -> Iterator[Piece]:
    """The chunks inside RIFF, as long as RIFF says that it is.

    Raises:
        Damaged: at the place where the file is no WebP or ends too early.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        message = "it does not begin as a WebP"
        raise Damaged(message)
    at, whole = 12, 8 + int.from_bytes(data[4:8], "little")
    while at + 8 <= whole <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        body_end = at + 8 + length
        if body_end > whole:
            break
        end = body_end + length % 2
        yield Piece(kind.decode("latin-1"), at, at + 8, body_end, end)
        at = end
    if at < whole:
        message = "it ends before the picture does"
        raise Damaged(message)


def box_pieces(data: bytes) -> Iterator[Piece]:
    """The outermost boxes of an AVIF or HEIF file.

    Raises:
        Damaged: at the place where a box claims more than there is.
    """
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = at + 8
        if length == 1 and at + 16 <= len(data):
            length, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        end = at + length if length else len(data)
        if end < body or end > len(data):
            break
        yield Piece(kind.decode("latin-1"), at, body, end, end)
        at = end
    if at != len(data):
        message = "it ends before the picture does"
        raise Damaged(message)


PIECES = {"image/jpeg": jpeg_pieces, "image/png": png_pieces, "image/webp": webp_pieces, "image/avif": box_pieces}


def gaps(pieces: tuple[Piece, ...], length_bytes: int) -> bool:
    """Whether any byte of the file belongs to no piece: between two of them or behind the last."""
    last = pieces[-1].end if pieces else 0
    return last != length_bytes or any(one.end != other.start for one, other in pairwise(pieces))
