"""The file that a world is kept in: one line of JSON per change, the last line about a record wins."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import cattrs


class Kept(Protocol):
    """What can be kept: a record of a kind, with an id of its own among them."""

    KIND: ClassVar[str]

    @property
    def id(self) -> str:
        """Unlike that of any other record of the kind."""


R = TypeVar("R", bound=Kept)
_SPARE_LINES = 1000
"""Lines that may be out of date before the file is written anew."""


class Store(Generic[R]):
    """Appends every change at once, so that a killed stand-in loses nothing, and an upload costs one short write.

    Args:
        file: Made at the first change.
        kinds: Every class of record.
    """

    def __init__(self, file: Path, kinds: Iterable[type[R]]) -> None:
        self._file = file
        self._kinds = {kind.KIND: kind for kind in kinds}
        self._converter = cattrs.Converter()

    def load(self) -> list[R]:
        """Every record that was kept and not dropped since; a torn last line is passed over."""
        if not self._file.exists():
            return []
        found: dict[tuple[str, str], Any] = {}
        lines = self._file.read_text(encoding="utf-8").splitlines(keepends=True)
        for entry in map(self._entry, lines):
            if entry is not None:
                found[entry[0], entry[1]] = entry[2]
        records = [self._converter.structure(data, self._kinds[kind]) for (kind, _), data in found.items() if data]
        if len(lines) > 2 * len(records) + _SPARE_LINES or not lines[-1:] or not lines[-1].endswith("\n"):
            self.save(records)
        return records

    def keep(self, records: Iterable[R]) -> None:
        """Remembers records as they are now."""
        self._append(self._line(record.KIND, record.id, record) for record in records)

    def drop(self, record: R) -> None:
        """Forgets one record."""
        self._append([self._line(record.KIND, record.id, None)])

    def save(self, records: Iterable[R]) -> None:
        """Replaces the file by one that holds these records only; at every moment there is one or the other."""
        fresh = self._file.with_name(self._file.name + ".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(self._line(record.KIND, record.id, record) for record in records)
        fresh.replace(self._file)

    def _append(self, lines: Iterable[str]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)

    def _line(self, kind: str, name: str, record: R | None) -> str:
        data = None if record is None else self._converter.unstructure(record)
        return json.dumps([kind, name, data], ensure_ascii=True, separators=(",", ":")) + "\n"

    def _entry(self, line: str) -> tuple[str, str, Any] | None:
        """Kind, id and data of one line; `None` for half a line."""
        try:
            kind, name, data = json.loads(line)
        except ValueError:
            return None
        return (kind, name, data) if kind in self._kinds else None
