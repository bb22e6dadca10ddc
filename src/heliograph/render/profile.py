"""The colour profile of an original with nothing in it but colour: people's and computers' names stand there, too.

A profile that was measured for a screen holds the screen's serial number, the owner's name for it and the day; any
profile may carry anything else in tags of its own.

Source: ICC.1:2022 (profile version 4.4), sections 7 and 9; ISO 15076-1 (read 2026-11).
"""

import struct
from collections.abc import Iterator, Mapping

_HEADER_BYTES = 128
_MOST_TAGS = 100
_COLOUR = frozenset(
    name.encode()
    for name in (
        *("A2B0", "A2B1", "A2B2", "B2A0", "B2A1", "B2A2", "D2B0", "D2B1", "D2B2", "D2B3", "B2D0", "B2D1", "B2D2"),
        *("B2D3", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "kTRC", "wtpt", "bkpt", "chad", "chrm", "gamt"),
        *("lumi", "cicp"),
    )
)
"""Tags by which colours are computed."""

_KNOWN = (
    *("sRGB IEC61966-2.1", "sRGB built-in", "sRGB2014", "Display P3", "Adobe RGB (1998)", "ProPhoto RGB", "Apple RGB"),
    *("ColorMatch RGB", "Wide Gamut RGB", "eciRGB v2", "Generic RGB Profile", "Generic Gray Profile", "Dot Gain 20%"),
    *("Gray Gamma 2.2", "Gray Gamma 1.8", "U.S. Web Coated (SWOP) v2", "Coated FOGRA39 (ISO 12647-2:2004)"),
)
"""Descriptions that name a standard and nobody; any other is replaced."""

_UNNAMED = "Profile of this picture"
_NOTICE = "No statement"
_NO_DATE = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)


def public(profile: bytes) -> bytes:
    """The same colours without any other word, date or number; empty for what is no profile, which decoders ignore."""
    tags = _tags(profile)
    if not any(name in _COLOUR for name in tags):
        return b""
    texts = {b"desc": _name(tags.get(b"desc", b"")), b"cprt": _NOTICE}
    is_old = profile[8] < 4  # noqa: PLR2004 - texts are written differently since version 4
    bodies = {name: _text(name, text, is_old=is_old) for name, text in texts.items()}
    return _assembled(_header(profile), bodies | {name: body for name, body in tags.items() if name in _COLOUR})


def _tags(profile: bytes) -> dict[bytes, bytes]:
    if len(profile) < _HEADER_BYTES + 4 or profile[36:40] != b"acsp":
        return {}
    count = int.from_bytes(profile[_HEADER_BYTES : _HEADER_BYTES + 4], "big")
    if count > _MOST_TAGS or _HEADER_BYTES + 4 + 12 * count > len(profile):
        return {}
    found = {}
    for index in range(count):
        name, offset, length = struct.unpack_from(">4sII", profile, _HEADER_BYTES + 4 + 12 * index)
        if offset + length > len(profile):
            return {}
        found[name] = profile[offset : offset + length]
    return found


def _name(description: bytes) -> str:
    """The description where it is one of the standards, in any of the encodings of the two ways to write it."""
    for name in _KNOWN:
        wide = name.encode("utf-16-be")
        if description[12 : 12 + len(name) + 1] == name.encode() + b"\0" or description.endswith(
            (wide, wide + b"\0\0")
        ):
            return name
    return _UNNAMED


def _header(profile: bytes) -> bytes:
    """Kind of device, colour spaces, version, intent and white; not who made it, when, for which device."""
    version_and_spaces, flags, intent_and_white = profile[8:24], profile[44:48], profile[64:80]
    found = bytes(8) + version_and_spaces + _NO_DATE + b"acsp" + bytes(4) + flags + bytes(16) + intent_and_white
    return found.ljust(_HEADER_BYTES, b"\0")


def _text(name: bytes, text: str, *, is_old: bool) -> bytes:
    if not is_old:
        wide = text.encode("utf-16-be")
        return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(wide), 28) + wide
    if name == b"cprt":
        return b"text\0\0\0\0" + text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text.encode() + b"\0" + bytes(4 + 4 + 2 + 1 + 67)


def _assembled(header: bytes, bodies: Mapping[bytes, bytes]) -> bytes:
    """Equal tags share their bytes, as the three curves of most profiles do."""
    at = _HEADER_BYTES + 4 + 12 * len(bodies)
    places: dict[bytes, int] = {}
    for body in bodies.values():
        if body not in places:
            places[body] = at
            at += len(body) + -len(body) % 4
    table = b"".join(struct.pack(">4sII", name, places[body], len(body)) for name, body in bodies.items())
    data = b"".join(body + bytes(-len(body) % 4) for body in places)
    return struct.pack(">I", at) + header[4:] + struct.pack(">I", len(bodies)) + table + data


def in_segments(profile: bytes, most_bytes: int) -> Iterator[bytes]:
    """The profile as bodies of JPEG segments, each with its number and how many there are.

    Source: ICC.1:2022, annex B.4 (read 2026-11).
    """
    parts = [profile[at : at + most_bytes] for at in range(0, len(profile), most_bytes)]
    for number, part in enumerate(parts, start=1):
        yield b"ICC_PROFILE\0" + bytes((number, len(parts))) + part
