"""Questions of the last plan about whose words count: ours or the platform's."""

from __future__ import annotations

from heliograph.desk.answering import about
from heliograph.errors import Mistake
from heliograph.model import Action, Plan, Verb

WHOSE = (("ours", "theirs"), ("overwrite", "accept"))
"""Answers to such questions; the second pair where what was edited there cannot be taken home."""


def conflicts(plan: Plan, only: tuple[str, ...] = (), where: str = "") -> tuple[Action, ...]:
    """What a plan asks about edits there, of one photo or of all.

    Raises:
        Mistake: nothing of that kind was asked about the photo, or several have that name.
    """
    every = tuple(
        action
        for action in plan.actions
        if action.verb == Verb.ASK and action.choices in WHOSE and (not only or action.platform in only)
    )
    found = about(every, where) if where else every
    if where and not found:
        message = f"The last plan found no conflict about {where}. `helio conflicts list` shows those that it found."
        raise Mistake(message)
    return found
