"""What goes wrong on purpose with the fediverse stand-in, how it is controlled, and how it goes on another day."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress

import httpx2
import pytest

from fediverse_server import ALL, PIXELFEDS, Client, Watch, jpeg, play, watch
from heliograph.standin.fediverse import Fault, What, opened, serve
from heliograph.standin.fediverse.faults import STATUS

__all__ = ["play", "watch"]

POST = "POST /api/v1/statuses"


@pytest.fixture
def listening(tmp_path):
    with (
        serve(tmp_path, "mastodon-4.6", now=Watch()) as standin,
        Client(standin, transport=httpx2.HTTPTransport()) as client,
    ):
        yield standin, client


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", sorted(STATUS))
@pytest.mark.parametrize("late", [False, True])
def test_a_server_in_front_answers_html_before_or_after_the_effect(play, what, late):
    standin, client = play("mastodon-4.6")
    standin.faults.add(Fault(what, route=POST, late=late))
    answer = client.post()
    assert (answer.status_code, answer.headers["Content-Type"]) == (STATUS[what], "text/html; charset=utf-8")
    assert len(standin.world.posts) == late
    call = standin.calls.all()[-1]
    assert (call.route, call.status, call.fault) == (POST, STATUS[what], what)
    assert call.id == (standin.world.posts[0].id if late else "")


@pytest.mark.parametrize(
    ("what", "headers"),
    [
        ("429", {"limit", "remaining", "reset"}),
        ("429 iso", {"limit", "remaining", "reset"}),
        ("429 unix", {"limit", "remaining", "reset", "after"}),
        ("429 bare", set()),
    ],
)
def test_callers_are_put_off_in_every_style(play, what, headers):
    standin, client = play("pixelfed-0.12" if what == "429 unix" else "mastodon-4.6")
    standin.faults.add(Fault(what))
    answer = client.list()
    names = {name.lower().rpartition("-")[2] for name in answer.headers if "rate" in name.lower() or "retry" in name}
    assert (answer.status_code, names) == (429, headers)
    standin.faults.add(Fault("429 bare", retry_after_s=7))
    assert client.list().headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("what", "body", "made"),
    [("empty list", b"[]", 0), ("empty body", b"", 1), ("truncated", None, 1), ("wrong types", None, 1)],
)
def test_an_answer_that_is_none(play, what, body, made):
    standin, client = play("pixelfed-0.11")
    standin.faults.add(Fault(what, route=POST))
    answer = client.post()
    assert (answer.status_code, len(standin.world.posts)) == (200, made)
    if body is not None:
        assert answer.content == body
    elif what == "truncated":
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            answer.json()
    else:
        assert not isinstance(answer.json()["id"], str)


def test_a_duplicate_key_without_a_post(play):
    standin, client = play("pixelfed-0.11")
    standin.faults.add(Fault("duplicate key", route=POST))
    answer = client.post(key="k")
    assert (answer.status_code, answer.json()["error"]) == (400, "Duplicate idempotency key.")
    assert standin.world.posts == []


def test_callers_are_led_to_another_host_or_to_a_page(play):
    standin, client = play("pixelfed-0.11")
    standin.faults.add(Fault("redirect", location="http://127.0.0.2:1/"), Fault("verify e-mail"))
    led = [client.list() for _ in range(2)]
    assert [(answer.status_code, answer.headers["Location"]) for answer in led] == [
        (302, "http://127.0.0.2:1/"),
        (302, "/i/verify-email"),
    ]


def test_a_body_may_be_huge(listening):
    standin, client = listening
    standin.faults.add(Fault("huge body"))
    seen = 0
    with client.http.stream("GET", "/api/v1/instance") as answer:
        for chunk in answer.iter_bytes():
            seen += len(chunk)
            if seen > 3_000_000:
                break
    assert seen > 3_000_000


def test_a_token_is_taken_back_in_the_middle(play):
    standin, client = play("mastodon-4.6")
    standin.faults.add(Fault("token revoked", after=1))
    assert [client.list().status_code for _ in range(3)] == [200, 401, 401]


def test_a_fault_is_about_its_route(play):
    standin, client = play("mastodon-4.6")
    standin.faults.add(Fault("500", route="POST /api/v?/media", times=0))
    assert [client.send(version=1).status_code, client.send().status_code, client.list().status_code] == [500, 500, 200]
    standin.faults.clear()
    assert client.send().status_code == 200


@pytest.mark.parametrize(("what", "made"), [("closed before body", 0), ("closed unanswered", 1), ("closed halfway", 1)])
def test_connections_are_closed_before_and_after_the_effect(listening, what, made):
    standin, client = listening
    known = client.media()
    standin.faults.add(Fault(what, route=POST))
    with pytest.raises(httpx2.TransportError):
        client.post(media=[known])
    assert len(standin.world.posts) == made
    assert client.list().status_code == 200
    assert [(call.status, call.fault) for call in standin.calls.of(POST)] == [(0, what)]


def test_a_call_may_take_long(listening):
    standin, client = listening
    standin.faults.add(Fault("delay", delay_s=0.3), Fault("502"))
    with pytest.raises(httpx2.ReadTimeout):
        client.http.get("/api/v1/instance", timeout=0.1)
    assert client.http.get("/api/v1/instance").status_code == 200


def test_a_request_that_is_too_long_is_turned_away(tmp_path, listening):
    standin, client = listening
    standin.turn(body_max_bytes=2000)
    with suppress(httpx2.WriteError):
        answer = client.send(jpeg() + b"\0" * 100_000)
        assert answer.status_code == 413
    assert standin.world.media == {}
    with opened(tmp_path / "other", "mastodon-4.6") as other, Client(other) as caller:
        other.turn(body_max_bytes=2000)
        assert caller.send(jpeg() + b"\0" * 100_000).status_code == 413


def test_every_kind_of_fault_is_written_where_it_can_be_read():
    assert {Fault(what).what for what in What} == set(What)
    with pytest.raises(ValueError, match="earthquake"):
        Fault("earthquake")


# --- the log ----------------------------------------------------------------------------------------------------------


def test_the_log_holds_what_was_sent_and_no_secret(play):
    standin, client = play("pixelfed-0.11")
    known = client.media(alt="A boat", name="boat 1.jpg")
    client.posted("Sea", media=[known], key="k-1")
    upload, post = standin.calls.all()
    assert (upload.filename, upload.length_bytes, upload.fields, upload.id) == (
        "boat 1.jpg",
        len(jpeg()),
        {"description": "A boat"},
        known,
    )
    assert (post.key, post.fields["media_ids"], post.account) == ("k-1", [known], standin.id)
    client.http.post("/oauth/token", data={"client_secret": "s3cret", "code": "c0de", "grant_type": "x"})
    text = (standin.door.folder / "calls.jsonl").read_text(encoding="utf-8")
    assert not {word for word in ("s3cret", "c0de", standin.token) if word in text}
    assert standin.calls.counts == {POST: 1, "POST /api/v2/media": 1, "POST /oauth/token": 1}
    assert len(standin.calls.writes) == standin.calls.total == 3


# --- control ----------------------------------------------------------------------------------------------------------


def test_control_routes_turn_dials_add_faults_and_show_the_log(play):
    _, client = play("mastodon-4.6")
    http = client.http
    assert http.patch("/_standin/dials", json={"holes": 2}).json()["dials"]["holes"] == 2
    assert http.post("/_standin/faults", json={"what": "500"}).json()["faults"][0]["what"] == "500"
    assert client.list().status_code == 500
    assert http.get("/_standin/").json()["counts"] == {"GET /api/v1/accounts/:id/statuses": 1}
    assert [call["status"] for call in http.get("/_standin/calls").json()["calls"]] == [500]
    assert http.delete("/_standin/calls", headers={"Content-Type": "application/json"}).json() == {"calls": []}
    assert http.delete("/_standin/faults", headers={"Content-Type": "application/json"}).json() == {"faults": []}
    assert http.patch("/_standin/dials", json={"tides": 2}).status_code == 400
    assert "takes int" in http.patch("/_standin/dials", json={"holes": "x"}).json()["mistake"]
    assert http.post("/_standin/faults", json=["500"]).status_code == 400
    assert http.post("/_standin/reset", content=b"").status_code == 415


def test_control_routes_do_what_people_do(play, tmp_path):
    standin, client = play("pixelfed-0.12")
    http = client.http
    file = tmp_path / "by-hand.jpg"
    file.write_bytes(jpeg())
    told = {"text": "By hand", "files": [str(file)], "alt": "A boat"}
    known = http.post("/_standin/statuses", json=told).json()["id"]
    at = f"/_standin/statuses/{known}"
    assert http.patch(at, json={"text": "Edited"}).json()["text"] == "Edited"
    http.post(f"{at}/favourites", json={"who": "ana"})
    http.post(f"{at}/replies", json={"text": "Lovely"})
    (status,) = http.get("/_standin/statuses").json()["statuses"]
    assert (status["favourites"], status["text"]) == (["ana"], "Edited")
    assert http.get("/_standin/media").json()["media"][0]["alt"] == "A boat"
    assert http.post("/_standin/collections", json={"title": "Sea", "visibility": "public"}).json()["title"] == "Sea"
    assert http.delete(at, headers={"Content-Type": "application/json"}).status_code == 200
    assert client.ids() == []
    assert http.delete(at + "0", headers={"Content-Type": "application/json"}).status_code == 400
    gone = http.delete(f"/_standin/tokens/{standin.token}", headers={"Content-Type": "application/json"})
    assert gone.json() == {"known": True}
    assert client.list().status_code == 401


# --- another day ------------------------------------------------------------------------------------------------------


def test_a_folder_goes_on_where_it_was_left(tmp_path, watch):
    with opened(tmp_path, "pixelfed-0.11", now=watch) as standin, Client(standin) as client:
        standin.turn(holes=5)
        post = client.posted("Kept", media=[client.media(alt="A boat")], key="k")
        token = standin.token
    with opened(tmp_path, now=watch) as standin, Client(standin, token=token) as client:
        assert (standin.profile, standin.token, standin.dials.holes) == ("pixelfed-0.11", token, 5)
        assert client.get(post["id"])["media_attachments"][0]["description"] == "A boat"
        assert client.post(key="k").status_code == 400
        assert standin.world.served(post["media_attachments"][0]["id"]) == jpeg()
        assert [call.route for call in standin.calls.all()][:2] == ["POST /api/v2/media", POST]
        standin.reset()
        assert (standin.world.posts, standin.world.media, standin.calls.total) == ([], {}, 0)
        assert client.posted("Anew")["id"] != post["id"]
    assert [file.name for file in (tmp_path / "originals").iterdir()]


def test_a_server_is_updated_between_two_days(tmp_path, watch):
    with opened(tmp_path, "pixelfed-0.11", now=watch) as standin, Client(standin) as client:
        post = client.posted("Kept")
    with opened(tmp_path, "pixelfed-0.12", now=watch) as standin, Client(standin) as client:
        assert client.http.get("/api/v1/instance").json()["version"].endswith("Pixelfed 0.12.11)")
        assert client.ids() == [post["id"]]


def test_a_profile_that_there_is_not_is_a_mistake(tmp_path):
    with pytest.raises(ValueError, match=r"pixelfed-0\.12"), opened(tmp_path, "friendica-1"):
        pass


@pytest.mark.parametrize("profile", ["mastodon-4.6", "pixelfed-0.12"])
def test_the_command_says_how_to_call_it_and_ends_with_its_parent(tmp_path, profile):
    asked = [sys.executable, "-m", "heliograph.standin.fediverse", "--state", str(tmp_path), "--profile", profile]
    with subprocess.Popen([*asked, "--with-parent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        told = json.loads(running.stdout.readline())
        assert all(isinstance(value, str) for value in told.values())
        assert set(told) == {"url", "server", "who", "id", "token", "permissions", "expires_at", "profile"}
        assert (told["who"], told["expires_at"], told["profile"]) == ("@rehearsal@127.0.0.1", "", profile)
        headers = {"Authorization": f"Bearer {told['token']}", "Accept": "application/json"}
        verified = httpx2.get(f"{told['url']}/api/v1/accounts/verify_credentials", headers=headers)
        assert verified.json()["id"] == told["id"]
        running.stdin.close()
        assert running.wait(timeout=20) == 0


def test_the_command_refuses_an_address_that_is_not_this_machines(tmp_path):
    asked = [sys.executable, "-m", "heliograph.standin.fediverse", "--state", str(tmp_path), "--host", "192.0.2.1"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False, encoding="utf-8")
    assert (said.returncode, "loopback" in said.stderr) == (2, True)


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ALL)
def test_a_stranger_sees_public_posts_with_their_pictures_and_alt_texts(play, profile):
    standin, client = play(profile)
    client.posted("Sea & <sky>  < high", media=[client.media(alt='A "boat" <at> sea')], visibility="public")
    client.posted("Secret", visibility="private")
    post = standin.world.posts[-1]
    for path in ("/", "/@rehearsal", client.get(post.id)["url"]):
        page = client.http.get(path)
        assert page.status_code == 200
        assert "Sea &amp; " in page.text
        assert "Alt text:" in page.text
        assert "<at>" not in page.text
        assert "Secret" not in page.text
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert client.http.get("/@nobody").status_code == 404


def test_its_owner_sees_every_post_and_who_else_sees_it(play):
    _, client = play("mastodon-4.6")
    client.posted("Hidden", visibility="private")
    client.posted("Quiet", visibility="unlisted")
    stranger, owner = client.http.get("/").text, client.http.get("/?as=owner").text
    assert ("Hidden" in stranger, "Quiet" in stranger) == (False, True)
    assert ("Hidden" in owner, "Quiet" in owner) == (True, True)
    assert "1 post, newest first, as a stranger would see it on Mastodon" in stranger
    assert "2 posts, newest first, as their owner would see them" in owner
    assert "· private" in owner
    assert "· unlisted" in owner


def test_a_picture_with_a_warning_is_folded_away_until_somebody_looks(play):
    _, client = play("mastodon-4.6")
    client.posted("", media=[client.media(alt="A spider")], sensitive=True, spoiler_text="Spiders", visibility="public")
    page = client.http.get("/").text
    folded = page.partition("<details>")[2].partition("</details>")[0]
    assert "<summary>Spiders</summary>" in folded
    assert "A spider" in folded


def test_an_edited_post_of_pixelfed_is_shown_as_text(play):
    for profile in PIXELFEDS:
        standin, client = play(profile)
        post = client.posted("x")
        client.set(post["id"], status='<script>alert("x")</script> & more <3')
        page = client.http.get("/").text
        assert "<script" not in page
        assert "&amp; more &lt;3" in page
        assert standin.world.posts[0].text == 'alert("x") &amp; more &lt;3'
