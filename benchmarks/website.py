"""Pictures and pages of a website: against sigal making the same files, and what building costs by itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import measuring
import samples
from heliograph.model import F, Output, Photo, Recipe, SubjectKind
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.posts import Entry, Log, Picture
from heliograph.render import render
from measuring import Row
from rendering import photo_of

PROGRAM = "sigal==2.6.1"
EDGES = (2048, 1280, 640, 320)
FORMATS = {"image/webp": "WEBP", "image/jpeg": "JPEG"}
QUALITY = 85
ONE = Recipe((Output("image/jpeg", EDGES[0], QUALITY),))
RECIPE = Recipe(tuple(Output(kind, edge, QUALITY) for edge in EDGES for kind in FORMATS))
MEMORY_MIB = 600
ALBUMS, WORDS = 100, 400
LEFT_OUT = "sigal left out: pip could not fetch it"


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """Both make every size in both formats, with as many workers."""
    count, peers, few, many = (6, 4, 200, 1_000) if quick else (2_000, 40, 2_000, 20_000)
    yield from _pictures(cache, processes, count, peers)
    yield from _pages(cache, few, many)


# --- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(cache: Path, processes: int, count: int, peers: int) -> Iterator[Row]:
    """Sigal makes one size and format in a run, so it runs once for each, on a part of the photos; rates count."""
    drawn = [path for path in samples.large(cache, min(4 * count, 160), processes) if _is_largest(path)]
    sigal = _program(cache)
    with TemporaryDirectory(dir=cache, prefix="website-") as held:
        paths = samples.linked(drawn, -(-count // len(drawn)), Path(held, "photos"))[:count]
        took, peak = measuring.apart(_made_s, paths, Path(held, "shelf"), processes, RECIPE)
        every = f"{count:,} photos of 24 MP in four sizes and two formats, checked, {processes} workers each"
        single = f"... {peers} of them in one size and format, 2048 px JPEG"
        ours = count * len(RECIPE.outputs) / took
        if sigal is None:
            yield Row(every, f"{ours:.1f} files/s", LEFT_OUT, None)
        else:
            rates = {
                (edge, kind): peers / _sigal_s(sigal, paths[:peers], Path(held, "sigal"), edge, kind, processes)
                for edge in EDGES
                for kind in FORMATS.values()
            }
            theirs = len(rates) / sum(1 / rate for rate in rates.values())
            said = f"{ours:.1f} files/s", f"sigal, {peers} of them: {theirs:.1f} files/s"
            yield measuring.at_least(every, *said, ours / theirs, 2.5)
            alone_s, _ = measuring.apart(_made_s, paths[:peers], Path(held, "shelf"), processes, ONE)
            alone, its_own = peers / alone_s, rates[EDGES[0], "JPEG"]
            yield Row(single, f"{alone:.1f} files/s", f"sigal: {its_own:.1f} files/s", alone / its_own)
        yield measuring.memory("... memory at its peak, all sizes", peak, MEMORY_MIB)


def _is_largest(path: Path) -> bool:
    return int(path.stem.rpartition("_")[2]) % len(samples.SIZES) == 0


def _made_s(paths: Sequence[Path], shelf: Path, workers: int, recipe: Recipe) -> float:
    """Seconds for all pictures, read back and checked, as a run makes them; links to one photo are told apart."""
    photos = [
        (path, replace(photo_of(path), where=f"{number}.jpg", digest=f"{number:064x}"))
        for number, path in enumerate(paths)
    ]

    def work() -> None:
        with ThreadPoolExecutor(workers) as pool:
            for _ in pool.map(lambda one: _made(*one, recipe, shelf), photos):
                pass

    return measuring.took_s(work)


def _made(path: Path, photo: Photo, recipe: Recipe, shelf: Path) -> None:
    """Put on the shelf and taken off again, so that 2,000 photos need no 20 GB."""
    made = render(path, photo, recipe, shelf)
    shutil.rmtree(made.files[0].path.parent)


def _sigal_s(program: Path, photos: Sequence[Path], folder: Path, edge_px: int, form: str, workers: int) -> float:
    """Seconds of one run of its command that makes one size of each photo and no thumbnails."""
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "photos"
    source.mkdir(parents=True)
    for number, photo in enumerate(photos):
        (source / f"{number}.jpg").hardlink_to(photo)
    settings = {
        "source": str(source),
        "destination": str(folder / "out"),
        "img_size": (edge_px, edge_px),
        "img_format": form,
        "make_thumbs": False,
        "jpg_options": {"quality": QUALITY, "optimize": True},
        "write_html": False,
        "theme": "galleria",
        "ignore_files": [],
        "copy_exif_data": False,
    }
    (folder / "conf.py").write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), "utf-8")
    words = [str(program), "build", "-q", "-n", str(workers), "-c", str(folder / "conf.py")]
    took = measuring.took_s(lambda: subprocess.run(words, check=True, cwd=folder, stdout=subprocess.DEVNULL))
    made = [path for path in (folder / "out").rglob("*") if path.suffix.lower() in {".jpg", ".webp"}]
    if len(made) < len(photos):
        message = f"sigal made {len(made)} of {len(photos)} pictures"
        raise SystemExit(message)
    return took


def _program(cache: Path) -> Path | None:
    """Sigal's command, in an environment of its own; `None` where it cannot be had."""
    folder = cache / f"environment-{PROGRAM.replace('==', '-')}"
    command = folder / "bin" / "sigal"
    if not command.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", PROGRAM], check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
    return command if command.exists() else None


