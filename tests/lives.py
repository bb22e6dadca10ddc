"""Lives of a photographer, through as many processes as it takes, and what is left of a process when it is killed."""

from __future__ import annotations

import copy
import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import httpx2

from flickr_studio import DrawnLibrary
from fuses import LIBRARY, Fuse, Fused, Killed, fuse_ledger
from heliograph.desk import Desk, Event
from heliograph.ledger import Ledger
from heliograph.model import Claim, Limits, Photo, Post, Recipe, Rendition, Survey

# --- what is left of a process ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """All that outlives a process: the ledger's file, what the service knows, and the time."""

    ledger: bytes
    shelves: dict[str, dict[str, Any]]
    beside: Any
    """What the service knows besides its records."""
    faults: tuple[Any, ...]
    dials: Any
    seconds: float

    def same(self, other: Moment) -> bool:
        """But for the time."""
        return (self.ledger, self.shelves, self.beside, self.faults) == (
            other.ledger,
            other.shelves,
            other.beside,
            other.faults,
        )


@cache
def _containers(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if str(one.type).startswith(("list", "dict", "set")))


def copied(record: Any) -> Any:
    """A record that no change of the other reaches."""
    made = copy.copy(record)
    for name in _containers(type(record)):
        setattr(made, name, copy.copy(getattr(made, name)))
    return made


class Recorder(Fuse):
    """Burns through nowhere, and keeps what would be left if it did, once for each different state."""

    __slots__ = ("connection", "life", "moments", "numbers")

    def __init__(self, life: Living) -> None:
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

    def __init__(self, inner: httpx2.BaseTransport, life: Living) -> None:
        self.inner = inner
        self.life = life

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.life.fuse.touch()
        try:
            answer = self.inner.handle_request(request)
            with closing(answer):
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


# --- processes --------------------------------------------------------------------------------------------------------


Day = Callable[[Any], None]


@dataclass
class Living:
    """Makes a studio one whose processes can be killed, and put back to where any of them was."""

    fuse: Fuse = field(default_factory=Fuse)
    twist: Callable[[Any], Any] = lambda platform: platform
    answered: int = 0
    """Calls of this process so far."""
    meanwhile: Callable[[int], None] = lambda _: None
    """What others do after each of them."""
    days: ClassVar[tuple[Day, ...]] = ()
    small_days: ClassVar[tuple[Day, ...]] = ()
    small_night_s: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.drawn = OnceDrawn(folder=self.folder / "drawn")

    # -- what a service says about itself --

    @property
    def standin(self) -> Any:
        raise NotImplementedError

    @property
    def place(self) -> str:
        """What the platform is called."""
        raise NotImplementedError

    def beside(self) -> Any:
        """What outlives a process besides the records, to be compared and kept."""
        raise NotImplementedError

    def put_back(self, beside: Any) -> None:
        raise NotImplementedError

    def look_on(self) -> None:
        """Who sees what, after each call."""
        raise NotImplementedError

    def expected(self, day: int, *, small: bool) -> Any:
        raise NotImplementedError

    def compare(self, expected: Any) -> None:
        """Everything is there once and as it is wanted, and nobody ever saw more than wished."""
        raise NotImplementedError

    # -- one process --

    @property
    def ledger_file(self) -> Path:
        return self.folder / "state" / "ledger.sqlite"

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with super().desk() as desk:
            fuse_ledger(desk.ledger, self.fuse)
            desk._library = Fused(desk._library, self.fuse, LIBRARY)
            place = desk._places[self.place]
            if place.platform.transport is not None:
                place.platform.transport = Wire(place.platform.transport, self)
            desk._places[self.place] = replace(place, platform=self.twist(place.platform))
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

    # -- there and back --

    def moment(self, connection: sqlite3.Connection | None = None) -> Moment:
        if connection is None:
            with closing(sqlite3.connect(self.ledger_file)) as opened:
                return self.moment(opened)
        shelves = {
            kind: {name: copied(record) for name, record in shelf.items()}
            for kind, shelf in self.standin.world._shelves.items()
        }
        faults = tuple(map(copy.copy, self.standin.faults.script))
        dials = copy.copy(self.standin.world.dials)
        return Moment(connection.serialize(), shelves, self.beside(), faults, dials, self.clock.seconds)

    def back_to(self, moment: Moment) -> None:
        for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
            self.ledger_file.with_name(name).unlink(missing_ok=True)
        self.ledger_file.write_bytes(moment.ledger)
        for kind, shelf in self.standin.world._shelves.items():
            shelf.clear()
            shelf.update({name: copied(record) for name, record in moment.shelves[kind].items()})
        self.put_back(moment.beside)
        self.standin.world.dials = copy.copy(moment.dials)
        self.standin.faults.clear()
        self.standin.faults.add(*map(copy.copy, moment.faults))
        self.standin.calls.clear()
        self.clock.seconds = moment.seconds

    def goes_on(self, moment: Moment) -> None:
        """A new process, right after the kill."""
        self.back_to(moment)
        assert self.process() is not None

    def open_journal(self) -> list[Any]:
        with closing(Ledger(self.ledger_file, self.clock)) as ledger:
            return ledger.journal.unsettled(self.place)

    # -- the days --

    def morning(self, day: int, *, small: bool = False) -> Any:
        """Up to the beginning of a day (0 or 1); what is to be seen at its end."""
        days = self.small_days if small else self.days
        for number in range(day + 1):
            days[number](self)
            if number < day:
                self.process()
                self.evening()
                self.clock.sleep(self.small_night_s if small else 0.0)
        return self.expected(day, small=small)

    def evening(self) -> None:
        self.clock.sleep(3600)

    def check(self, expected: Any) -> None:
        """All is as `compare` says, and nothing is left to do."""
        self.evening()
        for _ in range(3):
            plan = self.plan()
            if not plan.effects:
                break
            self.process()
            self.evening()
        assert plan.actions == (), plan.actions
        assert not self.open_journal()
        self.compare(expected)


def differences(seen: dict[str, dict[str, Any]], wanted: dict[str, dict[str, Any]]) -> list[str]:
    """What is there, and what it should be, field by field."""
    return [
        f"{title}: {name} is {seen.get(title, {}).get(name)}, not {wanted.get(title, {}).get(name)}"
        for title in sorted(seen.keys() | wanted.keys())
        for name in sorted(seen.get(title, {}).keys() | wanted.get(title, {}).keys())
        if seen.get(title, {}).get(name) != wanted.get(title, {}).get(name)
    ]


# --- a precaution left out --------------------------------------------------------------------------------------------


class Twisted:
    """A platform without one of its precautions."""

    def __init__(self, platform: Any) -> None:
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


# --- weather ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weather:
    """How the service is today."""

    dials: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Any, ...] = ()


FAIR, BEHIND = "fair", "listings lag and copies are taken"


def sampled(things: Sequence[Any], count: int, chance: random.Random) -> Iterable[Any]:
    """So many of them, in their order, the same each time."""
    if len(things) <= count:
        return things
    return [things[k] for k in sorted(chance.sample(range(len(things)), count))]
