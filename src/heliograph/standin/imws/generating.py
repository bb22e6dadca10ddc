"""A plausible library: masters with versions, a category tree, rows of earlier publishing, odd texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from heliograph.standin.imws import wording
from heliograph.standin.imws.drawing import draw
from heliograph.standin.imws.filling import all_at_once
from heliograph.standin.imws.records import File, Row, Value
from heliograph.standin.imws.rows import OTHER_COLUMNS, READY_SETS
from heliograph.standin.imws.world import World

T = TypeVar("T")
MOST = 100_000
"""Photos of one library."""
MASTERS_SINCE = "2024-12-21"
"""Since then IMatch to Socials wanted masters to be tagged, and versions before.

Source: that program's history (November 2026).
"""
SHARES = {"flickr": 0.3, "pixelfed": 0.08, "mastodon": 0.06, "quantum": 0.1}
"""How many of all photos are published where."""
UNPUBLISHED_SHARE = 0.6
"""How many of all photos are to be published on each platform where nothing is published yet."""
DRAWN_RAWS = ("DNG", "ARW")
"""Kinds of raw file that are TIFF inside, so that they can be drawn."""
_FLAGS = {9: ("_update",), 13: ("_delete",), 17: ("_update", "_delete")}
"""One in so many photos that were never published is marked so; the last is a contradiction."""
_SIZES = ((6000, 4000), (4000, 6000), (5472, 3648), (4032, 3024), (3000, 3000))
_ROOT = "D:\\Photos"
_DOMAINS = {"flickr": "www.flickr.com/photos/me", "quantum": "site.example/photos"}


def generated(
    photos: int, seed: int = 1, *, pictures: int = 0, folder: Path | None = None, unpublished: Sequence[str] = ()
) -> World:
    """A library of so many photos, the same for the same seed.

    Args:
        photos: Masters with their versions count as one.
        seed: Of everything that is random.
        pictures: So many files are drawn, the published ones first.
        folder: Where pictures are drawn.
        unpublished: The platforms that the photos are to be published on, where nothing was published before; without
            any, those of IMatch to Socials, where most photos are published.

    Raises:
        ValueError: there are too many photos, or pictures and no folder.
    """
    if not 0 <= photos <= MOST or (pictures and folder is None):
        message = f"A library has up to {MOST:,} photos, and pictures need a folder."
        raise ValueError(message)
    world = World.ready()
    shares = dict.fromkeys(unpublished, UNPUBLISHED_SHARE) or SHARES
    chance = random.Random(seed)  # noqa: S311  a library that looks real needs no secrecy
    making = _Making(world, chance, shares, is_new=bool(unpublished))
    making.furnish()
    with all_at_once():
        for number in range(photos):
            making.photo(number)
    making.finish()
    if pictures and folder is not None:
        _draw(world, pictures, folder, {"JPEG", "WebP", *(DRAWN_RAWS if unpublished else ())})
    return world


@dataclass(slots=True)
class _Making:
    """One library in the making."""

    world: World
    random: random.Random
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    """Platform -> how many of all photos are to be published there."""
    is_new: bool = False
    """Nothing was published before."""

    def below(self, count: int) -> int:
        """A number from 0 on, below this one."""
        return int(self.random.random() * count)  # a fifth of the time that randrange takes, and it is asked often

    def pick(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[self.below(len(choices))]

    def furnish(self) -> None:
        """Categories, variables and error labels."""
        for path, description in wording.CATEGORIES.items():
            if not self.is_new:
                self.world.category(path, description)
            elif not wording.NAMED_BY_ID.search(path):  # an album that nobody has made yet has no id
                self.world.category(path, description if path in wording.GROUPS else description.partition("\n")[2])
        for name in self.shares:
            if name not in self.world.rows.sets:
                self.world.add_set(name, OTHER_COLUMNS)
            for part in ("_update", "_metadata", "_delete"):
                self.world.category(f"Socials|{name}|{part}")
            for label in wording.ERRORS:
                self.world.category(f"Socials|{name}|__errors|{label}")
        for name, value in wording.VARIABLES.items():
            self.world.set_variable(name, value)

    def photo(self, number: int) -> None:
        """One photograph, and where it is published."""
        chance = self.random.random()
        taken, stem = self._moment(number)
        tags = self._tags(number)
        raw = self.pick(DRAWN_RAWS if self.is_new else ("DNG", "CR3", "ARW"))
        if chance < 0.45:  # noqa: PLR2004  shares of a whole
            tagged = [self._file(number, stem, "JPEG", taken, tags)]
        elif chance < 0.9:  # noqa: PLR2004
            made = ("JPEG",) if chance < 0.8 else ("WebP", "JPEG")  # noqa: PLR2004
            tagged = [self._file(number, stem, raw, taken, tags)]
            for kind in made:
                version = self._file(number, stem, kind, taken, tags if self.random.random() < 0.5 else {})  # noqa: PLR2004
                self.world.relate(tagged[0], version, "RAW and versions")
                tagged.append(version)
        else:
            tagged = [self._file(number, stem, raw, taken, tags)]
        self._place(tagged[0], tags)
        for name, share in self.shares.items():
            if self.random.random() < share:
                self._publish(tagged, name)
                self._flag(tagged[0], name, number)

    def finish(self) -> None:
        """Covers of albums."""
        for path in wording.ALBUMS:
            members = self.world.members(path)
            if members:
                self.world.category(path, thumbnail=members[0])

    def _moment(self, number: int) -> tuple[str, str]:
        """When a photo was taken, and its file's name without extension."""
        year, month = 2005 + number % 20, 1 + self.below(12)
        day, hour, minute = 1 + self.below(28), self.below(24), self.below(60)
        taken = f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{self.below(60):02}"
        return taken, f"{year}\\{month:02}\\{self.pick(wording.STEMS)} [{number + 1000}]"

    def _file(self, number: int, stem: str, kind: str, taken: str, tags: dict[str, Value]) -> File:
        width, height = _SIZES[number % len(_SIZES)]
        extension = {"JPEG": "jpg", "WebP": "webp"}.get(kind, kind.lower())
        per_pixel = 0.25 if kind in {"JPEG", "WebP"} else 1.2
        file = File(
            self.world.head.last_id + 1,
            f"{_ROOT}\\{stem}.{extension}",
            kind,
            int(width * height * per_pixel),
            width,
            height,
            taken,
            dict(tags),
        )
        self.world.touch(file)
        return self.world.enter(file)

    def _tags(self, number: int) -> dict[str, Value]:
        pick = self.pick
        country, state, city, place, latitude, longitude = pick(wording.PLACES)
        tags: dict[str, Value] = {
            "title": wording.ODD_TITLES[number % 97] if number % 97 in wording.ODD_TITLES else self._title(city),
            "headline": f"{pick(wording.ADJECTIVES)} {pick(wording.SUBJECTS)}".capitalize(),
            "description": f"{self._title(city)}, seen from the {pick(wording.SPOTS)}.",
            "hierarchicalkeywords": sorted({pick(wording.KEYWORDS) for _ in range(3)}),
            "make": "Canon",
            "model": pick(wording.MODELS),
            "lens": pick(wording.LENSES),
            "iso": pick((100, 200, 400, 3200)),
            "aperture": pick((1.8, 4.0, 6.3, 11.0)),
            "shutterspeed": pick(("1/100", "1/1250", "2", "0.5")),
            "focallength": pick((14.0, 45.0, 200.0)),
            "country": country,
            "state": state,
            "city": city,
            "location": place,
            "gpslatitude": latitude,
            "gpslongitude": longitude,
            "copyright": "Anna Example",
            "copyrightmarked": "True",
            "copyrighturl": "https://anna.example/rights",
        }
        for name, every in wording.MISSING.items():
            if number % every == every - 1:
                tags.pop(name, None)
        if number % 41 == 0:
            tags["circadate"] = "Y:~:_"
        return tags

    def _title(self, city: str) -> str:
        pick = self.pick
        return f"{pick(wording.ADJECTIVES).capitalize()} {pick(wording.SUBJECTS)} in {city}"

    def _place(self, file: File, tags: dict[str, Value]) -> None:
        """Where a photo belongs whether it is published or not."""
        self.world.put(file, "|".join(["Location", *(str(tags[name]) for name in ("country", "state", "city"))]))
        self._now_and_then(0.93, lambda: self.world.put(file, self.pick(wording.GENRES)))
        self._now_and_then(0.04, lambda: self.world.put(file, self.pick(wording.EVENTS)))
        self._now_and_then(0.05, lambda: self.world.put(file, self.pick(wording.NEUTRAL_ALBUMS)))

    def _publish(self, family: list[File], name: str) -> None:
        """A photo is to be published, and perhaps was."""
        was, day = not self.is_new and self.random.random() < 0.7, 0  # noqa: PLR2004  a share
        posted = ""
        if was:
            day = self.below(640)
            posted = f"{2024 + (3 + day // 28) // 12}-{1 + (3 + day // 28) % 12:02}-{1 + day % 28:02}"
        tagged = family[-1] if posted and posted < MASTERS_SINCE else family[0]
        root = f"Socials|{name}"
        self.world.put(tagged, root)
        if f"{root}|albums" in self.world.tree:
            self._now_and_then(0.3, lambda: self.world.put(tagged, self.pick(wording.ALBUMS)))
            self._now_and_then(0.05, lambda: self.world.put(tagged, self.pick(wording.GROUPS)))
        if posted:
            self._row(tagged, name, posted)
            for flag, share in {"_update": 0.01, "_metadata": 0.01, "_delete": 0.003}.items():
                self._now_and_then(share, lambda flag=flag: self.world.put(tagged, f"{root}|{flag}"))  # type: ignore[misc]
        elif not tagged.tags.get("title"):
            self.world.put(tagged, f"{root}|__errors|missing title")

    def _flag(self, file: File, name: str, number: int) -> None:
        """Marks left over from earlier, on what was never published."""
        for every, flags in _FLAGS.items() if self.is_new else ():
            if number % every == every // 2:
                for flag in flags:
                    self.world.put(file, f"Socials|{name}|{flag}")
                return

    def _row(self, file: File, name: str, posted: str) -> None:
        """What an earlier upload left behind."""
        number = 53_000_000_000 + file.id
        data = {"posted": posted}
        for column, *_ in READY_SETS[name][1:-1]:
            data[column] = str(number + (column == "status_id"))
        data["url"] = f"https://{_DOMAINS.get(name, f'{name}.example/@me')}/{number}"
        row: Row = self.world.rows.add(file, name, data)
        if file.id % 500 == 0:
            self.world.rows.change(name, row, {"url": data["url"]})  # nobody knows why, but some rows hold no more

    def _now_and_then(self, share: float, act: Callable[[], object]) -> None:
        if self.random.random() < share:
            act()


def _draw(world: World, count: int, folder: Path, formats: AbstractSet[str]) -> None:
    """Draws so many files, those on their way to a platform first, and says where they are."""
    published = set(world.tree.total("Socials"))
    families = {one for file_id in published for one in (file_id, *(file.id for file in world.versions(file_id)))}
    drawable = [file for file in world.files.values() if file.format in formats]
    drawable.sort(key=lambda file: (file.id not in families, file.id))
    world.head.folders[_ROOT] = "pictures"
    for file in drawable[:count]:
        path = world.real_path(file, folder)
        if path is not None:
            file.width, file.height = draw(path, file.id, portrait=file.height > file.width)
            file.size = path.stat().st_size
