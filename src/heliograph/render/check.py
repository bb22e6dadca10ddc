"""The privacy check: a file that was made is read back, and leaves only if it holds nothing but what it may."""

import tempfile
from pathlib import Path

from heliograph import metadata
from heliograph.model import Facts
from heliograph.render.clean import ADOBE, ICC, JFIF, JPEG_KEPT, PNG_KEPT, WEBP_KEPT
from heliograph.render.decode import vips
from heliograph.render.pieces import PIECES, Damaged, Piece, gaps

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
        elif _hides_picture(piece, body):
            found.add(f"an embedded preview in {piece.kind}")
    return tuple(sorted(found))


def _loose(pieces: tuple[Piece, ...], data: bytes, media_type: str) -> bool:
    head = {"image/png": 8, "image/webp": 12}.get(media_type, 0)
    return not pieces or pieces[0].start != head or gaps(pieces, len(data))


def _residue_of_avif(path: Path, allowed: Facts) -> tuple[str, ...]:
    """The XMP of an AVIF file is looked at in a JPEG of one pixel, whose packet exiv2 shows as it stands."""
    image = vips().Image.new_from_buffer(path.read_bytes(), "")
    strangers = tuple(name for name in ("exif-data", "iptc-data") if image.get_typeof(name))
    if not image.get_typeof("xmp-data"):
        return strangers
    with tempfile.TemporaryDirectory(dir=path.parent) as aside:
        carrier = Path(aside) / "carrier.jpg"
        pixel = vips().Image.black(1, 1).copy()
        pixel.set_type(vips().GValue.blob_type, "xmp-data", image.get("xmp-data"))
        carrier.write_bytes(pixel.jpegsave_buffer(keep="xmp"))
        return strangers + metadata.residue(carrier, allowed)


def unexpected(path: Path, media_type: str, allowed: Facts) -> tuple[str, ...]:
    """What is in the file beyond its pixels, their colour profile and the allowed facts; empty where it may be sent."""
    foreign = foreign_pieces(path.read_bytes(), media_type, with_facts=allowed != Facts())
    residue = _residue_of_avif if media_type == "image/avif" else metadata.residue
    return foreign + residue(path, allowed)
