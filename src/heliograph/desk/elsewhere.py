"""Pages that link to the same photo on other platforms: which they are, and when they have to follow the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from heliograph.desk.making import Place
from heliograph.model import Action, F, Plan, SubjectKind, Verb
from heliograph.plan import only_links, together

_MOVES = frozenset({Verb.ADD, Verb.MATCH, Verb.REPOST, Verb.DELETE, Verb.FORGET, Verb.DOWNLOAD})
"""What makes a post come, go, or have another address."""


def linked_from(name: str, places: Mapping[str, Place]) -> tuple[str, ...]:
    """The platforms whose posts are linked to from the pages of this one, sorted; none where it has no such links."""
    place = places[name]
    shows = place.policy.links and F.LINKS in place.platform.limits.fields
    return tuple(sorted(other for other in places if other != name)) if shows else ()


def linking_last(names: Iterable[str], places: Mapping[str, Place]) -> list[str]:
    """The names, those that link to others behind all others: they see what a look at those brought."""
    return sorted(names, key=lambda name: bool(linked_from(name, places)))


def following(names: Iterable[str], places: Mapping[str, Place], plan: Plan) -> tuple[str, ...]:
    """Of the names, those whose links may be others once the plan is carried out."""
    moved = {action.platform for action in plan.effects if _moves(action)}
    return tuple(name for name in names if moved & set(linked_from(name, places)))


def links_of(plans: Iterable[Plan]) -> Plan:
    """Of the plans, what brings links alone in step; everything else was planned before and is not said twice."""
    plan = together(plans)
    return replace(plan, actions=tuple(action for action in plan.actions if only_links(action)), guards=())


def _moves(action: Action) -> bool:
    fields = {change.field for change in action.changes}
    return action.subject.kind == SubjectKind.PHOTO and (action.verb in _MOVES or F.VISIBILITY in fields)
