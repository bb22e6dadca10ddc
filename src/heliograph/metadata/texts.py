"""Words out of files, made fit to be published: one encoding, one normal form, nothing invisible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_TEXT = 65_536
"""Characters; no caption is longer, and a hostile file must not fill the memory."""

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PLAIN = re.compile(r"[\x20-\x7e]*")


def decoded(raw: bytes, encoding: str = "") -> str:
    """`raw` as text: by `encoding` where it is known, else UTF-8, else Latin-1, which always succeeds."""
    try:
        return raw.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(raw) and error.start and error.reason == "unexpected end of data":
            return raw[: error.start].decode("utf-8")  # IIM's short fields end within a character
    return raw.decode("latin-1")


def repaired(text: str, encoding: str = "") -> str:
    """`text` decoded anew where exiv2 could not: undecodable bytes reach Python as lone surrogates."""
    if text.isascii():
        return text
    return decoded(text.encode("utf-8", "surrogateescape"), encoding)


def clean(text: str) -> str:
    """NFC, stripped, without control characters other than newline and tab, and cut at `LONGEST_TEXT`."""
    if _PLAIN.fullmatch(text):
        return text.strip()[:LONGEST_TEXT]
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _NOT_TEXT.sub("", unified)).strip()[:LONGEST_TEXT]


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The cleaned texts in their order, without blanks and repeats."""
    return tuple(dict.fromkeys(filter(None, map(clean, texts))))


def cut(text: str, length_bytes: int) -> str:
    """As much of `text` from its start as fits into that many bytes of UTF-8, in whole characters."""
    return text.encode()[:length_bytes].decode("utf-8", "ignore")
