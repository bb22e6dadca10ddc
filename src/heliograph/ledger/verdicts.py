"""What the rules last said of each file, so that it need not be asked again while nothing changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, distinct, func, select

from heliograph.ledger.files import batches
from heliograph.ledger.store import Store
from heliograph.ledger.tables import file, upsert, verdict

_REFUSED = verdict.join(file, verdict.c.where == file.c.where)
_WRITE = upsert(verdict)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules said of one file for one platform."""

    where: str
    basis: str
    kind: str
    """`wanted`, `gathered` (wanted, in the post of its album), `unwanted` or `refused`."""
    albums: tuple[str, ...] = ()
    sort: str = ""
    reasons: tuple[str, ...] = ()
    """Why it is refused, a sentence each."""


class Verdicts:
    """What the rules said, per platform and file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def judge(self, platform: str, judged: Iterable[Judged]) -> None:
        """Remembers what the rules said now."""
        rows = [
            {
                "platform": platform,
                "where": item.where,
                "basis": item.basis,
                "kind": item.kind,
                "albums": _listed(item.albums),
                "sort": item.sort,
                "reasons": _listed(item.reasons),
            }
            for item in judged
        ]
        if rows:
            with self._store.transaction() as db:
                db.execute(_WRITE, rows)

    def unwanted(self, platform: str, wheres: Iterable[str]) -> set[str]:
        """Those of the files that nothing wants there."""
        found: set[str] = set()
        query = select(verdict.c.where).where(verdict.c.platform == platform, verdict.c.kind == "unwanted")
        with self._store.transaction() as db:
            for batch in batches(wheres):
                found.update(db.execute(query.where(verdict.c.where.in_(batch))).scalars())
        return found

    def refused(self, platform: str) -> list[tuple[str, tuple[str, ...]]]:
        """Place and reasons of each photograph that was refused there, by its first file; sorted by place."""
        query = select(file.c.photo, verdict.c.where, verdict.c.reasons).select_from(_REFUSED)
        with self._store.transaction() as db:
            rows = db.execute(query.where(_there(platform)).order_by(verdict.c.where.desc())).all()
        first = {photo: (str(where), _read(reasons)) for photo, where, reasons in rows}
        return sorted(first.values())

    def refusals(self, platform: str) -> Counter[tuple[str, ...]]:
        """Reasons -> how many photographs were refused there for all of them together."""
        query = select(verdict.c.reasons, func.count(distinct(file.c.photo))).select_from(_REFUSED)
        with self._store.transaction() as db:
            rows = db.execute(query.where(_there(platform)).group_by(verdict.c.reasons)).all()
        return Counter({_read(reasons): int(count) for reasons, count in rows})


def _there(platform: str) -> ColumnElement[bool]:
    return and_(verdict.c.platform == platform, verdict.c.kind == "refused", file.c.photo.is_not(None))


def _listed(words: tuple[str, ...]) -> str:
    return json.dumps(words, ensure_ascii=False) if words else ""


def _read(words: str) -> tuple[str, ...]:
    return tuple(json.loads(words)) if words else ()
