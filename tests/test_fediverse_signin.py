"""Signing in to a server of the fediverse: a browser, a code, a token; least scopes; nothing goes anywhere else."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from heliograph.errors import Busy, Mistake, SignInNeeded
from heliograph.platforms.fediverse import account as accounts
from heliograph.platforms.fediverse.account import Account, identity
from heliograph.platforms.fediverse.oauth import OUT_OF_BAND
from heliograph.platforms.fediverse.options import Options
from heliograph.platforms.fediverse.signin import NOWHERE, SIGNING_IN, TOKEN, sign_in
from heliograph.platforms.fediverse.software import FEDIVERSE, GOTOSOCIAL, MASTODON, PIXELFED
from memory import FakeClock

URL = "https://social.example"
CODE, ACCESS, SECRET = "code-4711-AbC", "token-kanarienvogel-97", "client-secret-zaunkoenig"
INSTANCES = {
    MASTODON: {"version": "4.6.5", "api_versions": {"mastodon": 10}},
    PIXELFED: {"version": "3.5.3 (compatible; Pixelfed 0.12.4)"},
    "pixelfed-0.12.6": {"version": "3.5.3 (compatible; Pixelfed 0.12.6)"},
    GOTOSOCIAL: {"version": "0.20.0", "source_url": "https://codeberg.org/superseriousbusiness/gotosocial"},
    FEDIVERSE: {"version": "1.0 (compatible; Own 1.0)"},
}
LEAST = "read:accounts read:statuses write:media write:statuses"


@dataclass
class Said:
    """An answer: status, body, headers."""

    status: int
    body: object = ""
    headers: dict[str, str] = field(default_factory=dict)


class Server:
    """Registers programs, gives one token for one code where the proof fits, and knows whose it is."""

    def __init__(self, software: str = MASTODON) -> None:
        self.apps: list[dict[str, str]] = []
        self.asked: list[httpx2.Request] = []
        self.link: dict[str, str] = {}
        self.instead: dict[str, Said] = {}
        """Path -> what it says instead."""
        self.grant: dict[str, object] = {}
        self.instance = INSTANCES[software]

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        said = self.instead.get(request.url.path) or self.said(request.url.path, request)
        body = said.body if isinstance(said.body, str) else json.dumps(said.body)
        stream = httpx2.ByteStream(body.encode())
        return httpx2.Response(said.status, headers=said.headers, stream=stream)

    def said(self, path: str, request: httpx2.Request) -> Said:
        if path == "/api/v2/instance":
            return Said(200, self.instance)
        if path == "/api/v1/apps":
            self.apps.append(dict(parse_qsl(request.read().decode())))
            return Said(200, {"id": "7", "client_id": 7, "client_secret": SECRET})
        if path == "/oauth/token":
            return self.token(dict(parse_qsl(request.read().decode())))
        if path == accounts.CREDENTIALS:
            mine = request.headers.get("authorization") == f"Bearer {ACCESS}"
            return (
                Said(200, {"id": "42", "username": "ana"})
                if mine
                else Said(401, {"error": "The access token is invalid"})
            )
        return Said(404, {"error": "Record not found"})

    def token(self, form: dict[str, str]) -> Said:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.link["code_challenge"]
        same = form["redirect_uri"] == self.link["redirect_uri"] == self.apps[-1]["redirect_uris"]
        if (
            form["code"] != CODE
            or not proven
            or not same
            or (form["client_id"], form["client_secret"]) != ("7", SECRET)
        ):
            return Said(400, {"error": "invalid_grant", "error_description": f"The code {form['code']} is not valid."})
        return Said(200, {"access_token": ACCESS, "token_type": "Bearer", "scope": self.link["scope"], **self.grant})


@dataclass
class Owner:
    """Implements `ports.Ask`: somebody who says yes or no in a browser on this machine or another."""

    server: Server
    answer: dict[str, str] = field(default_factory=lambda: {"code": CODE})
    typed: str = "{code}"
    state: str = "{state}"
    links: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def show(self, link: str, sentence: str) -> None:
        assert sentence.endswith(".")
        self.links.append(link)
        self.server.link = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        back = self.server.link["redirect_uri"]
        if back.startswith("http://127.0.0.1:"):
            self.visit(back)

    def visit(self, back: str) -> None:
        state = self.state.format(state=self.server.link["state"])
        with closing(urllib.request.urlopen(f"{back}?{urlencode({**self.answer, 'state': state})}", timeout=10)):  # noqa: S310
            pass

    def code(self, sentence: str) -> str:
        self.asked.append(sentence)
        return self.typed.format(code=CODE, state=self.server.link["state"], nowhere=NOWHERE)


class Patient(FakeClock):
    """Waits a little in truth, too, for the browser is another thread."""

    def sleep(self, wait_s: float) -> None:
        time.sleep(0.002)
        super().sleep(wait_s / 100)


def enter(server: Server, owner: Owner | None = None, *, url: str = URL, **more: object) -> Account:
    clock = more.pop("clock", Patient())
    given = {TOKEN.name: more.pop("token")} if "token" in more else {}
    transport = httpx2.MockTransport(server)
    return sign_in(Options(url=url), given, owner or Owner(server), clock, transport=transport, **more)  # type: ignore[arg-type]


# --- by a browser and by a code ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("software", [MASTODON, PIXELFED, GOTOSOCIAL, FEDIVERSE])
def test_the_browser_comes_back_and_the_account_is_the_owners(software):
    server = Server(software)
    owner = Owner(server)
    found = enter(server, owner)
    assert (found.who, found.id, found.token, found.server) == ("@ana@social.example", "42", ACCESS, URL)
    assert found.permissions == "add, change and delete posts"
    assert ACCESS not in repr(found)
    assert ACCESS not in str(found)
    assert len(server.apps) == 1
    assert server.apps[0]["client_name"] == "heliograph"
    assert server.apps[0]["redirect_uris"].count("http://") == 1, "exactly one address to come back to"
    assert owner.links[0].startswith(f"{URL}/oauth/authorize?")
    assert server.link["code_challenge_method"] == "S256"
    assert not [word for word in (SECRET, CODE, ACCESS) if word in owner.links[0]]


@pytest.mark.parametrize(
    ("software", "scopes"),
    [(MASTODON, LEAST), (GOTOSOCIAL, LEAST), (PIXELFED, "read write"), (FEDIVERSE, "read write")],
)
def test_the_least_permissions_that_a_software_knows_are_asked_for(software, scopes):
    server = Server(software)
    enter(server)
    assert server.apps[0]["scopes"] == server.link["scope"] == scopes


@pytest.mark.parametrize("software", [MASTODON, GOTOSOCIAL, "pixelfed-0.12.6"])
def test_where_the_server_shows_a_code_the_code_is_asked_for(software):
    server = Server(software)
    owner = Owner(server)
    assert enter(server, owner, callback=False).id == "42"
    assert server.link["redirect_uri"] == OUT_OF_BAND
    assert owner.asked == ["The code that social.example shows"]


@pytest.mark.parametrize("software", [PIXELFED, FEDIVERSE])
@pytest.mark.parametrize(
    "typed",
    [
        "{nowhere}?code={code}&state={state}",
        " {nowhere}?state={state}&code={code}\n",
        "code={code}&state={state}",
        "{code}",
    ],
)
def test_where_it_shows_none_the_address_can_be_pasted_and_the_code_as_well(software, typed):
    server = Server(software)
    owner = Owner(server, typed=typed)
    assert enter(server, owner, callback=False).id == "42"
    assert server.link["redirect_uri"] == NOWHERE
    assert "whole address" in owner.asked[0]


def test_an_address_of_another_link_is_not_taken():
    server = Server(PIXELFED)
    with pytest.raises(SignInNeeded, match="belongs to another link"):
        enter(server, Owner(server, typed="{nowhere}?code={code}&state=foreign"), callback=False)
    assert "/oauth/token" not in [request.url.path for request in server.asked]


def test_a_visit_with_a_foreign_state_is_not_the_answer():
    server = Server()

    class Meddler(Owner):
        def visit(self, back: str) -> None:
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{back}?{urlencode({'code': 'evil', 'state': 'foreign'})}", timeout=10)  # noqa: S310
            super().visit(back)

    assert enter(server, Meddler(server)).id == "42"


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("callback", [True, False])
def test_an_owner_who_says_no_is_understood(callback):
    server = Server(PIXELFED)
    no = {"error": "access_denied", "error_description": "The resource owner denied the request."}
    owner = Owner(server, answer=no, typed="{nowhere}?error=access_denied&state={state}")
    with pytest.raises(SignInNeeded, match="was not allowed to let heliograph in"):
        enter(server, owner, callback=callback)


def test_a_permission_that_the_server_does_not_know_is_named():
    server = Server()
    owner = Owner(server, answer={"error": "invalid_scope", "error_description": "The requested scope is invalid"})
    with pytest.raises(SignInNeeded, match=r"read:accounts.*The requested scope is invalid"):
        enter(server, owner)


@pytest.mark.parametrize("typed", ["another-code", "", "two words", "schlüssel", "code=&state={state}"])
def test_a_wrong_code_is_a_sentence_without_the_code(typed):
    server = Server()
    with pytest.raises(SignInNeeded, match=r"does not accept the code|was not allowed") as caught:
        enter(server, Owner(server, typed=typed), callback=False)
    assert "another-code" not in caught.value.sentence
    assert "helio signin" in caught.value.sentence


@pytest.mark.parametrize(
    "lost",
    [
        Said(200, "<html>Welcome to our hotel</html>", {"Content-Type": "text/html"}),
        Said(200, {"token_type": "Bearer"}),
        Said(200, {"access_token": "schlüssel"}),
        Said(200, []),
        Said(500, "oh"),
        Said(302, "", {"Location": "https://evil.example/token"}),
    ],
)
def test_a_lost_token_is_not_asked_for_twice_and_can_be_made_anew(lost):
    server = Server()
    server.instead["/oauth/token"] = lost
    with pytest.raises(Busy, match=r"was lost\. Nothing was kept"):
        enter(server)
    paths = [request.url.path for request in server.asked]
    assert paths.count("/oauth/token") == 1
    assert {request.url.host for request in server.asked} == {"social.example"}


@pytest.mark.parametrize("status", [404, 403, 422])
def test_a_server_that_lets_no_programs_in_sends_nobody_to_a_browser(status):
    server = Server()
    server.instead["/api/v1/apps"] = Said(status, {"error": "Not here"})
    owner = Owner(server)
    with pytest.raises(SignInNeeded, match=f"does not let programs sign in .HTTP {status}: Not here.*--token-file"):
        enter(server, owner)
    assert owner.links == []


@pytest.mark.parametrize(
    "said", [Said(200, []), Said(200, {"client_id": "7"}), Said(200, "<html>"), Said(200, {"client_id": {}})]
)
def test_nonsense_instead_of_an_application_is_a_sentence(said):
    server = Server()
    server.instead["/api/v1/apps"] = said
    with pytest.raises(Busy, match="was asked and the answer"):
        enter(server)


def test_an_unconfirmed_address_is_named():
    server = Server(PIXELFED)
    server.instead[accounts.CREDENTIALS] = Said(302, "", {"Location": f"{URL}/i/verify-email"})
    with pytest.raises(SignInNeeded, match="e-mail address to be confirmed"):
        enter(server)


def test_more_permissions_than_asked_for_are_fine_and_none_to_write_is_not():
    server = Server()
    server.grant = {"scope": "read write follow push"}
    assert enter(server).id == "42"
    server.grant = {"scope": "read:accounts"}
    with pytest.raises(SignInNeeded, match="only gave the permission 'read:accounts'"):
        enter(server)
    server.grant = {"scope": ["odd"]}
    assert enter(server).id == "42"


def test_nobody_is_waited_for_for_ever():
    class Away(Owner):
        def visit(self, back: str) -> None:
            """Nobody comes."""

    server = Server()
    with pytest.raises(SignInNeeded, match="within 10 minutes"):
        enter(server, Away(server), clock=FakeClock())
    with pytest.raises(Busy, match="was stopped; nothing was kept"):
        enter(server, Away(server), stop=lambda: True)


@pytest.mark.parametrize(
    "url", ["http://social.example", "social.example", "https://ana:pw@social.example", "ftp://social.example"]
)
def test_an_address_that_is_not_safe_is_not_called(url):
    server = Server()
    with pytest.raises(Mistake) as caught:
        enter(server, url=url)
    assert server.asked == []
    assert ":pw" not in str(caught.value)


def test_no_secret_is_logged(caplog):
    caplog.set_level(logging.DEBUG, "heliograph")
    server = Server()
    enter(server)
    verifier = parse_qs(server.asked[2].read().decode())["code_verifier"][0]
    assert "/oauth/token" in caplog.text
    assert not [word for word in (SECRET, CODE, ACCESS, verifier, server.link["state"]) if word in caplog.text]


# --- with a token -----------------------------------------------------------------------------------------------------


def test_a_token_is_proven_and_nobody_is_asked():
    server = Server()
    owner = Owner(server)
    found = enter(server, owner, token=ACCESS, callback=True)
    assert (found.who, found.id, found.expires_at) == ("@ana@social.example", "42", "")
    assert "as far as the token permits" in found.permissions
    assert (owner.links, owner.asked, server.apps) == ([], [], [])
    assert [request.headers.get("authorization") for request in server.asked] == [None, f"Bearer {ACCESS}"]


@pytest.mark.parametrize(
    "said",
    [
        Said(401, {"error": "The access token was revoked"}),
        Said(403, {"error": "This action is outside the authorized scopes"}),
        Said(422, ""),
        Said(400, "<html>"),
        Said(500, {"error": "Unauthenticated."}),
    ],
)
def test_a_token_that_is_not_accepted_is_a_sentence_without_it(said):
    server = Server(PIXELFED)
    server.instead[accounts.CREDENTIALS] = said
    with pytest.raises(SignInNeeded, match=r"social\.example .*") as caught:
        enter(server, token=ACCESS)
    assert ACCESS not in caught.value.sentence


def test_a_server_that_repeats_the_token_does_not_put_it_into_our_sentence():
    server = Server()
    server.instead[accounts.CREDENTIALS] = Said(401, {"error": f"{ACCESS} is revoked"})
    with pytest.raises(SignInNeeded) as caught:
        enter(server, token=ACCESS)
    assert ACCESS not in caught.value.sentence
    assert "is revoked" in caught.value.sentence


@pytest.mark.parametrize(
    "said", [[], {}, {"id": 42, "username": "ana"}, {"id": "", "username": "ana"}, {"id": "42"}, "x"]
)
def test_an_answer_that_names_nobody_is_no_account(said):
    server = Server()
    server.instead[accounts.CREDENTIALS] = Said(200, json.dumps(said))
    with pytest.raises(Busy, match="names no account"):
        enter(server, token=ACCESS)
    assert identity(said, URL) is None


def test_a_token_never_follows_to_another_host():
    server = Server()
    server.instead[accounts.CREDENTIALS] = Said(302, "", {"Location": "https://evil.example/api/v1/accounts"})
    with pytest.raises(Busy, match="not followed"):
        enter(server, token=ACCESS)
    assert {request.url.host for request in server.asked} == {"social.example"}


def test_pixelfeds_token_ends_in_a_year_and_mastodons_never():
    assert enter(Server(PIXELFED)).expires_at[:4] == "2027"
    assert enter(Server(PIXELFED), token=ACCESS).expires_at[:4] == "2027"
    assert enter(Server(MASTODON)).expires_at == ""


def test_a_token_is_optional_and_hidden():
    assert SIGNING_IN.needs == (TOKEN,)
    assert TOKEN.optional
    assert TOKEN.hidden
    assert SIGNING_IN.account is Account
