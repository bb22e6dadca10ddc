"""What a call asks, read with the service's own rules: lower-case names, ids with commas, JSON within a field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.records import AttributeSet, Category, File
from heliograph.standin.imws.regional import Locale
from heliograph.standin.imws.trouble import BAD, FAILED, NOT_FOUND, Trouble
from heliograph.standin.imws.variables import About
from heliograph.standin.imws.world import World

ALL_FILES = "@imws.allfiles"
_SELECTED = frozenset(
    {"@imatch.filewindow.active.selection", "@imatch.filewindow.active.files", "@imatch.filewindow.selection"}
)
_FOCUSED = "@imatch.filewindow.active.focusedfile"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: its parameters, and the database that it is about."""

    parameters: Mapping[str, str]
    world: World
    dials: Dials
    now: float
    """Unix seconds."""

    def get(self, name: str, default: str = "") -> str:
        """A parameter, or the default."""
        return self.parameters.get(name, default)

    def needed(self, name: str) -> str:
        """A parameter that the call cannot do without."""
        value = self.get(name)
        if not value:
            raise Trouble(BAD, f"The parameter {name!r} is missing.")
        return value

    def number(self, name: str, default: int) -> int:
        """A parameter that is a whole number from 0."""
        value = self.get(name) or str(default)
        if not value.isdecimal():
            raise Trouble(BAD, f"The parameter {name!r} is a number, not {value!r}.")
        return int(value)

    def fields(self, default: tuple[str, ...]) -> tuple[str, ...]:
        """The names of `fields` in lower case; without that parameter the default, of an empty one only `id`."""
        if "fields" not in self.parameters:
            return default
        asked = tuple(name.strip().lower() for name in self.parameters["fields"].split(",") if name.strip())
        return asked or ("id",)

    def prefixed(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The parameters whose name begins so, as the name that the caller gave to the answer and what is asked."""
        for name, value in self.parameters.items():
            if name.startswith(prefix) and len(name) > len(prefix):
                suffix = name.removeprefix(prefix)
                yield (suffix.lower() if self.dials.suffix_case == "lower" else suffix), value

    def tasks(self, name: str) -> list[dict[str, Any]]:
        """The list of objects that a parameter holds as JSON."""
        try:
            found = json.loads(self.needed(name))
        except ValueError as error:
            raise Trouble(BAD, f"The parameter {name!r} holds no JSON.") from error
        if not isinstance(found, list) or not all(isinstance(task, dict) for task in found):
            raise Trouble(BAD, f"The parameter {name!r} holds a list of objects.")
        return found

    # --- what is named ------------------------------------------------------------------------------------------------

    def files(self, *names: str) -> list[File]:
        """The files of `id` or `idlist`, or of the other parameters named; unknown ones as the dial says."""
        ids = self._ids(names or ("id",))
        strange = [number for number in ids if number not in self.world.files]
        if strange and self.dials.unknown_files == "error":
            raise Trouble(NOT_FOUND, f"File {strange[0]} does not exist.")
        return [self.world.files[number] for number in ids if number in self.world.files]

    def _ids(self, names: tuple[str, ...]) -> list[int]:
        listed = self.get("idlist").lower()
        if listed:
            return self._listed(listed)
        given = next((self.parameters[name] for name in names if name in self.parameters), None)
        if given is None:
            raise Trouble(BAD, f"The parameter {names[0]!r} is missing.")
        numbers = given.split(",") if given else []
        if not numbers and not self.dials.empty_ids:
            raise Trouble(BAD, f"The parameter {names[0]!r} is empty.")
        if not all(number.isdecimal() for number in numbers):
            raise Trouble(BAD, f"The parameter {names[0]!r} holds ids with commas, and nothing else.")
        return list(dict.fromkeys(int(number) for number in numbers))

    def _listed(self, name: str) -> list[int]:
        if name == ALL_FILES:
            return list(self.world.files)
        if name in _SELECTED:
            return list(self.world.head.selection)
        if name == _FOCUSED:
            return self.world.head.selection[:1]
        raise Trouble(NOT_FOUND, f"The list of ids {name!r} does not exist.")

    def attribute_set(self) -> AttributeSet | None:
        """The attribute set of `set`; an unknown one as the dial says."""
        name = self.needed("set")
        found = self.world.rows.sets.get(name)
        if found is None and self.dials.unknown_set == "error":
            raise Trouble(FAILED, f"The attribute set {name!r} does not exist.")
        return found

    def category(self) -> Category | None:
        """The category of `path` or `id`; `None` where there is none."""
        number = self.get("id")
        if number.isdecimal():
            return self.world.tree.by_id(int(number))
        return self.world.tree.get(self.needed("path"))

    @property
    def about(self) -> About:
        """What variables know besides the file."""
        head = self.world.head
        now = datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return About(Locale.of(self.dials), head.login, head.version, now)
