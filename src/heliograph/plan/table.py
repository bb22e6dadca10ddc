"""The decision table: what is to be done about one subject on one platform, with its reason in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
from heliograph.plan.standing import Show, Standing, Want
from heliograph.policy import Direction, OnAudience, OnUnwanted, PlatformPolicy

Answers = Mapping[str, str]
"""Question -> choice, as the owner gave them. A question names its subject, so no answer serves another."""


def equal(_: str, sent: Value, shown: Value) -> bool:
    """Says of a platform that shows every field as it was sent."""
    return sent == shown


@dataclass(frozen=True, slots=True)
class Table:
    """The decision table for one platform."""

    policy: PlatformPolicy
    limits: Limits
    answers: Answers
    agrees: Callable[[str, Value, Value], bool] = equal
    """Whether what the platform shows of a field is what it makes of what was sent."""

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
        return rows[standing.want](self._as_agreed(standing))

    def _as_agreed(self, standing: Standing) -> Standing:
        """Who sees what is published stays as it was agreed, unless a change counts for all."""
        agreed = standing.record.fields.get(F.VISIBILITY) if standing.record else None
        return self._seen_by(standing, agreed.sent) if agreed else standing

    def _as_shown(self, standing: Standing, post: Post | None) -> Standing:
        """Likewise, as it is there."""
        if post is None or F.VISIBILITY not in post.fields:
            return standing
        return self._seen_by(standing, post.fields[F.VISIBILITY])

    def _seen_by(self, standing: Standing, audience: Value) -> Standing:
        wanted = standing.wanted
        if wanted is None or F.VISIBILITY not in wanted.fields or self.policy.audience.change == OnAudience.ALL:
            return standing
        return replace(standing, wanted=replace(wanted, fields={**wanted.fields, F.VISIBILITY: audience}))

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
        ours = self._ours(standing.record, standing.wanted)
        known = _because(standing, ours) if standing.record else "it could be there already"
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
        standing = self._as_shown(standing, post)
        wanted = standing.wanted
        changes = tuple(
            Change(name, post.fields.get(name), value)
            for name, value in sorted(wanted.fields.items() if wanted else ())
            if self._brought(name, value, post) and self._amendable(standing.subject, name)
        )
        return replace(self._act(Verb.MATCH, standing, reason), post=post, changes=changes)

    def _brought(self, name: str, value: Value, post: Post) -> bool:
        """Whether a field of a post that was found is to be set."""
        if name == F.GROUPS and name not in post.fields:
            return bool(value)  # a listing of posts does not tell of groups; what is in one is not put there twice
        return name in post.fields and not self.agrees(name, value, post.fields[name])

    # -- both sides have it: field by field --

    def _differences(self, standing: Standing) -> Action:
        ours, theirs = self._ours(standing.record, standing.wanted), self._theirs(standing)
        differing = {name for name in theirs if standing.wanted and name in standing.wanted.fields}
        agreeing = {name for name in differing if self.agrees(name, _value(standing, name), _before(standing, name))}
        fixed = {name for name in ours | differing if not self._amendable(standing.subject, name)} - agreeing
        edited = differing - agreeing - fixed
        # What agrees and is not the same may hold more than is wanted: setting it loses nothing.
        inexact = {name for name in agreeing if _value(standing, name) != _before(standing, name)}
        alike = agreeing - {name for name in inexact if self._amendable(standing.subject, name)}
        clear = ours - alike - fixed - edited
        if fixed:
            return self._fixed(standing, clear, fixed, edited)
        if edited:
            return self._edited(standing, clear, edited)
        return self._rest(standing, clear, alike, "both sides agree")

    def _rest(self, standing: Standing, clear: set[str], alike: set[str], otherwise: str) -> Action:
        if clear:
            return self._update(standing, clear, _because(standing, clear))
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
            reason = f"{_because(standing, clear)}; {_names(edited)} edited there is left for now"
            return self._update(standing, clear, reason)
        if choice == "accept":
            reason = f"{_names(edited)} edited there; it stays so"
            return replace(self._accept(standing, edited, reason), question=question)
        reason = f"{_names(edited)} edited there since it was last agreed"
        return self._ask(standing, reason, question, ("overwrite", "accept"), self._changes(standing, edited))

    def _accept(self, standing: Standing, fields: set[str], reason: str) -> Action:
        changes = tuple(Change(name, _value(standing, name), _before(standing, name)) for name in sorted(fields))
        accepted = self._as_shown(standing, standing.post) if F.VISIBILITY in fields else standing
        return replace(self._act(Verb.ACCEPT, accepted, reason), changes=changes)

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
        if kept := self._kept_there(standing.subject, standing.record):
            return self._act(Verb.KEEP, standing, kept)
        if standing.post is not None and standing.post.reactions != 0:
            return self._loved(standing, standing.post)
        return self._act(Verb.DELETE, standing, *(standing.reasons or ("no longer wanted there",)))

    def _loved(self, standing: Standing, post: Post) -> Action:
        """What others have said of it goes with it."""
        question = self._question(standing, "loved", post.id)
        choice = self._choice(self.policy.when.loved, question)
        reason = f"no longer wanted{_loss(post)}"
        if choice == "delete":
            return replace(self._act(Verb.DELETE, standing, reason), question=question)
        if choice == "leave":
            return self._act(Verb.KEEP, standing, "no longer wanted; left there for its favourites and comments")
        return self._ask(standing, reason, question, ("delete", "leave"))

    def _kept_there(self, subject: Subject, record: Record) -> str:
        """Why a post that the library does not want is not deleted; empty where it is."""
        is_album = subject.kind == SubjectKind.ALBUM
        if is_album and self._emptied() == OnUnwanted.LEAVE:
            return "no photo is wanted in it any more; it is left there"
        if not record.fields:
            return "brought home from there, and not published by us"
        if self.policy.direction == Direction.BOTH:
            return "no longer wanted; two-way platforms are never deleted from by a sync"
        if not is_album and self.policy.when.unwanted == OnUnwanted.LEAVE:
            return "no longer wanted; left there, as the settings say"
        return ""

    def _emptied(self) -> OnUnwanted:
        usual = OnUnwanted.LEAVE if self.limits.album_lives else self.policy.when.unwanted
        return self.policy.when.emptied or usual

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
        asked = f"published, and no longer let out{_loss(standing.post)}: {reason}"
        return self._ask(standing, asked, question, ("delete", "leave"))

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
        return not self._ours(standing.record, self._as_agreed(standing).wanted) and not self._theirs(standing)

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
            and not self.agrees(name, agreed.sent, _before(standing, name))
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


def _names(fields: Iterable[str]) -> str:
    return ", ".join(sorted(fields))


def _because(standing: Standing, fields: set[str]) -> str:
    """Why fields are set: they were held back or cut off last time, or the library says something else now."""
    record = standing.record
    due = {name for name in fields if record and (name in record.setting or name not in record.fields)}
    told = (("changed here", fields - due), ("still to be set", due))
    return "; ".join(f"{why}: {_names(names)}" for why, names in told if names)


def _loss(post: Post | None) -> str:
    """What others have said of a post, and would go with it; empty where nobody has."""
    if post is None or post.reactions == 0:
        return ""
    has = f"has {post.reactions}" if post.reactions else "may have"
    return f"; it {has} favourites or comments, which would be lost with it"


def _value(standing: Standing, name: str) -> Value:
    return standing.wanted.fields.get(name) if standing.wanted else None


def _before(standing: Standing, name: str) -> Value:
    if standing.post is not None and name in standing.post.fields:
        return standing.shown.get(name, standing.post.fields[name])
    agreed = standing.record.fields.get(name) if standing.record else None
    return agreed.sent if agreed else None


def _remembered(record: Record) -> Post:
    return Post(record.post_id, record.subject.kind, record.mark, record.url)
