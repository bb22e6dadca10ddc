"""The decision table: what is to be done about one subject on one platform, with its reason in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from heliograph.model import (
    ANEW,
    Action,
    Change,
    F,
    Link,
    Post,
    Record,
    SubjectKind,
    Value,
    Verb,
)
from heliograph.plan.orders import adopted, asked_for, forced, fulfilled, left_there, named_there, overwritten, waiting
from heliograph.plan.parts import is_photo
from heliograph.plan.sides import because, listed, regrouped, shown_of, value_of
from heliograph.plan.standing import Show, Standing, Want
from heliograph.plan.two_way import fetching, given_only
from heliograph.plan.unwanted import Unwanted
from heliograph.policy import Direction, OnAdopted, OnEdited, OnFixed, OnUsed
from heliograph.wanted import TEXTS


@dataclass(frozen=True, slots=True)
class Table(Unwanted):
    """The decision table for one platform."""

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
        action = fulfilled(rows[standing.want](self._as_agreed(standing)), standing.orders)
        return fetching(action) if self.policy.direction == Direction.FETCH else action

    def _as_shown(self, standing: Standing, post: Post | None) -> Standing:
        """Likewise, as it is there."""
        if post is None or F.VISIBILITY not in post.fields:
            return standing
        return self._seen_by(standing, post.fields[F.VISIBILITY])

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
            reason = standing.because or self._mark(standing, standing.post)
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
            return self._match(standing, standing.post, "it was brought home from there")
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
        what = "may be this album" if alike.kind == SubjectKind.ALBUM else "looks like this photo"
        reason = f"{alike.url or alike.id} {what}: {standing.because}"
        return self._ask(standing, reason, question, ("same", "different"))

    def _match(self, standing: Standing, post: Post, reason: str) -> Action:
        standing = self._as_shown(standing, post)
        wanted = standing.wanted
        changes = tuple(
            Change(name, _in_our_terms(standing, name, post), value)
            for name, value in sorted(wanted.fields.items() if wanted else ())
            if self._brought(standing, name, value, post) and self._amendable(standing.subject, name)
        )
        changes = adopted(standing, changes, self._forced(standing), flagged=self._waits_for_orders(standing))
        kept = frozenset[str]()
        if self._two_way() and is_photo(standing):
            when = self.policy.when
            accepts = when.edited == OnEdited.ACCEPT or when.adopted == OnAdopted.LEAVE
            texts = frozenset(change.field for change in changes) & TEXTS.keys()
            brought = self.homeward.brought(post, texts) if self.homeward and texts else {}
            changes, kept = given_only(standing, post, changes, brought, accepts=accepts)
        usual = OnAdopted.LEAVE if self._is_foreign(standing, post) else OnAdopted.OVERWRITE
        leaves = (self.policy.when.adopted or usual) == OnAdopted.LEAVE
        left = left_there(standing, post, changes) if leaves else named_there(standing, changes)
        stay = "stay as they are" if len(left) > 1 else "stays as it is"
        told = f"{reason}; {listed(left)} {stay} there" if left else reason
        left |= kept
        changes = tuple(change for change in changes if change.field not in left)
        match = self._act(Verb.MATCH, standing, told)
        return replace(match, post=post, changes=changes, left=tuple(sorted(left)))

    def _mark(self, standing: Standing, post: Post) -> str:
        """What says that a post is ours; of an album's line, whose it is."""
        is_others = post.kind == SubjectKind.ALBUM and self._is_foreign(standing, post)
        return "its text says that another program made it for this folder" if is_others else "it carries our mark"

    def _is_foreign(self, standing: Standing, post: Post) -> bool:
        """Whether another program, or a hand, put it there.

        A photo that the library does not name and that has no mark; an album of a folder whose text says nothing of us.
        """
        if post.kind == SubjectKind.ALBUM and self.limits.album_marker and standing.wanted is not None:
            ours = self.limits.album_marker
            return ours in str(standing.wanted.fields.get(F.TEXT)) and ours not in str(post.fields.get(F.TEXT))
        unmarked = self.limits.marks and not post.mark and standing.linked is None and standing.record is None
        return unmarked and post.kind == SubjectKind.PHOTO

    def _brought(self, standing: Standing, name: str, value: Value, post: Post) -> bool:
        """Whether a field of a post that was found is to be set."""
        if name in {F.GROUPS, F.MEMBERS, F.LINKS} and name not in post.fields:
            return bool(value)  # a listing of posts does not tell of them; what is in one is not put there twice
        return name in post.fields and not self.agrees(name, value, _in_our_terms(standing, name, post))

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
        going = self._travel(standing, ours) if self._travels(standing) else None
        if going is not None:
            action = self._travelled(standing, going)
            return action or self._edited(standing, set(going.sends), set(going.stuck))
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
        held = tuple(self.holds(standing.post)) if standing.post is not None else ()
        choice = self._fixed_choice(question, held)
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
        lost = "; and ".join(("which loses its replies", *held))
        reason = f"{listed(fixed)} differs and cannot be changed there without posting anew, {lost}"
        return self._ask(standing, reason, question, ("repost", "leave"), self._changes(standing, fixed))

    def _fixed_choice(self, question: str, held: tuple[str, ...]) -> str:
        """What is chosen; `fixed = "repost"` alone does not take away the address that notes of the owner's name."""
        when = self.policy.when
        if when.fixed != OnFixed.REPOST or not held or when.used == OnUsed.DELETE:
            return self._choice(when.fixed, question)
        return self._choice(when.used, question)

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

    def _unsure(self, standing: Standing) -> Action:
        return self._ask(standing, "; ".join(standing.reasons), standing.question, ("same", "new"))


def _in_our_terms(standing: Standing, name: str, post: Post) -> Value:
    """What a post that was found shows of a field; an album's members and cover as photos where they are known."""
    return standing.shown.get(name, post.fields.get(name))
