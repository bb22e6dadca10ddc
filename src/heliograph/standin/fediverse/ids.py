"""Ids in the shapes that servers give them, always rising."""

from __future__ import annotations

import hashlib

PIXELFED_EPOCH_MS = 1_549_756_800_000
"""10 February 2019, from which Pixelfed counts."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SMALL_FROM = 2_403_000


def made(shape: str, at: float, serial: int) -> str:
    """An id of a shape, for a moment in unix seconds; `serial` keeps those of one moment apart, and in order."""
    at_ms = int(at * 1000)
    if shape == "mastodon":
        return str((at_ms << 16) + serial % 65536)
    if shape == "pixelfed":
        return str(((at_ms - PIXELFED_EPOCH_MS) << 22) | 1 << 17 | 1 << 12 | serial % 4096)
    if shape == "ulid":
        return _crockford(at_ms, 10) + _crockford(serial, 8) + _crockford(int(_hashed(at_ms, serial)[:10], 16), 8)
    if shape == "hex":
        return _hashed(at_ms, serial)
    return str(_SMALL_FROM + serial)


def before(shape: str, one: str, other: str) -> bool:
    """Whether the id `one` is lower than `other`."""
    if shape in {"mastodon", "pixelfed"} and one.isdigit() and other.isdigit():
        return int(one) < int(other)
    return one < other


def _hashed(at_ms: int, serial: int) -> str:
    return hashlib.md5(f"{at_ms}.{serial}".encode(), usedforsecurity=False).hexdigest()


def _crockford(number: int, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits = _CROCKFORD[digit] + digits
    return digits
