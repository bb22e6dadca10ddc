"""What the worker tells and the pages show: one state for all tabs, replaced as a whole, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from heliograph.desk import Happened
from heliograph.desk.telling import Status
from heliograph.model import Plan, Verb

SAID = 6
"""Events that are shown while a plan is carried out; all of them are in the history."""


@dataclass(frozen=True, slots=True)
class Lane:
    """How far one platform is."""

    name: str
    total: int
    done: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the last task ended."""

    headline: str
    good: bool = True
    lines: tuple[str, ...] = ()
    """What was done, in words."""
    troubles: tuple[str, ...] = ()
    """What failed, waits, or was not done, a sentence each."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan as it lies on the table."""

    plan: Plan
    digest: str
    spent: bool = False
    """It was carried out; what it asks and refuses still stands."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Place -> title, as the library has it."""
    held_back: str = ""
    """Why nothing of any plan is carried out for now, as it was when this one was made."""

    @property
    def deletes(self) -> int:
        """How many posts it takes away."""
        return sum(action.verb == Verb.DELETE for action in self.plan.actions)


@dataclass(frozen=True, slots=True)
class Glance:
    """How everything stands, from the ledger."""

    status: Status | None = None
    history: tuple[Happened, ...] = ()
    runs: tuple[Mapping[str, object], ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    """Question -> the answer that waits for the next plan."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the page shows."""

    library: str = ""
    task: str = ""
    """What is under way, in a word for people; empty while nothing is."""
    stopping: bool = False
    stage: str = ""
    lanes: tuple[Lane, ...] = ()
    said: tuple[str, ...] = ()
    """What happened last, newest first."""
    outcome: Outcome | None = None
    shown: Shown | None = None
    glance: Glance = Glance()
    troubles: Mapping[str, str] = field(default_factory=dict)
    """Platform -> why the last look could not see it."""
    closed: bool = False
    """The server ends."""
    version: int = 0
    page: int = 0
    """Goes up where more changed than the progress: the page is to be read anew."""


class Board:
    """The state, for any number of threads."""

    def __init__(self) -> None:
        self._state = State()
        self._changed = threading.Condition()

    @property
    def state(self) -> State:
        """As it is now."""
        return self._state

    def progress(self, **more: Any) -> None:
        """Something went on."""
        self._change(more, page=0)

    def anew(self, **more: Any) -> None:
        """Something is different that the page has to be read anew for."""
        self._change(more, page=1)

    def say(self, sentence: str, lane: str = "") -> None:
        """Something happened, on a lane or beside them."""
        with self._changed:
            lanes = tuple(replace(one, done=one.done + 1) if one.name == lane else one for one in self._state.lanes)
            self._change({"lanes": lanes, "said": (sentence, *self._state.said)[:SAID]}, page=0)

    def wait(self, version: int, wait_s: float) -> State:
        """The state, as soon as it is another than that of `version`, at the latest after `wait_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._state.version != version, wait_s)
            return self._state

    def _change(self, more: Mapping[str, Any], page: int) -> None:
        with self._changed:
            now = self._state
            self._state = replace(now, **more, version=now.version + 1, page=now.page + page)
            self._changed.notify_all()
