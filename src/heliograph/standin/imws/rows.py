"""Attribute sets, the rows of files, and columns whose values must be unique."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from heliograph.standin.imws.records import AttributeSet, Column, File, Row

READY_SETS = {
    "flickr": (("posted", "Date", False), ("photo_id", "Text", True), ("url", "Hyperlink", True)),
    "pixelfed": (
        ("posted", "Date", False),
        ("media_id", "Text", True),
        ("status_id", "Text", True),
        ("url", "Hyperlink", True),
    ),
    "mastodon": (
        ("posted", "Date", False),
        ("media_id", "Text", True),
        ("status_id", "Text", True),
        ("url", "Hyperlink", True),
    ),
    "quantum": (("posted", "Date", False), ("media_id", "Text", False), ("url", "Hyperlink", False)),
}
"""The sets that IMatch to Socials asks its users to define."""
OTHER_COLUMNS = ("posted", "media_id", "url")
"""Of a set for any other platform."""


def ready_sets() -> list[AttributeSet]:
    """Those sets as records."""
    return [AttributeSet(name, [Column(*column) for column in columns]) for name, columns in READY_SETS.items()]


class Rows:
    """Every attribute set, and which row has which value of a unique column."""

    def __init__(self) -> None:
        self.sets: dict[str, AttributeSet] = {}
        self._last_instance = 0
        self._held: dict[tuple[str, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))

    def define(self, attribute_set: AttributeSet) -> None:
        """Adds a set, or replaces the one of its name."""
        self.sets[attribute_set.name] = attribute_set

    def index(self, file: File) -> None:
        """Takes note of the rows that a file came with."""
        for name, rows in file.rows.items():
            for row in rows:
                self._last_instance = max(self._last_instance, row.instance)
                self._hold(name, row)

    def holders(self, name: str, data: Mapping[str, str], *, besides: int = 0) -> list[str]:
        """The unique columns whose value of `data` another row has; copies by propagation do not count."""
        attribute_set = self.sets[name]
        return [
            column.name
            for column in attribute_set.columns
            if column.unique and data.get(column.name) and self._held[name, column.name][data[column.name]] - {besides}
        ]

    def add(self, file: File, name: str, data: Mapping[str, str], *, instance: int = 0, copied: bool = False) -> Row:
        """A further row; columns without value are left out, and its number is the next one where none is said."""
        number = instance or self._last_instance + 1
        self._last_instance = max(self._last_instance, number)
        rows = file.rows.setdefault(name, [])
        nth = max((row.nth for row in rows), default=0) + 1
        row = Row(number, nth, _filled(data), copied)
        rows.append(row)
        self._hold(name, row)
        return row

    def change(self, name: str, row: Row, data: Mapping[str, str]) -> None:
        """Gives a row these values and no other."""
        self._release(name, row)
        row.data = _filled(data)
        self._hold(name, row)

    def remove(self, file: File, name: str, rows: Iterable[Row]) -> None:
        """Takes rows of a file away."""
        for row in list(rows):
            self._release(name, row)
            file.rows[name].remove(row)
        if not file.rows.get(name):
            file.rows.pop(name, None)

    def _hold(self, name: str, row: Row) -> None:
        for column, value in self._unique_values(name, row):
            self._held[name, column][value].add(row.instance)

    def _release(self, name: str, row: Row) -> None:
        for column, value in self._unique_values(name, row):
            self._held[name, column][value].discard(row.instance)

    def _unique_values(self, name: str, row: Row) -> list[tuple[str, str]]:
        if row.copied or name not in self.sets:
            return []
        columns = {column.name for column in self.sets[name].columns if column.unique}
        return [(column, value) for column, value in row.data.items() if column in columns]


def _filled(data: Mapping[str, str]) -> dict[str, str]:
    return {column: value for column, value in data.items() if value}
