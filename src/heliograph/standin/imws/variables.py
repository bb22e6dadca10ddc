"""Metadata by shortcode, and IMatch's variables: `{File.MD.iso|value:formatted}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from heliograph.standin.imws.records import File, Value
from heliograph.standin.imws.regional import DISPLAYS, Locale, patterned

LONG_NAMES: Mapping[str, str] = {
    r"XMP::dc\title\Title": "title",
    r"XMP::dc\description\Description": "description",
    r"XMP::photoshop\Headline\Headline": "headline",
    r"XMP::lr\hierarchicalSubject\HierarchicalSubject": "hierarchicalkeywords",
    r"XMP::iptcCore\AltTextAccessibility\AltTextAccessibility": "alttext",
    r"XMP::iptcExt\CircaDateCreated\CircaDateCreated": "circadate",
    r"photools.com::IMatch\1510\cameraname": "cameraname",
    r"photools.com::IMatch\200020\AI.description": "aidescription",
    r"Composite\MWG-Country\Country": "country",
    r"Composite\MWG-State\State": "state",
    r"Composite\MWG-City\City": "city",
    r"Composite\MWG-Location\Location": "location",
    r"XMP::dc\rights\Rights": "copyright",
    r"XMP::xmpRights\Marked\Marked": "copyrightmarked",
    r"XMP::xmpRights\WebStatement\WebStatement": "copyrighturl",
}
"""Full tag names, without `\\0`, -> under what a world keeps their values.

Source: published clients (November 2026).
"""
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_MD = "file.md."
_SHORT = {name.lower(): short for name, short in LONG_NAMES.items()}


def shortcode(name: str) -> str:
    """Under what a world keeps the values of a tag, named shortly or in full."""
    lower = name.removesuffix(r"\0").lower()
    return _SHORT.get(lower, lower)


def tag(file: File, name: str, locale: Locale) -> str | list[str] | None:
    """What a tag shows: a list stays one; `None` where the file lacks it."""
    value = file.tags.get(shortcode(name))
    if value is None or value in ("", []):
        return None
    return list(value) if isinstance(value, list) else _displayed(shortcode(name), value, locale)


def _displayed(name: str, value: Value, locale: Locale) -> str:
    if isinstance(value, list):
        return locale.items(value)
    if isinstance(value, str):
        return value
    return DISPLAYS[name](value, locale) if name in DISPLAYS else str(value)


@dataclass(frozen=True, slots=True)
class About:
    """What variables know besides the file."""

    locale: Locale
    user: str
    version: str
    """Of IMatch."""
    now: str
    """Local, in ISO's form."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable with its arguments."""

    source: str
    name: str
    arguments: tuple[str, ...]

    def value(self, file: File, about: About) -> str:
        """What it stands for; empty where the file has nothing, or nobody knows such a variable."""
        found = self._raw(file) if "value:rawfrm" in self.arguments else self._shown(file, about)
        for argument in self.arguments:
            word, _, rest = argument.partition(":")
            if word == "format":
                found = patterned(self._dated(file, about), rest)
            elif word == "default":
                found = found or rest
        return found

    def _raw(self, file: File) -> str:
        value = file.tags.get(shortcode(self.name[len(_MD) :])) if self.name.lower().startswith(_MD) else None
        return ";".join(value) if isinstance(value, list) else "" if value is None else str(value)

    def _shown(self, file: File, about: About) -> str:
        lower = self.name.lower()
        if lower.startswith(_MD):
            shown = tag(file, self.name[len(_MD) :], about.locale)
            return about.locale.items(shown) if isinstance(shown, list) else shown or ""
        return OTHERS[lower](file, about) if lower in OTHERS else ""

    def _dated(self, file: File, about: About) -> str:
        return about.now if self.name.lower() == "application.datetime" else file.datetime


def _rating(file: File, about: About) -> str:
    rating = file.tags.get("rating", 0)
    return about.locale.number(rating, 2) if isinstance(rating, int | float) else str(rating)


OTHERS: Mapping[str, Callable[[File, About], str]] = {
    "file.fullname": lambda file, _about: file.filename,
    "file.name": lambda file, _about: file.name,
    "file.datetime": lambda file, about: about.locale.date(file.datetime),
    "file.rating": _rating,
    "file.size": lambda file, about: about.locale.megabytes(file.size),
    "application.version": lambda _file, about: about.version,
    "application.datetime": lambda _file, about: about.locale.date(about.now),
    "user.name": lambda _file, about: about.user,
}
"""Variables that are no metadata, in lower case. Source: IMatch's help (November 2026)."""


def parsed(text: str) -> Sequence[str | Variable]:
    """The plain texts and the variables of a template, in order."""
    parts: list[str | Variable] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        parts.append(text[end : found.start()])
        name, *arguments = found[1].split("|")
        parts.append(Variable(found[0], name.strip(), tuple(argument.strip() for argument in arguments)))
        end = found.end()
    return [part for part in (*parts, text[end:]) if part]


def evaluated(parts: Sequence[str | Variable], file: File, about: About, empty: str = "empty") -> str:
    """A template's text for one file; `empty` says what stands for a variable without value."""
    return "".join(part if isinstance(part, str) else _or_else(part, file, about, empty) for part in parts)


def _or_else(variable: Variable, file: File, about: About, empty: str) -> str:
    value = variable.value(file, about)
    if value or empty == "empty":
        return value
    return variable.source if empty == "braces" else f"Error: {variable.name} has no value."
