"""A file that was sent, looked at before anything is decided about it.

Source: Flickr's help pages and reports of users, as of 2026: JPEG, PNG and GIF are kept byte for byte, other pictures
are converted to JPEG.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyvips

from heliograph.standin.flickr import embedded
from heliograph.standin.flickr.embedded import Embedded

_KEPT = {"jpegload": "jpg", "pngload": "png", "gifload": "gif", "nsgifload": "gif"}
"""How a picture is read -> the format of its original."""
_CONVERTED = frozenset({"tiffload", "webpload", "heifload"})
_VIDEO_BRANDS = (b"qt  ", b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V ", b"3gp4", b"3gp5")
_VIDEO_STARTS = (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"\x1aE\xdf\xa3", b"0&\xb2u\x8ef\xcf\x11", b"OggS")
"""MPEG, Matroska and WebM, Windows Media, Ogg."""
_VIDEO_PX = (1920, 1080)
"""What a video is taken to measure; nobody looks into it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that was sent, and what it is."""

    file: Path
    stem: str
    """Its name without the ending, which becomes the title where nothing better is known."""
    length_bytes: int
    sha256: str
    format: str
    """`jpg`, `png`, `gif`, `mp4`; empty for what Flickr does not know."""
    media: str = "photo"
    width: int = 0
    height: int = 0
    embedded: Embedded = field(default_factory=Embedded)


def examined(file: Path, filename: str) -> Ready:
    """What a file is; pictures of other formats are converted in their place."""
    stem = Path(filename.replace("\\", "/")).stem
    length = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(64)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    if _is_video(head):
        return Ready(file, stem, length, sha256, "mp4", "video", *_VIDEO_PX)
    return _picture(Ready(file, stem, length, sha256, "")) if length else Ready(file, stem, 0, sha256, "")


def _is_video(head: bytes) -> bool:
    if head[4:8] == b"ftyp":
        return head[8:12] in _VIDEO_BRANDS
    return head.startswith(_VIDEO_STARTS) or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")


def _picture(ready: Ready) -> Ready:
    """The same with what the picture's head and metadata say; only the head is decoded."""
    try:
        picture = pyvips.Image.new_from_file(str(ready.file), revalidate=True)
        loader = str(picture.get("vips-loader"))
        found = embedded.read(ready.file)
        if loader in _CONVERTED:
            converted = ready.file.with_name(f"{ready.file.name}.jpg")
            picture.jpegsave(str(converted), Q=90)
            converted.replace(ready.file)
    except pyvips.Error:
        return ready
    kept = _KEPT.get(loader) or ("jpg" if loader in _CONVERTED else "")
    return replace(ready, format=kept, width=picture.width, height=picture.height, embedded=found)
