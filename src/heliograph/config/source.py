"""The settings as they were written: the file with its line numbers, and the environment laid over it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from heliograph.errors import Mistake

Loc = tuple[str | int, ...]

_PREFIX = "HELIOGRAPH_"
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w\-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w\-]+|"[^"]*"|'[^']*'))*)\s*=""")
_LENGTH_MAX = 10_000_000


class FromEnvironment(str):
    """A value as an environment variable holds it: text, or what TOML would make of it, whichever the key takes."""

    __slots__ = ("variable",)
    variable: str

    def __new__(cls, text: str, variable: str) -> Self:
        """The text, with the name of the variable that holds it."""
        made = super().__new__(cls, text)
        made.variable = variable
        return made

    def value(self) -> Any:
        """What TOML would make of it, or the text itself."""
        try:
            return tomllib.loads(f"v = {self}")["v"] if "\n" not in self else str(self)
        except tomllib.TOMLDecodeError:
            return str(self)


@dataclass(frozen=True, slots=True)
class Source:
    """What was written, and where."""

    path: Path
    tree: dict[str, Any]
    lines: Mapping[Loc, int] = field(default_factory=dict)

    def place(self, loc: Loc) -> str:
        """Where `loc` was written, for people: `line 12` or the environment variable; empty where nobody knows."""
        given = _at(self.tree, loc)
        if isinstance(given, FromEnvironment):
            return given.variable
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return f"line {self.lines[loc]}" if loc else ""


def read(path: Path, env: Mapping[str, str]) -> Source:
    """The file with the environment laid over it.

    Raises:
        Mistake: it cannot be read, or is no TOML.
    """
    text = _text(path)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{path} is not valid TOML: {error}.{_hint(text, str(error))} Nothing was done."
    except RecursionError:
        message = f"{path} is nested too deeply to be settings. Nothing was done."
    else:
        for variable, value in sorted(env.items()):
            _lay(tree, variable, value)
        return Source(path, tree, dict(_lines(text)))
    raise Mistake(message)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LENGTH_MAX:
            message = f"{path} is far too long to be settings. Is it the right file? Nothing was done."
            raise Mistake(message)
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is no UTF-8; save it as UTF-8 in your editor"
    except OSError as error:
        reason = f"{error.strerror or 'it cannot be opened'}; correct the path or its permissions"
    message = f"The settings file {path} cannot be read: {reason}. Nothing was done."
    raise Mistake(message)


def _hint(text: str, error: str) -> str:
    found = re.search(r"line (\d+)", error)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    if "\\" in line:
        return " Write Windows paths in single quotes: folder = 'C:\\Users\\me\\Pictures'."
    if re.match(r"^\s*[\w.-]+\s*=\s*[^\s\"'\[{\d+-]", line) and not re.search(r"=\s*(true|false)\s*(#|$)", line):
        return ' Texts stand in quotes: title = "My photographs".'
    return ""


def _lay(tree: dict[str, Any], variable: str, value: str) -> None:
    if not variable.upper().startswith(_PREFIX) or variable.upper().startswith(f"{_PREFIX}SECRET_"):
        return
    names = variable[len(_PREFIX) :].split("__")
    if len(names) == 1 or not all(names):
        return
    for name in names[:-1]:
        key = _spelling(tree, name)
        tree[key] = tree[key] if isinstance(tree.get(key), dict) else {}
        tree = tree[key]
    tree[_spelling(tree, names[-1])] = FromEnvironment(value, variable)


def _spelling(table: Mapping[str, Any], name: str) -> str:
    """The key as the file spells it: variables know neither small letters nor hyphens."""
    return next((key for key in table if key.lower().replace("-", "_") == name.lower()), name.lower())


def _lines(text: str) -> Iterator[tuple[Loc, int]]:
    """Each key or section with the line where it was first written."""
    seen: set[Loc] = set()
    section: Loc = ()
    counts: dict[Loc, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        loc: Loc | None = None
        if header := _HEADER.match(line):
            section = loc = _names(header[2])
            if header[1] == "[[":
                counts[section] = counts.get(section, -1) + 1
                section = loc = (*section, counts[section])
        elif key := _KEY.match(line):
            loc = (*section, *_names(key[1]))
        if loc and loc not in seen:
            seen.add(loc)
            yield loc, number


def _names(dotted: str) -> Loc:
    try:
        tree: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)
    names: list[str] = []
    while isinstance(tree, dict):
        name, tree = next(iter(tree.items()))
        names.append(name)
    return tuple(names)


def _at(tree: Any, loc: Loc) -> Any:
    for name in loc:
        try:
            tree = tree[name]
        except (KeyError, IndexError, TypeError):
            return None
    return tree
