"""The server: waitress on a loopback address, with connections that can be closed before a body was read."""

from __future__ import annotations

import logging
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask
from waitress.utilities import RequestEntityTooLarge

from heliograph.standin.flickr.app import is_loopback, make_app
from heliograph.standin.flickr.door import Door

if TYPE_CHECKING:
    from waitress.adjustments import Adjustments

THREADS = 8
_READ_AT_ONCE_BYTES = 256 * 1024
_UPLOADS = {"/services/upload": "upload", "/services/replace": "replace"}


class _Closing:
    """What is wrong with a request whose connection is to be closed unread."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Looks at the head of an upload before its body is read."""

    def __init__(self, door: Door, adj: Adjustments) -> None:
        super().__init__(adj)
        self._door = door

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        route = _UPLOADS.get(self.path.rstrip("/"), "")
        if not route:
            return
        trouble = self._door.faults.meet(route, route, body_unread=True)
        if trouble.fault is not None:
            self._door.log_unread(route, "closed", str(trouble.what))
            self.error, self.completed = _Closing(), True
        elif self.content_length > self._door.manners.body_max_bytes:
            self._door.log_unread(route, "http 413")
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
        return partial(_Parser, self.server.door)


class Server:
    """Listens from its making on, and answers between `start` and `stop`."""

    def __init__(self, door: Door, host: str = "127.0.0.1", port: int = 0, threads: int = THREADS) -> None:
        if not is_loopback(host):
            message = f"The stand-in listens on this machine only, and {host} is not a loopback address."
            raise ValueError(message)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # more calls than threads are no news
        door.reads_bodies_itself = False
        self.app = make_app(door)
        self._server = create_server(
            self.app,
            host="127.0.0.1" if host == "localhost" else host,
            port=port,
            threads=threads,
            ident="flickr-standin",
            recv_bytes=_READ_AT_ONCE_BYTES,
            log_socket_errors=False,
            max_request_body_size=door.manners.body_max_bytes + 1,
            asyncore_use_poll=True,
        )
        self._server.door = door
        self._server.channel_class = _Channel
        self._door = door
        self._thread = Thread(target=self._server.run, name="flickr-standin", daemon=True)
        host = self._server.effective_host
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.effective_port}"

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Ends what is under way, closes every connection and frees the port."""
        self._door.closing.set()
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(self._close_all)
        self._thread.join()

    def _close_all(self) -> None:
        """In the server's own thread, which then finds nothing left to wait for."""
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
