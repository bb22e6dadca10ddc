"""Pages that link to the same photo on other platforms: which they are, and when they have to follow the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from heliograph import wanted as wanting
from heliograph.desk.making import Place
from heliograph.ledger import Ledger, Links
from heliograph.model import Action, F, Plan, SubjectKind, Verb
from heliograph.plan import only_links, together

_MOVES = frozenset({Verb.ADD, Verb.MATCH, Verb.REPOST, Verb.DELETE, Verb.FORGET, Verb.DOWNLOAD})
"""What makes a post come, go, or have another address."""
_SHOWN_BY_ALBUMS = frozenset({F.PICTURE, F.VISIBILITY})
"""Of an album that is one post, what decides which photos can be seen there."""


@dataclass
class Elsewhere:
    """What the pages of one platform link to, as the ledger knows it while one plan is made."""

    ledger: Ledger
    places: Mapping[str, Place]
    """The platforms whose posts are linked to; none where the pages have no such links."""

    def links(self, photos: Iterable[str]) -> Mapping[str, Links]:
        """Photograph -> name and address of each platform that shows it to everybody, alone or together with others."""
        if not self.places:
            return {}
        photos = list(photos)
        found = {photo: dict(links) for photo, links in self.ledger.elsewhere.links(self.places, photos).items()}
        if self._together:
            for photo, name, url in self._posts_of_several(photos):
                found.setdefault(photo, {}).setdefault(name, url)
        return {photo: tuple(sorted(links.items())) for photo, links in found.items()}

    @cached_property
    def _together(self) -> Mapping[tuple[str, str], str]:
        """Platform and picture -> address of the post of several photos that shows it."""
        names = [name for name, place in self.places.items() if _gathers(place)]
        return self.ledger.elsewhere.together(names) if names else {}

    def _posts_of_several(self, photos: list[str]) -> Iterable[tuple[str, str, str]]:
        """Photograph, platform and address. A post is known to hold a photo by the picture that was agreed on."""
        members = self.ledger.elsewhere.members({name for name, _ in self._together}, photos)
        files = self.ledger.files.photos([where for _, _, where in members])
        for photo, name, where in members:
            place = self.places[name]
            if where in files:
                picture = wanting.picture(files[where], place.policy, place.platform.limits)
                if url := self._together.get((name, picture)):
                    yield photo, name, url


def linked_from(name: str, places: Mapping[str, Place]) -> Mapping[str, Place]:
    """The platforms whose posts are linked to from the pages of this one; none where it has no such links."""
    place = places[name]
    shows = place.policy.links and F.LINKS in place.platform.limits.fields
    return {other: places[other] for other in sorted(places) if other != name} if shows else {}


def linking_last(names: Iterable[str], places: Mapping[str, Place]) -> list[str]:
    """The names, those that link to others behind all others: they see what a look at those brought."""
    return sorted(names, key=lambda name: bool(linked_from(name, places)))


def following(names: Iterable[str], places: Mapping[str, Place], plan: Plan) -> tuple[str, ...]:
    """Of the names, those whose links may be others once the plan is carried out."""
    moved = {action.platform for action in plan.effects if _moves(action, places)}
    return tuple(name for name in names if moved & set(linked_from(name, places)))


def links_of(plans: Iterable[Plan]) -> Plan:
    """Of the plans, what brings links alone in step; everything else was planned before and is not said twice."""
    plan = together(plans)
    return replace(plan, actions=tuple(action for action in plan.actions if only_links(action)), guards=())


def _moves(action: Action, places: Mapping[str, Place]) -> bool:
    fields = {change.field for change in action.changes}
    if action.subject.kind == SubjectKind.PHOTO:
        return action.verb in _MOVES or F.VISIBILITY in fields
    return _gathers(places[action.platform]) and (action.verb in _MOVES or not fields.isdisjoint(_SHOWN_BY_ALBUMS))


def _gathers(place: Place) -> bool:
    """Whether its albums are posts."""
    return wanting.gathers(place.policy, place.platform.limits)
