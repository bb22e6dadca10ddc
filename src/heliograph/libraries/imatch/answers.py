"""IMatch's answers, read with mistrust: names in any case, numbers as text, nulls, rows that come twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]
_BRACE = "{"
_SPACES = re.compile(r"[^\S\n]+")


def lowered(value: Any) -> Any:
    """The same with every name in lower case, at any depth."""
    if isinstance(value, dict):
        return {str(name).lower(): lowered(one) if isinstance(one, dict | list) else one for name, one in value.items()}
    if isinstance(value, list):
        return [lowered(one) if isinstance(one, dict | list) else one for one in value]
    return value


def number(value: object) -> int | None:
    """A whole number, also one that came as text; `None` where it is none."""
    try:
        return int(str(value))
    except ValueError:
        return None


def ids(value: object) -> tuple[int, ...]:
    """The ids of a list, each once, in its order; also of a list of objects."""
    listed = value if isinstance(value, list) else []
    found = (number(one.get("id") if isinstance(one, dict) else one) for one in listed)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def rows(value: object) -> Iterator[Row]:
    """The objects of a list."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def text(value: object) -> str:
    """A text with line ends as everywhere; empty for null, and for a variable that was left unevaluated."""
    if value is None or isinstance(value, dict | list):
        return ""
    found = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return "" if found.startswith(_BRACE) else found


def line(value: object) -> str:
    """A text on one line."""
    return _SPACES.sub(" ", text(value).replace("\n", " ")).strip()


def texts(value: object) -> tuple[str, ...]:
    """A list of texts; of a single one a list of that."""
    held = value if isinstance(value, list) else [value]
    return tuple(found for one in held if (found := line(one)))
