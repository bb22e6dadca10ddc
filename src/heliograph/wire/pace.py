"""How often a service may be called: never more than so many calls in any window of so many seconds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from heliograph.errors import Busy, Spent
from heliograph.ports import Budget, Clock
from heliograph.wire.calm import Calm, Unrest

EVERY = "*"
"""The pace under this name holds for calls of every kind together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `calls` calls in any `per_s` seconds."""

    calls: int
    per_s: float


class Pacer:
    """Makes callers wait for their turn. Threads may share it.

    `budgets` are further ones that calls of one kind need besides. `unbudgeted` kinds are counted elsewhere by the
    service: they take nothing from the budget of all, and HTTP 429 to one of them makes no other kind rest.
    """

    def __init__(
        self,
        paces: Mapping[str, Pace],
        clock: Clock,
        patience_s: float,
        *,
        budget: Budget | None = None,
        budgets: Mapping[str, Sequence[Budget]] = MappingProxyType({}),
        unbudgeted: Collection[str] = (),
        calm: Calm | None = None,
    ) -> None:
        self._paces = dict(paces)
        self._sent: dict[str, deque[float]] = {kind: deque(maxlen=pace.calls) for kind, pace in paces.items()}
        self._held: dict[str, float] = {}
        self._clock = clock
        self._patience_s = patience_s
        self._budget = budget
        self._budgets = {kind: tuple(of_kind) for kind, of_kind in budgets.items()}
        self._unbudgeted = frozenset(unbudgeted)
        self._calm = calm
        self._unrest: dict[str, Unrest] = {}
        self._lock = threading.Lock()

    def turn(self, kind: str, host: str) -> None:
        """Returns when a call of `kind` may be sent, and counts it.

        Raises:
            Busy: that would take longer than the caller's patience; nothing was sent or counted.
        """
        while True:
            wait_s, spent = self._take(kind)
            if wait_s <= 0:
                return
            if wait_s > self._patience_s:
                raise Spent(_spent(host, wait_s), wait_s) if spent else Busy(_paced(host, kind, wait_s), wait_s)
            self._clock.sleep(wait_s)

    def hold(self, kind: str, wait_s: float) -> None:
        """Lets no call of `kind` through for that long, from whichever thread: the service asked for it."""
        with self._lock:
            self._held[kind] = max(self._held.get(kind, 0.0), self._clock.monotonic() + wait_s)

    def throttled(self, kind: str, sent_s: float, asked_s: float | None) -> None:
        """A call of `kind` got HTTP 429: it rests, with all that the service counts together with it."""
        if self._calm is None:
            return
        with self._lock:
            unrest = self._unrest.setdefault(self._scope(kind), Unrest(self._calm))
            unrest.throttled(sent_s, self._clock.monotonic(), asked_s)

    def rest_s(self, kind: str) -> float:
        """For how long calls of `kind` still rest after HTTP 429."""
        with self._lock:
            now_s = self._clock.monotonic()
            return max((0.0, *(until_s - now_s for until_s in self._rests(kind))))

    def succeeded(self, kind: str, sent_s: float) -> None:
        """A call of `kind` went well."""
        with self._lock:
            unrest = self._unrest.get(self._scope(kind))
            if unrest is not None:
                unrest.succeeded(sent_s)

    def _scope(self, kind: str) -> str:
        return kind if kind in self._unbudgeted else EVERY

    def _take(self, kind: str) -> tuple[float, bool]:
        """Seconds to wait, and whether that is for the budget; zero where the call was counted."""
        with self._lock:
            now_s = self._clock.monotonic()
            windows = [name for name in (EVERY, kind) if name in self._paces]
            due_s = max((now_s, *self._dues(kind, windows)))
            if due_s > now_s:
                return due_s - now_s, False
            wait_s = _paid(self._due_from(kind))
            if wait_s > 0:
                return wait_s, True
            now_s = self._clock.monotonic()
            for name in windows:
                self._sent[name].append(now_s)
            return 0.0, False

    def _due_from(self, kind: str) -> list[Budget]:
        of_all = [] if self._budget is None or kind in self._unbudgeted else [self._budget]
        return [*of_all, *self._budgets.get(kind, ())]

    def _dues(self, kind: str, windows: list[str]) -> list[float]:
        """Moments before which no call of `kind` may be sent."""
        dues = [self._held[kind]] if kind in self._held else []
        dues += self._rests(kind)
        for name in windows:
            sent, pace = self._sent[name], self._paces[name]
            if len(sent) == pace.calls:
                dues.append(sent[0] + pace.per_s * self._slowness(name))
        return dues

    def _rests(self, kind: str) -> list[float]:
        return [self._unrest[scope].rest_until_s for scope in (EVERY, kind) if scope in self._unrest]

    def _slowness(self, name: str) -> float:
        unrest = [self._unrest[scope] for scope in (EVERY, name) if scope in self._unrest]
        return self._calm.slower if self._calm is not None and any(one.slow for one in unrest) else 1.0


def _paid(budgets: Sequence[Budget]) -> float:
    """Zero, and one call was counted in each; or the seconds until it can be, and it was in none that is spent."""
    spent = [budget for budget in budgets if budget.left() < 1] if len(budgets) > 1 else []
    wait_s = max((budget.take() for budget in spent), default=0.0)
    for budget in budgets:
        if wait_s <= 0 and budget not in spent:
            wait_s = budget.take()
    return wait_s


def _paced(host: str, kind: str, wait_s: float) -> str:
    return (
        f"{host} allows no further call of the kind '{kind}' for {wait_s:.0f} seconds. "
        "Nothing was sent; it goes on when run again after that."
    )


def _spent(host: str, wait_s: float) -> str:
    minutes = max(1, -int(-wait_s // 60))
    return (
        f"{host} was called as often as it allows, by this run or others, and takes the next such call in "
        f"{minutes:,} minute{'s' if minutes > 1 else ''}. Nothing was sent; it goes on when run again after that."
    )
