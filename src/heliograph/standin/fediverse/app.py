"""The addresses: what arrives over HTTP becomes a call, and what the door answers becomes HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import formatdate
from wsgiref.types import WSGIApplication

import flask

from heliograph.standin.application import Application
from heliograph.standin.cutting import cut, cutting
from heliograph.standin.fediverse import albums, discovery, editing, listing, members, oauth, posting, reading, uploads
from heliograph.standin.fediverse.asking import Asked, Route, asked
from heliograph.standin.fediverse.control import control
from heliograph.standin.fediverse.door import Door
from heliograph.standin.fediverse.page import pages
from heliograph.standin.fediverse.reply import Refusal, Reply, page, refused
from heliograph.standin.fediverse.traits import Why
from heliograph.standin.incoming import take_files
from heliograph.standin.loopback import only_from_here
from heliograph.standin.server import Glance

ROUTES: tuple[Route, ...] = (
    *discovery.ROUTES,
    *oauth.ROUTES,
    *members.ROUTES,
    *uploads.ROUTES,
    *posting.ROUTES,
    *editing.ROUTES,
    *reading.ROUTES,
    *listing.ROUTES,
    *albums.ROUTES,
)
_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def make_app(door: Door) -> WSGIApplication:
    """The stand-in as a WSGI application.

    Where the script closes a connection, `ConnectionResetError` is raised instead of, or halfway through, the answer;
    a server has to close the connection then.
    """
    app = Application(__name__, merge_slashes=False)
    take_files(app, door.folder / "incoming")
    app.before_request(only_from_here)
    app.before_request(lambda: _limit(door))
    app.after_request(lambda response: _finished(response, door))
    for route in ROUTES:
        app.add_url_rule(route.path, route.name, _view(door, route), methods=[route.method])
    app.register_blueprint(pages(door))
    app.register_blueprint(control(door))
    app.register_error_handler(404, lambda _: _missing(door))
    app.register_error_handler(405, lambda _: _missing(door))
    app.register_error_handler(413, lambda _: _sent(page(413)))
    return cutting(app.finished())


def glancing(door: Door) -> Callable[[str, str, int], Glance]:
    """What a server asks about the head of every request."""
    shapes = [(route, re.compile(re.sub("<[^>]+>", "[^/]+", route.path) + "/?")) for route in ROUTES]

    def look(method: str, path: str, length_bytes: int) -> Glance:
        route = next((one for one, shape in shapes if one.method == method and shape.fullmatch(path)), None)
        if route is None:
            return Glance.READ
        _, fault = door.faults.meet(route.name, body_unread=True)
        if fault is not None:
            door.log_unread(route.name, 0, str(fault.what))
            return Glance.CLOSE
        if length_bytes > door.world.dials.body_max_bytes:
            door.log_unread(route.name, 413)
            return Glance.TOO_LARGE
        return Glance.READ

    return look


def _view(door: Door, route: Route) -> Callable[..., flask.Response]:
    def view(**names: str) -> flask.Response:
        return _sent(door.through(route, asked(door.world, names)))

    return view


def _missing(door: Door) -> flask.Response:
    """An address that the software does not have: the door logs it like any other."""

    def act(_call: Asked) -> Reply:
        raise Refusal(Why.NO_ROUTE)

    path = flask.request.path
    if not path.startswith(("/api/", "/oauth/", "/.well-known/")):
        return _sent(page(404, "It is not there, or a stranger may not see it."))
    if flask.request.method == "OPTIONS":
        return _sent(refused(Refusal(Why.NO_ROUTE), door.world.traits, wants_json=True))
    return _sent(door.through(Route(flask.request.method, path, act), asked(door.world, {})))


def _limit(door: Door) -> None:
    flask.request.max_content_length = door.world.dials.body_max_bytes


def _sent(reply: Reply) -> flask.Response:
    cut(reply.cut)
    return flask.Response(reply.body, reply.status, reply.headers, content_type=reply.content_type)


def _finished(response: flask.Response, door: Door) -> flask.Response:
    response.headers["Date"] = formatdate(door.now(), usegmt=True)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response
