"""What every decision is made with: what differs, what is chosen, and how an action is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from heliograph.model import (
    Action,
    Change,
    F,
    Limits,
    Post,
    Record,
    Subject,
    SubjectKind,
    Value,
    Verb,
    Wanted,
    value_digest,
)
from heliograph.plan.sides import remembered, shown_of, value_of
from heliograph.plan.standing import Homeward, Show, Standing, Want
from heliograph.policy import OnAudience, PlatformPolicy

Answers = Mapping[str, str]
"""Question -> choice, as the owner gave them. A question names its subject, so no answer serves another."""


def equal(_: str, sent: Value, shown: Value) -> bool:
    """Says of a platform that shows every field as it was sent."""
    return sent == shown


def nothing(_: Post) -> Sequence[str]:
    """Says of every post that nothing of the owner's hangs on it."""
    return ()


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a decision table for one platform."""

    policy: PlatformPolicy
    limits: Limits
    answers: Answers
    agrees: Callable[[str, Value, Value], bool] = equal
    """Whether what the platform shows of a field is what it makes of what was sent."""
    flagged: bool = False
    """A photo that was changed here is left as it is there until the owner asks for it."""
    homeward: Homeward | None = None
    """Edits there go home; `None` where they do not."""
    holds: Callable[[Post], Sequence[str]] = nothing
    """What of the owner's own would suffer if a post were deleted, in words."""

    def _choice(self, setting: str, question: str) -> str:
        if setting != "ask":
            return str(setting)
        return self.answers.get(question, "")

    def answered(self, subject: Subject, post: Post) -> str:
        """What the owner said of a subject and a post that looks like it: `same`, `different`, or nothing."""
        return self.answers.get(self._same(subject, post), "")

    def _same(self, subject: Subject, post: Post) -> str:
        return self._named(subject, "same", post.id)

    def _question(self, standing: Standing, *parts: object) -> str:
        """Names a question for good: equal only for the same doubt about the same subject on the same platform."""
        return self._named(standing.subject, *parts)

    def _named(self, subject: Subject, *parts: object) -> str:
        return value_digest([self.policy.name, subject.kind, subject.id, *parts])

    def _amendable(self, subject: Subject, name: str) -> bool:
        return name in self.limits.amendable_of(subject.kind)

    def untouched(self, record: Record, post: Post) -> bool:
        """Whether a post is shown as it was agreed."""
        standing = Standing(record.subject, record.where, Want.YES, record=record, post=post)
        return not record.setting and not self._theirs(standing)

    def in_step(self, standing: Standing) -> bool:
        """Whether a published subject has nothing to be set, taken home or asked."""
        return not self._ours(standing.record, self._as_agreed(standing).wanted) and not self._theirs(standing)

    def _as_agreed(self, standing: Standing) -> Standing:
        """Who sees what is published stays as it was agreed, unless a change counts for all."""
        agreed = standing.record.fields.get(F.VISIBILITY) if standing.record else None
        return self._seen_by(standing, agreed.sent) if agreed else standing

    def _seen_by(self, standing: Standing, audience: Value) -> Standing:
        wanted = standing.wanted
        if wanted is None or F.VISIBILITY not in wanted.fields or self.policy.audience.change == OnAudience.ALL:
            return standing
        return replace(standing, wanted=replace(wanted, fields={**wanted.fields, F.VISIBILITY: audience}))

    def _ours(self, record: Record | None, wanted: Wanted | None) -> set[str]:
        if record is None or wanted is None:
            return set()
        agreed = record.fields
        return {
            name
            for name, value in wanted.fields.items()
            if name in record.setting or name not in agreed or agreed[name].sent != value
        }

    def _theirs(self, standing: Standing) -> set[str]:
        record, post = standing.record, standing.post
        if record is None or post is None:
            return set()
        return {
            name
            for name, agreed in record.fields.items()
            if name in post.fields
            and name not in record.setting
            # Nothing is known of what the platform made of it where its answer did not say.
            and agreed.shown
            and value_digest(post.fields[name]) != agreed.shown
            and not self.agrees(name, agreed.sent, shown_of(standing, name))
        }

    def _changes(self, standing: Standing, names: Iterable[str]) -> tuple[Change, ...]:
        return tuple(Change(name, shown_of(standing, name), value_of(standing, name)) for name in sorted(names))

    def _act(self, verb: Verb, standing: Standing, *reasons: str) -> Action:
        gone = standing.show == Show.NO
        post = standing.post or (remembered(standing.record) if standing.record and not gone else None)
        wanted = standing.wanted if verb not in {Verb.DELETE, Verb.FORGET, Verb.DOWNLOAD} else None
        return Action(verb, standing.subject, self.policy.name, standing.where, "; ".join(reasons), wanted, post)

    def _ask(
        self,
        standing: Standing,
        reason: str,
        question: str,
        choices: tuple[str, ...],
        changes: tuple[Change, ...] = (),
    ) -> Action:
        return replace(self._act(Verb.ASK, standing, reason), question=question, choices=choices, changes=changes)

    def _update(self, standing: Standing, fields: set[str], reason: str, verb: Verb = Verb.UPDATE) -> Action:
        return replace(self._act(verb, standing, reason), changes=self._changes(standing, fields))


def is_photo(standing: Standing) -> bool:
    """Whether it is about a photo of its own."""
    return standing.subject.kind == SubjectKind.PHOTO
