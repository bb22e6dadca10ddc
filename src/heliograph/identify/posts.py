"""What a post says of when it was taken and made, and how sure a likeness is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from heliograph.model import F, Fields

_EASTERNMOST = timedelta(hours=14)
"""Nowhere is it later than in UTC+14: a camera's clock may run so far ahead of the time of day in UTC."""


class Likeness(StrEnum):
    """How sure it is that a post shows a photo."""

    SURE = "sure"
    LIKELY = "likely"
    NO = "no"


class Confidence(StrEnum):
    """How far a match can be trusted, for people."""

    CERTAIN = "certain"
    """By a mark of the pixels or of the file, or because somebody said so."""
    SURE = "sure"
    """By what only this photo and this post have in common."""
    LIKELY = "likely"
    """To be asked about."""


def moment(fields: Fields) -> str:
    """The date taken as far as every platform can show it: without fraction, zone and words; empty where unknown."""
    taken = fields.get(F.TAKEN)
    return str(taken[0] or taken[-1]) if isinstance(taken, tuple) and taken else ""


def contradict(one: str, other: str) -> bool:
    """Whether two dates taken cannot be of one photo; as far as both are known."""
    known = min(len(one), len(other))
    return one[:known] != other[:known]


def before_it_was_taken(made_at: str, taken: str) -> bool:
    """Whether a post is older than a photo, in whatever zone the camera was; false where either date is unknown."""
    try:
        made = datetime.fromisoformat(made_at)
        made_utc = made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)
        local = datetime.fromisoformat((taken + "0000-01-01T00:00:00"[len(taken) :])[:19])
        return made_utc < local.replace(tzinfo=UTC) - _EASTERNMOST
    except (ValueError, OverflowError):
        return False
