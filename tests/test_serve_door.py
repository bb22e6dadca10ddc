"""Who gets in: only this computer, only by the key or an invitation, and no other page in the owner's name."""

from __future__ import annotations

import os
import re
import socket
import stat
from urllib.parse import urlsplit

import httpx2
import pytest

from heliograph.desk.clock import SystemClock
from heliograph.errors import AnotherRun
from heliograph.web import Service, announced, desks_of, write_private
from heliograph.web.invitations import VALID_S, Guests, invitation
from memory import FakeClock
from page_visit import library, served


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """One page for all: nothing here changes what it shows."""
    with served(library(tmp_path_factory.mktemp("door"), 1)) as visitor:
        yield visitor


READS = ("/state", "/events", "/thumbnail?of=2023/p0.jpg", "/plan/site/add/0")
DEEDS = ("/look", "/apply", "/stop", "/answer", "/end")


def stranger(visit, **headers) -> httpx2.Client:
    return httpx2.Client(base_url=visit.url, headers=headers, timeout=10)


# --- without key, cookie or invitation --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", READS)
def test_nobody_reads_without_having_been_let_in(visit, path):
    with stranger(visit) as client:
        assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", DEEDS)
def test_nobody_does_anything_without_having_been_let_in(visit, path):
    with stranger(visit) as client:
        assert client.post(path).status_code == 401
    assert visit.state_now()["task"] == ""


@pytest.mark.parametrize("key", ["x", "é", "Bearer", "x" * 9000])
def test_a_wrong_key_opens_nothing(visit, key):
    with stranger(visit, Authorization=f"Bearer {key}".encode()) as client:
        assert client.get("/state").status_code == 401
    assert visit.http.get("/state").status_code == 200


def test_the_door_says_how_to_come_in_and_nothing_of_the_library(visit):
    with stranger(visit) as client:
        answer = client.get("/")
    assert answer.status_code == 401
    assert "helio serve" in answer.text
    assert "Ada" not in answer.text


def test_what_is_read_without_a_session_holds_no_secret(visit):
    with stranger(visit) as client:
        for name in ("page.js", "door.js", "page.css", "icon.svg"):
            assert client.get(f"/static/{name}").status_code == 200
        for trick in ("../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "..\\pages.py", "etc/passwd", ""):
            assert client.get(f"/static/{trick}").status_code in {401, 404}


# --- invitations ------------------------------------------------------------------------------------------------------


def test_an_invitation_opens_the_page_once(visit):
    word = visit.invitation()
    with stranger(visit) as client, stranger(visit) as other:
        answer = client.post("/enter", data={"invitation": word})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Ada&#39;s photos" in client.get("/").text
        assert other.post("/enter", data={"invitation": word}).status_code == 401
        assert other.get("/state").status_code == 401


def test_words_of_another_making_are_no_invitations():
    clock = FakeClock()
    guests, word = Guests("key", clock), invitation("key", clock)
    later = f"{int(word.partition('.')[0]) + 9999}.{word.partition('.')[2]}"
    for wrong in ("", ".", "..", "a.b.c", later, word[:-1], invitation("another key", clock), word.replace(".", "")):
        assert guests.admit(wrong) is None
    assert guests.admit(word) is not None


def test_an_invitation_is_too_old_after_ten_minutes():
    clock = FakeClock()
    guests, early, late = Guests("key", clock), invitation("key", clock), invitation("key", clock)
    clock.sleep(VALID_S - 5)
    assert guests.admit(early)
    clock.sleep(10)
    assert guests.admit(late) is None
    assert guests.admit(early) is None


# --- other pages in the same browser ----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
def test_a_name_that_is_not_this_computers_is_turned_away(visit, host):
    port = urlsplit(visit.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        key = visit.service.standing.key
        head = f"GET /state HTTP/1.1\r\nHost: {host.format(port=port)}\r\nAuthorization: Bearer {key}\r\n\r\n"
        line.sendall(head.encode())
        assert b" 403 " in line.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:50519"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    ],
    ids=str,
)
def test_another_page_cannot_act_in_the_owners_name(visit, headers):
    with visit.browser() as owner:
        seal = re.search(r'name="seal" value="([^"]+)"', owner.get("/").text)[1]
        assert owner.post("/look", data={"seal": seal}, headers=headers).status_code == 403
        assert owner.get("/state", headers=headers).status_code == 403
        assert visit.state_now()["task"] == ""
        assert owner.post("/look", data={"seal": seal}, headers={"Origin": visit.url}).status_code == 303
    visit.idle()


def test_another_page_of_this_computer_may_show_the_page_and_no_more(visit):
    framed = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    with visit.browser() as owner:
        assert owner.get("/", headers=framed).status_code == 200
        assert owner.get("/state", headers=framed).status_code == 403
        assert owner.get("/", headers={**framed, "Sec-Fetch-Dest": "image"}).status_code == 403


def test_a_form_without_the_seal_of_its_page_is_not_taken(visit):
    with visit.browser() as owner:
        for seal in ("", "x"):
            assert owner.post("/look", data={"seal": seal}).status_code == 403
    assert visit.state_now()["task"] == ""


def test_nothing_is_done_by_looking_at_an_address(visit):
    for path in (*DEEDS, "/enter"):
        assert visit.http.get(path).status_code == 405


def test_every_answer_tells_the_browser_to_ask_nobody_else(visit):
    with stranger(visit) as client:
        answers = [client.get("/"), client.get("/state"), client.get("/static/page.js"), visit.http.get("/")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers
        assert "no-store" in answer.headers["cache-control"] or "/static/" in str(answer.url)
    html = visit.page()
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|style=|https?://", html)


# --- where it is announced --------------------------------------------------------------------------------------------


def test_the_place_of_the_page_is_told_to_its_owner_alone(visit):
    told = visit.state / "serve.json"
    assert announced(visit.state, SystemClock()) == visit.service.standing
    if os.name != "nt":
        assert stat.S_IMODE(told.stat().st_mode) == 0o600


def test_a_second_page_of_the_same_library_finds_the_first(visit):
    again = Service(desks_of(visit.state.parent / "heliograph.toml"), visit.state, SystemClock())
    with pytest.raises(AnotherRun), again:
        pass
    assert visit.http.get("/state").status_code == 200
    assert announced(visit.state, SystemClock()) == visit.service.standing


def test_a_page_that_has_ended_is_announced_no_more(tmp_path):
    with served(library(tmp_path, 1)) as visitor:
        state, key = visitor.state, visitor.service.standing.key
    assert announced(state, SystemClock()) is None
    # what a killed one leaves is not believed
    write_private(state / "serve.json", {"url": "http://127.0.0.1:1", "key": key, "process": 1})
    assert announced(state, SystemClock()) is None


def test_no_key_and_no_invitation_is_ever_logged(visit, caplog):
    caplog.set_level("DEBUG")
    word = visit.invitation()
    with stranger(visit) as client:
        client.post("/enter", data={"invitation": word})
        client.get(f"/?{word}")
    visit.look()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx2", "httpcore2"))]
    assert ours
    assert [line for line in ours if word in line or visit.service.standing.key in line] == []
