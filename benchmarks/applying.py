"""What `apply` costs for each photo beside making its pictures: journal, platform, agreement, history, pages."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import measuring
import samples
from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk
from heliograph.desk.clock import SystemClock
from heliograph.desk.making import Place
from heliograph.execute import End
from heliograph.libraries.folder import Folder, Options
from heliograph.model import Photo, Post, Recipe, Rendition, RenditionFile
from heliograph.platforms import site
from heliograph.policy import OnChanged, PlatformPolicy
from heliograph.ports import Known, Outcome, Platform, Sighting
from heliograph.wanted import with_defaults
from measuring import Row
from shelf import Shelf
from unchanged import PUBLISHED

ALLOWED_MS = 5.0
FILES = (
    ("image/webp", 2048, 260_000),
    ("image/jpeg", 2048, 420_000),
    ("image/webp", 1280, 120_000),
    ("image/webp", 640, 36_000),
    ("image/webp", 320, 10_000),
    ("image/jpeg", 320, 16_000),
)
"""What a website gets of one photo, and about how many bytes of it."""


@dataclass(slots=True)
class Ready:
    """A folder library whose pictures for sending are made beforehand."""

    folder: Folder
    shelf: Path
    name: str = "library"
    changed: OnChanged = OnChanged.AUTOMATIC
    keeps_notes: bool = False

    def photos(self, known: Known) -> Iterator[Sighting]:
        """As the folder has it."""
        return self.folder.photos(known)

    def open(self, photo: Photo, _recipe: Recipe) -> Rendition:
        """Made already."""
        name = photo.where.rpartition("/")[2]
        return Rendition(tuple(self._file(name, number) for number in range(len(FILES))))

    def _file(self, name: str, number: int) -> RenditionFile:
        media_type, edge_px, length_bytes = FILES[number]
        sha256 = hashlib.sha256(f"{name}.{number}".encode()).hexdigest()
        path = self.shelf / f"{name}.{number}"
        return RenditionFile(path, media_type, edge_px, edge_px * 2 // 3, length_bytes, sha256)

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Nothing."""

    def keep(self, post: Post, file: Path) -> str:
        """Nothing comes home here."""
        return self.folder.keep(post, file)


@dataclass(slots=True)
class Watched:
    """Any object; sums up what its methods take."""

    inner: Any
    spent_s: dict[str, float] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        return self._timed(name, found) if callable(found) else found

    def _timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            begun = time.perf_counter()
            try:
                return call(*arguments)
            finally:
                self.spent_s[name] = self.spent_s.get(name, 0.0) + time.perf_counter() - begun

        return timed


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """With the threads of the product, then in one thread to see where it goes."""
    count = 100 if quick else 1000
    library = samples.many(cache, count, 10, processes)
    with TemporaryDirectory(dir=cache, prefix="state-") as held:
        shelf = Path(held, "renditions")
        _make_ready(library, shelf)
        for kind, what in ((_shelf, "a platform in memory"), (_site, "a website on disk")):
            copied_s = 0.0 if kind is _shelf else _copied_s(shelf, Path(held, "copies"))
            took_s, cpu_s, _ = _applied(library, shelf, Path(held, f"{kind.__name__}-threads"), kind, threads=True)
            each_ms, floor_ms = took_s / count * 1000, copied_s / count * 1000
            ours = f"{each_ms:.2f} ms, of which {cpu_s / count * 1000:.2f} ms the processor was at work"
            peer = f"allowed: {ALLOWED_MS:g} ms"
            if copied_s:
                peer += f" more than copying its six files durably and nothing else: {floor_ms:.2f} ms"
            measure = f"apply on {what}, per photo beside rendering ({count:,} photos)"
            yield measuring.at_most(measure, ours, peer, (each_ms - floor_ms) / ALLOWED_MS, 1)
            whole_s, _, spent_s = _applied(library, shelf, Path(held, f"{kind.__name__}-alone"), kind, threads=False)
            parts = {**spent_s, "everything else": whole_s - sum(spent_s.values())}
            told = ", ".join(f"{name} {part_s / count * 1000:.2f}" for name, part_s in parts.items())
            yield Row("... in one thread, where it goes", f"{whole_s / count * 1000:.2f} ms: {told}", "", None)
        yield Row("... one durable write of this disk, for comparison", f"{_fsync_ms(Path(held)):.2f} ms", "", None)


def _copied_s(shelf: Path, copies: Path) -> float:
    """The disk's own share: every file of the shelf copied and flushed, with as many threads as the website takes."""
    copies.mkdir()

    def copy(source: Path) -> None:
        with source.open("rb") as come, (copies / source.name).open("wb") as go:
            shutil.copyfileobj(come, go, 1 << 20)
            go.flush()
            os.fsync(go.fileno())

    with ThreadPoolExecutor(site.LIMITS.workers) as pool:
        return measuring.took_s(lambda: list(pool.map(copy, sorted(shelf.iterdir()))))


def _make_ready(library: Path, shelf: Path) -> None:
    """The site copies bytes and does not look into them, so they may be any."""
    shelf.mkdir()
    noise = random.Random(1).randbytes(max(length for _, _, length in FILES))
    for photo in library.rglob("*.jpg"):
        for number, (_, _, length_bytes) in enumerate(FILES):
            (shelf / f"{photo.name}.{number}").write_bytes(noise[:length_bytes])
    os.sync()


def _shelf(_: Path) -> Platform:
    return Shelf(PUBLISHED)


def _site(state: Path) -> Platform:
    return site.Site(PUBLISHED, site.Options(folder=state / "site"))


def _applied(
    library: Path, shelf: Path, state: Path, kind: Callable[[Path], Platform], *, threads: bool
) -> tuple[float, float, dict[str, float]]:
    """Seconds from the first action to the last event, of the processor, and within the platform's methods."""
    state.mkdir()
    platform = Watched(kind(state))
    policy = with_defaults(PlatformPolicy(PUBLISHED, "any"), platform.captions, platform.picture, platform.limits.needs)
    folder = Folder("library", Options(library), state, SystemClock())
    settings = Settings(state / "heliograph.toml", state, LibrarySettings("library", "folder", {}), ())
    places = {PUBLISHED: Place(platform, policy)}
    with Desk(settings, threads=threads, _library=Ready(folder, shelf), _places=places) as desk:
        plan = desk.plan()
        platform.spent_s.clear()
        begun, worked = time.perf_counter(), time.process_time()
        ends = [event.end for event in desk._carry_out(plan, frozenset())]  # noqa: SLF001 - without planning again
        took_s, cpu_s = time.perf_counter() - begun, time.process_time() - worked
    if set(ends) != {End.DONE}:
        message = "This is no measurement: not every photo was published."
        raise SystemExit(message)
    return took_s, cpu_s, platform.spent_s


def _fsync_ms(folder: Path) -> float:
    def write() -> None:
        with (folder / "durable").open("ab") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

    return measuring.in_turn_s(50, write)[0] * 1000
