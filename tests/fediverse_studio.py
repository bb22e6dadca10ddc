"""A desk over a library of drawn photos and servers of the fediverse, in this process; each desk is a new start."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fediverse_house import EVERY, USUAL
from flickr_studio import DrawnLibrary
from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk, Event
from heliograph.desk.making import Place
from heliograph.libraries.folder import Folder
from heliograph.libraries.folder import Options as FolderOptions
from heliograph.model import Action, Limits, Photo, Plan
from heliograph.platforms.fediverse import Fediverse, Options
from heliograph.platforms.fediverse.account import Account
from heliograph.policy import Guards, PlatformPolicy, Selection
from heliograph.ports import Library, Means
from heliograph.standin.fediverse import StandIn, serve
from heliograph.standin.fediverse import opened as opened_standin
from heliograph.standin.fediverse.records import Status
from heliograph.wanted import with_defaults
from memory import FakeClock
from studio import photo

A_DAY_S = 25 * 3600.0
LATER_S = 3600.0
LISTING, WHO = "GET /api/v1/accounts/:id/statuses", "GET /api/v1/accounts/verify_credentials"
POST, PUT, DELETE = "POST /api/v1/statuses", "PUT /api/v1/statuses/:id", "DELETE /api/v1/statuses/:id"
UPLOAD, DESCRIBE = "POST /api/v?/media", "PUT /api/v1/media/:id"


def policy(name: str, kind: str) -> PlatformPolicy:
    """Every photo is wanted, and no guard is in the way of a test."""
    guards = Guards(max_deletes=1000, max_change_share=1.0)
    return PlatformPolicy(name, kind, select=Selection(everything=True), guards=guards)


@dataclass
class Server:
    """One server, and how its owner set the platform up."""

    standin: StandIn
    kind: str
    policy: PlatformPolicy
    options: dict[str, Any] = field(default_factory=dict)
    counted: bool = True
    """Calls are taken from the budgets of the ledger."""
    down: bool = False
    before: Callable[[httpx2.Request], None] = lambda _: None
    """What happens while a call is on its way."""
    after: Callable[[httpx2.Request], None] = lambda _: None
    """What happens while its answer is on its way."""
    twist: Callable[[httpx2.Request, Any], Any] | None = None
    """What a liar makes of the JSON that it would answer."""
    socket: bool = False
    """It is called over a real connection."""
    heard_bytes: int = 0
    """Of the longest answer, as far as it was read."""
    sent: list[httpx2.Request] = field(default_factory=list)
    """Everything that went over the line, wherever to."""

    @property
    def posts(self) -> Sequence[Status]:
        """The newest first, without answers of others."""
        return [post for post in self.standin.world.posts if post.account == self.standin.id]

    @property
    def texts(self) -> list[str]:
        """First words of the posts, sorted."""
        return sorted(post.text.split("\n")[0].split(" (")[0] for post in self.posts)

    def alts(self, post: Status) -> list[str]:
        return [media.alt for media in self.standin.world.pictures_of(post)]

    def platform(self, desk: Desk, name: str) -> Fediverse:
        """A client as after a restart."""
        standin = self.standin
        account = Account(standin.who, "add, change and delete posts", standin.token, standin.id, standin.url)
        means = Means(
            desk.clock, account, budget=desk._counted if self.counted else None, memory=desk._remembered(name)
        )
        options = Options(url=standin.url, **self.options)
        transport = None if self.socket else Line(self)
        return Fediverse(name, options, means, usual=USUAL.get(self.kind, "fediverse"), transport=transport)


class Line(httpx2.BaseTransport):
    """The connection to one server, which fails as sockets do."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.inner = httpx2.WSGITransport(app=server.standin.app)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.server.sent.append(request)
        if self.server.down or not self.server.standin.url.endswith(request.url.host):
            message = "the connection was refused"
            raise httpx2.ConnectError(message, request=request)
        self.server.before(request)
        with translated(request):
            answer = self.inner.handle_request(request)
        self.server.after(request)
        stream: httpx2.SyncByteStream = Heard(answer.stream, request, self.server)
        if self.server.twist is not None and "json" in answer.headers.get("content-type", ""):
            told = self.server.twist(request, json.loads(b"".join(stream)))
            stream = httpx2.ByteStream(told if isinstance(told, bytes) else json.dumps(told).encode())
        dropped = {"content-length"} if self.server.twist is None else {"content-length", "link"}
        headers = [pair for pair in answer.headers.multi_items() if pair[0].lower() not in dropped]
        return httpx2.Response(answer.status_code, headers=headers, stream=stream)


class Heard(httpx2.SyncByteStream):
    """A body on its way."""

    def __init__(self, inner: Any, request: httpx2.Request, server: Server) -> None:
        self.inner, self.request, self.server = inner, request, server

    def __iter__(self) -> Iterator[bytes]:
        length_bytes = 0
        with translated(self.request):
            for piece in self.inner:
                length_bytes += len(piece)
                self.server.heard_bytes = max(self.server.heard_bytes, length_bytes)
                yield piece

    def close(self) -> None:
        self.inner.close()


@contextmanager
def translated(request: httpx2.Request) -> Iterator[None]:
    """A connection that is closed looks as it does to whoever reads from a socket."""
    try:
        yield
    except ConnectionResetError as error:
        message = "the server closed the connection"
        raise httpx2.RemoteProtocolError(message, request=request) from error


