"""What servers make of a picture: sizes, formats, and what becomes of its metadata."""

from __future__ import annotations

import math
from pathlib import Path

import pyvips

_MIMES = {
    "jpegload_buffer": "image/jpeg",
    "pngload_buffer": "image/png",
    "gifload_buffer": "image/gif",
    "webpload_buffer": "image/webp",
    "heifload_buffer": "image/avif",
}
"""How a picture is read -> its type; what reads AVIF here reads no HEIC."""
_FEW_PX = 8_294_400
"""Mastodon shrinks what has more."""
_BOXES = ((1920, 1080), (1080, 1350), (1080, 1080))
"""Pixelfed's for landscape, portrait and square pictures."""
_WEBP_LONG_PX, _SMALL_PX = 2048, 640
_TURNED = (5, 6, 7, 8)
_QUALITY = 80
_JPEG, _SOS = b"\xff\xd8", 0xDA
_FIRST_APP, _LAST_APP, _KEPT_APPS = 0xE0, 0xEF, (0xE0, 0xE2, 0xEE)
"""JPEG's segments for programs, of which JFIF, the colour profile and Adobe's are no metadata."""


def looked_at(file: Path, *, decode: bool) -> tuple[str, int, int] | None:
    """MIME type, width and height as shown; `None` for what is no picture, or with `decode` a damaged one."""
    data = file.read_bytes()
    try:
        picture = pyvips.Image.new_from_buffer(data, "")
        if decode:
            quick = {"shrink": 8} if data.startswith(_JPEG) else {}
            pyvips.Image.new_from_buffer(data, "", fail_on="truncated", access="sequential", **quick).avg()
    except pyvips.Error:
        return None
    mime = _MIMES.get(str(picture.get("vips-loader")), "")
    width, height = picture.width, picture.height
    return (mime, height, width) if _orientation(picture) in _TURNED else (mime, width, height)


def size(recipe: str, width: int, height: int) -> tuple[int, int]:
    """What a picture of this size measures once the server made its own of it."""
    if recipe == "mastodon" and width * height > _FEW_PX:
        scale = math.sqrt(_FEW_PX / (width * height))
        return round(width * scale), round(height * scale)
    if recipe.startswith("pixelfed"):
        landscape = width > height or recipe.endswith("landscape")
        box = _BOXES[2] if width == height else _BOXES[0] if landscape else _BOXES[1]
        return _fitting(width, height, *box)
    if recipe == "webp":
        return _fitting(width, height, _WEBP_LONG_PX, _WEBP_LONG_PX)
    return width, height


def _fitting(width: int, height: int, box_width: int, box_height: int) -> tuple[int, int]:
    scale = min(1.0, box_width / width, box_height / height)
    return max(1, int(width * scale)), max(1, int(height * scale))


def made(recipe: str, data: bytes) -> bytes:
    """The server's own picture of a file."""
    if recipe == "none":
        return data
    if recipe == "stripped" and data.startswith(_JPEG):
        return _bare(data)
    opened = pyvips.Image.new_from_buffer(data, "")
    mime = "image/webp" if recipe == "webp" else _MIMES.get(str(opened.get("vips-loader")), "")
    picture = opened.autorot()
    wanted = size(recipe, picture.width, picture.height)
    if (picture.width, picture.height) != wanted:
        picture = picture.thumbnail_image(wanted[0], height=wanted[1], size="force")
    return _saved(picture, mime, lossless=recipe == "stripped")


def thumbnail(data: bytes) -> bytes:
    """A small JPEG of a file."""
    return _saved(pyvips.Image.thumbnail_buffer(data, _SMALL_PX, height=_SMALL_PX, size="down"), "image/jpeg")


def _saved(picture: pyvips.Image, mime: str, *, lossless: bool = False) -> bytes:
    """The picture with its colour profile and without anything else."""
    saved: bytes
    match mime:
        case "image/png":
            saved = picture.pngsave_buffer(keep="icc")
        case "image/gif":
            saved = picture.gifsave_buffer(keep="icc")
        case "image/webp":
            saved = picture.webpsave_buffer(Q=_QUALITY, lossless=lossless, keep="icc")
        case _:
            saved = picture.jpegsave_buffer(Q=_QUALITY, keep="icc")
    return saved


def _orientation(picture: pyvips.Image) -> int:
    return int(picture.get("orientation")) if picture.get_typeof("orientation") else 1


def _bare(data: bytes) -> bytes:
    """A JPEG's own bytes without its metadata, but for the colour profile and how it is to be turned."""
    orientation = _orientation(pyvips.Image.new_from_buffer(data, ""))
    at, kept = len(_JPEG), b"" if orientation == 1 else _turned(orientation)
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _SOS:  # noqa: PLR2004  a marker's first byte
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        metadata = _FIRST_APP <= data[at + 1] <= _LAST_APP and data[at + 1] not in _KEPT_APPS
        kept += b"" if metadata else data[at:end]
        at = end
    return _JPEG + kept + data[at:]


def _turned(orientation: int) -> bytes:
    """EXIF with an orientation and nothing else."""
    entry = b"\x12\x01\x03\x00\x01\x00\x00\x00" + orientation.to_bytes(4, "little")
    body = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
