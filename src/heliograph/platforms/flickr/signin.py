"""Signing in to Flickr: OAuth 1.0a with the owner's own key, by a browser that comes back or by a code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from heliograph.errors import Busy, HeliographError, SignInNeeded, Uncertain
from heliograph.platforms.flickr.hosts import Hosts, hosts
from heliograph.platforms.flickr.signing import DENIED, INVALID_KEY, WRONG_KEY, Signer, problem
from heliograph.ports import Ask, Clock, Credential, SigningIn, Stop
from heliograph.wire import Answer, Callback, Timeouts, Wire

WRITE, DELETE = "write", "delete"
"""What may be asked for; each holds the one before. Source: flickr.com/services/api/auth.oauth.html (2026-11)."""
_MAY = {"read": "look at photos", WRITE: "add and change photos", DELETE: "add, change and delete photos"}
_OUT_OF_BAND = "oob"
_CODE_LEN = 9
_KIND = "sign in"
_NO_REQUEST, _NO_TOKEN = "holds no request token", "holds no token"
_TIMEOUTS = Timeouts(read_s=30.0, total_s=60.0, attempts=3, patience_s=30.0)
"""Somebody sits there and waits."""


@dataclass(frozen=True, slots=True)
class Account:
    """A member of Flickr who let us in, with the token that proves it; it counts until the member takes it back."""

    token: str = field(repr=False)
    token_secret: str = field(repr=False)
    nsid: str
    """Flickr's own id of the member: `12345678@N01`."""
    username: str
    fullname: str = ""
    perms: str = WRITE
    is_pro: bool | None = None
    """Whether it is a paid account, which may replace pictures; `None` where Flickr did not say."""

    @property
    def who(self) -> str:
        """Whose account it is, for people."""
        return f"{self.fullname} ({self.username})" if self.fullname else self.username or self.nsid

    @property
    def permissions(self) -> str:
        """What it lets us do, for people."""
        return _MAY.get(self.perms, f"use the permission that Flickr calls {self.perms!r}")


@dataclass(frozen=True, slots=True)
class _Request:
    """A request token: what the owner is asked about."""

    token: str = field(repr=False)
    secret: str = field(repr=False)


def sign_in(
    base: Hosts,
    clock: Clock,
    key: str,
    secret: str,
    perms: str,
    ask: Ask,
    *,
    callback: bool = True,
    stop: Stop = lambda: False,
    transport: Any = None,
) -> Account:
    """The account that the owner lets us into in a browser.

    With `callback` the browser runs on this machine and comes back to it; otherwise Flickr shows a code, which is
    asked for. Nothing is kept anywhere.

    Raises:
        SignInNeeded: the owner said no or did not answer, key or code is wrong, or this machine's clock is.
        Busy: Flickr cannot be reached now, or the owner asked to stop.
        Mistake: the address cannot be called safely, or no callback can be waited for here.
    """
    door = _Door(base, clock, key, secret, transport)
    with ExitStack() as opened:
        if not callback:
            request = door.request(_OUT_OF_BAND)
            ask.show(door.link(request, perms), "Allow it there; Flickr then shows a code.")
            verifier = _as_shown(ask.code("The code that Flickr shows, like 123-456-789"))
        else:
            back = opened.enter_context(Callback(clock, stop))
            request = door.request(back.url)
            back.expect(_about(request))
            ask.show(door.link(request, perms), "Allow it there; the browser then says that you can close the window.")
            verifier = _allowed(back.wait())
        return door.account(request, verifier, perms)


