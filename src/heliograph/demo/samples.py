"""A photographer's folder for the demo: drawn, developed and described; then two edits and a deletion for its story."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from heliograph import metadata
from heliograph.demo.canvas import Canvas, Image, developed
from heliograph.demo.scenes import SCENES
from heliograph.errors import Mistake, Refused
from heliograph.jsonform import noun
from heliograph.model import Facts
from heliograph.policy import PrivatePlace

HOME_CIRCLE = PrivatePlace(name="home", latitude=53.2304, longitude=10.1118, radius_m=800.0)
"""Where the demo's photographer lives; one of the samples was taken there."""

LONG_EDGE_PX = 1600

PLATFORMS = ("site", "flickr", "pixelfed", "mastodon")
"""Where the samples are wished."""

_CREATOR = "Mara Lindholm"
_CC_BY = "https://creativecommons.org/licenses/by/4.0/"
_ORIGINAL, _COPY = "2019/Lofoten/LOF_0142.jpg", "2024/Portfolio/northern_lights.jpg"
_CORRUPT = "2023/Harbour city/HAR_0064.jpg"
_RETITLED = "2021/Alps/ALP_0188.jpg"
_RECAPTIONED = "2021/Finland/FIN_0024.jpg"
_UNDESCRIBED = "2022/Autumn/AUT_0016.jpg"
_DELETED = "2022/Morocco/MAR_0502.jpg"
_SIDEWAYS = 6
"""EXIF orientation: turn a quarter clockwise to look at it."""
_HEADER_BYTES, _CORRUPT_BYTES = 300, 65_536


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample photo before it is drawn."""

    where: str
    """Path below the samples' folder, with `/`."""
    scene: str
    shape: tuple[int, int]
    """Width to height, as it is looked at."""
    facts: Facts
    note: str
    """What is special about it, as the rest of a sentence that begins with its name; empty for most."""
    sidecar: bool
    """Its facts stand in a sidecar alone."""


