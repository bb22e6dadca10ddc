"""One decoded picture -> a file for each output, the largest first; and the tiny one that a page shows meanwhile."""

import base64
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from heliograph import metadata
from heliograph.digest.pixels import vips
from heliograph.errors import Mistake, Refused
from heliograph.model import Facts, Output, Photo, Recipe
from heliograph.render.decode import decode

BLUR_PX = 16
BLUR_BYTES = 600
ROOM_BYTES = 1_000_000
"""Less free space than a file and this is a full disk."""


@dataclass(frozen=True, slots=True)
class _Format:
    suffix: str
    max_edge_px: int
    """Source: limits of libjpeg (65,500), WebP (14 bits less one), AV1 as libheif codes it, PNG; read 2026-11."""
    save: str
    options: dict[str, Any]
    alpha: bool = True


_FORMATS = {
    "image/jpeg": _Format(".jpg", 65_500, "jpegsave_buffer", {"optimize_coding": True, "interlace": True}, alpha=False),
    "image/webp": _Format(".webp", 16_383, "webpsave_buffer", {"effort": 4}),
    "image/png": _Format(".png", 1_000_000, "pngsave_buffer", {"compression": 9}),
    "image/avif": _Format(".avif", 16_384, "heifsave_buffer", {"compression": "av1", "effort": 2, "bitdepth": 8}),
}
SUFFIXES = {media_type: form.suffix for media_type, form in _FORMATS.items()}


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it was written, before it is checked."""

    path: Path
    media_type: str
    width_px: int
    height_px: int


def _format(media_type: str) -> _Format:
    form = _FORMATS.get(media_type)
    if form is None or (form.suffix == ".avif" and ".avif" not in vips().get_suffixes()):
        message = (
            f"Pictures of the kind {media_type} cannot be made here; nothing was made or sent. Choose among"
            f" {', '.join(sorted(_FORMATS))} for what is sent of a picture."
        )
        raise Mistake(message)
    return form


def targets(outputs: Sequence[Output], own_edge_px: int) -> tuple[Output, ...]:
    """What is really made of a picture with this long edge: nothing enlarged, nothing twice, largest first.

    Of outputs that come down to the same kind and size, the best quality is made.
    """
    best: dict[tuple[str, int], int] = {}
    for output in outputs:
        edge_px = min(output.long_edge_px or own_edge_px, own_edge_px, _format(output.media_type).max_edge_px)
        key = output.media_type, max(edge_px, 1)
        best[key] = max(best.get(key, 0), output.quality)
    found = (Output(media_type, edge_px, quality) for (media_type, edge_px), quality in best.items())
    return tuple(sorted(found, key=lambda output: -(output.long_edge_px or 0)))


def _xmp_of(facts: Facts, folder: Path) -> bytes:
    """The facts as the XMP packet that `metadata` writes, lifted from a picture of one pixel."""
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        carrier = Path(aside) / "carrier.jpg"
        carrier.write_bytes(vips().Image.black(1, 1).jpegsave_buffer(keep="none"))
        metadata.write(carrier, facts)
        image = vips().Image.new_from_buffer(carrier.read_bytes(), "")
        return bytes(image.get("xmp-data")) if image.get_typeof("xmp-data") else b""


def _encoded(image: Any, output: Output, embed: Facts, folder: Path) -> bytes:
    form = _format(output.media_type)
    options = dict(form.options)
    keep = "none"
    if form.suffix != ".png":
        options["Q"] = output.quality
    if not form.alpha and image.hasalpha():
        image = image.flatten(background=[255])
    if form.suffix == ".avif" and embed != Facts() and (packet := _xmp_of(embed, folder)):
        image = image.copy()  # AVIF takes its metadata while it is coded: nothing here can add any afterwards
        image.set_type(vips().GValue.blob_type, "xmp-data", packet)
        keep = "xmp"
    save: Callable[..., bytes] = getattr(image, form.save)
    return save(keep=keep, **options)


def embed_into(path: Path, facts: Facts) -> None:
    """The facts in a finished file; no facts leave it as it is.

    Raises:
        OSError: the disk is full.
    """
    if facts == Facts():
        return
    try:
        metadata.write(path, facts)
    except Refused:
        # A file that was made a moment ago is refused for want of room to write it again, which is no photo's fault.
        if shutil.disk_usage(path.parent).free < path.stat().st_size + ROOM_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path)) from None
        raise


def _write(image: Any, output: Output, embed: Facts, folder: Path) -> Made:
    path = folder / f"{output.long_edge_px}{_format(output.media_type).suffix}"
    path.write_bytes(_encoded(image, output, embed, folder))
    if output.media_type != "image/avif":
        embed_into(path, embed)
    return Made(path, output.media_type, image.width, image.height)


def _shrunk(image: Any, edge_px: int) -> Any:
    if edge_px >= max(image.width, image.height):
        return image
    return image.thumbnail_image(edge_px, height=edge_px, size="down").copy_memory()


def blur(image: Any) -> str:
    """The picture in a few pixels as a `data:` address of at most `BLUR_BYTES` characters."""
    tiny = _shrunk(image, BLUR_PX)
    if tiny.hasalpha():
        tiny = tiny.flatten(background=[255])
    for quality in (50, 25, 1):
        code = base64.b64encode(tiny.webpsave_buffer(Q=quality, effort=6, keep="none")).decode("ascii")
        address = f"data:image/webp;base64,{code}"
        if len(address) <= BLUR_BYTES:
            return address
    return ""


def resized(source: Path, photo: Photo, recipe: Recipe, own_edge_px: int, folder: Path) -> tuple[tuple[Made, ...], str]:
    """Every file that the recipe comes down to, and the blur; the source is decoded once.

    Raises:
        Refused: the source cannot be decoded whole.
        Mistake: the recipe asks for a kind of picture that cannot be made.
    """
    wanted = targets(recipe.outputs, own_edge_px)
    embed = replace(recipe.embed, orientation=1)
    largest = image = decode(source, photo, wanted[0].long_edge_px or own_edge_px)
    made = []
    for output in wanted:
        edge_px = output.long_edge_px or own_edge_px
        if edge_px < max(image.width, image.height):
            image = _shrunk(largest, edge_px)
        made.append(_write(image, output, embed, folder))
    return tuple(made), blur(image)
