"""The hourly budget: kept in the ledger, shared by every process, and taken from before anything is sent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from heliograph.errors import Busy, Uncertain
from heliograph.ledger import Budget, Ledger, tables
from heliograph.wire import Pace, Timeouts, Wire
from memory import FakeClock
from wire_service import get, ok, post, status

HOUR_S = 3600


class WallClock(FakeClock):
    """Its wall clock can be set; what really passed stays in `seconds`."""

    set_by_s: float = 0.0

    def now(self):
        return self.started + timedelta(seconds=self.seconds + self.set_by_s)


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def opened(tmp_path: Path, template: Path, clock: WallClock) -> Iterator[Callable[[], Ledger]]:
    """Opens the same ledger once more, as another process would."""
    shutil.copy(template, tmp_path / "ledger.sqlite")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Ledger(tmp_path / "ledger.sqlite", clock)))


@pytest.fixture
def ledger(opened: Callable[[], Ledger]) -> Ledger:
    return opened()


def taken(budget: Budget) -> int:
    """As many as there are."""
    count = 0
    while budget.take() == 0.0:
        count += 1
    return count


def rows(ledger: Ledger) -> list[tuple[str, int]]:
    with ledger._store.transaction() as db:
        return [(str(row.name), int(row.calls)) for row in db.execute(select(tables.budget))]


# --- in the ledger ----------------------------------------------------------------------------------------------------


def test_so_many_calls_are_let_through_and_the_next_is_told_how_long_to_wait(ledger, clock):
    budget = ledger.budget("key", 5, HOUR_S)
    assert budget.left() == 5
    assert taken(budget) == 5
    assert budget.left() == 0
    wait_s = budget.take()
    assert HOUR_S < wait_s <= HOUR_S + 60
    clock.sleep(wait_s - 1)
    assert 0 < budget.take() <= 1
    clock.sleep(1)
    assert budget.take() == 0.0


def test_what_was_called_earlier_comes_free_earlier(ledger, clock):
    budget = ledger.budget("key", 4, HOUR_S)
    for _ in range(4):
        assert budget.take() == 0.0
        clock.sleep(600)
    wait_s = budget.take()
    assert wait_s <= 1260
    clock.sleep(wait_s)
    assert budget.left() == 1
    assert taken(budget) == 1


def test_all_who_use_the_ledger_share_one_budget_and_each_name_has_its_own(opened):
    first, second = opened().budget("key", 5), opened().budget("key", 5)
    other = opened().budget("another key", 5)
    assert [first.take(), second.take(), first.take()] == [0.0, 0.0, 0.0]
    assert (first.left(), second.left(), other.left()) == (2, 2, 5)
    assert taken(second) == 2
    assert first.take() > 0
    assert taken(other) == 5


def test_the_budget_outlives_its_process(opened):
    assert taken(opened().budget("key", 5)) == 5
    assert opened().budget("key", 5).left() == 0


def test_a_run_that_holds_the_ledger_does_not_stop_another_process_from_calling(opened):
    with opened().alone():
        assert opened().budget("key", 5).take() == 0.0


def test_a_budget_that_became_smaller_waits_until_so_many_calls_are_old(ledger, clock):
    wide = ledger.budget("key", 6)
    for _ in range(6):
        assert wide.take() == 0.0
        clock.sleep(300)
    narrow = ledger.budget("key", 2)
    assert narrow.left() == 0
    clock.sleep(narrow.take())
    assert narrow.take() == 0.0
    assert narrow.take() > 0


def test_the_table_stays_small(ledger, clock):
    budget = ledger.budget("key", 100_000)
    for _ in range(600):
        budget.take()
        clock.sleep(37)
    assert 0 < len(rows(ledger)) <= 62
    clock.sleep(10 * HOUR_S)
    assert budget.left() == 100_000
    assert rows(ledger) == []


@pytest.mark.parametrize(("calls", "window_s"), [(0, HOUR_S), (-1, HOUR_S), (5, 0)])
def test_a_budget_that_would_let_nobody_call_is_a_mistake_of_its_maker(ledger, calls, window_s):
    with pytest.raises(ValueError, match="nobody"):
        ledger.budget("key", calls, window_s)


def test_a_clock_that_was_set_back_neither_opens_the_budget_nor_locks_it(ledger, clock):
    budget = ledger.budget("key", 5)
    assert taken(budget) == 5
    clock.set_by_s = -400 * 24 * HOUR_S
    assert budget.left() == 0
    assert 0 < budget.take() <= HOUR_S + 60
    clock.sleep(HOUR_S + 60)
    assert taken(budget) == 5


def test_a_clock_that_fell_back_to_before_1970_is_still_a_clock(ledger, clock):
    clock.set_by_s = -60 * 366 * 24 * HOUR_S
    assert clock.now().year < 1970
    assert taken(ledger.budget("key", 5)) == 5
    clock.set_by_s = 0.0
    assert ledger.budget("key", 5).left() == 5


LIVES = st.lists(
    st.tuples(st.sampled_from(["call", "wait", "set back"]), st.floats(0, 150, allow_nan=False), st.booleans()),
    max_size=60,
)


@settings(max_examples=60)
@given(life=LIVES)
def test_in_no_window_are_there_more_calls_whatever_the_clock_says_and_it_always_opens_again(template, life):
    folder = template.parent / "lives"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(template, folder / "ledger.sqlite")
    clock = WallClock()
    with (
        closing(Ledger(folder / "ledger.sqlite", clock)) as one,
        closing(Ledger(folder / "ledger.sqlite", clock)) as two,
    ):
        budgets = [ledger.budget("key", 3, 100) for ledger in (one, two)]
        sent = []
        for event, amount_s, which in life:
            if event == "wait":
                clock.sleep(amount_s)
            elif event == "set back":
                clock.set_by_s -= 10 * amount_s
            elif budgets[which].take() == 0.0:
                sent.append(clock.seconds)
        assert all(later - early >= 100 for early, later in zip(sent, sent[3:], strict=False))
        budgets[0].left()  # whoever looks first sees that the clock was set back
        clock.sleep(102)
        assert budgets[0].left() == 3


TAKER = """
import json, sys
from pathlib import Path
from heliograph.desk.clock import SystemClock
from heliograph.ledger import Ledger

