"""Tags: how they are written so that each stays one, how Flickr stores them, and the one that is ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from heliograph.model import Trace, Traces

NAMESPACE = "heliograph"
"""Of our machine tag, `heliograph:photo=` and 48 hex digits: 32 of the photo's mark, 16 of what was made of it."""

_OURS = re.compile(rf"{NAMESPACE}:photo=([0-9a-f]{{32}})([0-9a-f]{{16}})?(?![0-9a-z])")
_MACHINE = re.compile(r"([a-z][a-z0-9_]*):([a-z][a-z0-9_]*)=(.*)", re.IGNORECASE | re.DOTALL)
PICTURE_LEN = 16
_TRACES = {
    Trace.SIGNATURE: re.compile(r"(?:^| )flickrsync:signature=([0-9a-f]{64})(?= |$)", re.IGNORECASE),
    Trace.MD5: re.compile(r"(?:^| )checksum(?::md5=|:)?([0-9a-f]{32})(?= |$)", re.IGNORECASE),
    Trace.SHA1: re.compile(r"(?:^| )checksum(?::sha1=|:)?([0-9a-f]{40})(?= |$)", re.IGNORECASE),
}
"""What other programs left, clean or as it was typed. flickr-uploader's `checksum:` is no machine tag, and so its colon
is gone where Flickr shows it clean.

Source: the code of FlickrSync 0.1.1, flickr-uploader 2.8, flickr-checksum-tags and flickr-cli (2026-11).
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What our tag says of a photo."""

    mark: str
    picture: str = ""
    """The beginning of the picture's digest: which pixels and which recipe."""

    @property
    def tag(self) -> str:
        """The machine tag; only letters and digits in its value come back from listings.

        Source: recorded answers of `machine_tags` (2023 to 2025), where values lose all else.
        """
        return f"{NAMESPACE}:photo={self.mark}{self.picture}"


def mark_in(tags: str) -> Mark | None:
    """Our mark among tags with blanks between them; `None` where there is none."""
    found = _OURS.search(tags)
    return Mark(found[1], found[2] or "") if found else None


def traces_in(tags: str) -> Traces:
    """What other programs say, in tags with blanks between them, of the file that they sent."""
    found = {(kind, value.lower()) for kind, pattern in _TRACES.items() for value in pattern.findall(tags)}
    return tuple(sorted(found))


def is_ours(tag: str) -> bool:
    """Whether a tag is the one that we put there for ourselves."""
    return tag.strip().lower().startswith(f"{NAMESPACE}:photo=")


def is_machine(tag: str) -> bool:
    """Whether a tag is a note of a program: `namespace:predicate=value`."""
    return _MACHINE.fullmatch(tag.strip()) is not None


def clean(tag: str) -> str:
    """What Flickr makes of a tag: small letters and digits of any script; of a machine tag the frame stays.

    Source: recorded answers, 2023 to 2025 (2026-11).
    """
    machine = _MACHINE.fullmatch(tag.strip())
    if machine:
        return f"{machine[1].lower()}:{machine[2].lower()}={_letters(machine[3])}"
    return _letters(tag)


def _letters(text: str) -> str:
    lowered = unicodedata.normalize("NFC", text).lower()
    return "".join(sign for sign in lowered if sign.isalnum() or unicodedata.category(sign).startswith("M"))


def cleaned(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags as a listing shows them: clean, each once, sorted, without the one that is ours."""
    found = {clean(tag) for tag in tags if not is_ours(tag)}
    return tuple(sorted(found - {""}))


def quoted(tags: Iterable[str]) -> str:
    """The tags as one text in which each stays whole: in quotes, with blanks between them.

    A quote within a tag cannot be written. Source: users' reports and clients (2026-11); a comma outside of quotes, or
    a blank, would split it.
    """
    words = [re.sub(r"\s+", " ", tag.replace('"', "'")).strip() for tag in tags]
    return " ".join(f'"{word}"' for word in words if clean(word))
