"""How many calls of a service were made lately, counted together by all processes that share this ledger."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, or_, select
from sqlalchemy.dialects.sqlite import insert

from heliograph.ledger.store import Store
from heliograph.ledger.tables import budget
from heliograph.ports import Clock

SLOTS = 60
"""Parts of a window in which calls are counted together: enough to be exact to a minute in an hour, and few rows."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ROWS = select(budget.c.at, budget.c.calls).where(budget.c.name == bindparam("of")).order_by(budget.c.at)
_TIDY = delete(budget).where(
    budget.c.name == bindparam("of"), or_(budget.c.at < bindparam("oldest"), budget.c.at > bindparam("newest"))
)
_INSERT = insert(budget)
_COUNT = _INSERT.on_conflict_do_update(
    index_elements=[budget.c.name, budget.c.at], set_={"calls": budget.c.calls + _INSERT.excluded.calls}
)


class Budget:
    """Implements `ports.Budget`: never more than `calls` calls in any `window_s` seconds.

    Needs no run of its own (`alone`), so that a second process may call meanwhile. Time is the wall clock's, which is
    the only one that processes share. Calls that seem to come from the future were made before the clock was set back:
    they count as made just now, which neither forgets them nor waits for that future.
    """

    def __init__(self, store: Store, name: str, clock: Clock, calls: int, window_s: int = 3600) -> None:
        """`name` is what the service counts by, such as an application's key; never a secret itself."""
        if calls < 1 or window_s < 1:
            message = f"a budget of {calls} calls in {window_s} seconds lets nobody call, ever"
            raise ValueError(message)
        self._store = store
        self._name = name
        self._clock = clock
        self._calls = calls
        self._window = timedelta(seconds=window_s)
        self._slot_s = math.ceil(window_s / SLOTS)

    def take(self) -> float:
        """Zero, and one call was counted; or the seconds until one can be, and nothing was."""
        with self._store.transaction() as db:
            now = self._clock.now()  # within the transaction: whoever is later here has the later time
            slots = self._counted(db, now)
            if sum(slots.values()) < self._calls:
                self._count(db, now, 1)
                return 0.0
        return self._wait_s(slots, now)

    def left(self) -> int:
        """Calls that can be made now."""
        with self._store.transaction() as db:
            return max(0, self._calls - sum(self._counted(db, self._clock.now()).values()))

    def _counted(self, db: Connection, now: datetime) -> Mapping[datetime, int]:
        """Begin of a slot -> calls in it, oldest first; of the slots that reach into the window behind `now`."""
        rows = {datetime.fromisoformat(row.at): int(row.calls) for row in db.execute(_ROWS, {"of": self._name})}
        newest = self._slot(now)
        slots = {at: calls for at, calls in rows.items() if at <= newest and self._lapse(at) > now}
        if len(slots) < len(rows):
            oldest = min((*slots, newest))
            bounds = {"oldest": oldest.isoformat(), "newest": newest.isoformat()}
            db.execute(_TIDY, {"of": self._name, **bounds})
        ahead = sum(calls for at, calls in rows.items() if at > newest)
        if ahead:
            self._count(db, now, ahead)
            slots[newest] = slots.get(newest, 0) + ahead
        return slots

    def _count(self, db: Connection, now: datetime, calls: int) -> None:
        db.execute(_COUNT, {"name": self._name, "at": self._slot(now).isoformat(), "calls": calls})

    def _wait_s(self, slots: Mapping[datetime, int], now: datetime) -> float:
        """Until so many slots lapsed that a call fits in; more than one where `calls` was larger once."""
        used = sum(slots.values())
        lapse = now
        for at, calls in slots.items():
            lapse, used = self._lapse(at), used - calls
            if used < self._calls:
                break
        return (lapse - now).total_seconds()

    def _slot(self, now: datetime) -> datetime:
        seconds = (now - _EPOCH) // timedelta(seconds=1)
        return _EPOCH + timedelta(seconds=seconds - seconds % self._slot_s)

    def _lapse(self, at: datetime) -> datetime:
        """When no call of the slot can be in the window any more."""
        return at + timedelta(seconds=self._slot_s) + self._window
