"""Answers as they stand on the wire: XML in Flickr's own layout, or its JSON.

Source: recorded answers of Flickr, 2023 to 2025 (looked at in November 2026).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from heliograph.standin.flickr.element import Element, Failure

XML = "text/xml; charset=utf-8"
JSON = "application/json"
SCRIPT = "text/javascript; charset=utf-8"

_HEAD = '<?xml version="1.0" encoding="utf-8" ?>\n'
_ALWAYS_LISTS = frozenset({"set", "pool"})
"""Top-level elements that are lists in JSON even when there is one (`photos.getAllContexts`)."""
_WANDERING = re.compile(
    r"total|pages?|views|license|requiredperms|latitude|longitude|accuracy|dateupload|lastupdate"
    r"|datetaken(granularity|unknown)|(width|height)(_\w+)?|complete|isprimary|count_\w+"
)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_TEXT = str.maketrans(_ESCAPES)
_IN_ATTRIBUTES = str.maketrans(_ESCAPES | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
_CALLBACK = re.compile(r"[A-Za-z_$][\w.$]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Form:
    """How a caller wants its answer."""

    json: bool = False
    callback: str = ""
    """JSON is wrapped in a call of this function; empty: not wrapped."""
    wander: bool = False
    """Some scalars of JSON are now a number, now a text, as Flickr's are."""
    unknown: str = ""
    """The format asked for, where there is no such format; the answer that says so is XML."""


def form_of(arguments: Mapping[str, str], *, wander: bool = False) -> Form:
    """How a call asks to be answered."""
    kind = arguments.get("format") or "rest"
    if kind != "json":
        return Form(unknown="" if kind == "rest" else kind)
    if arguments.get("nojsoncallback") == "1":
        return Form(json=True, wander=wander)
    named = arguments.get("jsoncallback", "")
    return Form(json=True, callback=named if _CALLBACK.fullmatch(named) else "jsonFlickrApi", wander=wander)


def success(elements: Sequence[Element], form: Form) -> tuple[bytes, str]:
    """Body and content type of an answer that says yes."""
    if form.json:
        return _json(_grouped(elements, _ALWAYS_LISTS, _Types(wander=form.wander)) | {"stat": "ok"}, form)
    return _rsp("ok", "".join(_xml(element, 0) for element in elements)), XML


def failure(error: Failure, form: Form) -> tuple[bytes, str]:
    """Body and content type of an answer that says no; the status is HTTP 200 all the same."""
    if form.json:
        return _json({"stat": "fail", "code": error.code, "message": error.message}, form)
    told = [Element("err", {"code": error.code, "msg": error.message, **error.attributes}), *error.siblings]
    return _rsp("fail", "".join(_xml(element, 1) for element in told)), XML


# --- XML --------------------------------------------------------------------------------------------------------------


def _rsp(stat: str, inside: str) -> bytes:
    return f'{_HEAD}<rsp stat="{stat}">\n{inside}</rsp>\n'.encode()


def _xml(element: Element, depth: int) -> str:
    indent = "\t" * depth
    attributes = "".join(f' {name}="{_escaped(value, _IN_ATTRIBUTES)}"' for name, value in element.attributes.items())
    opened = f"{indent}<{element.name}{attributes}"
    text = _escaped(element.text or "", _IN_TEXT)
    if element.children:
        inside = "".join(_xml(child, depth + 1) for child in element.children)
        return f"{opened}>{text}\n{inside}{indent}</{element.name}>\n"
    return f"{opened}>{text}</{element.name}>\n" if text else f"{opened} />\n"


def _escaped(value: object, escapes: dict[int, str]) -> str:
    """`value` without what XML cannot hold, such as a bell or half of a surrogate pair."""
    return _NOT_XML.sub("", str(value)).translate(escapes)


# --- JSON -------------------------------------------------------------------------------------------------------------


class _Types:
    """Scalars as Flickr types them: as they are, or every other one of the wandering kind the other way."""

    def __init__(self, *, wander: bool) -> None:
        self._wander = wander
        self._turn = count()

    def scalar(self, name: str, value: object) -> object:
        if not self._wander or not _WANDERING.fullmatch(name) or next(self._turn) % 2:
            return value
        if isinstance(value, int | float):
            return str(value)
        return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _json(form_of_answer: dict[str, object], form: Form) -> tuple[bytes, str]:
    text = json.dumps(form_of_answer, separators=(",", ":"))
    if form.callback:
        return f"{form.callback}({text})".encode(), SCRIPT
    return text.encode(), JSON


def _object(element: Element, types: _Types) -> dict[str, object]:
    told = {name: types.scalar(name, value) for name, value in element.attributes.items()}
    told |= {name: [] for name in sorted(element.lists)}
    told |= _grouped(element.children, element.lists, types)
    if element.text is not None:
        told["_content"] = element.text
    return told


def _grouped(elements: Iterable[Element], lists: frozenset[str], types: _Types) -> dict[str, object]:
    """Elements by name: a list where there are several, or where that name always is one."""
    groups: dict[str, list[object]] = {}
    for element in elements:
        groups.setdefault(element.name, []).append(_object(element, types))
    return {name: held if name in lists or len(held) > 1 else held[0] for name, held in groups.items()}
