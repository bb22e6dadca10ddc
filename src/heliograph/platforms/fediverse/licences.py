"""Licences: Pixelfed's own numbers, and the addresses by which everybody else names them."""

from __future__ import annotations

import re

from heliograph.model import Value

ALL_RIGHTS_RESERVED = "1"
_PUBLIC = {"mark": "5", "zero": "6"}
_VARIANTS = {"by": "11", "by-sa": "12", "by-nc": "13", "by-nc-sa": "14", "by-nd": "15", "by-nc-nd": "16"}
NUMBERS = frozenset({ALL_RIGHTS_RESERVED, *_PUBLIC.values(), *_VARIANTS.values()})
"""Source: app/Util/Media/License.php of Pixelfed 0.12 (2026-09), whose addresses are those of version 4.0."""
_CREATIVE = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/.*)?"
)


def number(rights: Value) -> str | None:
    """Pixelfed's number for the licence of a photo's rights; `None` where the photo states none.

    What Pixelfed cannot say (earlier versions, words of one's own) is "all rights reserved" there.
    """
    url = str(rights[-1] or "").strip().lower() if isinstance(rights, tuple) and rights else ""
    if not url:
        return None
    found = _CREATIVE.fullmatch(url)
    if found is None:
        return ALL_RIGHTS_RESERVED
    if found[1] == "publicdomain":
        return _PUBLIC.get(found[2], ALL_RIGHTS_RESERVED)
    return _VARIANTS.get(found[2], ALL_RIGHTS_RESERVED) if found[3] == "4.0" else ALL_RIGHTS_RESERVED


def is_lost(rights: Value) -> bool:
    """Whether a photo states a licence that Pixelfed has no number for."""
    return number(rights) == ALL_RIGHTS_RESERVED


def shown(licence: object) -> str:
    """The number of the licence that a picture is shown with; none is all rights reserved."""
    told = known(licence.get("id")) if isinstance(licence, dict) else None
    return told or ALL_RIGHTS_RESERVED


def known(value: object) -> str | None:
    """A number as Pixelfed writes it, as text or not; `None` where it is no licence's."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text in NUMBERS else None
