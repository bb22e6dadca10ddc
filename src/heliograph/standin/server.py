"""The server: waitress on a loopback address, with connections that can be closed before a body was read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask
from waitress.utilities import RequestEntityTooLarge

from heliograph.standin.loopback import is_loopback

if TYPE_CHECKING:
    from waitress.adjustments import Adjustments

THREADS = 8
_READ_AT_ONCE_BYTES = 256 * 1024


class Glance(Enum):
    """What becomes of a request whose head was read, and its body not yet."""

    READ = auto()
    CLOSE = auto()
    """Its connection is closed."""
    TOO_LARGE = auto()
    """It is answered with 413."""


Look = Callable[[str, str, int], Glance]
"""HTTP method, path and length of the body -> what becomes of it."""


class _Closing:
    """What is wrong with a request whose connection is to be closed unread."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Looks at the head of a request before its body is read."""

    def __init__(self, look: Look, adj: Adjustments) -> None:
        super().__init__(adj)
        self._look = look

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        glance = self._look(self.command, self.path, self.content_length)
        if glance is Glance.CLOSE:
            self.error, self.completed = _Closing(), True
        elif glance is Glance.TOO_LARGE:
            self.error, self.completed = RequestEntityTooLarge("The photo is too large."), True


class _TurnedAway(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Answers a request that was not read, or closes its connection."""

    def execute(self) -> None:
        if isinstance(self.request.error, _Closing):
            raise ConnectionResetError
        super().execute()


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    error_task_class = _TurnedAway

    @property
    def parser_class(self) -> partial[_Parser]:
        """What makes the parser of each request."""
        return partial(_Parser, self.server.look)


class Server:
    """Listens from its making on, and answers between `start` and `stop`.

    Args:
        app: What answers.
        look: Asked about the head of every request.
        closing: Set when the server stops, so that calls that wait end.
        body_max_bytes: Longer bodies are not read.
        host: A loopback address.
        port: 0 takes any that is free.
        threads: How many calls are answered at a time.
        name: Of the server, in its answers.

    Raises:
        ValueError: the host is not a loopback address.
    """

    def __init__(
        self,
        app: WSGIApplication,
        look: Look,
        closing: Event,
        *,
        body_max_bytes: int,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = THREADS,
        name: str = "standin",
    ) -> None:
        if not is_loopback(host):
            message = f"The stand-in listens on this machine only, and {host} is not a loopback address."
            raise ValueError(message)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # more calls than threads are no news
        self.app = app
        self._server = create_server(
            app,
            host="127.0.0.1" if host == "localhost" else host,
            port=port,
            threads=threads,
            ident=name,
            recv_bytes=_READ_AT_ONCE_BYTES,
            log_socket_errors=False,
            max_request_body_size=body_max_bytes + 1,
            asyncore_use_poll=True,
        )
        self._server.look = look
        self._server.channel_class = _Channel
        self._closing = closing
        self._thread = Thread(target=self._server.run, name=name, daemon=True)
        host = self._server.effective_host
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.effective_port}"

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Ends what is under way, closes every connection and frees the port."""
        self._closing.set()
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(self._close_all)
        self._thread.join()

    def _close_all(self) -> None:
        """In the server's own thread, which then finds nothing left to wait for."""
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
