"""Pictures with metadata as other programs write it, made on the spot."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from PIL import Image

from heliograph.model import Exposure, Facts, Place, Rights, Taken

FULL = Facts(
    title='Fjörd, "blue" <b>',
    headline="Seven layers of morning",
    caption="First line\nsecond line",
    alt_text="Seven ridges of hills, paler towards the horizon",
    extended_description="From the nearest ridge to the farthest ...",
    keywords=("hills, far", "Übergang"),
    keyword_paths=(("Places", "Norway", "Lofoten"), ("Private",)),
    people=("Jo Doe",),
    taken=Taken("2024-05-03T14:05:06", "25", "+02:00", "ca. 1936"),
    camera_make="Helio",
    camera_model="Mark I",
    lens="50 mm f/1.8",
    exposure=Exposure(200, (1, 60), 5.6, 50.0, 75),
    place=Place(-48.123456789, 11.5, -12.5, "Quay", "Bonn", "NRW", "Germany", "DEU"),
    rights=Rights(
        ("Ann", "Bob"), "Agency", "© Ann", "Ask first", "https://creativecommons.org/licenses/by/4.0/", marked=True
    ),
    rating=3,
    label="Red",
    orientation=6,
)

SAYINGS = tuple(
    name
    for name in Facts.__dataclass_fields__
    if name not in {"sources", "warnings", "unread", "overruled", "width_px", "height_px"}
)
"""The fields that are written and read back."""

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" '
    'xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/" '
    'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
    'xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" '
    'xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
    'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
)


def picture(folder: Path, name: str = "a.jpg") -> Path:
    path = folder / name
    Image.new("RGB", (64, 48), (9, 99, 9)).save(path)
    return path


def packet(properties: str, doctype: str = "") -> bytes:
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{doctype}<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {NAMESPACES}>{properties}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def bag(name: str, *items: str, kind: str = "Bag") -> str:
    return f"<{name}><rdf:{kind}>{''.join(f'<rdf:li>{item}</rdf:li>' for item in items)}</rdf:{kind}></{name}>"


def sidecar(folder: Path, properties: str, name: str = "a.jpg.xmp") -> Path:
    path = folder / name
    path.write_bytes(packet(properties))
    return path


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg_with(path: Path, *segments: bytes) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"".join(segments) + data[2:])
    return path


def xmp_segment(properties: str, doctype: str = "") -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(properties, doctype))


def resource(kind: int, data: bytes) -> bytes:
    return b"8BIM" + struct.pack(">H", kind) + b"\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) & 1)


def iim(*entries: tuple[int, bytes]) -> bytes:
    return b"".join(b"\x1c\x02" + bytes((kind,)) + struct.pack(">H", len(data)) + data for kind, data in entries)


def png_with(path: Path, kind: bytes, data: bytes) -> Path:
    png = path.read_bytes()
    at = png.index(b"IDAT") - 4
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    path.write_bytes(png[:at] + chunk + png[at:])
    return path