budget = Ledger(Path(sys.argv[1]), SystemClock()).budget("key", 50)
print(json.dumps(sum(budget.take() == 0.0 for _ in range(40))))
"""


def test_processes_that_call_at_the_same_time_take_no_more_than_there_is(ledger):
    starting = [sys.executable, "-c", TAKER, str(ledger.path)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen(starting, stdout=subprocess.PIPE, env=dict(os.environ)))
            for _ in range(2)
        ]
        counts = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(counts) == 50
    assert sum(calls for _, calls in rows(ledger)) == 50


def test_threads_that_call_at_the_same_time_take_no_more_than_there_is(ledger):
    budget, counts = ledger.budget("key", 50), []
    threads = [Thread(target=lambda: counts.append(sum(budget.take() == 0.0 for _ in range(30)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 50


# --- on the wire ------------------------------------------------------------------------------------------------------


@pytest.fixture
def budget(ledger: Ledger) -> Budget:
    return ledger.budget("key", 5)


@pytest.fixture
def wired(service, clock, budget) -> Iterator[Callable[..., Wire]]:
    """A wire with that budget; each call makes one more."""
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(Wire(service.url, clock, budget=budget, jitter=lambda: 0.0, **more))


def test_every_attempt_is_paid_for_and_so_is_every_redirect(service, wired, budget):
    wire = wired()
    service.dials = [status(503), status(429), ok]
    get(wire)
    assert (len(service.got), budget.left()) == (3, 2)
    service.dials = [status(302, Location="/photos/"), ok]
    get(wire, signed=False)
    assert (len(service.got), budget.left()) == (5, 0)


@pytest.mark.parametrize("call", [get, post])
def test_no_call_is_sent_after_the_budget_is_gone(service, wired, budget, clock, call):
    wire = wired()
    for _ in range(5):
        call(wire)
    with pytest.raises(
        Busy, match=r"as often as it allows, by this run or others.*61 minutes\. Nothing was sent"
    ) as told:
        call(wire)
    assert 3540 < told.value.wait_s <= 3660
    assert len(service.got) == 5
    clock.sleep(told.value.wait_s)
    call(wire)
    assert len(service.got) == 6


def test_no_further_attempt_is_sent_after_the_budget_is_gone(service, wired, budget):
    wire = wired()
    for _ in range(4):
        get(wire)
    service.dials = [status(503)] * 9
    with pytest.raises(Busy):
        get(wire)
    assert len(service.got) == 5


def test_a_wait_that_patience_covers_is_sat_out(service, wired, budget, clock):
    wire = wired(timeouts=Timeouts(patience_s=4000))
    for _ in range(6):
        get(wire)
    assert len(service.got) == 6
    assert clock.seconds > HOUR_S


def test_another_wire_on_the_same_budget_has_what_is_left(service, wired):
    first, second = wired(), wired()
    for wire in (first, second, first, second, first):
        get(wire)
    with pytest.raises(Busy):
        get(second.at(f"{service.url}/upload"))
    assert len(service.got) == 5


def test_kinds_that_the_service_does_not_count_pay_nothing_and_go_on(service, wired, budget):
    wire = wired(unbudgeted=frozenset({"picture"}))
    assert taken(budget) == 5
    wire.call("GET", "/7_o.jpg", kind="picture", repeatable=True, signed=False)
    assert len(service.got) == 1
    with pytest.raises(Busy):
        get(wire)


def test_a_kind_with_budgets_of_its_own_needs_all_of_them_and_leaves_the_others_alone(service, ledger, wired, budget):
    few, many = ledger.budget("key uploads", 2), ledger.budget("key uploads in a day", 30, 24 * HOUR_S)
    wire = wired(budgets={"write": (many, few)})
    post(wire)
    post(wire)
    assert (budget.left(), few.left(), many.left()) == (3, 0, 28)
    with pytest.raises(Busy, match=r"61 minutes\. Nothing was sent") as told:
        post(wire)
    assert (budget.left(), few.left(), many.left()) == (3, 0, 28)
    assert 3540 < told.value.wait_s <= 3660
    get(wire)
    assert (len(service.got), budget.left()) == (3, 2)


def test_of_several_budgets_that_are_spent_the_longest_wait_is_told(service, ledger, wired):
    short, long = ledger.budget("key uploads", 1, 1800), ledger.budget("key uploads in a day", 1, 24 * HOUR_S)
    wire = wired(budgets={"write": [short, long]})
    post(wire)
    with pytest.raises(Busy) as told:
        post(wire)
    assert 24 * HOUR_S - 60 < told.value.wait_s <= 24.5 * HOUR_S
    assert len(service.got) == 1


def test_what_is_spent_for_all_takes_nothing_from_a_kinds_own_budget(service, ledger, wired, budget):
    own = ledger.budget("key uploads", 9)
    wire = wired(budgets={"write": [own]})
    assert taken(budget) == 5
    with pytest.raises(Busy):
        post(wire)
    assert (own.left(), len(service.got)) == (9, 0)


def test_a_kind_that_the_budget_for_all_does_not_count_can_still_have_its_own(service, ledger, wired, budget):
    own = ledger.budget("key uploads", 1)
    wire = wired(budgets={"write": [own]}, unbudgeted={"write"})
    post(wire)
    assert (budget.left(), own.left()) == (5, 0)
    with pytest.raises(Busy):
        post(wire)
    assert len(service.got) == 1


def test_kinds_can_share_a_budget_of_their_own(service, ledger, wired):
    shared = ledger.budget("key posts", 2)
    wire = wired(budgets={"read": [shared], "write": [shared]})
    get(wire)
    post(wire)
    with pytest.raises(Busy):
        get(wire)
    assert len(service.got) == 2


def test_threads_that_share_a_wire_never_count_in_one_budget_what_another_refuses(service, ledger, wired, budget):
    own = ledger.budget("key uploads", 2)
    wire = wired(budgets={"write": [own]})
    refused = []

    def posting():
        try:
            post(wire)
        except Busy:
            refused.append(1)

    threads = [Thread(target=posting) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(service.got), len(refused), budget.left(), own.left()) == (2, 3, 3, 0)


def test_a_call_whose_answer_is_lost_is_paid_for(service, wired, budget):
    service.dials = [status(500)]
    with pytest.raises(Uncertain):
        post(wired())
    assert budget.left() == 4


def test_a_call_that_its_pace_holds_back_takes_nothing(service, wired, budget):
    wire = wired(paces={"write": Pace(1, 1800.0)})
    post(wire)
    with pytest.raises(Busy, match="kind 'write'"):
        post(wire)
    assert budget.left() == 4
