"""Licences: Pixelfed's own numbers, and the names by which everybody else knows them."""

from __future__ import annotations

from heliograph.model import Value, licence_address, licence_name

ALL_RIGHTS_RESERVED = "1"
_NUMBERS = {
    "mark": "5",
    "zero": "6",
    "by 4.0": "11",
    "by-sa 4.0": "12",
    "by-nc 4.0": "13",
    "by-nc-sa 4.0": "14",
    "by-nd 4.0": "15",
    "by-nc-nd 4.0": "16",
}
"""Source: app/Util/Media/License.php of Pixelfed 0.12 (2026-09)."""
_KNOWN = frozenset({ALL_RIGHTS_RESERVED, *_NUMBERS.values()})


def number(rights: Value) -> str | None:
    """Pixelfed's number for the licence of a photo's rights; `None` where the photo states none.

    What Pixelfed cannot say (earlier versions, words of one's own) is "all rights reserved" there.
    """
    name = licence_name(rights)
    return None if name is None else _NUMBERS.get(name, ALL_RIGHTS_RESERVED)


def address(number: Value) -> str | None:
    """Where the licence of a number is explained; empty for all rights reserved, `None` for a number nobody knows."""
    names = {number: name for name, number in _NUMBERS.items()}
    known = names.get(str(number), "")
    return licence_address(known) if known else "" if number == ALL_RIGHTS_RESERVED else None


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
    return text if text in _KNOWN else None
