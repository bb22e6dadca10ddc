"""Switches of the door: how strictly callers are checked, and what is counted; the world has dials of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from heliograph.standin.flickr.calls import BUDGET_PER_HOUR

MEBIBYTE = 1024 * 1024
PHOTO_MAX_BYTES = 200 * MEBIBYTE
"""Source: https://www.flickrhelp.com, upload requirements (November 2026)."""
_REVOKED_AS = ("envelope", "http")


@dataclass(slots=True)
class Manners:
    """What tests and the control routes may change."""

    timestamp_window_s: float = 300.0
    """Several minutes, Flickr does not say how many."""
    clock_skew_s: float = 0.0
    """How far the service's clock is ahead of the caller's; also shown in the `Date` of every answer."""
    revoked_as: str = "envelope"
    """A revoked or mangled token: `envelope` (code 98, HTTP 200) or `http` (401 `token_rejected`); both were seen."""
    budget_per_hour: int = BUDGET_PER_HOUR
    budget_enforced: bool = False
    """A call beyond its key's budget is answered with 429."""
    setters_by_get: bool = False
    """Methods that change something may be called by GET, which Flickr's pages forbid."""
    body_max_bytes: int = PHOTO_MAX_BYTES + MEBIBYTE
    """A longer request is answered with 413; the file and a little for the fields around it."""

    def turn_all(self, values: Mapping[str, object]) -> None:
        """Sets several switches, in order, up to the first mistake.

        Raises:
            ValueError: there is no such switch, or it does not take such a value.
        """
        kinds = {field.name: type(field.default) for field in fields(self)}
        for name, value in values.items():
            if name not in kinds:
                message = f"There is no switch {name!r}; there are {', '.join(kinds)}."
                raise ValueError(message)
            if not _fits(name, value, kinds[name]):
                wants = " or ".join(_REVOKED_AS) if name == "revoked_as" else kinds[name].__name__
                message = f"The switch {name!r} takes {wants}, not {value!r}."
                raise ValueError(message)
            setattr(self, name, value)


def _fits(name: str, value: object, kind: type) -> bool:
    if name == "revoked_as":
        return value in _REVOKED_AS
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is kind
