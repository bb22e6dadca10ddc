"""The original's own coded pixels in a new file that holds nothing else: what decoding and colour need, and no more."""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator

from heliograph.render.pieces import PNG_SIGNATURE, Damaged, Piece, jpeg_pieces, png_pieces, webp_pieces
from heliograph.render.profile import in_segments, public

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
_VP8X_ICC, _VP8X_EXIF, _VP8X_XMP, _VP8X_ANIMATED = 0x20, 0x08, 0x04, 0x02
_SEGMENT_BYTES = 65_519
"""Of a profile, so many fit into one segment."""
_LONGEST_PROFILE_BYTES = 16 << 20


def _segment(code: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(body) + 2) + body


def profile_of_jpeg(data: bytes, pieces: Iterable[Piece]) -> bytes:
    """The colour profile, whose parts may come in any order; empty where one is missing."""
    bodies = [data[piece.body : piece.body_end] for piece in pieces if piece.kind == "APP2"]
    found = {tuple(body[len(ICC) : len(ICC) + 2]): body[len(ICC) + 2 :] for body in bodies if body.startswith(ICC)}
    numbers = {(number, len(bodies)) for number in range(1, len(bodies) + 1)}
    return b"".join(found[key] for key in sorted(found)) if set(found) == numbers else b""


def profile_of_png(chunk: bytes) -> bytes:
    """The colour profile in the body of an iCCP chunk, unpacked; empty where it is damaged or absurdly large."""
    packed = chunk.partition(b"\0")[2][1:]
    try:
        unpacker = zlib.decompressobj()
        profile = unpacker.decompress(packed, _LONGEST_PROFILE_BYTES)
    except zlib.error:
        return b""
    return profile if unpacker.eof else b""


def png_profile_chunk(profile: bytes) -> bytes:
    """The whole iCCP chunk of a profile."""
    body = b"iCCPicc\0\0" + zlib.compress(profile, 9)
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _cleaned_jpeg(data: bytes) -> Iterator[bytes]:
    held = tuple(jpeg_pieces(data))
    profile = public(profile_of_jpeg(data, held))
    for piece in held:
        body = data[piece.body : piece.body_end]
        if piece.kind == "APP2" and body.startswith(ICC):
            yield from (_segment(0xE2, part) for part in in_segments(profile, _SEGMENT_BYTES))
            profile = b""
        elif piece.kind in JPEG_KEPT:
            yield data[piece.start : piece.end]
        elif piece.kind == "APP0" and body.startswith(JFIF) and len(body) >= _JFIF_BYTES:
            yield _segment(0xE0, body[:_JFIF_BYTES] + b"\0\0")  # a thumbnail of 0 x 0 pixels
        elif piece.kind == "APP14" and body.startswith(ADOBE) and len(body) >= _ADOBE_BYTES:
            yield _segment(0xEE, body[:_ADOBE_BYTES])


def _cleaned_png(data: bytes) -> Iterator[bytes]:
    yield PNG_SIGNATURE
    for piece in png_pieces(data):
        if piece.kind == "iCCP":
            if profile := public(profile_of_png(data[piece.body : piece.body_end])):
                yield png_profile_chunk(profile)
        elif piece.kind in PNG_KEPT:
            yield data[piece.start : piece.end]


def _webp_chunk(data: bytes, piece: Piece, profile: bytes) -> bytes:
    body = data[piece.body : piece.body_end]
    if piece.kind == "ICCP":
        body = profile
    if piece.kind == "VP8X":
        dropped = _VP8X_EXIF | _VP8X_XMP | _VP8X_ANIMATED | (0 if profile else _VP8X_ICC)
        flags = int.from_bytes(body[:1], "big") & ~dropped
        body = bytes([flags]) + body[1:_VP8X_BYTES]
    return data[piece.start : piece.start + 4] + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _cleaned_webp(data: bytes) -> Iterator[bytes]:
    held = tuple(webp_pieces(data))
    profiles = [public(data[piece.body : piece.body_end]) for piece in held if piece.kind == "ICCP"]
    profile = profiles[0] if profiles else b""
    wanted = WEBP_KEPT if profile else WEBP_KEPT - {"ICCP"}
    kept = b"".join(_webp_chunk(data, piece, profile) for piece in held if piece.kind in wanted)
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
