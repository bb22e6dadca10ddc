"""The IMatch library keeps what every library promises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from contract.library_contract import LibraryContract, Shelf
from heliograph.libraries.imatch import IMatch
from heliograph.model import Home
from imatch_house import FLICKR, ROOT, House, at_home, coded


class Watched(IMatch):
    """IMatch indexes by itself what appears in a folder that it watches; the test's owner tags it for Flickr."""

    __slots__ = ("house",)

    def __init__(self, house: House) -> None:
        ours = house.library
        super().__init__(ours.name, replace(ours.options, incoming=f"{ROOT}\\Incoming"), ours.cache, ours.clock)
        ours.close()
        self.house = house

    def keep(self, home: Home, file: Path) -> str:
        where = super().keep(home, file)
        name = where.replace("/", "\\")
        if all(file.filename != name for file in self.house.world.files.values()):
            self.house.world.add_file(name, categories=[FLICKR])
        return where


class IMatchShelf(Shelf):
    def __init__(self, house: House) -> None:
        self.house, self.world = house, house.world
        self.library = house.library = Watched(house)
        self.world.add_set("site", ("posted", "media_id", "url"))
        self.world.category("Socials|site|__errors|other")

    def add(self, part: str, name: str, seed: int) -> str:
        filename = "\\".join((ROOT, *filter(None, part.split("/")), name))
        self.house.draw(filename, coded(seed))
        if all(file.filename != filename for file in self.world.files.values()):
            self.world.add_file(filename, tags={"title": f"Title {seed}"}, categories=[FLICKR])
        return filename.replace("\\", "/")

    def named(self, part: str) -> str:
        return f"D:/Photos/{part}"

    def relabel(self, where: str, title: str) -> None:
        file = self._file(where)
        file.tags["title"] = title

    def remove(self, where: str) -> None:
        self.world.remove_file(self._file(where))
        self.house.path(where.replace("/", "\\")).unlink(missing_ok=True)

    def _file(self, where: str):
        return next(file for file in self.world.files.values() if file.filename == where.replace("/", "\\"))

    @contextmanager
    def closed(self, part: str) -> Iterator[None]:
        folder = self.house.folder / part
        away = folder.rename(self.house.folder.with_name("unplugged"))
        yield
        away.rename(folder)

    @contextmanager
    def away(self) -> Iterator[None]:
        self.house.standin.close_imatch()
        yield
        self.house.standin.reopen_imatch()


class TestIMatch(LibraryContract):
    @pytest.fixture
    def shelf(self, tmp_path):
        with at_home(tmp_path) as house:
            shelf = IMatchShelf(house)
            yield shelf
            shelf.library.close()

    def draw(self, file: Path, seed: int) -> None:
        file.write_bytes(coded(seed))
