"""The calls about categories: what is in them, assigning and unassigning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from heliograph.standin.imws.asking import Asked
from heliograph.standin.imws.files import CATEGORY_FIELDS, category_fields, listed
from heliograph.standin.imws.records import NORMAL, Category, File
from heliograph.standin.imws.trouble import BAD, FAILED, NOT_FOUND, Trouble

Row = dict[str, Any]


def categories(asked: Asked) -> Row:
    """One category with its files and children; nothing where it does not exist."""
    fields = asked.fields(CATEGORY_FIELDS)
    if asked.get("id") == "all":
        found = asked.world.tree.children("")
    else:
        one = asked.category()
        found = [one] if one else []
    return {"categories": [_told(asked, category, fields, 0) for category in found]}


def _told(asked: Asked, category: Category, fields: Sequence[str], depth: int) -> Row:
    tree, dials = asked.world.tree, asked.dials
    shown = fields if depth == 0 or dials.children_fields else ("id", "name")
    row = category_fields(category, shown, dials)
    if "files" in shown:
        row["files"] = listed(tree.total(category.path), dials)
    if "directfiles" in shown:
        row["directFiles"] = listed(tree.direct(category.path), dials)
    if "children" in fields:
        deeper = not dials.children_levels or depth < dials.children_levels
        row["children"] = [
            _told(asked, child, fields, depth + 1) for child in (tree.children(category.path) if deeper else ())
        ]
    return row


def assign(asked: Asked) -> None:
    """Puts files into a category."""
    path = asked.needed("path")
    files = _files(asked)
    category = asked.world.tree.get(path)
    if category is None and asked.dials.unknown_category == "error":
        raise Trouble(NOT_FOUND, f"The category {path!r} does not exist.")
    if category is not None and category.kind != NORMAL:
        raise Trouble(FAILED, f"The category {path!r} is computed.")
    if category is None and ("@" in path or not all(level.strip() for level in path.split("|"))):
        raise Trouble(BAD, f"There cannot be a category {path!r}.")
    if asked.dials.assign_twice == "error" and any(path in file.categories for file in files):
        raise Trouble(FAILED, f"The file is in {path!r} already.")
    for file in _with_versions(asked, files):
        asked.world.put(file, path)


def unassign(asked: Asked) -> None:
    """Takes files out of a category."""
    path = asked.needed("path")
    files = _files(asked)
    if path not in asked.world.tree:
        raise Trouble(NOT_FOUND, f"The category {path!r} does not exist.")
    if asked.dials.assign_twice == "error" and any(path not in file.categories for file in files):
        raise Trouble(FAILED, f"The file is not in {path!r}.")
    for file in _with_versions(asked, files):
        asked.world.take_out(file, path)


def _files(asked: Asked) -> list[File]:
    return asked.files("fileid")


def _with_versions(asked: Asked, files: list[File]) -> list[File]:
    """The files, and where propagation is on their versions too."""
    if not asked.dials.propagation:
        return files
    return [one for file in files for one in (file, *asked.world.versions(file))]
