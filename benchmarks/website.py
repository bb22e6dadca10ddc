"""Pictures and pages of a website: against sigal and thumbsup making such files, and what building costs by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import harmonic_mean
from tempfile import TemporaryDirectory

import measuring
import samples
from gallery_programs import NO_SIGAL, NO_THUMBSUP, QUALITY, THREE, sigal, sigal_s, thumbsup, thumbsup_s
from heliograph.model import F, Output, Photo, Recipe, SubjectKind
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.posts import Entry, Log, Picture
from heliograph.render import render
from measuring import Row
from rendering import photo_of

EDGES = (2048, 1280, 640, 320)
FORMATS = {"image/webp": "WEBP", "image/jpeg": "JPEG"}
RECIPE = Recipe(tuple(Output(kind, edge, QUALITY) for edge in EDGES for kind in FORMATS))
MEMORY_MIB = 600
ALBUMS, WORDS = 100, 400
TARGET = 2.5
"""Times the rate of sigal or thumbsup, whichever is faster where both make the same."""


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """Both make every size in both formats, with as many workers."""
    count, peers, few, many = (6, 4, 200, 1_000) if quick else (2_000, 40, 2_000, 20_000)
    yield from _pictures(cache, processes, count, peers)
    yield from _pages(cache, few, many)


# --- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(cache: Path, processes: int, count: int, peers: int) -> Iterator[Row]:
    """The other programs read every photo again for each size, so they get a part of the photos, and rates count."""
    drawn = [path for path in samples.large(cache, min(4 * count, 160), processes) if _is_largest(path)]
    with TemporaryDirectory(dir=cache, prefix="website-") as held:
        paths = samples.linked(drawn, -(-count // len(drawn)), Path(held, "photos"))[:count]
        took, peak = measuring.apart(_made_s, paths, Path(held, "shelf"), processes, RECIPE)
        every = f"{count:,} photos of 24 MP in four sizes and two formats, checked, {processes} workers each"
        yield from _beside(every, count * len(RECIPE.outputs) / took, Path(held), cache, paths[:peers], processes)
        yield measuring.memory("... memory at its peak, all sizes", peak, MEMORY_MIB)


def _beside(every: str, ours: float, held: Path, cache: Path, paths: list[Path], processes: int) -> Iterator[Row]:
    by_sigal = _sigal_rates(cache, held, paths, processes)
    by_thumbsup = _thumbsup_rate(cache, held, paths, processes)
    yield _all_sizes(every, ours, by_sigal, len(paths))
    yield _three_sizes(_alone(held, paths, processes, THREE), by_sigal, by_thumbsup, len(paths))
    if by_sigal:
        one, its_own = _alone(held, paths, processes, EDGES[:1]), by_sigal[EDGES[0], "JPEG"]
        what = f"... {len(paths)} of them in one size and format, {EDGES[0]} px JPEG"
        yield Row(what, f"{one:.1f} files/s", f"sigal: {its_own:.1f} files/s", one / its_own)


def _all_sizes(what: str, ours: float, by_sigal: Mapping[tuple[int, str], float], count: int) -> Row:
    """Against sigal alone: thumbsup makes no WebP."""
    if not by_sigal:
        return Row(what, f"{ours:.1f} files/s", NO_SIGAL, None)
    theirs = _together(by_sigal.values())
    said = f"{ours:.1f} files/s", f"sigal, {count} of them: {theirs:.1f} files/s"
    return measuring.at_least(what, *said, ours / theirs, TARGET)


def _three_sizes(ours: float, by_sigal: Mapping[tuple[int, str], float], by_thumbsup: float | None, count: int) -> Row:
    """Against the faster of both, or the one that there is."""
    rates = {"sigal": _together(by_sigal[edge, "JPEG"] for edge in THREE)} if by_sigal else {}
    rates |= {"thumbsup": by_thumbsup} if by_thumbsup else {}
    left_out = [*([] if by_sigal else [NO_SIGAL]), *([] if by_thumbsup else [NO_THUMBSUP])]
    what = f"... {count} of them as thumbsup makes them, JPEG of {THREE[0]}, {THREE[1]} and {THREE[2]} px"
    said = (
        f"{ours:.1f} files/s",
        ", ".join([*(f"{name}: {rate:.1f} files/s" for name, rate in rates.items()), *left_out]),
    )
    if not rates:
        return Row(what, *said, None)
    return measuring.at_least(what, *said, ours / max(rates.values()), TARGET)


def _sigal_rates(cache: Path, held: Path, paths: Sequence[Path], processes: int) -> dict[tuple[int, str], float]:
    """Size and format -> files a second; it makes one in a run, so it runs once for each. Nothing without sigal."""
    program = sigal(cache)
    if program is None:
        return {}
    return {
        (edge, kind): len(paths) / sigal_s(program, paths, held / "sigal", edge, kind, processes)
        for edge in EDGES
        for kind in FORMATS.values()
    }


def _thumbsup_rate(cache: Path, held: Path, paths: Sequence[Path], processes: int) -> float | None:
    """Files a second; `None` without thumbsup."""
    program = thumbsup(cache)
    if program is None:
        return None
    return len(THREE) * len(paths) / thumbsup_s(program, paths, held / "thumbsup", processes)


def _together(rates: Iterable[float]) -> float:
    """Files a second where as many are made at each of these rates."""
    return harmonic_mean(list(rates))


def _alone(held: Path, paths: Sequence[Path], processes: int, edges: Sequence[int]) -> float:
    """Our files a second, JPEG only."""
    recipe = Recipe(tuple(Output("image/jpeg", edge, QUALITY) for edge in edges))
    took, _ = measuring.apart(_made_s, paths, held / "shelf", processes, recipe)
    return len(paths) * len(edges) / float(took)


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


# --- pages ------------------------------------------------------------------------------------------------------------


def _pages(cache: Path, few: int, many: int) -> Iterator[Row]:
    with TemporaryDirectory(dir=cache, prefix="pages-") as held:
        (again_s, files), _ = measuring.apart(_again_s, Path(held, "few"), few)
        what = f"pages of {few:,} photos after one caption changed; written: {files}"
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
