"""Libraries and platforms in memory that have their moods, and a studio to work in with them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from heliograph.desk import Desk
from heliograph.desk.making import Place
from heliograph.execute import End, Event
from heliograph.model import F, Home, Plan, Post, SubjectKind, Verb
from heliograph.policy import PlatformPolicy
from heliograph.ports import NOTHING, Outcome
from heliograph.wanted import with_defaults
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import make_desk, photo

COAST = ("Socials|memory", "Socials|memory|albums|Coast")
LATER_S = 3600.0
HERE = PlatformPolicy("memory", "memory")


@dataclass
class MoodyPlatform(MemoryPlatform):
    """Fails at some calls for some photos, albums or posts, and remembers what it was asked to do."""

    troubles: dict[tuple[str, str], Exception] = field(default_factory=dict)
    """(call, place or post id) -> what is raised."""
    called: list[tuple[str, str]] = field(default_factory=list)
    watch: Callable[[], None] = lambda: None
    """Called within every `add`."""
    brief: bool = False
    """Answers with an id and nothing else."""

    def _called(self, call: str, name: str) -> None:
        self.called.append((call, name))
        if (call, name) in self.troubles:
            raise self.troubles[call, name]

    def _answer(self, post: Post) -> Post:
        return replace(post, fields={}) if self.brief else post

    def prepare(self, subject, wanted, rendition):
        self._called("prepare", wanted.where)
        return super().prepare(subject, wanted, rendition)

    def add(self, claim, wanted, rendition):
        self._called("add", wanted.where)
        self.watch()
        return self._answer(super().add(claim, wanted, rendition))

    def find(self, claims):
        self._called("find", "")
        return super().find(claims)

    def update(self, post, wanted, fields, rendition, agreed=NOTHING):
        self._called("update", wanted.where)
        return self._answer(super().update(post, wanted, fields, rendition, agreed))

    def delete(self, post):
        self._called("delete", post.id)
        super().delete(post)

    def finish(self):
        self._called("finish", "")
        super().finish()


@dataclass
class MoodyLibrary(MemoryLibrary):
    """Cannot make some pictures, cannot always write back, and takes downloads in."""

    troubles: dict[tuple[str, str], Exception] = field(default_factory=dict)
    one_place: bool = False
    """Everything that comes home is the same file."""

    def open(self, photo, recipe):
        if ("open", photo.where) in self.troubles:
            raise self.troubles["open", photo.where]
        return super().open(photo, recipe)

    def note(self, outcomes: Sequence[Outcome]) -> None:
        if ("note", "") in self.troubles:
            raise self.troubles["note", ""]
        super().note(outcomes)

    def keep(self, home: Home, file: Path) -> str:
        where = f"Incoming/{'one' if self.one_place else home.post.id}.jpg"
        self.put(photo(where, pixels=where, title=home.facts.title, keywords=()))
        return where


@dataclass
class Studio:
    """One library, one ledger, one platform or more, and a desk."""

    folder: Path
    stack: ExitStack
    clock: FakeClock = field(default_factory=FakeClock)
    library: MoodyLibrary = field(default_factory=MoodyLibrary)
    worlds: dict[str, World] = field(default_factory=lambda: {"memory": World()})
    policy: PlatformPolicy = HERE
    platform: MoodyPlatform | None = None

    @property
    def world(self) -> World:
        return self.worlds["memory"]

    def open(self, *, threads: bool = False, **dials: object) -> Desk:
        """A desk as after a start of the program."""
        self.platform = MoodyPlatform(self.world, self.clock, **dials)
        return self.stack.enter_context(
            make_desk(self.folder, self.library, self.platform, policy=self.policy, threads=threads)
        )

    def also(self, desk: Desk, name: str) -> MoodyPlatform:
        """A second platform, where everything is wished."""
        other = MoodyPlatform(self.worlds.setdefault(name, World()), self.clock, name=name)
        policy = replace(PlatformPolicy(name, "memory"), select=replace(self.policy.select, everything=True))
        desk._places[name] = Place(other, with_defaults(policy, other.captions, other.picture, other.limits.needs))
        return other

    def put(self, *names: str, **more: object) -> None:
        for name in names:
            self.library.put(photo(name, **more))

    def titles(self) -> list[str]:
        return sorted(str(item.fields[F.TITLE]) for item in self.world.of(SubjectKind.PHOTO))

    def wait(self) -> None:
        self.clock.sleep(LATER_S)


@pytest.fixture
def studio(tmp_path: Path, template: Path) -> Iterator[Studio]:
    (tmp_path / "state").mkdir()
    shutil.copy(template, tmp_path / "state" / "ledger.sqlite")
    with ExitStack() as stack:
        yield Studio(tmp_path, stack)


def ends(events: Iterator[Event]) -> dict[str, End]:
    """Each action's end; none has two."""
    found: dict[str, End] = {}
    for event in events:
        assert event.action.where not in found, f"{event.action.where} ended twice"
        found[event.action.where] = event.end
    return found


def applied(desk: Desk) -> dict[str, End]:
    """One plan, carried out once."""
    desk.plan()
    return ends(desk.apply())


def verbs(plan: Plan) -> list[tuple[Verb, str]]:
    return [(action.verb, action.where) for action in plan.actions]


def edited(world: World, post_id: str, **fields: object) -> None:
    """Somebody edits a post on the platform."""
    world.posts[post_id] = replace(world.posts[post_id], fields={**world.posts[post_id].fields, **fields})
