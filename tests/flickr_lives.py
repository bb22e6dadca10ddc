"""Lives on Flickr, through as many processes as it takes, and what is left of a process when it is killed."""

from __future__ import annotations

import copy
import hashlib
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

import httpx2
import pytest

from flickr_days import FRIENDS, SMALL, WHOLE, Expected, first_day, second_day, small_first_day, small_second_day
from flickr_house import House
from flickr_studio import DrawnLibrary, Studio
from fuses import LIBRARY, Fuse, Fused, Killed, fuse_ledger
from heliograph.desk import Desk, Event
from heliograph.ledger import Ledger
from heliograph.model import Claim, Limits, Photo, Post, Recipe, Rendition, Survey
from heliograph.platforms.flickr import Flickr
from heliograph.standin.flickr.faults import Fault, What

# --- what is left of a process ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """All that outlives a process: the ledger's file, what Flickr knows, and the time."""

    ledger: bytes
    shelves: dict[str, dict[str, Any]]
    past: dict[str, Any]
    faults: tuple[Any, ...]
    dials: Any
    seconds: float

    def same(self, other: Moment) -> bool:
        """But for the time."""
        return (self.ledger, self.shelves, self.past, self.faults) == (
            other.ledger,
            other.shelves,
            other.past,
            other.faults,
        )


class Recorder(Fuse):
    """Burns through nowhere, and keeps what would be left if it did, once for each different state."""

    __slots__ = ("connection", "life", "moments", "numbers")

    def __init__(self, life: Life) -> None:
        super().__init__()
        self.life = life
        self.moments: list[Moment] = []
        self.numbers: list[int] = []
        """Effect -> the number of the moment that it would leave."""
        self.connection = sqlite3.connect(life.ledger_file)

    def touch(self) -> None:
        super().touch()
        moment = self.life.moment(self.connection)
        if not self.moments or not moment.same(self.moments[-1]):
            self.moments.append(moment)
        self.numbers.append(len(self.moments) - 1)


class Wire(httpx2.BaseTransport):
    """Every call of the service is an effect: before it is sent, and after it was answered and nobody heard."""

    def __init__(self, inner: httpx2.BaseTransport, life: Life) -> None:
        self.inner = inner
        self.life = life

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.life.fuse.touch()
        try:
            answer = self.inner.handle_request(request)
            body = Whole(b"".join(answer.stream))
        except ConnectionResetError as error:
            # What a connection that is closed looks like to whoever reads from a socket.
            message = "the server closed the connection"
            raise httpx2.RemoteProtocolError(message, request=request) from error
        finally:
            self.life.fuse.touch()
            self.life.look_on()
        self.life.answered += 1
        self.life.meanwhile(self.life.answered)
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=body)

    def close(self) -> None:
        self.inner.close()


