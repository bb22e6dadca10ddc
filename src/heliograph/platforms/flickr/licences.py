"""Licences: Flickr's own numbers, and the addresses by which everybody else names them.

Source: the full list since 2025-06-18, recorded answers of photos.licenses.getInfo (2026-11).
"""

from __future__ import annotations

import re

ALL_RIGHTS_RESERVED = "0"
_VARIANTS_2 = {"by-nc-sa": "1", "by-nc": "2", "by-nc-nd": "3", "by": "4", "by-sa": "5", "by-nd": "6"}
_VARIANTS_4 = {"by": "11", "by-sa": "12", "by-nd": "13", "by-nc": "14", "by-nc-sa": "15", "by-nc-nd": "16"}
_PUBLIC = {"zero": "9", "mark": "10"}
_CREATIVE = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/.*)?"
)


def licence_id(rights: object) -> str | None:
    """Flickr's number for the licence of a photo's rights; `None` where the photo states none.

    What Flickr cannot say (Creative Commons 3.0, words of one's own) is "all rights reserved" there.
    """
    url = str(rights[-1]).strip().lower() if isinstance(rights, tuple) and rights else ""
    if not url:
        return None
    found = _CREATIVE.fullmatch(url)
    if found is None:
        return ALL_RIGHTS_RESERVED
    if found[1] == "publicdomain":
        return _PUBLIC.get(found[2], ALL_RIGHTS_RESERVED)
    variants = {"2.0": _VARIANTS_2, "4.0": _VARIANTS_4}.get(found[3], {})
    return variants.get(found[2], ALL_RIGHTS_RESERVED)


def is_lost(rights: object) -> bool:
    """Whether a photo states a licence that Flickr has no number for."""
    stated = isinstance(rights, tuple) and bool(rights) and bool(rights[-1])
    return stated and licence_id(rights) == ALL_RIGHTS_RESERVED
