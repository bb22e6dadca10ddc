"""Taking in downloads: under a safe name of their own, whole or not at all, never over anything."""

import filecmp
import os
import shutil
from itertools import count
from pathlib import Path

from heliograph.digest import HEAD_BYTES, SUFFIXES, sniff
from heliograph.errors import Refused
from heliograph.libraries.folder.names import safe_stem
from heliograph.model import F, Post


def take_in(post: Post, file: Path, folder: Path, root: Path) -> Path:
    """Where the file is now: `folder`, below `root`. Taking the same file in again gives the same place.

    Raises:
        Refused: the folder cannot be written, or a link leads it out of the library.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(root.resolve()):
            message = (
                f"{folder} leads out of the library {root}. Nothing was written; point `incoming` to a real folder."
            )
            raise Refused(message)
        return _placed(file, folder, safe_stem(str(post.fields.get(F.TITLE) or ""), post.id), _suffix(file))
    except OSError as error:
        message = f"{file.name} could not be taken into {folder} ({error.strerror}). The library is as it was."
        raise Refused(message) from error


def _suffix(file: Path) -> str:
    """By content, because a download's name promises nothing."""
    with file.open("rb") as opened:
        media_type = sniff(opened.read(HEAD_BYTES), file.name)
    if SUFFIXES.get(file.suffix[1:].lower()) == media_type:
        return file.suffix.lower()
    return next((f".{suffix}" for suffix, kind in SUFFIXES.items() if kind == media_type), file.suffix.lower())


def _placed(file: Path, folder: Path, stem: str, suffix: str) -> Path:
    """The name is reserved by an empty file that cannot be anybody else's, then the whole file takes its place."""
    for number in count(1):
        place = folder / (f"{stem}{suffix}" if number == 1 else f"{stem} ({number}){suffix}")
        try:
            place.open("xb").close()
        except FileExistsError:
            if place.is_file() and filecmp.cmp(file, place, shallow=False):
                return place
            continue
        try:
            _moved(file, place)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        return place
    raise AssertionError  # pragma: no cover - counting does not end


def _moved(file: Path, place: Path) -> None:
    half = place.with_name(f".heliograph-{os.getpid()}-{place.name[-80:]}.part")
    try:
        with file.open("rb") as source, half.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        half.replace(place)
    finally:
        half.unlink(missing_ok=True)
