"""HTTP 429 without a time to wait: everything rests, longer each time, and goes on more slowly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from heliograph.errors import Busy
from heliograph.wire import Calm, Pace, Timeouts, Wire
from memory import FakeClock
from wire_service import get, ok, post, status

PATIENT = Timeouts(patience_s=10_000)
THROTTLED = status(429, b"<h1>429 Too Many Requests</h1>", Content_Type="text/html")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def calm(service, clock) -> Iterator[Callable[..., Wire]]:
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(Wire(service.url, clock, calm=Calm(), jitter=lambda: 0.0, **more))


def waited(clock: FakeClock, call: Callable[[], object]) -> float:
    before_s = clock.seconds
    call()
    return clock.seconds - before_s


def test_the_rest_doubles_while_it_goes_on_and_a_success_ends_that(service, clock, calm):
    wire = calm(timeouts=PATIENT)
    service.dials = [THROTTLED, THROTTLED, THROTTLED, THROTTLED, ok]
    assert waited(clock, lambda: get(wire)) == pytest.approx(60 + 120 + 240 + 480, abs=2)
    service.dials = [THROTTLED, ok]
    assert waited(clock, lambda: get(wire)) == pytest.approx(60, abs=2)


def test_every_kind_and_every_host_rests_together(service, clock, calm):
    wire = calm()
    service.dials = [THROTTLED]
    with pytest.raises(Busy, match="fewer calls") as told:
        post(wire)
    assert told.value.wait_s == pytest.approx(60, abs=1)
    assert waited(clock, lambda: get(wire.at(f"{service.url}/elsewhere"))) == pytest.approx(60, abs=2)


def test_a_rest_beyond_patience_ends_as_busy_and_nothing_is_sent_meanwhile(service, clock, calm):
    wire = calm()
    service.dials = [THROTTLED] * 9
    with pytest.raises(Busy) as told:
        get(wire)
    assert told.value.wait_s == pytest.approx(240, abs=1)
    assert len(service.got) == 3
    for call in (get, post):
        with pytest.raises(Busy, match="Nothing was sent") as held:
            call(wire)
        assert 200 < held.value.wait_s <= 240
    assert len(service.got) == 3
    service.dials = []
    clock.sleep(240)
    get(wire)
    assert len(service.got) == 4


def test_a_time_that_the_service_names_is_kept_by_all(service, clock, calm):
    wire = calm()
    service.dials = [status(429, Retry_After="17")]
    with pytest.raises(Busy) as told:
        post(wire)
    assert told.value.wait_s == pytest.approx(17, abs=0.1)
    assert waited(clock, lambda: get(wire)) == pytest.approx(17, abs=1)


def test_calls_that_were_under_way_at_the_same_time_make_no_longer_rest(service, clock, calm):
    wire, gate, waits = calm(), threading.Barrier(4, timeout=10), []

    def together(handler):
        gate.wait()
        THROTTLED(handler)

    def throttled():
        try:
            post(wire)
        except Busy as told:
            waits.append(told.wait_s)

    service.dials = [together] * 4
    threads = [threading.Thread(target=throttled) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits == [pytest.approx(60, abs=1)] * 4
    service.dials = [THROTTLED]
    clock.sleep(60)
    with pytest.raises(Busy) as told:
        post(wire)
    assert told.value.wait_s == pytest.approx(120, abs=1)


def test_a_long_upload_that_was_under_way_and_ends_well_shortens_nothing(service, clock, calm):
    wire, begun, go_on, waits = calm(), threading.Event(), threading.Event(), []

    def slowly(handler):
        begun.set()
        go_on.wait(10)
        handler.reply()

    service.dials = [slowly, THROTTLED]
    upload = threading.Thread(target=lambda: waits.append(post(wire).status))
    upload.start()
    begun.wait(10)
    with pytest.raises(Busy):
        post(wire)
    go_on.set()
    upload.join()
    assert waits == [200]
    service.dials = [THROTTLED]
    clock.sleep(60)
    with pytest.raises(Busy) as told:
        post(wire)
    assert told.value.wait_s == pytest.approx(120, abs=1)


def test_afterwards_everything_goes_at_half_its_pace_to_the_end(service, clock, calm):
    wire = calm(paces={"*": Pace(2, 10.0)})
    assert waited(clock, lambda: [get(wire) for _ in range(3)]) == pytest.approx(10, abs=1)
    service.dials = [THROTTLED, ok]
    get(wire)
    clock.sleep(100)
    assert waited(clock, lambda: [get(wire) for _ in range(3)]) == pytest.approx(20, abs=1)
    clock.sleep(10_000)
    assert waited(clock, lambda: [get(wire) for _ in range(5)]) == pytest.approx(40, abs=1)


def test_pictures_that_are_throttled_elsewhere_rest_alone(service, clock, calm):
    wire = calm(unbudgeted={"picture"}, paces={"*": Pace(1, 4.0)})

    def picture():
        wire.call("GET", "/7_o.jpg", kind="picture", repeatable=True, signed=False)

    service.dials = [THROTTLED, THROTTLED, THROTTLED]
    with pytest.raises(Busy):
        picture()
    assert waited(clock, lambda: [get(wire) for _ in range(3)]) < 13
    with pytest.raises(Busy):
        picture()
    assert len(service.got) == 6


def test_the_services_own_words_change_nothing_about_the_rest(service, clock, calm):
    def translate(answer):
        if answer.status == 429:
            message = "The limit of this key is reached."
            raise Busy(message)

    wire = calm(translate=translate)
    service.dials = [THROTTLED, ok]
    assert waited(clock, lambda: get(wire)) == pytest.approx(60, abs=2)
    service.dials = [THROTTLED]
    with pytest.raises(Busy, match="limit of this key") as told:
        post(wire)
    assert told.value.wait_s == pytest.approx(60, abs=1)


def test_without_calm_a_throttled_call_alone_is_left_alone(service, clock):
    with Wire(service.url, clock, jitter=lambda: 0.0) as wire:
        service.dials = [THROTTLED, ok]
        assert waited(clock, lambda: get(wire)) < 2


def test_being_throttled_for_ever_is_survived(clock):
    from heliograph.wire.calm import Unrest

    unrest = Unrest(Calm())
    for _ in range(3000):
        clock.sleep(1)
        unrest.throttled(clock.monotonic(), clock.monotonic(), None)
    assert unrest.rest_until_s < 1e8
