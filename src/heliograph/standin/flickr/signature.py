"""The arithmetic of OAuth 1.0a as Flickr does it: parameters in one order, a base string, HMAC-SHA1.

Source: https://www.flickr.com/services/api/auth.oauth.html, RFC 5849 (November 2026).
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

Pair = tuple[str, str]

_HEADER_PARAMETER = re.compile(r'([^\s=,"]+)\s*=\s*"([^"]*)"')
_DEFAULT_PORTS = {"http": 80, "https": 443}


def percent_encoded(text: str) -> str:
    """`text` in UTF-8 with everything but letters, digits and `-._~` as `%XX`, a space as `%20`."""
    return quote(text, safe="-._~")


def plain_url(url: str) -> str:
    """Scheme and host in lower case without the scheme's own port, and the path as it was called; no query.

    `/services/rest` and `/services/rest/` stay two different addresses, so their signatures differ.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    host = parts.netloc.lower().removesuffix(f":{_DEFAULT_PORTS.get(scheme, '')}")
    return f"{scheme}://{host}{parts.path or '/'}"


def base_string(http_method: str, url: str, parameters: Iterable[Pair]) -> str:
    """What is signed. `parameters` are all of header, query and body; a signature among them is left out."""
    encoded = sorted(
        (percent_encoded(name), percent_encoded(value)) for name, value in parameters if name != "oauth_signature"
    )
    listed = "&".join(f"{name}={value}" for name, value in encoded)
    return "&".join(percent_encoded(part) for part in (http_method.upper(), plain_url(url), listed))


def signature(base: str, key_secret: str, token_secret: str = "") -> str:
    """HMAC-SHA1 of a base string, in base64."""
    key = f"{percent_encoded(key_secret)}&{percent_encoded(token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode("ascii")


def header_parameters(header: str) -> list[Pair]:
    """The parameters of an `Authorization: OAuth ...` header without `realm`; empty for any other header."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "oauth":
        return []
    pairs = ((unquote(name), unquote(value)) for name, value in _HEADER_PARAMETER.findall(rest))
    return [(name, value) for name, value in pairs if name.lower() != "realm"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as far as its signature covers it."""

    http_method: str
    url: str
    parameters: tuple[Pair, ...]
    """Of header, query and body together; of a multipart body the text fields, never a file."""

    def get(self, name: str) -> str:
        """The first parameter of that name, or an empty text."""
        return next((value for known, value in self.parameters if known == name), "")

    @property
    def base_string(self) -> str:
        """What the caller should have signed."""
        return base_string(self.http_method, self.url, self.parameters)

    def signed_by(self, key_secret: str, token_secret: str = "") -> bool:
        """Whether the signature that came along is the one these secrets give."""
        expected = signature(self.base_string, key_secret, token_secret)
        return hmac.compare_digest(expected.encode(), self.get("oauth_signature").encode())
