"""The privacy check: a file that was made is read back, and leaves only if it holds nothing but what it may."""

from pathlib import Path

from heliograph import metadata
from heliograph.model import Facts
from heliograph.render.clean import ADOBE, ICC, JFIF, JPEG_KEPT, PNG_KEPT, WEBP_KEPT, profile_of_jpeg, profile_of_png
from heliograph.render.pieces import PIECES, Damaged, Piece, gaps
from heliograph.render.profile import public

_Starts = dict[str, tuple[bytes, ...]]
"""What a part of each name has to begin with."""

_EMBEDDED_JPEG: _Starts = {
    "APP1": (b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"),
    "APP13": (b"Photoshop 3.0\0",),
}
_PLAIN_JPEG: _Starts = {"APP0": (JFIF,), "APP2": (ICC,), "APP14": (ADOBE,)}
_EMBEDDED_PNG: _Starts = {
    "iTXt": (b"XML:com.adobe.xmp\0",),
    "eXIf": (b"",),
    "zTXt": (b"Raw profile type iptc\0", b"Raw profile type exif\0", b"Raw profile type APP1\0"),
    "tEXt": (b"Raw profile type iptc\0", b"Raw profile type exif\0", b"Raw profile type APP1\0"),
}
_EMBEDDED_WEBP: _Starts = {"EXIF": (b"",), "XMP ": (b"",)}
_AVIF_KEPT = frozenset({"ftyp", "meta", "mdat", "free"})

_ALWAYS: dict[str, tuple[frozenset[str], _Starts]] = {
    "image/jpeg": (JPEG_KEPT, _PLAIN_JPEG),
    "image/png": (PNG_KEPT, {}),
    "image/webp": (WEBP_KEPT, {}),
    "image/avif": (_AVIF_KEPT, {}),
}
_WITH_FACTS: dict[str, _Starts] = {
    "image/jpeg": _EMBEDDED_JPEG,
    "image/png": _EMBEDDED_PNG,
    "image/webp": _EMBEDDED_WEBP,
    "image/avif": {},
}
_PREVIEW = b"\xff\xd8\xff"
_JFIF_BODY_BYTES = 14


def _hides_picture(piece: Piece, body: bytes) -> bool:
    """A thumbnail in the JFIF header, or a whole JPEG in metadata; a colour profile may hold such bytes by chance."""
    if piece.kind == "APP0":
        return len(body) != _JFIF_BODY_BYTES
    return piece.kind.startswith("APP") and piece.kind != "APP2" and _PREVIEW in body


def foreign_pieces(data: bytes, media_type: str, *, with_facts: bool) -> tuple[str, ...]:
    """Names of the parts of the file that nobody asked for, sorted; empty for a clean file."""
    kept, known = _ALWAYS[media_type]
    starts = known | (_WITH_FACTS[media_type] if with_facts else {})
    try:
        pieces = tuple(PIECES[media_type](data))
    except Damaged as damage:
        return (str(damage),)
    found = {"data outside the picture"} if _loose(pieces, data, media_type) else set()
    for piece in pieces:
        body = data[piece.body : piece.body_end]
        if piece.kind not in kept and not body.startswith(starts.get(piece.kind, ())):
            found.add(f"a part named {piece.kind.strip()}")
        elif piece.kind == "free" and body.strip(b"\0"):
            found.add("data in a free box")
        elif _hides_picture(piece, body):
            found.add(f"an embedded preview in {piece.kind}")
    if _talkative_profile(pieces, data, media_type):
        found.add("a colour profile with words of its own")
    return tuple(sorted(found))


def _talkative_profile(pieces: tuple[Piece, ...], data: bytes, media_type: str) -> bool:
    """Whether a profile holds more than colour: then it is not the one that `clean` writes."""
    if media_type == "image/jpeg":
        profiles = [profile_of_jpeg(data, pieces)] if any(piece.kind == "APP2" for piece in pieces) else []
    else:
        bodies = [(piece.kind, data[piece.body : piece.body_end]) for piece in pieces if piece.kind in {"iCCP", "ICCP"}]
        profiles = [profile_of_png(body) if kind == "iCCP" else body for kind, body in bodies]
        if any(kind == "iCCP" and not body.startswith(b"icc\0\0") for kind, body in bodies):
            return True
    return any(not profile or public(profile) != profile for profile in profiles)


def _loose(pieces: tuple[Piece, ...], data: bytes, media_type: str) -> bool:
    head = {"image/png": 8, "image/webp": 12}.get(media_type, 0)
    return not pieces or pieces[0].start != head or gaps(pieces, len(data))


def unexpected(path: Path, media_type: str, allowed: Facts) -> tuple[str, ...]:
    """What is in the file beyond its pixels, their colour profile and the allowed facts; empty where it may be sent."""
    foreign = foreign_pieces(path.read_bytes(), media_type, with_facts=allowed != Facts())
    return foreign + metadata.residue(path, allowed)
