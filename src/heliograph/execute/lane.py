"""One platform's share of a plan, action by action."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from heliograph.errors import Busy, Gone, LedgerUnusable, Mistake, Refused, SignInNeeded, Spent, Uncertain
from heliograph.execute.agreement import agreed_record, riding
from heliograph.execute.event import Doors, End, Event, post_of, saying, wanted_of
from heliograph.execute.homecoming import Homecoming, listed
from heliograph.model import (
    ANEW,
    TELLING,
    Action,
    Agreed,
    Claim,
    F,
    Fields,
    Order,
    Post,
    Record,
    Rendition,
    SubjectKind,
    Value,
    Verb,
    Wanted,
    each,
    value_digest,
)
from heliograph.ports import Outcome, Platform

log = logging.getLogger(__name__)


LEAVE_ALONE_S = 60.0
"""A platform that wants to be left alone for longer is not asked about the next photo either."""


class Parcel(NamedTuple):
    """Everything that an `add` needs, made ready."""

    wanted: Wanted
    """As the platform is told."""
    sent: Fields
    """The same fields as the ledger remembers them."""
    rendition: Rendition | None
    claim: Claim


@dataclass(slots=True)
class Lane:
    """One platform's share of a plan."""

    doors: Doors
    name: str
    closed: str = ""
    """Why this platform stopped; what was not begun is held."""
    spent: bool = False
    """It stopped because its budget of calls is used up."""
    touched: bool = False
    """Something was done that `finish` makes visible."""
    _homecoming: Homecoming = field(init=False)

    def __post_init__(self) -> None:
        self._homecoming = Homecoming(self.doors, self.name)

    @property
    def platform(self) -> Platform:
        """The door itself."""
        return self.doors.platforms[self.name]

    def carry(self, action: Action) -> Event:
        """The action's final event. Never raises for what is this photo's or this platform's own.

        Raises:
            LedgerUnusable: nothing more can be remembered, so nothing more may be done.
        """
        if action.verb in TELLING:
            return Event(action, End.TOLD, f"{action.where}: {action.reason}")
        if self.doors.stop():
            return Event(action, End.HELD, f"{action.where}: not begun, you asked to stop; the next run goes on here")
        if self.closed:
            sentence = f"{action.where}: not begun, {self.name} stopped: {self.closed}"
            return Event(action, End.HELD, sentence, spent=self.spent)
        return self._try(action)

    def tell_refusals(self, actions: list[Action]) -> None:
        """So that a library which can show them (a category, a mark) shows why a photo is not published."""
        photos = (action for action in actions if action.subject.kind == SubjectKind.PHOTO)
        refused = [action for action in photos if action.verb == Verb.REFUSE or action.refusals]
        if not self.doors.stop():
            told = [Outcome(a.where, self.name, a.post, refusals=a.refusals) for a in refused]
            self.doors.notes.refusals(self.name, told)

    def _try(self, action: Action) -> Event:
        try:
            return self._do(action)
        except LedgerUnusable:
            raise
        except Uncertain as doubt:
            return self._failed(action, End.UNCERTAIN, doubt.sentence)
        except (SignInNeeded, Mistake) as trouble:
            self.closed = trouble.sentence
            return self._failed(action, End.FAILED, trouble.sentence)
        except (Refused, Busy) as trouble:
            if isinstance(trouble, Gone):
                self.doors.ledger.records.look_anew(self.name)
            if isinstance(trouble, Busy) and (trouble.wait_s or 0.0) > LEAVE_ALONE_S:
                self.closed, self.spent = trouble.sentence, isinstance(trouble, Spent)
            return replace(self._failed(action, End.FAILED, trouble.sentence), spent=isinstance(trouble, Spent))
        except Exception as bug:
            log.exception("unexpected while carrying out %s for %s on %s", action.verb, action.where, self.name)
            return self._failed(action, End.FAILED, f"unexpected trouble, please report it: {bug!r}")

    def _failed(self, action: Action, end: End, what: str) -> Event:
        sentence = what if action.where in what else f"{action.where}: {what}"
        self.doors.ledger.journal.say(saying(action, end, sentence, action.post))
        return Event(action, end, sentence)

    def _do(self, action: Action) -> Event:
        doing = {
            Verb.ADD: self._add,
            Verb.MATCH: self._match,
            Verb.UPDATE: self._update,
            Verb.ACCEPT: self._accept,
            Verb.REPOST: self._repost,
            Verb.DELETE: self._delete,
            Verb.FORGET: self._forget,
            Verb.DOWNLOAD: self._download,
            Verb.TAKE: self._take,
            Verb.FINISH: self._finish,
            Verb.CLEAR: self._clear,
        }
        return doing[action.verb](action)

    # -- the unrepeatable one --

    def _add(self, action: Action) -> Event:
        there = self._homecoming.found(action.where)
        if there is not None and action.subject.kind == SubjectKind.PHOTO:
            known = f"the same picture is there already, {there.url or there.id}, as fetching it showed"
            sentence = f"{action.where}: not sent to {self.name}: {known}"
            self.doors.ledger.journal.say(saying(action, End.TOLD, sentence, there))
            return Event(action, End.TOLD, sentence, there)
        return self._send(action, self._parcel(action))

    def _parcel(self, action: Action) -> Parcel:
        wanted, sent = self._resolved(wanted_of(action))
        rendition = self._rendition(wanted)
        return Parcel(wanted, sent, rendition, self.platform.prepare(wanted.subject, wanted, rendition))

    def _send(self, action: Action, parcel: Parcel) -> Event:
        wanted, sent, rendition, claim = parcel
        entry = self.doors.ledger.journal.begin(claim, replace(wanted, fields=sent))
        try:
            post = self.platform.add(claim, wanted, rendition)
        except (Refused, Busy, SignInNeeded, Mistake):
            self.doors.ledger.journal.close(entry, "refused")
            raise
        self.doors.ledger.journal.landed(entry, post)
        rode = riding(wanted, self.platform.limits)
        record = agreed_record(wanted, post, {name: sent[name] for name in rode}, None)
        rest = frozenset(wanted.fields) - frozenset(rode)
        # The library may hear of it days later, and is to note the day on which it was published. What is still to be
        # set is shown as the platform found it in the file, which is nobody's word against ours.
        posted_at = post.made_at or self.doors.clock.now().isoformat()
        record = replace(record, posted_at=posted_at, setting=tuple(sorted({*record.setting, *rest})))
        done = replace(action, orders=())
        try:
            if rest:
                set_ = self.platform.update(post, wanted, rest, rendition)
                post = replace(set_, notes=(*post.notes, *set_.notes), media_id=set_.media_id or post.media_id)
                record = agreed_record(wanted, post, {name: sent[name] for name in rest}, record)
            done = action
        finally:
            sentence = _told(f"{action.where}: published on {self.name}", post)
            self._agree(done, record, post, sentence, entry)
        return Event(action, End.DONE, sentence, post)

    # -- the repeatable ones --

    def _match(self, action: Action) -> Event:
        wanted, post, due = wanted_of(action), post_of(action), {change.field for change in action.changes}
        # Only the plan knows an album's posts as photos: what it does not set agrees.
        is_settled = wanted.subject.kind == SubjectKind.ALBUM and not wanted.parts
        same = {
            name: value
            for name, value in wanted.fields.items()
            if name not in due
            and (is_settled or name in action.left or name not in post.fields or self._agrees(name, value, post))
        }
        record = agreed_record(wanted, post, same, None)
        sentence = f"{action.where}: found on {self.name}, nothing sent again"
        self._agree(replace(action, orders=()) if action.changes else action, record, post, sentence)
        if action.changes:
            record, post = self._set(action, record, post)
            sentence = _told(f"{sentence}; {_fields(action)} brought in step", post)
            self._agree(action, record, post, sentence)
        return Event(action, End.DONE, sentence, post)

    def _agrees(self, name: str, value: Value, post: Post) -> bool:
        return self.platform.agrees(name, value, post.fields[name])

    def _update(self, action: Action) -> Event:
        record = self._record(action)
        record, post = self._set(action, record, post_of(action))
        sentence = _told(f"{action.where}: {_fields(action)} updated on {self.name}", post)
        self._agree(action, record, post, sentence)
        return Event(action, End.DONE, sentence, post)

    def _set(self, action: Action, record: Record, post: Post) -> tuple[Record, Post]:
        wanted, sent = self._resolved(wanted_of(action))
        # What an action before this one left open, such as the cover of an album that lost a photo, goes along.
        amendable = self.platform.limits.amendable_of(wanted.subject.kind)
        left_open = set(record.setting) & wanted.fields.keys() & amendable
        names = frozenset({change.field for change in action.changes} | left_open)
        rendition = self._rendition(wanted) if F.PICTURE in names else None
        self.doors.ledger.journal.begin_setting(record, names)
        agreed = {name: field.sent for name, field in record.fields.items()}
        if F.MEMBERS in agreed and not wanted.parts:
            agreed[F.MEMBERS] = self._ours_in(post, agreed[F.MEMBERS])
        post = replace(post, mark=record.mark or post.mark, held=record.setting)
        shown = self.platform.update(post, wanted, names, rendition, agreed)
        return agreed_record(wanted, shown, {name: sent[name] for name in names}, record), shown

    def _accept(self, action: Action) -> Event:
        record, post = self._record(action), post_of(action)
        names = [change.field for change in action.changes]
        wanted = wanted_of(action).fields
        fields = {name: Agreed(wanted[name], value_digest(post.fields[name])) for name in names}
        setting = tuple(name for name in record.setting if name not in {*fields, ANEW})
        record = replace(record, fields={**record.fields, **fields}, setting=setting)
        sentence = f"{action.where}: {_fields(action)} on {self.name} stays as it was edited there"
        self._agree(action, record, post, sentence)
        return Event(action, End.DONE, sentence, post)

    def _repost(self, action: Action) -> Event:
        parcel = self._parcel(action)  # what cannot be sent again is not taken away either
        record, journal = self._record(action), self.doors.ledger.journal
        # A run that is cut off must not take our own doing for somebody else's, nor forget who was let to see it.
        journal.begin_setting(record, (ANEW,))
        self.platform.delete(post_of(action))
        self.touched = True
        sentence = f"{action.where}: taken away on {self.name} to be posted anew"
        gone = self._gone(replace(action, orders=()), record)
        journal.bury(record, saying(action, End.DONE, sentence, action.post), gone)
        self.doors.notes.soon(len(gone))
        return self._send(action, parcel)

    def _delete(self, action: Action) -> Event:
        post = post_of(action)
        # What only the library knows of is deleted as it says.
        named = Record(action.subject, self.name, post.id, post.url, post.mark, action.where)
        record = self._remembered(action) or named
        self.platform.delete(post)
        return self._part(action, record, f"{action.where}: deleted on {self.name}")

    def _forget(self, action: Action) -> Event:
        return self._part(action, self._record(action), f"{action.where}: gone on {self.name}, no longer remembered")

    def _download(self, action: Action) -> Event:
        sentence, post = self._homecoming.download(action)
        return Event(action, End.DONE, sentence, post)

    def _take(self, action: Action) -> Event:
        taken, record, post = self._homecoming.take(action, self._record(action))
        sentence = f"{action.where}: {listed(action.takes)} taken home from {self.name}"
        self._agree(replace(action, changes=()) if action.changes else action, record, post, sentence)
        if action.changes:
            record, post = self._set(taken, record, post)
            sentence = _told(f"{sentence}; {_fields(action)} updated there", post)
            self._agree(action, record, post, sentence)
        return Event(action, End.DONE, sentence, post)

    def _clear(self, action: Action) -> Event:
        sentence = f"{action.where}: {action.reason} on {self.name}"
        record = self._remembered(action)
        gone = Record(action.subject, self.name, "", where=action.where)
        outcomes = self._gone(action, gone) if Order.DELETE in action.orders else ()
        if record is not None and action.post is not None and not outcomes:
            outcomes = self._outcomes(action, record, action.post)
        self.doors.ledger.journal.say(saying(action, End.DONE, sentence, action.post), outcomes)
        self.doors.notes.soon(len(outcomes))
        return Event(action, End.DONE, sentence, action.post)

    def _finish(self, action: Action) -> Event:
        self.platform.finish()
        return Event(action, End.DONE, f"{self.name}: brought up to date")

    # -- the parts --

    def _resolved(self, wanted: Wanted) -> tuple[Wanted, Fields]:
        """What to tell the platform, and the same as the ledger remembers it.

        An album's members are photo ids here and post ids there, and only members that are published can be sent.
        """
        if wanted.subject.kind != SubjectKind.ALBUM or wanted.parts:
            return wanted, wanted.fields
        members = wanted.fields.get(F.MEMBERS)
        photos = [str(photo) for photo in members] if isinstance(members, tuple) else []
        posts = self.doors.ledger.records.post_ids(self.name, photos)
        present = tuple(photo for photo in photos if photo in posts)
        if not present:
            message = (
                f"the album {wanted.where} was not touched on {self.name}: none of its photos is published there yet"
            )
            raise Refused(message)
        cover = wanted.fields.get(F.COVER)
        cover = cover if cover in posts else present[0]
        sent = {**wanted.fields, F.MEMBERS: present, F.COVER: cover}
        told = {**sent, F.MEMBERS: tuple(posts[photo] for photo in present), F.COVER: posts[str(cover)]}
        sent = {name: sent[name] for name in wanted.fields}
        return replace(wanted, fields={name: told[name] for name in wanted.fields}), sent

    def _ours_in(self, album: Post, before: Value) -> tuple[str, ...]:
        """Posts of an album that are ours, as it was agreed and as it is shown: whatever else is in it is a guest."""
        records = self.doors.ledger.records
        agreed = records.post_ids(self.name, each(before))
        shown = records.photos_of(self.name, each(album.fields.get(F.MEMBERS)))
        return tuple(sorted({*agreed.values(), *shown}))

    def _rendition(self, wanted: Wanted) -> Rendition | None:
        if wanted.parts:
            each = [self._rendition(part) for part in wanted.parts]
            return Rendition(tuple(one.files[0] for one in each if one is not None))
        if wanted.recipe is None:
            return None
        photo = self.doors.ledger.files.photos([wanted.where]).get(wanted.where)
        if photo is None:
            message = (
                f"{wanted.where} is no longer in the library, so it was not sent to {self.name}; the next run sees it"
            )
            raise Refused(message)
        return self.doors.library.open(photo, wanted.recipe)

    def _remembered(self, action: Action) -> Record | None:
        return self.doors.ledger.records.of(self.name, [action.subject]).get(action.subject)

    def _record(self, action: Action) -> Record:
        record = self._remembered(action)
        if record is None:
            message = f"{action.where} is not remembered on {self.name} any more; the next plan looks anew"
            raise Refused(message)
        return record

    def _agree(self, action: Action, record: Record, post: Post, sentence: str, entry: int | None = None) -> None:
        self.touched = True
        outcomes = self._outcomes(action, record, post)
        self.doors.ledger.journal.agree(record, post, saying(action, End.DONE, sentence, post), entry, outcomes)
        self.doors.notes.soon(len(outcomes))

    def _part(self, action: Action, record: Record, sentence: str) -> Event:
        self.touched = True
        outcomes = self._gone(action, record)
        self.doors.ledger.journal.part(record, saying(action, End.DONE, sentence, action.post), outcomes)
        self.doors.notes.soon(len(outcomes))
        return Event(action, End.DONE, sentence, action.post)

    # -- what the library is to hear --

    def _outcomes(self, action: Action, record: Record, post: Post) -> Sequence[Outcome]:
        """Of each photo in the post, and of those that the library still takes to be in it."""
        parts = action.wanted.parts if action.wanted else ()
        photos = [part.where for part in parts] or [action.where] * (action.subject.kind == SubjectKind.PHOTO)
        told = [
            Outcome(where, self.name, post, record.posted_at, orders_done=action.orders, media_id=post.media_id)
            for where in photos
        ]
        left = set(self._named(post.id)) - set(photos) if parts else set()
        return self.doors.notes.of([*told, *(Outcome(where, self.name, None) for where in sorted(left))])

    def _gone(self, action: Action, record: Record) -> Sequence[Outcome]:
        if record.subject.kind != SubjectKind.PHOTO:
            return self.doors.notes.of([Outcome(where, self.name, None) for where in self._named(record.post_id)])
        where, deleted = action.where or record.where, Order.DELETE in action.orders
        return self.doors.notes.of([Outcome(where, self.name, None, orders_done=action.orders, deleted=deleted)])

    def _named(self, post: str) -> Sequence[str]:
        """Places of the photos that the library takes to be in a post."""
        return self.doors.ledger.outcomes.naming(self.name, post) if self.doors.library.keeps_notes else ()


def _told(sentence: str, post: Post) -> str:
    return "; ".join((sentence, *post.notes))


def _fields(action: Action) -> str:
    return listed(action.changes)
