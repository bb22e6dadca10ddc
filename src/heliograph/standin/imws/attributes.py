"""The calls about attributes: rows that users and programs keep on files, in sets that users define."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from heliograph.standin.imws.asking import Asked
from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.files import listed
from heliograph.standin.imws.records import AttributeSet, File, Row
from heliograph.standin.imws.shape import text
from heliograph.standin.imws.trouble import BAD, FAILED, Trouble

_NUMBER = re.compile(r"-?\d{1,18}")
_OPERATIONS = ("add", "update", "delete")


def attributes(asked: Asked) -> dict[str, Any]:
    """The rows of a set on files; files without one are left out."""
    attribute_set = asked.attribute_set()
    files = listed(asked.files(), asked.dials) if attribute_set else []
    name = attribute_set.name if attribute_set else ""
    found = [
        {"id": file.id, "data": [_told(row, attribute_set, asked.dials) for row in file.rows[name]]}
        for file in files
        if attribute_set and file.rows.get(name)
    ]
    return {"result": found}


def _told(row: Row, attribute_set: AttributeSet, dials: Dials) -> dict[str, Any]:
    told: dict[str, Any] = {"instanceId": number(row, dials)}
    for column in attribute_set.columns:
        value = row.data.get(column.name, "")
        if value:
            told[column.name] = _typed(value, column.type) if dials.attribute_values == "typed" else text(value, dials)
        elif dials.nulls:
            told[column.name] = None
    return told


def _typed(value: str, kind: str) -> str | int:
    if kind == "Date":
        return value if "T" in value else f"{value}T00:00:00"
    return int(value) if _NUMBER.fullmatch(value) else value


def number(row: Row, dials: Dials) -> int:
    """The number of a row as callers see it."""
    return row.nth if dials.instance_numbers == "file" else row.instance


# --- writing ----------------------------------------------------------------------------------------------------------


def write_attributes(asked: Asked) -> None:
    """Adds, changes and removes rows: all of it or nothing, unless the dial says otherwise."""
    attribute_set = asked.attribute_set()
    files, tasks = asked.files(), [_Task(task) for task in asked.tasks("tasks")]
    if attribute_set is None:
        return
    writing = _Writing(asked, attribute_set)
    if not asked.dials.partial_writes:
        writing.check(files, tasks)
    for file in files:
        for task in tasks:
            writing.check([file], [task])
            writing.do(file, task)


class _Task:
    """One entry of `tasks`, checked."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.operation = told.get("op")
        if self.operation not in _OPERATIONS:
            raise Trouble(BAD, f"There is no operation {self.operation!r} on attributes.")
        data, instances = told.get("data", {}), told.get("instanceid", [])
        if not isinstance(data, dict) or not isinstance(instances, list):
            raise Trouble(BAD, "data is an object, and instanceid a list of numbers.")
        if self.operation != "add" and not instances:
            raise Trouble(BAD, "instanceid is missing.")
        if self.operation != "delete" and not data:
            raise Trouble(BAD, "data is missing.")
        self.data = {str(name): "" if value is None else str(value) for name, value in data.items()}
        self.instances = {str(one) for one in instances}


class _Writing:
    """A call that writes rows of one set."""

    def __init__(self, asked: Asked, attribute_set: AttributeSet) -> None:
        self.asked, self.set = asked, attribute_set
        self.dials, self.world = asked.dials, asked.world

    def check(self, files: list[File], tasks: list[_Task]) -> None:
        """Refuses what cannot be done."""
        for task in tasks:
            self._check_columns(task)
            if task.operation == "add" and len(files) > 1 and self._unique(task):
                raise Trouble(FAILED, "A unique value cannot be given to several files.")
            for file in files:
                self._check_file(file, task)

    def do(self, file: File, task: _Task) -> None:
        """Carries one task out on one file, and on its versions where propagation is on."""
        rows, data = self._rows(file, task), self._known(task)
        if task.operation == "add":
            self.world.rows.add(file, self.set.name, data)
        elif task.operation == "delete":
            self.world.rows.remove(file, self.set.name, rows)
        for row in rows if task.operation == "update" else ():
            merged = {**row.data, **data} if self.dials.row_update == "merge" else data
            self.world.rows.change(self.set.name, row, merged)
        self.world.touch(file)
        if self.dials.propagation:
            self._propagate(file)

    def _check_columns(self, task: _Task) -> None:
        strange = [name for name in task.data if self.set.column(name) is None]
        if strange and self.dials.unknown_column == "error":
            raise Trouble(FAILED, f"The attribute {strange[0]!r} does not exist in {self.set.name!r}.")

    def _check_file(self, file: File, task: _Task) -> None:
        rows = self._rows(file, task)
        if task.operation == "add":
            if file.rows.get(self.set.name) and self.dials.second_row == "refused":
                raise Trouble(FAILED, f"File {file.id} has a row of {self.set.name!r} already.")
        elif len(rows) < len(task.instances) and self.dials.unknown_instance == "error":
            raise Trouble(FAILED, f"File {file.id} has no such row of {self.set.name!r}.")
        if task.operation != "delete" and self.dials.unique_columns:
            for instance in [row.instance for row in rows] if task.operation == "update" else [0]:
                held = self.world.rows.holders(self.set.name, self._known(task), besides=instance)
                if held:
                    raise Trouble(FAILED, f"Another row has this value of {held[0]!r}, which must be unique.")

    def _rows(self, file: File, task: _Task) -> list[Row]:
        rows = file.rows.get(self.set.name, [])
        return [row for row in rows if str(number(row, self.dials)) in task.instances]

    def _known(self, task: _Task) -> dict[str, str]:
        return {name: value for name, value in task.data.items() if self.set.column(name) is not None}

    def _unique(self, task: _Task) -> bool:
        columns = (self.set.column(name) for name, value in task.data.items() if value)
        return self.dials.unique_columns and any(column.unique for column in columns if column)

    def _propagate(self, master: File) -> None:
        """The versions have the rows of their master."""
        for version in self.world.versions(master):
            old = version.rows.get(self.set.name, [])
            self.world.rows.remove(version, self.set.name, [row for row in old if row.copied])
            for row in master.rows.get(self.set.name, []):
                self.world.rows.add(version, self.set.name, row.data, copied=True)
            self.world.touch(version)
