"""Licences: Flickr's own numbers, and the names by which everybody else knows them.

Source: the full list since 2025-06-18, recorded answers of photos.licenses.getInfo (2026-11).
"""

from __future__ import annotations

from heliograph.model import LicenceNumbers

ALL_RIGHTS_RESERVED = "0"
_LICENCES = LicenceNumbers(
    {
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
    },
    ALL_RIGHTS_RESERVED,
)

licence_id, address, is_lost = _LICENCES.number, _LICENCES.address, _LICENCES.is_lost
