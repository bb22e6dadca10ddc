"""What exiv2 passes over in silence: further XMP packets, second parts, damaged blocks. Read here, or named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from heliograph.metadata.blocks import Xmp
from heliograph.metadata.engine import LARGEST_XMP_BYTES, engine, opened_xmp, too_much
from heliograph.metadata.photoshop import image_resources, iptc_changed, iptc_lost
from heliograph.metadata.pieces import Piece, content, is_xmp, packet_of, pieces
from heliograph.metadata.reconcile import XMP, Layers

DAMAGED = "is damaged"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_GUID_BYTES = 32
_RDF = re.compile(rb"<([\w.-]+:)?RDF[\s>].*</\1?RDF\s*>", re.DOTALL)
_RDF_END = re.compile(rb"</(?:[\w.-]+:)?RDF\s*>")
_SECOND_PART = "The second part of the embedded XMP cannot be read, so it was not used."
_IPTC_LOST = "The IPTC block is damaged, so it was not read whole."


def look_closer(layers: Layers, image: Any, path: Path) -> None:
    """Fills in what exiv2 passed over, and names in `unread` what nobody can read."""
    with path.open("rb") as file:
        held = list(pieces(file))
        _look_at_packets(layers, image, [packet_of(file, one, LARGEST_XMP_BYTES) for one in held if is_xmp(one)])
        _look_at_second(layers, image, _second_parts(file, held))
        resources = image_resources(file, held)
    layers.iptc_changed = bool(layers.iptc and layers.xmp) and iptc_changed(resources)
    elsewhere = "Exif.Image.IPTCNAA" in image.exifData() or any(_is_iptc_in_png(piece) for piece in held)
    if iptc_lost(resources) or (elsewhere and not layers.iptc):
        layers.unread.append(_IPTC_LOST)


def _is_iptc_in_png(piece: Piece) -> bool:
    return piece.name in {"tEXt", "zTXt", "iTXt"} and piece.head.startswith(b"Raw profile type iptc\0")


def _look_at_packets(layers: Layers, image: Any, packets: list[bytes]) -> None:
    """exiv2 reads one packet, the first or the last; where there are more, each has its say."""
    if not packets and (shown := image.xmpPacket()).strip("\0 \n"):
        packets = [shown.encode("utf-8", "surrogateescape")]
    if layers.xmp and len(packets) == 1:
        if _is_doubled(packets[0]):
            layers.unread.append("The embedded XMP holds more than one document, so it was not read whole.")
        return
    for packet in packets:
        if not packet.strip(b"\0 \r\n\t") or (too_much(packet) and layers.unread):
            continue  # of one that is too much, `opened` told
        data, trouble = understood(packet)
        if trouble:
            layers.unread.append(f"The embedded XMP {trouble}, so it was not read.")
        if data is not None and not layers.xmp:
            layers.xmp = Xmp(data)
        elif data is not None:
            layers.others.append((XMP, Xmp(data)))


def understood(packet: bytes) -> tuple[Any, str]:
    """exiv2's XMP data of a packet, or `None`; and what hindered reading it whole, as the end of a sentence."""
    if too_much(packet):
        return None, "is too large to be honest"
    for form in (packet, _bare(packet)):
        image = opened_xmp(form)
        if image is not None and not image.xmpData().empty():
            return image.xmpData(), "holds more than one document" if _is_doubled(packet) else ""
    return None, _trouble(packet)


def _is_doubled(packet: bytes) -> bool:
    return len(_RDF_END.findall(packet)) > 1


def _bare(packet: bytes) -> bytes:
    """The RDF alone, in the one wrapping that exiv2 knows by its first bytes."""
    found = _RDF.search(packet)
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + (found[0] if found else b"") + b"</x:xmpmeta>"


def _trouble(packet: bytes) -> str:
    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

    try:
        root = fromstring(packet.strip(b"\0 \r\n\t"), forbid_dtd=True)
    except DefusedXmlException:
        return "declares entities, which no photo program does"
    except (ParseError, ValueError):
        return DAMAGED
    return "is no XMP that is known here" if any(map(_says_something, root.iter())) else ""


def _says_something(element: Any) -> bool:
    silent = {"about", "xmptk"}
    words = [text for name, text in element.attrib.items() if name.rpartition("}")[2] not in silent]
    return any(text and text.strip() for text in (element.text, element.tail, *words))


def _second_parts(file: BinaryIO, held: Iterable[Piece]) -> Iterator[tuple[str, bytes]]:
    """Name and content of what did not fit into the one segment that JPEG gives XMP; an incomplete one is empty.

    Source: Adobe XMP specification part 3, section 1.1.3.1 (read 2026-11).
    """
    parts: dict[bytes, dict[int, bytes]] = {}
    lengths: dict[bytes, int] = {}
    for piece in held:
        if piece.name == "APP1" and piece.head.startswith(_EXTENSION):
            data = content(file, piece)[len(_EXTENSION) :]
            name, numbers, text = data[:_GUID_BYTES], data[_GUID_BYTES : _GUID_BYTES + 8], data[_GUID_BYTES + 8 :]
            lengths[name] = int.from_bytes(numbers[:4], "big")
            parts.setdefault(name, {})[int.from_bytes(numbers[4:], "big")] = text
    for name, found in parts.items():
        whole = b"".join(found[offset] for offset in sorted(found))
        yield name.decode("ascii", "replace"), whole if len(whole) == lengths[name] else b""


def _look_at_second(layers: Layers, image: Any, parts: Iterable[tuple[str, bytes]]) -> None:
    noted = layers.xmp.text("xmpNote.HasExtendedXMP") if layers.xmp else ""
    found = dict(parts)
    if noted and noted not in found:
        layers.unread.append("The second part of the embedded XMP is missing.")
    merged = image.xmpData()
    for name, packet in found.items():
        data, trouble = understood(packet)
        if trouble or data is None:
            layers.unread.append(_SECOND_PART)
            continue
        layers.others.append((XMP, Xmp(data)))
        for datum in data if name == noted else ():
            if datum.key() not in merged:
                merged.add(engine().XmpKey(datum.key()), datum.value())
    if found:
        layers.xmp = Xmp(merged)
