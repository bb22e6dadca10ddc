"""The world's file: readable JSON with one record a line, and a journal of what changed since it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from heliograph.standin.imws.filling import all_at_once
from heliograph.standin.imws.records import NORMAL, AttributeSet, Category, Column, File, Relation, Row
from heliograph.standin.imws.world import Head, World

_JOURNAL_MAX_BYTES = 64 * 1024 * 1024
"""A longer journal is worked into the file."""


class Keeper:
    """Keeps one world in a folder: `world.json`, replaced in one step, and `changes.jsonl` beside it.

    Every change is in one of them before its call is answered, so that a killed stand-in loses nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._file, self._journal = folder / "world.json", folder / "changes.jsonl"
        self._pending: IO[str] | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a world."""
        return self._file.exists() or self._journal.exists()

    def load(self) -> World:
        """The world as it was left; half a line at the journal's end is passed over.

        Raises:
            ValueError: the file was edited and is no world any more.
        """
        world = read(self._file) if self._file.exists() else World()
        if self._journal.exists():
            for line in self._journal.read_text(encoding="utf-8").split("\n")[:-1]:
                _apply(world, json.loads(line))
            self.save(world)
        return world

    def keep(self, world: World) -> None:
        """Appends what changed since it was last kept."""
        if not world.changes:
            return
        if self._pending is None:
            self._pending = self._journal.open("a", encoding="utf-8", newline="\n")
        self._pending.writelines(_line(change) + "\n" for change in _changes(world))
        self._pending.flush()
        world.changes.forget()
        if self._pending.tell() > _JOURNAL_MAX_BYTES:
            self.save(world)

    def save(self, world: World) -> None:
        """Writes the whole file, and ends the journal."""
        fresh = self._file.with_name(self._file.name + ".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(written(world))
        fresh.replace(self._file)
        if self._pending is not None:
            self._pending.close()
            self._pending = None
        self._journal.unlink(missing_ok=True)
        world.changes.forget()

    def close(self, world: World) -> None:
        """Writes the whole file where anything changed."""
        if world.changes or self._pending is not None:
            self.save(world)


# --- out --------------------------------------------------------------------------------------------------------------


_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def written(world: World) -> Iterator[str]:
    """The text of a world's file, in parts."""
    head = json.dumps(_head(world), ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}")
    groups = {"categories": map(_category, world.tree), "files": map(_file, world.files.values())}
    for name, entries in groups.items():
        yield f',\n "{name}": ['
        for at, entry in enumerate(entries):
            yield ("\n  " if not at else ",\n  ") + _line(entry)
        yield "\n ]"
    yield "\n}\n"


def _changes(world: World) -> Iterator[dict[str, Any]]:
    changes = world.changes
    if changes.head:
        yield {"head": _head(world)}
    for path in changes.categories:
        category = world.tree.get(path)
        yield {"category": _category(category)} if category else {"no category": path}
    for number in changes.files:
        file = world.files.get(number)
        yield {"file": _file(file)} if file else {"no file": number}


def _head(world: World) -> dict[str, Any]:
    head = world.head
    told = {name: getattr(head, name) for name in Head.__slots__}
    sets = [
        {"name": one.name, "columns": [_slim(column) for column in one.columns]} for one in world.rows.sets.values()
    ]
    return told | {"sets": sets}


def _slim(record: Any) -> dict[str, Any]:
    """A record without what is empty."""
    return {name: value for name in record.__slots__ if (value := getattr(record, name))}


def _category(category: Category) -> dict[str, Any]:
    told = _slim(category)
    if category.kind == NORMAL:
        del told["kind"]
    return told


def _file(file: File) -> dict[str, Any]:
    told = _slim(file)
    if file.rows:
        told["rows"] = {name: [_slim(row) for row in rows] for name, rows in file.rows.items()}
    if file.versions:
        told["versions"] = [_slim(relation) for relation in file.versions]
    return told


# --- in ---------------------------------------------------------------------------------------------------------------


def read(file: Path) -> World:
    """The world that a file holds; nothing is kept there of what becomes of it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it was edited and is no world any more.
    """
    try:
        with all_at_once():
            world = _world(json.loads(file.read_text(encoding="utf-8")))
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        message = f"{file} is no IMatch world: {type(error).__name__}: {error}"
        raise ValueError(message) from error
    world.changes.forget()
    return world


def taken_over(file: Path) -> World:
    """Likewise, for a database in another folder: the pictures stay where they are.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no world.
    """
    world, here = read(file), file.absolute().parent
    world.head.folders = {windows: str(here / real) for windows, real in world.head.folders.items()}
    return world


def _world(told: dict[str, Any]) -> World:
    world = World()
    _take_head(world, {name: value for name, value in told.items() if name not in {"categories", "files"}})
    for entry in told.get("categories", ()):
        world.tree.plant(Category(**entry))
    for entry in told.get("files", ()):
        world.enter(_read_file(entry))
    return world


def _take_head(world: World, told: dict[str, Any]) -> None:
    for entry in told.pop("sets", ()):
        world.rows.define(AttributeSet(entry["name"], [Column(**column) for column in entry["columns"]]))
    world.head = Head(**told)


def _read_file(entry: dict[str, Any]) -> File:
    if "rows" in entry:
        entry["rows"] = {name: [Row(**{"data": {}, **row}) for row in rows] for name, rows in entry["rows"].items()}
    if "versions" in entry:
        entry["versions"] = [Relation(**{"definition": "", "files": [], **one}) for one in entry["versions"]]
    return File(**entry)


def _apply(world: World, change: dict[str, Any]) -> None:
    """One line of the journal."""
    ((what, told),) = change.items()
    if what == "head":
        _take_head(world, told)
    elif what == "category":
        world.tree.plant(Category(**told))
    elif what == "no category":
        world.drop_category(told)
    elif what == "file":
        world.enter(_read_file(told))
    elif told in world.files:
        world.remove_file(told)
