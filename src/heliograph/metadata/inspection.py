"""What a picture says beyond what it may: the last look at a file before it is sent."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from heliograph.metadata.engine import LOCK, engine, opened, opened_xmp
from heliograph.metadata.entries import exif_entries, iptc_entries, xmp_entries
from heliograph.metadata.photoshop import SIGNATURE, only_iptc
from heliograph.metadata.pieces import Piece, content, is_xmp, pieces
from heliograph.metadata.reader import read
from heliograph.metadata.writer import packet, xmp_data
from heliograph.model import Facts

_IN_BOXES = frozenset({"image/avif", "image/heic", "image/heif"})
_PACKET = re.compile(rb"<\?xpacket begin=.*?<\?xpacket end=.{3}\?>|<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
_ITEM = re.compile(rb"infe\x02.{7}(.{4})", re.DOTALL)
"""An entry of the table of items: version and flags, number, protection, kind.

Source: ISO/IEC 14496-12:2022, section 8.11.6 (read 2026-11).
"""
_KNOWN_ITEMS = frozenset({"av01", "hvc1", "grid", "Exif", "mime"})

STRUCTURAL = frozenset(
    {
        "Exif.Image.ExifTag",
        "Exif.Image.GPSTag",
        "Exif.Image.Orientation",
        "Exif.Image.ResolutionUnit",
        "Exif.Image.XResolution",
        "Exif.Image.YCbCrPositioning",
        "Exif.Image.YResolution",
        "Exif.Iop.InteroperabilityIndex",
        "Exif.Iop.InteroperabilityVersion",
        "Exif.Photo.ColorSpace",
        "Exif.Photo.ComponentsConfiguration",
        "Exif.Photo.ExifVersion",
        "Exif.Photo.FlashpixVersion",
        "Exif.Photo.InteroperabilityTag",
        "Exif.Photo.PixelXDimension",
        "Exif.Photo.PixelYDimension",
    }
)
"""Exif that says how to show the picture and nothing about who, where or with what."""

_STRUCTURAL_BYTES = 16
"""None of them is longer; a longer one carries something else."""

TIFF_STRUCTURAL = frozenset(
    f"Exif.Image.{name}"
    for name in (
        *("BitsPerSample", "ColorMap", "Compression", "ExtraSamples", "FillOrder", "ImageLength", "ImageWidth"),
        *("InterColorProfile", "JPEGTables", "NewSubfileType", "PhotometricInterpretation", "PlanarConfiguration"),
        *("Predictor", "PrimaryChromaticities", "ReferenceBlackWhite", "RowsPerStrip", "SampleFormat"),
        *("SamplesPerPixel", "StripByteCounts", "StripOffsets", "TileByteCounts", "TileLength", "TileOffsets"),
        *("TileWidth", "TransferFunction", "WhitePoint", "YCbCrCoefficients", "YCbCrSubSampling"),
    )
)
"""What a TIFF's picture itself is described by."""

_TIFF_BLOCKS = frozenset({"Exif.Image.XMLPacket", "Exif.Image.IPTCNAA"})
"""In a TIFF the XMP and IPTC blocks stand within Exif; their entries are looked at one by one."""

