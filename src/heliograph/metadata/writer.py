"""`Facts` -> into a picture or a sidecar; and everything out of a picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from heliograph.errors import Refused
from heliograph.metadata.engine import EMPTY_XMP, LOCK, engine, opened, opened_xmp, reason, usual_prefixes
from heliograph.metadata.entries import XmpEntry, exif_entries, iptc_entries, xmp_entries
from heliograph.metadata.pieces import pieces
from heliograph.model import Facts

_TOOLKIT = re.compile(r' x:xmptk="[^"]*"')

_WITH_IPTC = frozenset({"image/jpeg", "image/tiff"})
"""Where IPTC has a standard home; elsewhere it is only kept in step where it already stands."""

_MIRRORS = {
    "Exif.GPSInfo.GPSLatitude": (
        "Xmp.exif.GPSLatitude",
        "Xmp.exif.GPSLongitude",
        "Xmp.exif.GPSAltitude",
        "Xmp.exif.GPSAltitudeRef",
    ),
    "Exif.Photo.DateTimeOriginal": ("Xmp.exif.DateTimeOriginal",),
    "Exif.Image.Orientation": ("Xmp.tiff.Orientation",),
}
"""XMP that would contradict what is now in Exif."""

_METADATA_PIECES = frozenset({"APP1", "APP13", "comment", "tEXt", "zTXt", "iTXt", "eXIf", "tIME"})

_LONGEST_NAME_BYTES = 200

_DATE_IN_EXIF = ("DateTimeOriginal", "SubSecTimeOriginal", "OffsetTimeOriginal")


def write(path: Path, facts: Facts) -> None:
    """Writes these facts into a JPEG, PNG, WebP or TIFF, the same into every container; blank ones change nothing.

    Equal pictures and facts give equal bytes: no time and no program is named.

    Raises:
        Refused: the file cannot be read or written.
    """
    with LOCK:
        image = opened(path, [])
        exif = exif_entries(facts)
        xmp = xmp_entries(facts, alone=False)
        if not exif and not xmp:
            return
        _fill_exif(image.exifData(), exif, facts)
        _fill_iptc(image, facts)
        _fill_xmp(image.xmpData(), xmp)
        for key, mirrors in _MIRRORS.items():
            if key in exif:
                _drop(image.xmpData(), mirrors)
        if not image.xmpData().empty():
            image.setXmpPacket(packet(image.xmpData()))
            image.writeXmpFromPacket(True)
        _save(image, path)
        if image.mimeType() == "image/tiff":
            _blank_toolkit(path)


def write_sidecar(path: Path, facts: Facts) -> None:
    """Writes a sidecar that says just this, in place of one that stood there.

    Raises:
        Refused: the file cannot be written.
    """
    try:
        path.write_text(packet(xmp_data(xmp_entries(facts, alone=True))) + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"The sidecar {path.name} could not be written ({error.strerror or error}). Check folder and disk."
        raise Refused(message) from error


def clear(path: Path) -> None:
    """Takes every Exif, IPTC and XMP entry, thumbnail, comment and Photoshop resource out; the ICC profile stays.

    Raises:
        Refused: the file cannot be read or written.
    """
    with LOCK:
        image = opened(path, [])
        image.clearExifData()
        image.clearIptcData()
        image.clearXmpPacket()
        image.clearXmpData()
        image.clearComment()
        _save(image, path)
        _drop_pieces(path)


def xmp_data(entries: list[XmpEntry]) -> Any:
    """Fresh exiv2 XMP data of just these entries."""
    data = engine().XmpData()
    _fill_xmp(data, entries)
    return data


def packet(data: Any) -> str:
    """XMP data as a packet that names no toolkit."""
    with LOCK:
        image = opened_xmp(EMPTY_XMP.format("").encode())
        image.setXmpData(data)
        usual_prefixes()
        image.writeMetadata()
        image.readMetadata()
        return _TOOLKIT.sub("", image.xmpPacket(), count=1)


def _save(image: Any, path: Path) -> None:
    usual_prefixes()  # in a TIFF exiv2 makes the packet itself
    try:
        image.writeMetadata()
    except engine().Exiv2Error as error:
        message = (
            f"The metadata of {path.name} could not be written ({reason(error)}); the file is as it was. "
            "Check that the disk has room and the file may be changed."
        )
        raise Refused(message) from error


def _drop(data: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in data:
            del data[key]


def _fill_exif(data: Any, entries: dict[str, str], facts: Facts) -> None:
    if facts.taken:
        _drop(data, tuple(f"Exif.Photo.{name}" for name in _DATE_IN_EXIF))
    if "Exif.GPSInfo.GPSLatitude" in entries:
        _drop(data, ("Exif.GPSInfo.GPSAltitude", "Exif.GPSInfo.GPSAltitudeRef"))
    for key, text in entries.items():
        data[key] = text


def _fill_iptc(image: Any, facts: Facts) -> None:
    data = image.iptcData()
    entries = iptc_entries(facts)
    if not entries or (image.mimeType() not in _WITH_IPTC and data.empty()):
        return
    exiv2 = engine()
    kept = [
        (datum.key(), datum.value().clone())
        for datum in data
        if datum.key() not in dict(entries) and datum.key() != "Iptc.Envelope.CharacterSet"
    ]
    data.clear()
    data.add(exiv2.IptcKey("Iptc.Envelope.CharacterSet"), exiv2.StringValue("\x1b%G"))
    for key, value in kept:
        data.add(exiv2.IptcKey(key), value)
    for key, text in entries:
        kind = exiv2.IptcDataSets.dataSetType(exiv2.IptcKey(key).tag(), exiv2.IptcKey(key).record())
        value = exiv2.Value.create(kind)
        value.read(text)
        data.add(exiv2.IptcKey(key), value)


def _fill_xmp(data: Any, entries: list[XmpEntry]) -> None:
    exiv2 = engine()
    for entry in entries:
        _drop_tree(data, entry.key)
        for key, value in _xmp_values(exiv2, entry):
            data.add(exiv2.XmpKey(key), value)


def _drop_tree(data: Any, key: str) -> None:
    below = [datum.key() for datum in data if datum.key().startswith((f"{key}[", f"{key}/"))]
    _drop(data, (*below, key))


def _xmp_values(exiv2: Any, entry: XmpEntry) -> list[tuple[str, Any]]:
    if entry.kind == "text":
        return [(entry.key, _text_value(exiv2, entry.values[0]))]
    if entry.kind == "alt":
        alternatives = exiv2.LangAltValue()
        alternatives["x-default"] = entry.values[0]
        return [(entry.key, alternatives)]
    if entry.kind == "struct":
        array = exiv2.XmpTextValue("")
        array.setXmpArrayType(exiv2.XmpValue.XmpArrayType.xaBag)
        named = zip(entry.fields, entry.values, strict=True)
        return [
            (entry.key, array),
            *((f"{entry.key}[1]/Iptc4xmpExt:{name}", _text_value(exiv2, text)) for name, text in named),
        ]
    kind = exiv2.TypeId.xmpBag if entry.kind == "bag" else exiv2.TypeId.xmpSeq
    return [(entry.key, exiv2.XmpArrayValue(list(entry.values), kind))]


def _text_value(exiv2: Any, text: str) -> Any:
    """exiv2 takes words that begin with `type=` for its own notation; a blank before them is stripped by readers."""
    return exiv2.XmpTextValue(f" {text}" if text.startswith("type=") else text)


def _blank_toolkit(path: Path) -> None:
    """In a TIFF exiv2 makes the packet itself and names its version."""
    with path.open("r+b") as file:
        for piece in list(pieces(file)):
            at = piece.data + piece.head.find(b" x:xmptk=")
            if at >= piece.data:
                file.seek(at)
                named = re.match(rb' x:xmptk="[^"]*"', file.read(_LONGEST_NAME_BYTES))
                file.seek(at)
                file.write(b" " * (named.end() if named else 0))


def _drop_pieces(path: Path) -> None:
    """Takes out what exiv2 passes over: extended XMP, Photoshop resources, further comments, texts in PNG."""
    with path.open("rb") as file:
        dropped = [piece for piece in pieces(file) if piece.name in _METADATA_PIECES]
        if not dropped:
            return
        file.seek(0)
        data = bytearray(file.read())
    for piece in reversed(dropped):
        del data[piece.start : piece.end]
    path.write_bytes(data)
