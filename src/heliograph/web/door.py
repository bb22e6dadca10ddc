"""What every request must show before a page or a thread sees it, and what every answer says to the browser.

The cookie of one port of a computer is sent to all its ports, and a page of another port counts as the same site. So
the cookie alone opens nothing that changes anything: the browser must also say that the request comes from our page.
"""

from __future__ import annotations

from dataclasses import dataclass

import flask

from heliograph.web.invitations import Guests, Session

_HOSTS = ("127.0.0.1", "localhost")
_OPEN = ("/enter", "/static/")
"""What holds no secret, and how a session is had."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*; "
    "require-trusted-types-for 'script'; trusted-types helio"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(slots=True)
class Door:
    """Asked before every request."""

    guests: Guests
    port: int = 0

    @property
    def cookie(self) -> str:
        """Its name; two servers of one computer share the browser's jar."""
        return f"helio-{self.port}"

    def check(self) -> flask.Response | None:
        """The answer to a request that is turned away; `None` lets it in."""
        here = flask.request.environ.get("HTTP_HOST", "")
        if here not in {f"{host}:{self.port}" for host in _HOSTS}:
            return _away("This page is called by its address on this computer only.", 403)
        if not self._ours(here):
            return _away("Another page may not call this one.", 403)
        open_to_all = flask.request.path.startswith(_OPEN) or flask.request.path == "/"
        return None if open_to_all or self.keyed() else self._check_session()

    def _check_session(self) -> flask.Response | None:
        session = self.session()
        if session is None:
            answer = _away("Open this page with its whole address: `helio serve` tells it.", 401)
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        if flask.request.method == "POST" and flask.request.form.get("seal") != session.seal:
            return _away("This form is not of this page. Load the page again.", 403)
        return None

    def session(self) -> Session | None:
        """Of the browser that asks; `None` where it was not let in."""
        return self.guests.session(flask.request.cookies.get(self.cookie, ""))

    def keyed(self) -> bool:
        """Whether a program asks that holds the key of this start."""
        kind, _, key = flask.request.headers.get("Authorization", "").partition(" ")
        return kind == "Bearer" and self.guests.holds_key(key)

    def _ours(self, here: str) -> bool:
        """Whether a browser says that our own page asks, or its owner; other programs say nothing about it."""
        told = flask.request.headers
        if told.get("Origin", f"http://{here}") != f"http://{here}":
            return False
        if told.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}:
            return True
        opened = told.get("Sec-Fetch-Mode") == "navigate" and told.get("Sec-Fetch-Dest") in {"document", "iframe"}
        return opened and flask.request.method == "GET" and flask.request.path == "/"


def dress(answer: flask.Response) -> flask.Response:
    """With the headers that every answer has."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _away(sentence: str, code: int) -> flask.Response:
    return flask.Response(f"{sentence}\n", code, content_type="text/plain; charset=utf-8")
