"""What was begun and how it ended: the journal of unrepeatable calls, the history, the runs, the owner's answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, CursorResult, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import sqlite

from heliograph import jsonform
from heliograph.ledger.outcomes import note_down
from heliograph.ledger.records import begin_setting, bury, erase_agreement, write_agreement
from heliograph.ledger.store import Store
from heliograph.ledger.tables import answer, event, journal, run
from heliograph.model import Change, Claim, Post, Record, Subject, SubjectKind, Wanted
from heliograph.ports import Clock, Outcome

# Built once: putting a statement together costs more than carrying it out, and these run for every photo.
_BEGIN = insert(journal)
_LANDED = update(journal).where(journal.c.id == bindparam("entry")).values(state="landed", post=bindparam("form"))
_CLOSE = update(journal).where(journal.c.id == bindparam("entry")).values(state="closed", closing=bindparam("words"))
_SAY = insert(event)
_UNSETTLED = (
    select(journal)
    .where(journal.c.platform == bindparam("on"), journal.c.state.in_(("open", "landed")))
    .order_by(journal.c.id)
)
_RUN = insert(run)
_RAN = update(run).where(run.c.id == bindparam("this")).values(ended_at=bindparam("now"), outcome=bindparam("end"))
_CHOICES = select(answer.c.question, answer.c.choice)


@dataclass(frozen=True, slots=True)
class Entry:
    """An `add` that was begun and is not settled."""

    id: int
    platform: str
    where: str
    claim: Claim
    wanted: Wanted
    post: Post | None
    """Known once it landed."""
    begun_at: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history."""

    at: str
    run: int
    platform: str
    subject: Subject
    where: str
    verb: str
    outcome: str
    sentence: str
    url: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Saying:
    """What is to be written into the history about one subject."""

    platform: str
    subject: Subject
    where: str
    verb: str
    outcome: str
    sentence: str
    url: str = ""
    changes: Sequence[Change] = field(default=())
    answered: str = ""
    """The question whose answer this used up: it is not taken for an answer to the same question once more."""


