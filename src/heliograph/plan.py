"""Library x ledger x platform -> plan: the decision table, pure.

Each of "the library wants it" and "the platform shows it" is yes, no or not looked, and not looked is never absent.
What the table cannot decide without losing something is asked; an answer counts only for the question it was given to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from heliograph.model import (
    Action,
    Change,
    Fields,
    Guard,
    Limits,
    Plan,
    Post,
    Record,
    Subject,
    SubjectKind,
    Value,
    Verb,
    Wanted,
    value_digest,
)
from heliograph.policy import Direction, Guards, OnUnwanted, PlatformPolicy


class Want(StrEnum):
    """What the library says of one subject."""

    YES = "yes"
    NO = "no"
    NOT_LOOKED = "not looked"
    REFUSED = "refused"
    COPY = "copy"
    UNSURE = "unsure"


class Show(StrEnum):
    """What the platform says of one subject."""

    YES = "yes"
    NO = "no"
    NOT_LOOKED = "not looked"


@dataclass(frozen=True, slots=True)
class Standing:
    """One subject on one platform, from all three sides."""

    subject: Subject
    where: str
    want: Want
    wanted: Wanted | None = None
    reasons: tuple[str, ...] = ()
    """Why the library refuses it, or is not sure which photograph it is, in sentences."""
    question: str = ""
    """Of the library's own doubt."""
    record: Record | None = None
    show: Show = Show.NO
    post: Post | None = None
    """As the platform shows it; `None` while `show` is yes: as last agreed."""
    shown: Fields = field(default_factory=dict)
    """The post's fields in our own terms: members and cover as photo ids where they are known."""
    alike: Post | None = None
    """A post that is likely, not surely, this subject."""
    doubt: str = ""
    """An `add` of it is journalled whose outcome is not known."""


Answers = Mapping[str, str]
"""Question -> choice, as the owner gave them. A question names its subject, so no answer serves another."""


