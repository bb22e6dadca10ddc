"""The library is read, and every file is told which photograph it is; also where a scan is cut off or half blind."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from heliograph.desk import scanning
from heliograph.desk.scanning import Scan, scan
from heliograph.errors import LibraryUnavailable
from heliograph.ledger import Ledger, Saying
from heliograph.model import Claim, Photo, Post, Record, Subject, SubjectKind, Taken, Wanted
from heliograph.ports import Found, LeftAlone, NotLooked, Sighting, Unchanged, Unreadable, Vanished
from studio import FakeClock, MemoryLibrary, photo

NOON = Taken("2024-05-03T12:00:00")
LATER = Taken("2024-05-03T13:00:00")


@pytest.fixture
def ledger(tmp_path: Path, template: Path) -> Iterator[Ledger]:
    with closing(Ledger(Path(shutil.copy(template, tmp_path / "ledger.sqlite")), FakeClock())) as opened:
        yield opened


@dataclass
class Script:
    """A library that says what it is told to."""

    sightings: Iterable[Sighting] = field(default_factory=list)

    def photos(self, known: object) -> Iterator[Sighting]:
        yield from self.sightings


def library(*photos: Photo) -> MemoryLibrary:
    made = MemoryLibrary()
    for item in photos:
        made.put(item)
    return made


def publish(ledger: Ledger, item: Photo) -> Subject:
    """The photo, as published."""
    subject = Subject(SubjectKind.PHOTO, item.digest[:32])
    record = Record(subject, "there", "p1", where=item.where)
    saying = Saying("there", subject, item.where, "add", "done", "published")
    ledger.journal.agree(record, Post("p1", SubjectKind.PHOTO), saying)
    return subject


def roles(ledger: Ledger) -> dict[str, tuple[str, str]]:
    return {where: (owner, role) for owner, where, role, _ in ledger.files.search("", limit=1000)}


def test_a_scan_counts_what_it_saw_and_names_what_it_could_not_read(ledger: Ledger) -> None:
    seen = scan(
        Script(
            [
                Found(photo("a.jpg"), "1"),
                Unchanged(7),
                Unchanged(2),
                Vanished("gone.jpg"),
                Unreadable("b.jpg", "b.jpg is cut off", "1"),
                NotLooked("2024", "Permission denied"),
                LeftAlone(1, "video"),
                LeftAlone(2, "video"),
            ]
        ),
        ledger,
    )
    assert seen == Scan(1, 9, 1, {"b.jpg": "b.jpg is cut off"}, {"2024": "Permission denied"}, {"video": 3})
    assert seen.looked == 11
    assert [*seen.passed_over] == ["3 videos in the library left alone: photos are published here, videos are not"]


def test_what_did_not_change_is_not_read_again(ledger: Ledger) -> None:
    photos = library(photo("a.jpg"), photo("2024/b.jpg"))
    assert scan(photos, ledger).found == 2
    again = scan(photos, ledger)
    assert (again.found, again.unchanged) == (0, 2)


def test_many_photos_are_written_down_in_batches_and_progress_is_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "BATCH", 3)
    told: list[int] = []
    scan(library(*(photo(f"{n}.jpg") for n in range(8))), ledger, lambda seen: told.append(seen.found))
    assert told == [3, 6, 8]
    assert {role for _, role in roles(ledger).values()} == {"main"}


def test_a_vanished_file_is_forgotten_and_its_photograph_is_remembered(ledger: Ledger) -> None:
    photos = library(photo("a.jpg"))
    scan(photos, ledger)
    item = photos.items.pop("a.jpg")
    assert scan(photos, ledger).vanished == 1
    assert roles(ledger) == {}
    photos.put(photo("Best/a.jpg", pixels="a.jpg"))
    scan(photos, ledger)
    assert roles(ledger) == {"Best/a.jpg": (item.digest[:32], "main")}
    assert "moved from a.jpg" in ledger.files.search("Best/a.jpg")[0][3]


def test_what_is_in_a_folder_that_could_not_be_read_stays_known(ledger: Ledger) -> None:
    photos = library(photo("2024/a.jpg"), photo("b.jpg"))
    scan(photos, ledger)
    photos.hidden["2024"] = "Permission denied"
    photos.items.clear()
    seen = scan(photos, ledger)
    assert (seen.vanished, seen.not_looked) == (1, {"2024": "Permission denied"})
    assert list(roles(ledger)) == ["2024/a.jpg"]


def test_a_library_that_is_not_there_leaves_everything_as_it_was(ledger: Ledger) -> None:
    scan(library(photo("a.jpg")), ledger)
    before = roles(ledger)

    def away() -> Iterator[Sighting]:
        message = "The library folder cannot be looked at."
        raise LibraryUnavailable(message)
        yield

    with pytest.raises(LibraryUnavailable):
        scan(Script(away()), ledger)
    assert roles(ledger) == before


def test_a_file_that_becomes_unreadable_keeps_its_photograph(ledger: Ledger) -> None:
    item = photo("a.jpg")
    scan(library(item), ledger)
    publish(ledger, item)
    scan(Script([Unreadable("a.jpg", "a.jpg is cut off", "2")]), ledger)
    assert ledger.files.unreadable_photographs() == {item.digest[:32]}
    scan(Script([Found(item, "3")]), ledger)
    assert roles(ledger) == {"a.jpg": (item.digest[:32], "main")}


# --- doubts -----------------------------------------------------------------------------------------------------------


def replaced(ledger: Ledger) -> tuple[Photo, MemoryLibrary]:
    """Another photo under the same name."""
    first = photo("a.jpg", pixels="first", taken=NOON)
    scan(library(first), ledger)
    return first, library(photo("a.jpg", pixels="second", taken=LATER))


def test_a_doubt_about_what_is_published_nowhere_is_not_asked(ledger: Ledger) -> None:
    first, photos = replaced(ledger)
    scan(photos, ledger)
    assert roles(ledger) == {"a.jpg": (first.digest[:32], "main")}


def test_a_doubt_about_what_is_published_is_asked_until_it_is_answered(ledger: Ledger) -> None:
    first, photos = replaced(ledger)
    subject = publish(ledger, first)
    for _ in range(2):
        scan(photos, ledger)
        assert roles(ledger) == {"a.jpg": (subject.id, "unsure")}
    (question,) = (question for _, _, question in ledger.files.unsure().values())
    ledger.journal.answer("there", subject, question, "new")
    scan(photos, ledger)
    assert roles(ledger) == {"a.jpg": (photos.items["a.jpg"].digest[:32], "main")}


def test_a_doubt_about_what_may_have_arrived_somewhere_is_asked(ledger: Ledger) -> None:
    first, photos = replaced(ledger)
    subject = Subject(SubjectKind.PHOTO, first.digest[:32])
    ledger.journal.begin(Claim(subject, "", ""), Wanted(subject, "there", "a.jpg", {}))
    scan(photos, ledger)
    assert roles(ledger) == {"a.jpg": (subject.id, "unsure")}


def test_a_photo_that_vanished_and_one_of_the_same_moment_that_appears_later_are_asked_about(ledger: Ledger) -> None:
    """Moved out one day, edited, moved in the next: as long as it is published, it may be the same."""
    item = photo("a.jpg", pixels="first", taken=NOON)
    scan(library(item), ledger)
    subject = publish(ledger, item)
    scan(library(), ledger)
    scan(library(photo("Best/b.jpg", pixels="second", taken=NOON)), ledger)
    assert roles(ledger) == {"Best/b.jpg": (subject.id, "unsure")}


# --- scans that are cut off -------------------------------------------------------------------------------------------


class CutOffError(Exception):
    """The process is gone."""


def cut_off(ledger: Ledger, photos: MemoryLibrary, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that is killed right before it writes this."""

    def killed(*_: object) -> None:
        raise CutOffError

    with monkeypatch.context() as patch:
        patch.setattr(ledger.files, at, killed)
        with pytest.raises(CutOffError):
            scan(photos, ledger)


