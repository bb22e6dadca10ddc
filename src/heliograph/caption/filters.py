"""The filters of caption templates, each metered: what a template may cost is bounded, whatever it is fed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from jinja2 import TemplateRuntimeError, pass_context
from jinja2.filters import do_title
from jinja2.runtime import Context, Undefined

from heliograph.caption.fit import LONGEST_OUTPUT, fitted
from heliograph.caption.lines import number
from heliograph.caption.tags import hashtags
from heliograph.model import Count

BUDGET = "_budget"
BOUNDED = "_bounded"
JOINED = "_joined"
INTERNAL = frozenset({BOUNDED, JOINED})
"""Filters that the check of a template puts in where it repeats or joins."""

MOST_STEPS = 500_000
"""Nodes of a template that are looked at in one rendering."""


class Budget:
    """What one rendering may still cost."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.steps = steps

    def spend(self, steps: int) -> None:
        """Nothing, while there is something left.

        Raises:
            TemplateRuntimeError: there is not.
        """
        self.steps -= steps
        if self.steps < 0:
            message = "it repeats itself too often"
            raise TemplateRuntimeError(message)


def printed(value: object) -> object:
    """A value as it stands in a text: numbers without needless digits, lists with commas."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else number(value)  # noqa: PLR2004
    if isinstance(value, tuple | list):
        return ", ".join(str(printed(item)) for item in value)
    return value


def _words(value: object) -> list[Any]:
    """A list as it is; a text is one word, and nothing is none."""
    if isinstance(value, tuple | list):
        return list(value)
    return [] if _is_empty(value) else [value]


def _text(value: object) -> str:
    return str(printed(value))


def _is_empty(value: object) -> bool:
    return value is None or value in ("", ()) or isinstance(value, Undefined)


def _first(value: object) -> object:
    words = _words(value)
    return words[0] if words else ""


def _last(value: object) -> object:
    words = _words(value)
    return words[-1] if words else ""


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | tuple | list) else len(_words(value))


def _default(value: object, other: object = "") -> object:
    return other if _is_empty(value) else value


def _replace(value: object, old: object, new: object) -> str:
    text, sought, put = _text(value), _text(old), _text(new)
    if not sought or len(text) + text.count(sought) * len(put) > LONGEST_OUTPUT:
        return text
    return text.replace(sought, put)


def _join(value: object, between: object = ", ") -> str:
    parts = [_text(word) for word in _words(value)]
    fitting = LONGEST_OUTPUT // max(1, len(_text(between)))
    return _text(between).join(parts[:fitting])


def _truncate(value: object, limit: object) -> str:
    return fitted(_text(value), int(_text(limit)), Count.GRAPHEMES).text


def _sort(value: object) -> tuple[object, ...]:
    return tuple(sorted(_words(value), key=lambda word: (_text(word).casefold(), _text(word))))


def _hashtags(value: object) -> str:
    return " ".join(hashtags((_text(word) for word in _words(value)), camel_case=True))


@pass_context
def _bounded(context: Context, value: object, weight: int) -> list[Any]:
    words = _words(value)
    context[BUDGET].spend(1 + len(words) * weight)
    return words


def _size(value: object) -> int:
    return 1 + (len(value) // 256 if isinstance(value, str) else len(value) if isinstance(value, tuple | list) else 0)


def _metered(act: Callable[..., object]) -> Callable[..., object]:
    @pass_context
    @wraps(act)
    def filtered(context: Context, value: object, *arguments: object) -> object:
        budget = context[BUDGET]
        budget.spend(_size(value))
        found = act(value, *arguments)
        budget.spend(_size(found))
        return found

    return filtered


def _all() -> Iterable[tuple[str, Callable[..., object]]]:
    yield "upper", lambda value: _text(value).upper()
    yield "lower", lambda value: _text(value).lower()
    yield "capitalize", lambda value: _text(value).capitalize()
    yield "title", lambda value: do_title(_text(value))
    yield "trim", lambda value: _text(value).strip()
    yield "replace", _replace
    yield "join", _join
    yield "first", _first
    yield "last", _last
    yield "length", _length
    yield "default", _default
    yield "truncate", _truncate
    yield "sort", _sort
    yield "hashtags", _hashtags
    yield JOINED, lambda value: "".join(_text(word) for word in value)


FILTERS: dict[str, Callable[..., object]] = {name: _metered(act) for name, act in _all()} | {BOUNDED: _bounded}
"""By the name that templates use."""

ARGUMENTS: dict[str, tuple[int, ...]] = {"replace": (2,), "join": (0, 1), "default": (0, 1), "truncate": (1,)}
"""How many arguments a filter takes behind what it filters; the others take none."""