@dataclass(frozen=True, slots=True)
class Table:
    """The decision table for one platform."""

    policy: PlatformPolicy
    limits: Limits
    answers: Answers

    def decide(self, standing: Standing) -> Action:
        """The one thing to do about this subject here; `keep` where there is nothing to do."""
        if standing.doubt:
            return self._act(Verb.WAIT, standing, standing.doubt)
        rows = {
            Want.YES: self._wanted,
            Want.NO: self._unwanted,
            Want.REFUSED: self._refused,
            Want.UNSURE: self._unsure,
            Want.COPY: self._copy,
            Want.NOT_LOOKED: self._not_looked,
        }
        return rows[standing.want](standing)

    def _copy(self, standing: Standing) -> Action:
        return self._act(Verb.DUPLICATE, standing, *standing.reasons)

    def _not_looked(self, standing: Standing) -> Action:
        return self._act(Verb.KEEP, standing, "it could not be read in the library, which says nothing about it")

    # -- the library wants it --

    def _wanted(self, standing: Standing) -> Action:
        if standing.show == Show.NOT_LOOKED:
            return self._unseen(standing)
        if standing.record is not None:
            return self._published(standing, standing.record)
        if standing.post is not None:
            return self._match(standing, standing.post, "already there: it carries our mark")
        if standing.alike is not None:
            return self._likely(standing, standing.alike)
        return self._act(Verb.ADD, standing, "wanted there and not there yet")

    def _published(self, standing: Standing, record: Record) -> Action:
        if standing.show == Show.NO:
            return self._missing(standing)
        if not record.fields and standing.post is not None:
            return self._match(standing, standing.post, "brought home from there, and wanted there now")
        return self._differences(standing)

    def _unseen(self, standing: Standing) -> Action:
        if standing.record is not None and not self._ours(standing.record, standing.wanted):
            return self._act(Verb.KEEP, standing, "nothing changed here; the platform could not be looked at")
        known = "changed here" if standing.record else "it could be there already"
        return self._act(Verb.WAIT, standing, f"{known}; the platform could not be looked at, so nothing is sent")

    def _missing(self, standing: Standing) -> Action:
        question = self._question(standing, "missing", standing.record and standing.record.post_id)
        choice = self._choice(self.policy.when.missing, question)
        if choice == "add":
            again = self._act(Verb.ADD, standing, "someone removed it there; it is wanted again")
            return replace(again, question=question)
        if choice == "leave":
            return self._act(Verb.KEEP, standing, "someone removed it there; it stays away")
        reason = "someone removed it there, and the library still wants it"
        return self._ask(standing, reason, question, ("add", "leave"))

    def _likely(self, standing: Standing, alike: Post) -> Action:
        question = self._question(standing, "same", alike.id)
        choice = self._choice("ask", question)
        if choice == "same":
            return replace(self._match(standing, alike, "already there, as you answered"), question=question)
        if choice == "different":
            reason = "wanted there; the post that looks like it is another, as you answered"
            return replace(self._act(Verb.ADD, standing, reason), question=question)
        reason = f"{alike.url or alike.id} looks like this photo: it was taken at the same moment"
        return self._ask(standing, reason, question, ("same", "different"))

    def _match(self, standing: Standing, post: Post, reason: str) -> Action:
        wanted = standing.wanted
        changes = tuple(
            Change(name, post.fields[name], value)
            for name, value in sorted(wanted.fields.items() if wanted else ())
            if name in post.fields and post.fields[name] != value and self._amendable(standing.subject, name)
        )
        return replace(self._act(Verb.MATCH, standing, reason), post=post, changes=changes)

    # -- both sides have it: field by field --

    def _differences(self, standing: Standing) -> Action:
        ours, theirs = self._ours(standing.record, standing.wanted), self._theirs(standing.record, standing.post)
        differing = {name for name in theirs if standing.wanted and name in standing.wanted.fields}
        alike = {name for name in differing if _before(standing, name) == _value(standing, name)}
        fixed = {name for name in ours | differing if not self._amendable(standing.subject, name)} - alike
        edited = differing - alike - fixed
        clear = ours - alike - fixed - edited
        if fixed:
            return self._fixed(standing, clear, fixed, edited)
        if edited:
            return self._edited(standing, clear, edited)
        return self._rest(standing, clear, alike, "both sides agree")

    def _rest(self, standing: Standing, clear: set[str], alike: set[str], otherwise: str) -> Action:
        if clear:
            return self._update(standing, clear, "changed here: " + _names(clear))
        if alike:
            return self._accept(standing, alike, f"{_names(alike)} changed here and there alike")
        return self._act(Verb.KEEP, standing, otherwise)

    def _fixed(self, standing: Standing, clear: set[str], fixed: set[str], edited: set[str]) -> Action:
        question = self._question(standing, "fixed", [(name, _value(standing, name)) for name in sorted(fixed)])
        choice = self._choice(self.policy.when.fixed, question)
        overwritten = not edited or self._edits_choice(standing, edited)[1] == "overwrite"
        if choice == "repost" and overwritten:
            reason = f"{_names(fixed)} cannot be changed there: posted anew"
            return replace(self._update(standing, clear | fixed | edited, reason, Verb.REPOST), question=question)
        if edited and (choice or clear):
            return self._edited(standing, clear, edited)
        if choice == "leave" or clear:
            return self._rest(standing, clear, set(), f"{_names(fixed)} cannot be changed there and stays as it is")
        reason = f"{_names(fixed)} differs and cannot be changed there without posting anew, which loses its replies"
        return self._ask(standing, reason, question, ("repost", "leave"), self._changes(standing, fixed))

    def _edits_choice(self, standing: Standing, edited: set[str]) -> tuple[str, str]:
        """The question about what was edited there, and what is chosen."""
        shown = [(name, standing.post and standing.post.fields.get(name)) for name in sorted(edited)]
        question = self._question(standing, "edited", shown, [_value(standing, name) for name in sorted(edited)])
        return question, self._choice(self.policy.when.edited, question)

    def _edited(self, standing: Standing, clear: set[str], edited: set[str]) -> Action:
        question, choice = self._edits_choice(standing, edited)
        if choice == "overwrite":
            reason = f"{_names(edited)} edited there; the library's wording wins"
            return replace(self._update(standing, clear | edited, reason), question=question)
        if clear:
            return self._update(
                standing, clear, f"changed here: {_names(clear)}; {_names(edited)} edited there is left for now"
            )
        if choice == "accept":
            reason = f"{_names(edited)} edited there; it stays so"
            return replace(self._accept(standing, edited, reason), question=question)
        reason = f"{_names(edited)} edited there since it was last agreed"
        return self._ask(standing, reason, question, ("overwrite", "accept"), self._changes(standing, edited))

    def _accept(self, standing: Standing, fields: set[str], reason: str) -> Action:
        changes = (Change(name, _value(standing, name), _before(standing, name)) for name in sorted(fields))
        return replace(self._act(Verb.ACCEPT, standing, reason), changes=tuple(changes))

    def _update(self, standing: Standing, fields: set[str], reason: str, verb: Verb = Verb.UPDATE) -> Action:
        return replace(self._act(verb, standing, reason), changes=self._changes(standing, fields))

    # -- the library does not want it, or may not let it out --

    def _unwanted(self, standing: Standing) -> Action:
        if standing.record is None:
            return self._unknown(standing)
        if standing.show == Show.NOT_LOOKED:
            return self._act(Verb.WAIT, standing, "no longer wanted; the platform could not be looked at")
        if standing.show == Show.NO:
            return self._act(Verb.FORGET, standing, "no longer wanted, and gone there already")
        if kept := self._kept_there(standing.record):
            return self._act(Verb.KEEP, standing, kept)
        return self._act(Verb.DELETE, standing, *(standing.reasons or ("no longer wanted there",)))

    def _kept_there(self, record: Record) -> str:
        """Why a post that the library does not want is not deleted; empty where it is."""
        if not record.fields:
            return "brought home from there, and not published by us"
        if self.policy.direction == Direction.BOTH:
            return "no longer wanted; two-way platforms are never deleted from by a sync"
        if self.policy.when.unwanted == OnUnwanted.LEAVE:
            return "no longer wanted; left there, as the settings say"
        return ""

    def _unknown(self, standing: Standing) -> Action:
        """On the platform and unknown to the ledger: never deleted, at most brought home."""
        is_photo = standing.subject.kind == SubjectKind.PHOTO
        seen = standing.show == Show.YES and standing.post is not None
        if self.policy.direction == Direction.BOTH and seen and is_photo:
            return self._act(Verb.DOWNLOAD, standing, "on the platform and not in the library")
        return self._act(Verb.KEEP, standing, "not wanted there and not ours")

    def _refused(self, standing: Standing) -> Action:
        reason = "; ".join(standing.reasons)
        if standing.record is None or not standing.record.fields or standing.show == Show.NO:
            return replace(self._act(Verb.REFUSE, standing, reason), refusals=standing.reasons)
        question = self._question(standing, "refused", standing.reasons)
        choice = self._choice(self.policy.when.refused, question)
        if choice == "delete" and standing.show == Show.NOT_LOOKED:
            return self._act(Verb.WAIT, standing, "no longer let out; the platform could not be looked at")
        if choice == "delete":
            deleted = self._act(Verb.DELETE, standing, f"published, and no longer let out: {reason}")
            return replace(deleted, question=question)
        if choice == "leave":
            left = self._act(Verb.REFUSE, standing, f"published earlier and left there: {reason}")
            return replace(left, refusals=standing.reasons)
        return self._ask(standing, f"published, and no longer let out: {reason}", question, ("delete", "leave"))

    def _unsure(self, standing: Standing) -> Action:
        return self._ask(standing, "; ".join(standing.reasons), standing.question, ("same", "new"))

    # -- the parts --

    def _choice(self, setting: str, question: str) -> str:
        if setting != "ask":
            return str(setting)
        return self.answers.get(question, "")

    def _question(self, standing: Standing, *parts: object) -> str:
        """Names a question for good: equal only for the same doubt about the same subject on the same platform."""
        return value_digest([self.policy.name, standing.subject.kind, standing.subject.id, *parts])

    def _amendable(self, subject: Subject, name: str) -> bool:
        return name in (self.limits.amendable if subject.kind == SubjectKind.PHOTO else self.limits.album_fields)

    def in_step(self, standing: Standing) -> bool:
        """Whether a published subject has nothing to be set, taken home or asked."""
        return not self._ours(standing.record, standing.wanted) and not self._theirs(standing.record, standing.post)

    def _ours(self, record: Record | None, wanted: Wanted | None) -> set[str]:
        if record is None or wanted is None:
            return set()
        agreed = record.fields
        return {
            name
            for name, value in wanted.fields.items()
            if name not in agreed or agreed[name].sent != value or name in record.setting
        }

    def _theirs(self, record: Record | None, post: Post | None) -> set[str]:
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
        }

    def _changes(self, standing: Standing, names: Iterable[str]) -> tuple[Change, ...]:
        return tuple(Change(name, _before(standing, name), _value(standing, name)) for name in sorted(names))

    def _act(self, verb: Verb, standing: Standing, *reasons: str) -> Action:
        gone = standing.show == Show.NO
        post = standing.post or (_remembered(standing.record) if standing.record and not gone else None)
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


