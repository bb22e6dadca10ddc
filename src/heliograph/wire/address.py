"""What is to be sent and where to: addresses that may be called, and calls before they are signed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from heliograph.errors import Mistake


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form, streamed from disk; only `filename` is told to the service, never the path."""

    path: Path
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A call before it is signed."""

    method: str
    url: str
    """As it will be called, without the query."""
    fields: tuple[tuple[str, str], ...]
    """Query and text fields of the form, also of a multipart one: OAuth 1.0a signs all of them."""


def loopback(host: str) -> bool:
    """True where `host` is certainly this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked(url: str) -> str:
    """`url` of a service without a trailing slash.

    Raises:
        Mistake: it cannot be called safely.
    """
    parts = _split(url)
    if parts.query or parts.fragment:
        message = f"The address {_shown(parts)} must end before '?' and '#'. Correct `url` in the settings."
        raise Mistake(message)
    return url.rstrip("/")


def joined(base_url: str, path: str) -> str:
    """The address of `path` below `base_url`; what lies outside cannot be named."""
    if not path.startswith("/") or path.startswith("//") or ".." in path.split("/") or _odd(path):
        message = f"{path!r} is no path below {base_url}."
        raise Mistake(message)
    if "?" in path or "#" in path:
        message = f"{path!r} holds a query; it belongs into the parameters, where it is signed."
        raise Mistake(message)
    return base_url + path


def foreign(url: str) -> str:
    """`url` as a service named it, to be called without credentials.

    Raises:
        Mistake: it cannot be called safely.
    """
    _split(url)
    return url


def same_host(one: str, other: str) -> bool:
    """True where both addresses have the same scheme, host and port."""
    return _origin(urlsplit(one)) == _origin(urlsplit(other))


def host_of(url: str) -> str:
    """Host and port, for people."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in {"http", "https"} or _odd(url):
        message = f"{_shown(parts)!r} is no web address. It should look like https://photos.example; correct `url`."
        raise Mistake(message)
    if parts.username is not None or parts.password is not None:
        message = f"The address of {host} holds a user name or password. Remove it from `url` and sign in instead."
        raise Mistake(message)
    if parts.scheme == "http" and not loopback(host):
        message = f"http://{host} would send photos and passwords readable by anyone on the way. Use https://{host}."
        raise Mistake(message)
    return parts


def _odd(text: str) -> bool:
    return any(ord(sign) <= ord(" ") or sign in {"\\", "\x7f"} for sign in text)


def _shown(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else parts.path
