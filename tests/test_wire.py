"""Over real sockets on loopback: what became of a call, and when it is repeated."""

import gzip
import socket
import threading
import time
import tracemalloc

import pytest

from heliograph.errors import Busy, Refused, SignInNeeded, Uncertain
from heliograph.wire import Pace, Timeouts, Wire
from wire_service import (
    LOST,
    QUICK,
    StillClock,
    TestClock,
    bomb,
    cut_json,
    drip,
    get,
    hang,
    ok,
    page,
    post,
    reset_early,
    reset_late,
    short_body,
    status,
)


def test_an_answer_carries_status_headers_and_json(service, wire):
    service.dials = [status(201, b'{"id": "7"}', X_Odd="yes")]
    answer = post(wire)
    assert (answer.status, answer.headers["x-odd"], answer.json()) == (201, "yes", {"id": "7"})


@pytest.mark.parametrize("dial", LOST)
def test_an_unrepeatable_call_without_a_good_answer_is_uncertain_and_was_sent_once(service, wire, dial):
    service.dials = [dial]
    with pytest.raises(Uncertain):
        post(wire)
    time.sleep(0.02)
    assert len(service.got) == 1


@pytest.mark.parametrize("dial", [page, cut_json])
def test_an_unreadable_answer_to_an_unrepeatable_call_is_uncertain(service, wire, dial):
    service.dials = [dial]
    answer = post(wire)
    with pytest.raises(Uncertain):
        answer.json()
    assert len(service.got) == 1


@pytest.mark.parametrize("dial", [page, cut_json])
def test_an_unreadable_answer_to_a_repeatable_call_may_come_right_later(service, wire, dial):
    service.dials = [dial]
    answer = get(wire)
    with pytest.raises(Busy):
        answer.json()


def test_json_that_is_too_deep_or_holds_absurd_numbers_is_unreadable(service, wire):
    service.dials = [status(200, b"[" * 900), status(200, b"9" * 900 + b"e"), status(200, b"\xff\xfe")]
    for _ in range(3):
        with pytest.raises(Busy, match="cannot be read"):
            get(wire).json()


def test_a_refused_connection_certainly_sent_nothing(clock):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Wire(address, clock, timeouts=QUICK) as wire, pytest.raises(Busy, match=r"refused\. Nothing was sent"):
            post(wire)
    assert clock.slept == []


def test_an_unknown_host_certainly_got_nothing(clock, monkeypatch):
    def nowhere(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "create_connection", nowhere)
    with Wire("https://photos.invalid", clock, timeouts=QUICK) as wire, pytest.raises(Busy, match="no such host"):
        post(wire)


def test_a_throttled_unrepeatable_call_was_not_carried_out_and_says_how_long_to_wait(service, wire):
    service.dials = [status(429, Retry_After="17")]
    with pytest.raises(Busy) as caught:
        post(wire)
    assert caught.value.wait_s == 17
    assert len(service.got) == 1


@pytest.mark.parametrize("dial", [reset_early, hang, short_body, status(429), status(502), status(503), status(504)])
def test_a_repeatable_call_is_repeated_after_a_passing_error(service, wire, dial):
    service.dials = [dial, dial, ok]
    assert get(wire).json() == {"ok": True}
    assert len(service.got) == 3


@pytest.mark.parametrize("dial", [reset_late, status(429), status(503)])
def test_repeating_is_bounded_and_ends_as_busy(service, wire, clock, dial):
    service.dials = [dial] * 9
    with pytest.raises(Busy):
        get(wire)
    assert len(service.got) == QUICK.attempts
    assert len(clock.slept) == QUICK.attempts - 1


@pytest.mark.parametrize(("code", "kind"), [(400, Refused), (404, Refused), (422, Refused), (500, Busy)])
def test_a_lasting_error_is_not_repeated(service, wire, code, kind):
    service.dials = [status(code, b'{"error": "Title\\u001b is too long"}')]
    with pytest.raises(kind) as caught:
        get(wire)
    assert len(service.got) == 1
    assert "\x1b" not in caught.value.sentence
    if kind is Refused:
        assert "Title  is too long" in caught.value.sentence


@pytest.mark.parametrize("code", [401, 403])
def test_rejected_credentials_ask_to_sign_in(service, wire, code):
    service.dials = [status(code)]
    with pytest.raises(SignInNeeded):
        post(wire)


def test_an_accepted_status_is_an_answer(service, wire):
    service.dials = [status(404)]
    assert wire.call("DELETE", "/photos/1", kind="write", repeatable=True, accept={404, 410}).status == 404


