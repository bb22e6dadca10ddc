"""The stand-in as one object: a folder, a world, a door and a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import WSGIApplication

from heliograph.standin.flickr.app import make_app
from heliograph.standin.flickr.calls import Calls
from heliograph.standin.flickr.door import Door
from heliograph.standin.flickr.faults import Faults
from heliograph.standin.flickr.manners import Manners
from heliograph.standin.flickr.registry import LEVELS
from heliograph.standin.flickr.server import glancing
from heliograph.standin.flickr.world import World
from heliograph.standin.server import THREADS, Server

NSID, USERNAME = "12345678@N01", "rehearsal"


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in with an account, a key and a token ready to be used."""

    door: Door
    app: WSGIApplication
    """The same addresses without a socket; see `make_app` for connections that are closed."""
    url: str
    """Base address of every route, without a slash at the end."""
    key: str
    secret: str
    token: str
    """Empty, like its secret, where the sign-in is to be rehearsed."""
    token_secret: str
    nsid: str

    @property
    def world(self) -> World:
        """What Flickr knows."""
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
    def manners(self) -> Manners:
        """How strict the door is."""
        return self.door.manners

    def token_with(self, perms: str, nsid: str = "") -> tuple[str, str]:
        """Token and secret of another yes: `read`, `write` or `delete`, in this account or another."""
        return self.door.registry.add_token(self.key, nsid or self.nsid, LEVELS.index(perms))

    def reset(self) -> None:
        """Forgets photos, albums, groups, faults and calls; accounts, keys, tokens and dials stay."""
        self.door.reset()

    def revoke(self) -> None:
        """Takes the ready-made token back, as an account's owner can."""
        self.door.registry.revoke(self.token)


@contextmanager
def opened(
    folder: Path, now: Callable[[], float] | None = None, *, perms: str = "write", sign_in: bool = False
) -> Iterator[StandIn]:
    """A stand-in without a server, whose `app` can be called; nobody listens at its `url`."""
    with _door(folder, now) as door:
        yield _ready(door, make_app(door), "http://127.0.0.1", perms="" if sign_in else perms)


@contextmanager
def serve(
    folder: Path,
    port: int = 0,
    now: Callable[[], float] | None = None,
    *,
    host: str = "127.0.0.1",
    perms: str = "write",
    sign_in: bool = False,
    threads: int = THREADS,
) -> Iterator[StandIn]:
    """A stand-in that listens, until the context ends; what `folder` holds goes on where it was left.

    Args:
        folder: Everything is kept here; made where there is none.
        port: 0 takes any that is free.
        now: Unix seconds; the machine's clock where there is none.
        host: A loopback address.
        perms: What the ready-made token permits.
        sign_in: There is no ready-made token.
        threads: How many calls are answered at a time.

    Raises:
        ValueError: the host is not a loopback address.
    """
    with _door(folder, now) as door:
        door.reads_bodies_itself = False
        server = Server(
            make_app(door),
            glancing(door),
            door.closing,
            body_max_bytes=door.manners.body_max_bytes,
            host=host,
            port=port,
            threads=threads,
            name="flickr-standin",
        )
        standin = _ready(door, server.app, server.url, perms="" if sign_in else perms)
        server.start()
        try:
            yield standin
        finally:
            server.stop()


@contextmanager
def _door(folder: Path, now: Callable[[], float] | None) -> Iterator[Door]:
    folder = folder.absolute()  # the framework takes a relative one for a part of the program's own folder
    folder.mkdir(parents=True, exist_ok=True)
    clock = now or time.time
    door = Door(World.load(folder, clock), folder, clock)
    try:
        yield door
    finally:
        door.close()


def _ready(door: Door, app: WSGIApplication, url: str, *, perms: str) -> StandIn:
    """The first account, key and token of the folder, made where there are none."""
    door.world.address = url
    accounts = door.accounts()
    nsid = accounts[0].id if accounts else door.world.add_user(NSID, USERNAME).id
    registry = door.registry
    key = next(iter(registry.keys), "") or registry.add_key()[0]
    held = next((name for name, token in registry.tokens.items() if token.perms == _level(perms)), "")
    token = (held or registry.add_token(key, nsid, _level(perms))[0]) if perms else ""
    token_secret = registry.tokens[token].secret if token else ""
    return StandIn(door, app, url, key, registry.keys[key].secret, token, token_secret, nsid)


def _level(perms: str) -> int:
    return LEVELS.index(perms) if perms else 0
