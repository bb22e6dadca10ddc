"""The original's own coded pixels in a new file that holds nothing else: what decoding and colour need, and no more."""

import struct
from collections.abc import Callable, Iterator

from heliograph.render.pieces import PNG_SIGNATURE, Damaged, Piece, jpeg_pieces, png_pieces, webp_pieces

JPEG_KEPT = frozenset(
    {"SOI", "EOI", "SOS", "DNL", "C4", "CC", "DB", "DD"} | {f"C{digit}" for digit in "012356789ABDEF"} - {"C8"}
)
"""Frame and scan headers, tables, restart interval and the coded data. ICC, JFIF and Adobe segments are looked into."""
PNG_KEPT = frozenset(
    {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP", "mDCV", "cLLI", "pHYs"}
)
WEBP_KEPT = frozenset({"VP8X", "ICCP", "ALPH", "VP8 ", "VP8L"})
ANIMATION = frozenset({"ANIM", "ANMF"})
ICC, JFIF, ADOBE = b"ICC_PROFILE\0", b"JFIF\0", b"Adobe"

_JFIF_BYTES, _ADOBE_BYTES, _VP8X_BYTES = 12, 12, 10
_VP8X_EXIF, _VP8X_XMP, _VP8X_ANIMATED = 0x08, 0x04, 0x02


def _segment(code: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(body) + 2) + body


def _cleaned_jpeg(data: bytes) -> Iterator[bytes]:
    for piece in jpeg_pieces(data):
        body = data[piece.body : piece.body_end]
        if piece.kind in JPEG_KEPT or (piece.kind == "APP2" and body.startswith(ICC)):
            yield data[piece.start : piece.end]
        elif piece.kind == "APP0" and body.startswith(JFIF) and len(body) >= _JFIF_BYTES:
            yield _segment(0xE0, body[:_JFIF_BYTES] + b"\0\0")  # a thumbnail of 0 x 0 pixels
        elif piece.kind == "APP14" and body.startswith(ADOBE) and len(body) >= _ADOBE_BYTES:
            yield _segment(0xEE, body[:_ADOBE_BYTES])


def _cleaned_png(data: bytes) -> Iterator[bytes]:
    yield PNG_SIGNATURE
    for piece in png_pieces(data):
        if piece.kind in PNG_KEPT:
            yield data[piece.start : piece.end]


def _webp_chunk(data: bytes, piece: Piece) -> bytes:
    body = data[piece.body : piece.body_end]
    if piece.kind == "VP8X":
        flags = int.from_bytes(body[:1], "big") & ~(_VP8X_EXIF | _VP8X_XMP | _VP8X_ANIMATED)
        body = bytes([flags]) + body[1:_VP8X_BYTES]
    return data[piece.start : piece.start + 4] + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _cleaned_webp(data: bytes) -> Iterator[bytes]:
    kept = b"".join(_webp_chunk(data, piece) for piece in webp_pieces(data) if piece.kind in WEBP_KEPT)
    yield b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP"
    yield kept


_CLEANERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "image/jpeg": _cleaned_jpeg,
    "image/png": _cleaned_png,
    "image/webp": _cleaned_webp,
}
LOSSLESS = frozenset(_CLEANERS)
"""Media types whose pixels can be copied without decoding them."""


def animated(data: bytes, media_type: str) -> bool:
    """Whether the pixels are more than one picture, so that a copy of them would be more than one picture, too."""
    if media_type != "image/webp":
        return False
    try:
        return any(piece.kind in ANIMATION for piece in webp_pieces(data))
    except Damaged:
        return False


def cleaned(data: bytes, media_type: str) -> bytes:
    """The file without metadata, previews, comments, further pictures and anything behind its end.

    Raises:
        Damaged: the file is not what its media type says, or is cut off.
        KeyError: a media type that is not in `LOSSLESS`.
    """
    return b"".join(_CLEANERS[media_type](data))
