"""What the owner sets of one server of the fediverse, besides what every platform has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from heliograph.policy import STRICT


class Look(StrEnum):
    """How closely a server is looked at in a run where nothing asks for more."""

    CHANGES = "changes"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one account on one server.

    Raises:
        ValueError: a setting cannot be used, with the reason as a sentence.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    url: str = ""
    """The server's address: `https://pixelfed.social`; `https`, or `http` on this computer."""
    language: str = ""
    """Of the texts, as two letters: `en`; empty: as the account says. Pixelfed has no languages."""
    place: bool = False
    """The place, by its name, as a place of Pixelfed's (rules.place has to let it out, too)."""
    licence: bool = False
    """Pixelfed's licence for each photo. Pixelfed only knows one licence for all uploads of an account, so it is set
    before an upload and set back afterwards: nobody else should upload there meanwhile."""
    look: Look = Look.CHANGES
    """How closely the server is looked at each time: `changes` (one call), or `everything` (every post of the account).
    Once a day it is `everything` in any case."""
    workers: int = 2
    """Photos under way at once, 1 to 4."""

    def __post_init__(self) -> None:
        if not self.url:
            message = 'url is missing: the address of the server, such as url = "https://pixelfed.social"'
            raise ValueError(message)
        if not 1 <= self.workers <= 4:  # noqa: PLR2004 - more than that is impolite and no faster
            message = "workers must be between 1 and 4"
            raise ValueError(message)
