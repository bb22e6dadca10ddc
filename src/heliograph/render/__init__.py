"""Pixels and a recipe -> files that may be sent: the original's own pixels cleaned, or smaller copies in sRGB.

Nothing leaves this package that was not read back and found free of everything the recipe does not name.
"""

from dataclasses import replace
from pathlib import Path

from heliograph.errors import Mistake, Refused
from heliograph.jsonform import plain
from heliograph.model import Facts, Output, Photo, Recipe, Rendition, RenditionFile, value_digest
from heliograph.render.check import unexpected
from heliograph.render.decode import can_decode, header
from heliograph.render.original import original
from heliograph.render.resize import Made, resized
from heliograph.render.shelf import Drawer, decoding_digest, file_sha256

RENDER_VERSION = 2
"""Part of every key of the cache: goes up when the same recipe shall give other bytes."""
FALLBACK = Output("image/jpeg", None, 95)
"""What is sent in place of an original that cannot be cleaned without coding it anew."""

__all__ = ["RENDER_VERSION", "render"]


def render(source: Path, photo: Photo, recipe: Recipe, cache: Path) -> Rendition:
    """Checked files in `cache`, the largest first; sizes are as the picture is seen, upright.

    A recipe without outputs gives the original's own coded pixels; where a kind of file cannot be cleaned without
    decoding it (TIFF, GIF, HEIC, AVIF, animations) it gives one JPEG of full size. What was made before is only
    compared with its digests. Equal photos and recipes give equal bytes with one version of libvips.

    Raises:
        Refused: this photo cannot be decoded, is absurdly large, or a file made of it failed the privacy check.
        Mistake: the cache cannot be written (disk full, read-only), or the recipe names a kind that cannot be made.
    """
    _check_readable(source, photo)
    drawer = Drawer(cache, _key(source, photo, recipe))
    if found := drawer.find():
        return found
    try:
        with drawer.alone():
            if found := drawer.find():
                return found
            with drawer.making() as folder:
                return drawer.keep(folder, _made(source, photo, recipe, folder))
    except OSError as error:
        raise _no_room(cache, error) from error


def _key(source: Path, photo: Photo, recipe: Recipe) -> str:
    """`photo.digest` covers the coded picture alone: a newly assigned colour profile makes another rendition of it."""
    decoding = decoding_digest(source, photo.media_type)
    return value_digest((RENDER_VERSION, photo.digest, decoding, photo.facts.orientation, plain(recipe)))


def _check_readable(source: Path, photo: Photo) -> None:
    try:
        with source.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        message = (
            f"{photo.where}: the file cannot be read ({error.strerror or error}). Nothing was sent. If it was moved,"
            " the next run finds it at its new place."
        )
        raise Refused(message) from error


def _no_room(cache: Path, error: OSError) -> Mistake:
    """No photo is to blame, and no waiting helps: the owner has to make room, then the run goes on where it was."""
    return Mistake(
        f"The folder for finished pictures, {cache}, cannot be written: {error.strerror or error}."
        " No half-made file was left there and nothing was sent."
        " Free some space or choose another folder, then run again."
    )


def _made(source: Path, photo: Photo, recipe: Recipe, folder: Path) -> Rendition:
    if not can_decode(photo.media_type):
        message = (
            f"{photo.where}: {photo.media_type} holds a picture that has to be developed first, which heliograph does"
            " not do. Nothing was sent. Export it as JPEG or TIFF and publish that file."
        )
        raise Refused(message)
    if not recipe.outputs and (made := original(source, photo, recipe.embed, folder)):
        embed = replace(recipe.embed, orientation=photo.facts.orientation)
        return Rendition((_checked(made, photo, embed),))
    own = header(source, photo, photo.media_type)
    full = replace(recipe, outputs=recipe.outputs or (FALLBACK,))
    files, blur = resized(source, photo, full, max(own.width, own.height), folder)
    embed = replace(recipe.embed, orientation=1)
    return Rendition(tuple(_checked(file, photo, embed) for file in files), blur if recipe.outputs else "")


def _checked(made: Made, photo: Photo, allowed: Facts) -> RenditionFile:
    """The file as it may be sent; raised instead of returned, nothing of it stays on disk."""
    if found := unexpected(made.path, made.media_type, allowed):
        message = (
            f"{photo.where}: the file made for sending still holds what may not leave ({', '.join(found)}). It was"
            " deleted and nothing was sent. Please report this; exporting the photo again may help meanwhile."
        )
        raise Refused(message)
    size_px = made.width_px, made.height_px
    return RenditionFile(made.path, made.media_type, *size_px, made.path.stat().st_size, file_sha256(made.path))
