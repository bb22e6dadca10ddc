"""What follows from bringing photos home, in the same run: each is known as the photo of its post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from heliograph.execute import End, Event
from heliograph.model import Action, F, Plan, SubjectKind, Verb
from heliograph.plan import together

_QUIET = frozenset({Verb.MATCH, Verb.ACCEPT})
_FOR_ALBUMS = frozenset({Verb.ACCEPT, Verb.ADD, Verb.UPDATE})


@dataclass(slots=True)
class Arrivals:
    """The posts that a run brought home."""

    posts: dict[str, set[str]] = field(default_factory=dict)
    """Platform -> posts."""

    def noted(self, events: Iterable[Event]) -> Iterator[Event]:
        """The events, with what came home taken down."""
        for event in events:
            if event.action.verb == Verb.DOWNLOAD and event.end == End.DONE and event.post is not None:
                self.posts.setdefault(event.action.platform, set()).add(event.post.id)
            yield event

    def known(self, plans: Iterable[Plan], *, writes: bool) -> Plan:
        """Of the plans, what concerns them: the photos they are now, and the albums that hold those.

        Without `writes`, or under a guard, only what changes nothing on a platform.
        """
        kept = []
        for plan in plans:
            photos = [action for action in plan.effects if self._is_one(action)]
            here = {action.subject.id for action in photos}
            follows = (*photos, *(action for action in plan.effects if _holds(action, here)))
            free = writes and not plan.guards
            allowed = tuple(action for action in follows if free or not _does_more(action))
            kept.append(replace(plan, actions=allowed, guards=()))
        return together(kept)

    def _is_one(self, action: Action) -> bool:
        posts = self.posts.get(action.platform, ())
        return action.verb == Verb.MATCH and action.post is not None and action.post.id in posts


def told_of(plan: Plan) -> Plan:
    """The plan without what only writes down what both sides say already."""
    return replace(plan, actions=tuple(filter(_does_more, plan.actions)))


def is_told(action: Action, told: Plan) -> bool:
    """Whether the end of an action is news, where these are told of; becoming visible is none by itself."""
    return _does_more(action) and (bool(told.actions) or action.verb != Verb.FINISH)


def _does_more(action: Action) -> bool:
    return action.verb not in _QUIET or (action.verb == Verb.MATCH and bool(action.changes))


def _holds(action: Action, photos: set[str]) -> bool:
    if action.subject.kind != SubjectKind.ALBUM or action.verb not in _FOR_ALBUMS or action.wanted is None:
        return False
    members = action.wanted.fields.get(F.MEMBERS)
    return isinstance(members, tuple) and not photos.isdisjoint(map(str, members))
