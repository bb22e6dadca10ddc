"""Titles and descriptions: what Flickr makes of them, undone as far as it can be for comparing."""

from __future__ import annotations

import html
import re

_LINK = re.compile(r"<a\b[^>]*?\bhref=(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*))[^>]*>.*?</a\s*>", re.IGNORECASE | re.DOTALL)
_MAIL = "mailto:"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
"""Added to an address that was written without."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, whatever was escaped, linked, or folded in them on the way.

    Source: descriptions come back as HTML with entities, and with bare addresses made into links whose text is
    shortened; recorded answers, 2023 to 2025 (2026-11).
    """
    return words(one) == words(other)


def words(text: str) -> str:
    """The bare words of a text that may be HTML."""
    bare = _TAG.sub(" ", _LINK.sub(_address, text))
    for _ in range(2):  # the source of an answer holds some entities twice
        bare = html.unescape(bare)
    return " ".join(_SCHEME.sub("", _TAG.sub(" ", bare)).split())


def readable(text: str) -> str:
    """A text that came back as HTML, as it was typed as far as that can be told: lines and markup stay.

    Only an address that Flickr made into a link by itself becomes the bare address again.
    """
    plain = _LINK.sub(_unlinked, text)
    for _ in range(2):
        plain = html.unescape(plain)
    return plain.replace("\r\n", "\n").strip()


def _unlinked(link: re.Match[str]) -> str:
    """The address, where the words of the link are the beginning of it."""
    address = html.unescape(_address(link).strip())
    said = _words_of(link[0])
    begins = _SCHEME.sub("", address).startswith(_SCHEME.sub("", said.rstrip(".\u2026")))
    return address if said and begins else link[0]


def _words_of(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def _address(link: re.Match[str]) -> str:
    return f" {(link[1] or link[2] or link[3] or '').removeprefix(_MAIL)} "
