"""Who may call a stand-in: this machine, by a name that is this machine's."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import flask


def only_from_here() -> flask.Response | None:
    """Turns away browsers that another site's name led here; `None` lets a request in."""
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
