"""Plain immutable data that JSON can hold, and digests by which it is compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Value: TypeAlias = str | int | float | bool | tuple["Value", ...] | None
else:
    Value = object  # at run time the readers of type hints (jsonform, config) see one simple name

Fields: TypeAlias = Mapping[str, Value]


def frozen_value(value: object) -> Value:
    """`value` with every list turned into a tuple, as it was before JSON had it."""
    if isinstance(value, list | tuple):
        return tuple(frozen_value(item) for item in value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    message = f"{type(value).__name__} cannot be a field's value"
    raise TypeError(message)


def each(value: object) -> tuple[str, ...]:
    """The words of a field that holds several; empty where it holds one alone, or none."""
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def value_digest(value: object) -> str:
    """32 hex digits that are equal for equal values, on every machine and in every run."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def album_mark(title: str) -> str:
    """By what an album is recognised where nothing but its title can be read; its edges are often trimmed."""
    return value_digest(title.strip())
