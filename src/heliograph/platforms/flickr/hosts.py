"""Where Flickr answers; one address in the settings moves all of it, to a stand-in or a gateway of one's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hosts:
    """Addresses without a trailing slash; what is asked for stands below `/services/` on each.

    Source: https://www.flickr.com/services/api/ and its page upload.api.html (2026-11).
    """

    rest: str = "https://api.flickr.com"
    """`/services/rest/`"""
    upload: str = "https://up.flickr.com"
    """`/services/upload/` and `/services/replace/`"""
    www: str = "https://www.flickr.com"
    """`/services/oauth/`, and the pages that people see."""


def hosts(url: str | None = None) -> Hosts:
    """Flickr's own hosts, or `url` in place of each of them."""
    base_url = (url or "").rstrip("/")
    return Hosts(base_url, base_url, base_url) if base_url else Hosts()
