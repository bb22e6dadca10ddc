"""Who may call the Flickr stand-in: signatures, timestamps, nonces, tokens and the way to get one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1.rfc5849 import signature as theirs

from flickr_caller import NOON, Watch
from heliograph.standin.flickr.element import Failure
from heliograph.standin.flickr.manners import Manners
from heliograph.standin.flickr.oauth import Gate, Refusal
from heliograph.standin.flickr.registry import REQUEST_TOKEN_LIFE_S, Registry
from heliograph.standin.flickr.signature import Request, base_string, header_parameters, signature

VECTOR = [
    ("oauth_consumer_key", "heliographtestkey0000000000000001"),
    ("oauth_nonce", "0123456789abcdef"),
    ("oauth_timestamp", "1700000000"),
    ("oauth_signature_method", "HMAC-SHA1"),
    ("oauth_version", "1.0"),
]
TOKEN = ("oauth_token", "72157600000000000-0000000000000001")
META = [
    ("method", "flickr.photos.setMeta"),
    ("photo_id", "123"),
    ("title", 'Café & "tea" + 100%'),
    ("description", ""),
    ("format", "json"),
    ("nojsoncallback", "1"),
]
UPLOAD = [("title", "IMG_0001"), ("tags", '"new york" heliograph:sha256=abc'), ("is_public", "0"), ("async", "1")]


@pytest.mark.parametrize(
    ("url", "parameters", "token_secret", "expected"),
    [
        (
            "https://www.flickr.com/services/oauth/request_token",
            [("oauth_callback", "oob")],
            "",
            "1oHW/2124y+NwqVRIX7zpMVLY2M=",
        ),
        ("https://api.flickr.com/services/rest/", [TOKEN, *META], "tokensecret00001", "fK7UBNWevjDfhioCnvylqn/XaXA="),
        (
            "https://up.flickr.com/services/upload/",
            [TOKEN, *UPLOAD],
            "tokensecret00001",
            "2Uazs31NO6zjXlNeFthj/p74z/U=",
        ),
    ],
)
def test_signatures_are_those_of_the_known_examples(url, parameters, token_secret, expected):
    assert signature(base_string("POST", url, [*VECTOR, *parameters]), "testsecret000001", token_secret) == expected


def test_a_title_with_everything_in_it_is_encoded_twice():
    base = base_string("POST", "https://api.flickr.com/services/rest/", [*VECTOR, TOKEN, *META])
    assert "title%3DCaf%25C3%25A9%2520%2526%2520%2522tea%2522%2520%252B%2520100%2525" in base
    assert "description%3D%26" in base


def test_the_slash_at_the_end_and_the_port_are_part_of_what_is_signed():
    bases = {
        base_string("POST", url, VECTOR)
        for url in ("http://127.0.0.1:8000/services/rest", "http://127.0.0.1:8000/services/rest/")
    }
    assert len(bases) == 2
    assert all("http%3A%2F%2F127.0.0.1%3A8000%2F" in base for base in bases)
    assert base_string("GET", "HTTP://LocalHost:80/x", []) == "GET&http%3A%2F%2Flocalhost%2Fx&"


TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)


@given(st.lists(st.tuples(TEXTS.map("a".__add__), TEXTS), max_size=6))
def test_any_parameters_give_the_signature_that_another_library_gives(pairs):
    url = "http://127.0.0.1:8123/services/rest/"
    their_base = theirs.signature_base_string(
        "POST", theirs.base_string_uri(url), theirs.normalize_parameters([*VECTOR, *pairs])
    )
    assert base_string("POST", url, [*VECTOR, *pairs]) == their_base


def test_a_header_is_read_without_its_realm_and_only_where_it_is_oauths():
    header = 'OAuth realm="x", oauth_nonce="a%20b",oauth_signature="2Uazs%3D"'
    assert header_parameters(header) == [("oauth_nonce", "a b"), ("oauth_signature", "2Uazs=")]
    assert header_parameters("Bearer abc") == []
    assert header_parameters("") == []


# --- calls ------------------------------------------------------------------------------------------------------------


class Desk:
    """A gate with one key and one token, and whoever signs for them."""

    def __init__(self, folder):
        self.watch = Watch()
        self.manners = Manners()
        self.registry = Registry(folder, self.watch)
        self.gate = Gate(self.registry, self.watch, self.manners)
        self.key, self.secret = self.registry.add_key()
        self.token, self.token_secret = self.registry.add_token(self.key, "12345678@N01", 2)
        self.nonces = itertools.count()

    def signed(self, *, key=None, secret=None, token=None, token_secret="", without=(), **told):
        parameters = {
            "oauth_consumer_key": self.key if key is None else key,
            "oauth_nonce": f"nonce{next(self.nonces)}",
            "oauth_timestamp": str(int(self.watch())),
            "oauth_signature_method": "HMAC-SHA1",
            **({"oauth_token": token} if token else {}),
            **told,
        }
        pairs = [pair for pair in parameters.items() if pair[0] not in without]
        url = "http://127.0.0.1/services/rest/"
        made = signature(base_string("POST", url, pairs), secret or self.secret, token_secret)
        held = [*pairs, ("oauth_signature", made)]
        return Request("POST", url, tuple(pair for pair in held if pair[0] not in without))

    def usual(self, **told):
        return self.signed(token=self.token, token_secret=self.token_secret, **told)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_signed_call_says_who_calls_and_what_they_may(desk):
    signer = desk.gate.signer(desk.usual(title="Rome"))
    assert (signer.key, signer.nsid, signer.perms) == (desk.key, "12345678@N01", 2)


def test_a_changed_field_is_noticed_and_the_service_says_what_it_had_signed_itself(desk):
    request = desk.usual(title="Rome")
    changed = Request("POST", request.url, tuple(pair for pair in request.parameters if pair[0] != "title"))
    with pytest.raises(Refusal) as caught:
        desk.gate.signer(changed)
    assert str(caught.value) == f"oauth_problem=signature_invalid&debug_sbs={changed.base_string}"


def test_a_nonce_works_once_and_a_wrong_signature_does_not_use_it_up(desk):
    with pytest.raises(Refusal, match="signature_invalid"):
        desk.gate.signer(desk.usual(oauth_nonce="same", secret="0" * 16))
    desk.gate.signer(desk.usual(oauth_nonce="same"))
    with pytest.raises(Refusal, match="nonce_used"):
        desk.gate.signer(desk.usual(oauth_nonce="same"))


def test_a_nonce_is_remembered_by_the_next_run_and_forgotten_with_its_timestamp(desk, tmp_path):
    request = desk.usual()
    desk.gate.signer(request)
    desk.registry.save()
    again = Registry(tmp_path, desk.watch)
    with pytest.raises(Refusal, match="nonce_used"):
        Gate(again, desk.watch, desk.manners).signer(request)
    desk.watch.at += 1000
    desk.gate.signer(desk.usual())
    assert len(desk.registry.nonces) == 1


@pytest.mark.parametrize(("skew_s", "fine"), [(0, True), (299, True), (-299, True), (301, False), (-3600, False)])
def test_a_clock_may_be_a_few_minutes_off_and_no_more(desk, skew_s, fine):
    request = desk.usual(oauth_timestamp=str(int(NOON + skew_s)))
    if fine:
        assert desk.gate.signer(request)
    else:
        with pytest.raises(Refusal, match="timestamp_refused"):
            desk.gate.signer(request)


def test_a_service_whose_own_clock_is_off_refuses_everybody(desk):
    desk.manners.clock_skew_s = 3600
    with pytest.raises(Refusal, match="timestamp_refused"):
        desk.gate.signer(desk.usual())


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"without": ("oauth_nonce",)}, "parameter_absent&oauth_parameters_absent=oauth_nonce"),
        ({"without": ("oauth_signature",)}, "parameter_absent&oauth_parameters_absent=oauth_signature"),
        ({"key": "f" * 32}, "consumer_key_unknown"),
        ({"oauth_signature_method": "PLAINTEXT"}, "parameter_rejected"),
        ({"oauth_version": "2.0"}, "parameter_rejected"),
        ({"oauth_timestamp": "yesterday"}, "parameter_rejected"),
        ({"oauth_timestamp": "9" * 5000}, "parameter_rejected"),
    ],
)
def test_what_is_missing_or_odd_is_refused_by_name(desk, told, problem):
    with pytest.raises(Refusal) as caught:
        desk.gate.signer(desk.usual(**told))
    assert f"oauth_problem={problem}" in str(caught.value)


def test_a_revoked_or_foreign_token_is_code_98_or_a_refusal_as_the_dial_says(desk):
    other, other_secret = desk.registry.add_key()
    with pytest.raises(Failure) as caught:
        desk.gate.signer(desk.usual(key=other, secret=other_secret))
    assert (caught.value.code, caught.value.message) == (98, "Invalid auth token")
    assert desk.registry.revoke(desk.token)
    with pytest.raises(Failure, match="98"):
        desk.gate.signer(desk.usual())
    desk.manners.revoked_as = "http"
    with pytest.raises(Refusal, match="token_rejected"):
        desk.gate.signer(desk.usual())


@pytest.mark.parametrize(
    ("key", "words"),
    [("", "Key has invalid format"), ("not a key", "Key has invalid format"), ("0" * 32, "Key not found")],
)
def test_an_unsigned_call_needs_a_key_that_is_known(desk, key, words):
    with pytest.raises(Failure, match=words):
        desk.gate.signer(Request("GET", "http://127.0.0.1/services/rest/", (("api_key", key),)))


def test_an_unsigned_call_with_a_key_is_nobodys(desk):
    assert desk.gate.signer(Request("GET", "http://127.0.0.1/services/rest/", (("api_key", desk.key),))) is None


def test_an_expired_key_is_code_100_signed_or_not(desk):
    assert desk.registry.expire(desk.key)
    for request in (desk.usual(), Request("GET", "http://127.0.0.1/", (("api_key", desk.key),))):
        with pytest.raises(Failure, match="Key has expired"):
            desk.gate.signer(request)


# --- signing in -------------------------------------------------------------------------------------------------------


def begun(desk, callback="oob"):
    return desk.gate.request_token(desk.signed(oauth_callback=callback))


def ended(desk, token, secret, verifier):
    return desk.gate.access_token(desk.signed(token=token, token_secret=secret, oauth_verifier=verifier))


def test_a_sign_in_gives_a_token_with_the_permission_that_was_granted(desk):
    token, secret = begun(desk)
    verifier = desk.registry.authorize(token, "12345678@N01", 3)
    name, granted = ended(desk, token, secret, verifier)
    assert (granted.nsid, granted.perms, granted.key) == ("12345678@N01", 3, desk.key)
    assert desk.gate.signer(desk.signed(token=name, token_secret=granted.secret)).perms == 3


def test_a_code_is_nine_digits_in_three_groups_and_works_once(desk):
    token, secret = begun(desk)
    verifier = desk.registry.authorize(token, "12345678@N01", 2)
    assert [len(group) for group in verifier.split("-")] == [3, 3, 3]
    assert verifier.replace("-", "").isdigit()
    ended(desk, token, secret, verifier)
    with pytest.raises(Refusal, match="token_rejected"):
        ended(desk, token, secret, verifier)


def test_a_wrong_code_is_refused_and_the_right_one_still_works(desk):
    token, secret = begun(desk)
    verifier = desk.registry.authorize(token, "12345678@N01", 2)
    with pytest.raises(Refusal, match="verifier_invalid"):
        ended(desk, token, secret, "000-000-00x")
    assert ended(desk, token, secret, verifier)


def test_without_a_yes_or_with_a_no_there_is_no_token(desk):
    token, secret = begun(desk)
    with pytest.raises(Refusal, match="permission_denied"):
        ended(desk, token, secret, "123-456-789")
    desk.registry.deny(token)
    with pytest.raises(Refusal, match="permission_denied"):
        ended(desk, token, secret, "123-456-789")
    with pytest.raises(KeyError):
        desk.registry.authorize(token, "12345678@N01", 2)


def test_a_sign_in_that_took_too_long_is_over(desk):
    token, secret = begun(desk)
    verifier = desk.registry.authorize(token, "12345678@N01", 2)
    desk.watch.at += REQUEST_TOKEN_LIFE_S + 1
    with pytest.raises(Refusal, match="token_expired"):
        ended(desk, token, secret, verifier)


def test_a_sign_in_needs_a_callback_that_a_browser_can_follow(desk):
    with pytest.raises(Refusal, match="oauth_parameters_absent=oauth_callback"):
        desk.gate.request_token(desk.signed())
    with pytest.raises(Refusal, match="oauth_parameters_rejected=oauth_callback"):
        begun(desk, "javascript:alert(1)")


def test_an_expired_key_cannot_begin_a_sign_in(desk):
    desk.registry.expire(desk.key)
    with pytest.raises(Refusal, match="consumer_key_rejected"):
        begun(desk)


def test_keys_and_tokens_are_there_again_after_a_restart(desk, tmp_path):
    token, secret = begun(desk)
    again = Registry(tmp_path, desk.watch)
    assert again.keys == desk.registry.keys
    assert again.tokens == desk.registry.tokens
    assert again.sign_in(token).secret == secret
