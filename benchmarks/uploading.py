"""Uploading to Flickr's stand-in over a real socket, against an uploader that does nothing but send."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

import measuring
import samples
from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk
from heliograph.desk.clock import SystemClock
from heliograph.desk.making import Place
from heliograph.execute import End
from heliograph.libraries.folder import Folder, Options
from heliograph.model import Photo, Post, Recipe, Rendition, RenditionFile
from heliograph.platforms import flickr
from heliograph.platforms.flickr.signin import Account
from heliograph.platforms.flickr.signing import Signer
from heliograph.policy import OnChanged, PlatformPolicy
from heliograph.ports import Known, Means, Outcome, Sighting
from heliograph.wanted import with_defaults
from heliograph.wire import Draft
from measuring import Row
from unchanged import PUBLISHED

WORKERS = 3
RUNS = 3
BOUND = 0.8
ALLOWED_MIB = 200


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """With as many workers on both sides, each time to a stand-in that is new."""
    count, length_bytes = (12, 1_000_000) if quick else (200, 5_000_000)
    library = samples.many(cache, count, 10, processes)
    with TemporaryDirectory(dir=cache, prefix="uploads-") as held:
        shelf = Path(held, "renditions")
        _make_ready(library, shelf, length_bytes)
        times: dict[str, list[float]] = {"ours": [], "bare": []}
        for number in range(1 if quick else RUNS):
            for name, work in (("ours", _ours), ("bare", _bare)):
                with _standin(Path(held, f"{name}-{number}")) as told:
                    times[name].append(work(library, shelf, Path(held, f"state-{name}-{number}"), told))
        ours_s, bare_s = median(times["ours"]), median(times["bare"])
        what = f"{count} uploads of {length_bytes / 1e6:.0f} MB to Flickr's stand-in, {WORKERS} workers each"
        ours, bare = (_rate(count * length_bytes, took_s) for took_s in (ours_s, bare_s))
        yield measuring.at_least(what, ours, f"bare httpx2 uploader: {bare}", bare_s / ours_s, BOUND)
        with _standin(Path(held, "memory")) as told:
            state = Path(held, "state-memory")
            _, peak = measuring.apart(_ours, library, shelf, state, told)
        yield measuring.memory("... memory at its peak", peak, ALLOWED_MIB)


def _rate(length_bytes: int, took_s: float) -> str:
    return f"{length_bytes / took_s / 1e6:.0f} MB/s"


def _make_ready(library: Path, shelf: Path, length_bytes: int) -> None:
    """Each its own bytes behind a real picture, as long as a photograph; the stand-in looks at the beginning."""
    shelf.mkdir()
    chance = random.Random(1)
    for photo in library.rglob("*.jpg"):
        head = photo.read_bytes()
        (shelf / photo.name).write_bytes(head + chance.randbytes(length_bytes - len(head)))


@contextmanager
def _standin(folder: Path) -> Iterator[Mapping[str, str]]:
    """A stand-in in a process of its own, as somebody else's server would be."""
    command = [sys.executable, "-m", "heliograph.standin.flickr", "--state", str(folder), "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


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
        path = self.shelf / photo.where.rpartition("/")[2]
        sha256 = hashlib.sha256(path.name.encode()).hexdigest()
        return Rendition((RenditionFile(path, "image/jpeg", 3, 2, path.stat().st_size, sha256),))

    def note(self, outcomes: list[Outcome]) -> None:
        """Nothing."""

    def keep(self, post: Post, file: Path) -> str:
        """Nothing comes home here."""
        return self.folder.keep(post, file)


def _ours(library: Path, shelf: Path, state: Path, told: Mapping[str, str]) -> float:
    """Seconds from the first action to the last event, the journal and the ledger included."""
    state.mkdir()
    clock = SystemClock()
    account = Account(told["token"], told["token_secret"], told["nsid"], told["username"])
    options = flickr.Options(url=told["url"], workers=WORKERS, calls_per_s=1000)
    means = Means(clock, account, {"key": told["key"], "secret": told["secret"]})
    platform = flickr.Flickr(PUBLISHED, options, means)
    policy = with_defaults(
        PlatformPolicy(PUBLISHED, "flickr"), platform.captions, platform.picture, platform.limits.needs
    )
    settings = Settings(state / "heliograph.toml", state, LibrarySettings("library", "folder", {}), ())
    ready = Ready(Folder("library", Options(library), state, clock), shelf)
    with Desk(settings, _library=ready, _places={PUBLISHED: Place(platform, policy)}) as desk:
        plan = desk.plan()
        begun = time.perf_counter()
        events = list(desk._carry_out(plan, frozenset()))  # noqa: SLF001 - without planning again
        took_s = time.perf_counter() - begun
    undone = [event.sentence for event in events if event.end != End.DONE]
    if undone:
        message = f"This is no measurement: {undone[0]}"
        raise SystemExit(message)
    return took_s


def _bare(_library: Path, shelf: Path, _state: Path, told: Mapping[str, str]) -> float:
    """Seconds for signing and sending alone; nothing is remembered, read back or retried."""
    signer = Signer(told["key"], told["secret"], told["token"], told["token_secret"], clock=SystemClock())
    url = f"{told['url']}/services/upload/"
    with httpx2.Client(timeout=120) as client, ThreadPoolExecutor(WORKERS) as pool:

        def send(path: Path) -> Any:
            headers = signer.sign(Draft("POST", url, (("title", path.stem),)))
            with path.open("rb") as file:
                files = {"photo": ("photo.jpeg", file, "image/jpeg")}
                return client.post(url, data={"title": path.stem}, files=files, headers=headers).raise_for_status()

        return measuring.took_s(lambda: list(pool.map(send, sorted(shelf.iterdir()))))
