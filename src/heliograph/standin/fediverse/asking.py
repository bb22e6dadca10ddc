"""A call as its routes see it: who asks, for what, and what was sent along."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask

from heliograph.standin.fediverse.dials import Dials
from heliograph.standin.fediverse.records import Account, Application, Token
from heliograph.standin.fediverse.reply import Refusal, Reply
from heliograph.standin.fediverse.traits import Traits, Why
from heliograph.standin.fediverse.world import World
from heliograph.standin.incoming import received

_NO = frozenset({"", "0", "f", "F", "false", "FALSE", "off", "OFF", "no"})


@dataclass(slots=True)
class Asked:
    """One call."""

    world: World
    method: str
    args: Mapping[str, str]
    """Of the query."""
    fields: dict[str, Any] = field(default_factory=dict)
    """Of the body: text, lists of texts (`media_ids[]` without its brackets), and whatever JSON holds."""
    files: Mapping[str, tuple[Path, str, int]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_json: bool = False
    unread: bool = False
    """The body was not looked at, as PHP does not with a multipart PUT."""
    extended_name: bool = False
    """A file has no name but one in the extended notation, `filename*=`."""
    token: Token | None = None
    account: Account | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Of the address."""
    query_lists: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def traits(self) -> Traits:
        """Of the server."""
        return self.world.traits

    @property
    def dials(self) -> Dials:
        """Of the server."""
        return self.world.dials

    @property
    def me(self) -> Account:
        """Who calls.

        Raises:
            Refusal: nobody known.
        """
        if self.account is None:
            raise Refusal(Why.NO_TOKEN)
        return self.account

    @property
    def application(self) -> Application | None:
        """The program that calls."""
        return self.world.applications.get(self.token.application) if self.token else None

    @property
    def wants_json(self) -> bool:
        """Whether the caller says that JSON is what it takes."""
        first = self.headers.get("Accept", "").partition(",")[0]
        return "/json" in first or "+json" in first

    def has(self, name: str) -> bool:
        """Whether a field was sent at all."""
        return name in self.fields

    def text(self, name: str, default: str = "") -> str:
        """A field as text; trimmed where the software does that."""
        value = self.fields.get(name, self.args.get(name))
        if value is None or isinstance(value, dict | list):
            return default
        text = "true" if value is True else "false" if value is False else str(value)
        return text.strip() if self.traits.laravel else text

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A field as yes or no."""
        value = self.text(name, "true" if default else "")
        return value not in _NO

    def many(self, name: str) -> list[str]:
        """A field that is a list."""
        value = self.fields.get(name)
        if value is None:
            return []
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def asked(world: World, names: Mapping[str, str]) -> Asked:
    """The call that the framework is at."""
    request = flask.request
    multipart = (request.mimetype or "") == "multipart/form-data"
    unread = world.traits.laravel and multipart and request.method in {"PUT", "PATCH"}
    call = Asked(
        world,
        request.method,
        request.args,
        headers=dict(request.headers),
        is_json=request.is_json,
        unread=unread,
        names=names,
        query_lists={name.removesuffix("[]"): request.args.getlist(name) for name in request.args},
    )
    if unread:
        return call
    call.extended_name = any(_extended(file.headers.get("Content-Disposition", "")) for file in request.files.values())
    call.fields = _json(request) if request.is_json else _form(request)
    call.files = {name: found for name in request.files if (found := received(name)) is not None}
    return call


def _extended(disposition: str) -> bool:
    return "filename*=" in disposition and "filename=" not in disposition


def _json(request: flask.Request) -> dict[str, Any]:
    try:
        found = json.loads(request.get_data() or b"{}")
    except ValueError:
        return {}
    return {name: value for name, value in found.items() if value is not None} if isinstance(found, dict) else {}


def _form(request: flask.Request) -> dict[str, Any]:
    """Form fields; `a[]` are lists, `a[][b]` lists of objects, and `a[b]` objects."""
    fields: dict[str, Any] = {}
    for name, value in request.form.items(multi=True):
        first, _, rest = name.partition("[")
        if not rest:
            fields[name] = value
        elif rest == "]":
            fields.setdefault(first, []).append(value)
        elif rest.startswith("]["):
            _into(fields.setdefault(first, []), rest[2:-1], value)
        elif isinstance(fields.setdefault(first, {}), dict):
            fields[first][rest[:-1]] = value
    return fields


def _into(objects: list[dict[str, str]], name: str, value: str) -> None:
    """Adds to the last object, or to a new one where that has such a field already."""
    if not objects or name in objects[-1]:
        objects.append({})
    objects[-1][name] = value


Act = Callable[[Asked], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """An address, and what answers there."""

    method: str
    path: str
    """With `<id>` where the log says `:id`."""
    act: Act
    scope: str = ""
    """What a token has to permit, `write:media`; empty: no token is needed."""
    there: Callable[[Traits], bool] = lambda _: True
    """Whether a software has it."""
    kind: str = ""
    """The rate that it is counted under, besides `calls`."""

    @property
    def name(self) -> str:
        """As the log of calls has it: `PUT /api/v1/media/:id`."""
        return f"{self.method} {self.path.replace('<', ':').replace('>', '')}"