def plan(actions: Iterable[Action], kept: int, policy: PlatformPolicy, notes: Sequence[str] = ()) -> Plan:
    """The actions of one platform as a plan: what agrees counted, the rest in an order of its own, the guards applied.

    `kept` counts subjects that were found in agreement without being looked at closely.
    """
    listed = []
    for action in actions:
        if action.verb == Verb.KEEP:
            kept += action.post is not None
        else:
            listed.append(action)
    listed.sort(key=_order)
    return Plan(tuple(listed), kept, _guards(listed, kept, policy.name, policy.guards), tuple(notes))


def together(plans: Iterable[Plan]) -> Plan:
    """Several platforms' plans as one."""
    parts = tuple(plans)
    return Plan(
        tuple(action for part in parts for action in part.actions),
        sum(part.kept for part in parts),
        tuple(guard for part in parts for guard in part.guards),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def finish(platform: str, pending: str) -> Action:
    """The action that makes visible what a platform has accepted already."""
    subject = Subject(SubjectKind.PAGES, platform)
    return Action(Verb.FINISH, subject, platform, platform, pending)


def absent_after(actions: Iterable[Action]) -> frozenset[str]:
    """Photos that will not be on the platform after these actions, so that no album waits for them."""
    absent = set()
    for action in actions:
        leaves = action.verb in {Verb.DELETE, Verb.FORGET, Verb.REFUSE, Verb.WAIT, Verb.DUPLICATE, Verb.DOWNLOAD}
        stays_away = action.verb in {Verb.KEEP, Verb.ASK} and action.post is None
        if action.subject.kind == SubjectKind.PHOTO and (leaves or stays_away):
            absent.add(action.subject.id)
    return frozenset(absent)


def quiet(
    basis: str, verdict: tuple[str | None, str | None], agreed: tuple[str | None, str | None, str | None]
) -> bool:
    """Whether a photo need not be looked at closely: nothing it was decided from has changed, and it was carried out.

    Args:
        basis: what library and settings say now (`wanted.basis`).
        verdict: what the last decision was made from, and `wanted`, `unwanted` or `refused`.
        agreed: the basis that the platform was last brought in step with and the digest of what it showed then (both
            `None`: not published), and the digest of what it shows now (`None`: nothing).
    """
    judged, kind = verdict
    agreed_basis, agreed_shown, shown = agreed
    if judged != basis or kind == "refused":
        return False
    if kind == "wanted":
        return agreed_basis == basis and agreed_shown == shown
    return agreed_basis is None


_RANKS = {SubjectKind.PHOTO: 0, SubjectKind.ALBUM: 1, SubjectKind.PAGES: 2}


def _order(action: Action) -> tuple[int, str, str]:
    return _RANKS[action.subject.kind], action.where, action.subject.id


def _guards(actions: Sequence[Action], kept: int, platform: str, limits: Guards) -> tuple[Guard, ...]:
    ours = [action for action in actions if action.post is not None and action.verb not in {Verb.MATCH, Verb.DOWNLOAD}]
    published = kept + len(ours)
    deletes = sum(action.verb in {Verb.DELETE, Verb.FORGET} for action in actions)
    changes = sum(action.verb in {Verb.UPDATE, Verb.REPOST, Verb.ACCEPT} for action in actions)
    guards = []
    if deletes > max(limits.max_deletes, limits.max_delete_share * published):
        sentence = f"{deletes} of {published} published on {platform} would be deleted or forgotten"
        guards.append(Guard("deletes", platform, sentence))
    if published > limits.max_deletes and changes > limits.max_change_share * published:
        guards.append(Guard("changes", platform, f"{changes} of {published} published on {platform} would be changed"))
    return tuple(guards)


def _names(fields: Iterable[str]) -> str:
    return ", ".join(sorted(fields))


def _value(standing: Standing, name: str) -> Value:
    return standing.wanted.fields.get(name) if standing.wanted else None


def _before(standing: Standing, name: str) -> Value:
    if standing.post is not None and name in standing.post.fields:
        return standing.shown.get(name, standing.post.fields[name])
    agreed = standing.record.fields.get(name) if standing.record else None
    return agreed.sent if agreed else None


def _remembered(record: Record) -> Post:
    return Post(record.post_id, record.subject.kind, record.mark, record.url)
