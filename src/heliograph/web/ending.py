"""How a task ended, in words."""

from __future__ import annotations

from collections.abc import Sequence

from heliograph.desk import End, Event
from heliograph.errors import AnotherRun, Guarded, LibraryUnavailable
from heliograph.model import Plan, Verb
from heliograph.web.board import Outcome
from heliograph.wording import TO_DO, WAS_DONE, counted, many

NAMED = 20
"""Troubles that are named one by one; the history names all."""
_FAILED = {
    "look": "The look could not be ended. Nothing was published or changed.",
    "apply": "The plan was not carried out to its end.",
}
_BEFORE = (AnotherRun, Guarded, LibraryUnavailable)
"""They come before anything is sent."""
_LEFT = (
    (End.UNCERTAIN, "lost the answer; the next look asks whether it arrived, before anything is sent again"),
    (End.HELD, "not begun; look again, then apply what is left"),
)


def failed(word: str, trouble: Exception) -> str:
    """The headline of a task that broke off."""
    return "Nothing was published." if isinstance(trouble, _BEFORE) else _FAILED[word]


def elsewhere(*, spent: bool) -> Outcome:
    """Another program worked with the same library and platforms."""
    if spent:
        return Outcome("Done, by helio in another window. What is left of its plan is shown here.")
    return Outcome("A newer plan is shown here. It was made by helio in another window.")


def looked(plan: Plan, held_back: str) -> Outcome:
    """What a look found; `held_back` is why nothing of it will be carried out for now."""
    todo = counted(plan.effects, TO_DO)
    if not todo:
        step = f" {many(plan.kept, 'photo')} and albums are in step." if plan.kept else ""
        return Outcome(f"Nothing to do.{step}")
    headline, troubles = "The plan is ready. Nothing was published yet.", (held_back,) if held_back else ()
    return Outcome(headline, lines=tuple(todo), troubles=troubles)


def applied(events: Sequence[Event], unheard: Sequence[str]) -> Outcome:
    """What came of a plan; `unheard` is what the library could not be told of it."""
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
        return Outcome(f"Done.{more}" if done else f"There was nothing to do.{more}", True, tuple(done), tuple(unheard))
    return Outcome("Done in part." if done else "Nothing was done.", False, tuple(done), (*troubles, *unheard))
