"""What goes back to a caller, also where it is a no, or goes wrong on purpose."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from typing import Any

from heliograph.standin.cutting import HALFWAY, UNANSWERED
from heliograph.standin.fediverse.faults import STATUS, TOO_MANY, Fault, What
from heliograph.standin.fediverse.traits import Form, No, Traits, Why

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
_HUGE_BYTES = 100 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_RATE_WINDOW_S = 300.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, ready to be sent."""

    body: bytes | Iterable[bytes] = b""
    content_type: str = JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    """`unanswered` or `halfway`: where the connection is closed instead of going on."""
    id: str = ""
    """What was made, for the log."""

    @property
    def whole(self) -> bytes:
        """The body in one piece."""
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)


class Refusal(Exception):
    """A call that is refused, for a reason that each software words in its own way."""

    def __init__(self, why: Why, text: str = "", *, name: str = "", model: str = "Status", known: str = "") -> None:
        super().__init__(text)
        self.why, self.text, self.name, self.model, self.known = why, text, name, model, known


class Answered(Exception):
    """A call that is over, with an answer of its own."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def said(told: Any, status: int = 200, *, known: str = "", headers: dict[str, str] | None = None) -> Reply:
    """JSON."""
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(body, status=status, id=known, headers=headers or {})


def error(status: int, text: str) -> Answered:
    """A no in words of its own."""
    return Answered(said({"error": text}, status))


def page(status: int, text: str = "") -> Reply:
    """A page of HTML, as a proxy or a framework shows it."""
    title = f"{status} {HTTPStatus(status).phrase}"
    inside = f"<title>{title}</title></head><body><h1>{title}</h1>\n<p>{escape(text)}</p>"
    return Reply(f"<!DOCTYPE html>\n<html><head>{inside}</body></html>\n".encode(), HTML, status)


def led_away(address: str) -> Reply:
    """302, as a framework leads a browser to another page."""
    link = f'<a href="{escape(address)}">{escape(address)}</a>'
    text = f"<!DOCTYPE html>\n<html><body>Redirecting to {link}.</body></html>\n"
    return Reply(text.encode(), HTML, 302, {"Location": address})


def refused(refusal: Refusal, traits: Traits, *, wants_json: bool) -> Reply:
    """How a software says no."""
    way = traits.says_no[refusal.why]
    if traits.accept == "redirect" and not wants_json:
        return _to_browsers(refusal.why, way)
    text = way.text.replace("{text}", refusal.text).replace("{model}", refusal.model).replace("{id}", refusal.known)
    if way.form is Form.LARAVEL:
        return said({"message": text, "errors": {refusal.name or "file": [text]}}, way.status)
    if way.form is Form.ERROR:
        return said({"error": text}, way.status)
    if way.form is Form.HTML:
        return page(way.status, text)
    return Reply(text.encode(), "text/plain; charset=utf-8" if text else HTML, way.status)


def _to_browsers(why: Why, way: No) -> Reply:
    """What Pixelfed answers to those who do not say that they take JSON."""
    if why in {Why.NO_TOKEN, Why.REVOKED}:
        return led_away("/login")
    if way.form is Form.LARAVEL:
        return led_away("/")
    return page(404 if why in {Why.NOT_FOUND, Why.GONE} else 403)


# --- rates ------------------------------------------------------------------------------------------------------------


def rate_headers(style: str, limit: int, remaining: int, resets_at: float, now: float) -> dict[str, str]:
    """The headers about a rate: `iso`, `unix` with `Retry-After`, or none."""
    if style not in {"iso", "unix"}:
        return {}
    iso = datetime.fromtimestamp(resets_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining)}
    headers["X-RateLimit-Reset"] = iso if style == "iso" else str(math.ceil(resets_at))
    if style == "unix":
        headers["Retry-After"] = str(max(1, math.ceil(resets_at - now)))
    return headers


def _put_off(fault: Fault, traits: Traits, now: float, good: Reply) -> Reply:
    style = {What.TOO_MANY: traits.resets}.get(fault.what, fault.what.removeprefix("429 "))
    wait_s = _RATE_WINDOW_S if fault.retry_after_s is None else float(fault.retry_after_s)
    headers = rate_headers(style, 300, 0, now + wait_s, now)
    if fault.retry_after_s is not None:
        headers["Retry-After"] = str(fault.retry_after_s)
    answer = refused(Refusal(Why.TOO_MANY), traits, wants_json=True)
    return replace(answer, headers=headers, id=good.id)


# --- trouble ----------------------------------------------------------------------------------------------------------


def in_trouble(fault: Fault, traits: Traits, now: float, good: Reply) -> Reply:
    """What a fault makes of an answer; `good` is the one there would be, or would have been."""
    if fault.what in TOO_MANY:
        return _put_off(fault, traits, now, good)
    if fault.what in STATUS:
        return replace(page(STATUS[fault.what], "Please accept our terms."), id=good.id)
    if fault.what is What.REDIRECT:
        return led_away(fault.location)
    made = _TROUBLE.get(fault.what)
    return made(good) if made else good


def _bent(told: Any) -> Any:
    """JSON in which no value has the type that it should have."""
    if isinstance(told, dict):
        return {name: _other(value) for name, value in told.items()}
    return {"0": told[0]} if told else "nothing"


def _other(value: Any) -> Any:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return {"first": value[:1]}
    return str(value) if isinstance(value, bool | int | float) else [] if isinstance(value, dict) else 0


def _huge() -> Iterator[bytes]:
    yield b'{"id":"'
    for _ in range(_HUGE_BYTES // _CHUNK_BYTES):
        yield b"0" * _CHUNK_BYTES
    yield b'"}'


_TROUBLE: dict[What, Callable[[Reply], Reply]] = {
    What.CLOSED_BEFORE_BODY: lambda good: replace(good, cut=UNANSWERED),
    What.CLOSED_UNANSWERED: lambda good: replace(good, cut=UNANSWERED),
    What.CLOSED_HALFWAY: lambda good: replace(good, body=good.whole, cut=HALFWAY),
    What.TRUNCATED: lambda good: replace(good, body=good.whole[: len(good.whole) // 2]),
    What.EMPTY_LIST: lambda _: said([]),
    What.EMPTY_BODY: lambda good: Reply(b"", HTML, id=good.id),
    What.WRONG_TYPES: lambda good: replace(said(_bent(json.loads(good.whole or b"{}"))), id=good.id),
    What.HUGE_BODY: lambda _: Reply(_huge()),
    What.VERIFY_EMAIL: lambda _: led_away("/i/verify-email"),
    What.DUPLICATE_KEY: lambda _: said({"error": "Duplicate idempotency key."}, 400),
}
"""A fault -> what it makes of the good answer."""
