"""The rows of the decision table about what the library does not want on a platform, or may not let out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from heliograph.model import Action, Order, Post, Record, SubjectKind, Verb
from heliograph.plan.orders import asked_for
from heliograph.plan.parts import is_photo
from heliograph.plan.sides import loss
from heliograph.plan.standing import Show, Standing
from heliograph.plan.two_way import BothWays
from heliograph.policy import Direction, OnUnwanted


@dataclass(frozen=True, slots=True)
class Unwanted(BothWays):
    """What becomes of a post that nothing wants: what is not ours, or others hang on, is never deleted unasked."""

    def _unwanted(self, standing: Standing) -> Action:
        if standing.record is None:
            return self._unknown(standing)
        if standing.show == Show.NOT_LOOKED:
            return self._act(Verb.WAIT, standing, "no longer wanted; the platform could not be looked at")
        if standing.show == Show.NO:
            return self._act(Verb.FORGET, standing, self._gone_there(standing))
        if standing.lost and self._two_way() and is_photo(standing):
            return self._lost(standing, standing.record)
        if kept := self._kept_there(standing, standing.record):
            return self._act(Verb.KEEP, standing, kept)
        return self._away(standing)

    def _away(self, standing: Standing) -> Action:
        return self._used(standing, standing.post) or self._unused_away(standing)

    def _used(self, standing: Standing, post: Post | None) -> Action | None:
        """Notes of the owner's would lead nowhere; `None` where nothing speaks against deleting it."""
        reasons = tuple(self.holds(post)) if post is not None else ()
        if post is None or not reasons:
            return None
        question = self._question(standing, "used", post.id)
        choice = self._choice(self.policy.when.used, question)
        if choice == "delete":
            return None
        what = "; ".join(standing.reasons) or "no longer wanted"
        if choice == "leave":
            return self._act(Verb.KEEP, standing, f"{what}; left there: {'; '.join(reasons)}")
        asked = self._ask(standing, f"{what}, and {'; '.join(reasons)}", question, ("delete", "leave"))
        return replace(asked, refusals=tuple(f"{what}, and {reason}" for reason in reasons))

    def _unused_away(self, standing: Standing) -> Action:
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
        seen = standing.show == Show.YES and standing.post is not None
        if self._two_way() and seen and is_photo(standing):
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
        if (used := self._used(known, standing.linked)) is not None:
            return used
        if standing.linked.reactions != 0:
            return self._loved(known, standing.linked)
        return self._act(Verb.DELETE, known, f"{asked}; the library says that it is this post")

    def _refused(self, standing: Standing) -> Action:
        reason = " ".join(standing.reasons)
        if standing.troubled:
            return replace(self._act(Verb.REFUSE, standing, reason), refusals=standing.reasons)
        if standing.record is None or not standing.record.fields or standing.show == Show.NO:
            return replace(self._act(Verb.REFUSE, standing, reason), refusals=standing.reasons)
        question = self._question(standing, "refused", standing.reasons)
        choice = self._choice(self._deleting(self.policy.when.refused), question)
        if choice == "delete" and standing.show == Show.NOT_LOOKED:
            return self._act(Verb.WAIT, standing, "no longer let out; the platform could not be looked at")
        if choice == "delete":
            deleted = self._act(Verb.DELETE, standing, f"published, and no longer let out: {reason}")
            return self._used(standing, standing.post) or replace(deleted, question=question)
        if choice == "leave":
            left = self._act(Verb.REFUSE, standing, f"published earlier and left there: {reason}")
            return replace(left, refusals=standing.reasons)
        asked = f"published, and no longer let out{loss(standing.post)}: {reason}"
        return self._ask(standing, asked, question, ("delete", "leave"))
