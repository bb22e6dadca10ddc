"""Signatures that FlickrSync computed, kept so that no picture is decoded a second time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from heliograph.desk.recognising import LIBRARY
from heliograph.desk.tracing import trace_name
from heliograph.digest.signature import signature_of_seven, signature_of_six
from heliograph.ledger import Ledger
from heliograph.ledger.files import batches
from heliograph.ledger.foreign import KnownFile
from heliograph.libraries.folder.names import house_name
from heliograph.model import Photo, Trace

SAMPLE = 12
"""Files whose signature is computed anew to see whether the database can be believed."""
_AGREEING = 0.75
"""Of the sample, so many at least: a few may have been changed without a trace."""
_BATCH = 500
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Sampled:
    """What computing a few signatures anew showed."""

    six: int = 0
    seven: int = 0
    differing: int = 0

    @property
    def believed(self) -> bool:
        agreeing = self.six + self.seven
        return agreeing >= _AGREEING * (agreeing + self.differing)

    @property
    def kind(self) -> Trace:
        """By which version of ImageMagick they were made."""
        return Trace.SEVEN if self.seven > self.six else Trace.SIX


def keep_signatures(known: Sequence[KnownFile], folder: Path, ledger: Ledger) -> str:
    """Remembers the signatures of files that are as they were, and says in a sentence what became of them.

    The library in `folder` has been scanned. A file that was written to since it was hashed, or whose picture was
    taken at another time than the database says, is left out: its signature is computed when it is needed.
    """
    believed = [(file, photo) for file, photo in _paired(known, folder, ledger) if _unchanged(file, photo)]
    if not believed:
        return "No file is as FlickrSync's database has it, so signatures are computed when they are needed."
    sample = _sampled(file for file, _ in _spread(believed))
    if not sample.believed:
        return (
            f"Of {sample.six + sample.seven + sample.differing} files that were looked at, {sample.differing} have "
            "another signature than FlickrSync's database says, so none of it is believed: signatures are computed "
            "when they are needed."
        )
    texts = {trace_name(sample.kind, photo): file.signature for file, photo in believed}
    ledger.memory(LIBRARY).write_all(texts)
    left = len(known) - len(believed)
    out = f"; {left:,} files were changed since, or are gone" if left else ""
    return f"{len(believed):,} signatures of FlickrSync's are taken over, so that nothing is decoded again{out}."


def _paired(known: Sequence[KnownFile], folder: Path, ledger: Ledger) -> Iterator[tuple[KnownFile, Photo]]:
    """Each file with its photo, where the library knows it."""
    places = {where: file for file in known if (where := _where(file.path, folder))}
    for group in batches(list(places), _BATCH):
        for where, photo in ledger.files.photos(group).items():
            yield places[where], photo


def _where(path: Path, folder: Path) -> str:
    """What the library calls a file; empty where it is not in its folder."""
    try:
        return house_name(path.relative_to(folder).as_posix())
    except ValueError:
        return ""


def _unchanged(file: KnownFile, photo: Photo) -> bool:
    try:
        written_at = file.path.stat().st_mtime
    except OSError:
        return False
    # FlickrSync wrote whole seconds down.
    return (
        int(written_at) <= file.hashed_at and bool(_SIGNATURE.fullmatch(file.signature)) and _same_moment(file, photo)
    )


def _same_moment(file: KnownFile, photo: Photo) -> bool:
    """Two pictures may have changed their names, which no time of writing tells."""
    taken = photo.facts.taken
    local = re.sub(r"\D", "", taken.local) if taken and not taken.circa else ""
    theirs = re.sub(r"\D", "", file.taken)
    return not (local and theirs.strip("0")) or local[:14] == theirs[: len(local[:14])]


def _spread(believed: Sequence[tuple[KnownFile, Photo]]) -> Iterator[tuple[KnownFile, Photo]]:
    """A few of them, from beginning to end."""
    step = max(1, len(believed) // SAMPLE)
    yield from list(believed)[::step][:SAMPLE]


def _sampled(files: Iterable[KnownFile]) -> _Sampled:
    six = seven = differing = 0
    for file in files:
        if signature_of_six(file.path) == file.signature:
            six += 1
        elif (computed := signature_of_seven(file.path)) == file.signature:
            seven += 1
        elif computed:
            differing += 1
    return _Sampled(six, seven, differing)
