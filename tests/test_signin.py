"""Signing in to Flickr: with a browser that comes back or with a code, against the stand-in."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import pytest

import flickr_owner
from flickr_owner import Owner, visit
from heliograph.desk.clock import SystemClock
from heliograph.errors import Busy, Mistake, SignInNeeded
from heliograph.platforms.flickr import signin
from heliograph.platforms.flickr.hosts import hosts
from heliograph.platforms.flickr.signing import Signer
from heliograph.wire import Callback, Wire
from wire_service import TestClock, reset_late, status

flickr = flickr_owner.flickr


class Skewed(SystemClock):
    """A clock that is wrong."""

    def __init__(self, ahead):
        self.ahead = ahead

    def now(self):
        return super().now() + self.ahead


def enter(flickr, owner, perms=signin.WRITE, *, clock=None, key=None, secret=None, **more):
    base = hosts(more.pop("url", flickr.url))
    return signin.sign_in(
        base, clock or SystemClock(), key or flickr.key, secret or flickr.secret, perms, owner, **more
    )


# --- with a browser that comes back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("perms", [signin.WRITE, signin.DELETE])
def test_the_browser_comes_back_and_the_account_is_the_owners(flickr, perms):
    owner = Owner()
    account = enter(flickr, owner, perms)
    assert (account.nsid, account.perms) == (flickr.nsid, perms)
    assert account.username
    assert account.username in account.who
    assert ("delete" in account.permissions) == (perms == signin.DELETE)
    where, page = owner.pages[0]
    assert where.startswith("http://127.0.0.1:")
    assert "you can close this window" in page
    assert parse_qs(urlsplit(owner.links[0]).query)["perms"] == [perms]
    assert account.token not in repr(account) + str(account)
    assert account.token_secret not in repr(account) + str(account)


def test_the_token_is_good_for_signed_calls(flickr):
    account = enter(flickr, Owner())
    signer = Signer(flickr.key, flickr.secret, account.token, account.token_secret, clock=SystemClock())
    with Wire(flickr.url, SystemClock(), sign=signer.sign) as wire:
        asked = {"method": "flickr.test.login", "format": "json", "nojsoncallback": "1"}
        said = wire.call("POST", "/services/rest/", kind="read", repeatable=True, data=asked).json()
    assert said["user"]["id"] == flickr.nsid


@pytest.fixture
def doors(monkeypatch):
    """The callbacks that were opened."""
    made = []

    def opened(*arguments):
        made.append(Callback(*arguments))
        return made[-1]

    monkeypatch.setattr(signin, "Callback", opened)
    return made


@pytest.mark.parametrize("query", ["oauth_token={token}", "denied={token}", "oauth_token={token}&oauth_problem=denied"])
def test_a_browser_that_comes_back_with_a_no_is_understood(flickr, doors, query):
    class Unwilling(Owner):
        def show(self, link, sentence):
            token = parse_qs(urlsplit(link).query)["oauth_token"][0]
            visit(f"{doors[0].url}?{query.format(token=token)}")

    with pytest.raises(SignInNeeded, match="was not allowed to let heliograph in"):
        enter(flickr, Unwilling())


class Meddled(Owner):
    """Before the owner's own browser comes back, others knock at the same door."""

    def show(self, link, sentence):
        token = parse_qs(urlsplit(link).query)["oauth_token"][0]
        self.knocked = [
            self.knock(f"/heliograph?oauth_token=foreign&oauth_verifier={token}"),
            self.knock(f"/other?oauth_token={token}&oauth_verifier=000-000-000"),
            self.knock(f"/heliograph?oauth_token={token}&oauth_verifier=000-000-000", host="evil.example"),
            self.knock("/heliograph"),
            self.knock("/favicon.ico"),
            self.knock(f"/heliograph?oauth_token={token}", method="POST"),
        ]
        self.idle = HTTPConnection("127.0.0.1", urlsplit(self.doors[0].url).port)
        self.idle.connect()  # a browser that opens a connection ahead and says nothing
        super().show(link, sentence)
        self.again = self.knock(f"/heliograph?oauth_token={token}&oauth_verifier=000-000-000")
        self.idle.close()

    def knock(self, path, host="", method="GET"):
        with closing(HTTPConnection("127.0.0.1", urlsplit(self.doors[0].url).port, timeout=5)) as door:
            door.request(method, path, headers={"Host": host} if host else {})
            answer = door.getresponse()
            answer.read()
            return answer.status


def test_foreign_visits_and_wrong_tokens_are_turned_away_and_only_one_answer_counts(flickr, doors):
    owner = Meddled()
    owner.doors = doors
    account = enter(flickr, owner)
    assert account.nsid == flickr.nsid
    assert owner.knocked == [404, 404, 404, 404, 404, 501]
    assert owner.again == 404


def test_nobody_is_waited_for_longer_than_ten_minutes(flickr):
    clock = TestClock()
    with pytest.raises(SignInNeeded, match="within 10 minutes") as caught:
        enter(flickr, Owner("no_browser"), clock=clock)
    assert 599 < sum(clock.slept) < 602
    assert "--no-browser" in caught.value.sentence


