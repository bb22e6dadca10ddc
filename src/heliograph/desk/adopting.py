"""The part of a plan that only recognises: photos that are there already are remembered, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from heliograph.execute import Event
from heliograph.model import Action, Plan, Post, SubjectKind, Verb

_SAME = ("same", "different")


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left on one platform."""

    platform: str
    here: int
    """Photos that are wanted there and not there."""
    there: int
    """Photos there that are none of the library's."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What would be remembered, what is doubtful, and what remains."""

    matched: tuple[Action, ...]
    """Photos with the posts that they are; carried out, they change nothing there."""
    doubtful: tuple[Action, ...]
    """Photos with a post that may be theirs: to be answered."""
    waiting: tuple[Action, ...]
    """Photos that wait for the answers, or for a look that was not possible."""
    remains: tuple[Remains, ...]


@dataclass(frozen=True, slots=True)
class Adopting:
    """An adoption that was shown, while nobody else works with the ledger."""

    found: Adoption
    carry_out: Callable[[], Iterator[Event]]
    """Remembers what is in `found.matched`."""


def adoption(plan: Plan, unclaimed: Callable[[str], Iterable[Post]], names: Iterable[str]) -> Adoption:
    """Of a plan, what is about posts that were there before; `unclaimed` are the posts of a platform without record."""
    photos = [action for action in plan.actions if action.subject.kind == SubjectKind.PHOTO]
    matched = tuple(only_remembered(action) for action in photos if action.verb == Verb.MATCH)
    doubtful = tuple(action for action in photos if action.verb == Verb.ASK and action.choices == _SAME)
    waiting = tuple(action for action in photos if action.verb == Verb.WAIT)
    posts = ((action.platform, action.post or action.alike) for action in (*matched, *doubtful))
    known = {(name, post.id) for name, post in posts if post}
    remains = tuple(
        Remains(
            name,
            sum(action.verb == Verb.ADD and action.platform == name for action in photos),
            sum(post.kind == SubjectKind.PHOTO and (name, post.id) not in known for post in unclaimed(name)),
        )
        for name in names
    )
    return Adoption(matched, doubtful, waiting, remains)


def only_remembered(action: Action) -> Action:
    """The match without a change of anything there; what it would set is not agreed on, so the next plan sets it."""
    if action.wanted is None or not (action.changes or action.orders):
        return action
    later = {change.field for change in action.changes}
    fields = {name: value for name, value in action.wanted.fields.items() if name not in later}
    return replace(action, wanted=replace(action.wanted, fields=fields, basis=""), changes=(), orders=())
