"""Addresses of Flickr as people write them down: of pages, and of picture files in their sizes.

Source: https://www.flickr.com/services/api/misc.urls.html, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_ID = re.compile(
    r"(?://|\.)(?:static\.?flickr\.com/(?:\d+/){1,2}|flickr\.com/photos/[^/\s]+/(?:sets/\d+/)?)(\d{5,})(?!\d)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"https?://[^/\s]+/(?:\w+/)+(?P<id>\d{5,})_(?P<secret>[0-9a-z]+)(?P<size>_[a-z0-9]+)?\.\w+", re.IGNORECASE
)


def leads_to(link: str) -> frozenset[str]:
    """Id of the photo that a link leads to, to its page or to its picture; none where it leads elsewhere."""
    match = _ID.search(link)
    return frozenset({match[1]}) if match else frozenset()


def renewed(links: Collection[str], current: Iterable[str]) -> Mapping[str, str]:
    """Of links to one photo's picture files, those that are none of the `current` ones -> the current one of that size.

    A size that there is no more is left out.
    """
    now = set(current)
    by_size = {(match["id"], match["size"] or ""): link for link in now if (match := _FILE.fullmatch(link))}
    found = {}
    for link in links:
        match = _FILE.fullmatch(link)
        if match is not None and link not in now:
            new = by_size.get((match["id"], match["size"] or ""))
            if new is not None and _FILE.fullmatch(new)["secret"] != match["secret"]:  # type: ignore[index]
                found[link] = new
    return found
