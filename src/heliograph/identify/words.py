"""Which posts say the same as which photos, without comparing each with each."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from heliograph.model import F, Fields, Value

Agrees = Callable[[str, Value, Value], bool]
"""`ports.Platform.agrees`."""

TEXTS = (F.TITLE, F.TEXT)
"""What is read as one text: where a platform has a title, it is part of what is said."""

_MARKUP = re.compile(r"<[^<>]*>")


class Said(NamedTuple):
    """What one photo or post says: equal classes are the same words."""

    text: tuple[int, ...] = ()
    """Of title and text together; empty where neither says anything."""
    alt: tuple[int, ...] = ()


class Sameness:
    """What is said by photos and shown by posts, in classes."""

    def __init__(self, agrees: Agrees, sent: Iterable[Fields], shown: Iterable[Fields]) -> None:
        """Compares every wording once, whatever the number of photos and posts that have it."""
        self._agrees = agrees
        here, there = list(sent), list(shown)
        self._classes = {name: self._of(name, here, there) for name in (*TEXTS, F.ALT)}

    def said(self, fields: Fields) -> Said:
        """Of what a photo is to say."""
        return self._said(fields, shown=False)

    def shown(self, fields: Fields) -> Said:
        """Of what a post says."""
        return self._said(fields, shown=True)

    def _said(self, fields: Fields, *, shown: bool) -> Said:
        text, alt = (self._class(name, fields, shown=shown) for name in TEXTS), self._class(F.ALT, fields, shown=shown)
        classes = tuple(text)
        return Said(classes if any(classes) else (), (alt,) if alt else ())

    def _class(self, name: str, fields: Fields, *, shown: bool) -> int:
        """Zero where nothing is said; what has no partner on the other side is in a class that has none, either."""
        words = _words(fields, name)
        return self._classes[name].get((shown, words), -1 if shown else -2) if words else 0

    def _of(self, name: str, sent: list[Fields], shown: list[Fields]) -> Mapping[tuple[bool, str], int]:
        """Shown and wording -> class; only of wordings that have a partner on the other side."""
        here = {words for fields in sent if (words := _words(fields, name))}
        there: dict[str, set[str]] = defaultdict(set)
        for words in {words for fields in shown if (words := _words(fields, name))}:
            for key in _shown_keys(words):
                there[key].add(words)
        classes: dict[tuple[bool, str], int] = {}
        for number, words in enumerate(sorted(here), 1):
            partners = [other for other in sorted(there.get(_key(words), ())) if self._agrees(name, words, other)]
            # Two wordings that one post could show are one class.
            known = [classes[True, other] for other in partners if (True, other) in classes]
            for item in [(False, words), *((True, other) for other in partners)] if partners else ():
                classes[item] = known[0] if known else number
        return classes


def _words(fields: Fields, name: str) -> str:
    value = fields.get(name)
    # Of several pictures, the words of all.
    text = "\n".join(str(one or "") for one in value) if isinstance(value, tuple) else value
    return text if isinstance(text, str) and text.strip() else ""


def _key(words: str) -> str:
    """Letters and digits alone, which is all that platforms leave untouched; without any, what can be seen."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return "".join(filter(str.isalnum, plain)) or "".join(plain.split())


def _shown_keys(words: str) -> set[str]:
    return {_key(words), _key(html.unescape(_MARKUP.sub("", words)))}
