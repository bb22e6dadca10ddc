"""Flickr's signatures: the reference's own vectors, any words whatever, and what is said where one is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.errors import Busy, SignInNeeded, Uncertain
from heliograph.platforms.flickr.hosts import Hosts, hosts
from heliograph.platforms.flickr.signing import Signer, problem
from heliograph.wire import Answer, Draft, Redactor, Upload, Wire

KEY, SECRET = "heliographtestkey0000000000000001", "testsecret000001"
TOKEN, TOKEN_SECRET = "72157600000000000-0000000000000001", "tokensecret00001"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class StoppedClock:
    """Always the same moment."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment

    def monotonic(self):
        return 0.0

    def sleep(self, wait_s):
        pass


def in_header(headers):
    """The parameters of an `Authorization: OAuth` header."""
    scheme, _, rest = headers["Authorization"].partition(" ")
    assert scheme == "OAuth"
    return {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', rest)}


def signed(draft, *tokens, **more):
    signer = Signer(
        KEY,
        SECRET,
        *tokens,
        clock=StoppedClock(datetime.fromtimestamp(1_700_000_000, UTC)),
        nonce=lambda: "0123456789abcdef",
        **more,
    )
    return in_header(signer.sign(draft))


def test_a_request_token_is_asked_for_with_the_signature_of_the_reference():
    parts = signed(Draft("POST", "https://www.flickr.com/services/oauth/request_token", ()), callback="oob")
    assert parts.pop("oauth_signature") == "1oHW/2124y+NwqVRIX7zpMVLY2M="
    assert parts == {
        "oauth_callback": "oob",
        "oauth_consumer_key": KEY,
        "oauth_nonce": "0123456789abcdef",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1700000000",
        "oauth_version": "1.0",
    }


def test_odd_signs_and_empty_values_are_signed_as_in_the_reference():
    fields = (
        ("method", "flickr.photos.setMeta"),
        ("photo_id", "123"),
        ("title", 'Café & "tea" + 100%'),
        ("description", ""),
        ("format", "json"),
        ("nojsoncallback", "1"),
    )
    parts = signed(Draft("POST", "https://api.flickr.com/services/rest/", fields), TOKEN, TOKEN_SECRET)
    assert (parts["oauth_signature"], parts["oauth_token"]) == ("fK7UBNWevjDfhioCnvylqn/XaXA=", TOKEN)


def test_the_text_fields_of_a_multipart_form_are_signed_as_in_the_reference():
    fields = (
        ("title", "IMG_0001"),
        ("tags", '"new york" heliograph:sha256=abc'),
        ("is_public", "0"),
        ("async", "1"),
    )
    parts = signed(Draft("POST", "https://up.flickr.com/services/upload/", fields), TOKEN, TOKEN_SECRET)
    assert parts["oauth_signature"] == "2Uazs31NO6zjXlNeFthj/p74z/U="


def rfc(text):
    return quote(text, safe="-._~")


def by_hand(draft, parts, *secrets):
    """The signature as RFC 5849 words it."""
    pairs = [*draft.fields, *((name, value) for name, value in parts.items() if name != "oauth_signature")]
    listed = "&".join(f"{name}={value}" for name, value in sorted((rfc(name), rfc(value)) for name, value in pairs))
    base = "&".join((draft.method, rfc(draft.url), rfc(listed)))
    made = hmac.new("&".join(map(rfc, secrets)).encode(), base.encode(), hashlib.sha1)
    return base64.b64encode(made.digest()).decode()


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    method=st.sampled_from(["GET", "POST"]),
    base=st.sampled_from(["https://api.flickr.com", "http://127.0.0.1:8123"]),
    fields=st.lists(st.tuples(st.sampled_from(["title", "tags", "a b", "ü", "x[]"]), WORDS), max_size=5),
)
def test_whatever_a_caption_holds_is_signed_as_it_is(method, base, fields):
    draft = Draft(method, f"{base}/services/rest/", tuple(fields))
    parts = signed(draft, TOKEN, TOKEN_SECRET)
    assert parts["oauth_signature"] == by_hand(draft, parts, SECRET, TOKEN_SECRET)


def test_every_attempt_has_a_nonce_and_a_timestamp_of_its_own():
    clock = StoppedClock(NOON)
    signer = Signer(KEY, SECRET, TOKEN, TOKEN_SECRET, clock=clock)
    draft = Draft("GET", "https://api.flickr.com/services/rest/", (("method", "flickr.test.echo"),))
    first = in_header(signer.sign(draft))
    clock.moment += timedelta(seconds=7)
    second = in_header(signer.sign(draft))
    assert int(second["oauth_timestamp"]) - int(first["oauth_timestamp"]) == 7
    assert first["oauth_timestamp"] == str(int(NOON.timestamp()))
    assert len({first["oauth_nonce"], second["oauth_nonce"]}) == 2
    assert first["oauth_signature"] != second["oauth_signature"]