def test_who_asks_to_stop_is_not_kept_waiting(flickr):
    with pytest.raises(Busy, match="was stopped; nothing was kept"):
        enter(flickr, Owner("no_browser"), stop=lambda: True)


def test_the_door_for_the_browser_is_closed_afterwards(flickr):
    with Callback(SystemClock()) as back:
        back.expect(lambda _: True)
        assert visit(f"{back.url}?a=1")[1]
        assert back.wait() == {"a": "1"}
        port = urlsplit(back.url).port
    with pytest.raises(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as door:  # noqa: PT011
        door.connect()


# --- with a code ------------------------------------------------------------------------------------------------------


def test_a_code_is_shown_and_typed(flickr):
    assert enter(flickr, Owner(), callback=False).nsid == flickr.nsid


@pytest.mark.parametrize("between", ["", " ", "-"])
def test_a_code_may_be_typed_as_people_type_it(flickr, between):
    class Hasty(Owner):
        def code(self, sentence):
            return f" {super().code(sentence).replace('-', between)}\n"

    assert enter(flickr, Hasty(), callback=False).nsid == flickr.nsid


def test_a_wrong_code_is_a_sentence(flickr):
    with pytest.raises(SignInNeeded, match="does not accept the code"):
        enter(flickr, Owner(typed="000-000-00x"), callback=False)


# --- what Flickr does not accept --------------------------------------------------------------------------------------


def test_a_wrong_key_and_a_wrong_secret_are_told_apart_and_nobody_is_sent_to_a_browser(flickr):
    for wrong, said in (
        ({"key": "f" * 32}, "does not know the API key"),
        ({"secret": "0123456789abcdef"}, "the secret is not"),
    ):
        owner = Owner()
        with pytest.raises(SignInNeeded, match=said) as caught:
            enter(flickr, owner, **wrong)
        assert owner.links == []
        assert not [word for word in (flickr.key, flickr.secret, *wrong.values()) if word in caught.value.sentence]


def test_an_owner_who_says_no_and_types_something_is_understood(flickr):
    with pytest.raises(SignInNeeded, match="was not allowed to let heliograph in"):
        enter(flickr, Owner("no", typed="123-456-789"), callback=False)


@pytest.mark.parametrize(("ahead", "said"), [(1, "60 minutes ahead of Flickr's"), (-1, "60 minutes behind Flickr's")])
def test_a_clock_that_is_an_hour_off_is_explained(flickr, ahead, said):
    with pytest.raises(SignInNeeded, match=said):
        enter(flickr, Owner(), clock=Skewed(timedelta(hours=ahead)))


def test_an_address_that_is_not_safe_is_not_called(flickr):
    with pytest.raises(Mistake, match="readable by anyone"):
        enter(flickr, Owner(), url="http://flickr.example")


class Yes(Owner):
    def show(self, link, sentence):
        self.links.append(link)

    def code(self, sentence):
        return "123-456-789"


REQUEST_TOKEN = b"oauth_callback_confirmed=true&oauth_token=request-token-1&oauth_token_secret=request-secret-1"
ACCESS_TOKEN = (
    b"fullname=A%20B&oauth_token=access-token-1&oauth_token_secret=access-secret-1&user_nsid=1%40N01&username=ab"
)
NOISE = status(200, b"<html>Welcome to our hotel</html>", Content_Type="text/html")


def test_a_page_of_the_hotel_is_no_request_token(service, clock):
    service.dials = [NOISE]
    with pytest.raises(Busy, match="holds no request token"):
        signin.sign_in(hosts(service.url), clock, "k" * 8, "s" * 8, "write", Yes(), callback=False)


def test_a_key_that_flickr_switched_off_is_named(service, clock):
    said = b'<rsp stat="fail"><err code="100" msg="Invalid API Key (Key has expired)" /></rsp>'
    service.dials = [status(200, said, Content_Type="text/xml")]
    with pytest.raises(SignInNeeded, match="or has switched it off"):
        signin.sign_in(hosts(service.url), clock, "k" * 8, "s" * 8, "write", Yes(), callback=False)


@pytest.mark.parametrize("lost", [reset_late, NOISE, status(500), status(200, b"oauth_token=only")])
def test_a_lost_token_is_not_asked_for_twice_and_can_be_made_anew(service, clock, lost):
    service.dials = [status(200, REQUEST_TOKEN), lost]
    with pytest.raises(Busy, match=r"was lost\. Nothing was kept; run `helio signin` again"):
        signin.sign_in(hosts(service.url), clock, "k" * 8, "s" * 8, "write", Yes(), callback=False)
    assert len(service.got) == 2


@pytest.mark.parametrize(
    "said", [status(200, b'{"stat":"fail","code":98}'), NOISE, status(500), status(200, b'{"oauth":{"perms":[]}}')]
)
def test_a_token_is_not_lost_because_its_permissions_cannot_be_asked_for(service, clock, said):
    service.dials = [status(200, REQUEST_TOKEN), status(200, ACCESS_TOKEN), said, said, said]
    account = signin.sign_in(hosts(service.url), clock, "k" * 8, "s" * 8, "write", Yes(), callback=False)
    assert account == signin.Account("access-token-1", "access-secret-1", "1@N01", "ab", "A B", "write")
    assert account.who == "A B (ab)"
