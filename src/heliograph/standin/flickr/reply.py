"""What goes back to a caller, also where it goes wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

from heliograph.standin.cutting import HALFWAY, UNANSWERED
from heliograph.standin.flickr.envelope import Form, failure
from heliograph.standin.flickr.faults import FAILURES, STATUS, Fault, What

HTML = "text/html; charset=utf-8"
TEXT = "text/plain;charset=UTF-8"

_TOO_MANY = "You have sent too many requests in a given amount of time."
_NONSENSE = "<title>Welcome</title></head><body><h1>Welcome</h1>\nPlease accept our terms to use this network.\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, ready to be sent."""

    body: bytes = b""
    content_type: str = TEXT
    status: int = 200
    outcome: str = "ok"
    """As the log of calls names it."""
    headers: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    """Sent instead of the body, in parts where the caller asks for a range."""
    cut: str = ""
    """`unanswered` or `halfway`: where the connection is closed instead of going on."""


def html_page(status: int, *, retry_after_s: int | None = None) -> Reply:
    """The page that a server in front of the service answers, instead of the service."""
    title = f"{status} {HTTPStatus(status).phrase}"
    text = _TOO_MANY if status == STATUS[What.TOO_MANY] else ""
    inside = f"<title>{title}</title></head><body><h1>{title}</h1>\n{text}"
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return Reply(_page(inside), HTML, status, f"http {status}", headers)


def refused(text: str) -> Reply:
    """HTTP 401 with an OAuth problem as its text."""
    problem = text.removeprefix("oauth_problem=").partition("&")[0]
    return Reply(text.encode(), TEXT, 401, f"http 401 {problem}")


def in_trouble(fault: Fault, form: Form, good: Reply) -> Reply:
    """What a fault of the script makes of an answer; `good` is the one there would be, or would have been."""
    if fault.what in {What.CLOSED_BEFORE_BODY, What.CLOSED_UNANSWERED}:
        return replace(good, outcome="closed", cut=UNANSWERED)
    if fault.what is What.CLOSED_HALFWAY:
        return replace(_in_memory(good), outcome="closed", cut=HALFWAY)
    if fault.what is What.TRUNCATED:
        whole = _in_memory(good)
        return replace(whole, outcome="truncated", body=whole.body[: len(whole.body) // 2])
    if fault.what is What.NONSENSE:
        return Reply(_page(_NONSENSE), HTML, outcome="nonsense")
    if fault.what in STATUS:
        return html_page(STATUS[fault.what], retry_after_s=fault.retry_after_s)
    error = FAILURES[fault.what]
    body, content_type = failure(error, Form(json=True) if fault.what is What.JSON_TO_XML else form)
    return Reply(body, content_type, outcome=str(error.code))


def _page(inside: str) -> bytes:
    return f"<!DOCTYPE html>\n<html><head>{inside}</body></html>\n".encode()


def _in_memory(reply: Reply) -> Reply:
    """The same answer without a file that is sent in parts."""
    return reply if reply.file is None else replace(reply, body=reply.file.read_bytes(), file=None)
