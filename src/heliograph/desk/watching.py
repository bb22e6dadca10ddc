"""The verb `watch`: goes on and on syncing, soon after photos changed, after every so long, and after every surprise.

Between two runs nothing is held: another command may run, the settings may be edited, a disk may go and come back. Each
run is a new desk with the settings as they are then, and a guard or a question is never overridden.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from heliograph.config import Settings
from heliograph.desk import Desk
from heliograph.desk.clock import pause
from heliograph.desk.opening import settings as opened
from heliograph.errors import AnotherRun, Busy, HeliographError, LedgerUnusable, Mistake
from heliograph.execute import End
from heliograph.model import TELLING, Subject, Verb
from heliograph.ports import Clock, Stop

log = logging.getLogger(__name__)

LOCK = "watch.lock"
SLICE_S = 15.0
"""At least so often it looks whether the settings were edited or the computer has slept."""
ASLEEP_S = 60.0
"""The time of day went on by so much more than the seconds that passed: the computer slept, or its clock was set."""
AGAIN_S = 60.0
"""After trouble that may pass, so long at first, and twice as long each time."""


class Ear(Protocol):
    """Hears of changes in the library, as soon as the system tells of them."""

    def wait(self, wait_s: float) -> bool:
        """True as soon as something changed; false when nothing did for so long."""

    def close(self) -> None:
        """Stops listening."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon and how often, in seconds."""

    every_s: float = 900.0
    """Library and platforms are looked at after so long although nothing was heard."""
    quiet_s: float = 10.0
    """A run begins when nothing changed for so long,"""
    patience_s: float = 300.0
    """or after so long of changes without end."""


Teller = Callable[[str, bool], None]
"""Takes a sentence, and whether it is only for those who want to know everything."""


