"""The decision table: what is to be done about one subject on one platform, with its reason in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from heliograph.model import (
    ANEW,
    Action,
    Change,
    F,
    Limits,
    Link,
    Order,
    Post,
    Record,
    Subject,
    SubjectKind,
    Value,
    Verb,
    Wanted,
    value_digest,
)
from heliograph.plan.orders import adopted, asked_for, forced, fulfilled, overwritten, waiting
from heliograph.plan.sides import because, listed, loss, regrouped, remembered, shown_of, value_of
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
    flagged: bool = False
    """A photo that was changed here is left as it is there until the owner asks for it."""

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
        return fulfilled(rows[standing.want](self._as_agreed(standing)), standing.orders)

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
        return self._fresh(standing)

    def _fresh(self, standing: Standing) -> Action:
        if standing.linked is not None:
            return self._match(standing, standing.linked, "already there: the library says that it is this post")
        if standing.post is not None:
            reason = standing.because or "it carries our mark"
            return self._match(standing, standing.post, f"already there: {reason}")
        if standing.alike is not None:
            return self._likely(standing, standing.alike)
        if standing.link is not None:
            return self._link_without_post(standing, standing.link)
        return self._act(Verb.ADD, standing, "wanted there and not there yet")

    def _link_without_post(self, standing: Standing, link: Link) -> Action:
        """The library says that it was published, and nothing there is known to be it: never silently added again."""
        what = link.url or link.post_id
        named = f"it was published as {what}" if what else "it was published"
        lost = "which is not there or is another photo's" if link.post_id else "and not which post it is"
        question = self._question(standing, "link", link.post_id, link.url)
        choice = self._choice(self.policy.when.missing, question)
        reason = f"the library says that {named}, {lost}"
        if choice == "add":
            return replace(self._act(Verb.ADD, standing, f"{reason}; it is published again"), question=question)
        if choice == "leave":
            return self._act(Verb.KEEP, standing, f"{reason}; it stays away")
        return self._ask(standing, reason, question, ("add", "leave"))

    def _again(self, standing: Standing, record: Record) -> Action | None:
        """The owner took the link out of the library by hand, which asks for publishing it again."""
        taken_out = "its link was taken out of the library"
        if standing.show == Show.NO:
            return self._act(Verb.ADD, standing, f"{taken_out}, and it is not there any more: published again")
        question = self._question(standing, "unlinked", record.post_id)
        choice = self.answers.get(question, "")
        if choice == "keep":
            return None
        if choice == "add":
            again = self._act(Verb.ADD, standing, f"{taken_out}; it is published once more, as you answered")
            return replace(again, post=None, question=question)
        reason = f"{taken_out}, and its post is still there: publish it again beside that one?"
        return self._ask(standing, reason, question, ("add", "keep"))

    def _published(self, standing: Standing, record: Record) -> Action:
        if standing.unlinked and ANEW not in record.setting and (again := self._again(standing, record)) is not None:
            return again
        if standing.show == Show.NO:
            return self._missing(standing)
        if not record.fields and standing.post is not None:
            return self._match(standing, standing.post, "brought home from there, and wanted there now")
        return self._differences(standing)

    def _unseen(self, standing: Standing) -> Action:
        in_step = standing.record is not None and not self._ours(standing.record, standing.wanted)
        if in_step and not standing.orders:
            return self._act(Verb.KEEP, standing, "nothing changed here; the platform could not be looked at")
        ours = self._ours(standing.record, standing.wanted)
        known = (
            because(standing, ours) or asked_for(standing.orders) if standing.record else "it could be there already"
        )
        return self._act(Verb.WAIT, standing, f"{known}; the platform could not be looked at, so nothing is sent")

    def _missing(self, standing: Standing) -> Action:
        if standing.record is not None and ANEW in standing.record.setting:
            return self._act(Verb.ADD, standing, "taken away there to be posted anew, which was cut off")
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
        question = self._same(standing.subject, alike)
        choice = self._choice("ask", question)
        if choice == "same":
            return replace(self._match(standing, alike, "already there, as you answered"), question=question)
        if choice == "different":
            reason = "wanted there; the post that looks like it is another, as you answered"
            return replace(self._act(Verb.ADD, standing, reason), question=question)
        reason = f"{alike.url or alike.id} looks like this photo: {standing.because}"
        return self._ask(standing, reason, question, ("same", "different"))

    def _match(self, standing: Standing, post: Post, reason: str) -> Action:
        standing = self._as_shown(standing, post)
        wanted = standing.wanted
        changes = tuple(
            Change(name, post.fields.get(name), value)
            for name, value in sorted(wanted.fields.items() if wanted else ())
            if self._brought(name, value, post) and self._amendable(standing.subject, name)
        )
        changes = adopted(standing, changes, self._forced(standing), flagged=self._waits_for_orders(standing))
        return replace(self._act(Verb.MATCH, standing, reason), post=post, changes=changes)

    def _brought(self, name: str, value: Value, post: Post) -> bool:
        """Whether a field of a post that was found is to be set."""
        if name == F.GROUPS and name not in post.fields:
            return bool(value)  # a listing of posts does not tell of groups; what is in one is not put there twice
        return name in post.fields and not self.agrees(name, value, post.fields[name])

    # -- both sides have it: field by field --

    def _differences(self, standing: Standing) -> Action:
        ours = self._ours(standing.record, standing.wanted)
        left = waiting(standing, ours, flagged=self._waits_for_orders(standing))
        action = self._compared(standing, ours - left)
        if action.verb != Verb.KEEP:
            return action
        if standing.orders:
            return self._act(Verb.CLEAR, standing, f"{asked_for(standing.orders)}; {action.reason}")
        if left:
            reason = f"changed here: {listed(left)}; not marked for update"
            return self._update(standing, left, reason, Verb.LEAVE)
        return action

    def _compared(self, standing: Standing, ours: set[str]) -> Action:
        theirs = self._theirs(standing)
        differing = {name for name in theirs if standing.wanted and name in standing.wanted.fields}
        agreeing = {name for name in differing if self.agrees(name, value_of(standing, name), shown_of(standing, name))}
        fixed = {name for name in ours | differing if not self._amendable(standing.subject, name)} - agreeing
        if F.PICTURE in fixed and regrouped(standing):
            fixed |= {F.ALT} & (ours | differing) - agreeing
        edited = differing - agreeing - fixed
        over = overwritten(standing, edited)
        edited -= over
        # What agrees and is not the same may hold more than is wanted: setting it loses nothing.
        inexact = {name for name in agreeing if value_of(standing, name) != shown_of(standing, name)}
        alike = agreeing - {name for name in inexact if self._amendable(standing.subject, name)}
        clear = (ours - alike - fixed - edited) | over
        if fixed:
            return self._fixed(standing, clear, fixed, edited)
        clear |= self._forced(standing)
        alike -= clear
        if edited:
            return self._edited(standing, clear, edited)
        return self._rest(standing, clear, alike, "both sides agree")

    def _rest(self, standing: Standing, clear: set[str], alike: set[str], otherwise: str) -> Action:
        if clear:
            return self._update(standing, clear, because(standing, clear))
        if alike:
            return self._accept(standing, alike, f"{listed(alike)} changed here and there alike")
        return self._act(Verb.KEEP, standing, otherwise)

    def _fixed(self, standing: Standing, clear: set[str], fixed: set[str], edited: set[str]) -> Action:
        question = self._question(standing, "fixed", [(name, value_of(standing, name)) for name in sorted(fixed)])
        choice = self._choice(self.policy.when.fixed, question)
        wins = not edited or self._edits_choice(standing, edited)[1] == "overwrite"
        # What was ordered is fulfilled as a whole, so nothing of it is set before this is answered.
        soon = bool(clear) and not standing.orders
        if choice == "repost" and wins:
            reason = f"{listed(fixed)} cannot be changed there: posted anew"
            return replace(self._update(standing, clear | fixed | edited, reason, Verb.REPOST), question=question)
        if edited and (choice or soon):
            return self._edited(standing, clear, edited)
        if choice == "leave" or soon:
            settled = clear | self._forced(standing) if choice == "leave" else clear
            return self._rest(standing, settled, set(), f"{listed(fixed)} cannot be changed there and stays as it is")
        reason = f"{listed(fixed)} differs and cannot be changed there without posting anew, which loses its replies"
        return self._ask(standing, reason, question, ("repost", "leave"), self._changes(standing, fixed))

    def _waits_for_orders(self, standing: Standing) -> bool:
        return self.flagged and standing.subject.kind == SubjectKind.PHOTO

    def _forced(self, standing: Standing) -> set[str]:
        return {name for name in forced(standing) if self._amendable(standing.subject, name)}

    def _edits_choice(self, standing: Standing, edited: set[str]) -> tuple[str, str]:
        """The question about what was edited there, and what is chosen."""
        shown = [(name, standing.post and standing.post.fields.get(name)) for name in sorted(edited)]
        question = self._question(standing, "edited", shown, [value_of(standing, name) for name in sorted(edited)])
        return question, self._choice(self.policy.when.edited, question)

    def _edited(self, standing: Standing, clear: set[str], edited: set[str]) -> Action:
        question, choice = self._edits_choice(standing, edited)
        if choice == "overwrite":
            reason = f"{listed(edited)} edited there; the library's wording wins"
            return replace(self._update(standing, clear | edited, reason), question=question)
        if clear:
            left = f"{listed(edited)} edited there is left for now"
            reason = "; ".join(filter(None, (because(standing, clear), left)))
            return self._update(standing, clear, reason)
        if choice == "accept":
            reason = f"{listed(edited)} edited there; it stays so"
            return replace(self._accept(standing, edited, reason), question=question)
        reason = f"{listed(edited)} edited there since it was last agreed"
        return self._ask(standing, reason, question, ("overwrite", "accept"), self._changes(standing, edited))

    def _accept(self, standing: Standing, fields: set[str], reason: str) -> Action:
        changes = tuple(Change(name, value_of(standing, name), shown_of(standing, name)) for name in sorted(fields))
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
        if kept := self._kept_there(standing, standing.record):
            return self._act(Verb.KEEP, standing, kept)
        if standing.post is not None and standing.post.reactions != 0:
            return self._loved(standing, standing.post)
        return self._act(Verb.DELETE, standing, *(standing.reasons or ("no longer wanted there",)))

    def _loved(self, standing: Standing, post: Post) -> Action:
        """What others have said of it goes with it."""
        question = self._question(standing, "loved", post.id)
        choice = self._choice(self.policy.when.loved, question)
        reason = f"{'; '.join(standing.reasons) or 'no longer wanted'}{loss(post)}"
        if choice == "delete":
            return replace(self._act(Verb.DELETE, standing, reason), question=question)
        if choice == "leave":
            return self._act(Verb.KEEP, standing, "no longer wanted; left there for its favourites and comments")
        return self._ask(standing, reason, question, ("delete", "leave"))

    def _kept_there(self, standing: Standing, record: Record) -> str:
        """Why a post that the library does not want is not deleted; empty where it is."""
        is_album = standing.subject.kind == SubjectKind.ALBUM
        if is_album and self._emptied() == OnUnwanted.LEAVE:
            return "no photo is wanted in it any more; it is left there"
        if not record.fields:
            return "brought home from there, and not published by us"
        if Order.DELETE in standing.orders:
            return ""
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
        if Order.DELETE in standing.orders:
            return self._marked_for_deletion(standing)
        is_photo = standing.subject.kind == SubjectKind.PHOTO
        seen = standing.show == Show.YES and standing.post is not None
        if self.policy.direction == Direction.BOTH and seen and is_photo:
            return self._act(Verb.DOWNLOAD, standing, "on the platform and not in the library")
        return self._act(Verb.KEEP, standing, "not wanted there and not ours")

    def _marked_for_deletion(self, standing: Standing) -> Action:
        """What the ledger does not know is deleted only where the library names it."""
        link, asked = standing.link, asked_for(standing.orders)
        if link is not None and not link.post_id:
            reason = (
                f"It is marked for deletion, and the library does not say which post on {self.policy.name} it is: "
                "delete it there by hand, and take its link out of the library."
            )
            return replace(self._act(Verb.REFUSE, standing, reason), refusals=(reason,))
        if link is not None and standing.show == Show.NOT_LOOKED:
            return self._act(Verb.WAIT, standing, f"{asked}; the platform could not be looked at")
        if standing.linked is None:
            return self._act(Verb.CLEAR, standing, f"{asked}, and not there")
        known = replace(standing, post=standing.linked)
        if standing.linked.reactions != 0:
            return self._loved(known, standing.linked)
        return self._act(Verb.DELETE, known, f"{asked}; the library says that it is this post")

    def _refused(self, standing: Standing) -> Action:
        reason = "; ".join(standing.reasons)
        if standing.troubled:
            return replace(self._act(Verb.REFUSE, standing, reason), refusals=standing.reasons)
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
        asked = f"published, and no longer let out{loss(standing.post)}: {reason}"
        return self._ask(standing, asked, question, ("delete", "leave"))

    def _unsure(self, standing: Standing) -> Action:
        return self._ask(standing, "; ".join(standing.reasons), standing.question, ("same", "new"))

    # -- the parts --

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
