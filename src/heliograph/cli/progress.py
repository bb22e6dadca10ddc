"""What is shown while a verb is at work: bars on a terminal, plain lines elsewhere, nothing with -q; and its end."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from rich.text import Text

from heliograph import wording
from heliograph.cli import exits, plan_page
from heliograph.cli.interrupts import Interrupts, talk
from heliograph.cli.screen import Screen, clean
from heliograph.desk import End, Event, Listener
from heliograph.desk.scanning import Scan
from heliograph.model import TELLING, Action, Plan, Verb

if TYPE_CHECKING:  # imported once there is something to redraw
    from rich.progress import Progress, TaskID
    from rich.status import Status

log = logging.getLogger(__name__)

REFUSED_SHOWN = 5
"""Refusals, and likewise notes, that are named at the end of a run; the plan names all."""

TROUBLE: dict[End, str] = {End.FAILED: "failed", End.UNCERTAIN: "not sure", End.HELD: "held"}


@dataclass(slots=True)
class Watch(Listener):
    """Shows a desk at work. What is redrawn begins with the first stage and ends with `close`, and may begin again."""

    screen: Screen
    interrupts: Interrupts
    redraws: bool = True
    """False: plain lines also on a terminal, because stdout goes there, too."""
    events: list[Event] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    """Of the last plan: what could not be read or looked at."""
    _foreseen: tuple[str, ...] = ()
    _spinner: Status | None = None
    _bars: Progress | None = None
    _lanes: dict[str, TaskID] = field(default_factory=dict)
    _said: str = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is redrawn any more."""
        if self._spinner is not None:
            self._spinner.stop()
        if self._bars is not None:
            self._bars.stop()
        self._spinner, self._bars = None, None
        self._lanes.clear()
        self.interrupts.say, self.interrupts.leaving = talk, _nothing

    # -- what the desk tells --

    def stage(self, sentence: str) -> None:
        """Something longer begins; from now on it may be broken off at once."""
        self.interrupts.working = False
        if self.screen.live and self.redraws:
            self._spin(sentence)
        elif sentence != self._said:
            self.screen.say(f"{sentence} ...")
        self._said = sentence

    def scanned(self, scan: Scan) -> None:
        """So much of the library was seen."""
        if self._spinner is not None:
            self._spin(f"{self._said}: {wording.many(scan.looked, 'file')}")

    def foreseen(self, sentences: tuple[str, ...]) -> None:
        """Said before it is begun, and not among the notes at its end."""
        self._foreseen = sentences
        for sentence in sentences:
            self.screen.say(sentence)

    def planned(self, plan: Plan) -> None:
        """This is about to be carried out; what is begun is finished."""
        self.interrupts.working = True
        self.notes = tuple(note for note in plan.notes if note not in self._foreseen)
        counts = Counter(action.platform for action in plan.effects)
        if self._spinner is None or not counts:
            return
        self.close()
        self._bars = _bars(self.screen)
        self._bars.start()
        self.interrupts.say, self.interrupts.leaving = self._stopping, self._bars.stop
        for name, count in counts.items():
            self._lanes[name] = self._bars.add_task(clean(self.screen.talk, name), total=count)

    def _spin(self, sentence: str) -> None:
        words = Text(clean(self.screen.talk, sentence))
        if self._spinner is None:
            from rich.status import Status

            self.close()
            self._spinner = Status(words, console=self.screen.talk, spinner="line")
            self._spinner.start()
            self.interrupts.leaving = self._spinner.stop
        else:
            self._spinner.update(words)

    def _stopping(self, _sentence: str) -> None:
        """Inside the bars, and nothing is printed: the signal may have come in the middle of a print."""
        if self._bars is not None:
            for name, task in self._lanes.items():
                words = clean(self.screen.talk, f"{name}: stopping, Ctrl-C again stops at once")
                self._bars.update(task, description=words)

    # -- what happens --

    def through(self, events: Iterable[Event], emit: Callable[[Event], None] = lambda _: None) -> None:
        """Shows every event and hands it on.

        The events are always taken to their end, also when nobody can see them any more: what is under way must not
        outlive its command.
        """
        trouble: Exception | None = None
        for event in events:
            self.events.append(event)
            log.info("%s %s on %s: %s", event.action.verb, event.end, event.action.platform, event.sentence)
            if trouble is None:
                try:
                    self._show(event)
                    emit(event)
                except Exception as broken:  # noqa: BLE001 - raised again once nothing is under way
                    trouble = broken
                    self.interrupts.ask(exits.PIPE)
        if trouble is not None:
            raise trouble

    def _show(self, event: Event) -> None:
        lane = self._lanes.get(event.action.platform)
        if self._bars is not None and lane is not None and event.action.verb not in TELLING | {Verb.FINISH}:
            self._bars.advance(lane)
        if event.end == End.HELD:
            if self.screen.loud > 0:
                self.screen.say(event.sentence, "held  ")
        elif event.end in TROUBLE:
            self.screen.warn(event.sentence, Text(f"{TROUBLE[event.end]}  ", "bold red"))
        elif self.screen.loud > 0 or (self._bars is None and event.end != End.TOLD):
            self.screen.say(event.sentence, f"{event.end:<5} ")


