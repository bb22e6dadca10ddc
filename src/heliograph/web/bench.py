"""The one thread in which a desk works, one task at a time; nothing that a page asks waits for it."""

from __future__ import annotations

import logging
import os
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from heliograph.desk import Desk, End, Event, Listener, logbook, papers, telling
from heliograph.desk.scanning import Scan
from heliograph.errors import HeliographError, Mistake, PlanStale
from heliograph.model import TELLING, Plan, Verb
from heliograph.ports import Clock, Stop
from heliograph.web import ending
from heliograph.web.board import Board, Glance, Lane, Outcome, Shown
from heliograph.wording import many

log = logging.getLogger(__name__)

Opened: TypeAlias = Callable[[Listener, Stop], AbstractContextManager[Desk]]
"""A desk with the settings as they are at that moment."""
Task: TypeAlias = Callable[[Desk], Outcome]

FRESH_S = 5.0
"""So long a glance at the ledger is believed."""
HISTORY, RUNS = 40, 8


class _BrokenOff(BaseException):
    """The owner asked to stop while nothing was under way that had to be finished."""


@dataclass(slots=True)
class _Telling(Listener):
    """Tells the board what the desk does; breaks off where that is safe."""

    board: Board
    stop: Stop

    def stage(self, sentence: str) -> None:
        self._break_off()
        self.board.progress(stage=sentence, lanes=())

    def scanned(self, scan: Scan) -> None:
        self._break_off()
        self.board.progress(stage=f"Reading the library: {many(scan.looked, 'file')}")

    def planned(self, plan: Plan) -> None:
        counts = Counter(action.platform for action in plan.effects if action.verb != Verb.FINISH)
        self.board.progress(
            stage="Making pictures ready and sending them",
            lanes=tuple(Lane(name, count) for name, count in counts.items()),
        )

    def _break_off(self) -> None:
        if self.stop():
            raise _BrokenOff


