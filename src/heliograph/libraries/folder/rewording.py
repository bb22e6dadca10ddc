"""Setting facts of a photo in its sidecar; the picture file is never touched."""

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from heliograph import metadata
from heliograph.digest import image_digest
from heliograph.errors import Refused
from heliograph.libraries.folder.names import is_listed, spoken
from heliograph.libraries.folder.placing import half_of, placed, sync_folder, written
from heliograph.model import Facts, Photo, Value

_STATED = {"licence": "rights", "place": "place", "taken": "taken", "keywords": "keywords"}
"""Names of changes that are named differently in `Facts`."""

_States = list[tuple[int, int, int]]


def reword(path: Path, photo: Photo, changes: Mapping[str, Value]) -> None:
    """Sets the facts, as `ports.Library.amend` promises; `path` is the picture.

    Raises:
        Refused: the photo or its sidecar changed since it was read, or cannot be written.
    """
    try:
        _reword(path, photo, changes)
    except OSError as error:
        message = (
            f"{photo.where} was not changed: its sidecar could not be written ({error.strerror or error}). Check "
            "folder and disk, and run again."
        )
        raise Refused(message) from error


def _reword(path: Path, photo: Photo, changes: Mapping[str, Value]) -> None:
    if not path.is_file():
        message = f"{photo.where} is no longer there. Nothing was written; the next run will see what became of it."
        raise Refused(message)
    half = half_of(path.parent, path.name, "sidecar")
    try:
        _made(path, photo, changes, half)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _made(path: Path, photo: Photo, changes: Mapping[str, Value], half: Path) -> None:
    sidecars = _beside(path)
    states = _states(path, sidecars)
    now = _read(path, sidecars)
    wanted = metadata.amended(now, changes)
    _check_same(path, photo, now, wanted, changes)
    if metadata.says(now, wanted):
        return
    sidecar = sidecars[0] if sidecars else path.with_name(f"{path.name}.xmp")
    _check_writable(sidecar, photo)
    written(half, metadata.overlay(sidecar.read_bytes() if sidecars else None, now, wanted))
    if not metadata.says(_read(path, [half, *sidecars[1:]]), wanted):
        message = (
            f"{photo.where} was not changed: its sidecar would not say {' and '.join(sorted(changes))} so that it "
            "reads the same again. Set it by hand, and run again."
        )
        raise Refused(message)
    if _states(path, sidecars) != states or _beside(path) != sidecars:
        raise Refused(_changed(photo))
    _put(half, sidecar, new=not sidecars)
    sync_folder(sidecar.parent)


def _put(half: Path, sidecar: Path, *, new: bool) -> None:
    if new:
        placed(half, sidecar)
        return
    with suppress(OSError):
        shutil.copymode(sidecar, half)
    half.replace(sidecar.resolve())


def _beside(path: Path) -> list[Path]:
    names = frozenset(os.listdir(path.parent))  # noqa: PTH208 - names alone
    return [path.with_name(name) for name in metadata.sidecars_of(path.name, filter(is_listed, names))]


def _states(path: Path, sidecars: Iterable[Path]) -> _States:
    states = [one.stat() for one in (path, *sidecars) if one.exists()]
    return [(state.st_ino, state.st_size, state.st_mtime_ns) for state in states]


def _read(path: Path, sidecars: list[Path]) -> Facts:
    with spoken(path) as picture:
        return metadata.read(picture, sidecars[0] if sidecars else None, sidecars[1:])


def _check_same(path: Path, photo: Photo, now: Facts, wanted: Facts, changes: Mapping[str, Value]) -> None:
    """What was changed here since it was read must not be lost; where it was set to just this, nothing is."""
    if image_digest(path, photo.media_type)[0] != photo.digest:
        raise Refused(_changed(photo))
    for name in changes:
        stated = _STATED.get(name, name)
        said = getattr(now, stated)
        if said not in {getattr(photo.facts, stated), getattr(wanted, stated)}:
            raise Refused(_changed(photo))


def _check_writable(sidecar: Path, photo: Photo) -> None:
    """Replacing a file asks its folder only, and would pass over a file's own protection."""
    if sidecar.exists() and not os.access(sidecar, os.W_OK):
        message = (
            f"{photo.where} was not changed: its sidecar {sidecar.name} is protected from writing. Take the protection "
            "off, and run again."
        )
        raise Refused(message)


def _changed(photo: Photo) -> str:
    return f"{photo.where} changed since it was read. Nothing was written; the next run will see it as it is now."
