"""A site's folder as a web server would show it, on this computer only: to look at before anybody else does."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Self

import flask

from heliograph.web.serving import HOST, Server

MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
"""Systems know the newer ones or not."""
_UNKNOWN = "application/octet-stream"


class Preview:
    """A server of one folder, between entering and leaving the context.

    Raises:
        Mistake: the port is taken or not allowed.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._server = Server(application(folder), port)

    @property
    def address(self) -> str:
        """Of the first page."""
        return f"http://{HOST}:{self._server.port}/"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()


def application(folder: Path) -> flask.Flask:
    """Answers with the files of the folder, and with nothing that is hidden in it or lies outside."""
    app = flask.Flask("heliograph.preview", static_folder=None, template_folder=None)
    inside = folder.resolve()

    @app.before_request
    def check() -> flask.Response | None:
        """A name of another host is a page elsewhere that was made to lead here."""
        host = flask.request.host.rpartition(":")[0] or flask.request.host
        return None if host in {HOST, "localhost"} else _said("It is called by its address on this computer.", 403)

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def show(path: str) -> flask.Response:
        target = _target(inside, path)
        if target is not None and target.is_dir():
            if path and not path.endswith("/"):
                return flask.redirect(f"{flask.request.path}/")  # type: ignore[return-value] # it is one
            target = _target(inside, f"{path}index.html")
        if target is None or not target.is_file():
            return _said("There is no such page on this site.", 404)
        kind = MEDIA_TYPES.get(target.suffix.lower()) or mimetypes.guess_type(target.name)[0] or _UNKNOWN
        return flask.send_file(target, mimetype=kind, conditional=True, max_age=0)

    @app.after_request
    def dress(answer: flask.Response) -> flask.Response:
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return answer

    return app


def _target(inside: Path, path: str) -> Path | None:
    """The file or folder below `inside`; `None` where the path is hidden, leads out, or is none at all."""
    if any(part.startswith(".") for part in path.split("/")) or "\0" in path:
        return None
    target = inside / path
    try:
        return target if target.resolve().is_relative_to(inside) else None
    except OSError:
        return None


def _said(sentence: str, code: int) -> flask.Response:
    return flask.Response(f"{sentence}\n", code, content_type="text/plain; charset=utf-8")
