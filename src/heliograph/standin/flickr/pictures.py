"""The pictures: which sizes there are, under which secrets, and the files that are served.

Source: Flickr's page on photo URLs and recorded answers, as of 2026: sizes of 1600 pixels and more each have a secret
of their own, the smaller ones share the photo's; none is larger than the original.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyvips

from heliograph.standin.flickr.records import Photo

_SIDEWAYS = (90, 270)
_DRAWN_PX = (640, 480)
"""What a seeded photo without a file measures, where its seed does not say."""


@dataclass(frozen=True, slots=True)
class Size:
    """One size that Flickr serves."""

    suffix: str
    """In the picture's address; empty is the medium one."""
    extra: str
    """After `url_`, `width_` and `height_`."""
    label: str
    edge: int
    """The longer edge in pixels."""
    square: bool = False
    own_secret: bool = False


SIZES = (
    Size("s", "sq", "Square", 75, square=True),
    Size("q", "q", "Large Square", 150, square=True),
    Size("t", "t", "Thumbnail", 100),
    Size("m", "s", "Small", 240),
    Size("n", "n", "Small 320", 320),
    Size("w", "w", "Small 400", 400),
    Size("", "m", "Medium", 500),
    Size("z", "z", "Medium 640", 640),
    Size("c", "c", "Medium 800", 800),
    Size("b", "l", "Large", 1024),
    Size("h", "h", "Large 1600", 1600, own_secret=True),
    Size("k", "k", "Large 2048", 2048, own_secret=True),
    Size("3k", "3k", "X-Large 3K", 3072, own_secret=True),
    Size("4k", "4k", "X-Large 4K", 4096, own_secret=True),
    Size("5k", "5k", "X-Large 5K", 5120, own_secret=True),
    Size("6k", "6k", "X-Large 6K", 6144, own_secret=True),
)
ORIGINAL = "o"
_ALWAYS = ("s", "q", "t", "m", "")
"""Sizes that every picture has, be they as small as itself."""


@dataclass(frozen=True, slots=True)
class Sized:
    """One size of one photo."""

    size: Size
    secret: str
    width: int
    height: int


def shown(photo: Photo) -> tuple[int, int]:
    """Width and height as people see the photo, turned upright."""
    width, height = photo.original.width, photo.original.height
    turned = photo.original.turned != (photo.rotation in _SIDEWAYS)
    return (height, width) if turned else (width, height)


def sizes(photo: Photo) -> Iterator[Sized]:
    """The sizes that a photo has, smallest first; the original is not among them."""
    width, height = shown(photo)
    longest = max(width, height, 1)
    for size in SIZES:
        if size.suffix not in _ALWAYS and longest < size.edge:
            continue
        secret = _own_secret(photo, size) if size.own_secret else photo.secret
        if size.square:
            yield Sized(size, secret, size.edge, size.edge)
        else:
            scale = min(1.0, size.edge / longest)
            yield Sized(size, secret, max(1, round(width * scale)), max(1, round(height * scale)))


def _own_secret(photo: Photo, size: Size) -> str:
    """A secret that cannot be guessed from the photo's own, and dies with its file."""
    return hashlib.sha256(f"{photo.original_secret}/{size.suffix}".encode("ascii")).hexdigest()[:10]


def address(base: str, photo: Photo, sized: Sized) -> str:
    """Where one size is served."""
    suffix = f"_{sized.size.suffix}" if sized.size.suffix else ""
    return f"{base}/live/{photo.server}/{photo.id}_{sized.secret}{suffix}.jpg"


def original_address(base: str, photo: Photo) -> str:
    """Where the original is served."""
    return f"{base}/live/{photo.server}/{photo.id}_{photo.original_secret}_o.{photo.original.format}"


class Gallery:
    """The folder of the originals, and of the sizes made from them so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, file: Path, name: str) -> None:
        """Moves a file in under a name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        shutil.move(file, self._folder / name)

    def forget(self, photo: Photo) -> None:
        """Removes a photo's present file, and everything that was made of it."""
        _remove(self.original_file(photo))
        self.forget_sized(photo)

    def forget_sized(self, photo: Photo) -> None:
        """Removes everything that was made of a photo's present file."""
        for sized in sizes(photo):
            _remove(self._sized_file(photo, sized))

    def original(self, photo: Photo) -> Path:
        """The file of the original; that of a seeded photo is drawn now."""
        file = self.original_file(photo)
        if not photo.original.name and not file.exists():
            self._made(_drawing(photo), file)
        return file

    def original_file(self, photo: Photo) -> Path:
        """Where the file of the original is, or will be."""
        return self._folder / (photo.original.name or f"{photo.id}_{photo.original_secret}_o.jpg")

    def sized(self, photo: Photo, sized: Sized) -> Path | None:
        """The file of one size, made now unless it was before; `None` for an original that cannot be decoded."""
        file = self._sized_file(photo, sized)
        if not file.exists():
            try:
                self._made(self._resized(photo, sized.size), file)
            except pyvips.Error:
                return None
        return file

    def _sized_file(self, photo: Photo, sized: Sized) -> Path:
        return self._folder / f"{photo.id}_{sized.secret}_{sized.size.suffix or '-'}.jpg"

    def _resized(self, photo: Photo, size: Size) -> pyvips.Image:
        """The picture, upright and no larger than the size."""
        how = {"crop": "centre"} if size.square else {"size": "down"}
        if photo.media == "video":
            picture = _drawing(photo).thumbnail_image(size.edge, height=size.edge, **how)
        else:
            picture = pyvips.Image.thumbnail(str(self.original(photo)), size.edge, height=size.edge, **how)
        return picture.rot(f"d{photo.rotation}") if photo.rotation else picture

    def _made(self, picture: pyvips.Image, file: Path) -> None:
        """Writes a JPEG without metadata, whole at the moment it appears."""
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"new-{uuid.uuid4().hex}.jpg")
        if picture.hasalpha():
            picture = picture.flatten(background=255)
        picture.jpegsave(str(fresh), Q=85, keep="icc")
        fresh.replace(file)


def _remove(file: Path) -> None:
    """Removes a file; one that is just being served stays on Windows, where nobody finds it any more."""
    with contextlib.suppress(FileNotFoundError, PermissionError):
        file.unlink()


def _drawing(photo: Photo) -> pyvips.Image:
    """A picture of the photo's size, in colours of its own."""
    width, height = (photo.original.width, photo.original.height) if photo.original.width else _DRAWN_PX
    hues = hashlib.sha256(photo.id.encode("ascii")).digest()
    grid = pyvips.Image.xyz(width, height)
    bands = [grid[0] * (255 - hue) / width for hue in hues[:2]] + [grid[1] * (255 - hues[2]) / height]
    picture = bands[0].bandjoin(bands[1:]) + list(hues[:3])
    return picture.cast("uchar").copy(interpretation="srgb")