@dataclass
class Studio:
    """One library, one ledger, and the servers by the names of their platforms."""

    folder: Path
    template: Path
    clock: FakeClock
    servers: dict[str, Server]
    own: Library | None = None
    """Instead of the drawn library."""
    drawn: DrawnLibrary = field(init=False)

    def __post_init__(self) -> None:
        self.drawn = DrawnLibrary(folder=self.folder / "drawn")
        self.drawn.folder.mkdir()
        self.lose_ledger()

    @property
    def server(self) -> Server:
        """The only one."""
        (server,) = self.servers.values()
        return server

    @property
    def name(self) -> str:
        (name,) = self.servers
        return name

    # -- the library --

    def put(self, name: str, **facts: Any) -> Photo:
        """A photo with an alt text of its own, unless it is given another."""
        title = facts.pop("title", name.partition(".")[0])
        told = {"alt_text": f"What {title} shows", "keywords": (), **facts}
        item = photo(name, title=title, **told)
        self.drawn.put(item)
        return item

    def change(self, name: str, **facts: Any) -> None:
        item = self.drawn.items[name]
        self.drawn.put(replace(item, facts=replace(item.facts, **facts)))

    # -- the desk --

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        settings = Settings(
            self.folder / "heliograph.toml", self.folder / "state", LibrarySettings("m", "memory", {}), ()
        )
        with Desk(settings, clock=self.clock, threads=False) as desk:
            desk._library = self.own or self.drawn
            desk._places = {}
            for name, server in self.servers.items():
                platform = server.platform(desk, name)
                filled = with_defaults(server.policy, platform.captions, platform.picture, platform.limits.needs)
                desk._places[name] = Place(platform, filled)
            yield desk

    def sync(self, later_s: float = LATER_S) -> list[Event]:
        """One run, and some time after it."""
        with self.desk() as desk:
            events = list(desk.sync())
        self.clock.sleep(later_s)
        return events

    def plan(self) -> Plan:
        with self.desk() as desk:
            return desk.plan()

    def folder_library(self, renditions: Path | None = None) -> Path:
        """A real folder in place of the drawn photos."""
        folder = self.folder / "library"
        folder.mkdir(exist_ok=True)
        kept = renditions or self.folder / "state" / "renditions"
        self.own = Folder("photos", FolderOptions(folder, workers=1), kept, self.clock)
        return folder

    def set(self, **policies: Any) -> None:
        """Settings that count for every server."""
        for server in self.servers.values():
            server.policy = replace(server.policy, **policies)

    def lose_ledger(self) -> None:
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        (self.folder / "state").mkdir()
        shutil.copy(self.template, self.folder / "state" / "ledger.sqlite")

    def limits(self) -> Limits:
        """Of the only server, as its platform knows them now."""
        with self.desk() as desk:
            return desk.places[self.name].platform.limits

    # -- what happened --

    def counts(self) -> dict[str, int]:
        """Calls since they were last asked for, of the only server."""
        counts = dict(self.server.standin.calls.counts)
        self.server.standin.calls.clear()
        return counts


def is_write(call: str) -> bool:
    return not call.startswith("GET ")


def only(plan: Plan) -> Action:
    (action,) = plan.actions
    return action


def verbs(plan: Plan) -> dict[str, str]:
    return {action.where: str(action.verb) for action in plan.actions}


def in_sentences(events: Sequence[Event], *secrets: str) -> None:
    """What is told of every action is fit for people."""
    for event in events:
        assert event.sentence
        assert "\n" not in event.sentence
        assert event.action.where in event.sentence
        assert "unexpected" not in event.sentence, event.sentence
        assert "Traceback" not in event.sentence
        assert not any(secret in event.sentence for secret in secrets)


@contextmanager
def opened(folder: Path, template: Path, *profiles: str, socket: bool = False) -> Iterator[Studio]:
    """A studio with a server of each profile, in this process or behind a real connection."""
    folder.mkdir(exist_ok=True)
    clock = FakeClock()
    with ExitStack() as stack:
        servers = {}
        for profile in profiles:
            start = serve if socket else opened_standin
            running = stack.enter_context(start(folder / profile, profile, now=lambda: clock.now().timestamp()))
            kind = USUAL.get(profile.partition("-")[0], "fediverse")
            servers[profile] = Server(running, kind, policy(profile, kind), socket=socket)
        yield Studio(folder, template, clock, servers)


@pytest.fixture(params=EVERY)
def studio(request: pytest.FixtureRequest, tmp_path: Path, template: Path) -> Iterator[Studio]:
    """One server, in each dialect."""
    with opened(tmp_path / "studio", template, request.param) as studio:
        yield studio


@pytest.fixture
def published(studio: Studio) -> Studio:
    """One photo is there already, and no call is counted yet."""
    studio.put("a.jpg", title="Boats", caption="Low tide")
    studio.sync()
    studio.counts()
    return studio


def of(*profiles: str) -> pytest.MarkDecorator:
    """Only in these dialects."""
    return pytest.mark.parametrize("studio", profiles, indirect=True)


def settled(studio: Studio) -> None:
    """Everything is as it should be: another look, and one at everything, find nothing to do."""
    assert verbs(studio.plan()) == {}
    studio.clock.sleep(A_DAY_S)
    assert verbs(studio.plan()) == {}
