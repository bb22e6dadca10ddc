"""The addresses: what arrives over HTTP becomes a call, and what the door answers becomes HTTP."""

from __future__ import annotations

import gzip
import ipaddress
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import flask

from heliograph.standin.flickr.control import control
from heliograph.standin.flickr.door import Door, Received
from heliograph.standin.flickr.page import pages
from heliograph.standin.flickr.reply import HALFWAY, UNANSWERED, Reply
from heliograph.standin.flickr.signature import Request, header_parameters
from heliograph.standin.flickr.signin import signing_in

_CUT = "standin.cut"
_FIELDS_MAX_BYTES = 8 * 1024 * 1024
"""Of all text fields of one call together; the longest known is a list of 5,000 photo ids, 60 kB."""
_WORTH_COMPRESSING_BYTES = 1000
_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
_IMAGE = re.compile(r"(?P<photo>\d+)_(?P<secret>[0-9a-zA-Z]+?)(_(?P<size>[0-9]?[a-ce-z]))?(?P<download>_d)?\.\w+")


class _Posted(flask.Request):
    """A request whose files are written to a folder while they are read."""

    max_form_memory_size = _FIELDS_MAX_BYTES

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  the framework's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        folder: Path = flask.current_app.config["INCOMING"]
        file = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115  closed once it was read
        flask.g.setdefault("incoming", []).append(file)
        return file


def make_app(door: Door) -> WSGIApplication:
    """The stand-in as a WSGI application.

    Where the script closes a connection, `ConnectionResetError` is raised instead of, or halfway through, the answer;
    a server has to close the connection then.
    """
    app = flask.Flask(__name__, static_folder=None)
    app.request_class = _Posted
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.config["INCOMING"] = _empty(door.folder / "incoming")
    app.before_request(_only_from_here)
    app.before_request(lambda: _limit(door))
    app.after_request(lambda response: _finished(response, door))
    app.teardown_request(_swept)
    app.register_blueprint(_services(door))
    for part in (signing_in, pages, control):
        app.register_blueprint(part(door))
    return _cutting(app)


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
    file = flask.request.files.get("photo")
    if file is None:
        return None
    file.stream.close()
    path = Path(str(file.stream.name))
    return Received(path, file.filename or "", path.stat().st_size)


def _swept(_error: BaseException | None) -> None:
    """Removes what was sent and not taken."""
    for file in flask.g.pop("incoming", ()):
        file.close()
        Path(file.name).unlink(missing_ok=True)


def _only_from_here() -> flask.Response | None:
    """Turns away browsers that another site's name led here."""
    host = flask.request.environ.get("HTTP_HOST", "")
    if is_loopback(urlsplit(f"//{host}").hostname or ""):
        return None
    return flask.Response("This stand-in is called by a loopback address only.\n", 403, content_type="text/plain")


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine and nothing else."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _limit(door: Door) -> None:
    flask.request.max_content_length = door.manners.body_max_bytes


def _empty(folder: Path) -> Path:
    """A folder without what an earlier run was still receiving when it ended."""
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.iterdir():
        leftover.unlink()
    return folder


# --- out --------------------------------------------------------------------------------------------------------------


def _sent(reply: Reply, *, download_name: str = "") -> flask.Response:
    if reply.cut:
        flask.request.environ[_CUT] = reply.cut
    if reply.file is not None and not reply.cut:
        return flask.send_file(reply.file, as_attachment=bool(download_name), download_name=download_name or None)
    return flask.Response(reply.body, reply.status, reply.headers, content_type=reply.content_type)


def _finished(response: flask.Response, door: Door) -> flask.Response:
    response.headers["Date"] = formatdate(door.gate.now(), usegmt=True)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    plain = not response.direct_passthrough and not response.content_encoding and _CUT not in flask.request.environ
    if plain and flask.request.accept_encodings.quality("gzip") > 0:
        body = response.get_data()
        if len(body) >= _WORTH_COMPRESSING_BYTES:
            response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
            response.content_encoding = "gzip"
            response.vary.add("Accept-Encoding")
    return response


def _cutting(app: flask.Flask) -> WSGIApplication:
    """`app`, with connections closed where a reply says so."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            if environ.get(_CUT) == UNANSWERED:
                raise ConnectionResetError
            return start_response(status, headers, exc_info)

        chunks = app(environ, start)
        return _half(chunks) if environ.get(_CUT) == HALFWAY else chunks

    return serve


def _half(chunks: Iterable[bytes]) -> Iterator[bytes]:
    body = b"".join(chunks)
    yield body[: len(body) // 2]
    raise ConnectionResetError
