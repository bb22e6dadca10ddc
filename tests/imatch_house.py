"""A photographer with IMatch: the stand-in with a small database, pictures on disk, and the library that reads both."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from contract.library_contract import Remembered, found, unreadable
from heliograph.libraries import imatch
from heliograph.libraries.folder.reading import Bounds, Job, read
from heliograph.libraries.imatch import IMatch, Options
from heliograph.model import Photo
from heliograph.ports import Sighting
from heliograph.standin.imws import StandIn, World, serve
from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.records import File
from heliograph.wire import transport

FLICKR = "Socials|flickr"
ROOT = "D:\\Photos"


class Patient:
    """A clock an hour ahead, so that what tests write counts as written long ago; waiting takes no time."""

    def __init__(self) -> None:
        self.ahead = timedelta(hours=1)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead.total_seconds()

    def sleep(self, wait_s: float) -> None:
        self.ahead += timedelta(seconds=wait_s)


class InProcess:
    """Reads files in this process, where a test is not about the processes."""

    def __init__(self, _count: int, _timeout_s: float, bounds: Bounds, _clock: object) -> None:
        self.bounds = bounds

    def through(self, items: Iterator[Sighting | Job]) -> Iterator[Sighting]:
        for item in items:
            yield read(item, self.bounds).sighting if isinstance(item, Job) else item


def coded(seed: int, form: str = "JPEG", **how: object) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (24, 32, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, form, **how)
    return held.getvalue()


@dataclass
class House:
    standin: StandIn
    folder: Path
    """Where `D:\\Photos` is on this computer."""
    library: IMatch
    clock: Patient
    known: Remembered = field(default_factory=Remembered)
    drawn: int = 0

    @property
    def world(self) -> World:
        return self.standin.world

    def path(self, name: str) -> Path:
        return self.folder.joinpath(*name.removeprefix(f"{ROOT}\\").split("\\"))

    def draw(self, name: str, data: bytes | None = None) -> Path:
        """Writes a picture, unlike all others."""
        self.drawn += 1
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        forms = {"webp": "WEBP", "png": "PNG", "tif": "TIFF"}
        path.write_bytes(data or coded(self.drawn, forms.get(name.rpartition(".")[2].lower(), "JPEG")))
        return path

    def add(self, name: str, *categories: str, data: bytes | None = None, drawn: bool = True, **facts: object) -> File:
        """A file on disk and in the database."""
        name = name if ":" in name or name.startswith("\\\\") else f"{ROOT}\\{name}"
        tags = {"title": f"Title of {name}", **dict(facts.pop("tags", {}))}
        path = self.draw(name, data) if drawn else None
        size = path.stat().st_size if path else 4_000_000
        return self.world.add_file(name, tags=tags, categories=categories, **{"size": size, **facts})

    def look(self) -> list[Sighting]:
        return self.known.look(self.library)

    def photos(self) -> dict[str, Photo]:
        """Every photo by its file name, looked at as if for the first time."""
        seen = Remembered().look(self.library)
        self.unreadable = {where.rpartition("/")[2]: why for where, why in unreadable(seen).items()}
        return {where.rpartition("/")[2]: photo for where, photo in found(seen).items()}

    def photo(self) -> Photo:
        """The only photo that there is."""
        (photo,) = self.photos().values()
        return photo

    def rows(self, file: File, name: str = "flickr") -> Sequence[Mapping[str, str]]:
        return [row.data for row in self.world.file(file.id).rows.get(name, ())]

    def another(self, **options: object) -> IMatch:
        """A library with other settings, or one that begins anew."""
        self.library.close()
        self.library = made(self.standin, self.folder, self.library.cache, self.clock, **options)
        return self.library

    def turn(self, dials: Mapping[str, object]) -> None:
        self.standin.turn(**dials)


def made(standin: StandIn, folder: Path, cache: Path, clock: Patient, **options: object) -> IMatch:
    told = {"url": standin.url, "path_map": {ROOT: str(folder)}, "workers": 1, **options}
    return IMatch("photos", Options(**told), cache, clock)


@contextmanager
def at_home(folder: Path, world: World | None = None, standin: StandIn | None = None) -> Iterator[House]:
    """A house that lasts until the context ends, with a stand-in of its own or with one that begins anew."""
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    clock = Patient()
    with served(folder / "imws", world) if standin is None else nullcontext(renewed(standin)) as ours:
        house = House(ours, pictures, made(ours, pictures, folder / "cache", clock), clock)
        try:
            yield house
        finally:
            house.library.close()


def served(folder: Path, world: World | None = None) -> AbstractContextManager[StandIn]:
    """A stand-in that listens."""
    return serve(folder, world=world or World.ready())


def renewed(standin: StandIn) -> StandIn:
    """The same server with an empty database, as it was when it was new: starting one takes long."""
    if standin.door.shut:
        standin.reopen_imatch()
    standin.door.world, standin.door.dials = World.ready(), Dials()
    standin.faults.clear()
    standin.calls.clear()
    return standin


_TLS = cache(transport._tls)


@contextmanager
def reading_here(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files are read in this process, and certificates once, which nobody asks for on loopback."""
    patch.setattr(imatch, "Workers", InProcess)
    patch.setattr(transport, "_tls", _TLS)
    yield
