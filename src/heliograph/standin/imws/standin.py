"""The stand-in as one object: a folder, a world, a door and a server that can be gone and come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, RLock, Thread
from wsgiref.types import WSGIApplication

from heliograph.standin.imws.app import BODY_MAX_BYTES, make_app
from heliograph.standin.imws.calls import Calls
from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.door import Door
from heliograph.standin.imws.faults import Faults
from heliograph.standin.imws.world import World
from heliograph.standin.server import THREADS, Glance, Server

USUAL_PORT = 50519
"""Where IMatch listens unless it is told otherwise. Source: published clients (November 2026)."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in ready to be called."""

    door: Door
    app: WSGIApplication
    """The same addresses without a socket; see `make_app` for connections that are closed."""
    url: str
    """Base address of every route, without a slash at the end."""
    control_url: str
    """Where the page and the control routes are also while IMatch is closed."""

    @property
    def world(self) -> World:
        """The database; to be changed within `changing` where calls come at the same time."""
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
        """How it behaves; turned with `turn`."""
        return self.door.dials

    @property
    def login(self) -> str:
        """The name that IMatch's user has."""
        return self.world.head.login

    @property
    def database(self) -> str:
        """The database that is open."""
        return self.world.head.database

    def turn(self, **values: object) -> None:
        """Turns dials, which are kept.

        Raises:
            ValueError: there is no such dial, or it does not take such a value.
        """
        self.door.turn(**values)

    def changing(self) -> AbstractContextManager[World]:
        """The database, to be changed as a user does by hand while others call, and kept at the end."""
        return self.door.changing()

    def close_imatch(self) -> None:
        """IMatch ends: connections are refused, and every token is void."""
        self.door.close_imatch(wait=True)

    def reopen_imatch(self) -> None:
        """IMatch is there again, at the same address."""
        self.door.reopen_imatch()

    def switch_database(self) -> dict[int, int]:
        """Every id is another file's, and every token is void; old id -> new id."""
        return self.door.switch()

    def expire_tokens(self) -> None:
        """Every token is void."""
        self.door.expire()


@contextmanager
def opened(folder: Path, world: World | None = None, now: Callable[[], float] | None = None) -> Iterator[StandIn]:
    """A stand-in without a server, whose `app` can be called; nobody listens at its `url`."""
    with _door(folder, world, now) as door:
        yield StandIn(door, make_app(door), "http://127.0.0.1", "http://127.0.0.1")


@contextmanager
def serve(
    folder: Path,
    port: int = 0,
    world: World | None = None,
    now: Callable[[], float] | None = None,
    *,
    host: str = "127.0.0.1",
    threads: int = THREADS,
) -> Iterator[StandIn]:
    """A stand-in that listens, until the context ends; what `folder` holds goes on where it was left.

    Args:
        folder: Everything is kept here; made where there is none.
        port: 0 takes any that is free; IMatch's own is `USUAL_PORT`.
        world: Replaces the one of the folder.
        now: Unix seconds; the machine's clock where there is none.
        host: A loopback address.
        threads: How many calls are answered at a time.

    Raises:
        ValueError: the host is not a loopback address, or the folder's world cannot be read.
    """
    with _door(folder, world, now) as door:
        app = make_app(door)
        aside = _server(make_app(door, controls_only=True), Event(), host, 0, 1)
        listener = _Listener(lambda at: _server(app, door.closing, host, at, threads), port)
        door.on_shut, door.on_open = listener.leave_soon, listener.listen
        aside.start()
        listener.listen()
        try:
            yield StandIn(door, app, listener.url, aside.url)
        finally:
            listener.leave()
            aside.stop()


class _Listener:
    """A server that comes and goes at one address, which it takes when it is made."""

    def __init__(self, make: Callable[[int], Server], port: int) -> None:
        self._make, self._lock = make, RLock()
        ready = make(port)
        self._server: Server | None = None
        self._waiting: Server | None = ready
        self.url = ready.url
        self._port = int(self.url.rpartition(":")[2])
        self._leaving: Thread | None = None

    def listen(self) -> None:
        """Answers, unless it does already."""
        if self._leaving is not None:
            self._leaving.join()
        with self._lock:
            if self._server is None:
                self._server, self._waiting = self._waiting or self._make(self._port), None
                self._server.start()

    def leave(self) -> None:
        """Ends every call and connection, and refuses further ones."""
        with self._lock:
            if self._server is not None:
                self._server.stop()
                self._server = None

    def leave_soon(self, *, wait: bool) -> None:
        """Likewise; a call that asks for it cannot wait, as that would be for itself."""
        self._leaving = Thread(target=self.leave, daemon=True)
        self._leaving.start()
        if wait:
            self._leaving.join()


def _server(app: WSGIApplication, closing: Event, host: str, port: int, threads: int) -> Server:
    return Server(
        app,
        lambda _method, _path, _length_bytes: Glance.READ,
        closing,
        body_max_bytes=BODY_MAX_BYTES,
        host=host,
        port=port,
        threads=threads,
        name="imws-standin",
    )


@contextmanager
def _door(folder: Path, world: World | None, now: Callable[[], float] | None) -> Iterator[Door]:
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    door = Door(folder, now or time.time, world)
    try:
        yield door
    finally:
        door.close()
