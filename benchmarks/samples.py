"""Libraries to measure with: large photographs as cameras make them, and very many small ones.

Everything is drawn here from numbers; the same arguments give the same pictures. A finished library is kept in the
cache folder and used again.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from heliograph import metadata
from heliograph.model import Exposure, Facts, Place, Rights, Taken

VERSION = 1
"""Part of the folders' names: goes up when the samples change, so that old ones are not used again."""

SIZES = ((6000, 4000), (5184, 3456), (4624, 3468), (4240, 2832))
"""24, 18, 16 and 12 megapixels."""

START = datetime(2020, 1, 1, 8, 0, 0)  # noqa: DTZ001 - cameras write local time

FACTS = Facts(
    title="Photo 000000",
    headline="Morning over the hills",
    caption="Seven ridges in the first light.\nSeen from the old tower.",
    alt_text="Ridges of hills, paler towards the horizon, under a pink sky",
    keywords=("hills", "morning", "mist"),
    keyword_paths=(("Nature", "Hills"), ("Places", "Norway", "Lofoten"), ("Socials", "memory")),
    people=("Jo Doe",),
    taken=Taken("2020-01-01T08:00:00", "25", "+02:00"),
    camera_make="Helio",
    camera_model="Mark I",
    lens="24-70 mm f/2.8",
    exposure=Exposure(200, (1, 60), 8.0, 50.0, 50),
    place=Place(68.2, 13.6, 12.5, "Quay", "Reine", "Nordland", "Norway", "NOR"),
    rights=Rights(("Ann Painter",), "Ann Painter", "© Ann Painter", "Ask first", "", marked=True),
    rating=4,
    label="Green",
)


def large(cache: Path, count: int, processes: int) -> list[Path]:
    """Photographs of 12 to 24 megapixels and about 3 to 6 MB, with metadata in EXIF, IPTC and XMP."""
    folder = cache / f"large-{VERSION}-{count}"
    names = [folder / f"{number // 50:02}" / f"IMG_{number:05}.jpg" for number in range(count)]
    if not folder.exists():
        fresh = _fresh(folder)
        with pool_of(processes) as pool:
            list(pool.map(partial(_photograph, fresh), range(count)))
        fresh.rename(folder)
    return names


def linked(photos: list[Path], times: int, folder: Path) -> list[Path]:
    """The same photographs so many times over, as links: as much to read, without the room on the disk."""
    links = []
    for copy in range(times):
        here = folder / f"{copy:02}"
        here.mkdir(parents=True)
        for photo in photos:
            links.append(here / photo.name)
            links[-1].hardlink_to(photo)
    return links


def many(cache: Path, count: int, folders: int, processes: int) -> Path:
    """A library of `count` small distinct JPEGs in `folders` folders, each with words of its own."""
    folder = cache / f"many-{VERSION}-{count}-{folders}"
    if not folder.exists():
        fresh = _fresh(folder)
        with pool_of(processes) as pool:
            list(pool.map(partial(_fill, fresh, count, folders), range(folders)))
        fresh.rename(folder)
    return folder


def pool_of(processes: int) -> ProcessPoolExecutor:
    """Worker processes that start clean: a fork of a process in which libvips has threads may hang."""
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))


def _fresh(folder: Path) -> Path:
    fresh = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    return fresh


def moment(number: int) -> datetime:
    """When the photograph of this number was taken: a second of its own."""
    return START + timedelta(seconds=number * 37)


def scene(width_px: int, height_px: int, seed: int) -> Any:
    """Land, sky and grain at the coarseness of a photograph: coded at quality 90, about a fifth of a byte a pixel."""
    import pyvips

    pyvips.concurrency_set(1)
    rough = [
        pyvips.Image.perlin(width_px // 8, height_px // 8, cell_size=cell, seed=seed * 11 + cell).resize(8)
        for cell in (256, 64, 16)
    ]
    fine = pyvips.Image.gaussnoise(width_px // 2, height_px // 2, mean=0, sigma=1, seed=seed).resize(2)
    relief = sum((layer * weight for layer, weight in zip(rough, (70, 35, 14), strict=True)), fine * 3)
    relief = relief.crop(0, 0, width_px, height_px)
    tint = random.Random(seed)
    bands = [relief * tint.uniform(0.7, 1.1) + tint.uniform(90, 140) for _ in range(3)]
    grain = pyvips.Image.gaussnoise(width_px, height_px, mean=0, sigma=5, seed=seed)
    return pyvips.Image.bandjoin(bands[0], bands[1:]) + grain


def _photograph(folder: Path, number: int) -> None:
    path = folder / f"{number // 50:02}" / f"IMG_{number:05}.jpg"
    path.parent.mkdir(exist_ok=True)
    picture = scene(*SIZES[number % len(SIZES)], number).cast("uchar").copy(interpretation="srgb")
    picture.jpegsave(str(path), Q=90, subsample_mode="on", optimize_coding=True, keep="none")
    metadata.write(path, _facts(number))


def _facts(number: int) -> Facts:
    taken = Taken(moment(number).isoformat(), "25", "+02:00")
    return replace(FACTS, title=f"Photo {number:06}", taken=taken)


def _fill(folder: Path, count: int, folders: int, part: int) -> None:
    """The words of one written file are copied with title and time exchanged, which is quick and stays valid."""
    import pyvips

    here = folder / f"{part // 50:02}" / f"{part:04}"
    here.mkdir(parents=True, exist_ok=True)
    head = _head(here / "template.jpg")
    noise = random.Random(part)
    for number in range(part, count, folders):
        pixels = pyvips.Image.new_from_memory(noise.randbytes(24 * 16 * 3), 24, 16, 3, "uchar")
        coded = pixels.copy(interpretation="srgb").jpegsave_buffer(Q=75, keep="none")
        when = moment(number)
        words = head.replace(b"Photo 000000", b"Photo %06d" % number)
        words = words.replace(b"2020:01:01 08:00:00", when.strftime("%Y:%m:%d %H:%M:%S").encode())
        words = words.replace(b"20200101", when.strftime("%Y%m%d").encode())
        words = words.replace(b"080000", when.strftime("%H%M%S").encode())
        words = words.replace(b"2020-01-01T08:00:00", when.isoformat().encode())
        (here / f"IMG_{number:06}.jpg").write_bytes(words + _coded_part(coded))


def _head(template: Path) -> bytes:
    """Everything before the first quantisation table of a file with `FACTS`."""
    import pyvips

    black = pyvips.Image.black(24, 16, bands=3).copy(interpretation="srgb")
    black.jpegsave(str(template), keep="none")
    metadata.write(template, replace(FACTS, people=(), place=Place()))
    data = template.read_bytes()
    template.unlink()
    return data[: data.index(b"\xff\xdb\x00")]


def _coded_part(data: bytes) -> bytes:
    return data[data.index(b"\xff\xdb\x00") :]
