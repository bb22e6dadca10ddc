"""Signing in to, and learning about, every server that can be played here: over a real socket, as in real life."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from flickr_owner import decide, visit
from heliograph.desk.clock import SystemClock
from heliograph.errors import Busy, SignInNeeded
from heliograph.platforms.fediverse.account import CREDENTIALS, Account
from heliograph.platforms.fediverse.discovery import Known, discover
from heliograph.platforms.fediverse.limits import limits_of
from heliograph.platforms.fediverse.oauth import OUT_OF_BAND
from heliograph.platforms.fediverse.options import Options
from heliograph.platforms.fediverse.signin import TOKEN, sign_in
from heliograph.platforms.fediverse.software import FEDIVERSE, dialect_of
from heliograph.standin.fediverse import PROFILES, Fault, StandIn, serve
from heliograph.wire import Timeouts, Wire

SOFTWARE = {
    "mastodon-4.6": "mastodon",
    "mastodon-4.0": "mastodon",
    "pixelfed-0.11": "pixelfed",
    "pixelfed-0.12": "pixelfed",
    "gotosocial-0.20": "gotosocial",
    "snac-2.94": "snac",
    "takahe-0.11": "takahe",
}
CANARY = "kanarienvogel-97"
CALLS = {"mastodon-4.6": 1, "pixelfed-0.11": 2, "pixelfed-0.12": 2, "snac-2.94": 2}
"""Discovery takes so many; three elsewhere, since nodeinfo is asked as well."""


@pytest.fixture(scope="module", params=sorted(PROFILES))
def standin(request, tmp_path_factory):
    """One server for all; sign-ins do not know of each other."""
    with serve(tmp_path_factory.mktemp("server"), request.param) as running:
        yield running


@pytest.fixture(autouse=True)
def quiet(request):
    """No fault and no turned dial is left over."""
    yield
    if "standin" in request.fixturenames:
        request.getfixturevalue("standin").reset()


class NoFollowing(urllib.request.HTTPRedirectHandler):
    """A browser on another computer: it cannot reach what listens here."""

    def redirect_request(self, *_):
        return None


class Owner:
    """Implements `ports.Ask` with a browser, here or on another computer."""

    def __init__(self, answer="yes"):
        self.answer = answer
        self.shown = ""

    def show(self, link, sentence):
        assert sentence.startswith("Allow it there")
        fields = dict(parse_qsl(urlsplit(link).query))
        if fields["redirect_uri"].startswith("http://127.0.0.1:"):
            decide(link, self.answer)
        elif fields["redirect_uri"] == OUT_OF_BAND:
            self.shown = re.search(r'id="code">([\w-]+)<', decide(link, self.answer)[1])[1]
        else:
            asked = f"{link.partition('?')[0]}", urlencode({**fields, "choice": self.answer}).encode()
            with pytest.raises(urllib.error.HTTPError) as led:
                urllib.request.build_opener(NoFollowing).open(*asked, timeout=10)
            self.shown = led.value.headers["Location"]
            led.value.close()

    def code(self, sentence):
        assert sentence
        return self.shown


def enter(standin: StandIn, owner: Owner | None = None, token: str = "", **more: object) -> Account:
    options, given = Options(url=standin.url), {TOKEN.name: token} if token else {}
    return sign_in(options, given, owner or Owner(), SystemClock(), usual=FEDIVERSE, **more)  # type: ignore[arg-type]


def verified(standin: StandIn, token: str) -> int:
    """Status of a call with a token."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    with Wire(standin.url, SystemClock()) as wire:
        answer = wire.call("GET", CREDENTIALS, kind="t", repeatable=True, headers=headers, accept=range(400, 501))
    return answer.status


# --- signing in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("callback", [True, False], ids=["browser", "code"])
def test_the_owner_is_let_in_and_the_token_is_good(standin, callback):
    found = enter(standin, callback=callback)
    assert (found.who, found.id, found.server) == (standin.who, standin.id, standin.url)
    assert verified(standin, found.token) == 200
    assert found.token != standin.token
    assert bool(found.expires_at) == standin.profile.startswith("pixelfed")


def test_a_token_made_by_hand_is_tried_and_taken(standin):
    standin.calls.clear()
    found = enter(standin, token=standin.token)
    assert (found.who, found.id, found.token) == (standin.who, standin.id, standin.token)
    assert not [call for call in standin.calls.counts if call.startswith("POST")]


def test_an_owner_who_says_no_is_understood(standin):
    with pytest.raises(SignInNeeded, match="was not allowed to let heliograph in"):
        enter(standin, Owner("no"))


def test_a_token_that_is_none_is_a_sentence(standin):
    with pytest.raises(SignInNeeded, match=r"127\.0\.0\.1") as caught:
        enter(standin, token=CANARY)
    assert CANARY not in caught.value.sentence


def test_a_server_that_moved_away_is_named_and_gets_no_credentials(standin):
    standin.faults.add(Fault("redirect", route="POST /oauth/token"))
    with pytest.raises(Busy, match=r"was lost\. Nothing was kept"):
        enter(standin)


# --- what it says of itself -------------------------------------------------------------------------------------------


def test_each_server_is_known_for_what_it_is_in_few_calls(standin):
    standin.calls.clear()
    quick = Timeouts(attempts=1)
    with Wire(standin.url, SystemClock(), timeouts=quick) as wire:
        said = discover(wire, standin.url, 0.0, FEDIVERSE)
    assert said.software == SOFTWARE[standin.profile]
    assert standin.calls.total == CALLS.get(standin.profile, 3)
    assert dialect_of(said.software, said.version, FEDIVERSE).name.endswith(PROFILES[standin.profile].version)


def test_what_it_takes_is_what_it_says_or_what_is_usual(standin):
    known = Known(None, standin.url, FEDIVERSE, SystemClock())
    with Wire(standin.url, SystemClock()) as wire:
        known.refresh(wire)
    made, traits = limits_of(known.instance(), known.dialect(), Options(url=standin.url)), PROFILES[standin.profile]
    assert made.text_len == traits.text_len
    assert made.gathers == traits.pictures
    assert made.max_bytes in {traits.image_bytes, traits.image_bytes - 1}
    assert made.alt_len <= (traits.alt_len or made.alt_len)
    assert set(made.media_types) <= set(traits.types)


def test_a_dial_that_the_operator_turned_is_noticed(standin):
    standin.turn(text_len=777, image_bytes=3_000_000)
    with Wire(standin.url, SystemClock()) as wire:
        said = discover(wire, standin.url, 0.0, FEDIVERSE)
    assert (said.text_len, said.max_bytes) == (777, 3_000_000)


def test_the_pages_that_are_shown_are_there(standin):
    assert standin.who.split("@")[1] in visit(f"{standin.url}/")[1]
