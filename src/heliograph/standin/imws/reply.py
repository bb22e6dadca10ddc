"""What goes back to a caller, also where it goes wrong on purpose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from heliograph.standin.cutting import HALFWAY, UNANSWERED
from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.faults import Fault, What
from heliograph.standin.imws.shape import shaped
from heliograph.standin.imws.trouble import BUSY, FAILED, Trouble

JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
_TROUBLES = {
    What.BUSY: Trouble(BUSY, "Another dialog is open."),
    What.FAILED: Trouble(FAILED, "The command failed."),
}
_PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
_CLOSED = frozenset({What.CLOSED_BEFORE, What.CLOSED_AFTER, What.IMATCH_CLOSES})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, ready to be sent."""

    body: bytes = b""
    content_type: str = JSON
    status: int = 200
    outcome: str = "ok"
    """As the log of calls names it."""
    file: Path | None = None
    """Sent instead of the body."""
    cut: str = ""
    """`unanswered` or `halfway`: where the connection is closed instead of going on."""


def said(answer: object, dials: Dials) -> Reply:
    """An answer as JSON."""
    return Reply(json.dumps(shaped(answer, dials), ensure_ascii=False, separators=(",", ":")).encode())


def done(dials: Dials) -> Reply:
    """The answer to a write that went well."""
    return said({"result": "ok"} if dials.write_answer == "ok" else {}, dials)


def refused(trouble: Trouble, dials: Dials) -> Reply:
    """An error as the dials want it."""
    status = 200 if dials.error_status == "200" else trouble.status
    outcome = str(trouble.code) if trouble.code != trouble.status else f"http {trouble.code}"
    if dials.error_body == "json":
        told = {"error": {"code": trouble.code, "message": trouble.message}}
        return replace(said(told, dials), status=status, outcome=outcome)
    body = _PAGE.format("Error").encode() if dials.error_body == "html" else b""
    return Reply(body, HTML, status, outcome)


def turned_away(dials: Dials) -> Reply:
    """The answer to a call without a good token."""
    message = "The authentication token is missing, unknown or expired."
    if dials.refused_token == "200":  # noqa: S105  a status
        return replace(_said_with_200(Trouble(401, message), dials), outcome="http 401")
    return refused(Trouble(int(dials.refused_token), message), dials)


def in_trouble(fault: Fault, dials: Dials, reply: Reply) -> Reply:
    """What a fault makes of an answer."""
    what = fault.what
    if what in {What.HTTP_500, What.HTTP_503}:
        return Reply(_PAGE.format(what).encode(), HTML, int(what), f"http {what}")
    if what in _TROUBLES:
        return refused(_TROUBLES[what], dials)
    if what is What.ERROR_WITH_200:
        return _said_with_200(_TROUBLES[What.FAILED], dials)
    if what in _CLOSED:
        return Reply(outcome="closed", cut=UNANSWERED)
    if what is What.CLOSED_HALFWAY:
        return replace(reply, outcome="closed", cut=HALFWAY)
    if what is What.TRUNCATED:
        reply = replace(reply, body=reply.body[: len(reply.body) // 2], outcome="truncated")
    return _BODIES.get(what, reply)


def _said_with_200(trouble: Trouble, dials: Dials) -> Reply:
    told = {"error": {"code": trouble.code, "message": trouble.message}}
    return replace(said(told, dials), outcome=str(trouble.code))


_BODIES: Mapping[What, Reply] = {
    What.NOT_OK: Reply(b'{"result":"failed"}', outcome="not ok"),
    What.NO_RESULT: Reply(b"{}", outcome="no result"),
    What.NOT_JSON: Reply(b"OK", outcome="not json"),
    What.EMPTY_BODY: Reply(outcome="empty body"),
    What.HTML: Reply(_PAGE.format("IMatch WebServices").encode(), HTML, outcome="html"),
}
