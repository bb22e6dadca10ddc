"""The last look of an answer: what its names, numbers and texts are like."""

from __future__ import annotations

import html
from typing import Any

from heliograph.standin.imws.dials import Dials

EXTRA = "stateTag"
"""A field that nobody asked for."""


def text(value: str, dials: Dials) -> str:
    """A text of the database as it is sent."""
    if dials.entities:
        value = html.escape(value)
    return value.replace("\n", "\r\n") if dials.newlines == "crlf" else value


def texts(value: str | list[str], dials: Dials) -> str | list[str]:
    """Likewise a list of them."""
    return [text(one, dials) for one in value] if isinstance(value, list) else text(value, dials)


def shaped(answer: Any, dials: Dials) -> Any:
    """An answer as the dials want it; the very same where none is turned."""
    if dials.keys_case == "camel" and not (dials.numbers_as_text or dials.extra_fields):
        return answer
    return _shaped(answer, dials)


def _shaped(value: Any, dials: Dials) -> Any:
    if isinstance(value, dict):
        told = {_key(name, dials): _shaped(one, dials) for name, one in value.items()}
        return {**told, EXTRA: {"x": 1}} if dials.extra_fields else told
    if isinstance(value, list):
        return [_shaped(one, dials) for one in value]
    if dials.numbers_as_text and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def _key(name: str, dials: Dials) -> str:
    if dials.keys_case == "pascal":
        return name[:1].upper() + name[1:]
    return name.lower() if dials.keys_case == "lower" else name
