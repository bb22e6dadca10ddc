"""A small library and a platform that behaves like a real one, and everything that can happen to both."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from heliograph.desk import Desk
from heliograph.execute import Event
from heliograph.identify import Role
from heliograph.model import (
    F,
    Photo,
    Plan,
    SubjectKind,
)
from heliograph.policy import Guards, OnEdited, OnMissing, OnRefused, PlatformPolicy, When
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import make_desk, moment, photo

LATER_S = 3600.0
NO_GUARDS = Guards(max_deletes=1000, max_change_share=1.0)
ASKING = PlatformPolicy("memory", "memory", guards=NO_GUARDS)
DECIDED = replace(ASKING, when=When(missing=OnMissing.ADD, edited=OnEdited.OVERWRITE, refused=OnRefused.DELETE))
"""Nothing but the identity of photographs is asked."""

examples = settings(suppress_health_check=list(HealthCheck))


# --- a small world ----------------------------------------------------------------------------------------------------

FOLDERS = ("", "2024/", "Norway/Reine/")
ALBUMS_ONE = "2024/p1.jpg"
"""The photo that is in an album from the beginning."""


@dataclass
class Life:
    """One library, one platform, one ledger; everything that can happen to them."""

    folder: Path
    template: Path
    policy: PlatformPolicy = ASKING
    dials: dict[str, object] = field(default_factory=dict)
    world: World = field(default_factory=World)
    clock: FakeClock = field(default_factory=FakeClock)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    number: int = 0

    def __post_init__(self) -> None:
        (self.folder / "state").mkdir()
        self.lose_ledger()

    @property
    def platform(self) -> MemoryPlatform:
        return MemoryPlatform(self.world, self.clock, **self.dials)

    @contextmanager
    def desk(self, platform: MemoryPlatform | None = None) -> Iterator[Desk]:
        with make_desk(self.folder, self.library, platform or self.platform, policy=self.policy) as desk:
            yield desk

    def lose_ledger(self) -> None:
        shutil.rmtree(self.folder / "state")
        (self.folder / "state").mkdir()
        shutil.copy(self.template, self.folder / "state" / "ledger.sqlite")

    def sync(self) -> list[Event]:
        with self.desk() as desk:
            return list(desk.sync())

    def plan(self) -> Plan:
        with self.desk() as desk:
            return desk.plan()

    def wait(self) -> None:
        self.clock.sleep(LATER_S)

    def settle(self) -> None:
        """As many syncs as it takes, and never more than five."""
        for _ in range(5):
            self.sync()
            self.wait()
            if not self.plan().effects:
                return
        raise AssertionError(self.plan().effects)

    # -- what can happen --

    def new(self) -> None:
        self.number += 1
        where = f"{FOLDERS[self.number % 3]}p{self.number}.jpg"
        self.library.put(
            photo(where, pixels=f"scene {self.number}", taken=moment(where), title=f"Photo  {self.number}")
        )

    def change(self, where: str, **more: object) -> None:
        item = self.library.items[where]
        self.library.put(replace(item, facts=replace(item.facts, **more)))

    def keywords(self, where: str, flip: str) -> None:
        paths = set(self.library.items[where].facts.keyword_paths) ^ {tuple(flip.split("|"))}
        self.change(where, keyword_paths=tuple(sorted(paths)))

    def develop(self, where: str) -> None:
        self.number += 1
        fresh = photo(where, pixels=f"developed {self.number}")
        self.library.put(replace(self.library.items[where], digest=fresh.digest))

    def move(self, where: str) -> None:
        self.number += 1
        item = self.library.items.pop(where)
        self.library.put(replace(item, where=f"{FOLDERS[self.number % 3]}moved {self.number}.jpg"))

    def copy(self, where: str) -> None:
        self.number += 1
        self.library.put(replace(self.library.items[where], where=f"copies/c{self.number}.jpg"))

    def swap(self, one: str, other: str) -> None:
        first, second = self.library.items[one], self.library.items[other]
        self.library.put(replace(second, where=one))
        self.library.put(replace(first, where=other))

    def edit_there(self, id_: str) -> None:
        self.number += 1
        shown = self.world.posts[id_]
        self.world.posts[id_] = replace(shown, fields={**shown.fields, F.TITLE: f"Edited there {self.number}"})

    def remove_there(self, id_: str) -> None:
        del self.world.posts[id_]


EVENTS = (
    "new",
    "title",
    "wish",
    "private",
    "album",
    "develop",
    "move",
    "copy",
    "swap",
    "delete",
    "edit there",
    "remove there",
)


def happen(life: Life, draw: Callable[[st.SearchStrategy], object], events: tuple[str, ...] = EVENTS) -> None:
    """One thing happens, where it can."""
    event = draw(st.sampled_from(events))
    wheres, posts = sorted(life.library.items), sorted(life.world.posts)
    if event in {"edit there", "remove there"}:
        if posts:
            doing = life.edit_there if event == "edit there" else life.remove_there
            doing(draw(st.sampled_from(posts)))
        return
    if event == "new" or not wheres:
        life.new()
        return
    where = draw(st.sampled_from(wheres))
    deeds: dict[str, Callable[[], object]] = {
        "title": lambda: life.change(where, title=f"Title  {life.number}"),
        "wish": lambda: life.keywords(where, "Socials|memory"),
        "private": lambda: life.keywords(where, "Private|House"),
        "album": lambda: life.keywords(where, "Socials|memory|albums|Coast"),
        "develop": lambda: life.develop(where),
        "move": lambda: life.move(where),
        "copy": lambda: life.copy(where),
        "swap": lambda: life.swap(where, draw(st.sampled_from(wheres))),
        "delete": lambda: life.library.items.pop(where),
    }
    deeds[event]()


@pytest.fixture
def new_life(template: Path) -> Iterator[Callable[..., Life]]:
    with tempfile.TemporaryDirectory() as folder:
        made = Counter[str]()

        def new(**more: object) -> Life:
            made["lives"] += 1
            home = Path(folder, str(made["lives"]))
            home.mkdir()
            return Life(home, template, **more)

        yield new


def started(new_life: Callable[..., Life], photos: int, **more: object) -> Life:
    life = new_life(**more)
    for _ in range(photos):
        life.new()
    life.keywords(ALBUMS_ONE, "Socials|memory|albums|Coast")
    return life


def once_each(life: Life) -> None:
    """Every photograph that is wished and let out has one post and every other has none; what is in question waits."""
    with life.desk() as desk:
        groups: dict[str, list[Photo]] = {}
        unsure: set[str] = set()
        for owner, where, role, _ in desk.ledger.files.search("", limit=1000):
            groups.setdefault(owner, []).append(life.library.items[where])
            unsure |= {owner} if role == Role.UNSURE else set()
        remembered = desk.ledger.records.post_ids("memory", groups)
    posts = {owner: id_ for owner, id_ in remembered.items() if id_ in life.world.posts}
    removed = set(remembered) - set(posts) - unsure  # what is removed there and in question waits for its answer
    assert all(any(map(_private, groups[owner])) for owner in removed)
    assert Counter(posts.values()) == Counter(item.id for item in life.world.of(SubjectKind.PHOTO))
    wished = {owner for owner, files in groups.items() if any(_wished(item) for item in files)}
    private = {owner for owner in wished if any(_private(item) for item in groups[owner])}
    assert wished - private - unsure <= set(posts) <= wished | unsure
    for owner in set(posts) - unsure:
        shown = life.world.posts[posts[owner]].fields[F.TITLE]
        assert shown in {" ".join(item.facts.title.split()) for item in groups[owner]}
    albums = life.world.of(SubjectKind.ALBUM)
    assert len(albums) <= 1
    assert all(set(album.fields[F.MEMBERS]) <= set(life.world.posts) for album in albums)


def _wished(item: Photo) -> bool:
    return any(path[:2] == ("Socials", "memory") for path in item.facts.keyword_paths)


def _private(item: Photo) -> bool:
    return ("Private", "House") in item.facts.keyword_paths
