"""What happens to a call: trouble first, then who calls, then what is asked, and in the end a line in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from heliograph.standin.fediverse import rates
from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.calls import Calls, seen
from heliograph.standin.fediverse.faults import Fault, Faults, What
from heliograph.standin.fediverse.reply import Answered, Refusal, Reply, in_trouble, led_away, refused, said
from heliograph.standin.fediverse.traits import Why
from heliograph.standin.fediverse.world import World

_JSON_TYPES = ("application/json", "application/*", "*/*")


class Door:
    """Everything behind the addresses. Safe to be used from several threads."""

    def __init__(self, world: World, folder: Path, now: Callable[[], float]) -> None:
        self.world, self.folder, self.now = world, folder, now
        self.faults = Faults()
        self.calls = Calls(folder, now)
        self.rates = rates.Rates()
        self.closing = Event()
        self.reads_bodies_itself = True
        """False: a server in front looks for connections to be closed before the body of a request was read."""

    def close(self) -> None:
        """Ends waiting calls and saves everything."""
        self.closing.set()
        with self.world.lock:
            self.world.save()
        self.calls.close()

    def reset(self) -> None:
        """Forgets posts, media, collections, faults and calls; accounts, applications, tokens and dials stay."""
        self.world.reset()
        self.faults.clear()
        self.calls.clear()
        self.rates.clear()

    def through(self, route: Route, call: Asked) -> Reply:
        """The answer to a call of the API."""
        delay_s, fault = self._trouble(route)
        if delay_s:
            self.closing.wait(delay_s)
        if fault is not None and fault.what is What.TOKEN_REVOKED:
            self.world.revoke(_bearer(call))
        if fault is None or fault.follows_effect or fault.what is What.TOKEN_REVOKED:
            reply = self._answered(route, call)
        else:
            reply = Reply()
        if fault is not None:
            reply = in_trouble(fault, call.traits, self.now(), reply)
        self._log(route, call, reply, fault)
        return reply

    def log_unread(self, route: str, status: int, fault: str = "") -> None:
        """Logs a call that a server in front turned away before its body was read."""
        self.calls.add(route=route, status=status, fault=fault)

    def _trouble(self, route: Route) -> tuple[float, Fault | None]:
        if self.reads_bodies_itself:
            unread = self.faults.meet(route.name, body_unread=True)
            if unread[1] is not None:
                return unread
        return self.faults.meet(route.name)

    def _answered(self, route: Route, call: Asked) -> Reply:
        with self.world.lock:
            self.world.purge()
            self._recognise(call)
            standings = self.rates.spend(call, route)
            over = rates.exceeded(standings) if call.dials.rates_enforced else None
            reply = self._acted(route, call, put_off=over is not None)
        told = rates.headers(over or rates.tightest(standings), call, over=over is not None)
        return replace(reply, headers=told | reply.headers)

    def _acted(self, route: Route, call: Asked, *, put_off: bool) -> Reply:
        try:
            if not route.there(call.traits):
                raise Refusal(Why.NO_ROUTE)  # noqa: TRY301  all of them are worded in one place
            if _unacceptable(call):
                told = "Not Acceptable: no supported mime types: application/json"
                return said({"error": told}, 406)
            if put_off:
                text = "Too many attempts. Try again in a few minutes."
                if route.kind == "media edits":
                    return said({"error": text}, 429)
                raise Refusal(Why.TOO_MANY)  # noqa: TRY301
            if route.scope:
                _permitted(call, route.scope)
                if not call.dials.email_verified:
                    return _unverified(call)
            return route.act(call)
        except Refusal as refusal:
            return refused(refusal, call.traits, wants_json=call.wants_json)
        except Answered as answered:
            return answered.reply

    def _recognise(self, call: Asked) -> None:
        token = self.world.tokens.get(_bearer(call))
        if token is not None and not token.revoked and not _over(token.expires_at, self.now()):
            call.token, call.account = token, self.world.accounts.get(token.account)

    def _log(self, route: Route, call: Asked, reply: Reply, fault: Fault | None) -> None:
        file = next(iter(call.files.values()), None)
        self.calls.add(
            route=route.name,
            status=0 if reply.cut else reply.status,
            id=reply.id or call.names.get("id", ""),
            account=call.account.id if call.account else "",
            fault=str(fault.what) if fault else "",
            fields=seen({**call.args, **call.fields}),
            key=call.headers.get("Idempotency-Key", ""),
            filename=file[1] if file else "",
            length_bytes=file[2] if file else 0,
        )


def _bearer(call: Asked) -> str:
    kind, _, token = call.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _over(expires_at: float | None, now: float) -> bool:
    return expires_at is not None and now >= expires_at


def _permitted(call: Asked, scope: str) -> None:
    """Goes on where the caller may: `write:media` is part of `write`."""
    if call.token is None or call.account is None:
        known = call.world.tokens.get(_bearer(call))
        raise Refusal(Why.REVOKED if known and known.revoked else Why.NO_TOKEN)
    held = set(call.token.scopes.split())
    if not {scope, scope.partition(":")[0]} & held and not (scope == "read:accounts" and "profile" in held):
        raise Refusal(Why.SCOPE)


def _unacceptable(call: Asked) -> bool:
    """Whether a strict server has nothing that the caller takes."""
    accepted = call.headers.get("Accept", "")
    return call.traits.accept == "406" and bool(accepted) and not any(kind in accepted for kind in _JSON_TYPES)


def _unverified(call: Asked) -> Reply:
    if call.traits.pixelfed:
        return led_away("/i/verify-email")
    return said({"error": "Your login is missing a confirmed e-mail address"}, 403)
