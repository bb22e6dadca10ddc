"""Over real sockets on loopback: what is sent, to whom, and what is kept from whom."""

import json
import ssl
import threading
import tracemalloc

import pytest

from heliograph.errors import Busy, Mistake, Refused, SignInNeeded, Uncertain
from heliograph.wire import Timeouts, Upload, Wire
from wire_service import CANARY, QUICK, Handler, Service, get, ok, post, status


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
        def do_POST(self):  # noqa: N802 - http.server's name
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


def test_json_can_be_sent(service, wire):
    sent = []

    def keep(handler):
        sent.append(json.loads(handler.body))
        handler.reply()

    service.dials = [keep]
    wire.call("PUT", "/x", kind="write", repeatable=True, json={"description": "Düne"})
    assert sent == [{"description": "Düne"}]