class Bench:
    """Works between `start` and `close`."""

    def __init__(self, opened: Opened, board: Board, clock: Clock, state: Path) -> None:
        self._opened, self._board, self._clock, self._state = opened, board, clock, state
        self._lock = threading.Condition()
        self._waiting: tuple[str, Task] | None = None
        self._looked_s = clock.monotonic()
        self._stop = self._closing = self._busy = self._glancing = False
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
        self._reading = threading.Lock()
        self._stamp: tuple[int, ...] = ()
        self._last: papers.Last | None = None

    def start(self) -> None:
        """Begins with a first glance at the ledger and the plan that was shown last."""
        self._glancing = True
        self._thread.start()

    def close(self) -> None:
        """Finishes what is under way, begins nothing more, and waits for that."""
        with self._lock:
            self._stop = self._closing = True
            self._lock.notify_all()
        self._thread.join()

    @property
    def busy(self) -> bool:
        """Whether a task is under way or about to be."""
        with self._lock:
            return self._busy or self._waiting is not None

    # -- what a page may ask for --

    def look(self) -> bool:
        """Scans and plans; false where a task is under way already."""
        return self._take("look", self._look)

    def apply(self, digest: str, allow: frozenset[str]) -> bool:
        """Carries out a plan that was shown; false where a task is under way already."""
        return self._take("apply", lambda desk: self._apply(desk, digest, allow))

    def stop(self) -> None:
        """Asks the task to stop: what is under way is finished, nothing more is begun."""
        with self._lock:
            if self._busy or self._waiting:
                self._stop = True
                self._board.anew(stopping=True)

    def refresh(self) -> None:
        """Looks into the ledger again if that was not done just now; other programs write there, too."""
        with self._lock:
            if not self._busy and self._clock.monotonic() - self._looked_s >= FRESH_S:
                self._glancing = True
                self._lock.notify_all()

    def watch(self) -> None:
        """Likewise, if any program wrote something down since."""
        if telling.stamp(self._state) != self._stamp:
            self.refresh()

    def answer(self, where: str, platform: str, question: str, choice: str) -> None:
        """Keeps an answer; it counts from the next look on.

        Raises:
            Mistake: nothing of that kind was asked.
        """
        with self._reading, self._opened(Listener(), lambda: False) as desk:
            desk.answer(where, choice, (platform,), question)
            answers = desk.answers()
        glance = self._board.state.glance
        self._board.anew(glance=Glance(glance.status, glance.history, glance.runs, answers))

    def thumbnail(self, where: str) -> bytes:
        """A small JPEG of a photo; one is made at a time.

        Raises:
            HeliographError: it cannot be had.
        """
        with self._reading, self._opened(Listener(), lambda: False) as desk:
            try:
                return desk.thumbnail(where).read_bytes()
            except OSError as trouble:
                message = f"{where}: its small picture cannot be read ({trouble.strerror})."
                raise Mistake(message) from trouble

    def preview(self, platform: str, post_id: str) -> tuple[bytes, str]:
        """A small picture of a post, with its media type; one is fetched at a time.

        Raises:
            HeliographError: it cannot be had.
        """
        with self._reading, self._opened(Listener(), lambda: False) as desk:
            return desk.preview(platform, post_id)

    # -- the thread --

    def _take(self, word: str, task: Task) -> bool:
        with self._lock:
            if self._busy or self._waiting or self._closing:
                return False
            self._waiting, self._stop = (word, task), False
            self._board.anew(task=word, stage="", lanes=(), said=(), outcome=None, stopping=False)
            self._lock.notify_all()
            return True

    def _next(self) -> tuple[str, Task] | None:
        """The next task; `None`: only a glance is due, or the end has come."""
        with self._lock:
            self._lock.wait_for(lambda: self._waiting or self._glancing or self._closing)
            found, self._waiting, self._glancing = self._waiting, None, False
            self._busy = found is not None
            return found

    def _work(self) -> None:
        while not self._closing:
            found = self._next()
            outcome = self._done(*found) if found else None
            if not self._closing:
                self._glance()
            with self._lock:
                self._busy = False
            if outcome:
                self._board.anew(task="", stage="", lanes=(), stopping=False, outcome=outcome)

    def _done(self, word: str, task: Task) -> Outcome:
        try:
            with self._opened(_Telling(self._board, lambda: self._stop), lambda: self._stop) as desk:
                try:
                    return task(desk)
                finally:
                    self._board.progress(troubles={name: why.sentence for name, why in desk.troubles.items()})
                    self._last = desk.last_plan()
        except PlanStale:
            self._last = None
            words = "The library or a platform changed since that plan was shown, so nothing was done."
            return Outcome(words, good=False, troubles=("The new plan is shown here. Look at it, then apply it.",))
        except HeliographError as trouble:
            return Outcome(ending.failed(word, trouble), good=False, troubles=(trouble.sentence,))
        except _BrokenOff:
            return Outcome("Stopped before anything was published.", good=False)
        except Exception as bug:  # noqa: BLE001 - the last one to catch it; nothing is swallowed
            return Outcome(ending.failed(word, bug), good=False, troubles=(self.written(bug),))

    def written(self, bug: Exception) -> str:
        """The sentence about a fault of our own, after its traceback was written into the log."""
        hide = logbook.redactor(os.environ).words
        log.critical("unexpected: %s", hide("".join(traceback.format_exception(bug))))
        what = hide(f"{type(bug).__name__}: {bug}")
        return (
            f"Unexpected trouble, a fault of heliograph: {what}. What was done is remembered and nothing is sent "
            f"twice. Please report it with the last lines of {self._state / logbook.NAME}; they hold no secrets."
        )

    def _look(self, desk: Desk) -> Outcome:
        plan, held_back = desk.plan(), desk.whole.held_back
        self._board.anew(shown=Shown(plan, papers.digest_of(plan), titles=desk.titles(plan), held_back=held_back))
        return ending.looked(plan, held_back)

    def _apply(self, desk: Desk, digest: str, allow: frozenset[str]) -> Outcome:
        events: list[Event] = []
        for event in desk.apply(digest, allow):
            events.append(event)
            log.info("%s %s on %s: %s", event.action.verb, event.end, event.action.platform, event.sentence)
            if event.end != End.TOLD and event.action.verb not in TELLING:
                counts = event.action.verb != Verb.FINISH
                self._board.say(event.sentence, event.action.platform if counts else "")
        plan = desk.saved_plan(digest)
        self._board.progress(shown=Shown(plan, digest, spent=True, titles=desk.titles(plan)))
        return ending.applied(events, desk.notes.troubles)

    def _glance(self) -> None:
        """Puts on the board how everything stands; what is as it was changes nothing there."""
        before = self._board.state
        try:
            with self._opened(Listener(), lambda: False) as desk:
                runs = tuple(desk.runs(RUNS))
                glance = Glance(desk.status(), tuple(desk.history("", HISTORY)), runs, desk.answers())
                self._notice(desk)
        except HeliographError as trouble:
            self._board.anew(outcome=Outcome("Nothing can be shown now.", good=False, troubles=(trouble.sentence,)))
            return
        except Exception as bug:  # noqa: BLE001 - a page that shows trouble is worth more than a thread that ended
            self._board.anew(outcome=Outcome("Nothing can be shown now.", good=False, troubles=(self.written(bug),)))
            return
        finally:
            self._looked_s, self._stamp = self._clock.monotonic(), telling.stamp(self._state)
        if glance != before.glance:
            self._board.anew(glance=glance, library=glance.status.library if glance.status else "")

    def _notice(self, desk: Desk) -> None:
        """Shows a plan that another program made, or carried out, since this one looked last."""
        before, last = self._board.state, desk.last_plan()
        if last is None or last == self._last:
            return
        self._last = last
        if before.shown and before.shown.digest == last.digest and before.shown.spent == last.spent:
            return
        with suppress(Mistake):  # a plan of another version of heliograph is not shown
            plan = desk.saved_plan(last.digest)
            shown = Shown(plan, last.digest, spent=last.spent, titles=desk.titles(plan))
            outcome = ending.elsewhere(spent=last.spent) if before.shown or before.outcome else None
            self._board.anew(shown=shown, outcome=outcome)
