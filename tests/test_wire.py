"""Over real sockets on loopback: a service with fault dials, and what the wire makes of it."""

import gzip
import json
import logging
import socket
import ssl
import struct
import threading
import time
import traceback
import tracemalloc
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.errors import Busy, HeliographError, Mistake, Refused, SignInNeeded, Uncertain
from heliograph.wire import Pace, Redactor, Timeouts, Upload, Wire

CANARY = "kanarienvogel+97/zZ=="
BOMB = gzip.compress(bytes(50_000_000))[:50_000]
QUICK = Timeouts(connect_s=0.5, read_s=0.5, write_s=1.0, total_s=1.5, attempts=3)


class TestClock:
    """Sleeping is instant; the wire's waits are added to real time."""

    __test__ = False

    def __init__(self):
        self.slept = []
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self):
        return datetime.now(UTC)

    def monotonic(self):
        return time.monotonic() + self._ahead

    def sleep(self, wait_s):
        with self._lock:
            self.slept.append(wait_s)
            self._ahead += wait_s


class StillClock(TestClock):
    """Only sleeping makes time pass."""

    def monotonic(self):
        return self._ahead


class Service(ThreadingHTTPServer):
    """Answers each call by the next dial; keeps what it got."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.dials = []
        self.got = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        dial = self.server.dials.pop(0) if self.server.dials else ok
        self.server.got.append((self.command, self.path, dict(self.headers.items())))
        if dial is not reset_early:
            self.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        dial(self)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def reply(self, status=200, body=b'{"ok": true}', **headers):
        self.send_response(status)
        headers = {"Content_Type": "application/json", "Content_Length": str(len(body)), **headers}
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def cut(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def ok(handler):
    handler.reply()


def reset_early(handler):
    handler.cut()


def reset_late(handler):
    handler.cut()


def hang(handler):
    handler.close_connection = True
    time.sleep(0.8)


def drip(handler):
    handler.close_connection = True
    for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 60:
        handler.wfile.write(bytes([sign]))
        handler.wfile.flush()
        time.sleep(0.05)


def cut_json(handler):
    handler.reply(body=b'{"id": "12')


def short_body(handler):
    handler.reply(body=b'{"id"', Content_Length="500")
    handler.close_connection = True


def page(handler):
    handler.reply(body=b"<html>Please log in to the hotel</html>", Content_Type="text/html")


def bomb(handler):
    handler.reply(body=BOMB, Content_Encoding="gzip")


def odd_packing(handler):
    handler.reply(body=b"\x00\x01", Content_Encoding="br")


def damaged_gzip(handler):
    handler.reply(body=gzip.compress(b'{"ok": true}')[:-9], Content_Encoding="gzip")


def status(code, body=b"{}", **headers):
    return lambda handler: handler.reply(code, body, **headers)


@pytest.fixture
def service():
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def clock():
    return TestClock()


@pytest.fixture
def wire(service, clock):
    with Wire(service.url, clock, timeouts=QUICK, secrets=[CANARY], jitter=lambda: 1.0, max_answer_bytes=1000) as made:
        yield made


def post(wire, **more):
    return wire.call("POST", "/photos", kind="write", repeatable=False, data={"title": "Dune"}, **more)


def get(wire, **more):
    return wire.call("GET", "/photos", kind="read", repeatable=True, **more)


def test_an_answer_carries_status_headers_and_json(service, wire):
    service.dials = [status(201, b'{"id": "7"}', X_Odd="yes")]
    answer = post(wire)
    assert (answer.status, answer.headers["x-odd"], answer.json()) == (201, "yes", {"id": "7"})


LOST = [
    reset_early,
    reset_late,
    hang,
    drip,
    short_body,
    bomb,
    odd_packing,
    damaged_gzip,
    status(500),
    status(502),
    status(503, Retry_After="1"),
    status(504),
    status(408),
    status(302, Location="/elsewhere"),
    status(307, Location="http://127.0.0.1:9/"),
]


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


def test_no_signed_call_follows_a_redirect_not_even_on_its_own_host(service, clock):
    service.dials = [status(302, Location="/login")]
    with (
        Wire(service.url, clock, timeouts=QUICK, sign=lambda _: {"Authorization": "Bearer x1"}) as wire,
        pytest.raises(Busy, match="another address"),
    ):
        get(wire)
    assert len(service.got) == 1


def test_an_unsigned_reading_call_follows_within_its_host_only(service, wire):
    service.dials = [status(302, Location="/photos/"), ok]
    assert get(wire, signed=False).json() == {"ok": True}
    assert [path for _, path, _ in service.got] == ["/photos", "/photos/"]
    with Service() as other:
        service.dials = [status(302, Location=f"{other.url}/steal")]
        with pytest.raises(Busy, match="another address"):
            get(wire, signed=False)
    service.dials = [status(302, Location="/round")] * 9
    with pytest.raises(Busy, match="another address"):
        get(wire, signed=False)


def test_each_attempt_is_signed_afresh_over_query_and_form_but_not_the_file(service, clock, tmp_path):
    picture = tmp_path / "private name.jpg"
    picture.write_bytes(b"pixels" * 100)
    drafts = []

    def sign(draft):
        drafts.append(draft)
        return {"Authorization": f"OAuth nonce={len(drafts)}"}

    service.dials = [status(503), ok]
    with Wire(f"{service.url}/api/", clock, timeouts=QUICK, sign=sign) as wire:
        wire.call(
            "POST",
            "/upload/",
            kind="upload",
            repeatable=True,
            params={"v": "2"},
            data={"title": 'Café & "tea"', "tags": ["a", "b"]},
            files={"photo": Upload(picture, "photo.jpg", "image/jpeg")},
        )
    assert [headers["Authorization"] for _, _, headers in service.got] == ["OAuth nonce=1", "OAuth nonce=2"]
    assert drafts[1].url == f"{service.url}/api/upload/"
    assert drafts[1].fields == (("v", "2"), ("title", 'Café & "tea"'), ("tags", "a"), ("tags", "b"))


def test_an_upload_arrives_whole_also_when_repeated_and_never_tells_the_local_name(service, clock, tmp_path):
    picture = tmp_path / "private name.jpg"
    picture.write_bytes(bytes(range(256)) * 400)
    bodies = []

    def keep(handler):
        bodies.append(handler.body)
        handler.reply(503 if len(bodies) == 1 else 200)

    service.dials = [keep, keep]
    with Wire(service.url, clock, timeouts=QUICK) as wire:
        wire.call(
            "POST",
            "/upload",
            kind="upload",
            repeatable=True,
            data={"title": "Düne"},
            files={"photo": Upload(picture, "photo.jpg", "image/jpeg")},
        )
    for body in bodies:
        assert picture.read_bytes() in body
        assert "Düne".encode() in body
        assert b"private" not in body


def test_a_large_upload_is_streamed_in_flat_memory(service, clock, tmp_path):
    picture = tmp_path / "large.jpg"
    with picture.open("wb") as out:
        out.truncate(60_000_000)

    def swallow(handler):
        handler.reply()

    service.dials = [swallow]
    patient = Timeouts(read_s=20)
    lengths = []

    class Counting(Handler):
        def do_POST(self):
            left = int(self.headers["Content-Length"])
            while left:
                left -= len(self.rfile.read(min(left, 1 << 16)))
            lengths.append(int(self.headers["Content-Length"]))
            self.reply()

    service.RequestHandlerClass = Counting
    with Wire(service.url, clock, timeouts=patient) as wire:
        tracemalloc.start()
        try:
            post(wire, files={"photo": Upload(picture, "photo.jpg", "image/jpeg")})
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert lengths[0] > 60_000_000
    assert peak_bytes < 4_000_000


def test_a_file_that_vanished_is_refused_before_anything_is_sent(service, wire, tmp_path):
    with pytest.raises(Refused, match=r"gone\.jpg cannot be sent"):
        post(wire, files={"photo": Upload(tmp_path / "gone.jpg", "photo.jpg", "image/jpeg")})
    assert service.got == []


def test_a_file_that_shrinks_while_it_is_sent_is_uncertain(service, wire, tmp_path):
    picture = tmp_path / "shrinking.jpg"
    picture.write_bytes(bytes(3_000_000))

    class Shrinking(type(picture)):
        def open(self, *args, **kwargs):
            opened = super().open(*args, **kwargs)
            original = opened.read
            reads = iter([True, True])

            class Short:
                fileno, seek, close, tell = opened.fileno, opened.seek, opened.close, opened.tell

                def read(self, n):
                    return original(n) if next(reads, False) else b""

                def __enter__(self):
                    return self

                def __exit__(self, *_):
                    opened.close()

            return Short()

    with pytest.raises(Uncertain):
        post(wire, files={"photo": Upload(Shrinking(picture), "photo.jpg", "image/jpeg")})


def test_a_body_can_go_into_a_file_and_half_a_one_is_never_left(service, wire, tmp_path):
    into = tmp_path / "original.jpg"
    service.dials = [status(200, b"pixels")]
    assert get(wire, into=into).body == b""
    assert into.read_bytes() == b"pixels"
    service.dials = [status(200, b"x" * 2000)]
    with pytest.raises(Busy, match="longer"):
        get(wire, into=into)
    assert into.read_bytes() == b"pixels"
    assert list(tmp_path.iterdir()) == [into]


def test_another_host_is_never_given_credentials(service, clock):
    with (
        Service() as other,
        Wire(service.url, clock, sign=lambda _: {"Authorization": "Bearer x1"}) as wire,
    ):
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        wire.call("GET", f"{other.url}/p.jpg?size=o", kind="image", repeatable=True, signed=False)
        thread.join()
        assert other.got[0][1] == "/p.jpg?size=o"
        assert "Authorization" not in other.got[0][2]
        with pytest.raises(Mistake):
            wire.call("GET", f"{other.url}/p.jpg", kind="image", repeatable=True)


def test_cookies_are_not_kept(service, wire):
    service.dials = [status(200, Set_Cookie="track=1")]
    get(wire)
    get(wire)
    assert "Cookie" not in service.got[1][2]


@pytest.mark.parametrize(
    "address",
    [
        "http://photos.example",
        "http://127.0.0.1.photos.example",
        "ftp://photos.example",
        "photos.example",
        "https://user:word@photos.example",
        "https://photos.example/?a=b",
        "https://photos.example/#x",
        "https://photos.example\r\nX: y",
        "https://[::1",
        "https://photos.example:99999",
        "",
    ],
)
def test_an_address_that_cannot_be_called_safely_is_a_mistake(address, clock):
    with pytest.raises(Mistake) as caught:
        Wire(address, clock)
    assert "word" not in caught.value.sentence.replace("password", "")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://a.example"])
def test_https_and_loopback_are_fine(address, clock):
    Wire(address, clock).close()


@pytest.mark.parametrize(
    "path", ["photos", "//evil.example/x", "/a/../../b", "https://evil.example/", "/a?b=c", "/a b"]
)
def test_a_path_cannot_leave_the_service(path, wire, service):
    with pytest.raises(Mistake):
        wire.call("GET", path, kind="read", repeatable=True)
    assert service.got == []


def test_a_certificate_that_cannot_be_verified_is_said_and_not_repeated(clock, monkeypatch):
    def unverified(*_, **__):
        raise ssl.SSLCertVerificationError(1, "self-signed")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", unverified)
    with Service() as service:
        address = service.url.replace("http:", "https:")
        with Wire(address, clock, timeouts=QUICK) as wire, pytest.raises(Busy, match="certificate cannot be verified"):
            get(wire)
    assert clock.slept == []


def test_an_authority_file_without_certificates_is_a_mistake(clock, tmp_path):
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(Mistake, match="holds no certificates"):
            Wire("https://photos.example", clock, ca_file=tmp_path / name)


def test_a_pasted_token_with_a_line_break_is_a_mistake_and_not_sent(service, clock):
    with Wire(service.url, clock, sign=lambda _: {"Authorization": f"Bearer {CANARY}\n"}) as wire:
        with pytest.raises(Mistake, match="paste it again") as caught:
            get(wire)
        assert CANARY not in caught.value.sentence
    assert service.got == []


def test_the_services_own_words_win_over_the_status(service, clock):
    resting, signed_out = Busy("Flickr is having a rest.", 3.0), SignInNeeded("Flickr wants you to sign in.")
    refused = Refused("This photo was refused.")

    def translate(answer):
        if answer.status == 200 and answer.json().get("stat") == "fail":
            if answer.json()["code"] == 105:
                raise resting
            raise signed_out
        if answer.status == 500:
            raise refused

    with Wire(service.url, clock, timeouts=QUICK, translate=translate, jitter=lambda: 0.0) as wire:
        service.dials = [status(200, b'{"stat": "fail", "code": 105}'), ok]
        assert get(wire).json() == {"ok": True}
        assert clock.slept == [3.0]
        service.dials = [status(200, b'{"stat": "fail", "code": 98}')]
        with pytest.raises(SignInNeeded, match="Flickr wants"):
            get(wire)
        service.dials = [status(500)]
        with pytest.raises(Refused, match="This photo"):
            post(wire)


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


@pytest.mark.parametrize("dial", [ok, *LOST, page, status(401), status(429), status(400)])
@pytest.mark.parametrize("repeatable", [True, False])
def test_secrets_reach_neither_log_nor_error_nor_repr(service, clock, caplog, dial, repeatable):
    signature = "abc" + "def123"

    def echo(answer):
        if answer.status >= 400:
            echoed = f"It said {answer.text()} to oauth_signature={signature}, {CANARY}"
            raise Refused(echoed)

    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "httpcore2.http11", "httpcore2.connection", "heliograph.wire"):
        caplog.set_level(logging.DEBUG, logger=name)
    shown, errors = [], []
    one_try = Timeouts(read_s=0.3, total_s=0.5, attempts=1)
    for translate in (None, echo):
        service.dials = [dial]
        with Wire(
            service.url,
            clock,
            timeouts=one_try,
            secrets=[CANARY],
            sign=lambda _: {"Authorization": f"Bearer {CANARY}"},
            translate=translate,
            max_answer_bytes=1000,
        ) as wire:
            shown.append(repr(wire))
            try:
                answer = wire.call(
                    "POST", "/x", kind="write", repeatable=repeatable, params={"api_key": CANARY, "q": "open"}
                )
                shown.extend((repr(answer), str(answer)))
                answer.json()
            except HeliographError as error:
                shown.extend((repr(error), str(error), "".join(traceback.format_exception(error))))
                errors.append(error)
    everything = "\n".join([*shown, caplog.text, *(repr(record.__dict__) for record in caplog.records)])
    assert "heliograph.wire" in everything
    assert all(error.__cause__ is error.__context__ is None for error in errors)
    for leak in (CANARY, CANARY.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"), signature):
        assert leak not in everything


SHAPES = [
    "Authorization: OAuth oauth_token=SECRETVALUE1, oauth_signature=SECRETVALUE1",
    "{'Authorization': 'Bearer SECRETVALUE1'}",
    "(b'authorization', b'Bearer SECRETVALUE1')",
    "https://api.example/?api_key=SECRETVALUE1&method=x",
    "https://api.example/?oauth_signature=SECRETVALUE1%3D&a=b",
    '{"access_token": "SECRETVALUE1", "scope": "write"}',
    "refresh_token=SECRETVALUE1",
    "client_secret=SECRETVALUE1&code_verifier=SECRETVALUE1",
    "http://127.0.0.1:8/callback?code=SECRETVALUE1",
    "https://me:SECRETVALUE1@photos.example/",
    "Set-Cookie: session=SECRETVALUE1; Path=/",
    "password: SECRETVALUE1",
    "Bearer SECRETVALUE1",
]


@pytest.mark.parametrize("text", SHAPES)
def test_secrets_are_known_by_their_shape(text):
    assert "SECRETVALUE1" not in Redactor().words(text)


@pytest.mark.parametrize(
    "text",
    ["Photo 7 of album Token Creek was sent.", "OAuth sign-in is needed", "a basic question", "the secret garden"],
)
def test_ordinary_words_stay(text):
    assert Redactor().words(text) == text


@given(st.text(min_size=4).filter(lambda text: len(text.strip()) >= 4), st.text(), st.text())
def test_a_learnt_secret_never_comes_through(secret, before, after):
    hidden = Redactor([secret]).words(before + secret.strip() + after)
    assert secret.strip() not in hidden or secret.strip() in "[hidden]"


def test_as_a_filter_it_cleans_arguments_and_tracebacks():
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    logger = logging.getLogger("heliograph.test_wire")
    handler = Keep()
    handler.addFilter(Redactor([CANARY]))
    logger.addHandler(handler)
    try:
        try:
            int(CANARY)
        except ValueError:
            logger.exception("token %s", CANARY)
    finally:
        logger.removeHandler(handler)
    assert CANARY not in "".join(lines)
    assert "ValueError" in lines[0]


def test_json_can_be_sent(service, wire):
    sent = []

    def keep(handler):
        sent.append(json.loads(handler.body))
        handler.reply()

    service.dials = [keep]
    wire.call("PUT", "/x", kind="write", repeatable=True, json={"description": "Düne"})
    assert sent == [{"description": "Düne"}]
