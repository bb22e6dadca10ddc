"""What could not be looked at is never taken for gone: nothing comes home for it, and no album loses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from heliograph.model import F, SubjectKind, Verb
from heliograph.policy import Direction, PlatformPolicy, Selection
from heliograph.ports import Found, Known, Sighting, Unreadable
from studio import FakeClock, MemoryLibrary, MemoryPlatform, World, make_desk, photo

BOTH = PlatformPolicy("memory", "memory", Direction.BOTH)
COAST = ("Socials|memory", "Socials|memory|albums|Coast")


@dataclass(slots=True)
class Shelf(MemoryLibrary):
    """A library of which some files are there and cannot be read for now."""

    locked: set[str] = field(default_factory=set)

    def photos(self, known: Known) -> Iterator[Sighting]:
        for sighting in MemoryLibrary.photos(self, known):
            if isinstance(sighting, Found) and sighting.photo.where in self.locked:
                yield Unreadable(sighting.photo.where, "may not be read by this user")
            else:
                yield sighting

    def lock(self, where: str) -> None:
        """Its owner, or another program, keeps us from reading it."""
        self.locked.add(where)
        self.put(replace(self.items[where], length_bytes=self.items[where].length_bytes + 1))


@dataclass
class Place:
    folder: Path
    policy: PlatformPolicy = BOTH
    library: Shelf = field(default_factory=Shelf)
    world: World = field(default_factory=World)
    clock: FakeClock = field(default_factory=FakeClock)
    dials: dict[str, object] = field(default_factory=dict)

    def desk(self):
        platform = MemoryPlatform(self.world, self.clock, **self.dials)
        return make_desk(self.folder, self.library, platform, policy=self.policy)

    def plan(self):
        with self.desk() as desk:
            return desk.plan()

    def sync(self):
        with self.desk() as desk:
            events = list(desk.sync())
        self.clock.sleep(3600)
        return events

    def lose_ledger(self):
        for path in (self.folder / "state").glob("ledger*"):
            path.unlink()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def verbs(plan):
    return {action.where: action.verb for action in plan.actions}


def test_nothing_comes_home_that_a_folder_may_hold_which_could_not_be_read(place):
    place.library.put(photo("disk/a.jpg"))
    place.library.put(photo("b.jpg"))
    place.sync()
    place.lose_ledger()
    place.library.hidden["disk"] = "is not mounted"
    plan = place.plan()
    assert verbs(plan) == {"b.jpg": Verb.MATCH, "disk/a.jpg": Verb.WAIT}
    (waits,) = (action for action in plan.actions if action.verb == Verb.WAIT)
    assert "could not be read" in waits.reason
    assert place.world.adds == 2
    place.library.hidden.clear()
    assert verbs(place.plan()) == {"b.jpg": Verb.MATCH, "disk/a.jpg": Verb.MATCH}


def test_a_photo_that_cannot_be_read_for_now_stays_in_its_album(place):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        place.library.put(photo(name, keywords=COAST))
    place.sync()
    assert place.plan().effects == ()
    place.library.lock("b.jpg")
    assert place.plan().effects == ()


def test_an_album_whose_only_photo_cannot_be_read_for_now_stays(place):
    place.policy = PlatformPolicy("memory", "memory")
    place.library.put(photo("a.jpg", keywords=COAST))
    place.library.put(photo("b.jpg"))
    place.sync()
    place.library.lock("a.jpg")
    assert place.plan().effects == ()


def test_a_post_of_several_photos_is_left_while_one_of_them_cannot_be_read(place):
    place.policy = PlatformPolicy("memory", "memory", select=Selection(together=True))
    place.dials = {"gathers": 4}
    for name in ("a.jpg", "b.jpg"):
        place.library.put(photo(name, keywords=COAST))
    place.sync()
    (post,) = place.world.of(SubjectKind.ALBUM)
    assert len(post.fields[F.PICTURE]) == 2
    place.library.lock("b.jpg")
    assert place.plan().effects == ()
    place.library.put(photo("c.jpg", keywords=COAST))
    assert place.plan().effects == (), "nothing is changed before it is known what all of them are"
