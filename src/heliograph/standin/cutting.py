"""Connections that end instead of an answer, or halfway through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import flask

UNANSWERED, HALFWAY = "unanswered", "halfway"
_CUT = "standin.cut"


def cut(where: str) -> None:
    """Marks the request under way: its connection ends `unanswered` or `halfway`; empty changes nothing."""
    if where:
        flask.request.environ[_CUT] = where


def is_cut() -> bool:
    """Whether the request under way was marked."""
    return _CUT in flask.request.environ


def cutting(app: flask.Flask) -> WSGIApplication:
    """`app`, with connections closed where a request was marked: `ConnectionResetError` tells the server to."""

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
