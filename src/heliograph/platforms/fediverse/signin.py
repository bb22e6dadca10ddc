"""Signing in to a server of the fediverse: by a browser that comes back, by a code, or with a token that is there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from heliograph.errors import SignInNeeded
from heliograph.platforms.fediverse.account import Account, ends_at, server_of
from heliograph.platforms.fediverse.dialects import Dialect
from heliograph.platforms.fediverse.discovery import discover
from heliograph.platforms.fediverse.oauth import OUT_OF_BAND, App, Door, Granted, code_in, code_of
from heliograph.platforms.fediverse.options import Options
from heliograph.platforms.fediverse.software import FEDIVERSE, dialect_of
from heliograph.ports import Ask, Clock, Credential, SigningIn, Stop
from heliograph.wire import Callback

NOWHERE = "http://127.0.0.1/heliograph"
"""Where a browser on another computer ends: nothing is there, and its address bar holds the code."""
_MAY = "add, change and delete posts"
_ALLOW = "Allow it there"


def sign_in(
    options: Options,
    credentials: Mapping[str, str],
    ask: Ask,
    clock: Clock,
    *,
    usual: str = FEDIVERSE,
    callback: bool = True,
    stop: Stop = lambda: False,
    transport: Any = None,
) -> Account:
    """The account that the owner lets us into in a browser, or that a token in `credentials` is for.

    `usual` is the software to assume where the server does not say, see `software.dialect_of`. With `callback` the
    browser runs on this machine and comes back to it; otherwise a code is asked for. Nothing is kept anywhere.

    Raises:
        SignInNeeded: the owner said no or did not answer, or the server does not accept the code or the token.
        Busy: the server cannot be reached now, or the owner asked to stop.
        Mistake: the address cannot be called safely, or no callback can be waited for here.
    """
    server = server_of(options.url)
    with Door(server, clock, transport) as door:
        instance = discover(door.wire, server, clock.now().timestamp(), usual)
        dialect = dialect_of(instance.software, instance.version, usual)
        given = credentials.get(TOKEN.name, "")
        if given:
            granted, may = Granted(given, "", None), f"{_MAY}, as far as the token permits"
        else:
            granted, may = _granted(door, dialect, ask, clock, callback=callback, stop=stop), _MAY
        id_, who = door.whose(granted.token)
        ends = ends_at(granted.token, clock.now(), granted.expires_in, dialect.token_days)
        return Account(who, may, granted.token, id_, server, ends)


def _granted(door: Door, dialect: Dialect, ask: Ask, clock: Clock, *, callback: bool, stop: Stop) -> Granted:
    if callback:
        with Callback(clock, stop) as back:
            app = door.register(back.url, dialect.scopes)
            back.expect(app.ours)
            ask.show(door.link(app), f"{_ALLOW}; the browser then says that you can close the window.")
            code = code_of(back.wait(), app)
    else:
        app = door.register(OUT_OF_BAND if dialect.oob else NOWHERE, dialect.scopes)
        code = _typed(door, app, ask)
    granted = door.token(app, code)
    _check(granted, door.host)
    return granted


def _typed(door: Door, app: App, ask: Ask) -> str:
    if app.redirect == OUT_OF_BAND:
        ask.show(door.link(app), f"{_ALLOW}; {door.host} then shows a code.")
        return code_in(ask.code(f"The code that {door.host} shows"), app)
    ask.show(door.link(app), f"{_ALLOW}; the browser then ends at a page that it cannot show.")
    return code_in(ask.code(f"The whole address of that page, which begins with {NOWHERE}"), app)


def _check(granted: Granted, host: str) -> None:
    """Servers grant more than was asked for, or in words of their own, but there is no publishing without writing."""
    if granted.scope and not any(one.startswith("write") for one in granted.scope.split()):
        message = (
            f"{host} only gave the permission {granted.scope!r}, and nothing can be published with that. Nothing was "
            "kept. Run `helio signin` again and allow all that is asked for."
        )
        raise SignInNeeded(message)


def _signed_in(
    usual: str,
    options: Any,
    credentials: Mapping[str, str],
    ask: Ask,
    clock: Clock,
    *,
    deletes: bool,  # noqa: ARG001 - whoever may write may delete there
    callback: bool,
    stop: Stop,
) -> Account:
    return sign_in(options, credentials, ask, clock, usual=usual, callback=callback, stop=stop)


TOKEN = Credential(
    "token",
    "An access token can be made in the settings of your account there, under Development or Applications",
    optional=True,
)


def signing_in(usual: str) -> SigningIn:
    """How accounts are opened where the owner's settings name this software, see `software.dialect_of`."""
    return SigningIn(
        needs=(TOKEN,),
        account=Account,
        sign_in=partial(_signed_in, usual),
        farewell=(
            "The server still lists heliograph among the programs that you let in; remove it in your account's "
            "settings there to take the permission back."
        ),
    )


SIGNING_IN = signing_in(FEDIVERSE)
