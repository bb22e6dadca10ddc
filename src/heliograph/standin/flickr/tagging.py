"""From what is typed to tags, and from tags to what is found.

Source: Flickr's documents and recorded answers, as of 2026: words are separated by spaces, quotes hold several words
together, comma lists work in practice; the clean form is lower case with letters and digits of any script only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from heliograph.standin.flickr.records import Tag

_MACHINE = re.compile(r"([A-Za-z][A-Za-z0-9_]*):([A-Za-z][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_ITEM = re.compile(r'(?:[^,"]|"[^"]*"?)+')
_QUOTED = re.compile(r'"[^"]*"?')


def words(text: str, *, commas: bool = True) -> Iterator[str]:
    """The tags that a field of tags names, as typed and without their quotes, in order."""
    pattern = _ITEM if commas and "," in _QUOTED.sub("", text) else _WORD
    for found in pattern.findall(text):
        word = " ".join(found.replace('"', "").split())
        if word:
            yield word


def clean(raw: str) -> str:
    """The form that tags are compared by; the frame of a machine tag stays, its value is cleaned too."""
    machine = _MACHINE.fullmatch(raw)
    if machine is None:
        return _letters(raw)
    namespace, predicate, value = machine.groups()
    return f"{namespace.lower()}:{predicate.lower()}={_letters(value)}"


def _letters(text: str) -> str:
    """`text` in lower case, letters (with their marks) and digits of any script only."""
    return "".join(char for char in text.lower() if unicodedata.category(char)[0] in "LMN")


def tags(raws: Iterable[str], author: str) -> tuple[Tag, ...]:
    """The tags of these spellings: of several with one clean form the first; none for those without any letter."""
    found: dict[str, Tag] = {}
    for raw in raws:
        form = clean(raw)
        if form and form not in found:
            found[form] = Tag(raw, form, author, machine=_MACHINE.fullmatch(raw) is not None)
    return tuple(found.values())


def joined(first: Iterable[Tag], more: Iterable[Tag]) -> tuple[Tag, ...]:
    """Tags of both, each clean form once, the first spelling staying."""
    found: dict[str, Tag] = {}
    for tag in (*first, *more):
        found.setdefault(tag.clean, tag)
    return tuple(found.values())


def machine_matcher(query: str) -> re.Pattern[str] | None:
    """What one entry of a search for machine tags matches: `ns:`, `ns:pred=`, `ns:pred="a b"`, `*:pred=`, `*:*=value`.

    `None`: it is no such query.
    """
    parts = re.fullmatch(r'([\w*]+):(?:([\w*]+)=(?:"?([^"]*)"?)?)?', query.strip(), re.DOTALL)
    if parts is None:
        return None
    namespace, predicate, value = parts.groups()
    return re.compile(
        f"{_any(namespace, '[a-z0-9_]+')}:{_any(predicate or '*', '[a-z0-9_]+')}="
        + (re.escape(_letters(value)) if value and value != "*" else ".*")
    )


def _any(name: str, wild: str) -> str:
    """A pattern for one part of a machine tag."""
    return wild if name == "*" else re.escape(name.lower())