class Whole(httpx2.SyncByteStream):
    """A body that arrived."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self.body


@dataclass(slots=True)
class OnceDrawn(DrawnLibrary):
    """Draws each picture once, however often it is sent."""

    drawings: dict[tuple[str, Recipe], Rendition] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    """Digest of a file that was made -> of the pixels it was made from."""
    opened: list[str] = field(default_factory=list)
    """Of which photos a picture was asked for."""
    lock: Any = field(default_factory=Lock)

    def open(self, photo: Photo, recipe: Recipe) -> Rendition:
        self.opened.append(photo.where)
        with self.lock:
            return self._drawn(photo, recipe)

    def _drawn(self, photo: Photo, recipe: Recipe) -> Rendition:
        known = self.drawings.get((photo.digest, recipe))
        if known is None:
            known = DrawnLibrary.open(self, photo, recipe)
            (file,) = known.files
            name = f"{photo.digest[:16]}-{len(self.drawings)}.jpg"
            known = replace(known, files=(replace(file, path=file.path.rename(file.path.with_name(name))),))
            self.drawings[photo.digest, recipe] = known
            self.made[hashlib.sha256(known.files[0].path.read_bytes()).hexdigest()] = photo.digest
        return known


@dataclass
class Life(Studio):
    """A studio whose processes can be killed, and put back to where any of them was."""

    fuse: Fuse = field(default_factory=Fuse)
    widest: set[tuple[int, int, int]] = field(default_factory=set)
    """Who could ever see a photo."""
    twist: Callable[[Flickr], Any] = lambda platform: platform
    answered: int = 0
    """Calls of this process so far."""
    meanwhile: Callable[[int], None] = lambda _: None
    """What others do after each of them."""

    def __post_init__(self) -> None:
        Studio.__post_init__(self)
        self.drawn = OnceDrawn(folder=self.folder / "drawn")

    @property
    def ledger_file(self) -> Path:
        return self.folder / "state" / "ledger.sqlite"

    # -- one process --

    def platform(self, desk: Desk | None = None) -> Flickr:
        made = Studio.platform(self, desk)
        made.transport = None if self.house.socket else Wire(made.transport, self)
        self.house.made.clear()
        return made

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with Studio.desk(self) as desk:
            fuse_ledger(desk.ledger, self.fuse)
            desk._library = Fused(desk._library, self.fuse, LIBRARY)
            place = desk._places["flickr"]
            desk._places["flickr"] = replace(place, platform=self.twist(place.platform))
            yield desk

    def process(self, fuse: Fuse | None = None) -> list[Event] | None:
        """A sync; `None` where it was killed."""
        self.fuse, self.answered = fuse or Fuse(), 0
        self.drawn.opened.clear()
        try:
            with self.desk() as desk:
                return list(desk.sync())
        except Killed:
            return None
        finally:
            self.fuse = Fuse()

    def recorded(self) -> list[Moment]:
        """A sync to its end; what would have been left at each of its effects."""
        return self.recorder().moments

    def recorder(self) -> Recorder:
        recorder = Recorder(self)
        with closing(recorder.connection):
            self.process(recorder)
        return recorder

    def look_on(self) -> None:
        self.widest |= {(one.is_public, one.is_friend, one.is_family) for one in self.world.photos.values()}

    # -- there and back --

    def moment(self, connection: sqlite3.Connection | None = None) -> Moment:
        if connection is None:
            with closing(sqlite3.connect(self.ledger_file)) as opened:
                return self.moment(opened)
        shelves = {
            kind: {name: copy.copy(record) for name, record in shelf.items()}
            for kind, shelf in self.world._shelves.items()
        }
        faults = tuple(map(copy.copy, self.house.standin.faults.script))
        past = dict(self.world.sightings._past)
        return Moment(connection.serialize(), shelves, past, faults, copy.copy(self.world.dials), self.clock.seconds)

    def back_to(self, moment: Moment) -> None:
        for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
            self.ledger_file.with_name(name).unlink(missing_ok=True)
        self.ledger_file.write_bytes(moment.ledger)
        for kind, shelf in self.world._shelves.items():
            shelf.clear()
            shelf.update({name: copy.copy(record) for name, record in moment.shelves[kind].items()})
        self.world.sightings._past = dict(moment.past)
        self.world.dials = copy.copy(moment.dials)
        self.house.standin.faults.clear()
        self.house.standin.faults.add(*map(copy.copy, moment.faults))
        self.house.standin.calls.clear()
        self.clock.seconds = moment.seconds

    def open_journal(self) -> list[Any]:
        with closing(Ledger(self.ledger_file, self.clock)) as ledger:
            return ledger.journal.unsettled("flickr")

    # -- the days --

    def morning(self, day: int, *, small: bool = False) -> Expected:
        """Up to the beginning of a day (0 or 1); what is to be seen at its end."""
        days = (small_first_day, small_second_day) if small else (first_day, second_day)
        for number in range(day + 1):
            days[number](self)
            if number < day:
                self.process()
                self.evening()
        return (SMALL if small else WHOLE)[day]

    def evening(self) -> None:
        self.clock.sleep(3600)

    # -- what is to be seen there --

    def seen(self) -> dict[str, dict[str, Any]]:
        """Every photo of the account by its title."""
        found: dict[str, dict[str, Any]] = {}
        for one in self.shown_all():
            assert one.title not in found, f"{one.title} is there twice"
            found[one.title] = {
                "text": one.description,
                "tags": {tag.raw for tag in one.tags if not tag.clean.startswith("heliograph:")},
                "taken": (one.taken, one.granularity),
                "place": one.place and (round(one.place.latitude, 4), round(one.place.longitude, 4)),
                "licence": one.license,
                "audience": (one.is_public, one.is_friend, one.is_family),
                "groups": {group.name for group in self.world.groups.values() if one.id in in_group(group)},
                "picture": self.drawn.made[one.original.sha256],
            }
        return found

    def albums(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Title, titles of the photos in order, and of the cover."""
        titles = {one.id: one.title for one in self.world.photos.values()}
        return sorted(
            (album.title, tuple(titles[id_] for id_ in album.photos), titles[album.primary])
            for album in self.world.albums.values()
        )

    def twice(self) -> int:
        """How many photos and albums are there more often than once."""
        marks = Counter(tag.clean[:49] for one in self.shown_all() for tag in one.tags if "heliograph" in tag.clean)
        albums = Counter(album.title for album in self.world.albums.values())
        return sum(count - 1 for count in (*marks.values(), *albums.values()))

    def check(self, expected: Expected) -> None:
        """Everything is there once as it is wanted, nothing is left to do, and nobody ever saw more than wished."""
        self.evening()
        for _ in range(3):
            plan = self.plan()
            if not plan.effects:
                break
            self.process()
            self.evening()
        assert plan.actions == (), plan.actions
        assert not self.open_journal()
        assert not (wrong := differences(self.seen(), expected.photos(self))), wrong
        assert self.albums() == expected.albums, self.albums()
        assert self.widest <= {FRIENDS}


