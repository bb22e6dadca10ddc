"""Which questions of a plan an answer is meant for."""

from __future__ import annotations

from collections.abc import Iterable

from heliograph.errors import Mistake
from heliograph.model import Action, Plan, Verb

NAMED = 5
"""Places that are named where a name could mean several."""


def meant(plan: Plan, where: str, choice: str, only: tuple[str, ...] = (), question: str = "") -> tuple[Action, ...]:
    """What the plan asks about a photo, by its place or the name of its file; with `question`, that one alone.

    Raises:
        Mistake: nothing was asked about it, several have that name, or the answer is not one that was offered.
    """
    asked = (
        action
        for action in plan.actions
        if action.verb == Verb.ASK
        and (not only or action.platform in only)
        and (not question or action.question == question)
    )
    mine = about(asked, where)
    if not mine:
        message = f"The last plan asked nothing about {where}. `helio plan` shows what it asks."
        raise Mistake(message)
    for action in mine:
        if choice not in action.choices:
            offered = " or ".join(action.choices)
            message = (
                f"{action.where} on {action.platform}: the answer is {offered}, not {choice}. Nothing was changed."
            )
            raise Mistake(message)
    return mine


def about(actions: Iterable[Action], where: str) -> tuple[Action, ...]:
    """Of the actions, those about one photo or album: by its place, or by the name of its file where no other has it.

    Raises:
        Mistake: several have that name.
    """
    named = [action for action in actions if where in {action.where, action.where.rpartition("/")[2]}]
    found = tuple(action for action in named if action.where == where) or tuple(named)
    places = sorted({action.where for action in found})
    if len(places) > 1:
        more = f", or {len(places) - NAMED:,} more" if len(places) > NAMED else ""
        known = " or ".join(places[:NAMED])
        message = f"{where} could be {known}{more}. Name one with its folder. Nothing was changed."
        raise Mistake(message)
    return found