def draw_samples(folder: Path, long_edge_px: int = LONG_EDGE_PX) -> tuple[str, ...]:
    """Draws the sample photos into a new folder tree and names, in a sentence each, those that are special.

    The same pictures at every run.

    Raises:
        Mistake: the folder holds something already; nothing was written.
        Refused: a file cannot be written there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is not an empty folder, so no sample photos were drawn into it. Name a new folder."
        raise Mistake(message)
    try:
        _draw_all(folder, long_edge_px)
    except OSError as error:
        message = (
            f"The sample photos could not be written to {folder}: {error.strerror}. Name a folder you can write to."
        )
        raise Refused(message) from error
    notes = [f"{sample.where} {sample.note}." for sample in samples() if sample.note]
    notes.append(f"{_COPY} is a copy of {_ORIGINAL}: one of the two is published.")
    notes.append(f"{_CORRUPT} is damaged, as a failing memory card leaves it: it is named and skipped.")
    return tuple(notes)


def edit_some(folder: Path) -> tuple[str, ...]:
    """Edits some of the sample photos as a photographer would, and says what was edited, in a sentence each."""
    metadata.write(folder / _RETITLED, Facts(title="Layers of morning, with coffee"))
    kept = _facts_of(_RECAPTIONED)
    metadata.write(
        folder / _RECAPTIONED,
        Facts(
            caption="The lake was so still that the loons sounded close. One ripple came, and then the wind.",
            alt_text="A full moon above dark conifers; one ripple has broken its reflection into stripes of light.",
            keywords=(*kept.keywords, "Reflection"),
            keyword_paths=tuple(sorted({*kept.keyword_paths, ("Technique", "Reflection")})),
        ),
    )
    described = "Four glowing maple leaves hanging from a twig, behind them golden discs of light out of focus."
    metadata.write(folder / _UNDESCRIBED, Facts(alt_text=described))
    return (
        f"{_RETITLED} has a new title.",
        f"{_RECAPTIONED} has a new caption, another alt text and one more keyword, Technique|Reflection.",
        f"{_UNDESCRIBED} has an alt text at last.",
    )


def delete_one(folder: Path) -> str:
    """Deletes one of the published sample photos and says which."""
    (folder / _DELETED).unlink()
    return f"{_DELETED} is deleted."


# --- what the photos say ----------------------------------------------------------------------------------------------


@cache
def samples() -> tuple[Sample, ...]:
    """The sample photos, in the order of their paths."""
    text = files("heliograph.demo").joinpath("photos.toml").read_text(encoding="utf-8")
    return tuple(_sample(entry) for entry in tomllib.loads(text)["photo"])


def group_names() -> tuple[str, ...]:
    """The groups on Flickr that some samples are to be offered to."""
    paths = {path for sample in samples() for path in sample.facts.keyword_paths}
    return tuple(sorted({path[3] for path in paths if path[:3] == ("Socials", "flickr", "groups")}))


def _sample(entry: Mapping[str, Any]) -> Sample:
    width, height = entry["shape"]
    return Sample(
        where=entry["where"],
        scene=entry["scene"],
        shape=(width, height),
        facts=_facts(entry),
        note=entry.get("note", ""),
        sidecar=entry.get("sidecar", False),
    )


def _facts(entry: Mapping[str, Any]) -> Facts:
    own = ("where", "scene", "shape", "note", "sidecar", "albums", "groups", "only", "keywords")
    paths = [tuple(path.split("|")) for path in entry["keywords"]]
    wishes: list[tuple[str, ...]] = []
    if "albums" in entry:
        wishes = [("Socials", platform) for platform in PLATFORMS if platform == entry.get("only", platform)]
        wishes += [("Socials", "albums", album) for album in entry["albums"]]
        wishes += [("Socials", "flickr", "groups", group) for group in entry.get("groups", ())]
    described = {key: value for key, value in entry.items() if key not in own}
    described["keywords"] = [path[-1] for path in paths]
    described["keyword_paths"] = sorted({path for path in (*paths, *wishes) if len(path) > 1})
    described["people"] = [path[1] for path in paths if path[0] == "People"]
    described["label"] = "Green" if entry["rating"] == 5 else ""  # noqa: PLR2004  stars
    if "lens" in entry:
        described |= {"camera_make": "Aurelia", "camera_model": "Aurelia M4"}
    return noun(Facts, described | {"rights": _rights(entry["taken"]["local"][:4])})


def _rights(year: str) -> dict[str, Any]:
    return {
        "creators": [_CREATOR],
        "credit": f"{_CREATOR} / heliograph demo",
        "copyright": f"© {year} {_CREATOR}",
        "usage_terms": "Drawn by the heliograph demo; use it as you like, and name it.",
        "licence_url": _CC_BY,
        "marked": True,
    }


def _facts_of(where: str) -> Facts:
    return next(sample.facts for sample in samples() if sample.where == where)


# --- how they get into the folder -------------------------------------------------------------------------------------


def _draw_all(folder: Path, long_edge_px: int) -> None:
    for sample in samples():
        (folder / sample.where).parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as drawers:
        list(drawers.map(lambda numbered: _draw(folder, numbered[1], numbered[0], long_edge_px), enumerate(samples())))
    for sample in samples():  # one by one: the XMP toolkit is not made for threads
        path = folder / sample.where
        if sample.sidecar:
            metadata.write_sidecar(path.with_suffix(".xmp"), sample.facts)
        else:
            metadata.write(path, sample.facts)
    original = (folder / _ORIGINAL).read_bytes()
    (folder / _COPY).parent.mkdir(parents=True, exist_ok=True)
    (folder / _COPY).write_bytes(original)
    (folder / _CORRUPT).write_bytes(original[:_HEADER_BYTES].ljust(_CORRUPT_BYTES, b"\0"))


def _draw(folder: Path, sample: Sample, number: int, long_edge_px: int) -> None:
    scale = long_edge_px / max(sample.shape)
    canvas = Canvas(round(sample.shape[0] * scale), round(sample.shape[1] * scale), 11 + number)
    image = developed(canvas, *SCENES[sample.scene](canvas))
    if sample.facts.orientation == _SIDEWAYS:
        image = image.rot270()
    _save(image, folder / sample.where)


def _save(image: Image, path: Path) -> None:
    if path.suffix == ".webp":
        image.webpsave(str(path), Q=88, effort=2, keep="icc", profile="srgb")
    else:
        image.jpegsave(str(path), Q=90, keep="icc", profile="srgb")
