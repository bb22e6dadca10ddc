"""The file that a world is kept in: one line of JSON per change, the last line about a record wins."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cattrs

from heliograph.standin.flickr.records import Account, Album, Counter, Group, Photo, Record, Ticket

_KINDS: dict[str, type[Record]] = {kind.KIND: kind for kind in (Account, Photo, Album, Group, Ticket, Counter)}
_SPARE_LINES = 1000
"""Lines that may be out of date before the file is written anew."""


class Store:
    """Appends every change at once, so that a killed stand-in loses nothing, and an upload costs one short write."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._converter = cattrs.Converter()

    def load(self) -> list[Record]:
        """Every record that was kept and not dropped since; a torn last line is passed over."""
        if not self._file.exists():
            return []
        found: dict[tuple[str, str], Any] = {}
        lines = self._file.read_text(encoding="utf-8").splitlines(keepends=True)
        for entry in map(_entry, lines):
            if entry is not None:
                found[entry[0], entry[1]] = entry[2]
        records = [self._converter.structure(data, _KINDS[kind]) for (kind, _), data in found.items() if data]
        if len(lines) > 2 * len(records) + _SPARE_LINES or not lines[-1:] or not lines[-1].endswith("\n"):
            self.save(records)
        return records

    def keep(self, records: Iterable[Record]) -> None:
        """Remembers records as they are now."""
        self._append(self._line(record.KIND, record.id, record) for record in records)

    def drop(self, record: Record) -> None:
        """Forgets one record."""
        self._append([self._line(record.KIND, record.id, None)])

    def save(self, records: Iterable[Record]) -> None:
        """Replaces the file by one that holds these records only; at every moment there is one or the other."""
        fresh = self._file.with_name(self._file.name + ".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(self._line(record.KIND, record.id, record) for record in records)
        fresh.replace(self._file)

    def _append(self, lines: Iterable[str]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)

    def _line(self, kind: str, name: str, record: Record | None) -> str:
        data = None if record is None else self._converter.unstructure(record)
        return json.dumps([kind, name, data], ensure_ascii=True, separators=(",", ":")) + "\n"


def _entry(line: str) -> tuple[str, str, Any] | None:
    """Kind, id and data of one line; `None` for half a line."""
    try:
        kind, name, data = json.loads(line)
    except ValueError:
        return None
    return (kind, name, data) if kind in _KINDS else None
