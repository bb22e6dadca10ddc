"""A picture file -> its pixels, upright and in sRGB, shrunk while decoding; damaged or absurd files are refused."""

import os
from pathlib import Path
from typing import Any

from heliograph import digest
from heliograph.digest.pixels import vips
from heliograph.errors import Refused
from heliograph.model import Photo

MAX_PX = 500_000_000
"""A header that claims more is taken for an attack or an accident: decoding would fill the memory."""

_LOADERS = {
    "image/jpeg": ("jpegload",),
    "image/png": ("pngload",),
    "image/webp": ("webpload",),
    "image/tiff": ("tiffload",),
    "image/gif": ("gifload",),
    "image/avif": ("heifload",),
    "image/heic": ("heifload",),
    "image/heif": ("heifload",),
}
_UPRIGHT_BY_ITSELF = frozenset({"image/avif", "image/heic", "image/heif"})
"""Their orientation is part of the coded picture; an EXIF orientation beside it is only a remnant.

Source: ISO/IEC 23008-12:2022 annex A.2 (EXIF orientation is informative, `irot` and `imir` rule), read 2026-11.
"""
_MAYBE_HEVC = frozenset({"image/heic", "image/heif"})
"""The wheels of libvips leave out HEVC, a patented codec. Source: pyvips-binary 8.18.7, seen 2026-11."""
_FAIL = "[fail_on=error]"
"""Cut-off files are errors. `thumbnail_source` has a parameter `fail_on`, too, and takes no notice of it; `truncated`
is not enough for TIFF. Source: libvips 8.18.7, seen 2026-11."""
_REASON_CHARS = 160


def can_decode(media_type: str) -> bool:
    """Whether pictures of this kind are decoded here at all; raw files are not, they want developing."""
    return media_type in _LOADERS


def orientation_of(photo: Photo) -> int:
    """EXIF 1 to 8: how the decoded pixels have still to be turned."""
    return 1 if photo.media_type in _UPRIGHT_BY_ITSELF else photo.facts.orientation


def damaged(photo: Photo, cause: object) -> Refused:
    """The sentence for a picture that cannot be decoded."""
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    words = "".join(char for char in (lines[-1] if lines else "") if char.isprintable())[:_REASON_CHARS]
    reason = f" ({words})" if words else ""
    return Refused(
        f"{photo.where}: the picture in this file is damaged or cut off{reason}. Nothing was sent. Restore the file"
        " from a backup or export it again; the next run will look at it again."
    )


def _no_heic(photo: Photo) -> Refused:
    return Refused(
        f"{photo.where}: HEIC pictures cannot be decoded by this installation. Nothing was sent. Install the optional"
        " extra with `pip install 'heliograph[heif]'`, or export the photo as JPEG."
    )


def _check_size(photo: Photo, width_px: int, height_px: int) -> None:
    if width_px * height_px > MAX_PX:
        message = (
            f"{photo.where}: the file claims to hold {width_px} x {height_px} pixels, which is more than"
            f" {MAX_PX // 1_000_000} megapixels. It was not decoded and nothing was sent. Export it smaller if it is"
            " a real picture."
        )
        raise Refused(message)


def _claimed_size(path: Path, media_type: str) -> tuple[int, int]:
    """Before libvips sees the header, because it complains of absurd ones on stderr; zeros where we cannot tell."""
    try:
        return digest.dimensions(path, media_type)
    except Refused:
        return 0, 0


def _source(path: Path) -> Any:
    """The file for libvips; as bytes, because a name may hold any, and as a source, because a name may end in `]`."""
    return vips().Source.new_from_file(os.fsencode(path))


def header(path: Path, photo: Photo, media_type: str) -> Any:
    """The picture with nothing but its header read.

    Raises:
        Refused: it cannot be decoded, is not what it was taken for, or is absurdly large.
    """
    _check_size(photo, *_claimed_size(path, media_type))
    try:
        image = vips().Image.new_from_source(_source(path), "", access="sequential", fail_on="error")
        loader = str(image.get("vips-loader"))
    except vips().Error as error:
        raise damaged(photo, error) from None
    if not loader.startswith(_LOADERS[media_type]):
        raise damaged(photo, f"it is not {media_type}")
    _check_size(photo, image.width, image.height)
    return image


def _through_pillow(path: Path, photo: Photo) -> Any:
    """A HEIC picture through pillow-heif, for the builds of libvips that lack the patented codec."""
    from importlib import import_module

    try:
        heif = import_module("pillow_heif")
    except ImportError:
        raise _no_heic(photo) from None
    try:
        opened = heif.open_heif(os.fspath(path), convert_hdr_to_8bit=True)
        _check_size(photo, *opened.size)
        picture = opened.to_pillow()
        pixels, profile = picture.tobytes(), picture.info.get("icc_profile")
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError) as error:
        raise damaged(photo, error) from None
    image = vips().Image.new_from_memory(pixels, *picture.size, len(picture.getbands()), "uchar")
    image = image.copy(interpretation="b-w" if picture.mode in {"L", "LA"} else "srgb")
    if profile:
        image.set_type(vips().GValue.blob_type, "icc-profile-data", profile)
    return image


def _colour(image: Any) -> dict[str, str]:
    """How the pixels get to sRGB. Without a profile they are sRGB by the web's convention: nothing is to be done."""
    foreign = image.get_typeof("icc-profile-data") or image.interpretation == "cmyk"
    return {"output_profile": "srgb"} if foreign else {}


def _thumbnail(path: Path, photo: Photo, long_edge_px: int) -> Any:
    box = {"height": long_edge_px, "size": "down", "no_rotate": True}
    head = header(path, photo, photo.media_type)
    try:
        image = vips().Image.thumbnail_source(_source(path), long_edge_px, **box, **_colour(head), option_string=_FAIL)
        return image.copy_memory()
    except vips().Error as error:
        if photo.media_type not in _MAYBE_HEVC:
            raise damaged(photo, error) from None
    image = _through_pillow(path, photo)
    return image.thumbnail_image(long_edge_px, **box, **_colour(image)).copy_memory()


def _plain(image: Any) -> Any:
    """Eight bits a channel, grey or sRGB, with transparency if there was any, and nothing attached."""
    grey = image.interpretation in {"b-w", "grey16"}
    if image.interpretation not in {"b-w", "srgb"}:
        image = image.colourspace("b-w" if grey else "srgb")
    return image if image.format == "uchar" else image.cast("uchar")


def decode(path: Path, photo: Photo, long_edge_px: int) -> Any:
    """The upright picture in sRGB, in memory, no edge longer than asked for; never enlarged.

    Raises:
        Refused: the file cannot be decoded whole.
    """
    image = _plain(_thumbnail(path, photo, long_edge_px))
    orientation = orientation_of(photo)
    if orientation == 1:
        return image
    turned = image.copy()
    turned.set_type(vips().GValue.gint_type, "orientation", orientation)
    return turned.autorot().copy_memory()


def prove_whole(path: Path, photo: Photo, media_type: str) -> tuple[int, int]:
    """Width and height as stored, after every coded byte was decoded once.

    Raises:
        Refused: the picture is damaged or cut off.
    """
    image = header(path, photo, media_type)
    try:
        options = {"shrink": 8} if media_type == "image/jpeg" else {}
        loaded = vips().Image.new_from_source(_source(path), "", access="sequential", fail_on="error", **options)
        loaded.avg()
    except vips().Error as error:
        raise damaged(photo, error) from None
    return image.width, image.height
