"""What is remembered of a photo to see next time, in few calls, that nothing changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from heliograph import jsonform
from heliograph.libraries.imatch.answers import Row
from heliograph.libraries.imatch.options import Options
from heliograph.libraries.imatch.wishes import Standing
from heliograph.model import value_digest

READING = "2"
"""Counted up when photos are read differently than before, so that all are read again."""
_MEANINGLESS = frozenset(
    {
        "url",
        "login",
        "password",
        "timeout_s",
        "full_days",
        "other_database",
        "incoming",
        "workers",
        "path_map",
        "variables",
    }
)
"""Settings that change nothing of what is read."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Made of ids and digests; as text it is JSON."""

    root: int
    """The master's id."""
    size: int
    """The master's size, by which it is known under another name."""
    tagged: tuple[int, ...]
    family: tuple[int, ...]
    """Every id of the family."""
    meta: int
    """Whose words they are."""
    sent: str
    """Place of the file that is sent."""
    disk: str
    """Stamp of that file."""
    glance: str
    """Digest of what is asked each time: fields, tags, variables, wishes and flags."""
    whole: str
    """Digest of everything, with relations, categories and rows."""
    rows: Mapping[str, str] = field(default_factory=dict)
    """Platform -> mark of its rows on the tagged files."""
    platforms: tuple[str, ...] = ()
    """Below whose categories it was tagged, sorted."""

    def text(self) -> str:
        """To be kept."""
        return json.dumps([READING, *(getattr(self, one.name) for one in fields(self))], separators=(",", ":"))


def parsed(text: str) -> Stamp | None:
    """The stamp of a text; `None` where it is empty or from an earlier way of reading."""
    try:
        version, *told = json.loads(text)
        if version != READING:
            return None
        values = (tuple(value) if isinstance(value, list) else value for value in told)
        held: dict[str, Any] = dict(zip((one.name for one in fields(Stamp)), values, strict=True))
        return Stamp(**held)
    except (ValueError, TypeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Digests:
    """Makes digests that also change with the settings."""

    settings: str

    @classmethod
    def under(cls, options: Options) -> Digests:
        """For these settings."""
        plain = {name: value for name, value in jsonform.plain(options).items() if name not in _MEANINGLESS}
        return cls(value_digest(plain))

    def glance(self, row: Row, standing: Standing) -> str:
        """Of what one call for many photos tells."""
        return value_digest([self.settings, row, jsonform.plain(standing)])[:16]

    def whole(self, glance: str, members: Sequence[object], categories: Sequence[str], rows: Mapping[str, str]) -> str:
        """Of everything."""
        return value_digest([glance, list(members), list(categories), dict(rows)])[:16]
