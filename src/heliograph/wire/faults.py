"""Foreign errors and error answers, translated once: did the call arrive, and is it passing?"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore2
import httpx2

from heliograph.errors import Busy, HeliographError, Refused, SignInNeeded, Uncertain
from heliograph.ports import Clock
from heliograph.wire.answer import Answer, Unreadable

PASSING = frozenset({408, 429, 502, 503, 504})
"""Statuses that say "not now"."""
THROTTLED = 429
_TIMEOUT, _SERVER = 408, 500
_UNREACHED = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)
_TIMED_OUT = (httpx2.TimeoutException, httpcore2.TimeoutException)
_BROKEN = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpcore2.NetworkError, httpcore2.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a call has no good answer: our error, ready to be raised, and whether the same call may work soon."""

    error: HeliographError
    passing: bool
    wait_s: float | None = None
    """How long the service asked to be left alone."""


def from_error(error: Exception, host: str, *, repeatable: bool) -> Trouble:
    """What an error of the libraries below means."""
    causes = tuple(_causes(error))
    if isinstance(error, _UNREACHED):
        why = _unreached(causes)
        text = f"{host} could not be reached: {why}. Nothing was sent; check the network and the address and run again."
        return Trouble(Busy(text), passing=not any(isinstance(cause, ssl.SSLError) for cause in causes))
    if isinstance(error, Unreadable):
        return Trouble(Answer(0, host, {}, b"", repeatable=repeatable).unreadable(str(error)), passing=False)
    if isinstance(error, _TIMED_OUT):
        return _lost(f"{host} did not answer in time", repeatable=repeatable, passing=True)
    if isinstance(error, _BROKEN):
        return _lost(f"the connection to {host} broke off", repeatable=repeatable, passing=True)
    if isinstance(error, OSError):
        return _lost(f"the file could not be read to its end for {host}", repeatable=repeatable, passing=False)
    return _lost(f"the conversation with {host} broke the rules of HTTP", repeatable=repeatable, passing=False)


def from_answer(answer: Answer, clock: Clock) -> Trouble | None:
    """What an error status means; `None` where it is none."""
    status, host = answer.status, answer.host
    said = f" It says: {answer.words()}" if answer.words() else ""
    if status < 300 or status == 304:  # noqa: PLR2004 - success, and "not modified"
        return None
    if status < 400:  # noqa: PLR2004 - redirects
        return Trouble(_redirected(answer), passing=False)
    if status in {401, 403}:
        text = f"{host} does not accept our credentials (HTTP {status}).{said} Nothing was changed; sign in again."
        return Trouble(SignInNeeded(text), passing=False)
    if status == THROTTLED:
        wait_s = asked_wait(answer, clock)
        text = f"{host} asks for fewer calls (HTTP 429).{said} This call was not carried out; run again later."
        return Trouble(Busy(text, wait_s), passing=True, wait_s=wait_s)
    if status >= _SERVER or status == _TIMEOUT:
        wait_s = asked_wait(answer, clock)
        trouble = _lost(
            f"{host} has trouble of its own (HTTP {status})", repeatable=answer.repeatable, passing=status in PASSING
        )
        return Trouble(trouble.error, trouble.passing, wait_s)
    text = f"{host} turned this call down (HTTP {status}).{said} Nothing was changed by it."
    return Trouble(Refused(text), passing=False)


def asked_wait(answer: Answer, clock: Clock) -> float | None:
    """Seconds for which the service asks to be left alone; `None` where it says nothing sensible.

    Dates are measured against the service's own `Date`, so that a wrong clock here does no harm.
    Source: RFC 9110 10.2.3; X-RateLimit-Reset is unix seconds on Pixelfed, ISO 8601 on GoToSocial (2026-11).
    """
    now = _date(answer.headers.get("date", "")) or clock.now()
    after = answer.headers.get("retry-after", "").strip()
    if after.isascii() and after.isdigit():
        return float(after[:9])
    when = _date(after)
    if when is None and answer.status == THROTTLED:
        when = _moment(answer.headers.get("x-ratelimit-reset", "").strip())
    return None if when is None else max(0.0, (when - now).total_seconds())


def _lost(what: str, *, repeatable: bool, passing: bool) -> Trouble:
    sentence = what[:1].upper() + what[1:]
    if repeatable:
        return Trouble(Busy(f"{sentence}. The call does no harm when repeated; run again later."), passing=passing)
    text = f"{sentence}. What was asked for may have been done; it is looked up before anything is sent again."
    return Trouble(Uncertain(text), passing=passing)


def _redirected(answer: Answer) -> HeliographError:
    reason = "sends us to another address, which is not followed; if the service moved, correct `url` in the settings"
    return answer.unreadable(reason)


def _unreached(causes: tuple[BaseException, ...]) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate cannot be verified (a private authority's certificate can be named as a file)"
        if isinstance(cause, ssl.SSLError):
            return "no secure connection could be agreed on"
        if isinstance(cause, socket.gaierror):
            return "no such host is known"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
        if isinstance(cause, TimeoutError):
            return "it took too long to connect"
    return "no connection could be made"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _moment(text: str) -> datetime | None:
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        when = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
