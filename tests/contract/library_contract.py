"""What every library owes the house; its tests subclass `LibraryContract` and say how its shelves are filled."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from heliograph.errors import LibraryUnavailable, Refused
from heliograph.model import F, Facts, Home, Photo, Post, Recipe, SubjectKind, Trace
from heliograph.ports import Found, Library, NotLooked, Outcome, Sighting, Unchanged, Unreadable, Vanished


@dataclass
class Remembered:
    """What a ledger would know after the looks it was told of; implements `ports.Known`."""

    stamps_of: dict[str, str] = field(default_factory=dict)

    def parts(self) -> Sequence[str]:
        return sorted({where.rpartition("/")[0] for where in self.stamps_of})

    def stamps(self, part: str) -> Mapping[str, str]:
        split = ((where.rpartition("/"), stamp) for where, stamp in self.stamps_of.items())
        return {name: stamp for (folder, _, name), stamp in split if folder == part}

    def look(self, library: Library) -> list[Sighting]:
        """One look; what was seen is remembered."""
        sightings = list(library.photos(self))
        for sighting in sightings:
            match sighting:
                case Found(photo, stamp):
                    self.stamps_of[photo.where] = stamp
                case Unreadable(where, _, stamp):
                    self.stamps_of[where] = stamp
                case Vanished(where):
                    del self.stamps_of[where]
        return sightings


def found(sightings: list[Sighting]) -> dict[str, Photo]:
    return {one.photo.where: one.photo for one in sightings if isinstance(one, Found)}


def unreadable(sightings: list[Sighting]) -> dict[str, str]:
    return {one.where: one.reason for one in sightings if isinstance(one, Unreadable)}


def vanished(sightings: list[Sighting]) -> set[str]:
    return {one.where for one in sightings if isinstance(one, Vanished)}


def unchanged(sightings: list[Sighting]) -> int:
    return sum(one.count for one in sightings if isinstance(one, Unchanged))


def not_looked(sightings: list[Sighting]) -> set[str]:
    return {one.part for one in sightings if isinstance(one, NotLooked)}


class Shelf(ABC):
    """A library with handles for the tests to turn."""

    library: Library

    @abstractmethod
    def add(self, part: str, name: str, seed: int) -> str:
        """Puts a picture made from `seed` there; says its `where`."""

    @abstractmethod
    def relabel(self, where: str, title: str) -> None:
        """Gives the picture another title and keeps its pixels."""

    @abstractmethod
    def remove(self, where: str) -> None:
        """Takes the picture away."""

    @abstractmethod
    def closed(self, part: str) -> AbstractContextManager[None]:
        """While it lasts, the part cannot be looked at."""

    def named(self, part: str) -> str:
        """What the library calls the part."""
        return part

    @abstractmethod
    def away(self) -> AbstractContextManager[None]:
        """While it lasts, the library is not there at all."""


class LibraryContract:
    """Subclass it with a `shelf` fixture."""

    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Iterator[Shelf]:
        raise NotImplementedError

    @pytest.fixture
    def known(self) -> Remembered:
        return Remembered()

    @pytest.fixture
    def three(self, shelf: Shelf) -> list[str]:
        return [shelf.add("", "a.jpg", 1), shelf.add("2023", "b.jpg", 2), shelf.add("2023/Lofoten", "c.jpg", 3)]

    def test_every_photo_is_found_with_its_own_digest(self, shelf, known, three):
        photos = found(known.look(shelf.library))
        assert set(photos) == set(three)
        assert len({photo.digest for photo in photos.values()}) == 3
        assert all(len(photo.digest) == 64 and photo.length_bytes > 0 for photo in photos.values())

    def test_a_second_look_reads_nothing_again(self, shelf, known, three):
        known.look(shelf.library)
        again = known.look(shelf.library)
        assert all(isinstance(one, Unchanged) for one in again)
        assert unchanged(again) == 3

    def test_looking_without_memory_finds_the_same_photos(self, shelf, three):
        assert found(Remembered().look(shelf.library)) == found(Remembered().look(shelf.library))

    def test_only_the_changed_photo_is_read_again_and_keeps_its_digest(self, shelf, known, three):
        before = found(known.look(shelf.library))
        shelf.relabel(three[1], "Another title")
        again = known.look(shelf.library)
        assert set(found(again)) == {three[1]}
        assert found(again)[three[1]].digest == before[three[1]].digest
        assert found(again)[three[1]].facts.title == "Another title"
        assert unchanged(again) == 2

    def test_a_removed_photo_vanishes_once(self, shelf, known, three):
        known.look(shelf.library)
        shelf.remove(three[2])
        assert vanished(known.look(shelf.library)) == {three[2]}
        assert vanished(known.look(shelf.library)) == set()

    def test_a_closed_part_is_not_looked_at_and_nothing_in_it_vanishes(self, shelf, known, three):
        known.look(shelf.library)
        shelf.remove(three[2])
        with shelf.closed("2023"):
            while_closed = known.look(shelf.library)
        assert shelf.named("2023") in not_looked(while_closed)
        assert vanished(while_closed) == set()
        assert unchanged(while_closed) == 1
        assert vanished(known.look(shelf.library)) == {three[2]}

    def test_a_library_that_is_not_there_says_so_and_nothing_vanishes(self, shelf, known, three):
        known.look(shelf.library)
        with shelf.away(), pytest.raises(LibraryUnavailable, match=r"\."):
            known.look(shelf.library)
        assert unchanged(known.look(shelf.library)) == 3

    def test_a_look_given_up_half_way_leaves_nothing_behind(self, shelf, known, three):
        looking = shelf.library.photos(known)
        next(looking)
        looking.close()
        assert set(found(known.look(shelf.library))) == set(three)

    def test_open_gives_a_checked_file_that_may_be_sent(self, shelf, known, three):
        photo = found(known.look(shelf.library))[three[0]]
        for _ in range(2):
            rendition = shelf.library.open(photo, Recipe())
            assert rendition.files[0].path.stat().st_size == rendition.files[0].length_bytes

    def test_what_a_photo_looks_like_is_a_hash_that_stays_or_nothing(self, shelf, known, three):
        photo = found(known.look(shelf.library))[three[0]]
        told = shelf.library.likeness(photo)
        assert re.fullmatch("([0-9a-f]{16})?", told)
        assert shelf.library.likeness(photo) == told

    def test_a_photo_has_a_name_and_traces_that_stay_and_only_what_was_asked_for(self, shelf, known, three):
        photo = found(known.look(shelf.library))[three[0]]
        assert shelf.library.traces(photo, [Trace.NAME]) == {Trace.NAME: photo.where.rpartition("/")[2]}
        told = shelf.library.traces(photo, [*Trace])
        assert shelf.library.traces(photo, [*Trace]) == told
        assert shelf.library.traces(photo, []) == {}
        lengths = {Trace.SIX: 64, Trace.SEVEN: 64, Trace.MD5: 32, Trace.SHA1: 40}
        assert all(re.fullmatch(f"[0-9a-f]{{{lengths[kind]}}}", told[kind]) for kind in told.keys() - {Trace.NAME})
        assert told.keys() <= {Trace.NAME, *lengths}

    def test_a_photo_that_vanished_leaves_its_name_alone(self, shelf, known, three):
        photo = found(known.look(shelf.library))[three[0]]
        shelf.remove(three[0])
        assert shelf.library.traces(photo, [*Trace]).keys() == {Trace.NAME}

    def test_a_photo_that_changed_since_it_was_read_is_not_opened(self, shelf, known, three):
        photo = found(known.look(shelf.library))[three[0]]
        shelf.add("", "a.jpg", 9)
        with pytest.raises(Refused, match="changed since it was read"):
            shelf.library.open(photo, Recipe())

    def test_a_photo_that_vanished_is_not_opened(self, shelf, known, three):
        photo = found(known.look(shelf.library))[three[0]]
        shelf.remove(three[0])
        with pytest.raises(Refused, match="no longer there"):
            shelf.library.open(photo, Recipe())

    def test_noting_outcomes_can_be_repeated_and_changes_no_photo(self, shelf, known, three):
        before = known.look(shelf.library)
        outcome = Outcome(three[0], "site", Post("1", SubjectKind.PHOTO, url="https://example.org/1"))
        for _ in range(2):
            shelf.library.note([outcome, Outcome(three[1], "site", None, refusals=("no title",))])
        assert found(Remembered().look(shelf.library)) == found(before)

    def test_a_download_is_kept_beside_what_is_there_and_found(self, shelf, known, three, tmp_path):
        downloads = [tmp_path / name for name in ("one.jpg", "two.jpg")]
        home = Home("flickr", Post("4711", SubjectKind.PHOTO, fields={F.TITLE: "A lake"}), Facts(title="A lake"))
        for seed, file in enumerate(downloads, 20):
            self.draw(file, seed)
        kept = [shelf.library.keep(home, file) for file in (*downloads, downloads[0])]
        assert kept[0] != kept[1]
        assert kept[2] == kept[0], "the same download again is not a second photo"
        photos = found(known.look(shelf.library))
        assert set(photos) == {*three, kept[0], kept[1]}
        assert photos[kept[0]].digest != photos[kept[1]].digest

    def test_a_post_taken_in_again_has_one_place_and_another_post_another(self, shelf, known, tmp_path):
        file = tmp_path / "one.jpg"
        self.draw(file, 20)
        homes = [Home("flickr", Post(post, SubjectKind.PHOTO), Facts(title="../CON")) for post in ("1", "1")]
        kept = {shelf.library.keep(home, file) for home in homes}
        self.draw(file, 21)
        kept.add(shelf.library.keep(replace(homes[0], post=Post("2", SubjectKind.PHOTO)), file))
        assert len(kept) == 2
        assert set(found(known.look(shelf.library))) == kept

    def test_an_edit_is_found_by_the_next_look_and_is_the_only_change_or_is_refused(self, shelf, known, three):
        before = found(known.look(shelf.library))
        photo, edit = before[three[1]], {"title": "Edited there", "keywords": (("brought",), ())}
        if not shelf.library.amends:
            with pytest.raises(Refused, match=re.escape(photo.where)):
                shelf.library.amend(photo, edit)
            assert found(Remembered().look(shelf.library)) == before
            return
        for _ in range(2):
            shelf.library.amend(photo, edit)
        after = found(known.look(shelf.library))
        assert set(after) == {photo.where}
        facts = after[photo.where].facts
        assert (facts.title, facts.keywords) == ("Edited there", (*photo.facts.keywords, "brought"))
        assert after[photo.where].digest == photo.digest
        with pytest.raises(Refused, match="changed since it was read"):
            shelf.library.amend(photo, {"title": "Edited once more"})
        shelf.library.amend(after[photo.where], {"title": "", "keywords": ((), ("brought",))})
        cleared = found(known.look(shelf.library))[photo.where].facts
        assert (cleared.title, cleared.keywords) == ("", photo.facts.keywords)

    def draw(self, file: Path, seed: int) -> None:
        raise NotImplementedError
