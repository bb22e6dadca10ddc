"""Carries a plan out, exactly once, yielding events.

Of everything a platform can do only `add` is unrepeatable. It is journalled before, asked about after, and absence is
believed only once the platform's own listing had time to catch up: all three are needed, and `tests/test_crashes.py`
shows what happens when one of them is left out.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Thread

from heliograph.execute.event import Doors, End, Event
from heliograph.execute.lane import Lane
from heliograph.execute.notes import Notes
from heliograph.execute.settle import Doubts
from heliograph.model import Action, Plan, SubjectKind, Verb
from heliograph.plan import finish

__all__ = ["Doors", "Doubts", "End", "Event", "Notes", "carry_out"]

Do = Callable[[Action], Event]
News = queue.SimpleQueue["Event | BaseException | None"]


def carry_out(plan: Plan, doors: Doors, *, threads: bool = True) -> Iterator[Event]:
    """Every action of the plan, each with exactly one final event.

    Platforms do not wait for each other; without `threads` everything happens in the caller's own thread, one by one.

    Raises:
        LedgerUnusable: nothing more could be remembered, so nothing more was done.
    """
    doors.notes  # noqa: B018 - one for all lanes
    lanes: dict[str, list[Action]] = {}
    for action in plan.actions:
        lanes.setdefault(action.platform, []).append(action)
    ended = set()
    try:
        for event in _side_by_side(lanes, doors) if threads else _one_by_one(lanes, doors):
            ended.add(id(event.action))
            yield event
    finally:
        doors.notes.tell()
    for action in plan.actions:
        if id(action) not in ended:
            sentence = (
                f"{action.where}: came to no end on {action.platform}; this is a fault of heliograph, please report it"
            )
            yield Event(action, End.FAILED, sentence)


def _one_by_one(lanes: dict[str, list[Action]], doors: Doors) -> Iterator[Event]:
    for name, actions in lanes.items():
        yield from _lane(Lane(doors, name), actions, map)


def _side_by_side(lanes: dict[str, list[Action]], doors: Doors) -> Iterator[Event]:
    """Whoever stops listening in the middle stops the lanes as well; none outlives this generator."""
    news: News = queue.SimpleQueue()
    left, asked = threading.Event(), doors.stop
    doors = replace(doors, stop=lambda: left.is_set() or asked())
    for name, actions in lanes.items():
        Thread(target=_report, args=(Lane(doors, name), actions, news)).start()
    running, troubles = len(lanes), list[BaseException]()
    try:
        while running:
            item = _next(news)
            if isinstance(item, Event):
                yield item
            elif item is None:
                running -= 1
            else:
                troubles.append(item)
    finally:
        left.set()
        while running:
            running -= _next(news) is None
    if troubles:
        raise troubles[0]


def _next(news: News) -> Event | BaseException | None:
    """Waits in small steps, so that Ctrl-C is heard on every system."""
    while True:
        try:
            return news.get(timeout=0.5)
        except queue.Empty:
            continue


def _report(lane: Lane, actions: list[Action], news: News) -> None:
    """A lane in a thread of its own; whatever it raises is raised again in the caller's."""
    try:
        with ThreadPoolExecutor(max(1, lane.platform.limits.workers)) as pool:
            for event in _lane(lane, actions, lambda do, these: _spread(pool, do, these)):
                news.put(event)
    except BaseException as trouble:  # noqa: BLE001 - handed on, not swallowed
        news.put(trouble)
    finally:
        news.put(None)


def _lane(lane: Lane, actions: list[Action], spread: Callable[[Do, list[Action]], Iterable[Event]]) -> Iterator[Event]:
    """Photos first, then the albums that hold them, then the pages that show both.

    What comes home is fetched before anything is sent: it may be the very picture that would be sent.
    """
    lane.tell_refusals(actions)
    for kind in SubjectKind:
        these = [action for action in actions if action.subject.kind == kind]
        yield from spread(lane.carry, [action for action in these if action.verb == Verb.DOWNLOAD])
        yield from spread(lane.carry, [action for action in these if action.verb != Verb.DOWNLOAD])
    if lane.touched and not any(action.verb == Verb.FINISH for action in actions):
        yield lane.carry(finish(lane.name, "what was done becomes visible"))


def _spread(pool: ThreadPoolExecutor, do: Do, actions: list[Action]) -> Iterator[Event]:
    """As they end. The first trouble that is not an action's own stops the rest."""
    news: News = queue.SimpleQueue()

    def work(action: Action) -> None:
        try:
            news.put(do(action))
        except BaseException as trouble:  # noqa: BLE001 - raised again in the lane's thread
            news.put(trouble)

    for action in actions:
        pool.submit(work, action)
    for _ in actions:
        item = news.get()
        if isinstance(item, BaseException):
            pool.shutdown(cancel_futures=True)
            raise item
        if item is not None:
            yield item
