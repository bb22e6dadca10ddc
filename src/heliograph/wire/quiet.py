"""What the HTTP libraries would log is not logged."""

from __future__ import annotations

import logging

_TALKERS = ("connection", "http11", "http2", "proxy", "socks")


def hush() -> None:
    """The libraries below would log whole addresses and headers; `heliograph.wire` says the same without secrets."""
    for name in ("httpx2", "httpcore2", *(f"httpcore2.{part}" for part in _TALKERS)):
        logging.getLogger(name).addFilter(_nothing)
    logging.getLogger("httpcore2").propagate = False


def _nothing(_: logging.LogRecord) -> bool:
    return False
