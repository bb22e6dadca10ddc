"""Reading large photographs for the first time, against reading and hashing them, and against ImageMagick."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import measuring
import samples
from measuring import Row
from unchanged import desk

LEFT_OUT = "left out: `pip install wand` and the system's library of ImageMagick 6 or 7 are needed"


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """The rate of a first scan with metadata and image-data digest, in files a second and all in the page cache."""
    drawn, times, runs, few = (24, 2, 1, 4) if quick else (160, 16, 3, 16)
    with TemporaryDirectory(dir=cache, prefix="library-") as held, samples.pool_of(processes) as pool:
        library = Path(held)
        photos = samples.linked(samples.large(cache, drawn, processes), times, library)
        megabytes = sum(photo.stat().st_size for photo in photos) / 1e6 / len(photos)
        what = f"first scan of {len(photos):,} photos of {megabytes:.1f} MB, {processes} processes each"
        sha256(pool, photos)  # into the page cache, and the processes are there
        scan = partial(index, cache, library, len(photos))
        ours_s, sha_s = measuring.in_turn_s(runs, scan, partial(sha256, pool, photos))
        ours, peer = _rate(len(photos), ours_s), f"reading and SHA-256: {_rate(len(photos), sha_s)}"
        yield measuring.at_least(what, ours, peer, sha_s / ours_s, 0.5)
        if not _wand():
            yield Row(what, ours, f"ImageMagick signature, {LEFT_OUT}", None)
            return
        signed_s, ours_s = measuring.in_turn_s(1, partial(signatures, pool, photos[:few]), scan)
        ratio = (signed_s / few) / (ours_s / len(photos))
        ours, peer = _rate(len(photos), ours_s), f"Wand's signature, {few} of them: {_rate(few, signed_s)}"
        yield measuring.at_least(what, ours, peer, ratio, 60)


def _rate(count: int, took_s: float) -> str:
    return f"{count / took_s:.3g} files/s"


def index(cache: Path, library: Path, count: int) -> None:
    """A scan into a fresh ledger, the start of its processes included."""
    with TemporaryDirectory(dir=cache, prefix="state-") as state, desk(library, Path(state)) as ours:
        if ours.scan().found != count:
            message = "This is no measurement: not every photo was read."
            raise SystemExit(message)


def sha256(pool: ProcessPoolExecutor, photos: list[Path]) -> None:
    """Every file whole."""
    list(pool.map(_sha256, photos, chunksize=4))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def signatures(pool: ProcessPoolExecutor, photos: list[Path]) -> None:
    """What ImageMagick calls the signature of a picture."""
    list(pool.map(_signature, photos))


def _signature(path: Path) -> str:
    with import_module("wand.image").Image(filename=str(path)) as image:
        return str(image.signature)


def _wand() -> bool:
    """Whether Wand is installed and finds ImageMagick's library."""
    try:
        import_module("wand.image")
    except ImportError:
        return False
    return True
