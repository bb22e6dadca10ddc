"""The calls about files: what they are, where they belong, and what their metadata says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from heliograph.standin.imws import variables
from heliograph.standin.imws.asking import Asked
from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.marks import PATHS, PENDING_WRITE_BACK
from heliograph.standin.imws.records import Category, File
from heliograph.standin.imws.shape import text, texts
from heliograph.standin.imws.tree import ancestors
from heliograph.standin.imws.trouble import BAD, FAILED, Trouble

STANDARD = ("id", "name", "filename", "format", "size")
"""Fields of a file where nobody names any. Source: answers seen by published clients (November 2026)."""
CATEGORY_FIELDS = ("id", "name", "path", "description")
_SHORT_FORMATS = {"JPEG": "JPG", "TIFF": "TIF", "WEBP": "WEBP"}

Row = dict[str, Any]
T = TypeVar("T")


# --- GET /v1/files ----------------------------------------------------------------------------------------------------


def files(asked: Asked) -> Row:
    """Fields, tags and variables of files."""
    fields, about, dials = asked.fields(STANDARD), asked.about, asked.dials
    tags = list(asked.prefixed("tag"))
    templates = [(name, variables.parsed(value)) for name, value in asked.prefixed("var")]
    found = []
    chosen, total = paged(asked, listed(asked.files(), dials))
    for file in chosen:
        row = standard(file, fields, dials)
        for name, code in tags:
            value = variables.tag(file, code, about.locale)
            if value is not None:
                row[name] = texts(value, dials)
            elif dials.nulls:
                row[name] = None
        for name, parts in templates:
            row[name] = text(variables.evaluated(parts, file, about, dials.empty_variables), dials)
        found.append(row)
    return {"files": found, **total}


def standard(file: File, fields: Sequence[str], dials: Dials) -> Row:
    """The standard fields of one file."""
    row: Row = {}
    for name in fields:
        if name in FIELDS:
            key, read = FIELDS[name]
            value = read(file, dials)
            if value != "":
                row[key] = value
            elif dials.nulls:
                row[key] = None
    return row


def _filename(file: File, dials: Dials) -> str:
    return file.filename.replace("\\", "/") if dials.slashes == "forward" else file.filename


def _format(file: File, dials: Dials) -> str:
    if dials.format_spelling == "kept":
        return file.format
    upper = file.format.upper()
    return _SHORT_FORMATS.get(upper, upper) if dials.format_spelling == "short" else upper


def _datetime(file: File, dials: Dials) -> str:
    tails = {"seconds": "", "fractions": ".250", "zone": "+02:00"}
    if not file.datetime or dials.datetime_form == "missing":
        return ""
    return file.datetime + tails[dials.datetime_form]


FIELDS: Mapping[str, tuple[str, Callable[[File, Dials], object]]] = {
    "id": ("id", lambda file, _dials: file.id),
    "filename": ("fileName", _filename),
    "name": ("name", lambda file, _dials: file.name),
    "format": ("format", _format),
    "size": ("size", lambda file, _dials: file.size),
    "datetime": ("dateTime", _datetime),
    "width": ("width", lambda file, _dials: file.width),
    "height": ("height", lambda file, _dials: file.height),
}
"""As asked -> as answered, and what it holds; a text that is empty is missing."""


def paged(asked: Asked, found: list[T]) -> tuple[list[T], dict[str, int]]:
    """The part of a listing that is on the page asked for, and what the answer tells of the whole."""
    size = asked.number("pagesize", 0)
    most = asked.dials.page_size
    size = min(size or most, most) if most else size
    page = asked.number("page", 0)
    told = {"total": len(found), "page": page} if asked.dials.page_totals else {}
    return (found[page * size : (page + 1) * size] if size else found if page == 0 else []), told


def listed(found: list[T], dials: Dials) -> list[T]:
    """A listing in its order, with its first entry twice where the dial says so."""
    found = found[::-1] if dials.listing_order == "reversed" else found
    return [*found, *found[:1]] if dials.repeat_files else found


# --- GET /v1/files/categories -----------------------------------------------------------------------------------------


def categories(asked: Asked) -> Row:
    """The categories of files."""
    fields = asked.fields(CATEGORY_FIELDS)
    found = []
    chosen, total = paged(asked, asked.files())
    for file in chosen:
        theirs = [category_fields(category, fields, asked.dials) for category in _of(file, asked)]
        if theirs or asked.dials.uncategorised == "empty":
            found.append({"id": file.id, "categories": theirs})
    return {"files": found, **total}


def category_fields(category: Category, fields: Sequence[str], dials: Dials) -> Row:
    """What a category says of itself alone."""
    row: Row = {}
    for name in fields:
        if name in {"id", "path", "name", "thumbnail"}:
            row[name] = getattr(category, name)
        elif name == "description":
            row[name] = text(category.description, dials)
    return row


def _of(file: File, asked: Asked) -> list[Category]:
    how = asked.dials.listed_categories
    tree = asked.world.tree
    paths = file.categories if how == "assigned" else ancestors(file.categories)
    found = [category for category in map(tree.get, paths) if category is not None]
    if how != "computed":
        return found
    keywords = file.tags.get("hierarchicalkeywords", [])
    mine = [f"@Keywords|{keyword}" for keyword in keywords] if isinstance(keywords, list) else []
    return [*found, *(Category(900_000 + at, path, kind="data-driven") for at, path in enumerate(["@All", *mine]))]


# --- GET /v1/files/relations, /v1/files/collections -------------------------------------------------------------------


def relations(asked: Asked) -> Row:
    """The masters or versions of files, in groups."""
    kind = asked.needed("type").lower()
    if kind not in {"masters", "versions"}:
        raise Trouble(BAD, f"There are no relations of type {kind!r}.")
    found = asked.files()
    if len(found) > 1 and not asked.dials.relation_many:
        raise Trouble(FAILED, "Relations are answered for one file only.")
    fields = asked.fields(STANDARD) if asked.dials.relation_fields else STANDARD
    groups = [{"id": file.id, kind: _groups(asked, file, kind, fields)} for file in listed(found, asked.dials)]
    return {"files": groups}


def _groups(asked: Asked, file: File, kind: str, fields: Sequence[str]) -> list[Row]:
    world, how = asked.world, asked.dials.relation_groups
    groups: dict[str, list[int]] = {}
    if kind == "versions":
        groups = {relation.definition: list(relation.files) for relation in file.versions}
    else:
        for master, definition in world.masters.get(file.id, {}).items():
            groups.setdefault(definition, []).append(master)
    ids = [[number for number in members if number in world.files] for members in groups.values()]
    ids = [members for members in ids if members]
    if how == "one" and ids:
        ids = [list(dict.fromkeys(number for members in ids for number in members))]
    elif how == "overlapping":
        ids = [*ids, *(members[::-1] for members in ids)]
    if asked.dials.relation_self:
        ids = [[file.id, *members] for members in ids]
    return [{"files": [standard(world.files[one], fields, asked.dials) for one in members]} for members in ids]


def collections(asked: Asked) -> Row:
    """The flags, dots, pins and so on of files."""
    numbers = asked.dials.collections_form == "numbers"

    def shown(mark: int) -> object:
        return mark if numbers else {"id": mark, "path": PATHS.get(mark, "")}

    found = asked.files()
    return {"files": [{"id": file.id, "collections": [shown(mark) for mark in file.collections]} for file in found]}


# --- POST /v1/metadata ------------------------------------------------------------------------------------------------


def write_metadata(asked: Asked) -> None:
    """Sets tags in the database, which waits to be written back to the files."""
    chosen, tasks = asked.files(), asked.tasks("tags")
    for task in tasks:
        if task.get("op") not in {"set", "add"} or not task.get("tag") or "value" not in task:
            raise Trouble(BAD, "Every tag has a name, a value, and op set or add.")
    for file in chosen:
        for task in tasks:
            name = variables.shortcode(str(task["tag"]))
            had, value = file.tags.get(name), task["value"]
            if task["op"] == "add":
                had = had if isinstance(had, list) else []
                value = [*had, *(one for one in (value if isinstance(value, list) else [value]) if one not in had)]
            file.tags[name] = value
        file.collections = sorted({*file.collections, PENDING_WRITE_BACK})
        asked.world.touch(file)