@pytest.mark.parametrize("at", ["remember", "forget", "family", "assign"])
def test_a_scan_that_was_cut_off_is_completed_by_the_next(
    ledger: Ledger, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One photo edited, one replaced by another, one moved and edited, one copied, one gone, one new; all published."""
    before = {
        name: photo(f"{name}.jpg", pixels=f"{name} 1", taken=Taken(f"2024-05-0{n}T12:00:00"))
        for n, name in enumerate(("edited", "replaced", "moved", "copied", "gone"), start=1)
    }
    scan(library(*before.values()), ledger)
    for number, item in enumerate(before.values()):
        subject = Subject(SubjectKind.PHOTO, item.digest[:32])
        record = Record(subject, "there", f"p{number}", where=item.where)
        ledger.journal.agree(
            record, Post(f"p{number}", SubjectKind.PHOTO), Saying("there", subject, item.where, "add", "done", "")
        )
    ids = {name: item.digest[:32] for name, item in before.items()}
    after = library(
        photo("edited.jpg", pixels="edited 2", taken=before["edited"].facts.taken),
        photo("replaced.jpg", pixels="replaced 2", taken=LATER),
        photo("Best/moved.jpg", pixels="moved 2", taken=before["moved"].facts.taken),
        before["copied"],
        photo("Best/copied.jpg", pixels="copied 1", taken=before["copied"].facts.taken),
        photo("new.jpg"),
    )
    cut_off(ledger, after, at, monkeypatch)
    scan(after, ledger)
    assert roles(ledger) == {
        "edited.jpg": (ids["edited"], "main"),
        "replaced.jpg": (ids["replaced"], "unsure"),
        "Best/moved.jpg": (ids["moved"], "unsure"),
        "copied.jpg": (ids["copied"], "main"),
        "Best/copied.jpg": (ids["copied"], "copy"),
        "new.jpg": (photo("new.jpg").digest[:32], "main"),
    }


def test_a_library_that_breaks_off_in_the_middle_loses_nothing_that_it_said(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "BATCH", 1)

    def breaks_off() -> Iterator[Sighting]:
        yield Found(photo("a.jpg"), "1")
        message = "The disk went away."
        raise LibraryUnavailable(message)

    with pytest.raises(LibraryUnavailable):
        scan(Script(breaks_off()), ledger)
    scan(Script([Unchanged(1)]), ledger)
    assert roles(ledger) == {"a.jpg": (photo("a.jpg").digest[:32], "main")}
