"""Every endpoint with what it does, as the service lists them itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from heliograph.standin.imws import attributes, categories, files
from heliograph.standin.imws.asking import Asked
from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.marks import PATHS, settable
from heliograph.standin.imws.trouble import BAD, NOT_FOUND, Trouble

AUTHENTICATE = "POST /v1/authenticate"
_DISCOVER = ("/v1/discover", "/discover")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address and method."""

    act: Callable[[Asked], object]
    """`None` comes back from what writes."""
    about: str
    parameters: tuple[str, ...] = ()


def discover(asked: Asked) -> dict[str, Any]:
    """The endpoints that there are, each explained."""
    del asked
    return {"endpoints": [_explained(route, one) for route, one in ENDPOINTS.items()]}


def _explained(route: str, endpoint: Endpoint) -> dict[str, Any]:
    method, _, path = route.partition(" ")
    return {"path": path, "method": method, "description": endpoint.about, "parameters": list(endpoint.parameters)}


def application_variable(asked: Asked) -> dict[str, Any]:
    """The value of an application variable."""
    name, head = asked.needed("name"), asked.world.head
    if name not in head.variables:
        if asked.dials.unknown_variable == "error":
            raise Trouble(NOT_FOUND, f"The variable {name!r} does not exist.")
        return {"value": ""} if asked.dials.unknown_variable == "empty" else {}
    value = head.variables[name]
    if name in head.sequences and asked.dials.reading_advances and isinstance(value, int):
        asked.world.set_variable(name, value + 1)
    return {"value": str(value) if asked.dials.appvar_types == "text" else value}


def collections(asked: Asked) -> dict[str, Any]:
    """The collections that there are."""
    given = asked.needed("id")
    numbers: Iterable[int] = PATHS if given == "all" else (int(one) for one in given.split(",") if one.isdecimal())
    fields = asked.fields(("id", "path"))
    known = [{"id": number, "path": PATHS[number]} for number in numbers if number in PATHS]
    return {"collections": [{name: one[name] for name in fields if name in one} for one in known]}


def write_collections(asked: Asked) -> None:
    """Puts files into collections, or takes them out."""
    found, tasks = asked.files(), asked.tasks("tasks")
    for task in tasks:
        if task.get("op") not in {"add", "remove"}:
            raise Trouble(BAD, "The operations on collections are add and remove.")
        if not settable(str(task.get("path"))):
            raise Trouble(NOT_FOUND, f"The collection {task.get('path')!r} does not exist.")
    for file in found:
        for task in tasks:
            asked.world.mark(file, task["path"], on=task["op"] == "add")


_IDS = ("id", "idlist")
_PAGE = ("page", "pagesize")
ENDPOINTS: Mapping[str, Endpoint] = {
    "GET /v1/discover": Endpoint(discover, "Lists and explains every endpoint."),
    "GET /v1/imatch/appvar": Endpoint(application_variable, "The value of an application variable.", ("name",)),
    "GET /v1/files": Endpoint(files.files, "Files with fields, tags and variables.", (*_IDS, "fields", *_PAGE)),
    "GET /v1/files/categories": Endpoint(files.categories, "The categories of files.", (*_IDS, "fields", *_PAGE)),
    "GET /v1/files/relations": Endpoint(files.relations, "Masters or versions of files.", (*_IDS, "type", "fields")),
    "GET /v1/files/collections": Endpoint(files.collections, "The collections of files.", _IDS),
    "GET /v1/collections": Endpoint(collections, "The collections.", ("id", "fields")),
    "POST /v1/collections": Endpoint(write_collections, "Files into collections and out.", (*_IDS, "tasks")),
    "GET /v1/categories": Endpoint(categories.categories, "A category.", ("path", "id", "fields")),
    "POST /v1/categories/assign": Endpoint(categories.assign, "Files into a category.", ("path", "fileid", "idlist")),
    "POST /v1/categories/unassign": Endpoint(categories.unassign, "Files out of it.", ("path", "fileid", "idlist")),
    "GET /v1/attributes": Endpoint(attributes.attributes, "Rows of an attribute set.", ("set", *_IDS)),
    "POST /v1/attributes": Endpoint(attributes.write_attributes, "Changes rows.", ("set", *_IDS, "tasks")),
    "POST /v1/metadata": Endpoint(files.write_metadata, "Sets metadata.", (*_IDS, "tags")),
}
"""As the log names them -> what they do."""


def endpoint(route: str, dials: Dials) -> Endpoint | None:
    """What a route does; `None` where there is no such one."""
    method, _, path = route.partition(" ")
    if path in _DISCOVER:
        open_here = dials.discover_at in {"both", path}
        return ENDPOINTS["GET /v1/discover"] if open_here and method == "GET" else None
    if path == "/v1/metadata" and not dials.metadata_writes:
        return None
    return ENDPOINTS.get(route)


def methods(path: str, dials: Dials) -> list[str]:
    """The methods that a path understands."""
    routes = {method: f"{method} {path}" for method in ("GET", "POST")}
    return [method for method, route in routes.items() if route == AUTHENTICATE or endpoint(route, dials)]
