"""Licences: Flickr's own numbers, and the names by which everybody else knows them.

Source: the full list since 2025-06-18, recorded answers of photos.licenses.getInfo (2026-11).
"""

from __future__ import annotations

from heliograph.model import Value, licence_address, licence_name

ALL_RIGHTS_RESERVED = "0"
_NUMBERS = {
    "by-nc-sa 2.0": "1",
    "by-nc 2.0": "2",
    "by-nc-nd 2.0": "3",
    "by 2.0": "4",
    "by-sa 2.0": "5",
    "by-nd 2.0": "6",
    "zero": "9",
    "mark": "10",
    "by 4.0": "11",
    "by-sa 4.0": "12",
    "by-nd 4.0": "13",
    "by-nc 4.0": "14",
    "by-nc-sa 4.0": "15",
    "by-nc-nd 4.0": "16",
}


def licence_id(rights: Value) -> str | None:
    """Flickr's number for the licence of a photo's rights; `None` where the photo states none.

    What Flickr cannot say (Creative Commons 3.0, words of one's own) is "all rights reserved" there.
    """
    name = licence_name(rights)
    return None if name is None else _NUMBERS.get(name, ALL_RIGHTS_RESERVED)


def address(number: Value) -> str | None:
    """Where the licence of a number is explained; empty for all rights reserved, `None` for a number nobody knows."""
    names = {number: name for name, number in _NUMBERS.items()}
    known = names.get(str(number), "")
    return licence_address(known) if known else "" if number == ALL_RIGHTS_RESERVED else None


def is_lost(rights: Value) -> bool:
    """Whether a photo states a licence that Flickr has no number for."""
    return licence_id(rights) == ALL_RIGHTS_RESERVED
