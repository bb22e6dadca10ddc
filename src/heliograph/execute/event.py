"""What happens while a plan is carried out, and what everybody who carries it out has at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from heliograph.errors import Mistake
from heliograph.execute.notes import Notes
from heliograph.ledger import Ledger, Saying
from heliograph.model import Action, Post, Wanted
from heliograph.policy import PlatformPolicy
from heliograph.ports import Clock, Library, Platform, Stop


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
    spent: bool = False
    """It waits for nothing but the platform's budget of calls."""


@dataclass(frozen=True, slots=True)
class Doors:
    """One library, its platforms, and the memory of both."""

    library: Library
    platforms: Mapping[str, Platform]
    ledger: Ledger
    clock: Clock
    stop: Stop = lambda: False

    told: Notes | None = None
    policies: Mapping[str, PlatformPolicy] = field(default_factory=dict)
    """What decides about each platform."""

    @property
    def notes(self) -> Notes:
        """Where the library hears what became of its photos."""
        if self.told is None:
            object.__setattr__(self, "told", Notes(self.library, self.ledger, self.clock))
        return cast("Notes", self.told)


def saying(action: Action, end: End, sentence: str, post: Post | None) -> Saying:
    """The event as a line of the history."""
    url, changes = post.url if post else "", (*action.takes, *action.changes)
    answered = action.question if end == End.DONE else ""
    return Saying(*(action.platform, action.subject, action.where, action.verb, end, sentence, url, changes, answered))


def wanted_of(action: Action) -> Wanted:
    """What an action is to send.

    Raises:
        Mistake: the plan does not say it.
    """
    if action.wanted is None:
        message = f"the plan does not say what is wanted of {action.where} on {action.platform}; make a new one"
        raise Mistake(message)
    return action.wanted


def post_of(action: Action) -> Post:
    """The post that an action is about.

    Raises:
        Mistake: the plan does not say it.
    """
    if action.post is None:
        message = f"the plan does not say which post of {action.where} on {action.platform} is meant; make a new one"
        raise Mistake(message)
    return action.post