class Twisted:
    """A Flickr without one of its precautions."""

    def __init__(self, platform: Flickr) -> None:
        self.__dict__["_platform"] = platform

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)


class Hasty(Twisted):
    """Says that its listings never lag."""

    @property
    def limits(self) -> Limits:
        return replace(self._platform.limits, settle_s=0.0)


class Blind(Twisted):
    """Recognises nothing that it finds."""

    def find(self, _: Sequence[Claim]) -> dict[Claim, tuple[Post, ...]]:
        return {}

    def survey(self, since: str | None) -> Survey:
        survey = self._platform.survey(since)
        return replace(survey, posts=tuple(replace(post, mark="", fields={}) for post in survey.posts))


def differences(seen: dict[str, dict[str, Any]], wanted: dict[str, dict[str, Any]]) -> list[str]:
    """What is there, and what it should be, field by field."""
    return [
        f"{title}: {name} is {seen.get(title, {}).get(name)}, not {wanted.get(title, {}).get(name)}"
        for title in sorted(seen.keys() | wanted.keys())
        for name in sorted(seen.get(title, {}).keys() | wanted.get(title, {}).keys())
        if seen.get(title, {}).get(name) != wanted.get(title, {}).get(name)
    ]


def in_group(group: Any) -> set[str]:
    """Photos in its pool and before its door."""
    return {entry[0] for entry in (*group.pool, *group.pending)}


# --- weather ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weather:
    """How Flickr is today."""

    dials: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


LAGGING = {"listing_lag_s": 120.0, "search_lag_s": 3600.0, "dedup": False}
"""Nothing but the listing tells what arrived, and that late."""
FAIR, BEHIND, TICKETS, DEAF = "fair", "listings lag and copies are taken", "tickets", "answers are lost"
WEATHER = {
    FAIR: Weather(),
    BEHIND: Weather(LAGGING),
    TICKETS: Weather({**LAGGING, "listing_lag_s": 60.0}, {"tickets": True, "dedup_check": False}),
    DEAF: Weather(
        LAGGING,
        {"dedup_check": False},
        (
            Fault(What.CLOSED_UNANSWERED, route="upload", after=1, times=2),
            Fault(What.CLOSED_HALFWAY, method="flickr.photosets.create"),
            Fault(What.HTTP_504, route="replace", late=True),
        ),
    ),
}


# --- lives ------------------------------------------------------------------------------------------------------------


Born = Callable[..., Life]


@pytest.fixture
def born(tmp_path: Path, template: Path) -> Iterator[Born]:
    """A life in some weather, on a stand-in of its own."""
    with ExitStack() as stack:

        def begin(weather: str = FAIR, *, socket: bool = False, **more: Any) -> Life:
            here = WEATHER[weather]
            folder = tmp_path / "life"
            folder.mkdir()
            house = stack.enter_context(House.opened(folder / "flickr", socket=socket))
            house.standin.world.turn(here.dials)
            house.standin.faults.add(*map(copy.copy, here.faults))
            life = Life(folder, template, house, **more)
            life.options = {**life.options, **here.options}
            return life

        yield begin


def sampled(things: Sequence[Any], count: int, chance: random.Random) -> Iterable[Any]:
    """So many of them, in their order, the same each time."""
    if len(things) <= count:
        return things
    return [things[k] for k in sorted(chance.sample(range(len(things)), count))]
