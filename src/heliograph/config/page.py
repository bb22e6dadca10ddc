"""Every key of `heliograph.toml`, for people and for editors, from the records that are the settings themselves."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
import types
import typing
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from heliograph.config.settings import COMMON, Kind, LogSettings, Naming, NotesSettings, StateSettings
from heliograph.policy import PrivatePlace, Warn

_TOP = """\
# Settings

Everything that heliograph is told stands in one file, `heliograph.toml`; `helio init` writes one with comments.

Which file counts: the one given on the command line, else the one that `HELIOGRAPH_CONFIG` names, else
`heliograph.toml` in the current folder or the nearest one above it, else the user's own (`helio doctor` says where).
Relative paths start at the file; `~` is the home folder. Unknown keys are mistakes, so that a slip of the pen never
passes unnoticed.

The sections `[select]`, `[rules]`, `[captions]`, `[picture]`, `[when]`, `[guards]`, `[audience]` and `[recognise]` hold
for every platform; the same section below a platform, such as `[platforms.site.rules]`, replaces it key by key.

An environment variable `HELIOGRAPH_SECTION__KEY` wins over the file: `HELIOGRAPH_LIBRARY__FOLDER=/photos`,
`HELIOGRAPH_PLATFORMS__SITE__TITLE=Dunes`, `HELIOGRAPH_RULES__NEVER='["Private"]'`.

Secrets do not belong in this file. They are kept in the system's keyring, or, where there is none, in the private file
`secrets.toml` in the state folder. `HELIOGRAPH_SECRET_PLATFORM_NAME` wins over both, and
`HELIOGRAPH_SECRET_PLATFORM_NAME_FILE` names a file that holds the secret.
"""


def reference(options: Mapping[str, type] | None = None) -> str:
    """The text of `docs/reference/settings.md`; `options` adds a heading for each kind with keys of its own."""
    sections: list[tuple[str, str, type]] = [
        ("[library]", "Everything else in this section belongs to the kind of library.", Naming),
        ("[platforms.NAME]", "One section for each platform; NAME is yours, and is the keyword that wishes.", Kind),
        *((f"[{name}]", _summary(kind), kind) for name, kind in COMMON.items()),
        ("[[rules.private_places]]", _summary(PrivatePlace), PrivatePlace),
        ("[[rules.warnings]]", _summary(Warn), Warn),
        ("[state]", _summary(StateSettings), StateSettings),
        ("[log]", _summary(LogSettings), LogSettings),
        ("[notes]", _summary(NotesSettings), NotesSettings),
        *((title, _summary(kind), kind) for title, kind in (options or {}).items()),
    ]
    return "\n".join([_TOP, *(f"## {title}\n\n{text}\n\n{_table(kind)}" for title, text, kind in sections)])


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the file, for editors; keys of a platform's or library's own are let through."""
    definitions: dict[str, Any] = {}

    def section(kind: type, *, more: bool = False) -> dict[str, Any]:
        form = TypeAdapter(kind).json_schema(ref_template="#/$defs/{model}")
        definitions.update(form.pop("$defs", {}))
        for name, meaning in _meanings(kind).items():
            if name in form["properties"]:
                form["properties"][name]["description"] = meaning
        return {**form, "additionalProperties": more}

    common = {name: section(kind) for name, kind in COMMON.items()}
    platform = section(Kind, more=True)
    platform["properties"] |= common
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "heliograph.toml",
        "type": "object",
        "additionalProperties": False,
        "required": ["library"],
        "properties": {
            "library": section(Naming, more=True),
            "state": section(StateSettings),
            "log": section(LogSettings),
            "notes": section(NotesSettings),
            "platforms": {"type": "object", "additionalProperties": platform},
            **common,
        },
        "$defs": definitions,
    }


def _table(kind: type) -> str:
    hints, meanings = typing.get_type_hints(kind), _meanings(kind)
    rows = ["| key | type | default | meaning |", "| --- | --- | --- | --- |"]
    for field in dataclasses.fields(kind):
        cells = (f"`{field.name}`", _type(hints[field.name]), _default(field), meanings.get(field.name, ""))
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows) + "\n"


def _summary(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")


def _meanings(kind: type) -> dict[str, str]:
    """Key -> the text that stands below it in the record."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    body = typing.cast("ast.ClassDef", tree.body[0]).body
    return dict(_documented(body))


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for one, behind in pairwise(body):
        match one, behind:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())


def _type(hint: Any) -> str:
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in {tuple, list, frozenset, set}:
        return f"list of {_several(arguments[0])}"
    if typing.get_origin(hint) is Mapping:
        return f"table of {_several(arguments[1])}"
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return " or ".join(_type(part) for part in arguments if part is not type(None))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "one of " + ", ".join(f'`"{member.value}"`' for member in hint)
    if dataclasses.is_dataclass(hint):
        return "section"
    names: Mapping[Any, str] = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}
    return names.get(hint, str(hint))


def _several(hint: Any) -> str:
    one = _type(hint)
    return re.sub("^(text|section|whole number|number|list)", r"\1s", one)


def _default(field: dataclasses.Field[Any]) -> str:
    value = _unset(field)
    if value is dataclasses.MISSING:
        return "must be given"
    if value is None:
        return "none"
    return f"`{_toml(value)}`"


def _unset(field: dataclasses.Field[Any]) -> Any:
    """What a key is where it is not set; `MISSING` where it must be."""
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _toml(value: Any) -> str:
    if dataclasses.is_dataclass(value):
        said = ((field.name, getattr(value, field.name), _unset(field)) for field in dataclasses.fields(value))
        return _toml({name: own for name, own, unset in said if own != unset})
    if isinstance(value, Mapping):
        pairs = (f"{key if key.isidentifier() else _toml(key)} = {_toml(own)}" for key, own in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list | frozenset):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str | Path) else f"{value}"
