"""A service on loopback with fault dials, and a clock whose sleep is instant."""

import gzip
import socket
import struct
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from heliograph.wire import Timeouts, Wire

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