class _Door:
    """Flickr's side of signing in, with the key of one owner."""

    def __init__(self, base: Hosts, clock: Clock, key: str, secret: str, transport: Any) -> None:
        self._base = base
        self._clock = clock
        self._key = key
        self._secret = secret
        self._transport = transport

    def request(self, callback: str) -> _Request:
        """A request token for an answer that goes to `callback`."""
        answer = self._call(self._base.www, "/services/oauth/request_token", repeatable=True, callback=callback)
        said = _form(answer)
        if said.get("oauth_callback_confirmed") != "true" or not said.get("oauth_token"):
            raise answer.unreadable(_NO_REQUEST)
        return _Request(said["oauth_token"], said.get("oauth_token_secret", ""))

    def link(self, request: _Request, perms: str) -> str:
        """Where the owner answers."""
        asked = urlencode({"oauth_token": request.token, "perms": perms})
        return f"{self._base.www}/services/oauth/authorize?{asked}"

    def account(self, request: _Request, verifier: str, perms: str) -> Account:
        """The account behind the owner's answer, which can be fetched once."""
        try:
            said = self._token(request, verifier)
        except Uncertain:
            message = "Flickr's answer with the token was lost. Nothing was kept; run `helio signin` again."
            raise Busy(message) from None
        name, fullname = said.get("username", ""), said.get("fullname", "")
        made = Account(said["oauth_token"], said["oauth_token_secret"], said["user_nsid"], name, fullname, perms)
        return replace(made, perms=self._granted(made), is_pro=self._is_pro(made))

    def _is_pro(self, account: Account) -> bool | None:
        """Likewise: nice to know, and no reason to lose a token."""
        asked = {"method": "flickr.people.getUploadStatus", "format": "json", "nojsoncallback": "1"}
        tokens = (account.token, account.token_secret)
        try:
            form = self._call(self._base.rest, "/services/rest/", tokens, repeatable=True, data=asked).json()
            return str(form["user"]["ispro"]) == "1"
        except (HeliographError, KeyError, TypeError):
            return None

    def _token(self, request: _Request, verifier: str) -> dict[str, str]:
        tokens = (request.token, request.secret)
        path = "/services/oauth/access_token"
        answer = self._call(self._base.www, path, tokens, repeatable=False, verifier=verifier)
        said = _form(answer)
        if not all(said.get(name) for name in ("oauth_token", "oauth_token_secret", "user_nsid")):
            raise answer.unreadable(_NO_TOKEN)
        return said

    def _granted(self, account: Account) -> str:
        """What Flickr says that the token is good for; what was asked for, where it does not say.

        A token is given once: it must not be lost because a mere question failed.
        """
        asked = {"method": "flickr.auth.oauth.checkToken", "format": "json", "nojsoncallback": "1"}
        tokens = (account.token, account.token_secret)
        try:
            form = self._call(self._base.rest, "/services/rest/", tokens, repeatable=True, data=asked).json()
            granted = str(form["oauth"]["perms"]["_content"])
        except (HeliographError, KeyError, TypeError):
            return account.perms
        return granted if granted in _MAY else account.perms

    def _call(
        self,
        base_url: str,
        path: str,
        tokens: tuple[str, str] = ("", ""),
        *,
        repeatable: bool,
        callback: str = "",
        verifier: str = "",
        data: Mapping[str, str] | None = None,
    ) -> Answer:
        signer = Signer(self._key, self._secret, *tokens, clock=self._clock, callback=callback, verifier=verifier)
        with Wire(
            base_url,
            self._clock,
            sign=signer.sign,
            translate=self._translate,
            secrets=(self._key, self._secret, *tokens, verifier),
            timeouts=_TIMEOUTS,
            transport=self._transport,
        ) as wire:
            return wire.call("POST", path, kind=_KIND, repeatable=repeatable, data=data)

    def _translate(self, answer: Answer) -> None:
        trouble = problem(answer, self._clock)
        if trouble is not None:
            raise trouble
        if INVALID_KEY in answer.text():  # as a service error, with the status of a success
            raise SignInNeeded(WRONG_KEY)


def _form(answer: Answer) -> dict[str, str]:
    return dict(parse_qsl(answer.text().strip(), keep_blank_values=True))


def _about(request: _Request) -> Callable[[Mapping[str, str]], bool]:
    def ours(query: Mapping[str, str]) -> bool:
        return request.token in {query.get("oauth_token"), query.get("denied")}

    return ours


def _allowed(query: Mapping[str, str]) -> str:
    """The word with which Flickr sends back an owner who said yes."""
    if not query.get("oauth_verifier"):
        raise SignInNeeded(DENIED)
    return query["oauth_verifier"]


def _as_shown(code: str) -> str:
    """Flickr shows `123-456-789` and wants it so; Source: reports of users (2026-11)."""
    digits = re.sub(r"[\s-]", "", code)
    if len(digits) == _CODE_LEN and digits.isascii() and digits.isdigit():
        return "-".join((digits[:3], digits[3:6], digits[6:]))
    return code.strip()


def _signed_in(
    options: Any,
    credentials: Mapping[str, str],
    ask: Ask,
    clock: Clock,
    *,
    deletes: bool,
    callback: bool,
    stop: Stop,
) -> Account:
    perms = DELETE if deletes else WRITE
    key, secret = credentials[KEY.name], credentials[SECRET.name]
    return sign_in(hosts(options.url), clock, key, secret, perms, ask, callback=callback, stop=stop)


_KEYS_PAGE = "https://www.flickr.com/services/apps/create/"
"""Source: clients' instructions for their users (2026-11)."""
KEY = Credential("key", f"A key of your own is made on {_KEYS_PAGE} (a non-commercial one is enough)", hidden=False)
SECRET = Credential("secret", "The secret stands beside the key on the same page")
SIGNING_IN = SigningIn(
    needs=(KEY, SECRET),
    account=Account,
    sign_in=_signed_in,
    farewell="Flickr still lists the app among those that you let in; remove it there to take the permission back.",
)
