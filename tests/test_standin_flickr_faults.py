"""What goes wrong on purpose with the Flickr stand-in: each fault, and whether the call had its effect."""

from __future__ import annotations

import time
from contextlib import suppress

import httpx2
import pytest

from flickr_caller import Caller, Watch, jpeg
from heliograph.standin.flickr.faults import Fault, Faults, What
from heliograph.standin.flickr.standin import opened, serve

UNAVAILABLE = "Sorry, the Flickr API service is not currently available."


@pytest.fixture
def standin(tmp_path):
    with serve(tmp_path, now=Watch()) as running:
        yield running


@pytest.fixture
def caller(standin):
    calling = Caller(standin, Watch())
    yield calling
    calling.close()


def photos(standin):
    return len(standin.world.photos)


# --- the script -------------------------------------------------------------------------------------------------------


def kinds(faults, *calls):
    return [faults.meet(route, method).what for route, method in calls]


def test_a_fault_happens_as_often_as_it_says_after_as_many_calls_as_it_says():
    faults = Faults()
    faults.add(Fault("500", times=2, after=1))
    assert kinds(faults, *[("rest", "m")] * 5) == [None, What.HTTP_500, What.HTTP_500, None, None]


def test_a_fault_without_an_end_happens_until_it_is_cleared():
    faults = Faults()
    faults.add(Fault("500", times=0))
    assert kinds(faults, *[("rest", "m")] * 4) == [What.HTTP_500] * 4
    faults.clear()
    assert kinds(faults, ("rest", "m")) == [None]


def test_a_fault_is_about_its_method_in_any_case_or_its_route():
    faults = Faults()
    faults.add(Fault("500", method="flickr.photos.setMeta", times=0), Fault("502", route="upload", times=0))
    calls = [("rest", "flickr.photos.SETMETA"), ("rest", "flickr.photos.setTags"), ("upload", "upload"), ("live", "x")]
    assert kinds(faults, *calls) == [What.HTTP_500, None, What.HTTP_502, None]


def test_of_two_faults_the_first_wins_and_the_other_stays_due():
    faults = Faults()
    faults.add(Fault("504"), Fault("429"))
    assert kinds(faults, *[("rest", "m")] * 3) == [What.HTTP_504, What.TOO_MANY, None]


def test_delays_add_up_and_go_with_another_fault():
    faults = Faults()
    faults.add(Fault("delay", delay_s=1.5), Fault("delay", delay_s=0.5), Fault("500"))
    trouble = faults.meet("rest", "m")
    assert (trouble.delay_s, trouble.what) == (2.0, What.HTTP_500)


def test_a_kind_that_there_is_not_is_a_mistake():
    with pytest.raises(ValueError, match="earthquake"):
        Fault("earthquake")


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["429", "500", "502", "503", "504"])
def test_a_server_in_front_answers_html_and_the_photo_is_not_there(caller, standin, status):
    standin.faults.add(Fault(status, route="upload"))
    answer = caller.send()
    assert (str(answer.status_code), answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{status} " in answer.text
    assert "Retry-After" not in answer.headers
    assert photos(standin) == 0


def test_a_late_504_comes_although_the_photo_is_there(caller, standin):
    standin.faults.add(Fault("504", route="upload", late=True))
    assert caller.send().status_code == 504
    assert photos(standin) == 1
    call = standin.calls.all()[-1]
    assert (call.outcome, call.fault, call.photo_id) == ("http 504", "504", next(iter(standin.world.photos)))


def test_a_429_may_say_when_to_come_back(caller, standin):
    standin.faults.add(Fault("429", retry_after_s=7))
    assert caller.rest("flickr.test.login").headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("code 0", UNAVAILABLE),
        ("code 105", "Service currently unavailable"),
        ("code 106", "Write operation failed"),
        ("code 201", UNAVAILABLE),
    ],
)
def test_service_errors_come_in_the_callers_own_form(caller, standin, what, words):
    standin.faults.add(Fault(what, times=2))
    code = what.removeprefix("code ")
    assert f'<err code="{code}" msg="{words}" />' in caller.rest("flickr.test.login").text
    told = caller.json("flickr.test.login")
    assert told == {"stat": "fail", "code": int(code), "message": words}


def test_json_comes_to_a_caller_who_asked_for_xml(caller, standin):
    standin.faults.add(Fault("json to xml", route="upload"))
    answer = caller.send()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"stat": "fail", "code": 201, "message": UNAVAILABLE}
    assert photos(standin) == 0


def test_half_of_an_answer_may_pass_for_a_whole_one(caller, standin):
    standin.faults.add(Fault("truncated", route="upload"))
    answer = caller.send()
    assert answer.status_code == 200
    assert answer.text.startswith("<?xml")
    assert "</rsp>" not in answer.text
    assert photos(standin) == 1