_KNOWN_PIECES = {
    "APP0": (b"JFIF\0",),
    "APP1": (b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"),
    "APP2": (b"ICC_PROFILE\0",),
    "APP13": (SIGNATURE,),
    "APP14": (b"Adobe",),
    "iTXt": (b"XML:com.adobe.xmp\0",),
}
"""Segments and chunks whose content is known, or looked at entry by entry."""

_PICTURE_PIECES = frozenset(
    {
        *(f"FF{marker:02X}" for marker in (*range(0xC0, 0xD0), 0xDB, 0xDD)),
        *("IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI"),
        *("bKGD", "hIST", "pHYs", "sPLT", "acTL", "fcTL", "fdAT", "eXIf"),
        *("VP8 ", "VP8L", "VP8X", "ALPH", "ICCP", "ANIM", "ANMF", "EXIF", "XMP "),
    }
)


def residue(path: Path, allowed: Facts) -> tuple[str, ...]:
    """Names of everything in the file's metadata that `allowed` does not explain, sorted; empty means clean.

    An entry is explained by its value, not by its key alone: somebody else's name under an allowed key is named.

    Raises:
        Refused: the file cannot be read, so nothing is known about it.
    """
    with LOCK:
        warnings: list[str] = []
        image = opened(path, warnings)
        found = {
            *warnings,
            *_exif(image, allowed),
            *_iptc(image, allowed),
            *_xmp(image, allowed, path),
            *_previews(image),
            *_pieces(path),
        }
        if image.mimeType() in _IN_BOXES:
            found.update(_items(path))
        if image.comment():
            found.add("comment")
    return tuple(sorted(found))


def _exif(image: Any, allowed: Facts) -> Iterator[str]:
    expected = engine().ExifData()
    for key, text in exif_entries(allowed).items():
        expected[key] = text
    is_tiff = image.mimeType() == "image/tiff"
    for datum in image.exifData():
        key = datum.key()
        if key in STRUCTURAL and datum.size() <= _STRUCTURAL_BYTES:
            continue
        if is_tiff and key in TIFF_STRUCTURAL | _TIFF_BLOCKS:
            continue
        if key not in expected or bytes(expected[key].toString(), "utf-8", "replace") != bytes(
            datum.toString(), "utf-8", "replace"
        ):
            yield key


def _iptc(image: Any, allowed: Facts) -> Iterator[str]:
    expected = set(iptc_entries(allowed))
    for datum in image.iptcData():
        key = datum.key()
        is_charset = key == "Iptc.Envelope.CharacterSet" and datum.toString() == "\x1b%G"
        if not is_charset and (key, datum.toString()) not in expected:
            yield key


def _xmp(image: Any, allowed: Facts, path: Path) -> Iterator[str]:
    data = image.xmpData()
    raw = _packet_in_boxes(path) if image.mimeType() in _IN_BOXES else _packet_shown(image)
    if data.empty() and not raw.strip("\0 \n"):
        return
    wanted = packet(xmp_data(xmp_entries(allowed, alone=False)))
    expected = {datum.key(): datum.toString() for datum in opened_xmp(wanted.encode()).xmpData()}
    strangers = [datum.key() for datum in data if expected.get(datum.key()) != datum.toString()]
    yield from strangers
    # into a TIFF exiv2 writes the packet in a form of its own
    hidden = "<!--" in raw if image.mimeType() == "image/tiff" else _words(raw) != _words(wanted)
    if hidden and not strangers:
        yield "XMP packet beyond its properties"


def _packet_shown(image: Any) -> str:
    image.writeXmpFromPacket(True)
    return str(image.xmpPacket())


def _packet_in_boxes(path: Path) -> str:
    """Every XMP packet of a HEIF or AVIF file, one behind the other; exiv2 shows none of them."""
    return b"".join(_PACKET.findall(path.read_bytes())).decode("utf-8", "replace")


def _items(path: Path) -> Iterator[str]:
    """Items of a HEIF or AVIF file that are neither picture nor Exif nor one XMP packet."""
    kinds = [kind.decode("latin-1") for kind in _ITEM.findall(path.read_bytes())]
    yield from (f"item of kind {kind.strip()}" for kind in kinds if kind not in _KNOWN_ITEMS)
    if kinds.count("mime") > 1:
        yield "more than one item beside the picture"


def _words(text: str) -> str:
    """Without the blanks that XMP is padded with."""
    return "".join(text.strip("\0").split())


def _previews(image: Any) -> Iterator[str]:
    exiv2 = engine()
    if exiv2.ExifThumbC(image.exifData()).copy().size():
        yield "thumbnail"
    for preview in exiv2.PreviewManager(image).getPreviewProperties():
        yield f"embedded preview of {preview.width_} x {preview.height_} px"


def _pieces(path: Path) -> Iterator[str]:
    seen: set[str] = set()
    with path.open("rb") as file:
        for piece in pieces(file):
            if (block := _block(piece)) in seen:
                yield f"a second block of {block}"
            elif block:
                seen.add(block)
            if piece.name in _PICTURE_PIECES or piece.head.startswith(_KNOWN_PIECES.get(piece.name, ())):
                if piece.name == "APP13" and not only_iptc(content(file, piece)):
                    yield "Photoshop image resources"
                continue
            if piece.name == "XMP":
                continue
            yield _named(piece)


def _block(piece: Piece) -> str:
    """What of a piece may be there only once, since exiv2 shows one of several: `Exif`, `XMP` or nothing."""
    if is_xmp(piece):
        return "XMP"
    is_exif = piece.name in {"eXIf", "EXIF"} or (piece.name == "APP1" and piece.head.startswith(b"Exif\0\0"))
    return "Exif" if is_exif else ""


def _named(piece: Piece) -> str:
    word = piece.head.split(b"\0", 1)[0][:40].decode("ascii", "replace").strip()
    return f"{piece.name} ({word})" if word.isprintable() and word else piece.name


def embedded(path: Path) -> Facts:
    """What a file made for sending says of itself, also where its words stand in boxes that `read` does not see.

    Raises:
        Refused: the file cannot be read.
    """
    with LOCK:
        in_boxes = opened(path, []).mimeType() in _IN_BOXES
        words = _packet_in_boxes(path) if in_boxes else ""
    if not words:
        return read(path)
    with tempfile.TemporaryDirectory() as aside:
        sidecar = Path(aside) / "words.xmp"
        sidecar.write_text(words, encoding="utf-8")
        return read(path, sidecar)
