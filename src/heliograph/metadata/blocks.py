"""Exif, IPTC and XMP as exiv2 read them, asked by key: texts cleaned, numbers as numbers, nothing where nothing is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from heliograph.metadata.engine import engine
from heliograph.metadata.texts import LONGEST_TEXT, clean, decoded, distinct, repaired

MOST_KEYWORDS = 5_000

BLANK = "heliograph.Blank"
"""Names what the owner took away and the picture still says. Ours, since XMP has no way to overrule with nothing."""
POSTS = "heliograph.Posts"
"""Names the posts that a photo came from."""
ALBUMS = "heliograph.Albums"
"""Titles of the albums that held it there, also of those that are not ours."""

_LATIN_1 = frozenset({"\x1b.A", "\x1b-A"})
"""IIM's ways to say ISO 8859-1. Source: IPTC-IIM 4.2, data set 1:90 (read 2026-11)."""

_TREE = 'type="'
"""How the value of a property begins that has others below it."""

_NUMBER_TYPES = frozenset(
    {"Short", "Long", "Rational", "SShort", "SLong", "SRational", "Byte", "SByte", "Float", "Double"}
)


class Exif:
    """The Exif block; most values that do not make sense are as good as missing."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def __bool__(self) -> bool:
        return not self._data.empty()

    def text(self, key: str) -> str:
        """What stands there before the first NUL, cleaned."""
        return clean(decoded(self.raw(key).split(b"\0", 1)[0]))

    def parts(self, key: str) -> tuple[str, ...]:
        """The texts between NULs; Copyright has two, of the photographer and of the editor."""
        return distinct(decoded(part) for part in self.raw(key).split(b"\0"))

    def raw(self, key: str) -> bytes:
        """The bytes of a text."""
        if key not in self._data:
            return b""
        value = self._data[key].value()
        if isinstance(value, engine().AsciiValue):
            return bytes(value.data())
        return str(value).encode("utf-8", "surrogateescape")

    def wide(self, key: str) -> str:
        """A text that Windows wrote as bytes of UTF-16; empty where there is none."""
        if key not in self._data:
            return ""
        return clean(bytes(self._data[key].value().data()).decode("utf-16-le", "replace").split("\0", 1)[0])

    def fractions(self, key: str) -> tuple[tuple[int, int], ...]:
        """Every number that stands there, as numerator and denominator, which may be 0."""
        if key not in self._data:
            return ()
        datum = self._data[key]
        if datum.typeName() not in _NUMBER_TYPES:
            return ()
        value = datum.value()
        return tuple(value.toRational(index) for index in range(min(value.count(), 4)))

    def number(self, key: str) -> float | None:
        """The first number that stands there; `None` where its denominator is 0."""
        pairs = self.fractions(key)
        if not pairs or pairs[0][1] == 0:
            return None
        return pairs[0][0] / pairs[0][1]

    def integer(self, key: str) -> int | None:
        """The first number that stands there, where it is whole."""
        value = self.number(key)
        return int(value) if value is not None and value.is_integer() else None


class Iptc:
    """The IPTC IIM block, in the encoding that it names, else guessed text by text."""

    def __init__(self, data: Any) -> None:
        self._texts: dict[str, list[str]] = {}
        self._encoding = ""
        if not data.empty():
            self._fill(data)

    def __bool__(self) -> bool:
        return bool(self._texts)

    def _fill(self, data: Any) -> None:
        for datum in data:
            values = self._texts.setdefault(datum.key(), [])
            if len(values) <= MOST_KEYWORDS:
                values.append(datum.toString())
        if set(self._texts.get("Iptc.Envelope.CharacterSet", ())) & _LATIN_1:
            self._encoding = "latin-1"

    @property
    def truncated(self) -> bool:
        """Whether a data set stands there more often than `MOST_KEYWORDS`."""
        return any(len(texts) > MOST_KEYWORDS for texts in self._texts.values())

    def text(self, name: str) -> str:
        """The first text of a data set of the application record."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """All texts of a repeatable data set, in their order, without repeats."""
        found = self._texts.get(f"Iptc.Application2.{name}", ())
        return distinct(repaired(text, self._encoding) for text in found)


class Xmp:
    """One XMP packet; keys as exiv2 writes them, without their first word (`dc.title`)."""

    def __init__(self, data: Any) -> None:
        self._data = data
        self._keys = frozenset(datum.key() for datum in data)
        self._texts: dict[str, tuple[str, ...]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._structs: dict[str, list[dict[str, str]]] = {}
        self.truncated: list[str] = []
        """Properties with more items than `MOST_KEYWORDS`, or items longer than any word."""

    def __bool__(self) -> bool:
        return bool(self._keys)

    def text(self, *names: str) -> str:
        """The first text of the first of these properties that has any."""
        return next((found[0] for name in names if (found := self.texts(name))), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """The items of an array in their order; of language alternatives only the default, else the first."""
        if name not in self._texts:
            self._texts[name] = self._items(name)
        return self._texts[name]

    def _items(self, name: str) -> tuple[str, ...]:
        key = f"Xmp.{name}"
        if key not in self._keys:
            return ()
        value = self._data[key].value()
        exiv2 = engine()
        if isinstance(value, exiv2.LangAltValue):
            return distinct(_default(value))
        if isinstance(value, exiv2.XmpArrayValue):
            count = len(value)
            if count > MOST_KEYWORDS:
                self.truncated.append(name)
            return distinct(repaired(value[index]) for index in range(min(count, MOST_KEYWORDS)))
        text = str(value)
        return () if text.startswith(_TREE) else distinct((repaired(text),))

    def words(self, name: str) -> tuple[str, ...]:
        """Every text that stands in a property, in whatever structure and language it was written; cleaned, in order.

        Also items that carry a language of their own, nested lists and structures, which `texts` does not look into.
        """
        if name not in self._words:
            self._words[name] = self._every(name)
        return self._words[name]

    def _every(self, name: str) -> tuple[str, ...]:
        key = f"Xmp.{name}"
        if key not in self._keys:
            return ()
        value = self._data[key].value()
        if isinstance(value, engine().XmpTextValue) and str(value).startswith(_TREE):
            steps = tuple(f"{key}{step}" for step in ("[", "/"))
            below = [datum for datum in self._data if datum.key().startswith(steps)]
            found = [text for datum in below if not _is_qualifier(datum.key()) for text in _leaves(datum.value())]
        else:
            found = _leaves(value)
        if len(found) > MOST_KEYWORDS or any(len(text) >= LONGEST_TEXT for text in found):
            self.truncated.append(name)
        return distinct(repaired(text) for text in found[:MOST_KEYWORDS])

    def languages(self, name: str) -> dict[str, str]:
        """Language -> cleaned text of language alternatives; empty for any other property."""
        key = f"Xmp.{name}"
        value = self._data[key].value() if key in self._keys else None
        if not isinstance(value, engine().LangAltValue):
            return {}
        return {language: clean(repaired(text)) for language, text in value.items()}

    def number(self, name: str) -> float | None:
        """A number or a fraction such as `28/5`; `None` where it makes no sense."""
        top, _, bottom = self.text(name).partition("/")
        try:
            value = float(top) / float(bottom or 1)
        except (ValueError, ZeroDivisionError):
            return None
        return value if math.isfinite(value) else None

    def structs(self, name: str) -> list[dict[str, str]]:
        """The structures of an array: field without namespace -> cleaned text; deeper ones keep their path."""
        if name not in self._structs:
            self._structs[name] = self._structures(name)
        return self._structs[name]

    def _structures(self, name: str) -> list[dict[str, str]]:
        key = f"Xmp.{name}"
        if key not in self._keys:
            return []
        found: dict[str, dict[str, str]] = {}
        for path, text in self._below(f"{key}["):
            index, _, rest = path.partition("]/")
            if rest and not text.startswith(_TREE):
                field = "/".join(step.rpartition(":")[2] for step in rest.split("/"))
                found.setdefault(index, {})[field] = clean(_plain(repaired(text)))
        if len(found) > MOST_KEYWORDS:
            self.truncated.append(name)
        return list(found.values())[:MOST_KEYWORDS]

    def tree(self, name: str, field: str) -> list[tuple[str, str]]:
        """Key and cleaned text of each property below `name` whose last step is `field`, at any depth."""
        key = f"Xmp.{name}"
        if key not in self._keys:
            return []
        ends = f":{field}"
        held = [datum for datum in self._data if datum.key().startswith(key) and datum.key().endswith(ends)]
        found = [(datum.key(), clean(repaired(text))) for datum in held for text in _leaves(datum.value())]
        if len(found) > MOST_KEYWORDS:
            self.truncated.append(name)
        return found[:MOST_KEYWORDS]

    def _below(self, prefix: str) -> Iterator[tuple[str, str]]:
        for datum in self._data:
            key = datum.key()
            if key.startswith(prefix):
                yield key[len(prefix) :], datum.toString()


def _leaves(value: Any) -> list[str]:
    """The texts of one value; a list at most a little longer than `MOST_KEYWORDS`."""
    exiv2 = engine()
    if isinstance(value, exiv2.LangAltValue):
        return [str(text) for _, text in value.items()]
    if isinstance(value, exiv2.XmpArrayValue):
        return [value[index] for index in range(min(len(value), MOST_KEYWORDS + 1))]
    text = str(value)
    return [] if text.startswith(_TREE) else [text]


def _is_qualifier(key: str) -> bool:
    """`Xmp.dc.subject[1]/?xml:lang` says something of an item and is none."""
    return "/?" in key


def _default(value: Any) -> list[str]:
    languages = {language: repaired(text) for language, text in value.items()}
    preferred = languages.get("x-default", "")
    return [preferred] if clean(preferred) else list(filter(clean, languages.values()))[:1]


def _plain(text: str) -> str:
    """A text of language alternatives within a structure comes as `lang="x-default" words`."""
    if text.startswith('lang="'):
        return text.partition('" ')[2].partition(', lang="')[0]
    return text