def test_backing_off_doubles_with_jitter(service, wire, clock):
    service.dials = [status(503), status(503)]
    get(wire)
    assert clock.slept == [1.0, 2.0]


def test_retry_after_in_seconds_is_honoured_and_holds_every_caller_of_that_kind(service, wire, clock):
    service.dials = [status(503, Retry_After="30")]
    get(wire)
    assert clock.slept[0] == pytest.approx(31.0)
    service.dials = [status(429, Retry_After="50")]
    with pytest.raises(Busy):
        wire.call("POST", "/photos", kind="read", repeatable=False)
    get(wire)
    assert sum(clock.slept) >= 80


def test_retry_after_as_a_date_is_measured_by_the_services_own_clock(service, wire, clock):
    def dated(handler):
        handler.send_response_only(429)
        handler.send_header("Date", "Tue, 03 Nov 2020 10:00:00 GMT")
        handler.send_header("Retry-After", "Tue, 03 Nov 2020 10:00:40 GMT")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    service.dials = [dated]
    get(wire)
    assert clock.slept == [pytest.approx(41.0)]


@pytest.mark.parametrize("reset", ["1604397640", "2020-11-03T10:00:40.000Z"])
def test_a_reset_time_counts_where_retry_after_is_missing(service, wire, clock, reset):
    def limited(handler):
        handler.send_response_only(429)
        handler.send_header("Date", "Tue, 03 Nov 2020 10:00:00 GMT")
        handler.send_header("X-RateLimit-Reset", reset)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    service.dials = [limited]
    get(wire)
    assert clock.slept == [pytest.approx(41.0)]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "1e99", "", "\u00b2", "Thu, 99 Foo 2020"])
def test_a_nonsensical_retry_after_falls_back_to_backing_off(service, wire, clock, nonsense):
    service.dials = [status(429, Retry_After=nonsense)]
    get(wire)
    assert clock.slept == [1.0]


def test_a_long_retry_after_is_not_sat_out_and_no_further_call_is_sent_meanwhile(service, wire, clock):
    service.dials = [status(429, Retry_After="3600")]
    for _ in range(3):
        with pytest.raises(Busy) as caught:
            get(wire)
        assert caught.value.wait_s == pytest.approx(3600, rel=0.01)
    assert len(service.got) == 1
    assert clock.slept == []


def test_a_gzip_bomb_is_neither_unpacked_whole_nor_believed(service, wire):
    service.dials = [bomb]
    tracemalloc.start()
    try:
        with pytest.raises(Busy, match="longer than 1000 bytes"):
            get(wire)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert len(service.got) == 1


def test_packed_answers_are_unpacked(service, wire):
    service.dials = [status(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")]
    assert get(wire).json() == {"a": 1}


def test_an_answer_that_drips_for_ever_is_given_up_at_the_deadline(service):
    class RealClock(TestClock):
        def monotonic(self):
            return time.monotonic()

    service.dials = [drip]
    hasty = Timeouts(read_s=5.0, total_s=0.4)
    started_s = time.monotonic()
    with Wire(service.url, RealClock(), timeouts=hasty) as wire, pytest.raises(Uncertain, match="in time"):
        post(wire)
    assert time.monotonic() - started_s < 1.5


def test_calls_keep_their_pace_in_every_window(service):
    clock = StillClock()
    paces = {"upload": Pace(2, 10.0), "*": Pace(3, 5.0)}
    times = []
    with Wire(service.url, clock, paces=paces) as wire:
        for _ in range(6):
            wire.call("POST", "/", kind="upload", repeatable=False)
            times.append(clock.monotonic())
        for one, third in zip(times, times[2:], strict=False):
            assert third - one >= 10.0
        with wire.at(service.url + "/other") as same:
            same.call("GET", "/", kind="upload", repeatable=True)
            assert clock.monotonic() - times[-2] >= 10.0


def test_threads_share_one_pace(service):
    clock = StillClock()
    with Wire(service.url, clock, paces={"read": Pace(2, 30.0)}) as wire:

        def several():
            for _ in range(3):
                get(wire)

        threads = [threading.Thread(target=several) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(service.got) == 9
    assert clock.monotonic() >= 4 * 30


def test_a_pace_that_needs_more_patience_than_there_is_sends_nothing(service, clock):
    with Wire(service.url, clock, paces={"upload": Pace(1, 1800.0)}) as wire:
        wire.call("POST", "/", kind="upload", repeatable=False)
        with pytest.raises(Busy, match="no further call of the kind 'upload'") as caught:
            wire.call("POST", "/", kind="upload", repeatable=False)
    assert caught.value.wait_s == pytest.approx(1800, rel=0.01)
    assert len(service.got) == 1