def test_neither_token_nor_secret_shows_itself(caplog):
    caplog.set_level(logging.DEBUG)
    signer = Signer(KEY, SECRET, TOKEN, TOKEN_SECRET, clock=StoppedClock(NOON))
    signer.sign(Draft("POST", "https://api.flickr.com/services/rest/", (("title", "Dune"),)))
    shown = repr(signer) + caplog.text
    assert not [word for word in (KEY, SECRET, TOKEN, TOKEN_SECRET) if word in shown]


def test_a_wire_signs_what_it_sends_also_next_to_a_file(service, clock, tmp_path):
    (tmp_path / "dune.jpg").write_bytes(b"picture")
    signer = Signer(KEY, SECRET, TOKEN, TOKEN_SECRET, clock=clock)
    with Wire(service.url, clock, sign=signer.sign) as wire:
        wire.call(
            "POST",
            "/services/upload/",
            kind="upload",
            repeatable=False,
            data={"title": "Düne + Meer", "tags": '"new york"'},
            files={"photo": Upload(tmp_path / "dune.jpg", "dune.jpg", "image/jpeg")},
        )
    (_, path, headers) = service.got[0]
    parts = in_header(headers)
    draft = Draft("POST", service.url + path, (("title", "Düne + Meer"), ("tags", '"new york"')))
    assert headers["Content-Type"].startswith("multipart/form-data")
    assert parts["oauth_signature"] == by_hand(draft, parts, SECRET, TOKEN_SECRET)


# --- refused ----------------------------------------------------------------------------------------------------------


def refused(said, *, repeatable=True, status=401, **headers):
    return Answer(status, "www.flickr.com", headers, said.encode(), repeatable=repeatable)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("oauth_problem=consumer_key_unknown", "does not know the API key"),
        ("oauth_problem=consumer_key_rejected", "does not know the API key"),
        ("Invalid API Key (Key has expired)", "does not know the API key"),
        ("oauth_problem=signature_invalid&debug_sbs=POST&https%3A%2F%2Fapi.flickr.com", "the secret is not the one"),
        ("oauth_problem=token_rejected", "does not accept the token any more"),
        ("oauth_problem=token_expired", "does not accept the token any more"),
        ("oauth_problem=verifier_invalid", "does not accept the code"),
        ("oauth_problem=permission_denied", "was not allowed to let heliograph in"),
        ("oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce", "(parameter_absent)"),
    ],
)
def test_every_refusal_is_a_sentence_that_ends_with_what_to_do(said, sentence):
    trouble = problem(refused(said), StoppedClock(NOON))
    assert isinstance(trouble, SignInNeeded)
    assert sentence in trouble.sentence
    assert "Nothing was changed" in trouble.sentence
    assert "`helio signin`" in trouble.sentence
    assert Redactor().words(trouble.sentence) == trouble.sentence


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        (timedelta(hours=1), "This computer's clock is 60 minutes ahead of Flickr's"),
        (timedelta(minutes=-11), "This computer's clock is 11 minutes behind Flickr's"),
        (timedelta(seconds=-61), "1 minute behind"),
        (timedelta(hours=7, minutes=20), "about 7 hours ahead of"),
        (timedelta(days=-400), "about 400 days behind"),
        (timedelta(seconds=2), "differs too much from its own"),
    ],
)
def test_a_wrong_clock_is_told_by_how_much_and_what_to_do(ours, said):
    answer = refused("oauth_problem=timestamp_refused", date=format_datetime(NOON, usegmt=True))
    trouble = problem(answer, StoppedClock(NOON + ours))
    assert isinstance(trouble, SignInNeeded)
    assert said in trouble.sentence
    assert "Let the system set its clock" in trouble.sentence


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_a_date_of_the_server_a_wrong_clock_is_still_named(date):
    trouble = problem(refused("oauth_problem=timestamp_refused", date=date), StoppedClock(NOON))
    assert trouble is not None
    assert "this computer's clock differs" in trouble.sentence


def test_a_call_that_came_twice_is_looked_up_where_it_may_have_been_carried_out():
    said = "oauth_problem=nonce_used"
    assert isinstance(problem(refused(said, repeatable=True), StoppedClock(NOON)), Busy)
    assert isinstance(problem(refused(said, repeatable=False), StoppedClock(NOON)), Uncertain)


@pytest.mark.parametrize("status", [400, 401, 500])
def test_other_troubles_are_left_to_others(status):
    assert problem(refused("<html>Something else</html>", status=status), StoppedClock(NOON)) is None


def test_a_title_that_speaks_of_problems_is_none():
    said = '{"title": "oauth_problem=token_rejected Invalid API Key"}'
    assert problem(refused(said, status=200), StoppedClock(NOON)) is None


def test_one_address_moves_every_host():
    assert hosts("http://127.0.0.1:8000/") == Hosts(*["http://127.0.0.1:8000"] * 3)
    assert hosts("") == hosts(None) == hosts() == Hosts()
    assert (hosts().rest, hosts().upload, hosts().www) == (
        "https://api.flickr.com",
        "https://up.flickr.com",
        "https://www.flickr.com",
    )
