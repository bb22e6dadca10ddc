"""Photos that come home into a folder of their own, for the tests of that."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from contract.library_contract import Remembered, found, unreadable
from heliograph.libraries.folder import Folder, Options
from heliograph.model import Facts, Home, Photo, Place, Post, Rights, SubjectKind, Taken

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
URL = "https://flickr.example/photos/anna/4711/"


class Noon:
    """A clock that stands still, years after the files were written."""

    def now(self) -> datetime:
        return datetime(2036, 5, 3, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, wait_s: float) -> None:
        raise AssertionError(wait_s)


def library_at(root: Path, **options: object) -> Folder:
    root.mkdir(exist_ok=True)
    return Folder("photos", Options(root, workers=1, **options), root.parent / "cache", Noon())


def drawn(path: Path, colour: str = "teal", form: str = "JPEG", **how: object) -> Path:
    held = io.BytesIO()
    Image.new("RGB", (48, 32), colour).save(held, form, **how)
    path.write_bytes(held.getvalue())
    return path


def home(title: str = "", post_id: str = "4711", taken: str = "", **known: object) -> Home:
    facts = Facts(title=title, taken=Taken(taken) if taken else None)
    return Home("flickr", Post(post_id, SubjectKind.PHOTO, url=URL), facts, **known)


EVERYTHING = Home(
    "flickr",
    Post("4711", SubjectKind.PHOTO, url=URL),
    Facts(
        title="A <lake> & a boat",
        caption="First line\nsecond “line”",
        alt_text="A boat on a lake",
        keywords=("Lake", "Straße", "two words", "日本"),
        taken=Taken("1936", circa="ca. 1936"),
        place=Place(47.123456, -8.54321, city="Zürich", country="Switzerland"),
        rights=Rights(licence_url=LICENCE),
    ),
    albums=("Coast",),
    wishes=(("Socials", "flickr"), ("Socials", "flickr", "albums", "Coast")),
)


def looked(library: Folder) -> dict[str, Photo]:
    """What the library holds, read in this process; nothing in it is unreadable."""
    from heliograph.libraries.folder import reading
    from heliograph.libraries.folder.reading import Bounds, Job
    from heliograph.libraries.folder.workers import Workers

    class Here(Workers):
        def through(self, items):
            for item in items:
                yield reading.read(item, Bounds(10**9, 10**9)).sighting if isinstance(item, Job) else item

    import heliograph.libraries.folder as module

    before, module.Workers = module.Workers, Here
    try:
        sightings = Remembered().look(library)
    finally:
        module.Workers = before
    assert unreadable(sightings) == {}
    return found(sightings)