# --- pages ------------------------------------------------------------------------------------------------------------


def _pages(cache: Path, few: int, many: int) -> Iterator[Row]:
    with TemporaryDirectory(dir=cache, prefix="pages-") as held:
        (again_s, files), _ = measuring.apart(_again_s, Path(held, "few"), few)
        what = f"pages of {few:,} photos after one caption changed, {files} files written"
        yield measuring.at_most(what, f"{again_s:.2f} s", "allowed: 2 s", again_s / 2, 1)
        first_s, peak = measuring.apart(_first_s, Path(held, "many"), many)
        what = f"pages of {many:,} photos, without pictures"
        yield measuring.at_most(what, f"{first_s:.1f} s", "allowed: 60 s", first_s / 60, 1)
        yield measuring.memory("... memory at its peak", peak, MEMORY_MIB)


def _first_s(folder: Path, count: int) -> float:
    return measuring.took_s(_site(folder, entries(count)).finish)


def _again_s(folder: Path, count: int) -> tuple[float, int]:
    """Seconds of the second building, by a process that begins with it, and how many pages it wrote."""
    every = entries(count)
    _site(folder, every).finish()
    before = _stamps(folder)
    one = every[count // 2]
    site = _site(folder, [replace(one, fields={**one.fields, F.TEXT: "Another caption"})])
    took = measuring.took_s(site.finish)
    after = _stamps(folder)
    return took, sum(before.get(path) != stamp for path, stamp in after.items())


def _stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_ino for path in folder.rglob("*.html")}


def _site(folder: Path, posts: Sequence[Entry]) -> Site:
    """A site to which these posts were just added; files stand for their pictures without any in them."""
    for picture in (picture for post in posts for picture in post.pictures):
        path = folder / picture.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    Log(folder).append(posts, "The benchmark")
    return Site("site", Options(folder))


def entries(count: int) -> list[Entry]:
    """Photos with everything that a page can show, each in a few keywords, and albums with all of them."""
    photos = [_photo(number) for number in range(count)]
    albums = [
        Entry(
            f"album-{album}",
            SubjectKind.ALBUM,
            f"a{album}",
            {F.TITLE: f"Album {album}", F.TEXT: "About it", F.MEMBERS: tuple(f"photo-{one}" for one in inside)},
        )
        for album, inside in ((album, range(album, count, ALBUMS)) for album in range(ALBUMS))
    ]
    return [*photos, *albums]


def _photo(number: int) -> Entry:
    pictures = tuple(
        Picture(f"pictures/{number % 256:02x}/{number:022x}-{edge}.{end}", kind, edge, edge * 2 // 3)
        for edge in EDGES
        for kind, end in (("image/webp", "webp"), ("image/jpeg", "jpg"))
    )
    fields = {
        F.TITLE: f"Photo number {number}",
        F.TEXT: "Seven ridges in the first light.\n\nSeen from the old tower.",
        F.ALT: "Ridges of hills, paler towards the horizon",
        F.TAGS: tuple(dict.fromkeys(f"word {number * step % WORDS}" for step in (1, 3, 7, 11, 13, 17))),
        F.TAKEN: (samples.moment(number).isoformat(), "", "+02:00", ""),
        F.PLACE: (68.2 + number % 9, 13.6 + number % 7, "Quay", "Reine", "Nordland", "Norway"),
        F.RIGHTS: (("Ann Painter",), "Ann Painter", "© Ann Painter", "Ask first", ""),
        F.CAMERA: (("Camera", f"Helio Mark {number % 5}"), ("Exposure", "1/60 s"), ("Aperture", "f/8")),
    }
    blur = f"data:image/webp;base64,{'A' * 200}"
    return Entry(f"photo-{number}", SubjectKind.PHOTO, f"{number:032x}", fields, pictures, blur)
