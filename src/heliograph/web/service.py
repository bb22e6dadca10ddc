"""The page at work: server, thread and board of one state folder, from start to end."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from heliograph.desk import Desk, Listener, opening
from heliograph.ports import Clock, Stop
from heliograph.web import announcing, pages
from heliograph.web.announcing import Standing
from heliograph.web.bench import Bench, Opened
from heliograph.web.board import Board
from heliograph.web.door import Door
from heliograph.web.invitations import Guests, new_key
from heliograph.web.serving import HOST, Server

IDLE_S = 1800.0


def desks_of(path: Path) -> Opened:
    """Desks with the settings in `path` as they are when one is opened; mistakes in them are told on the page."""

    @contextlib.contextmanager
    def opened(listener: Listener, stop: Stop) -> Iterator[Desk]:
        settings = opening.settings(path, os.environ, path.parent)
        with Desk(settings, listener=listener, stop=stop) as desk:
            yield desk

    return opened


class Service:
    """Use it as a context: it is announced once it answers, and what is under way is finished before it ends.

    Raises:
        AnotherRun: the page of this state folder is served already.
        Mistake: the port or the folder cannot be used.
    """

    def __init__(self, opened: Opened, state: Path, clock: Clock, *, port: int = 0, idle_s: float = IDLE_S) -> None:
        self._state, self._clock, self._idle_s = state, clock, idle_s
        self._key = new_key()
        self._door = Door(Guests(self._key, clock))
        self._board = Board()
        self._bench = Bench(opened, self._board, clock, state)
        self._asked_to_end = threading.Event()
        self._used_s = clock.monotonic()
        self._port = port
        self._alone = announcing.alone(state)

    def __enter__(self) -> Self:
        self._alone.__enter__()
        try:
            desk = pages.Desktop(self._door, self._board, self._bench, self._use, self._asked_to_end.set)
            self._server = Server(pages.application(desk), self._port)
            self._door.port = self._server.port
            self.standing = Standing(f"http://{HOST}:{self._server.port}", self._key, os.getpid())
            announcing.announce(self.standing, self._state)
        except BaseException:
            self._alone.__exit__(None, None, None)
            raise
        self._bench.start()
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._bench.close()
            self._board.progress(closed=True)
            self._server.stop()
        finally:
            self._alone.__exit__(None, None, None)

    def _use(self) -> None:
        self._used_s = self._clock.monotonic()

    @property
    def over(self) -> bool:
        """Whether it is time to end: somebody asked for it, or nobody asked for anything for long."""
        if self._bench.busy:
            self._use()
        return self._asked_to_end.is_set() or self._clock.monotonic() - self._used_s >= self._idle_s

    def stay(self, look_s: float = 0.5) -> bool:
        """Waits a little; false once it is time to end."""
        self._asked_to_end.wait(look_s)
        return not self.over
