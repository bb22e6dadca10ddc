"""Licences: Pixelfed's own numbers, and the names by which everybody else knows them."""

from __future__ import annotations

from heliograph.model import LicenceNumbers

ALL_RIGHTS_RESERVED = "1"
_LICENCES = LicenceNumbers(
    {
        "mark": "5",
        "zero": "6",
        "by 4.0": "11",
        "by-sa 4.0": "12",
        "by-nc 4.0": "13",
        "by-nc-sa 4.0": "14",
        "by-nd 4.0": "15",
        "by-nc-nd 4.0": "16",
    },
    ALL_RIGHTS_RESERVED,
)
"""Source: app/Util/Media/License.php of Pixelfed 0.12 (2026-09)."""
_KNOWN = frozenset({ALL_RIGHTS_RESERVED, *_LICENCES.by_name.values()})


number, address, is_lost = _LICENCES.number, _LICENCES.address, _LICENCES.is_lost


def shown(licence: object) -> str:
    """The number of the licence that a picture is shown with; none is all rights reserved."""
    told = known(licence.get("id")) if isinstance(licence, dict) else None
    return told or ALL_RIGHTS_RESERVED


def known(value: object) -> str | None:
    """A number as Pixelfed writes it, as text or not; `None` where it is no licence's."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text in _KNOWN else None
