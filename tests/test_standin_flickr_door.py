"""The HTTP door of the Flickr stand-in, over a real socket: calls, files, sign-in, the log, and what is turned away."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from flickr_caller import NOON, Caller, Watch, jpeg
from heliograph.standin.flickr.standin import serve


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def standin(tmp_path, watch):
    with serve(tmp_path / "flickr", now=watch) as running:
        yield running


@pytest.fixture
def caller(standin, watch):
    calling = Caller(standin, watch)
    yield calling
    calling.close()


def photo_id(answer):
    return re.search(r"<photoid[^>]*>(\d+)</photoid>", answer.text)[1]


def code(answer):
    return re.search(r'<err code="(\d+)"', answer.text)[1]


# --- methods ----------------------------------------------------------------------------------------------------------


def test_a_signed_method_is_answered_with_every_character_as_it_was_sent(caller):
    title = 'Café & "tea" + 100% <b> 日本 🌷 %20 a=b&c'
    told = caller.json("flickr.test.echo", title=title, empty="")
    assert told["title"]["_content"] == title
    assert told["empty"]["_content"] == ""


@pytest.mark.parametrize("path", ["/services/rest", "/services/rest/"])
def test_reading_may_be_signed_in_the_address_with_or_without_the_slash(caller, path):
    fields = {"method": "flickr.test.login", "format": "json", "nojsoncallback": "1"}
    header = caller.authorization(path, fields, http_method="GET")
    answer = caller.http.get(path, params=fields, headers={"Authorization": header})
    assert answer.json()["user"]["id"] == caller.standin.nsid


def test_oauth_may_ride_in_the_body(caller):
    fields = {"method": "flickr.test.login"}
    header = caller.authorization("/services/rest/", fields)
    from heliograph.standin.flickr.signature import header_parameters

    answer = caller.http.post("/services/rest/", data=fields | dict(header_parameters(header)))
    assert 'stat="ok"' in answer.text


def test_a_bad_signature_is_401_with_what_the_service_had_signed(caller):
    answer = caller.http.post(
        "/services/rest/",
        data={"method": "flickr.test.login", "title": "x"},
        headers={"Authorization": caller.authorization("/services/rest/", {"method": "flickr.test.login"})},
    )
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "text/plain;charset=UTF-8"
    assert answer.text.startswith("oauth_problem=signature_invalid&debug_sbs=POST&http%3A%2F%2F127.0.0.1%3A")
    assert answer.text.endswith("%26title%3Dx")


def test_names_of_methods_may_be_written_in_any_case_and_unknown_ones_are_112(caller):
    assert 'stat="ok"' in caller.rest("flickr.TEST.login").text
    answer = caller.rest("flickr.fake")
    assert answer.status_code == 200
    assert '<err code="112" msg="Method &quot;flickr.fake&quot; not found" />' in answer.text


def test_an_unknown_format_is_111_in_xml(caller):
    answer = caller.rest("flickr.test.echo", {"format": "yaml"})
    assert '<err code="111" msg="Format &quot;yaml&quot; not found" />' in answer.text


def test_a_method_that_changes_something_must_be_posted(caller):
    fields = {"method": "flickr.photos.setMeta", "photo_id": "1", "title": "x"}
    header = caller.authorization("/services/rest/", fields, http_method="GET")
    assert code(caller.http.get("/services/rest/", params=fields, headers={"Authorization": header})) == "116"
    caller.standin.manners.setters_by_get = True
    header = caller.authorization("/services/rest/", fields, http_method="GET")
    assert code(caller.http.get("/services/rest/", params=fields, headers={"Authorization": header})) == "1"


@pytest.mark.parametrize(
    ("perms", "method", "expected"),
    [
        ("read", "flickr.photos.setMeta", "99"),
        ("write", "flickr.photos.setMeta", "1"),
        ("write", "flickr.photos.delete", "99"),
        ("delete", "flickr.photos.delete", "1"),
    ],
)
def test_each_permission_holds_those_before_it(standin, watch, perms, method, expected):
    calling = Caller(standin, watch, token=standin.token_with(perms))
    answer = calling.rest(method, {"photo_id": "1", "title": "x"})
    calling.close()
    assert code(answer) == expected
    if expected == "99":
        assert "Insufficient permissions" in answer.text


def test_a_key_alone_reads_what_is_public_and_nothing_else(caller):
    caller.send({"title": "Rome"})
    named = {"api_key": caller.standin.key, "user_id": caller.standin.nsid}
    public = caller.http.get("/services/rest/", params=named | {"method": "flickr.people.getPublicPhotos"})
    assert 'title="Rome"' in public.text
    login = caller.http.get("/services/rest/", params=named | {"method": "flickr.test.login"})
    assert (code(login), "User not logged in" in login.text) == ("99", True)
    assert code(caller.http.get("/services/rest/", params={"method": "flickr.test.echo"})) == "100"


def test_a_revoked_token_is_98_at_once_for_methods_and_uploads(caller):
    caller.standin.revoke()
    assert code(caller.rest("flickr.test.login")) == "98"
    assert code(caller.send()) == "98"
    assert caller.standin.world.photos == {}


def test_long_answers_are_compressed_where_the_caller_can_read_that(caller):
    for _ in range(4):
        caller.send(picture=jpeg(), fields={"title": "long " * 40})
    fields = {"method": "flickr.people.getPhotos", "user_id": "me"}
    packed = caller.rest(fields["method"], {"user_id": "me"})
    assert packed.headers["Content-Encoding"] == "gzip"
    caller.http.headers["Accept-Encoding"] = "identity"
    plain = caller.rest(fields["method"], {"user_id": "me"})
    assert "Content-Encoding" not in plain.headers
    assert packed.text == plain.text


def test_the_date_of_an_answer_is_the_services_own_also_when_its_clock_is_off(caller):
    assert caller.rest("flickr.test.echo").headers["Date"] == "Fri, 15 Jan 2027 08:00:00 GMT"
    caller.standin.manners.clock_skew_s = 3600
    answer = caller.rest("flickr.test.echo")
    assert answer.headers["Date"] == "Fri, 15 Jan 2027 09:00:00 GMT"
    assert answer.text == "oauth_problem=timestamp_refused"


# --- files ------------------------------------------------------------------------------------------------------------


def test_an_upload_is_signed_without_its_file_and_the_original_comes_back_byte_for_byte(caller):
    picture = jpeg(size=(300, 200))
    made = photo_id(caller.send({"title": "Piazza 🌷", "tags": '"new york" x'}, picture=picture))
    listed = caller.json("flickr.people.getPhotos", user_id="me", extras="url_o,url_t,tags")["photos"]["photo"][0]
    assert (listed["id"], listed["title"], listed["tags"]) == (made, "Piazza 🌷", "newyork x")
    assert caller.http.get(listed["url_o"]).content == picture
    small = caller.http.get(listed["url_t"])
    assert (small.headers["Content-Type"], small.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_a_picture_needs_its_secret_and_can_be_had_in_parts(caller):
    picture = jpeg(size=(300, 200))
    caller.send(picture=picture)
    address = caller.json("flickr.people.getPhotos", user_id="me", extras="url_o")["photos"]["photo"][0]["url_o"]
    part = caller.http.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, picture[10:20])
    saved = caller.http.get(address.replace("_o.", "_o_d."))
    assert saved.headers["Content-Disposition"].startswith("attachment")
    wrong = re.sub(r"_[0-9a-f]{10}_o", "_0000000000_o", address)
    assert caller.http.get(wrong).status_code == 404


def test_replacing_takes_the_same_way(caller):
    made = photo_id(caller.send())
    before = caller.standin.world.photos[made].secret
    answer = caller.send({"photo_id": made}, picture=jpeg((1, 2, 3)), route="replace")
    assert photo_id(answer) == made
    assert f'secret="{before}"' not in answer.text
    assert caller.standin.world.original(made).read_bytes() == jpeg((1, 2, 3))


def test_an_upload_without_a_file_is_code_2_and_without_write_99(standin, caller, watch):
    fields = {"title": "x"}
    header = {"Authorization": caller.authorization("/services/upload/", fields)}
    assert code(caller.http.post("/services/upload/", data=fields, headers=header)) == "2"
    reader = Caller(standin, watch, token=standin.token_with("read"))
    assert code(reader.send()) == "99"
    reader.close()


def test_nothing_is_left_over_from_what_was_turned_down(caller, tmp_path):
    caller.send(picture=b"no picture at all")
    caller.send(fields={"title": "x"}, at=NOON - 4000)
    caller.send()
    assert list((tmp_path / "flickr" / "incoming").iterdir()) == []
    assert len(caller.standin.world.photos) == 1


def test_a_file_that_is_too_long_is_413_and_in_the_log(caller):
    caller.standin.manners.body_max_bytes = 100_000
    assert caller.send(picture=jpeg() + bytes(200_000)).status_code == 413
    assert caller.standin.calls.all()[-1].outcome == "http 413"
    assert photo_id(caller.send())


def test_uploads_at_the_same_time_make_one_photo_each(caller):
    pictures = [jpeg((number, 0, 0)) for number in range(12)]
    with ThreadPoolExecutor(4) as workers:
        made = list(workers.map(lambda picture: photo_id(caller.send(picture=picture)), pictures))
    assert len(set(made)) == 12
    assert [caller.standin.world.original(one).read_bytes() for one in made] == pictures


# --- connections ------------------------------------------------------------------------------------------------------


def test_a_connection_serves_call_after_call(standin):
    held = http.client.HTTPConnection("127.0.0.1", urlsplit(standin.url).port, timeout=10)
    held.connect()
    port = held.sock.getsockname()[1]
    for _ in range(3):
        held.request("GET", f"/services/rest/?method=flickr.test.echo&api_key={standin.key}")
        assert held.getresponse().read().endswith(b"</rsp>\n")
        assert held.sock.getsockname()[1] == port
    held.close()


def test_it_listens_on_this_machine_only(tmp_path):
    with pytest.raises(ValueError, match="not a loopback address"), serve(tmp_path, host="192.0.2.1"):
        pass


def test_a_name_of_another_site_is_turned_away_although_it_leads_here(caller):
    assert caller.http.get("/?as=owner", headers={"Host": "photos.example.org"}).status_code == 403


def test_the_port_is_free_again_when_it_ended(tmp_path, watch):
    with serve(tmp_path, now=watch) as standin:
        port = urlsplit(standin.url).port
        idle = socket.create_connection(("127.0.0.1", port))
    assert idle.recv(1) == b""
    idle.close()
    with serve(tmp_path, port=port, now=watch) as again:
        assert again.url == standin.url


# --- signing in -------------------------------------------------------------------------------------------------------


def begun(caller, callback="oob"):
    told = caller.sign_in_call("request_token", {"oauth_callback": callback})
    assert told["oauth_callback_confirmed"] == "true"
    return told["oauth_token"], told["oauth_token_secret"]


def click(caller, token, choice="yes", perms="write"):
    page = caller.http.get("/services/oauth/authorize", params={"oauth_token": token, "perms": perms})
    assert ("OK, I&#39;ll authorize it" in page.text) or ("OK, I'll authorize it" in page.text)
    fields = dict(re.findall(r'name="(oauth_token|perms)" value="([^"]*)"', page.text))
    fields |= {"nsid": re.search(r'<option value="([^"]+)"', page.text)[1], "choice": choice}
    return caller.http.post("/services/oauth/authorize", data=fields)


def finished(caller, token, secret, verifier):
    return caller.sign_in_call(
        "access_token", {"oauth_verifier": verifier}, resource_owner_key=token, resource_owner_secret=secret
    )


def test_a_person_signs_in_with_a_code_and_the_token_works(caller, standin, watch):
    token, secret = begun(caller)
    shown = re.search(r'id="code">(\d{3}-\d{3}-\d{3})<', click(caller, token).text)[1]
    told = finished(caller, token, secret, shown)
    assert (told["user_nsid"], told["username"]) == (standin.nsid, "rehearsal")
    fresh = Caller(standin, watch, token=(told["oauth_token"], told["oauth_token_secret"]))
    checked = fresh.json("flickr.auth.oauth.checkToken")["oauth"]
    fresh.close()
    assert checked["token"]["_content"] == told["oauth_token"]
    assert checked["perms"]["_content"] == "write"
    assert checked["user"]["nsid"] == standin.nsid


def test_with_a_callback_the_browser_is_sent_back_with_the_verifier(caller):
    token, secret = begun(caller, "http://127.0.0.1:5555/back?state=1")
    answer = click(caller, token, perms="delete")
    address = urlsplit(answer.headers["Location"])
    told = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (answer.status_code, address.netloc, address.path) == (302, "127.0.0.1:5555", "/back")
    assert (told["state"], told["oauth_token"]) == ("1", token)
    assert finished(caller, token, secret, told["oauth_verifier"])["oauth_token"]


def test_who_says_no_gives_nothing(caller):
    token, secret = begun(caller)
    assert "You said no." in click(caller, token, choice="no").text
    assert finished(caller, token, secret, "123-456-789")["text"] == "oauth_problem=permission_denied"
    page = caller.http.get("/services/oauth/authorize", params={"oauth_token": token, "perms": "read"})
    assert (page.status_code, "This sign-in is over." in page.text) == (400, True)


def test_a_permission_that_there_is_not_is_not_asked_for(caller):
    token, _ = begun(caller)
    page = caller.http.get("/services/oauth/authorize", params={"oauth_token": token, "perms": "everything"})
    assert page.status_code == 400


# --- the log ----------------------------------------------------------------------------------------------------------


def test_the_log_tells_every_call_and_no_secret(caller, standin, tmp_path):
    made = photo_id(caller.send({"title": "Rome"}, filename="IMG_7.jpg"))
    caller.rest("flickr.photos.setmeta", {"photo_id": made, "title": "Roma"})
    caller.rest("flickr.photos.setMeta", {"photo_id": "1", "title": "Roma"})
    first, second, third = standin.calls.all()
    assert (first.number, first.route, first.outcome, first.photo_id, first.nsid) == (
        1,
        "upload",
        "ok",
        made,
        standin.nsid,
    )
    assert (first.arguments, first.filename, first.length_bytes) == ({"title": "Rome"}, "IMG_7.jpg", len(jpeg()))
    assert (second.method, second.outcome, second.at) == ("flickr.photos.setMeta", "ok", NOON)
    assert second.arguments == {"method": "flickr.photos.setmeta", "photo_id": made, "title": "Roma"}
    assert (third.outcome, third.photo_id) == ("1", "1")
    assert standin.calls.counts == {"flickr.photos.setMeta": 2, "upload": 1}
    assert (standin.calls.total, len(standin.calls.of("flickr.photos.SETMETA"))) == (3, 2)
    written = (tmp_path / "flickr" / "calls.jsonl").read_text(encoding="utf-8")
    assert standin.token not in written
    assert "oauth_" not in written


def test_sign_ins_and_pictures_are_logged_and_do_not_count_as_calls(caller, standin):
    begun(caller)
    caller.http.get("/live/65535/53000000001_0123456789_o.jpg")
    assert [(call.route, call.outcome) for call in standin.calls.all()] == [("oauth", "ok"), ("live", "http 404")]
    assert standin.calls.total == 0


def test_the_budget_is_counted_per_key_within_the_last_hour(caller, standin, watch):
    standin.manners.turn_all({"budget_per_hour": 3, "budget_enforced": True})
    answers = [caller.rest("flickr.test.login"), caller.send(), caller.rest("flickr.test.login")]
    assert {answer.status_code for answer in answers} == {200}
    refused = caller.rest("flickr.test.login")
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert "<h1>429 Too Many Requests</h1>" in refused.text
    assert standin.calls.spent(standin.key) == 4
    watch.at += 3601
    assert caller.rest("flickr.test.login").status_code == 200


def test_without_being_asked_to_the_budget_turns_nobody_away(caller, standin):
    standin.manners.budget_per_hour = 1
    assert {caller.rest("flickr.test.login").status_code for _ in range(3)} == {200}


# --- stopping and going on --------------------------------------------------------------------------------------------


def test_a_stand_in_goes_on_where_it_was_left(tmp_path, watch):
    with serve(tmp_path, now=watch) as before:
        calling = Caller(before, watch)
        made = photo_id(calling.send({"title": "Rome"}))
        calling.close()
    with serve(tmp_path, now=watch) as after:
        calling = Caller(after, watch)
        assert (after.key, after.token, after.nsid) == (before.key, before.token, before.nsid)
        assert calling.json("flickr.people.getPhotos", user_id="me")["photos"]["photo"][0]["id"] == made
        assert [call.number for call in after.calls.all()] == [1, 2]
        assert after.calls.spent(after.key) == 2
        calling.close()


def test_half_a_line_at_the_end_of_the_log_is_passed_over(tmp_path, watch):
    with serve(tmp_path, now=watch) as before:
        before.calls.add(route="rest", method="flickr.test.echo", outcome="ok")
    with (tmp_path / "calls.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"number":2,"at":18')
    with serve(tmp_path, now=watch) as after:
        after.calls.add(route="rest", method="flickr.test.null", outcome="ok")
    with serve(tmp_path, now=watch) as again:
        assert [(call.number, call.method) for call in again.calls.all()] == [
            (1, "flickr.test.echo"),
            (2, "flickr.test.null"),
        ]


def test_started_by_its_command_it_says_where_it_is_and_ends_with_its_parent(tmp_path):
    command = [sys.executable, "-m", "heliograph.standin.flickr", "--state", str(tmp_path), "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        told = json.loads(running.stdout.readline())
        answer = httpx2.get(
            f"{told['url']}/services/rest/", params={"method": "flickr.test.echo", "api_key": told["key"]}
        )
        running.stdin.close()
        assert running.wait(10) == 0
    assert 'stat="ok"' in answer.text
    assert set(told) == {"url", "key", "secret", "token", "token_secret", "perms", "nsid", "username"}


def test_its_command_can_leave_the_sign_in_to_be_done_and_says_what_is_wrong(tmp_path, capsys):
    from heliograph.standin.flickr.__main__ import main

    with serve(tmp_path, sign_in=True) as standin:
        assert (standin.token, standin.token_secret) == ("", "")
    assert main(["--state", str(tmp_path), "--host", "192.0.2.1"]) == 2
    assert "192.0.2.1 is not a loopback address" in capsys.readouterr().err
