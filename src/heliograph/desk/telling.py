"""The verbs that only tell: status, where, explain, history. All answer from the ledger, without the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from heliograph import wanted as wanting
from heliograph.desk.elsewhere import Elsewhere, linked_from
from heliograph.desk.making import Place
from heliograph.desk.surveying import unseen_since
from heliograph.errors import Mistake, Refused
from heliograph.ledger import Happened, Ledger
from heliograph.model import F, Output, Photo, Recipe, Record, Subject, SubjectKind
from heliograph.policy import PlatformPolicy
from heliograph.ports import Library
from heliograph.rules import lacking

THUMBNAIL = Output("image/jpeg", 320, 78)
NAMED = 5
"""Files that are named where the words could mean several."""


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """How one platform stands, as far as the ledger knows."""

    name: str
    kind: str
    photos: int
    albums: int
    in_doubt: int
    """Photos and albums whose upload was begun and is not settled."""
    refused: int = 0
    """Photos that are wanted there and may not leave, as the last plan saw them."""
    without_alt_text: int = 0
    """Of these, the ones that are refused for want of alt text."""
    unseen_since: str = ""
    """Since when (UTC, ISO 8601) what was deleted there has not been looked for; empty where the last look did."""


@dataclass(frozen=True, slots=True)
class RefusedPhoto:
    """A photo that is wanted on a platform and may not leave."""

    platform: str
    where: str
    reasons: tuple[str, ...]
    """Each with what to do about it."""


@dataclass(frozen=True, slots=True)
class Status:
    """How everything stands."""

    library: str
    files: int
    unreadable: tuple[tuple[str, str], ...]
    """(place, reason)."""
    unsure: tuple[tuple[str, str], ...]
    """(place, reason) of files that may be a photograph that is known."""
    platforms: tuple[PlatformStatus, ...]
    last_run: Mapping[str, object] | None
    """Command, begin, end and outcome; without an end it was cut off."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """A photo and where it is published."""

    where: str
    photo: str
    role: str
    """`main`, `copy` or `unsure`; empty where it cannot be read."""
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What one platform would get of a photo, and why."""

    platform: str
    verdict: wanting.Verdict
    record: Record | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one file."""

    photo: Photo
    identity: str
    """Which photograph it is, and how that is known."""
    role: str
    platforms: tuple[Explained, ...]


def status(ledger: Ledger, policies: Iterable[PlatformPolicy], library: str) -> Status:
    """How everything stands."""
    runs = ledger.journal.runs(1)
    return Status(
        library,
        ledger.files.count(),
        tuple(ledger.files.unreadable()),
        tuple((where, reason) for where, reason, _ in ledger.files.unsure().values()),
        tuple(_platform(ledger, policy.name, policy.kind) for policy in policies),
        runs[0] if runs else None,
    )


def _platform(ledger: Ledger, name: str, kind: str) -> PlatformStatus:
    counts = ledger.records.count(name)
    doubts = len(ledger.journal.unsettled(name))
    photos, albums = counts.get(SubjectKind.PHOTO, 0), counts.get(SubjectKind.ALBUM, 0)
    refusals = ledger.verdicts.refusals(name)
    mute = sum(count for reasons, count in refusals.items() if lacking("alt_text") in reasons)
    return PlatformStatus(name, kind, photos, albums, doubts, refusals.total(), mute, unseen_since(ledger, name))


def refused(ledger: Ledger, policies: Iterable[PlatformPolicy]) -> tuple[RefusedPhoto, ...]:
    """Every photo that is wanted on a platform and may not leave, as the last plan saw it; by platform and place."""
    return tuple(
        RefusedPhoto(policy.name, where, reasons)
        for policy in policies
        for where, reasons in ledger.verdicts.refused(policy.name)
    )


def unheard(ledger: Ledger) -> tuple[str, ...]:
    """That the library has not heard of everything yet, in a sentence; nothing where it has."""
    count = ledger.outcomes.count()
    waits = f"what became of {count:,} photos could not be written into the library yet"
    return (f"{waits}; the next run begins with that, and nothing is published again for it",) if count else ()


def where(ledger: Ledger, words: str) -> tuple[Sighted, ...]:
    """Every file whose place holds the words, and where its photograph is published.

    Raises:
        Mistake: there is none.
    """
    found = ledger.files.search(words)
    if not found:
        message = f"No file in the library is called {words}. `helio scan` reads what is new; part of a name is enough."
        raise Mistake(message)
    return tuple(
        Sighted(
            place, photo, role, tuple(ledger.records.everywhere(Subject(SubjectKind.PHOTO, photo)) if photo else ())
        )
        for photo, place, role, _ in found
    )


def explain(ledger: Ledger, places: Mapping[str, Place], words: str) -> Explanation:
    """What each platform would get of a photo, and why.

    Raises:
        Mistake: no file, or more than one, is meant by the words, or it cannot be read.
    """
    photo, place, role, reason = _the_one(ledger.files.search(words), words)
    item = ledger.files.photos([place]).get(place)
    if item is None:
        message = f"{place} cannot be published: {reason}"
        raise Mistake(message)
    records = {record.platform: record for record in ledger.records.everywhere(Subject(SubjectKind.PHOTO, photo))}
    explained = []
    for name, here in places.items():
        links = Elsewhere(ledger, linked_from(name, places)).links([photo]).get(photo, ())
        limits = here.platform.limits
        verdict = wanting.linked(wanting.verdict(item, photo, here.policy, limits), links, limits)
        explained.append(Explained(name, verdict, records.get(name) or _gathered(ledger, name, verdict)))
    return Explanation(item, reason, role, tuple(explained))


def _gathered(ledger: Ledger, name: str, verdict: wanting.Verdict) -> Record | None:
    """The album whose post holds the photo."""
    if not verdict.gathered or verdict.wanted is None:
        return None
    picture = verdict.wanted.fields.get(F.PICTURE)
    return next((r for r in ledger.records.albums(name).values() if picture in wanting.pictures(r)), None)


def thumbnail(ledger: Ledger, library: Library, where: str) -> Path:
    """A small JPEG of a photo, made once and then found again.

    Raises:
        Refused: no photo is known by that name, or its picture cannot be had.
    """
    item = ledger.files.photos([where]).get(where)
    if item is None:
        message = f"No photo in the library is called {where}."
        raise Refused(message)
    return library.open(item, Recipe((THUMBNAIL,))).files[0].path


def _the_one(found: list[tuple[str, str, str, str]], words: str) -> tuple[str, str, str, str]:
    named = [row for row in found if words in {row[1], row[1].rpartition("/")[2]}] or found
    if len(named) == 1:
        return named[0]
    if not named:
        message = f"No file in the library is called {words}. `helio scan` reads what is new; part of a name is enough."
        raise Mistake(message)
    listed = ", ".join(row[1] for row in named[:NAMED]) + (" and others" if len(named) > NAMED else "")
    message = f"{words} could be {listed}. Name one of them."
    raise Mistake(message)


def history(ledger: Ledger, words: str, limit: int) -> list[Happened]:
    """What happened, newest first: to the photos that the words name, or to all.

    Raises:
        Mistake: words are given and name no file.
    """
    if not words:
        return ledger.journal.history(limit=limit)
    past = ledger.journal.history(limit=limit, words=words)
    subjects = sorted({photo for photo, *_ in ledger.files.search(words) if photo} | {line.subject.id for line in past})
    if not subjects:
        message = f"Nothing is known of {words}, neither in the library nor in the history."
        raise Mistake(message)
    return ledger.journal.history(subjects, limit)


def stamp(state: Path) -> tuple[int, ...]:
    """Another one when any program wrote something into this state folder."""
    return tuple(_changed_ns(state / name) for name in ("ledger.sqlite", "ledger.sqlite-wal", "plans/last"))


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