def _nothing() -> None:
    """No terminal has to be set right."""


def summary(screen: Screen, events: list[Event], seconds_s: float, again: str, *, rehearsal: bool = False) -> None:
    """What came of a run: what was done, what failed, what is asked, what was refused."""
    done = [event.action for event in events if event.end == End.DONE]
    said = wording.counted(done, wording.WAS_DONE)
    if said:
        screen.say(f"{'; '.join(said)}. It took {seconds_s:.1f} s.", Text("Done: ", "bold green"))
    elif any(event.end == End.TOLD and event.action.verb == Verb.WAIT for event in events):
        screen.say("Nothing was done; what waits is named below.")
    elif not any(event.end in TROUBLE for event in events):
        screen.say("Nothing to do: everything that may be shown is in step.")
    for end, words in (
        (End.FAILED, "failed, see above; the next run tries again"),
        (End.UNCERTAIN, "lost the answer; the next run looks whether it arrived, before anything is sent again"),
        (End.HELD, f"not begun; go on with `{again}`"),
    ):
        count = sum(event.end == end for event in events)
        if count:
            screen.warn(f"{wording.many(count, 'action')} {words}.", Text("Left: ", "bold yellow"))
    _told(screen, [event.action for event in events if event.end == End.TOLD], rehearsal=rehearsal)


def noted(screen: Screen, notes: Sequence[str]) -> None:
    """What the plan noted: files and parts of the library that could not be read."""
    for note in notes[:REFUSED_SHOWN]:
        screen.say(note, Text("Note: ", "yellow"))
    if len(notes) > REFUSED_SHOWN:
        screen.say(f"and {len(notes) - REFUSED_SHOWN} more; `helio plan` names them all.", "      ")


def told_in_short(screen: Screen, events: list[Event]) -> None:
    """What was done, as data."""
    said = wording.counted([event.action for event in events if event.end == End.DONE], wording.WAS_DONE)
    screen.put(f"{'; '.join(said)}." if said else "Nothing was done.", Text("Done: ", "bold green"))


def _told(screen: Screen, told: list[Action], *, rehearsal: bool) -> None:
    told = list({(action.verb, action.platform, action.subject): action for action in told}.values())
    asked = [action for action in told if action.verb == Verb.ASK]
    if asked:
        screen.warn(Text("Waiting for your answer", "bold"))
        plan_page.questions(screen, asked, rehearsal=rehearsal)
    where_named = "the plan above" if rehearsal else "`helio status --refused`"
    _refused(screen, [action for action in told if action.verb == Verb.REFUSE], where_named)
    waiting = [action for action in told if action.verb == Verb.WAIT]
    if waiting:
        screen.say(f"{wording.many(len(waiting), 'photo')} or albums: {waiting[0].reason}", Text("Waiting: ", "yellow"))


def _refused(screen: Screen, refused: list[Action], where_named: str) -> None:
    """What is refused, each reason once; nothing is hidden without saying so."""
    places: dict[str, list[str]] = {}
    for action in refused:
        places.setdefault(action.reason, []).append(action.where)
    places = {reason: list(dict.fromkeys(ours)) for reason, ours in places.items()}
    for reason, ours in list(places.items())[:REFUSED_SHOWN]:
        what = ours[0] if len(ours) == 1 else wording.many(len(ours), "photo")
        screen.say(f"{what}: {reason}", Text("Refused: ", "yellow"))
    more = len(places) - REFUSED_SHOWN
    also = f"and {wording.many(more, 'more reason')}; " if more > 0 else ""
    if also or any(len(ours) > 1 for ours in places.values()):
        screen.say(f"{also}{where_named} names the photos.", "         ")


def _bars(screen: Screen) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=screen.talk,
        transient=True,
    )
