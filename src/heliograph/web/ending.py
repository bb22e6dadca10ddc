"""How a task ended, in words."""

from __future__ import annotations

from collections.abc import Sequence

from heliograph.desk import End, Event
from heliograph.model import Plan, Verb
from heliograph.web.board import Outcome
from heliograph.wording import TO_DO, WAS_DONE, counted, many

NAMED = 20
"""Troubles that are named one by one; the history names all."""
_FAILED = {
    "look": "The look could not be ended. Nothing was published or changed.",
    "apply": "The plan was not carried out to its end.",
}
_LEFT = (
    (End.UNCERTAIN, "lost the answer; the next look asks whether it arrived, before anything is sent again"),
    (End.HELD, "not begun; look again, then apply what is left"),
)


def failed(word: str) -> str:
    """The headline of a task that broke off."""
    return _FAILED[word]


def looked(plan: Plan) -> Outcome:
    """What a look found."""
    todo = counted(plan.effects, TO_DO)
    if not todo:
        step = f" {many(plan.kept, 'photo')} and albums are in step." if plan.kept else ""
        return Outcome(f"Nothing to do.{step}")
    return Outcome("The plan is ready. Nothing was published yet.", lines=tuple(todo))


def applied(events: Sequence[Event]) -> Outcome:
    """What came of a plan."""
    done = counted([event.action for event in events if event.end == End.DONE], WAS_DONE)
    failures = [event.sentence for event in events if event.end == End.FAILED]
    troubles = failures[:NAMED]
    if len(failures) > NAMED:
        troubles.append(f"and {len(failures) - NAMED:,} more that failed; the history names them")
    for end, words in _LEFT:
        if count := sum(event.end == end for event in events):
            troubles.append(f"{many(count, 'action')} {words}.")
    troubles += [event.sentence for event in events if event.end == End.UNCERTAIN][:NAMED]
    if not troubles:
        asked = sum(event.action.verb == Verb.ASK for event in events)
        more = f" {many(asked, 'question')} for you below." if asked else ""
        return Outcome(f"Done.{more}" if done else f"There was nothing to do.{more}", lines=tuple(done))
    return Outcome("Done in part." if done else "Nothing was done.", False, tuple(done), tuple(troubles))
