"""Connections: verified TLS, the system's proxy, no cookies, and one deadline over all that a call reads and writes."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from heliograph.errors import Mistake
from heliograph.ports import Clock
from heliograph.wire.address import loopback


class Deadline(threading.local):
    """When the call under way in this thread must be over; without end where none is set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_s: float | None = None

    def start(self, total_s: float) -> None:
        """Counts from now."""
        self._at_s = self._clock.monotonic() + total_s

    def left(self, wait_s: float | None, error: type[Exception]) -> float | None:
        """`wait_s`, or less where the deadline is nearer; raises `error` past it."""
        if self._at_s is None:
            return wait_s
        left_s = self._at_s - self._clock.monotonic()
        if left_s <= 0:
            raise error
        return left_s if wait_s is None else min(wait_s, left_s)


class _Stream(httpcore2.NetworkStream):
    """A timeout for each read alone would let a service drip one byte a minute for ever."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left_s = self._deadline.left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left_s), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.SyncBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left_s = self._deadline.left(timeout, httpcore2.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left_s, local_address, socket_options), self._deadline)


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class Pooled(httpx2.BaseTransport):
    """Kept-open connections to services, through the system's proxy where it names one."""

    def __init__(self, base_url: str, deadline: Deadline, ca_file: Path | None) -> None:
        context, backend = _tls(ca_file), _Backend(deadline)
        proxy = _proxy(base_url)
        # HTTP/1.1 only: in HTTP/2 one broken connection would put every upload under way in doubt.
        if proxy is None:
            self._pool = httpcore2.ConnectionPool(ssl_context=context, keepalive_expiry=5.0, network_backend=backend)
        else:
            self._pool = httpcore2.HTTPProxy(
                proxy_url=str(proxy.url),
                proxy_auth=proxy.raw_auth,
                ssl_context=context,
                keepalive_expiry=5.0,
                network_backend=backend,
            )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body not yet read."""
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore2.Request(
                request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()


def no_cookies() -> CookieJar:
    """A jar that takes in nothing: what a service remembers of us is its token alone."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


@lru_cache(maxsize=8)
def _tls(ca_file: Path | None) -> ssl.SSLContext:
    """Read once: it takes longer than many a call."""
    if ca_file is None:
        return httpx2.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError):
        pass
    message = f"{ca_file} holds no certificates that can be read. Name a PEM file, or leave the setting out."
    raise Mistake(message)


def _proxy(base_url: str) -> httpx2.Proxy | None:
    host = urlsplit(base_url).hostname or ""
    address = getproxies().get("https", "")
    if not address or loopback(host) or proxy_bypass(host):
        return None
    proxy = httpx2.Proxy(address if "://" in address else f"http://{address}")
    if proxy.url.scheme not in {"http", "https"}:
        message = f"The system names a {proxy.url.scheme} proxy, which is not supported. Use an http proxy or none."
        raise Mistake(message)
    return proxy
