"""While a plan is carried out: notes of the owner's follow a picture that gets another address when it is replaced.

Which posts that can concern is written down before anything is done; it is looked at again until it is settled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from heliograph.config import Settings
from heliograph.desk.making import Place
from heliograph.desk.mentions import Mentions, rewritten
from heliograph.errors import HeliographError
from heliograph.execute import End, Event
from heliograph.ledger import Ledger
from heliograph.model import Action, F, Plan, Post, Verb
from heliograph.ports import Holding, Memory, Mentioned, Platform, Readdressed

_OPEN = "posts whose addresses stand in notes"
_CHANGING = frozenset({Verb.UPDATE, Verb.MATCH})


@dataclass(frozen=True, slots=True)
class Notebook:
    """The owner's notes beside the platforms."""

    mentions: Mentions | None
    platforms: Mapping[str, Platform]
    memory: Callable[[str], Memory]

    def holds(self, name: str) -> Callable[[Post], Sequence[str]]:
        """Says of the posts of a platform why they are not deleted without a question."""
        platform = self.platforms[name]

        def reasons(post: Post) -> tuple[str, ...]:
            own = platform.holds(post) if isinstance(platform, Holding) else ()
            if self.mentions is not None and isinstance(platform, Mentioned):
                return (*own, *self.mentions.reasons(platform, post.id))
            return own

        return reasons

    def begin(self, plan: Plan, stage: Callable[[str], None]) -> None:
        """Writes down which addresses may change; what earlier runs could not settle comes first, and is told."""
        for name in self.platforms if self.mentions is not None else ():
            for post_id in sorted(self._open(name)):
                for sentence in self._settle(name, post_id):
                    stage(f"{name} {post_id}: {sentence}")
        for action in plan.actions:
            platform = self.platforms[action.platform]
            if self.mentions is None or not _changes_picture(action) or not isinstance(platform, Readdressed):
                continue
            if action.post is not None and self.mentions.of(platform, action.post.id):
                self._remember(action.platform, self._open(action.platform) | {action.post.id})

    def follow(self, events: Iterable[Event]) -> Iterator[Event]:
        """The events, each with what it changed in notes."""
        for event in events:
            action = event.action
            if event.end == End.DONE and action.post is not None and self._is_open(action.platform, action.post.id):
                told = self._settle(action.platform, action.post.id) if _changes_picture(action) else ()
                yield replace(event, sentence="; ".join((event.sentence, *told)))
            else:
                yield event

    def _is_open(self, name: str, post_id: str) -> bool:
        return self.mentions is not None and post_id in self._open(name)

    def _settle(self, name: str, post_id: str) -> Iterator[str]:
        platform = self.platforms[name]
        if self.mentions is None or not isinstance(platform, Readdressed):
            return
        found = self.mentions.of(platform, post_id)
        try:
            renewed = platform.readdressed(post_id, {link for links in found.values() for link in links})
            notes = rewritten(self.mentions.folder, found, renewed) if renewed else ()
        except (HeliographError, OSError) as trouble:
            yield f"links to its picture in your notes may be old; the next run looks again ({trouble})"
            return
        self._remember(name, self._open(name) - {post_id})
        if notes:
            yield f"links to its picture were renewed in {', '.join(notes)}"

    def _open(self, name: str) -> frozenset[str]:
        return frozenset(json.loads(self.memory(name).read(_OPEN) or "[]"))

    def _remember(self, name: str, posts: frozenset[str]) -> None:
        self.memory(name).write(_OPEN, json.dumps(sorted(posts)) if posts else "")


def notebook(settings: Settings, places: Mapping[str, Place], ledger: Ledger) -> Notebook:
    """The owner's notes, where the settings name them."""
    mentions = Mentions(settings.own_notes) if settings.own_notes else None
    return Notebook(mentions, {name: place.platform for name, place in places.items()}, ledger.memory)


def _changes_picture(action: Action) -> bool:
    return action.verb in _CHANGING and any(change.field == F.PICTURE for change in action.changes)
