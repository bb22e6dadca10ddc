"""A browser that comes back: one address on this machine, for one answer, for as long as somebody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from heliograph.errors import Busy, Mistake, SignInNeeded
from heliograph.ports import Clock, Stop

Query = Mapping[str, str]

_PATH = "/heliograph"
_WAIT_S = 600.0
_LOOK_S = 0.1
_SILENT_S = 10.0
"""Browsers open connections ahead and say nothing on them."""
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>heliograph</title>
<body style="font: 1.2em sans-serif; max-width: 32em; margin: 4em auto; padding: 0 1em">
<p>{sentence}</p>
"""
_DONE = "Thank you, heliograph has its answer: you can close this window and go on where you started."
_FOREIGN = "Nothing is waited for at this address."


class Callback:
    """An address for a browser on this machine to come back to; use it as a context.

    Raises:
        Mistake: no port can be opened here.
    """

    def __init__(self, clock: Clock, stop: Stop = lambda: False) -> None:
        self._clock = clock
        self._stop = stop
        try:
            self._listener = _Listener(("127.0.0.1", 0), _Visit)
        except OSError as error:
            reason = error.strerror or "no port is free"
        else:
            self.url = f"http://127.0.0.1:{self._listener.server_address[1]}{_PATH}"
            return
        message = f"The browser's answer cannot be waited for on this computer: {reason}. Use --no-browser."
        raise Mistake(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._listener.serving:
            self._listener.shutdown()
        self._listener.server_close()

    def expect(self, ours: Callable[[Query], bool]) -> None:
        """From now on the first visit whose query is `ours` is the answer; all others are turned away."""
        self._listener.ours = ours
        self._listener.serving = True
        # In a thread of its own: some browsers only end once they were answered.
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": _LOOK_S}, daemon=True).start()

    def wait(self, wait_s: float = _WAIT_S) -> Query:
        """The query of the answer.

        Raises:
            SignInNeeded: nobody came in time.
            Busy: the owner asked to stop.
        """
        until_s = self._clock.monotonic() + wait_s
        while not self._listener.answered.is_set():
            if self._stop():
                message = "Signing in was stopped; nothing was kept. Run `helio signin` again when you like."
                raise Busy(message)
            if self._clock.monotonic() >= until_s:
                message = (
                    f"No yes came from the browser within {wait_s / 60:.0f} minutes. Nothing was kept. Run "
                    "`helio signin` again; with --no-browser where the browser is on another computer."
                )
                raise SignInNeeded(message)
            self._clock.sleep(_LOOK_S)
        return self._listener.query


class _Listener(ThreadingMixIn, TCPServer):
    daemon_threads = True
    # On Windows a port that may be reused can be taken over by another program.
    allow_reuse_address = False

    def __init__(self, *where: Any) -> None:
        super().__init__(*where)
        self.serving = False
        self.ours: Callable[[Query], bool] = lambda _: False
        self.query: Query = {}
        self.answered = threading.Event()
        self._one = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no trouble; the default would print it, with its address."""

    def take(self, query: Query) -> bool:
        """Whether this is the answer that is waited for; only the first one is."""
        with self._one:
            if self.query or not self.ours(query):
                return False
            self.query = query
            return True


class _Visit(BaseHTTPRequestHandler):
    server: _Listener
    timeout = _SILENT_S

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        # The host is asked for as well: another site's name could have been made to lead here.
        at_home = self.headers.get("Host", "") == f"127.0.0.1:{self.server.server_address[1]}"
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if at_home and parts.path == _PATH and self.server.take(query):
            try:
                self._reply(200, _DONE)
            finally:
                self.server.answered.set()
        else:
            self._reply(404, _FOREIGN)

    def log_message(self, *_: Any) -> None:
        """Nothing: the address holds the answer."""

    def version_string(self) -> str:
        return "heliograph"

    def _reply(self, status: int, sentence: str) -> None:
        body = _PAGE.format(sentence=sentence).encode("utf-8")
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
