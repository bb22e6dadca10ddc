"""The log of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from heliograph.standin.log import Log, Logged

WRITES = ("POST", "PUT", "PATCH", "DELETE")
_UNSEEN = frozenset({"access_token", "client_secret", "code", "code_verifier", "refresh_token", "token"})


@dataclass(frozen=True, slots=True)
class Call(Logged):
    """One call that arrived, and what became of it."""

    route: str
    """HTTP method and address, with `:id` for an id: `PUT /api/v1/media/:id`."""
    status: int
    """HTTP status of the answer; 0 where the connection was closed."""
    id: str = ""
    """What the address names, or what the call made."""
    account: str = ""
    """Who called; empty for a stranger."""
    fault: str = ""
    """The fault of the script that it met."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """What was sent, without secrets."""
    key: str = ""
    """Its Idempotency-Key."""
    filename: str = ""
    length_bytes: int = 0
    """Of the file that was sent."""


def seen(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that may be logged: nothing that lets anybody in."""
    return {name: value for name, value in fields.items() if name not in _UNSEEN}


class Calls(Log[Call]):
    """Every call of the API since the state folder was new or the log was cleared."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        super().__init__(folder / "calls.jsonl", now, Call, lambda call: call.route)

    def of(self, route: str) -> Sequence[Call]:
        """The calls of a route, with `*` for anything."""
        return tuple(call for call in self.all() if fnmatchcase(call.route, route))

    @property
    def writes(self) -> Sequence[Call]:
        """The calls that may have changed something."""
        return tuple(call for call in self.all() if call.route.startswith(WRITES))

    @property
    def total(self) -> int:
        """All calls of the API, however they ended."""
        return len(self.all())
