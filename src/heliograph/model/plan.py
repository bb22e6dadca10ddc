"""What is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heliograph.model.photo import Order, Subject
from heliograph.model.post import Post
from heliograph.model.value import Value
from heliograph.model.wanted import Wanted


class Verb(StrEnum):
    """What is to be done about one subject on one platform."""

    ADD = "add"
    MATCH = "match"
    KEEP = "keep"
    UPDATE = "update"
    REPOST = "repost"
    DELETE = "delete"
    FORGET = "forget"
    DOWNLOAD = "download"
    TAKE = "take"
    """Fields that were edited there are taken home; others may be sent along."""
    ACCEPT = "accept"
    ASK = "ask"
    WAIT = "wait"
    REFUSE = "refuse"
    DUPLICATE = "duplicate"
    FINISH = "finish"
    LEAVE = "leave"
    """It differs, and the owner did not ask for a change of it."""
    CLEAR = "clear"
    """What the owner asked for is fulfilled as things stand; the library only has to hear of it."""


TELLING = frozenset({Verb.KEEP, Verb.ASK, Verb.WAIT, Verb.REFUSE, Verb.DUPLICATE, Verb.LEAVE})
"""Verbs that change nothing anywhere; all others do."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is to be set, with what it was for people."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do, or to say, about one subject on one platform, with its reason in words."""

    verb: Verb
    subject: Subject
    platform: str
    where: str
    reason: str
    wanted: Wanted | None = None
    post: Post | None = None
    """The post that the action is about, as the platform showed it or as the ledger remembers it."""
    changes: tuple[Change, ...] = ()
    """What is to be set there."""
    takes: tuple[Change, ...] = ()
    """For `take`: what is to be set at home, as the platform shows both values."""
    choices: tuple[str, ...] = ()
    """For `ask`: the answers that `helio answer` takes."""
    question: str = ""
    """Digest of the question that is asked, or that was answered: done, the action uses the answer up. An answer to
    another question does not count."""
    refusals: tuple[str, ...] = ()
    """For `refuse`: every reason at once, a sentence each."""
    orders: tuple[Order, ...] = ()
    """What the owner asked for once that is fulfilled when this is done, sorted."""
    alike: Post | None = None
    """For `ask`: the post that may be this photo, and perhaps is another."""
    confidence: str = ""
    """For `match`, and for `ask` where it is about a post that may be the photo: `certain`, `sure` or `likely`."""
    left: tuple[str, ...] = ()
    """For `match`: fields that differ and are agreed on as both sides have them, sorted."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Why a plan must not be applied as it stands."""

    kind: str
    """`deletes` or `changes`: what the owner has to allow to apply it all the same."""
    platform: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen, and nothing else: dry run, preview, apply and tests are readers of the same plan."""

    actions: tuple[Action, ...]
    kept: int = 0
    """Subjects on which both sides already agree; not listed."""
    guards: tuple[Guard, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def effects(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.verb not in TELLING)
