"""Signing in, tokens, refusals, rates and what the fediverse stand-in says of itself."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from fediverse_server import ALL, GTS, NOON, PIXELFEDS, SNAC, TAKAHE, Client, jpeg, play, watch
from heliograph.standin.fediverse import PROFILES

__all__ = ["play", "watch"]

OOB = "urn:ietf:wg:oauth:2.0:oob"
BACK = "http://127.0.0.1"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


# --- what it says of itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ALL)
def test_software_and_limits_are_told(play, profile):
    _, client = play(profile)
    traits = PROFILES[profile]
    (link,) = client.http.get("/.well-known/nodeinfo").json()["links"]
    assert client.http.get(link["href"]).json()["software"] == {"name": traits.software, "version": traits.version}
    instance = client.http.get("/api/v1/instance").json()
    assert traits.version in instance["version"]
    limits = instance["configuration"]
    assert limits["statuses"]["max_characters"] == traits.text_len
    assert limits["statuses"]["max_media_attachments"] == traits.pictures
    assert limits["media_attachments"]["image_size_limit"] == traits.image_bytes
    assert limits["media_attachments"].get("description_limit") == (traits.alt_len if traits.tells_alt_len else None)
    v2 = client.http.get("/api/v2/instance")
    assert v2.status_code == (404 if profile == SNAC else 200)
    if profile != SNAC:
        assert v2.json()["configuration"]["media_attachments"]["image_matrix_limit"] == traits.matrix[1]


def test_pixelfed_tells_the_mastodon_it_claims_to_be(play):
    _, client = play("pixelfed-0.11")
    version = client.http.get("/api/v1/instance").json()["version"]
    assert re.search(r"Pixelfed\s+(\d+)\.(\d+)\.(\d+)", version).groups() == ("0", "11", "13")
    uploader = client.http.get("/api/v2/config").json()["uploader"]
    assert (uploader["max_photo_size"], uploader["max_altext_length"]) == ("15000", "1000")


def test_an_operator_changes_limits_and_updates_the_software(play):
    _, client = play("mastodon-4.6", text_len=5000, alt_len=1500, pictures=10, image_bytes=1000, version="4.7.0")
    instance = client.http.get("/api/v2/instance").json()
    assert instance["version"] == "4.7.0"
    assert instance["configuration"]["statuses"]["max_characters"] == 5000
    assert instance["configuration"]["statuses"]["max_media_attachments"] == 10
    assert instance["configuration"]["media_attachments"]["description_limit"] == 1500
    assert client.send(jpeg() + b"\0" * 1000).status_code == 422
    assert client.post("x" * 501, media=[]).status_code == 200


@pytest.mark.parametrize("profile", ALL)
def test_an_account_is_told_to_its_owner(play, profile):
    standin, client = play(profile)
    told = client.http.get("/api/v1/accounts/verify_credentials").json()
    assert (told["id"], told["username"], told["source"]["privacy"]) == (standin.id, "rehearsal", "public")
    assert ("uri" in told) == (profile not in PIXELFEDS)
    assert client.http.get("/api/v1/preferences").json()["posting:default:visibility"] == "public"


# --- signing in -------------------------------------------------------------------------------------------------------


def register(client, uri=BACK, scopes="read write"):
    told = {"client_name": "heliograph", "redirect_uris": uri, "scopes": scopes, "website": ""}
    return client.http.post("/api/v1/apps", data=told).json()


def authorize(client, app, uri=BACK, *, choice=None, **asked):
    told = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": uri, "scope": "read write", **asked}
    if choice is None:
        return client.http.get("/oauth/authorize", params=told)
    return client.http.post("/oauth/authorize", data=told | {"choice": choice})


def exchange(client, app, code, uri=BACK, **asked):
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri, **asked}
    secrets = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    return client.http.post("/oauth/token", data=told | secrets)


@pytest.mark.parametrize("profile", ALL)
def test_signing_in_by_a_loopback_address(play, profile):
    standin, client = play(profile)
    app = register(client)
    assert "wants to use your account" in authorize(client, app).text
    answer = authorize(client, app, choice="yes", state="s")
    came = {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    assert (answer.status_code, came["state"]) == (302, "s")
    told = exchange(client, app, came["code"]).json()
    assert ("refresh_token" in told, told.get("expires_in")) == (
        (True, 31536000) if profile in PIXELFEDS else (False, None)
    )
    with Client(standin, token=told["access_token"]) as signed_in:
        assert signed_in.http.get("/api/v1/accounts/verify_credentials").json()["id"] == standin.id
    assert exchange(client, app, came["code"]).json()["error"] == "invalid_grant"


def test_saying_no_comes_back_too(play):
    _, client = play("mastodon-4.6")
    app = register(client)
    assert "error=access_denied" in authorize(client, app, choice="no", state="s").headers["Location"]


def test_somebody_may_say_yes_at_once(play):
    _, client = play("mastodon-4.6", authorize="yes")
    assert "code=" in authorize(client, register(client)).headers["Location"]


@pytest.mark.parametrize(("profile", "good"), [("mastodon-4.6", True), ("pixelfed-0.12", True), (GTS, False)])
def test_a_loopback_address_comes_back_at_any_port_where_the_software_knows_that(play, profile, good):
    _, client = play(profile, authorize="yes")
    app = register(client)
    assert (authorize(client, app, f"{BACK}:4711").status_code == 302) == good
    assert authorize(client, app, "http://localhost:4711").status_code == 400
    assert authorize(client, app, "http://192.0.2.1").status_code == 400


@pytest.mark.parametrize("profile", ["mastodon-4.6", "pixelfed-0.12", GTS])
def test_a_code_is_shown_to_be_pasted(play, profile):
    _, client = play(profile, authorize="yes")
    app = register(client, OOB)
    code = re.search(r'id="code">([^<]+)<', authorize(client, app, OOB).text)[1]
    assert "access_token" in exchange(client, app, code, OOB).json()


def test_pixelfed_0_11_shows_no_code(play):
    _, client = play("pixelfed-0.11", authorize="yes")
    assert authorize(client, register(client, OOB), OOB).status_code == 400


def test_a_challenge_is_checked(play):
    for profile in ("mastodon-4.6", "pixelfed-0.11"):
        _, client = play(profile, authorize="yes")
        app = register(client)

        def code(client=client, app=app):
            answer = authorize(client, app, code_challenge=CHALLENGE, code_challenge_method="S256")
            return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

        assert exchange(client, app, code(), code_verifier="wrong").json()["error"] == "invalid_grant"
        assert "access_token" in exchange(client, app, code(), code_verifier=VERIFIER).json()
    _, client = play("mastodon-4.6")
    assert authorize(client, register(client), code_challenge="x", code_challenge_method="plain").status_code == 400


def test_a_code_ends_after_ten_minutes_and_belongs_to_one_application(play, watch):
    _, client = play("mastodon-4.6", authorize="yes")
    app, other = register(client), register(client)

    def code():
        return parse_qs(urlsplit(authorize(client, app).headers["Location"]).query)["code"][0]

    assert exchange(client, other, code()).status_code == 400
    assert exchange(client, app | {"client_secret": "x"}, code()).status_code == 401
    late = code()
    watch.at += 601
    assert exchange(client, app, late).status_code == 400


def test_pixelfed_knows_only_its_own_scopes(play):
    _, client = play("pixelfed-0.12", authorize="yes")
    answer = authorize(client, register(client), scope="read write:media")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    _, other = play("mastodon-4.6", authorize="yes")
    assert authorize(other, register(other), scope="read write:media").status_code == 302
    assert authorize(other, register(other, scopes="read"), scope="write").status_code == 400


def test_a_list_of_addresses_becomes_one_broken_one_on_pixelfed_0_11(play):
    for profile, good in (("pixelfed-0.11", False), ("pixelfed-0.12", True), ("mastodon-4.6", True)):
        _, client = play(profile, authorize="yes")
        app = register(client, f"{BACK}\nhttp://127.0.0.1/other")
        assert (authorize(client, app).status_code == 302) == good


def test_pixelfeds_token_ends_after_a_year_and_is_renewed(play, watch):
    standin, client = play("pixelfed-0.12")
    watch.at += 365 * 86400 - 1
    assert client.list().status_code == 200
    watch.at += 1
    assert client.list().json() == {"error": "Unauthenticated."}
    token = standin.world.tokens[standin.token]
    told = {"grant_type": "refresh_token", "refresh_token": token.refresh, "client_id": standin.application.id}
    fresh = client.http.post("/oauth/token", data=told | {"client_secret": standin.application.secret}).json()
    with Client(standin, token=fresh["access_token"]) as renewed:
        assert renewed.list().status_code == 200
    assert client.http.post("/oauth/token", data=told | {"client_secret": standin.application.secret}).is_error


@pytest.mark.parametrize(("profile", "status"), [("mastodon-4.6", 200), ("pixelfed-0.11", 404), ("pixelfed-0.12", 200)])
def test_a_token_is_given_back(play, profile, status):
    standin, client = play(profile)
    told = {"client_id": standin.application.id, "client_secret": standin.application.secret, "token": standin.token}
    assert client.http.post("/oauth/revoke", data=told).status_code == status
    assert (client.list().status_code == 200) == (status == 404)


def test_what_can_be_asked_about_signing_in(play):
    _, client = play("mastodon-4.6")
    told = client.http.get("/.well-known/oauth-authorization-server").json()
    assert told["code_challenge_methods_supported"] == ["S256"]
    for profile in ("mastodon-4.0", "pixelfed-0.12", GTS):
        _, other = play(profile)
        assert "json" not in other.http.get("/.well-known/oauth-authorization-server").headers["Content-Type"]


# --- refusals ---------------------------------------------------------------------------------------------------------

REFUSED = [
    ("mastodon-4.6", 401, "application/json", "The access token is invalid"),
    ("pixelfed-0.11", 500, "application/json", '{"error":"Unauthenticated."}'),
    ("pixelfed-0.12", 401, "application/json", '{"error":"Unauthenticated."}'),
    (GTS, 401, "application/json", "Unauthorized"),
    (SNAC, 422, "text/html", ""),
    (TAKAHE, 400, "text/html", "Bad Request"),
]


@pytest.mark.parametrize(("profile", "status", "kind", "words"), REFUSED)
def test_a_bad_token_is_refused_in_each_softwares_way(play, profile, status, kind, words):
    standin, _ = play(profile)
    for token in ("nonsense", ""):
        with Client(standin, token=token) as stranger:
            answer = stranger.list()
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (status, kind)
        assert words in answer.text


def test_a_token_that_was_taken_back_says_so_on_mastodon(play):
    standin, client = play("mastodon-4.6")
    standin.revoke()
    assert client.list().json() == {"error": "The access token was revoked"}


@pytest.mark.parametrize("profile", [*PIXELFEDS, "mastodon-4.6", GTS])
def test_a_token_that_permits_too_little_is_refused(play, profile):
    standin, _ = play(profile)
    with Client(standin, token=standin.token_with("read")) as reader:
        assert reader.list().status_code == 200
        assert reader.send().status_code == reader.post(media=["1"]).status_code == 403
    assert standin.world.media == {}


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
@pytest.mark.parametrize("profile", PIXELFEDS)
def test_pixelfed_leads_away_who_does_not_take_json(play, profile, accept):
    standin, _ = play(profile)
    with Client(standin, accept=accept) as browser, Client(standin, token="", accept=accept) as stranger:
        assert stranger.list().headers["Location"] == "/login"
        assert browser.list(limit=0).headers["Location"] == "/"
        missing = browser.http.get("/api/v1/statuses/1")
        assert (missing.status_code, "<h1>404" in missing.text) == (404, True)


def test_gotosocial_refuses_who_takes_no_json(play):
    standin, _ = play(GTS)
    with Client(standin, accept="text/html") as browser, Client(standin, accept="*/*") as careless:
        assert (browser.list().status_code, careless.list().status_code) == (406, 200)


def test_pixelfed_asks_for_a_confirmed_address(play):
    _, client = play("pixelfed-0.11", email_verified=False)
    assert client.list().headers["Location"] == "/i/verify-email"
    _, other = play("mastodon-4.6", email_verified=False)
    assert other.list().status_code == 403


def test_another_hosts_name_is_turned_away(play):
    _, client = play("mastodon-4.6")
    answer = client.http.get("/api/v1/instance", headers={"Host": "evil.example"})
    assert answer.status_code == 403


# --- rates ------------------------------------------------------------------------------------------------------------


def test_mastodon_takes_thirty_uploads_in_half_an_hour(play, watch):
    _, client = play("mastodon-4.6", rates_enforced=True)
    picture = jpeg((8, 8))
    answers = [client.send(picture) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    told = answers[-1]
    assert (told.json(), told.headers["X-RateLimit-Remaining"]) == ({"error": "Too many requests"}, "0")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", told.headers["X-RateLimit-Reset"])
    assert "Retry-After" not in told.headers
    assert answers[0].headers["X-RateLimit-Limit"] == "30"
    watch.at += 1800
    assert client.send(picture).status_code == 200


def test_pixelfed_takes_ten_media_edits_a_minute(play, watch):
    _, client = play("pixelfed-0.11", rates_enforced=True)
    known = client.media()
    path = f"/api/v1/media/{known}"
    answers = [client.http.put(path, json={"description": "x"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].json()["error"].startswith("Too many attempts")
    assert not [name for name in answers[-1].headers if "rate" in name.lower() or "retry" in name.lower()]
    watch.at += 60
    assert client.http.put(path, json={"description": "x"}).status_code == 200


def test_pixelfed_of_2026_says_when_to_come_back(play):
    _, client = play("pixelfed-0.12", rates_enforced=True)
    answers = [client.http.get("/api/v1/preferences") for _ in range(513)]
    assert {answer.status_code for answer in answers[:512]} == {200}
    told = answers[-1].headers
    assert answers[-1].json() == {"error": "Too Many Attempts."}
    assert (int(told["X-RateLimit-Reset"]) - NOON, int(told["Retry-After"])) == (60, 60)
    assert "X-RateLimit-Reset" not in answers[0].headers


def test_rates_are_told_and_nobody_is_put_off_unless_asked(play):
    _, client = play("mastodon-4.6")
    for _ in range(31):
        answer = client.send(jpeg((8, 8)))
        assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (200, "30")
