"""Photoshop's image resources in a JPEG, which tell whether the IPTC block was edited behind XMP's back.

Source: Adobe Photoshop file formats specification, "Image resource blocks" (read 2026-11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from heliograph.metadata.pieces import content, pieces

SIGNATURE = b"Photoshop 3.0\0"
_IPTC = 0x0404
_IPTC_DIGEST = 0x0425


def iptc_changed(file: BinaryIO) -> bool:
    """True where a digest of the IPTC block stands in the file and is not that of the block."""
    data = b"".join(
        content(file, piece)[len(SIGNATURE) :]
        for piece in pieces(file)
        if piece.name == "APP13" and piece.head.startswith(SIGNATURE)
    )
    found = dict(_resources(data))
    if _IPTC not in found or _IPTC_DIGEST not in found:
        return False
    return hashlib.md5(found[_IPTC], usedforsecurity=False).digest() != found[_IPTC_DIGEST]


def only_iptc(segment: bytes) -> bool:
    """Whether a segment of resources holds the IPTC block and nothing else."""
    resources = segment[len(SIGNATURE) :]
    held_bytes = sum(len(data) + len(data) % 2 + 12 for kind, data in _resources(resources) if kind == _IPTC)
    return held_bytes == len(resources)


def _resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while data[at : at + 4] == b"8BIM" and at + 7 < len(data):
        kind = int.from_bytes(data[at + 4 : at + 6], "big")
        name_bytes = data[at + 6] + 1
        at += 6 + name_bytes + name_bytes % 2
        length_bytes = int.from_bytes(data[at : at + 4], "big")
        yield kind, data[at + 4 : at + 4 + length_bytes]
        at += 4 + length_bytes + length_bytes % 2
