"""The computer and the Flickr account of somebody who used FlickrSync.

`leftovers/` holds what FlickrSync 0.1.1 itself left when it ran against the stand-in (Python 3.6, ImageMagick 6.9.11):
`sync`, `photosets` twice with a photo deleted in between, `sync --identifymissing`; once with an account that keeps the
blanks around an album's title, once with one that trims them, where FlickrSync makes its albums anew each time. The
pictures are drawn again here, dot for dot.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from heliograph.standin.flickr.albums import make_album
from heliograph.standin.flickr.seeding import signature_of_six

LEFTOVERS = Path(__file__).parent / "leftovers"
DRAWN = {
    "root.png": 0,
    "2017/Rome/IMG_1.png": 1,
    "2017/Rome/IMG_9.edited.png": 2,
    "2017/Oslo/IMG_1.png": 3,
    "2018/St. Ives.png": 4,
    "2018/copy of rome.png": 1,
    "2018/webbed.png": 6,
}
DOWNLOADED = {"From the web": 6, "Only there": 7}
"""Title -> picture, of those that were put on Flickr in a browser."""
PICTURES = 8
HASHED_AT = 4_000_000_000
"""Long after the pictures were drawn."""


def draw(path: Path, number: int) -> Path:
    """A picture of its own, without loss."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = 24 + number, 16
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel(
                (x, y), ((x * 9 + number * 31) % 256, (y * 13 + number * 7) % 256, (x * y + number * 17) % 256)
            )
    image.save(path)
    return path


@dataclass
class FlickrSyncHome:
    """A home folder as FlickrSync left it."""

    home: Path
    left: Mapping[str, Any]

    @classmethod
    def made(cls, home: Path, how: str) -> FlickrSyncHome:
        left = json.loads((LEFTOVERS / f"flickrsync_{how}.json").read_text(encoding="utf-8"))
        here = cls(home, left)
        for name, number in DRAWN.items():
            draw(here.pictures / name, number)
        for photo in left["photos"][:2]:
            name = f"flickrsync_{photo['id']}_{photo['secret']}_{photo['title']}.png"
            draw(here.pictures / "flickrsync" / name, DOWNLOADED[photo["title"]])
        here.configure()
        here.database()
        return here

    @property
    def pictures(self) -> Path:
        return self.home / "Pictures"

    def configure(self, text: str = "", key: str = "", secret: str = "") -> Path:
        path = self.home / ".flickrsync" / "config.ini"
        path.parent.mkdir(parents=True, exist_ok=True)
        usual = (
            f"[DEFAULT]\napi_key = {key or 'key'}\napi_secret = {secret or 'secret'}\nusername = rehearsal\n"
            "directory = ~/Pictures\ndatabase = ~/.flickrsync/flickrsync.db\n"
        )
        path.write_text(text or usual, encoding="utf-8")
        return path

    def database(self) -> Path:
        return self._filled(self.home / ".flickrsync" / "flickrsync.db", "database")

    def tokens(self, key: str, token: str, secret: str) -> Path:
        path = self._filled(self.home / ".flickr" / "oauth-tokens.sqlite", "tokens")
        with closing(sqlite3.connect(path)) as db:
            db.execute(
                "UPDATE oauth_tokens SET api_key = ?, oauth_token = ?, oauth_token_secret = ?", (key, token, secret)
            )
            db.commit()
        return path

    def _filled(self, path: Path, part: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as db:
            db.executescript(";\n".join(self.left[part]).replace("{pictures}", self.pictures.as_posix()) + ";")
            if part == "database":
                db.execute("UPDATE LocalPhotos SET Timestamp = ?", (HASHED_AT,))
            db.commit()
        return path

    def fill(self, standin: Any, folder: Path) -> None:
        """The account, with the same ids; each picture is known by the signature that FlickrSync gave it."""
        drawn = [draw(folder / f"{number}.png", number) for number in range(PICTURES)]
        of_signature = {f"flickrsync:signature={signature_of_six(file)}": file for file in drawn}
        for photo in self.left["photos"]:
            fields = {name: photo[name] for name in ("title", "tags", "is_public")}
            made = standin.world.add_photo(standin.nsid, of_signature[photo["tags"][0]], **fields)
            assert made.id == photo["id"]
        for album in self.left["albums"]:
            make_album(standin.world, standin.nsid, album["title"], album["description"], album["photos"])
