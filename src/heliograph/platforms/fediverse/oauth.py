"""A server's side of signing in: OAuth 2.0 with an application that is registered for the occasion.

Source: RFC 6749, RFC 7636 (PKCE), RFC 8252 (programs that no secret is safe in), docs.joinmastodon.org/methods/apps and
/methods/oauth (2026-07), and what running servers answered (2026-11).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from heliograph.errors import Busy, SignInNeeded, Uncertain
from heliograph.platforms.fediverse.account import CREDENTIALS, identity
from heliograph.ports import Clock
from heliograph.wire import Answer, Redactor, Timeouts, Wire

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""In place of an address to come back to: the server shows the code on a page."""
_APP = "heliograph"
_KIND = "sign in"
_JSON = {"Accept": "application/json"}
_TIMEOUTS = Timeouts(read_s=60.0, total_s=90.0, attempts=3, patience_s=30.0)
"""Somebody sits there and waits."""
_MAX_BYTES = 1024 * 1024
_KEPT = "Nothing was kept."
_NO_APP, _NO_TOKEN, _NO_ACCOUNT = "names no application", "holds no token", "names no account"
_NO = frozenset(range(400, 500)) - {408, 429}
"""The server says no; 408 and 429 mean "later"."""
_ERRORS_FROM, _REDIRECTS = 500, range(300, 400)


