"""Addresses of Flickr as people write them down: of pages, and of picture files in their sizes.

Source: https://www.flickr.com/services/api/misc.urls.html, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_OWN = r"flickr\.com/photos/[^/\s]+/"
_IDS = tuple(
    re.compile(rf"(?://|\.){form}", re.IGNORECASE)
    for form in (
        r"static\.?flickr\.com/(?:\d+/){1,2}(\d{5,})(?!\d)",
        rf"{_OWN}(\d{{5,}})(?!\d)",
        rf"{_OWN}(?:albums|sets)/(\d{{5,}})(?!\d)",
        rf"{_OWN}(?:albums|sets)/\d+/(?:with/)?(\d{{5,}})(?!\d)",
        rf"{_OWN}galleries/\d+/?#photo_(\d+)",
        r"flickr\.com/photo\w*\.gne\?(?:\S+&)?id=(\d{5,})",
    )
)
_SHORT = re.compile(r"//(?:www\.)?(?:flic\.kr/[ps]/|flickr\.com/photo\.gne\?short=)([1-9A-HJ-NP-Za-km-z]{3,12})(?!\w)")
_DIGITS = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_FILE = re.compile(
    r"https?://[^/\s]+/(?:\w+/)+(?P<id>\d{5,})_(?P<secret>[0-9a-z]+)(?P<size>_[a-z0-9]+)?\.\w+", re.IGNORECASE
)


def leads_to(link: str) -> frozenset[str]:
    """Ids of the photo and album whose page, picture or short address a link is; none where it leads elsewhere."""
    found = {match[1] for form in _IDS if (match := form.search(link))}
    short = _SHORT.search(link)
    return frozenset(found | {str(_number(short[1]))} if short else found)


def _number(short: str) -> int:
    """The id that a short address stands for, whose digits are letters: 58 of them."""
    number = 0
    for digit in short:
        number = number * len(_DIGITS) + _DIGITS.index(digit)
    return number


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
