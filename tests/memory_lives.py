"""Lives on a platform in memory, through as many processes as it takes."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from fuses import LIBRARY, Fuse, Fused, Killed, fuse_ledger
from heliograph.desk import Desk
from heliograph.policy import PlatformPolicy
from lives import copied
from studio import FakeClock, MemoryLibrary, MemoryPlatform, World, make_desk

PLATFORM = ("survey", "prepare", "add", "find", "update", "delete", "fetch", "finish")


@dataclass(slots=True)
class Life:
    """One library and one platform, through as many processes as it takes."""

    folder: Path
    world: World = field(default_factory=World)
    clock: FakeClock = field(default_factory=FakeClock)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    dials: dict[str, object] = field(default_factory=dict)
    twist: Callable[[Desk], None] = lambda _: None
    policy: PlatformPolicy | None = None

    def platform(self) -> MemoryPlatform:
        return MemoryPlatform(self.world, self.clock, **self.dials)

    def process(self, fuse: Fuse) -> bool:
        """One process: a sync. True when it came to its end."""
        desk = make_desk(self.folder, Fused(self.library, fuse, LIBRARY), self.platform(), policy=self.policy)
        place = desk._places["memory"]
        desk._places["memory"] = type(place)(Fused(place.platform, fuse, PLATFORM), place.policy)
        fuse_ledger(desk.ledger, fuse)
        self.twist(desk)
        with desk:
            try:
                for _ in desk.sync():
                    pass
            except Killed:
                return False
        return True

    def again(self, folder: Path) -> Life:
        """The same past, and a future of its own."""
        shutil.copytree(self.folder, folder)
        pasts = {"world": copied(self.world), "clock": copied(self.clock), "library": copied(self.library)}
        return replace(self, folder=folder, **pasts)

    def until_done(self, fuses: Iterator[Fuse]) -> int:
        """Processes until one ends; how many effects the last fuse saw."""
        for fuse in fuses:
            if self.process(fuse):
                return fuse.count
        raise AssertionError


@pytest.fixture
def new_life(tmp_path: Path, template: Path) -> Callable[..., Life]:
    made = Counter[str]()

    def new(**more: object) -> Life:
        made["lives"] += 1
        folder = tmp_path / str(made["lives"])
        (folder / "state").mkdir(parents=True)
        shutil.copy(template, folder / "state" / "ledger.sqlite")
        return Life(folder, **more)

    return new


def fuses(*ats: int) -> Iterator[Fuse]:
    yield from (Fuse(at) for at in ats)
    while True:
        yield Fuse()


Day = Callable[[Life], None]


def evenings(dawn: Life, days: tuple[Day, Day], day: int, effects: Iterable[int]) -> Iterator[Life]:
    """The end of both days, once for each effect of one of them at which the process is killed.

    The second day begins after one and the same first.
    """
    first_day, second_day = days
    first_day(dawn)
    if day == 1:
        dawn.until_done(fuses())
        second_day(dawn)
    for effect in effects:
        life = dawn.again(dawn.folder.with_name(f"killed at {effect}"))
        life.until_done(fuses(effect))
        if day == 0:
            second_day(life)
            life.until_done(fuses())
        yield life


def duplicates(life: Life) -> int:
    marks = Counter((post.kind, post.mark) for post in life.world.posts.values())
    return sum(count - 1 for count in marks.values())
