"""The addresses: what arrives over HTTP becomes a call, and what the door answers becomes HTTP."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from email.utils import formatdate
from wsgiref.types import WSGIApplication

import flask

from heliograph.standin.application import Application
from heliograph.standin.cutting import cut, cutting, is_cut
from heliograph.standin.flickr.control import control
from heliograph.standin.flickr.door import Door, Received
from heliograph.standin.flickr.page import pages
from heliograph.standin.flickr.reply import Reply
from heliograph.standin.flickr.signature import Request, header_parameters
from heliograph.standin.flickr.signin import signing_in
from heliograph.standin.incoming import received, take_files
from heliograph.standin.loopback import only_from_here

_WORTH_COMPRESSING_BYTES = 1000
_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
_IMAGE = re.compile(r"(?P<photo>\d+)_(?P<secret>[0-9a-zA-Z]+?)(_(?P<size>[0-9]?[a-ce-z]))?(?P<download>_d)?\.\w+")


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
    app.register_blueprint(_services(door))
    for part in (signing_in, pages, control):
        app.register_blueprint(part(door))
    return cutting(app.finished())


def _services(door: Door) -> flask.Blueprint:
    services = flask.Blueprint("services", __name__)

    def call(asked: Callable[[Request], Reply]) -> Callable[[], flask.Response]:
        return lambda: _sent(asked(_request()))

    def take(asked: Callable[[Request, Received | None], Reply]) -> Callable[[], flask.Response]:
        return lambda: _sent(asked(_request(), _received()))

    both, post = ("GET", "POST"), ("POST",)
    services.add_url_rule("/services/rest/", "rest", call(door.rest), methods=both)
    services.add_url_rule("/services/oauth/request_token", "request_token", call(door.request_token), methods=both)
    services.add_url_rule("/services/oauth/access_token", "access_token", call(door.access_token), methods=both)
    services.add_url_rule("/services/upload/", "upload", take(door.upload), methods=post)
    services.add_url_rule("/services/replace/", "replace", take(door.replace), methods=post)

    @services.get("/live/<server>/<name>")
    def live(server: str, name: str) -> flask.Response:  # noqa: ARG001  pictures are found by their id alone
        asked = _IMAGE.fullmatch(name) or flask.abort(404)
        reply = door.image(_request(), asked["photo"], asked["secret"], asked["size"] or "")
        return _sent(reply, download_name=name if asked["download"] else "")

    return services


# --- in ---------------------------------------------------------------------------------------------------------------


def _request() -> Request:
    """The call as its signature covers it: the address as it was called, and the fields of header, query and body."""
    asked = flask.request
    header = header_parameters(asked.headers.get("Authorization", ""))
    pairs = (*header, *asked.args.items(multi=True), *asked.form.items(multi=True))
    return Request(asked.method, f"{asked.scheme}://{asked.environ['HTTP_HOST']}{asked.path}", pairs)


def _received() -> Received | None:
    """The file of a call, closed and on disk; `None` where there is none."""
    found = received("photo")
    return Received(*found) if found else None


def _limit(door: Door) -> None:
    flask.request.max_content_length = door.manners.body_max_bytes


# --- out --------------------------------------------------------------------------------------------------------------


def _sent(reply: Reply, *, download_name: str = "") -> flask.Response:
    cut(reply.cut)
    if reply.file is not None and not reply.cut:
        return flask.send_file(reply.file, as_attachment=bool(download_name), download_name=download_name or None)
    return flask.Response(reply.body, reply.status, reply.headers, content_type=reply.content_type)


def _finished(response: flask.Response, door: Door) -> flask.Response:
    response.headers["Date"] = formatdate(door.gate.now(), usegmt=True)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    plain = not response.direct_passthrough and not response.content_encoding and not is_cut()
    if plain and flask.request.accept_encodings.quality("gzip") > 0:
        body = response.get_data()
        if len(body) >= _WORTH_COMPRESSING_BYTES:
            response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
            response.content_encoding = "gzip"
            response.vary.add("Accept-Encoding")
    return response
