"""Secrets taken out of words, by their value and by their shape, before anything can log or raise them."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
_SHORTEST = 4
"""Shorter values would blot out ordinary words."""

_HEADERS = re.compile(
    r"""(?i)\b((?:proxy-)?authorization|set-cookie|cookie|x-auth-token|x-api-key)\b(["']?\s*[:=,]\s*)[^\r\n]+"""
)
_SCHEMES = re.compile(r"""(?i)\b(bearer|basic|oauth|digest)\s+(?=[^\s]*[\d=_+/~])[^\s"',;]{6,}""")
_NAMES = (
    r"oauth_[a-z_]+|(?:access|refresh|id|auth|request|session)_?token(?:_secret)?|token_secret|token|api_?key|api_sig"
    r"|client_secret|consumer_secret|client_id|consumer_key|signature|verifier|code_verifier|secret|password|passwd"
)
_PAIRS = re.compile(rf"""(?i)(?<![a-z0-9])({_NAMES})(["']?\s*(?:=|%3D|:)\s*b?["']?)(?![\s\[])([^\s&"',;<>}}\])]+)""")
_CODES = re.compile(r"(?i)([?&]code=)[^\s&\"'<>]+")
_USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@")


class Redactor(logging.Filter):
    """Hides secrets in texts and, as a filter on a logger or handler, in log records and their tracebacks."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._values: frozenset[str] = frozenset()
        self.learn(*secrets)

    def __repr__(self) -> str:
        return f"Redactor({len(self._values)} forms)"

    def learn(self, *secrets: str) -> None:
        """Hides these values from now on, also as they look in URLs and in JSON; shorter ones than 4 are ignored."""
        forms: set[str] = set()
        for secret in (str(one).strip() for one in secrets):
            if len(secret) >= _SHORTEST:
                forms |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]}
        self._values |= forms

    def words(self, text: str) -> str:
        """`text` without secrets."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
        text = _HEADERS.sub(rf"\1\2{HIDDEN}", text)
        text = _SCHEMES.sub(rf"\1 {HIDDEN}", text)
        text = _CODES.sub(rf"\1{HIDDEN}", text)
        return _PAIRS.sub(rf"\1\2{HIDDEN}", text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the record stays, its secrets do not."""
        record.msg, record.args = self.words(record.getMessage()), ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_info = None
        if record.exc_text:
            record.exc_text = self.words(record.exc_text)
        return True
