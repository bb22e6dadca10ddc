"""A page that shows the database at a glance: categories with counts, files with their rows and errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask

from heliograph.standin.imws.door import Door
from heliograph.standin.imws.records import Category, File
from heliograph.standin.imws.world import World

_PER_PAGE = 50
_SHOWN = frozenset({".jpg", ".jpeg", ".png", ".webp"})
"""Files that browsers show."""
ROOT = "Socials"


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree."""

    category: Category
    depth: int
    direct: int
    total: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One file as the page shows it."""

    file: File
    title: str
    places: list[str]
    """The categories below the root, without it."""
    errors: list[str]
    picture: int
    """The file whose picture is shown, its own or a version's; 0 where there is none."""


def pages(door: Door) -> flask.Blueprint:
    """The page and its pictures."""
    routes = flask.Blueprint("pages", __name__)

    @routes.get("/")
    def first() -> flask.Response:
        with door.lock:
            return flask.Response(_shown(door, flask.request.args.get("category", ROOT)))

    @routes.get("/_pictures/<int:file_id>")
    def picture(file_id: int) -> flask.Response:
        with door.lock:
            path = _picture(door, file_id)
        return flask.send_file(path) if path and path.is_file() else flask.abort(404)

    return routes


def _shown(door: Door, path: str) -> str:
    world = door.world
    ids = world.tree.total(path) if path in world.tree else []
    page = max(1, flask.request.args.get("page", 1, type=int))
    part = ids[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    told: dict[str, Any] = {"world": world, "path": path, "page": page, "pages": -(-len(ids) // _PER_PAGE)}
    told |= {"is_open": not door.shut, "branches": _branches(world, path), "count": len(ids)}
    return flask.render_template("world.html", cards=[_card(door, world.files[one]) for one in part], **told)


def _branches(world: World, chosen: str) -> list[Branch]:
    """The roots, all of the published ones, and what is open towards the chosen category."""
    found: list[Branch] = []

    def visit(category: Category, depth: int) -> None:
        path = category.path
        is_open = path == ROOT or path.startswith(f"{ROOT}|") or chosen == path or chosen.startswith(f"{path}|")
        tree = world.tree
        found.append(Branch(category, depth, tree.count(path), len(tree.total(path)), chosen == path))
        for child in tree.children(path) if is_open else ():
            if not path.endswith("|__errors") or tree.count(child.path):  # of errors, those that happened
                visit(child, depth + 1)

    for root in world.tree.children(""):
        visit(root, 0)
    return found


def _card(door: Door, file: File) -> Card:
    mine = [path.removeprefix(f"{ROOT}|") for path in file.categories if path.startswith(f"{ROOT}|")]
    family = (file, *door.world.versions(file))
    pictures = ((one.id, _picture(door, one.id)) for one in family)
    picture = next((id_ for id_, path in pictures if path and path.suffix.lower() in _SHOWN and path.is_file()), 0)
    return Card(
        file,
        str(file.tags.get("title", "")),
        [place for place in mine if "|__errors|" not in place],
        [place.replace("|__errors|", ": ") for place in mine if "|__errors|" in place],
        picture,
    )


def _picture(door: Door, file_id: int) -> Path | None:
    """Where the picture of a file would be."""
    return door.world.real_path(file_id, door.folder) if file_id in door.world.files else None
