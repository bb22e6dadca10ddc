"""The stand-in as one object: a folder, a world, a door and a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from heliograph.standin.fediverse.app import glancing, make_app
from heliograph.standin.fediverse.calls import Calls
from heliograph.standin.fediverse.dials import Dials
from heliograph.standin.fediverse.door import Door
from heliograph.standin.fediverse.entities import date
from heliograph.standin.fediverse.faults import Faults
from heliograph.standin.fediverse.records import Application
from heliograph.standin.fediverse.world import World
from heliograph.standin.server import THREADS, Server

NAME = "rehearsal"
_GRANULAR = "read:accounts read:statuses write:media write:statuses"
_COARSE = "read write"
_READY = "heliograph"
"""Name of the application whose token is ready to be used: the program that rehearses."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in with an account, an application and a token ready to be used."""

    door: Door
    app: WSGIApplication
    """The same addresses without a socket; see `make_app` for connections that are closed."""
    url: str
    """Base address of every route, without a slash at the end."""
    token: str
    id: str
    """Of the account."""
    application: Application

    @property
    def world(self) -> World:
        """What the server knows."""
        return self.door.world

    @property
    def calls(self) -> Calls:
        """The log of calls."""
        return self.door.calls

    @property
    def faults(self) -> Faults:
        """The script of what goes wrong."""
        return self.door.faults

    @property
    def dials(self) -> Dials:
        """As they stand; `turn` changes them."""
        return self.world.dials

    @property
    def profile(self) -> str:
        """Which server it plays."""
        return self.world.traits.profile

    @property
    def who(self) -> str:
        """`@rehearsal@127.0.0.1`."""
        return f"@{self.world.accounts[self.id].name}@{urlsplit(self.url).hostname}"

    @property
    def permissions(self) -> str:
        """What the ready-made token permits."""
        return self.world.tokens[self.token].scopes

    @property
    def told(self) -> dict[str, str]:
        """What a program needs to call it, all as text; `expires_at` is empty: nobody waits for it in a rehearsal."""
        return {
            "url": self.url,
            "server": self.url,
            "who": self.who,
            "id": self.id,
            "token": self.token,
            "permissions": self.permissions,
            "expires_at": "",
            "profile": self.profile,
        }

    def turn(self, **dials: object) -> None:
        """Turns dials.

        Raises:
            ValueError: there is no such dial, or it does not take such a value.
        """
        self.world.turn(dials)

    def token_with(self, scopes: str) -> str:
        """Another token of the account."""
        return self.world.add_token(self.application.id, self.id, scopes).id

    def sleep(self) -> None:
        """Makes the account one that never called anything, until it asks who it is."""
        account = self.world.accounts[self.id]
        account.active = False
        self.world.keep(account)

    def revoke(self) -> None:
        """Takes the ready-made token back, as an account's owner can."""
        self.world.revoke(self.token)

    def expire(self) -> None:
        """Lets the ready-made token be one that ended."""
        token = self.world.tokens[self.token]
        token.expires_at = self.world.now()
        self.world.keep(token)

    def expires_at(self) -> str:
        """ISO 8601; empty: never."""
        at = self.world.tokens[self.token].expires_at
        return "" if at is None else date(at)

    def reset(self) -> None:
        """Forgets posts, media, collections, faults and calls; accounts, applications, tokens and dials stay."""
        self.door.reset()


@contextmanager
def opened(folder: Path, profile: str = "", now: Callable[[], float] | None = None) -> Iterator[StandIn]:
    """A stand-in without a server, whose `app` can be called; nobody listens at its `url`.

    Raises:
        ValueError: there is no such profile.
    """
    with _door(folder, profile, now) as door:
        yield _ready(door, make_app(door), "http://127.0.0.1")


@contextmanager
def serve(
    folder: Path,
    profile: str = "",
    port: int = 0,
    now: Callable[[], float] | None = None,
    *,
    host: str = "127.0.0.1",
    threads: int = THREADS,
) -> Iterator[StandIn]:
    """A stand-in that listens, until the context ends; what `folder` holds goes on where it was left.

    Args:
        folder: Everything is kept here; made where there is none.
        profile: Which server it plays; empty: the one it played before, at first `mastodon-4.6`.
        port: 0 takes any that is free.
        now: Unix seconds; the machine's clock where there is none.
        host: A loopback address.
        threads: How many calls are answered at a time.

    Raises:
        ValueError: there is no such profile, or the host is not a loopback address.
    """
    with _door(folder, profile, now) as door:
        door.reads_bodies_itself = False
        app = make_app(door)
        server = Server(
            app,
            glancing(door),
            door.closing,
            body_max_bytes=door.world.dials.body_max_bytes,
            host=host,
            port=port,
            threads=threads,
            name="fediverse-standin",
        )
        standin = _ready(door, app, server.url)
        server.start()
        try:
            yield standin
        finally:
            server.stop()


@contextmanager
def _door(folder: Path, profile: str, now: Callable[[], float] | None) -> Iterator[Door]:
    folder = folder.absolute()  # the framework takes a relative one for a part of the program's own folder
    folder.mkdir(parents=True, exist_ok=True)
    clock = now or time.time
    door = Door(World.load(folder, clock, profile), folder, clock)
    try:
        yield door
    finally:
        door.close()


def _ready(door: Door, app: WSGIApplication, url: str) -> StandIn:
    """The first account, application and token of the folder, made where there are none."""
    world = door.world
    world.address = url
    account = next(iter(world.accounts.values()), None) or world.add_account(NAME)
    known = next((one for one in world.applications.values() if one.name == _READY), None)
    application = known or world.add_application(_READY, ["http://127.0.0.1"], f"{_COARSE} profile")
    scopes = _COARSE if world.traits.scopes else _GRANULAR
    held = (one for one in world.tokens.values() if one.application == application.id and one.scopes == scopes)
    token = next(held, None) or world.add_token(application.id, account.id, scopes)
    return StandIn(door, app, url, token.id, account.id, application)
