"""Reading one file: runs in a worker process, for files are not to be trusted, and imports little, to start soon."""

import contextlib
import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from heliograph import metadata
from heliograph.digest import HEAD_BYTES, SUFFIXES, dimensions, image_digest, sniff
from heliograph.errors import Refused
from heliograph.libraries.folder.names import house_name, spoken
from heliograph.libraries.folder.walk import stamp_of
from heliograph.model import Facts, Photo
from heliograph.ports import Found, Unreadable

_WORKER_MEMORY_BYTES = 6 << 30
_AGAIN = "It is looked at again next time."
_LEFT_OUT = "It is left out until the file changes."


@dataclass(frozen=True, slots=True)
class Job:
    """One picture file to be read."""

    where: str
    path: str
    sidecar: str | None
    """Path of the file that holds more of its words."""
    length_bytes: int = 0
    further: tuple[str, ...] = ()
    """Paths of further sidecars, which the first overrules: they only tell what is private."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is too large to be a photograph."""

    max_px: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one job."""

    sighting: Found | Unreadable
    modified_ns: int = 0
    """When the file or its sidecar was last written, by the file system's clock."""


def make_ready() -> None:
    """Readies a process for reading many files.

    What is imported stays, so it is never searched for garbage. A file that unfolds without end cannot take the
    machine's memory, where the system can do that.
    """
    gc.freeze()
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (_WORKER_MEMORY_BYTES, hard))


def read_all(jobs: Sequence[Job], bounds: Bounds) -> list[Reading]:
    """What came of each job, in order; no file's trouble keeps the others from being read."""
    return [read(job, bounds) for job in jobs]


def read(job: Job, bounds: Bounds) -> Reading:
    """The photo, or in a sentence why there is none."""
    name = _name(job.path)
    try:
        before = _states(job)
        sighting = _look(job, before, bounds)
        if _identities(_states(job)) != _identities(before):
            return _for_now(job, f"{name} changed while it was read")
    except FileNotFoundError as error:
        return _for_now(job, f"{_name(error.filename or name)} vanished while it was read")
    except PermissionError as error:
        return _for_now(job, f"{_name(error.filename or name)} may not be read by this user")
    except (OSError, MemoryError) as error:
        why = (isinstance(error, OSError) and error.strerror) or "not enough memory"
        return _for_now(job, f"{name} could not be read ({why})")
    return Reading(sighting, max(state.st_mtime_ns for state in before))


def _name(path: str) -> str:
    return house_name(os.path.basename(path))  # noqa: PTH119 - names may be any bytes


def _for_now(job: Job, sentence: str) -> Reading:
    return Reading(Unreadable(job.where, f"{sentence}. {_AGAIN}"))


def _states(job: Job) -> list[os.stat_result]:
    return [os.stat(path) for path in (job.path, job.sidecar, *job.further) if path]  # noqa: PTH116 - names may be any bytes


def _identities(states: list[os.stat_result]) -> list[tuple[int, int, int]]:
    return [(state.st_ino, state.st_size, state.st_mtime_ns) for state in states]


def _look(job: Job, states: list[os.stat_result], bounds: Bounds) -> Found | Unreadable:
    """A verdict that lasts as long as the file carries a stamp; one that may pass has none."""
    stamp = "+".join(map(stamp_of, states))
    try:
        return Found(_photo(job, states[0].st_size, bounds), stamp)
    except Refused as refusal:
        passing = isinstance(refusal.__cause__, OSError)
        return Unreadable(job.where, refusal.sentence, "" if passing else stamp)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile file sets off, it stays this file's own
        sentence = f"{_name(job.path)} could not be understood ({type(error).__name__}: {error}). {_LEFT_OUT}"
        return Unreadable(job.where, sentence, stamp)


def _photo(job: Job, length_bytes: int, bounds: Bounds) -> Photo:
    with spoken(Path(job.path)) as path, spoken(Path(job.sidecar or job.path)) as beside:
        media_type = _media_type(path, length_bytes, bounds.max_bytes)
        _check_size(path, media_type, bounds.max_px)
        digest, digest_of = image_digest(path, media_type)
        further = [_readable(Path(other)) for other in job.further]
        facts = metadata.read(path, _readable(beside) if job.sidecar else None, further)
        facts = _with_warning(facts, path, media_type)
        links = metadata.links(beside) if job.sidecar else ()
        return Photo(job.where, digest, digest_of, media_type, length_bytes, facts, links=links)


def _media_type(path: Path, length_bytes: int, max_bytes: int) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        message = f"{path.name} is empty: the file has no content. {_LEFT_OUT}"
        raise Refused(message)
    if length_bytes > max_bytes:
        large = f"{length_bytes:,} bytes, more than the {max_bytes:,} of `max_bytes`"
        message = f"{path.name} is absurdly large: {large}. {_LEFT_OUT}"
        raise Refused(message)
    media_type = sniff(head, path.name)
    if media_type is None:
        message = f"{path.name} is named like a picture, but its content is none that is known here. {_LEFT_OUT}"
        raise Refused(message)
    return media_type


def _check_size(path: Path, media_type: str, max_px: int) -> None:
    width, height = dimensions(path, media_type)
    if width * height > max_px:
        large = f"{width:,} x {height:,} pixels, more than the {max_px:,} of `max_px`"
        message = f"{path.name} is absurdly large: {large}. {_LEFT_OUT}"
        raise Refused(message)


def _readable(sidecar: Path) -> Path:
    """A sidecar may say that the picture is private: what cannot be opened must not be passed over."""
    with sidecar.open("rb") as file:
        file.read(1)
    return sidecar


def _with_warning(facts: Facts, path: Path, media_type: str) -> Facts:
    promised = SUFFIXES.get(path.suffix[1:].lower(), media_type)
    if promised == media_type or {promised, media_type} <= {"image/heic", "image/heif"}:
        return facts
    warning = f"{path.name} is named like {promised}, but its content is {media_type}; the content counts."
    return replace(facts, warnings=(*facts.warnings, warning))
