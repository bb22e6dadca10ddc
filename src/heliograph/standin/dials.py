"""Switches of a stand-in: turned one by one with a check, and kept in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import ClassVar


@dataclass(slots=True)
class Turnable:
    """A record of dials; what it takes is told by the types of its fields."""

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Dials that take one of a few words."""

    def turn(self, name: str, value: object) -> None:
        """Sets one dial.

        Raises:
            ValueError: there is no such dial, or it does not take such a value.
        """
        kinds = {field.name: str(field.type) for field in fields(self)}
        if name not in kinds:
            message = f"There is no dial {name!r}; there are {', '.join(kinds)}."
            raise ValueError(message)
        choices = self.CHOICES.get(name, ())
        if not (value in choices if choices else _fits(value, kinds[name])):
            wants = " or ".join(choices or (kinds[name],))
            message = f"The dial {name!r} takes {wants}, not {value!r}."
            raise ValueError(message)
        setattr(self, name, value)

    def turn_all(self, values: Mapping[str, object]) -> None:
        """Sets several dials, in order, up to the first mistake."""
        for name, value in values.items():
            self.turn(name, value)


def kept(file: Path) -> dict[str, object]:
    """The dials as somebody kept them; none where nobody did."""
    if not file.exists():
        return {}
    found: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return found


def keep(dials: Turnable, file: Path) -> None:
    """Replaces the file of the dials in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(json.dumps(asdict(dials), indent=1), encoding="utf-8")
    fresh.replace(file)


def _fits(value: object, kind: str) -> bool:
    """Whether a dial of this kind (`int`, `bool | None`, ...) takes this value."""
    if value is None:
        return kind.endswith("None")
    if isinstance(value, bool):
        return kind.startswith("bool")
    if isinstance(value, str):
        return kind.startswith("str")
    if isinstance(value, int):
        return kind.startswith(("int", "float")) and value >= 0
    return isinstance(value, float) and kind.startswith("float") and value >= 0