@dataclass
class Watching:
    """One library and its platforms, watched until somebody asks to stop."""

    path: Path
    """The settings file."""
    clock: Clock
    stop: Stop
    listen: Callable[[Settings], Ear]
    tell: Teller
    pace: Pace = Pace()
    desk: Callable[[Settings], AbstractContextManager[Desk]] | None = None
    """For tests: in place of a desk as every command has it."""
    _settings: Settings | None = None
    _stamp: tuple[int, int] = (0, 0)
    _ear: Ear | None = None
    _due_s: float = 0.0
    _troubles: int = 0
    """Runs in a row that met trouble which may pass."""
    _last: dict[str, str] = field(default_factory=dict)
    """What was said of each thing, so that it is said once and not with every run."""
    _seen: tuple[datetime, float] | None = None

    def run(self) -> None:
        """Comes back when asked to stop; what is under way is finished before.

        Raises:
            AnotherRun: this library is watched already.
            Mistake: there are no settings, or they are wrong from the beginning.
            LedgerUnusable: nothing can be remembered, so nothing may be done.
        """
        self._settings, self._stamp = opened(self.path, os.environ, self.path.parent), self._written()
        with self._alone(self._settings.state):
            self._due_s = self.clock.monotonic()
            self._listen()
            try:
                while not self.stop():
                    if why := self._wait():
                        self._sync(why)
            finally:
                self._listen(again=False)

    @contextlib.contextmanager
    def _alone(self, state: Path) -> Iterator[None]:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(state / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as held:
            message = f"`helio watch` runs for {self.path} already, so this one ends. Nothing was changed."
            raise AnotherRun(message) from held
        try:
            yield
        finally:
            lock.release()

    # -- waiting --

    def _wait(self) -> str:
        """Why a run is due; empty where one is not, and it is time to look at everything else again."""
        if self._stamp != self._written():
            self._reread()
            return "the settings were edited" if self._settings else ""
        if self._slept():
            return "the computer was asleep"
        left_s = self._due_s - self.clock.monotonic()
        if left_s <= 0:
            return "it is time"
        if self._ear is None or self._settings is None:
            pause(self.clock, min(left_s, SLICE_S), self.stop)
        elif self._ear.wait(min(left_s, SLICE_S)):
            self._settle(self._ear)
            return "photos changed"
        return ""

    def _settle(self, ear: Ear) -> None:
        """Waits until nothing changes any more; a copy of a thousand photos is one run."""
        until_s = self.clock.monotonic() + self.pace.patience_s
        while not self.stop() and (left_s := until_s - self.clock.monotonic()) > 0:
            if not ear.wait(min(self.pace.quiet_s, left_s)):
                return

    def _slept(self) -> bool:
        """Whether more time went by than this program noticed. A clock that is set back changes nothing."""
        now, before = (self.clock.now(), self.clock.monotonic()), self._seen
        self._seen = now
        return before is not None and (now[0] - before[0]).total_seconds() - (now[1] - before[1]) > ASLEEP_S

    # -- the settings --

    def _written(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)

    def _reread(self) -> None:
        self._stamp = self._written()
        try:
            self._settings = opened(self.path, os.environ, self.path.parent)
            self._last.pop("settings", None)
        except Mistake as mistake:
            self._settings = None
            self._due_s = self.clock.monotonic() + self.pace.every_s
            self._once("settings", f"{mistake.sentence} Nothing is done until that is corrected.")
        self._listen()

    def _listen(self, *, again: bool = True) -> None:
        if self._ear is not None:
            self._ear.close()
        self._ear = self.listen(self._settings) if again and self._settings else None

    # -- runs --

    def _sync(self, why: str) -> None:
        if self._settings is None:
            self._due_s = self.clock.monotonic() + self.pace.every_s
            return
        self.tell(f"Looking, since {why}.", True)
        wait_s = self.pace.every_s
        try:
            wait_s = self._synced(self._settings)
        except LedgerUnusable:
            raise
        except AnotherRun:
            self._once("run", "Another run of heliograph is at work; this one looks again in a minute.")
            wait_s = AGAIN_S
        except HeliographError as trouble:
            self._once("run", trouble.sentence)
            wait_s = self._later()
        self._due_s = self.clock.monotonic() + wait_s
        self._seen = None  # what was waited for during a run is no sleep

    def _synced(self, settings: Settings) -> float:
        """Seconds until the next run is due of itself."""
        questions: set[str] = set()
        ends: dict[tuple[str, Subject], End] = {}
        with self._at_desk(settings) as desk:
            for event in desk.sync():
                log.info("%s %s on %s: %s", event.action.verb, event.end, event.action.platform, event.sentence)
                ends[event.action.platform, event.action.subject] = event.end  # a run may plan more than once
                if event.action.verb == Verb.ASK:
                    questions.add(event.action.question)
                if event.action.verb not in TELLING and event.end != End.HELD:
                    self.tell(event.sentence, event.action.verb == Verb.FINISH and event.end == End.DONE)
            troubles = {name: None if self.stop() else desk.troubles.get(name) for name in desk.places}
        self._last.pop("run", None)
        asked, held = len(questions), sum(end == End.HELD for end in ends.values())
        self._once("asked", f"Questions that wait for an answer: {asked}. `helio plan` shows them." if asked else "")
        self._once("held", f"Not done yet: {held}; the next run goes on with that." if held else "")
        for name, trouble in troubles.items():
            self._once(name, f"{name}: {trouble.sentence.removeprefix(f'{name}: ')}" if trouble else "")
        waits = [trouble.wait_s or 0.0 for trouble in troubles.values() if isinstance(trouble, Busy)]
        if not waits:
            self._troubles = 0
            return self.pace.every_s
        return max([self._later(), *waits])

    def _at_desk(self, settings: Settings) -> AbstractContextManager[Desk]:
        return self.desk(settings) if self.desk else Desk(settings, clock=self.clock, stop=self.stop)

    def _later(self) -> float:
        """Soon at first, and then less and less often."""
        self._troubles += 1
        return min(self.pace.every_s, AGAIN_S * 2.0 ** min(self._troubles - 1, 10))

    def _once(self, what: str, sentence: str) -> None:
        if self._last.get(what, "") == sentence:
            return
        self._last[what] = sentence
        if sentence:
            log.warning("%s", sentence)
            self.tell(sentence, False)
