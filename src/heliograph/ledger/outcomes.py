"""What became of photos, for the library to hear: written down with the agreement itself, until the library has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from heliograph import jsonform
from heliograph.ledger.files import batches
from heliograph.ledger.store import Store
from heliograph.ledger.tables import file, link, outcome, upsert
from heliograph.model import Order
from heliograph.ports import Outcome

TRIES = 3
"""So often the library may turn an outcome down before nobody tries any more."""

_UNTOLD, _TOLD = "untold", "told"
_WRITE = upsert(outcome)
_LINK = upsert(link)
_ONE = (outcome.c.platform == bindparam("of"), outcome.c.where == bindparam("place"))
_FORM = select(outcome.c.form).where(*_ONE)
_FORMS = select(outcome.c.form).where(outcome.c.platform == bindparam("of"))
_NEXT = select(outcome.c.form).where(outcome.c.state == _UNTOLD).order_by(outcome.c.tries).limit(bindparam("at_most"))
_COUNT = select(func.count()).where(outcome.c.state == _UNTOLD)
_READ_ANEW = delete(outcome).where(outcome.c.state == _TOLD)


class Outcomes:
    """What the library is to hear, one for each photo and platform; and which posts it named itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def untold(self, limit: int) -> list[Outcome]:
        """What the library has not heard yet, at most so many."""
        with self._store.transaction() as db:
            return [_outcome(form) for form in db.execute(_NEXT, {"at_most": limit}).scalars()]

    def count(self) -> int:
        """How many the library has not heard yet."""
        with self._store.transaction() as db:
            return int(db.execute(_COUNT).scalar_one())

    def told(self, outcomes: Iterable[Outcome]) -> None:
        """The library has them. What was asked for in them counts as done until the library was read anew."""
        with self._store.transaction() as db:
            for item in outcomes:
                here = (*_key(item), outcome.c.form == _form(item))
                if item.orders_done or item.deleted:
                    db.execute(update(outcome).where(*here).values(state=_TOLD))
                else:
                    db.execute(delete(outcome).where(*here))

    def turned_down(self, outcomes: Iterable[Outcome]) -> None:
        """The library could not write them down, or not all; it is told again, a few times."""
        with self._store.transaction() as db:
            for item in outcomes:
                db.execute(update(outcome).where(*_key(item)).values(tries=outcome.c.tries + 1))
            db.execute(delete(outcome).where(outcome.c.tries >= TRIES))

    def read_anew(self) -> None:
        """The library was read since it was told: what it says now of orders counts."""
        with self._store.transaction() as db:
            db.execute(_READ_ANEW)

    def orders_done(self, platform: str) -> dict[str, frozenset[Order]]:
        """Place -> orders that were carried out since the library was last read, or whose end it has not heard."""
        with self._store.transaction() as db:
            forms = db.execute(_FORMS, {"of": platform}).scalars().all()
        return {item.where: frozenset(item.orders_done) for item in map(_outcome, forms) if item.orders_done}

    # -- what the library names --

    def named(self, platform: str, photos: Iterable[str]) -> dict[str, str]:
        """Photograph -> the post that the library named last."""
        found: dict[str, str] = {}
        columns = select(link.c.photo, link.c.post)
        with self._store.transaction() as db:
            for batch in batches(photos):
                found.update(db.execute(columns.where(link.c.platform == platform, link.c.photo.in_(batch))).all())
        return found

    def name(self, platform: str, links: Mapping[str, str]) -> None:
        """Photograph -> the post that the library names now."""
        rows = [{"platform": platform, "photo": photo, "post": post} for photo, post in links.items()]
        if rows:
            with self._store.transaction() as db:
                db.execute(_LINK, rows)

    def naming(self, platform: str, post: str) -> list[str]:
        """Places of the photographs for which the library named this post last, sorted."""
        query = select(file.c.where).join(link, link.c.photo == file.c.photo)
        with self._store.transaction() as db:
            rows = db.execute(query.where(link.c.platform == platform, link.c.post == post).order_by(file.c.where))
            return list(rows.scalars())


def note_down(db: Connection, outcomes: Iterable[Outcome]) -> None:
    """Within a transaction: what the library is to hear; with what it has not heard yet of the same photo."""
    for item in outcomes:
        before = db.execute(_FORM, {"of": item.platform, "place": item.where}).scalar()
        whole = _merged(_outcome(before), item) if before is not None else item
        row = {"platform": item.platform, "where": item.where, "form": _form(whole), "state": _UNTOLD, "tries": 0}
        db.execute(_WRITE, row)


def _merged(before: Outcome, now: Outcome) -> Outcome:
    done = tuple(sorted({*before.orders_done, *now.orders_done}))
    deleted = now.deleted or (before.deleted and now.post is None)
    return replace(now, orders_done=done, deleted=deleted, posted_at=now.posted_at or before.posted_at)


def _key(item: Outcome) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return outcome.c.platform == item.platform, outcome.c.where == item.where


def _form(item: Outcome) -> str:
    return json.dumps(jsonform.plain(item), ensure_ascii=False, sort_keys=True)


def _outcome(form: str) -> Outcome:
    return jsonform.noun(Outcome, json.loads(form))
