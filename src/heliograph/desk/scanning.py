"""The verb `scan`: the library is read, and every file is told which photograph it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from heliograph.errors import Busy, LibraryUnavailable
from heliograph.identify import Identity, Role, identify
from heliograph.ledger import Ledger
from heliograph.model import Subject, SubjectKind
from heliograph.ports import Found, LeftAlone, Library, NotLooked, Sighting, Unchanged, Unreadable, Vanished

BATCH = 200
"""Sightings that are written down together: few enough to lose little, many enough to be quick."""

NOT_NOW = (Busy, LibraryUnavailable)
"""What keeps a library from being looked at."""


@dataclass(slots=True)
class Scan:
    """What a scan found; counts are files."""

    found: int = 0
    unchanged: int = 0
    vanished: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    """Place -> why; only those that are new or changed since the last scan."""
    not_looked: dict[str, str] = field(default_factory=dict)
    """Part of the library -> why it could not be read."""
    left_alone: dict[str, int] = field(default_factory=dict)
    """What they are -> how many files are there that are no photos."""

    @property
    def passed_over(self) -> Iterator[str]:
        """What is there besides photos, in sentences."""
        for noun, count in sorted(self.left_alone.items()):
            many = f"{count:,} {noun}{'s' if count > 1 else ''}"
            yield f"{many} in the library left alone: photos are published here, {noun}s are not"

    @property
    def looked(self) -> int:
        """Files that were seen."""
        return self.found + self.unchanged + len(self.unreadable)


Progress = Callable[[Scan], None]


def scan(library: Library, ledger: Ledger, progress: Progress = lambda _: None) -> Scan:
    """Reads what changed since the last scan, and identifies it.

    Raises:
        LibraryUnavailable: nothing could be looked at; the ledger is as it was.
    """
    result, touched, gone, batch = Scan(), set[str](), list[str](), list[Found | Unreadable]()
    for sighting in library.photos(ledger.files):
        _count(result, sighting)
        match sighting:
            case Found() | Unreadable():
                batch.append(sighting)
            case Vanished(where):
                gone.append(where)
            case Unchanged() | NotLooked() | LeftAlone():
                pass
        if len(batch) >= BATCH:
            touched |= _remember(ledger, batch)
            progress(result)
    touched |= _remember(ledger, batch)
    progress(result)
    ledger.files.forget(gone)
    _identify(ledger, touched | set(gone))
    ledger.outcomes.read_anew()
    return result


def _count(result: Scan, sighting: Sighting) -> None:
    match sighting:
        case Found():
            result.found += 1
        case Unreadable(where, reason):
            result.unreadable[where] = reason
        case Vanished():
            result.vanished += 1
        case NotLooked(part, reason):
            result.not_looked[part] = reason
        case Unchanged(count):
            result.unchanged += count
        case LeftAlone(count, noun):
            result.left_alone[noun] = result.left_alone.get(noun, 0) + count


def _remember(ledger: Ledger, batch: list[Found | Unreadable]) -> set[str]:
    found = [sighting for sighting in batch if isinstance(sighting, Found)]
    unreadable = [sighting for sighting in batch if isinstance(sighting, Unreadable)]
    ledger.files.remember(found, unreadable)
    batch.clear()
    return {sighting.photo.where for sighting in found} | {sighting.where for sighting in unreadable}


def _identify(ledger: Ledger, touched: set[str]) -> None:
    """Also takes up what a scan that was cut off had left open."""
    touched |= set(ledger.files.loose())
    if not touched:
        return
    seen, known = ledger.files.family(touched | set(ledger.files.left_behind()))
    choices = ledger.journal.choices()
    identities = identify(seen, known, choices)
    harmless = _harmless(ledger, identities)
    if harmless:
        identities = identify(seen, known, {**choices, **harmless})
    ledger.files.assign(identities)


def _harmless(ledger: Ledger, identities: tuple[Identity, ...]) -> Mapping[str, str]:
    """Doubts about photographs that are published nowhere: taking them for the same loses nothing."""
    return {
        identity.question: "same"
        for identity in identities
        if identity.role == Role.UNSURE
        and not ledger.records.everywhere(Subject(SubjectKind.PHOTO, identity.photo))
        and not ledger.journal.in_doubt(identity.photo)
    }


def unread(ledger: Ledger, seen: Scan) -> list[str]:
    """Sentences about what of the library could not be read: parts first, then files."""
    parts = [_part(part, reason) for part, reason in seen.not_looked.items()]
    return [*parts, *(_file(where, reason) for where, reason in ledger.files.unreadable())]


def _part(part: str, reason: str) -> str:
    """The part is not named twice."""
    return reason if part and reason.startswith(part) else f"{part or 'The library'} could not be read: {reason}"


def _file(where: str, sentence: str) -> str:
    """With the file's whole place in front, and its name not said twice."""
    if sentence.startswith(where):
        return sentence
    name = where.rpartition("/")[2]
    return where + sentence.removeprefix(name) if sentence.startswith(f"{name} ") else f"{where}: {sentence}"
