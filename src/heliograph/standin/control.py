"""What the control routes of every stand-in share: JSON in, JSON out, and nothing that a foreign page could send."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import flask

from heliograph.standin.faults import F, Script
from heliograph.standin.log import Log

PREFIX = "/_standin"


def control_routes(*mistakes: type[Exception]) -> flask.Blueprint:
    """An empty set of control routes.

    A request that changes something must say that it is JSON, which no foreign page in a browser can do without
    being asked first.

    Args:
        mistakes: Exceptions that the caller is told of, besides those of wrong fields and values.
    """
    routes = flask.Blueprint("control", __name__, url_prefix=PREFIX)
    routes.before_request(_only_json)
    for kind in (*mistakes, KeyError, TypeError, ValueError):
        routes.register_error_handler(kind, _mistake)
    return routes


def watching(routes: flask.Blueprint, kind: type[F], faults: Script[F], told: Log[Any]) -> None:
    """Adds what every stand-in has: its script of faults, of one kind, and its log of calls."""

    @routes.post("/faults")
    def add() -> dict[str, Any]:
        faults.add(kind(**fields()))
        return {"faults": script(faults)}

    @routes.delete("/faults")
    def clear() -> dict[str, Any]:
        faults.clear()
        return {"faults": script(faults)}

    @routes.get("/calls")
    def calls() -> dict[str, Any]:
        since = flask.request.args.get("since", 0, type=int)
        return {"calls": [asdict(call) for call in told.all(since=max(0, since))]}

    @routes.delete("/calls")
    def forget() -> dict[str, Any]:
        told.clear()
        return {"calls": []}


def script(faults: Script[F]) -> list[dict[str, Any]]:
    """Every fault, with how often it happened."""
    return [asdict(fault) for fault in faults.script]


def fields() -> dict[str, Any]:
    """The object that a control request holds.

    Raises:
        TypeError: it holds something else.
    """
    found = flask.request.get_json()
    if not isinstance(found, dict):
        message = "A control request holds one JSON object."
        raise TypeError(message)
    return found


def _only_json() -> flask.Response | None:
    if flask.request.method == "GET" or flask.request.is_json:
        return None
    text = "Control requests are JSON: send Content-Type: application/json.\n"
    return flask.Response(text, 415, content_type="text/plain")


def _mistake(error: Exception) -> tuple[dict[str, str], int]:
    return {"mistake": f"{type(error).__name__}: {error}"}, 400