def test_a_page_of_somebody_elses_network_comes_with_200(caller, standin):
    standin.faults.add(Fault("nonsense"))
    answer = caller.rest("flickr.test.login")
    assert (answer.status_code, "<h1>Welcome</h1>" in answer.text) == (200, True)


def test_a_delay_is_waited_out_and_the_call_then_goes_its_way(caller, standin):
    standin.faults.add(Fault("delay", delay_s=0.2))
    begin = time.monotonic()
    assert 'stat="ok"' in caller.rest("flickr.test.login").text
    assert time.monotonic() - begin >= 0.2


def test_a_long_delay_does_not_hold_up_the_end(tmp_path):
    begin = time.monotonic()
    with serve(tmp_path, now=Watch()) as standin:
        standin.faults.add(Fault("delay", delay_s=60))
        calling = Caller(standin, Watch())
        calling.http.timeout = 0.1
        with pytest.raises(httpx2.ReadTimeout):
            calling.rest("flickr.test.login")
        calling.close()
    assert time.monotonic() - begin < 10


def test_pictures_can_meet_a_429_too(caller, standin):
    standin.faults.add(Fault("429", route="live"))
    assert caller.http.get("/live/65535/53000000001_0123456789_o.jpg").status_code == 429


def test_a_sign_in_can_meet_trouble_too(caller, standin):
    standin.faults.add(Fault("500", route="oauth"))
    assert "500 Internal Server Error" in caller.sign_in_call("request_token", {"oauth_callback": "oob"})["text"]


# --- keys and tokens --------------------------------------------------------------------------------------------------


def test_a_token_is_revoked_in_the_middle_of_a_run_and_stays_so(caller, standin):
    standin.faults.add(Fault("token revoked", after=1))
    answers = [caller.json("flickr.test.login") for _ in range(3)]
    assert [answer.get("code") for answer in answers] == [None, 98, 98]


def test_a_key_expires_in_the_middle_of_a_run_and_stays_so(caller, standin):
    standin.faults.add(Fault("key expired", method="flickr.test.login"))
    answers = [caller.json("flickr.test.login"), caller.json("flickr.test.echo")]
    assert [answer["message"] for answer in answers] == ["Invalid API Key (Key has expired)"] * 2


# --- connections ------------------------------------------------------------------------------------------------------

CUT = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)
EFFECT = {"closed before body": 0, "closed unanswered": 1, "closed halfway": 1}


@pytest.mark.parametrize("size_bytes", [0, 3_000_000])
@pytest.mark.parametrize(("what", "made"), EFFECT.items())
def test_an_upload_whose_connection_is_closed(caller, standin, what, made, size_bytes):
    standin.faults.add(Fault(what, route="upload"))
    with pytest.raises(CUT):
        caller.send(picture=jpeg() + bytes(size_bytes))
    assert photos(standin) == made
    assert [(call.route, call.outcome, call.fault) for call in standin.calls.all()] == [("upload", "closed", what)]
    assert 'stat="ok"' in caller.send(picture=jpeg((9, 9, 9))).text


@pytest.mark.parametrize(("what", "made"), EFFECT.items())
def test_a_method_whose_connection_is_closed(caller, standin, what, made):
    caller.send({"title": "before"})
    photo = next(iter(standin.world.photos.values()))
    standin.faults.add(Fault(what, method="flickr.photos.setMeta"))
    with pytest.raises(CUT):
        caller.rest("flickr.photos.setMeta", {"photo_id": photo.id, "title": "after"})
    assert photo.title == ("after" if made else "before")


def test_half_of_an_answer_is_really_sent_before_the_connection_closes(caller, standin):
    standin.faults.add(Fault("closed halfway"))
    fields = {"method": "flickr.test.login"}
    header = {"Authorization": caller.authorization("/services/rest/", fields)}
    received = b""
    with caller.http.stream("POST", "/services/rest/", data=fields, headers=header) as answer:
        promised = int(answer.headers["Content-Length"])
        with suppress(httpx2.RemoteProtocolError):
            for chunk in answer.iter_raw():
                received += chunk
    assert received.startswith(b"<?xml")
    assert len(received) == promised // 2


@pytest.mark.parametrize(("what", "made"), EFFECT.items())
def test_without_a_socket_a_closed_connection_is_an_error_of_the_operating_systems_kind(tmp_path, what, made):
    with opened(tmp_path, Watch()) as standin:
        calling = Caller(standin, Watch(), transport=httpx2.WSGITransport(app=standin.app))
        standin.faults.add(Fault(what, route="upload"))
        with pytest.raises(ConnectionResetError):
            calling.send()
        assert photos(standin) == made
        assert 'stat="ok"' in calling.send(picture=jpeg((9, 9, 9))).text
        calling.close()