class Journal:
    """Durable before and after every call that must not be repeated."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.run_id = 0

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")

    # -- runs --

    def begin_run(self, command: str, plan: str = "") -> int:
        """A new run, to which everything that follows belongs."""
        with self._store.transaction() as db:
            made = db.execute(_RUN, {"begun_at": self._now(), "command": command, "plan": plan})
            self.run_id = _key(made)
        return self.run_id

    def end_run(self, outcome: str) -> None:
        """The run is over; a run without an end was killed."""
        with self._store.transaction() as db:
            db.execute(_RAN, {"this": self.run_id, "now": self._now(), "end": outcome})

    def runs(self, limit: int) -> list[Mapping[str, object]]:
        """The newest runs first."""
        with self._store.transaction() as db:
            rows = db.execute(select(run).order_by(run.c.id.desc()).limit(limit)).mappings()
            return [dict(row) for row in rows]

    # -- the unrepeatable call --

    def begin(self, claim: Claim, wanted: Wanted) -> int:
        """Before the call: durable when this returns."""
        values = {
            "run": self.run_id,
            "platform": wanted.platform,
            "kind": claim.subject.kind,
            "subject": claim.subject.id,
            "where": wanted.where,
            "state": "open",
            "claim": json.dumps(jsonform.plain(claim)),
            "wanted": json.dumps(jsonform.plain(wanted), ensure_ascii=False),
            "begun_at": self._now(),
        }
        with self._store.transaction() as db:
            return _key(db.execute(_BEGIN, values))

    def landed(self, entry: int, post: Post) -> None:
        """The call answered: whatever happens next, this post is known."""
        form = json.dumps(jsonform.plain(post), ensure_ascii=False)
        with self._store.transaction() as db:
            db.execute(_LANDED, {"entry": entry, "form": form})

    def close(self, entry: int, closing: str) -> None:
        """The call certainly made nothing."""
        with self._store.transaction() as db:
            _close(db, entry, closing)

    def unsettled(self, platform: str) -> list[Entry]:
        """Every entry that is open or landed, oldest first."""
        with self._store.transaction() as db:
            rows = db.execute(_UNSETTLED, {"on": platform}).all()
        return [
            Entry(
                row.id,
                row.platform,
                row.where,
                jsonform.noun(Claim, json.loads(row.claim)),
                jsonform.noun(Wanted, json.loads(row.wanted)),
                jsonform.noun(Post, json.loads(row.post)) if row.post else None,
                row.begun_at,
            )
            for row in rows
        ]

    def in_doubt(self, photo: str) -> bool:
        """Whether an `add` of this photograph is not settled on some platform."""
        query = select(journal.c.id).where(journal.c.subject == photo, journal.c.state != "closed").limit(1)
        with self._store.transaction() as db:
            return db.execute(query).first() is not None

    # -- agreement, always together with its history --

    def agree(
        self, item: Record, post: Post, saying: Saying, entry: int | None = None, outcomes: Iterable[Outcome] = ()
    ) -> None:
        """One transaction: record, platform's answer, history, what the library is to hear, journal entry closed."""
        with self._store.transaction() as db:
            write_agreement(db, item, post, self._now())
            self._say(db, saying)
            note_down(db, outcomes)
            if entry is not None:
                _close(db, entry, "agreed")

    def begin_keeping(self, item: Record, post: Post) -> None:
        """Before a download is taken in: whatever happens, a file with its picture is this post's, and no new one."""
        with self._store.transaction() as db:
            write_agreement(db, item, post, self._now())

    def begin_setting(self, item: Record, fields: Iterable[str]) -> None:
        """Before an `update`: what the platform shows of these fields is our own doing, should the run be cut off."""
        with self._store.transaction() as db:
            begin_setting(db, item, fields)

    def part(self, item: Record, saying: Saying, outcomes: Iterable[Outcome] = ()) -> None:
        """One transaction: nothing is published under this record any more, and the library is to hear of it."""
        with self._store.transaction() as db:
            erase_agreement(db, item, self._now())
            self._say(db, saying)
            note_down(db, outcomes)

    def bury(self, item: Record, saying: Saying, outcomes: Iterable[Outcome] = ()) -> None:
        """One transaction: the post was taken away by us, and another one is to be posted in its place."""
        with self._store.transaction() as db:
            bury(db, item, self._now())
            self._say(db, saying)
            note_down(db, outcomes)

    # -- history --

    def say(self, saying: Saying, outcomes: Iterable[Outcome] = ()) -> None:
        """One line of history that changes no record."""
        with self._store.transaction() as db:
            self._say(db, saying)
            note_down(db, outcomes)

    def _say(self, db: Connection, saying: Saying) -> None:
        values = {
            "run": self.run_id,
            "at": self._now(),
            "platform": saying.platform,
            "kind": saying.subject.kind,
            "subject": saying.subject.id,
            "where": saying.where,
            "verb": saying.verb,
            "outcome": saying.outcome,
            "sentence": saying.sentence,
            "url": saying.url,
            "changes": json.dumps(jsonform.plain(saying.changes), ensure_ascii=False) if saying.changes else "",
        }
        db.execute(_SAY, values)
        if saying.answered:
            db.execute(delete(answer).where(answer.c.question == saying.answered))

    def history(self, subjects: Sequence[str] = (), limit: int = 50, words: str = "") -> list[Happened]:
        """The newest lines first; of these subjects only, or of places that hold the words, where any are given."""
        query = select(event).order_by(event.c.id.desc()).limit(limit)
        if subjects:
            query = query.where(event.c.subject.in_(list(subjects)))
        if words:
            # What came home was planned by its title there; the sentence begins with the file that it became.
            said_of = func.substr(event.c.sentence, 1, func.instr(event.c.sentence, ": "))
            named = (one.contains(words, autoescape=True) for one in (event.c.where, said_of))
            query = query.where(or_(*named))
        with self._store.transaction() as db:
            rows = db.execute(query).all()
        return [
            Happened(
                row.at,
                row.run,
                row.platform,
                Subject(SubjectKind(row.kind), row.subject),
                row.where,
                row.verb,
                row.outcome,
                row.sentence,
                row.url,
                jsonform.noun(tuple[Change, ...], json.loads(row.changes)) if row.changes else (),
            )
            for row in rows
        ]

    # -- answers --

    def answer(self, platform: str, subject: Subject, question: str, choice: str) -> None:
        """What the owner decided; it counts as long as the question is the same."""
        values = {
            "platform": platform,
            "kind": subject.kind,
            "subject": subject.id,
            "choice": choice,
            "at": self._now(),
        }
        statement = sqlite.insert(answer).values(question=question, **values)
        with self._store.transaction() as db:
            db.execute(statement.on_conflict_do_update(index_elements=["question"], set_=values))

    def choices(self) -> dict[str, str]:
        """Question -> choice, all of them."""
        with self._store.transaction() as db:
            return dict(db.execute(_CHOICES).all())


def _close(db: Connection, entry: int, closing: str) -> None:
    db.execute(_CLOSE, {"entry": entry, "words": closing})


def _key(made: CursorResult[Any]) -> int:
    key = made.inserted_primary_key
    return int(key[0]) if key else 0
