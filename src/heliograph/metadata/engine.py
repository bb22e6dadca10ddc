"""The one door to exiv2: made ready once, quiet, one caller at a time, with hostile XMP kept out."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import RLock
from typing import Any, BinaryIO

from heliograph.errors import Refused
from heliograph.metadata.pieces import Piece, is_jpeg, is_xmp, packet_of, pieces

LARGEST_XMP_BYTES = 16 * 1024 * 1024
_HARMLESS_XMP_BYTES = 65_536
_MOST_NAMES = 5_000
"""exiv2 looks for every property among all earlier ones: 100,000 different names took it 47 s (0.19.2, 2026-11)."""
_NAME = re.compile(rb"[<\s]([A-Za-z_][\w.-]*:[\w.-]+)[\s=/>]")

LOCK = RLock()
"""The XMP toolkit keeps its namespaces in one table for the whole process."""

_NAMESPACES = {
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "cc": "http://creativecommons.org/ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "heliograph": "urn:heliograph:xmp:1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}

EMPTY_XMP = (
    '<?xml version="1.0" encoding="UTF-8"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF></x:xmpmeta>'
)

_OURS_ALONE = ("cc", "heliograph", "xmpNote")
"""Unknown to exiv2, which ends the process when asked for an unknown prefix."""

_EVERY_PREFIX = EMPTY_XMP.format(
    "<rdf:Description rdf:about='' {}/>".format(
        " ".join(f'xmlns:{prefix}="{uri}" {prefix}:p="1"' for prefix, uri in _NAMESPACES.items())
    )
).encode()


@cache
def engine() -> Any:
    """The module `exiv2`, made ready: silent, and with every namespace of ours known to it."""
    import exiv2

    exiv2.LogMsg.setLevel(exiv2.LogMsg.Level.mute)
    for prefix in _OURS_ALONE:
        exiv2.XmpProperties.registerNs(_NAMESPACES[prefix], prefix)
    return exiv2


def usual_prefixes() -> None:
    """Gives every namespace its usual prefix again; to be called with `LOCK` held, right before XMP is written.

    The XMP toolkit writes the prefix that the document read last gave a namespace, whichever document that was; else
    the bytes that `write` makes would depend on what the process had read before.
    """
    engine().ImageFactory.open(_EVERY_PREFIX).readMetadata()


def opened(path: Path, unread: list[str]) -> Any:
    """The exiv2 image of a file with its metadata read, without its XMP where that is hostile (said in `unread`).

    Raises:
        Refused: the file cannot be opened, or is no picture that exiv2 knows.
    """
    exiv2 = engine()
    try:
        with path.open("rb") as file:
            hostile = _hostile_xmp(file)
            data = _blinded(file, hostile) if hostile else None
        if data:
            unread.append("The embedded XMP is too large to be honest, so it was not read.")
        image = exiv2.ImageFactory.open(data or str(path))
        image.readMetadata()
    except OSError as error:
        message = f"{path.name} cannot be opened ({error.strerror or error}), so it was left alone. Check the file."
        raise Refused(message) from error
    except (exiv2.Exiv2Error, UnicodeError, ValueError) as error:
        message = (
            f"{path.name} is damaged or no picture that can be read ({reason(error)}), so it was left alone. "
            "Open it in a viewer, or restore it from a backup."
        )
        raise Refused(message) from error
    return image


def reason(error: Exception) -> str:
    """exiv2's own words, without file name and code."""
    words = str(getattr(error, "message", "") or error)
    return words.rsplit(": ", 1)[-1].strip("()'\" ").lower()


def opened_xmp(packet: bytes) -> Any:
    """The exiv2 image of a bare XMP packet, read; `None` where exiv2 does not take it for XMP."""
    exiv2 = engine()
    try:
        image = exiv2.ImageFactory.open(packet)
        image.readMetadata()
    except exiv2.Exiv2Error:
        return None
    return image


def too_much(packet: bytes) -> bool:
    """True for XMP that would take a parser's time or memory for itself."""
    if len(packet) <= _HARMLESS_XMP_BYTES:
        return False
    return len(packet) > LARGEST_XMP_BYTES or len(set(_NAME.findall(packet))) > _MOST_NAMES


def _hostile_xmp(file: BinaryIO) -> Piece | None:
    """JPEG is safe by its segments of 64 kB; other formats hold packets of any size."""
    for piece in () if is_jpeg(file) else pieces(file):
        if not is_xmp(piece):
            continue
        if piece.length_bytes > LARGEST_XMP_BYTES or too_much(packet_of(file, piece, LARGEST_XMP_BYTES)):
            return piece
    return None


def _blinded(file: BinaryIO, piece: Piece) -> bytes:
    """The whole file, with that piece under a name that exiv2 passes over."""
    file.seek(0)
    data = BytesIO(file.read())
    data.seek(piece.type_at)
    data.write(b"\xfd\xe8" if piece.name == "XMP" else b"prVt" if piece.name == "iTXt" else b"JUNK")
    return data.getvalue()
