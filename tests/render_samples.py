"""Sample pictures for the tests of `render`, drawn here, with secrets sown into every corner that can hold one."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from heliograph import digest
from heliograph.model import Facts, Photo


def scene(width_px: int = 640, height_px: int = 400, mode: str = "RGB") -> Image.Image:
    """Bright at the left, dark at the right, red at the top, and grainy enough to be worth compressing."""
    y, x = np.mgrid[0:height_px, 0:width_px]
    grain = np.random.default_rng(7).normal(0, 8, (height_px, width_px))
    base = 200 - 150 * x / width_px + grain
    red = base + 50 * (1 - y / height_px)
    pixels = np.stack([red, base, base * 0.8], axis=-1).clip(0, 255).astype("uint8")
    image = Image.fromarray(pixels)
    return image if mode == "RGB" else image.convert(mode)


def coded(image: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def photo_of(path: Path, media_type: str, **facts: object) -> Photo:
    hexdigits, covers = digest.image_digest(path, media_type)
    return Photo(path.name, hexdigits, covers, media_type, path.stat().st_size, Facts(**facts))


def written(folder: Path, name: str, data: bytes, media_type: str, **facts: object) -> tuple[Path, Photo]:
    path = folder / name
    path.write_bytes(data)
    return path, photo_of(path, media_type, **facts)


def segment(code: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(body) + 2) + body


def exif_tiff(orientation: int = 1) -> bytes:
    """A little-endian TIFF with owner, serial number, maker note, position and a thumbnail; each holds a CANARY."""
    thumbnail = coded(scene(40, 30), "JPEG")[:-2] + b"CANARY-thumbnail\xff\xd9"

    def ascii_tag(tag: int, text: bytes) -> tuple[int, int, bytes]:
        return tag, 2, text + b"\0"

    def directory(at: int, tags: list[tuple[int, int, bytes]], following: int = 0) -> bytes:
        size = {2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
        entries, tail = b"", b""
        free = at + 2 + 12 * len(tags) + 4
        for tag, kind, value in tags:
            inline = value if len(value) <= 4 else struct.pack("<I", free + len(tail))
            entries += struct.pack("<HHI", tag, kind, len(value) // size[kind]) + inline.ljust(4, b"\0")
            if len(value) > 4:
                tail += value + b"\0" * (len(value) % 2)
        return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + tail

    rational = struct.pack("<6I", 48, 1, 51, 1, 30, 1)
    gps = [(1, 2, b"N\0"), (2, 5, rational), (3, 2, b"E\0"), (4, 5, rational), ascii_tag(0x1D, b"CANARY-gps")]
    detail = [ascii_tag(0xA430, b"CANARY-owner"), ascii_tag(0xA431, b"CANARY-serial"), (0x927C, 7, b"CANARY-maker")]
    detail.sort()
    base = [
        ascii_tag(0x010F, b"CANARY-make"),
        (0x0112, 3, struct.pack("<H", orientation)),
        ascii_tag(0x013B, b"CANARY-artist"),
    ]

    def link(offset: int) -> bytes:
        return struct.pack("<I", offset)

    first = 8
    links = [(0x8769, 4, link(0)), (0x8825, 4, link(0))]
    at_detail = first + len(directory(first, base + links))
    at_gps = at_detail + len(directory(at_detail, detail))
    at_second = at_gps + len(directory(at_gps, gps))
    small = [(0x0201, 4, link(0)), (0x0202, 4, link(len(thumbnail)))]
    at_thumbnail = at_second + len(directory(at_second, small))
    small[0] = (0x0201, 4, link(at_thumbnail))
    links = [(0x8769, 4, link(at_detail)), (0x8825, 4, link(at_gps))]
    parts = directory(first, base + links, at_second), directory(at_detail, detail), directory(at_gps, gps)
    return b"II*\0" + link(first) + b"".join(parts) + directory(at_second, small) + thumbnail


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
    b' xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmpMM:DocumentID="CANARY-document">'
    b"<xmpMM:History><rdf:Seq><rdf:li>CANARY-history</rdf:li></rdf:Seq></xmpMM:History>"
    b"<mwg-rs:Regions>CANARY-face</mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>"
)
ICC = b"ICC_PROFILE\0\1\1"


def secret_jpeg(plain: bytes, orientation: int = 1) -> bytes:
    """`plain` with a secret in every segment that can hold one, in its JFIF header and behind its end."""
    jfif = plain.index(b"\xff\xe0")
    after = jfif + 2 + int.from_bytes(plain[jfif + 2 : jfif + 4], "big")
    tiny = b"CANARY-jfif!"  # 2 x 2 pixels of three bytes
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 18) + b"\x1c\x02\x50\0\x0dCANARY-byline"
    sown = [
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\2\2" + tiny),
        segment(0xE0, b"JFXX\0\x10" + coded(scene(16, 16), "JPEG") + b"CANARY-jfxx"),
        segment(0xE1, b"Exif\0\0" + exif_tiff(orientation)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + b"\0\0\0\x10\0\0\0\0CANARY-extended!"),
        segment(0xE2, b"MPFX\0CANARY-pictures"),
        segment(0xEB, b"JP\0\0CANARY-jumbf"),
        segment(0xED, iptc),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\1CANARY-adobe"),
        segment(0xEF, b"CANARY-maker-segment"),
        segment(0xFE, b"CANARY-comment"),
    ]
    return plain[:jfif] + b"".join(sown) + plain[after:] + coded(scene(50, 40), "JPEG") + b"CANARY-trailer"


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def secret_png(plain: bytes, orientation: int = 1) -> bytes:
    """`plain` with a secret in every chunk that can hold one, and behind its end."""
    sown = [
        png_chunk(b"eXIf", exif_tiff(orientation)),
        png_chunk(b"tEXt", b"Author\0CANARY-author"),
        png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"CANARY-packed")),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        png_chunk(b"tIME", struct.pack(">HBBBBB", 2024, 5, 3, 1, 2, 3)),
        png_chunk(b"caBX", b"CANARY-provenance"),
        png_chunk(b"prVW", coded(scene(16, 16), "JPEG") + b"CANARY-preview"),
    ]
    return plain[:33] + b"".join(sown) + plain[33:] + b"CANARY-trailer"


def webp_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def secret_webp(plain: bytes, width_px: int, height_px: int, orientation: int = 1) -> bytes:
    """`plain`, a simple WebP, as an extended one with secrets in every chunk that can hold one, and behind its end."""
    size = (width_px - 1).to_bytes(3, "little") + (height_px - 1).to_bytes(3, "little")
    chunks = (
        webp_chunk(b"VP8X", bytes([0x0C, 0, 0, 0]) + size)
        + plain[12:]
        + webp_chunk(b"EXIF", exif_tiff(orientation))
        + webp_chunk(b"XMP ", XMP)
        + webp_chunk(b"junk", b"CANARY-junk")
    )
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks + b"CANARY-trailer"
