"""Where templates run: they reach what the pages are made from, and nothing of the program.

Every look into a record or table of the pages is asked for a million times in a large site; of these two kinds, whose
fields are data alone, the sandbox's own questions need not be asked.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from heliograph.platforms.site.groupings import Collection, Tile

_FIELDS = {kind: frozenset(field.name for field in fields(kind)) for kind in (Collection, Tile)}


class Sandbox(ImmutableSandboxedEnvironment):
    """Templates of anybody, with quick ways to what they show."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.globals["once"] = self._once
        self._kept: dict[tuple[object, ...], str] = {}

    def forget(self) -> None:
        """Lets go of what `once` kept."""
        self._kept.clear()

    def _once(self, macro: object, *arguments: object) -> str:
        """What a macro of a template makes of a tile and plain values: most tiles stand on many pages, all alike."""
        if not isinstance(macro, Macro):
            message = "once() takes a macro and what it is called with"
            raise TypeError(message)
        key = (macro, *(one.digest if isinstance(one, Tile) else one for one in arguments))
        if key not in self._kept:
            self._kept[key] = macro(*arguments)
        return self._kept[key]

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a table before its methods, so that a key may be called `items`; else as the sandbox has it."""
        kind = type(obj)
        if kind is dict and attribute in obj:
            return obj[attribute]
        if attribute in _FIELDS.get(kind, ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)
