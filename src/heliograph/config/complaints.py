"""What is wrong with settings, in sentences that name the fix; all of it at once."""

from __future__ import annotations

import dataclasses
import difflib
import json
import types
import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from heliograph.config.source import FromEnvironment, Loc, Source
from heliograph.errors import Mistake

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong, and where."""

    loc: Loc
    sentence: str


def mistake(source: Source, complaints: Sequence[Complaint]) -> Mistake:
    """One error that names everything that is wrong."""
    texts = []
    for complaint in sorted(set(complaints), key=lambda one: (_line(source, one.loc), str(one.loc))):
        place = source.place(complaint.loc)
        texts.append(f"{place}: {complaint.sentence}" if place else complaint.sentence)
    if len(texts) == 1:
        separator = ", " if source.place(complaints[0].loc) else ": "
        return Mistake(f"{source.path}{separator}{texts[0]} Nothing was done.")
    listed = "\n".join(f"  {text}" for text in texts)
    return Mistake(f"{source.path} has {len(texts)} mistakes; nothing was done:\n{listed}")


def validated(kind: type[T], given: Mapping[str, Any], loc: Loc) -> tuple[T | None, list[Complaint]]:
    """`given` as a `kind`, or what is wrong with it; `loc` says where it stands. Strict: "4" is no number."""
    made, errors = _tried(kind, _plain(given, ()))
    # A variable cannot say whether 2024 is a number or a title, so where text is wanted it is text.
    texts = {tuple(one["loc"]) for one in errors if one["type"] in {"string_type", "path_type"}}
    if texts:
        made, errors = _tried(kind, _plain(given, (), texts))
    return made, [_complaint(kind, one, loc) for one in errors]


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown `word`: the one that was probably meant, and what there is."""
    choices = sorted(known)
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"There are: {', '.join(choices)}." if choices else "There is none."


def unknown(loc: Loc, known: Iterable[str]) -> Complaint:
    """A key that nobody reads."""
    return Complaint(loc, f"{dotted(loc)} is no known setting. {nearest(str(loc[-1]), known)}")


def dotted(loc: Loc) -> str:
    """The key as people write it: `rules.private_places[1].name`, counting from 1."""
    text = ""
    for part in loc:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def keys(kind: type) -> tuple[str, ...]:
    """The keys that a section of this kind takes."""
    return tuple(field.name for field in dataclasses.fields(kind))


def _tried(kind: type[T], plain: Any) -> tuple[T | None, Sequence[Any]]:
    if not plain:  # most sections are left out, and an adapter takes milliseconds to make
        with suppress(TypeError, ValueError):  # what lacks a key is told below
            return kind(), ()
    adapter: TypeAdapter[T] = _adapter(cast("Any", kind))
    try:
        # As JSON, because strict JSON takes a list for a tuple and a word for an enumeration, as TOML writers do.
        return adapter.validate_json(json.dumps(plain, default=str), strict=True), ()
    except ValidationError as error:
        return None, error.errors(include_url=False)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(given: Any, loc: Loc, texts: Collection[Loc] = ()) -> Any:
    if isinstance(given, FromEnvironment):
        return str(given) if loc in texts else given.value()
    if isinstance(given, Mapping):
        return {name: _plain(value, (*loc, name), texts) for name, value in given.items()}
    if isinstance(given, list | tuple):
        return [_plain(value, (*loc, index), texts) for index, value in enumerate(given)]
    return given


def _complaint(kind: type, error: Any, loc: Loc) -> Complaint:
    inner = tuple(error["loc"])
    at = (*loc, *inner)
    if error["type"] == "unexpected_keyword_argument":
        return unknown(at, keys(_kind_at(kind, inner[:-1]) or kind))
    if error["type"] in {"missing", "missing_argument"}:
        return Complaint(at, f"{dotted(at)} is missing. Add it: {inner[-1]} = {_example(kind, inner, at)}.")
    path = error["type"] == "string_type" and _kind_at(kind, inner) is Path
    expected = _expected("path_type" if path else error["type"], error.get("ctx", {}))
    if error["type"] == "value_error":
        return Complaint(at, f"{dotted(at)}: {error['ctx']['error']}.".replace("..", "."))
    if error["type"] == "enum":
        choices = [member.value for member in cast("type[StrEnum]", _kind_at(kind, inner))]
        word = str(error["input"])
        return Complaint(at, f'{dotted(at)} is "{word}"; it must be {expected}. {nearest(word, choices)}')
    if not expected:
        return Complaint(at, f"{dotted(at)} is not right: {error['msg']}.")
    return Complaint(at, f"{dotted(at)} must be {expected}, not {_is(error['input'])}.")


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "enum":
        return f"one of {context.get('expected', '')}".replace("'", '"')
    return {
        "string_type": 'text in quotes, such as "Dunes"',
        "path_type": "a path in quotes, such as '~/Pictures'",
        "bool_type": "true or false",
        "int_type": "a whole number, such as 10",
        "int_from_float": "a whole number, such as 10",
        "float_type": "a number, such as 0.5",
        "tuple_type": 'a list, such as ["one", "two"]',
        "list_type": 'a list, such as ["one", "two"]',
        "dataclass_type": "a section of its own, such as [rules]",
        "dict_type": "a section of its own, such as [rules]",
    }.get(kind, "")


def _is(value: Any) -> str:
    """What a value is, without the value: it may be a password in the wrong place."""
    names: list[tuple[type, str]] = [
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number with a point"),
        (str, "text"),
        (list, "a list"),
        (dict, "a section"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "what it is")


def _example(kind: type, inner: Loc, at: Loc) -> str:
    wanted = _kind_at(kind, inner)
    path = "'~/Pictures'" if at[0] == "library" else "'~/Sites/photos'"
    examples = {"str": '"..."', "Path": path, "int": "10", "float": "52.5", "bool": "true"}
    return examples.get(getattr(wanted, "__name__", ""), "...")


def _kind_at(kind: type, inner: Loc) -> type | None:
    """The type of the key at `inner` below a section of `kind`."""
    found: Any = kind
    for name in inner:
        if isinstance(name, int):
            continue
        if not dataclasses.is_dataclass(found):
            return None
        found = _bare(typing.get_type_hints(found).get(name))
    return found if isinstance(found, type) else None


def _bare(hint: Any) -> Any:
    """`X` of `X | None` and of `tuple[X, ...]`."""
    while typing.get_origin(hint) in {tuple, list, typing.Union, types.UnionType}:
        hint = next(part for part in typing.get_args(hint) if part not in {type(None), Ellipsis})
    return hint


def _line(source: Source, loc: Loc) -> int:
    place = source.place(loc)
    return int(place.removeprefix("line ")) if place.startswith("line ") else 0
