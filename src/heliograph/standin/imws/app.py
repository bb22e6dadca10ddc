"""The addresses: what arrives over HTTP becomes a call, and what the door answers becomes HTTP."""

from __future__ import annotations

import json
from wsgiref.types import WSGIApplication

import flask

from heliograph.standin.application import Application
from heliograph.standin.cutting import UNANSWERED, cut, cutting
from heliograph.standin.imws.control import control
from heliograph.standin.imws.door import Door
from heliograph.standin.imws.page import pages
from heliograph.standin.imws.reply import Reply
from heliograph.standin.loopback import only_from_here

BODY_MAX_BYTES = 8 * 1024 * 1024
"""Of one request; the longest is a list of some hundred thousand ids."""
_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def make_app(door: Door, *, controls_only: bool = False) -> WSGIApplication:
    """The stand-in as a WSGI application.

    Where a connection is to be closed, `ConnectionResetError` is raised instead of, or halfway through, the answer; a
    server has to close the connection then.

    Args:
        door: What answers.
        controls_only: Pages and control routes only, which are there while IMatch is closed too.
    """
    app = Application(__name__, "controls" if controls_only else "", merge_slashes=True)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = BODY_MAX_BYTES
    app.before_request(only_from_here)
    app.after_request(_finished)
    app.register_blueprint(pages(door))
    app.register_blueprint(control(door))
    if not controls_only:
        app.register_blueprint(_service(door))
        app.before_request(lambda: _closed(door))
    return cutting(app.finished())


def _service(door: Door) -> flask.Blueprint:
    service = flask.Blueprint("service", __name__)

    @service.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
    def call(path: str) -> flask.Response:
        asked = flask.request
        length = len(asked.full_path)
        return _sent(door.call(asked.method, f"/{path}", _parameters(door), address_length=length))

    return service


def _closed(door: Door) -> flask.Response | None:
    """Nothing is answered while IMatch is closed, where the socket could not be closed too."""
    if door.shut:
        cut(UNANSWERED)
        return flask.Response("")
    return None


def _parameters(door: Door) -> dict[str, str]:
    """The fields of query and body; of repeated names the first."""
    asked = flask.request
    found: dict[str, str] = {}
    for name, value in (*asked.args.items(multi=True), *asked.form.items(multi=True)):
        found.setdefault(name, value)
    body = asked.get_json(silent=True) if door.dials.json_bodies and asked.is_json else None
    for name, value in body.items() if isinstance(body, dict) else ():
        found.setdefault(name, _as_field(value))
    return found


def _as_field(value: object) -> str:
    """A value of a JSON body as a form would hold it."""
    if isinstance(value, list) and all(isinstance(one, int | str) for one in value):
        return ",".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value)


def _sent(reply: Reply) -> flask.Response:
    cut(reply.cut)
    if reply.file is not None:
        return flask.send_file(reply.file)
    return flask.Response(reply.body, reply.status, content_type=reply.content_type)


def _finished(response: flask.Response) -> flask.Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response
