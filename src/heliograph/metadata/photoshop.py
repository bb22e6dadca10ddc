"""Photoshop's image resources in a JPEG, which tell whether the IPTC block was edited behind XMP's back.

Source: Adobe Photoshop file formats specification, "Image resource blocks" (read 2026-11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from heliograph.metadata.pieces import Piece, content

SIGNATURE = b"Photoshop 3.0\0"
_KINDS_OF_BLOCK = (b"8BIM", b"AgHg", b"DCSR", b"PHUT", b"MeSa")
_IPTC = 0x0404
_IPTC_DIGEST = 0x0425
_TAG_MARKER = 0x1C
_TAG_BYTES = 5
_LONG = 0x8000
"""A length with this bit says how many bytes of length follow. Source: IPTC-IIM 4.2, section 1.6 (read 2026-11)."""

Resources = tuple[tuple[int, bytes], ...]
"""Number and content of each image resource."""


def image_resources(file: BinaryIO, held: Iterable[Piece]) -> Resources:
    """The image resources of a JPEG with these pieces, in order; empty where there are none."""
    segments = (piece for piece in held if piece.name == "APP13" and piece.head.startswith(SIGNATURE))
    return tuple(_resources(b"".join(content(file, piece)[len(SIGNATURE) :] for piece in segments)))


def iptc_changed(resources: Resources) -> bool:
    """True where a digest of the IPTC block stands among them and is not that of the block."""
    found = dict(resources)
    if _IPTC not in found or _IPTC_DIGEST not in found:
        return False
    return hashlib.md5(found[_IPTC], usedforsecurity=False).digest() != found[_IPTC_DIGEST]


def iptc_lost(resources: Resources) -> bool:
    """True where an IPTC block is damaged, or not the only one, so that readers miss some of what it says."""
    blocks = [data for kind, data in resources if kind == _IPTC and data.strip(b"\0")]
    return len(blocks) > 1 or any(_TAG_MARKER in block[_readable_bytes(block) :] for block in blocks)


def _readable_bytes(block: bytes) -> int:
    """How far the block is a chain of whole data sets."""
    at = 0
    while block[at : at + 1] == bytes((_TAG_MARKER,)) and at + _TAG_BYTES <= len(block):
        length_bytes = int.from_bytes(block[at + 3 : at + 5], "big")
        start = at + _TAG_BYTES
        if length_bytes & _LONG:
            start += length_bytes ^ _LONG
            length_bytes = int.from_bytes(block[at + _TAG_BYTES : start], "big")
        if start + length_bytes > len(block):
            break
        at = start + length_bytes
    return at


def only_iptc(segment: bytes) -> bool:
    """Whether a segment of resources holds the IPTC block and nothing else."""
    resources = segment[len(SIGNATURE) :]
    held_bytes = sum(len(data) + len(data) % 2 + 12 for kind, data in _resources(resources) if kind == _IPTC)
    return held_bytes == len(resources)


def _resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while data[at : at + 4] in _KINDS_OF_BLOCK and at + 7 < len(data):
        kind = int.from_bytes(data[at + 4 : at + 6], "big")
        name_bytes = data[at + 6] + 1
        at += 6 + name_bytes + name_bytes % 2
        length_bytes = int.from_bytes(data[at : at + 4], "big")
        yield kind, data[at + 4 : at + 4 + length_bytes]
        at += 4 + length_bytes + length_bytes % 2
