"""Where finished renditions lie: one folder for each photo and recipe, there whole or not at all.

A folder is made under another name and renamed when its manifest is written. Whoever makes one holds the lock of its
two-digit drawer, so a half-made folder found under that lock was left by a run that died, and is removed.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cattrs
from filelock import FileLock

from heliograph.jsonform import noun, plain
from heliograph.metadata.pieces import content, pieces
from heliograph.model import Rendition, RenditionFile
from heliograph.render.clean import ADOBE, ICC, PNG_KEPT

MANIFEST = "rendition.json"
_MAKING = ".making-"
_DECIDING: dict[str, frozenset[str]] = {
    "image/jpeg": frozenset(f"FF{code:02X}" for code in (*range(0xC0, 0xD0), 0xDB, 0xDD)),
    "image/png": PNG_KEPT - {"IDAT", "pHYs"},
    "image/webp": frozenset({"ICCP", "ANIM"}),
}
"""Pieces that decide about colours and shape; the coded picture itself is in the photo's own digest."""
_DECIDING_BY_HEAD = {"APP2": ICC, "APP14": ADOBE}


def file_sha256(path: Path) -> str:
    """64 hex digits over the whole file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def decoding_digest(source: Path, media_type: str) -> str:
    """64 hex digits that change with anything but the coded picture itself that decides how it looks when decoded.

    Those are colour profile, tables and headers. Edited metadata changes nothing in JPEG, PNG and WebP; of other kinds
    the whole file counts.

    Raises:
        OSError: the file cannot be read.
    """
    if media_type not in _DECIDING:
        return file_sha256(source)
    found = hashlib.sha256()
    with source.open("rb") as stream:
        for piece in pieces(stream):
            if piece.name in _DECIDING[media_type] or piece.head.startswith(_DECIDING_BY_HEAD.get(piece.name, ())):
                found.update(b"%s %d " % (piece.name.encode("latin-1"), piece.length_bytes))
                found.update(content(stream, piece))
    return found.hexdigest()


def _intact(file: RenditionFile) -> bool:
    try:
        return file.path.stat().st_size == file.length_bytes and file_sha256(file.path) == file.sha256
    except OSError:
        return False


class Drawer:
    """The shelf's place for one key, 32 hex digits."""

    def __init__(self, cache: Path, key: str) -> None:
        self._drawer = cache / key[:2]
        self._folder = self._drawer / key

    def find(self) -> Rendition | None:
        """The finished rendition, every byte of it compared with its digest, or `None`."""
        try:
            form = json.loads((self._folder / MANIFEST).read_text(encoding="utf-8"))
            rendition = noun(Rendition, form)
        except (OSError, ValueError, cattrs.BaseValidationError):
            return None
        files = tuple(replace(file, path=self._folder / file.path.name) for file in rendition.files)
        return replace(rendition, files=files) if files and all(map(_intact, files)) else None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until nobody else makes anything in this drawer, in this process or another."""
        self._drawer.mkdir(parents=True, exist_ok=True)
        with FileLock(self._drawer / ".lock"):
            yield

    @contextmanager
    def making(self) -> Iterator[Path]:
        """An empty folder to work in, gone afterwards whatever happens. Only under `alone`."""
        for left_over in self._drawer.glob(f"{_MAKING}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        folder = self._drawer / f"{_MAKING}{self._folder.name}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, folder: Path, rendition: Rendition) -> Rendition:
        """The rendition under its lasting name; it replaces whatever broken thing lay there. Only under `alone`."""
        form = plain(
            replace(rendition, files=tuple(replace(file, path=Path(file.path.name)) for file in rendition.files))
        )
        (folder / MANIFEST).write_text(json.dumps(form, sort_keys=True), encoding="utf-8")
        if self._folder.exists():
            shutil.rmtree(self._folder)
        folder.rename(self._folder)
        files = tuple(replace(file, path=self._folder / file.path.name) for file in rendition.files)
        return replace(rendition, files=files)
