"""Making the pictures that are sent, against libvips doing the same without any check."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import measuring
import samples
from heliograph.digest import image_digest
from heliograph.metadata import read
from heliograph.model import Output, Photo, Recipe
from heliograph.render import render
from measuring import Row

ONE = Recipe((Output("image/jpeg", 2048),))
SITE = Recipe(
    (
        Output("image/webp", 2048),
        Output("image/jpeg", 2048),
        *(Output("image/webp", edge) for edge in (1280, 640, 320)),
        Output("image/jpeg", 320),
    )
)
"""What a website gets by default."""


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """One photo after the other, so that nothing but the work itself is compared."""
    paths = samples.large(cache, 24 if quick else 160, processes)[: 4 if quick else 12]
    photos = [(path, photo_of(path)) for path in paths]
    for recipe, what in ((ONE, "2048 px JPEG"), (SITE, "six files of a website")):
        ours_s, plain_s = measuring.in_turn_s(3, partial(made, cache, photos, recipe), partial(plain, paths, recipe))
        ours, peer = f"{ours_s / len(paths) * 1000:.0f} ms", f"plain libvips: {plain_s / len(paths) * 1000:.0f} ms"
        yield Row(f"{what} of one photo, checked", ours, peer, ours_s / plain_s)


def photo_of(path: Path) -> Photo:
    """What the library says of it."""
    digest, covers = image_digest(path, "image/jpeg")
    facts = replace(read(path), warnings=(), sources=())
    return Photo(path.name, digest, covers, "image/jpeg", path.stat().st_size, facts)


def made(cache: Path, photos: list[tuple[Path, Photo]], recipe: Recipe) -> None:
    """Rendered, read back, checked and put on the shelf."""
    with TemporaryDirectory(dir=cache, prefix="renditions-") as shelf:
        for path, photo in photos:
            render(path, photo, recipe, Path(shelf))


def plain(paths: list[Path], recipe: Recipe) -> None:
    """The same coding, and nothing beside it."""
    import pyvips

    for path in paths:
        outputs = recipe.outputs
        size = {"height": outputs[0].long_edge_px, "size": "down"}
        large = pyvips.Image.thumbnail(os.fspath(path), outputs[0].long_edge_px, **size).copy_memory()
        for output in outputs:
            edge_px = output.long_edge_px
            image = large if output == outputs[0] else large.thumbnail_image(edge_px, height=edge_px, size="down")
            if output.media_type == "image/webp":
                image.webpsave_buffer(Q=output.quality, effort=4, keep="none")
            else:
                image.jpegsave_buffer(Q=output.quality, optimize_coding=True, interlace=True, keep="none")
