"""Writing into the site's folder: whole files or none, durable before they count, and failures as sentences."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from heliograph.errors import Busy, Mistake

HIDDEN: Final = ".heliograph"
"""The site's own memory, below its folder; nothing in it is ever linked to."""

_LOCK_WAIT_S = 20.0
_ASKED_AT_ONCE = 8

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PASSING = frozenset({errno.EBUSY, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EIO, errno.ETIMEDOUT})


@contextmanager
def telling(what: str, state: str) -> Iterator[None]:
    """Turns a failure of the disk into a sentence: `what` was being done, and the `state` that things are in now."""
    try:
        yield
    except OSError as error:
        name = f" ({error.filename})" if error.filename else ""
        if error.errno in _FULL:
            sentence = f"{what} failed: the disk is full{name}. {state} Free some space and run again."
            raise Busy(sentence) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            sentence = (
                f"{what} failed: the folder may not be written to{name}. {state} Allow writing to it and run again."
            )
            raise Mistake(sentence) from error
        reason = error.strerror or type(error).__name__
        if error.errno in _PASSING:
            sentence = f"{what} failed: {reason}{name}. {state} Run again later."
            raise Busy(sentence) from error
        sentence = f"{what} failed: {reason}{name}. {state} Check the folder and run again."
        raise Mistake(sentence) from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keeps other processes, and other threads, from writing to the site in `folder` meanwhile.

    Raises:
        Busy: another one does, and did not end soon.
    """
    hidden = folder / HIDDEN
    hidden.mkdir(parents=True, exist_ok=True)
    lock = FileLock(hidden / "lock", timeout=_LOCK_WAIT_S)
    try:
        lock.acquire()
    except Timeout as error:
        sentence = f"Another program is writing to the site {folder}. Nothing was changed; run again later."
        raise Busy(sentence, wait_s=_LOCK_WAIT_S) from error
    try:
        yield
    finally:
        lock.release()


def write_durably(path: Path, content: bytes) -> None:
    """Writes a new or unimportant file at `path` and waits until the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write(path: Path, content: bytes) -> None:
    """Writes a new file at `path`, which the disk has once it was given to `settle`."""
    try:
        path.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def settle(paths: Collection[Path]) -> None:
    """Waits until the disk has these files and their names. Asked for several at once, a disk writes them together."""
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        for _ in pool.map(_settle, paths):
            pass
    for folder in {path.parent for path in paths}:
        sync_folder(folder)


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_durably(path: Path, content: bytes) -> None:
    """Makes `path` hold `content`; at every moment it is whole, its old or its new self."""
    beside = path.with_name(path.name + ".new")
    write_durably(beside, content)
    beside.replace(path)
    sync_folder(path.parent)


def copy_durably(source: Path, target: Path) -> None:
    """Copies a picture so that `target` is whole once it is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".new")
    try:
        with source.open("rb") as come, beside.open("wb") as go:
            shutil.copyfileobj(come, go, 1 << 20)
            go.flush()
            os.fsync(go.fileno())
        beside.replace(target)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Makes renames in `folder` durable, where the system can open folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """Digest of a file's bytes, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def within(folder: Path, path: str) -> Path:
    """`path` below `folder`, as a file that may be written.

    Raises:
        Mistake: it would lie outside, also by way of a symbolic link.
    """
    target = folder / path
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        sentence = f"{target} leads out of the site's folder {folder}. Nothing was written there; remove the link."
        raise Mistake(sentence)
    return target
