"""The log of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from heliograph.standin.log import Log, Logged

_UNSEEN = frozenset({"auth_token", "password", "appid"})


@dataclass(frozen=True, slots=True)
class Call(Logged):
    """One call that arrived, and what became of it."""

    route: str
    """`GET /v1/files`."""
    outcome: str
    """`ok`, `http 404`, the number of an error (`5100`), or `closed`."""
    fault: str = ""
    """The fault of the script that it met."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """What was sent, without tokens and passwords."""
    files: int = 0
    """How many ids it named."""

    @property
    def writes(self) -> bool:
        """Whether it asked for a change."""
        return self.route.startswith("POST ") and not self.route.endswith("/authenticate")


def seen(arguments: Mapping[str, str]) -> dict[str, str]:
    """The arguments that may be logged: nothing that lets anybody in."""
    return {name: value for name, value in arguments.items() if name.lower() not in _UNSEEN}


class Calls(Log[Call]):
    """The log. Safe to be used from several threads."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        super().__init__(folder / "calls.jsonl", now, Call, lambda call: call.route)

    def of(self, route: str) -> Sequence[Call]:
        """The calls of one route, such as `GET /v1/files`."""
        return tuple(call for call in self.all() if call.route == route)

    @property
    def writes(self) -> Sequence[Call]:
        """The calls that asked for a change, however they ended."""
        return tuple(call for call in self.all() if call.writes)
