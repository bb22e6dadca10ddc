"""Three members and a camera before the world of the Flickr stand-in, without a door between."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import exiv2
import pytest
from PIL import Image

from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.world import Caller, World

ANN, BOB, EVE = "11111111@N01", "22222222@N02", "33333333@N03"
GROUP = "1234567@N20"
START = 1_700_000_000.0


@dataclass
class Scene:
    """A world whose time a test moves, and shorter ways to talk to it."""

    folder: Path
    time: float = START
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = World.load(self.folder / "state", lambda: self.time)

    def picture(self, name: str = "x.jpg", colour: int = 0, size: tuple[int, int] = (60, 40), **save: object) -> Path:
        file = self.folder / name
        Image.new("RGB", size, (colour % 256, colour // 256, 7)).save(file, **save)
        return file

    def send(self, file: Path, who: str = ANN, **arguments: str) -> list[Element]:
        ready = self.world.examine(file, file.name)
        return self.world.upload(Caller("key", who, 2), arguments, ready)

    def photo(self, who: str = ANN, **arguments: str) -> str:
        number = len(self.world.photos)
        return self.send(self.picture(f"IMG_{number}.jpg", number), who, **arguments)[0].text or ""

    def call(self, method: str, who: str | None = ANN, **arguments: str) -> list[Element]:
        caller = Caller("key", who, 3) if who else None
        return self.world.methods[f"flickr.{method}".lower()].call(caller, arguments)

    def one(self, method: str, who: str | None = ANN, **arguments: str) -> Element:
        return self.call(method, who, **arguments)[0]

    def listed(self, method: str = "people.getPhotos", who: str | None = ANN, **arguments: str) -> list[str]:
        wanted = {"user_id": "me"} if method == "people.getPhotos" else {}
        return [str(child.attributes["id"]) for child in self.one(method, who, **wanted | arguments).children]

    def info(self, photo_id: str, name: str, who: str | None = ANN) -> Element:
        return child(self.one("photos.getInfo", who, photo_id=photo_id), name)

    def fails(self, method: str, who: str | None = ANN, **arguments: str) -> int:
        with pytest.raises(Failure) as caught:
            self.call(method, who, **arguments)
        return caught.value.code


def child(element: Element, name: str) -> Element:
    return next(child for child in element.children if child.name == name)


def peopled(folder: Path) -> Scene:
    """Ann, whose friend is Bob; and Eve."""
    made = Scene(folder)
    made.world.add_user(ANN, "ann", realname="Ann A", path_alias="ann", friends=(BOB,))
    made.world.add_user(BOB, "bob")
    made.world.add_user(EVE, "eve")
    return made


def album_of(scene: Scene, *photo_ids: str, title: str = "T") -> str:
    album = str(scene.one("photosets.create", title=title, primary_photo_id=photo_ids[0]).attributes["id"])
    if len(photo_ids) > 1:
        members = ",".join(photo_ids)
        scene.call("photosets.editPhotos", photoset_id=album, primary_photo_id=photo_ids[0], photo_ids=members)
    return album


def write_metadata(file: Path, exif: dict[str, str], iptc: list[tuple[str, str]], xmp: dict[str, list[str]]) -> None:
    image = exiv2.ImageFactory.open(str(file))
    image.readMetadata()
    exif_data, iptc_data, xmp_data = exiv2.ExifData(), exiv2.IptcData(), exiv2.XmpData()
    for key, text in exif.items():
        exif_data[key] = text
    for key, text in iptc:
        iptc_data.add(exiv2.IptcKey(key), exiv2.StringValue(text))
    for key, values in xmp.items():
        value = exiv2.XmpArrayValue(exiv2.TypeId.xmpBag)
        for text in values:
            value.read(text)
        xmp_data.add(exiv2.XmpKey(key), value)
    image.setExifData(exif_data)
    image.setIptcData(iptc_data)
    image.setXmpData(xmp_data)
    image.writeMetadata()