@dataclass(frozen=True, slots=True)
class App:
    """heliograph as one server knows it, for one sign-in; the last two never leave this process but to that server."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect: str
    scopes: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    def ours(self, query: Mapping[str, str]) -> bool:
        """Whether somebody who comes back was sent by us."""
        return hmac.compare_digest(query.get("state", "").encode(), self.state.encode())


@dataclass(frozen=True, slots=True)
class Granted:
    """A token as the server gave it."""

    token: str = field(repr=False)
    scope: str
    expires_in: object
    """Seconds, where the server says so."""


class Door:
    """One server, before anybody is signed in there; use it as a context."""

    def __init__(self, server: str, clock: Clock, transport: Any = None) -> None:
        self.server = server
        self.host = urlsplit(server).netloc.rpartition("@")[2]
        self._redactor = Redactor()
        self.wire = Wire(
            server, clock, translate=_translate, timeouts=_TIMEOUTS, max_answer_bytes=_MAX_BYTES, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()

    def register(self, redirect: str, scopes: str) -> App:
        """heliograph, made known to the server, with one address to come back to: some servers spoil several.

        Raises:
            SignInNeeded: the server lets no programs in.
        """
        form = {"client_name": _APP, "redirect_uris": redirect, "scopes": scopes}
        answer = self._call("POST", "/api/v1/apps", repeatable=True, data=form)
        if answer.status in _NO:
            message = (
                f"{self.host} does not let programs sign in{self._words(answer)}. {_KEPT} Is `url` a server that "
                "speaks Mastodon's API? Its operator may have switched that off; then try a token: --token-file FILE."
            )
            raise SignInNeeded(message)
        said = _object(answer, _NO_APP)
        client_id, client_secret = _text(said.get("client_id")), _text(said.get("client_secret"))
        if not client_id or not client_secret:
            raise answer.unreadable(_NO_APP)
        app = App(client_id, client_secret, redirect, scopes, secrets.token_urlsafe(32), secrets.token_urlsafe(48))
        self._learn(client_secret, app.state, app.verifier)
        return app

    def link(self, app: App) -> str:
        """Where the owner answers; it holds no secret."""
        asked = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": app.redirect,
            "scope": app.scopes,
            "state": app.state,
            "code_challenge": _challenge(app.verifier),
            "code_challenge_method": "S256",
        }
        return f"{self.server}/oauth/authorize?{urlencode(asked)}"

    def token(self, app: App, code: str) -> Granted:
        """The token behind the owner's answer, which can be fetched once.

        Raises:
            SignInNeeded: the server does not accept the code.
            Busy: the answer was lost.
        """
        self._learn(code)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": app.redirect,
            "code_verifier": app.verifier,
            "scope": app.scopes,
        }
        try:
            answer = self._call("POST", "/oauth/token", repeatable=False, data=form)
            if answer.status not in _NO:
                return self._granted(answer)
        except Uncertain:
            message = f"The answer of {self.host} with the token was lost. {_KEPT} Run `helio signin` again."
            raise Busy(message) from None
        message = (
            f"{self.host} does not accept the code{self._words(answer)}. {_KEPT} Run `helio signin` again: every link "
            "has a code of its own, which counts once and not for long."
        )
        raise SignInNeeded(message)

    def _granted(self, answer: Answer) -> Granted:
        said = _object(answer, _NO_TOKEN)
        token = _text(said.get("access_token"))
        if not token:
            raise answer.unreadable(_NO_TOKEN)
        self._learn(token)
        return Granted(token, _text(said.get("scope")), said.get("expires_in"))

    def whose(self, token: str) -> tuple[str, str]:
        """Id and name of the account that a token is for.

        Raises:
            SignInNeeded: the server does not accept it.
        """
        self._learn(token)
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._call("GET", CREDENTIALS, repeatable=True, headers=headers)
        if answer.status in _NO:
            message = (
                f"{self.host} does not accept the token{self._words(answer)}. {_KEPT} It has to be made on this very "
                "server, with the permissions to read and to write, and may have ended or been taken back."
            )
            raise SignInNeeded(message)
        found = identity(_object(answer, _NO_ACCOUNT), self.server)
        if found is None:
            raise answer.unreadable(_NO_ACCOUNT)
        return found

    def _learn(self, *secrets_: str) -> None:
        self.wire.learn(*secrets_)
        self._redactor.learn(*secrets_)

    def _words(self, answer: Answer) -> str:
        """Status and the server's own words, to go on a sentence with."""
        said = self._redactor.words(answer.words()).rstrip(" .")
        return f" (HTTP {answer.status}{': ' if said else ''}{said})"

    def _call(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        # Signed calls are never redirected, and this counts as one, so that no credential goes elsewhere.
        return self.wire.call(
            method, path, kind=_KIND, repeatable=repeatable, data=data, headers={**_JSON, **(headers or {})}, accept=_NO
        )


def code_in(text: str, app: App) -> str:
    """The code in what the owner typed or pasted: the code itself, or the address that the browser ended at.

    Raises:
        SignInNeeded: the owner said no there, or it belongs to another link.
    """
    text = text.strip()
    if "code=" not in text and "error=" not in text:
        return code_of({"code": text}, app)
    query = dict(parse_qsl(urlsplit(text).query or text.partition("?")[2] or text, keep_blank_values=True))
    if not app.ours(query):
        message = f"That address belongs to another link, or is not whole. {_KEPT} Run `helio signin` again."
        raise SignInNeeded(message)
    return code_of(query, app)


def code_of(query: Mapping[str, str], app: App) -> str:
    """The code that the browser brought, of a query that is ours.

    Raises:
        SignInNeeded: the owner or the server said no.
    """
    code = query.get("code", "").strip()
    if code and code.isascii() and code.isprintable() and " " not in code:
        return code
    error = query.get("error", "")
    if error in {"access_denied", ""}:
        message = (
            f"The server was not allowed to let heliograph in. {_KEPT} If that was a slip, run `helio signin` again."
        )
        raise SignInNeeded(message)
    shown = "".join(sign if sign.isprintable() else " " for sign in query.get("error_description") or error)[:200]
    message = f"The server did not let heliograph ask for {app.scopes!r}: {shown} {_KEPT} Please report it."
    raise SignInNeeded(message)


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _object(answer: Answer, without: str) -> dict[str, Any]:
    form = answer.json()
    if not isinstance(form, dict):
        raise answer.unreadable(without)
    return form


def _text(value: object) -> str:
    """Pixelfed writes some ids as numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else ""


def _translate(answer: Answer) -> None:
    """What says more than its status. Source: Pixelfed 0.11 and 0.12 as they ran (2026-11)."""
    if answer.status in _REDIRECTS and "verify-email" in answer.headers.get("location", ""):
        message = f"{answer.host} wants your e-mail address to be confirmed first; do it there, in your account."
        raise SignInNeeded(message)
    if answer.status >= _ERRORS_FROM and answer.words() == "Unauthenticated.":
        message = f"{answer.host} says: Unauthenticated."
        raise SignInNeeded(message)
