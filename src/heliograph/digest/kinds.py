"""What kind of picture a file is, by its first bytes; a name breaks ties between raw formats that share a container.

Source: the signatures stand in the formats' own specifications (ITU T.81, PNG 3, GIF89a, RFC 9649, TIFF 6,
ISO 14496-12 and 23008-12, AV1 Image File Format 1.1) and in the raw makers' files, 2026-11.
"""

from collections.abc import Iterator

HEAD_BYTES = 512
"""How much of a file `sniff` wants to see."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    (b"IIRO", "image/x-olympus-orf"),
    (b"IIRS", "image/x-olympus-orf"),
    (b"MMOR", "image/x-olympus-orf"),
    (b"IIU\x00", "image/x-panasonic-rw2"),
)
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_TIFF_RAWS = {
    "arw": "image/x-sony-arw",
    "cr2": "image/x-canon-cr2",
    "dng": "image/x-adobe-dng",
    "nef": "image/x-nikon-nef",
    "nrw": "image/x-nikon-nef",
    "pef": "image/x-pentax-pef",
}
_BRANDS = {
    b"crx ": "image/x-canon-cr3",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
}

SUFFIXES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpe": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "heif": "image/heif",
    "hif": "image/heif",
    "avif": "image/avif",
    "cr3": "image/x-canon-cr3",
    "raf": "image/x-fuji-raf",
    "orf": "image/x-olympus-orf",
    "rw2": "image/x-panasonic-rw2",
    **_TIFF_RAWS,
}
"""Endings (lower case, without dot) of names that promise a picture, and which."""


VIDEO_SUFFIXES = frozenset({"3gp", "avi", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "webm", "wmv"})
"""Endings of names that promise a video."""


def sniff(head: bytes, name: str = "") -> str | None:
    """The media type by content, from the first `HEAD_BYTES` bytes; `None` for everything that is no known picture."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return next((_BRANDS[brand] for brand in _brands(head) if brand in _BRANDS), None)
    if head.startswith(_TIFF):
        return _tiff(head, name)
    return None


def _brands(head: bytes) -> Iterator[bytes]:
    """Major brand first, then the compatible ones; a file may call itself `mif1` and be AVIF or HEIC."""
    length_bytes = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length_bytes, 4))]
    yield from (brand for brand in brands if brand not in {b"mif1", b"msf1"})
    yield from brands


def _tiff(head: bytes, name: str) -> str:
    if head[8:10] == b"CR":
        return "image/x-canon-cr2"
    suffix = name.rpartition(".")[2].lower()
    return _TIFF_RAWS.get(suffix, "image/tiff")
