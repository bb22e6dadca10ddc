"""The HTTP server: waitress on this computer alone, with streams that end when it ends."""

from __future__ import annotations

import logging
from threading import Thread
from wsgiref.types import WSGIApplication

from waitress.server import create_server

from heliograph.errors import Mistake

HOST = "127.0.0.1"
THREADS = 16
"""Each stream of events keeps one; see `pages.STREAMS`."""
_BODY_MAX_BYTES = 64 * 1024


class Server:
    """Listens from its making on, and answers between `start` and `stop`.

    Raises:
        Mistake: the port is taken or not allowed.
    """

    def __init__(self, app: WSGIApplication, port: int) -> None:
        logging.getLogger("waitress").setLevel(logging.CRITICAL)  # it would print what a browser asked for
        try:
            self._server = create_server(
                app,
                host=HOST,
                port=port,
                threads=THREADS,
                ident=None,
                clear_untrusted_proxy_headers=True,
                max_request_body_size=_BODY_MAX_BYTES,
                channel_request_lookahead=1,  # it notices a browser that went away in the middle of a stream
                asyncore_use_poll=True,
            )
        except (OSError, OverflowError) as trouble:
            reason = getattr(trouble, "strerror", None) or "no port is free"
            message = (
                f"The page cannot be served at port {port or 'any'}: {reason}. Leave out --port to take a free one."
            )
            raise Mistake(message) from trouble
        self.port = int(self._server.effective_port)
        self._thread = Thread(target=self._server.run, name="page", daemon=True)

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Lets what is being answered end, closes every connection and frees the port."""
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        self._server.trigger.pull_trigger(self._close_all)
        self._thread.join()

    def _close_all(self) -> None:
        """In the server's own thread, which then finds nothing left to wait for."""
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
