"""What happens while a plan is carried out, and what everybody who carries it out has at hand."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from heliograph.ledger import Ledger, Saying
from heliograph.model import Action, Post
from heliograph.ports import Clock, Library, Outcome, Platform, Stop

log = logging.getLogger(__name__)


class End(StrEnum):
    """How an action ended; every action comes to exactly one of these."""

    DONE = "done"
    TOLD = "told"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one action."""

    action: Action
    end: End
    sentence: str
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Doors:
    """One library, its platforms, and the memory of both."""

    library: Library
    platforms: Mapping[str, Platform]
    ledger: Ledger
    clock: Clock
    stop: Stop = lambda: False

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Tells the library. What it cannot write down stands in the ledger all the same."""
        try:
            self.library.note(outcomes)
        except Exception as trouble:  # noqa: BLE001 - whatever it is, what was done is done and is not told as a failure
            names = ", ".join(outcome.where for outcome in outcomes)
            log.warning("%s: the library could not note what became of it: %s", names, trouble)


def saying(action: Action, end: End, sentence: str, post: Post | None) -> Saying:
    """The event as a line of the history."""
    url = post.url if post else ""
    answered = action.question if end == End.DONE else ""
    return Saying(
        *(action.platform, action.subject, action.where, action.verb, end, sentence, url, action.changes, answered)
    )
