"""Whom a server takes us for: on which server, until when its token counts, and what the owner is told of it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from heliograph.desk import doctoring
from heliograph.platforms.fediverse.account import Account, days_left, ends_at, server_of, told
from heliograph.ports import Caution
from memory import FakeClock

ACCESS = "token-kanarienvogel-97"


# --- until when it counts ---------------------------------------------------------------------------------------------

NOW = FakeClock().now()


def jwt(claims: object) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"header.{middle}.signature"


def test_until_when_a_token_counts_is_what_was_said_or_stands_in_it_or_is_usual():
    in_a_year = "2027-05-03T12:00:00+00:00"
    assert ends_at(ACCESS, NOW, 31_536_000) == in_a_year
    assert ends_at(jwt({"exp": NOW.timestamp() + 86_400.5}), NOW, None, 365) == "2026-05-04T12:00:00+00:00"
    assert ends_at(ACCESS, NOW, None, 365) == in_a_year
    assert ends_at(ACCESS, NOW, None, None) == ""


@pytest.mark.parametrize("claims", [[], {}, {"exp": None}, {"exp": "soon"}, {"exp": 1e300}, {"exp": [1]}])
def test_a_token_that_says_nonsense_of_itself_counts_as_long_as_is_usual(claims):
    assert ends_at(jwt(claims), NOW, True, 365) == "2027-05-03T12:00:00+00:00"
    assert ends_at("a.b.c", NOW, -5, None) == ""
    assert ends_at("a.\x80.c", NOW, 1e300, None) == ""


@pytest.mark.parametrize(
    ("days", "said", "careful"),
    [
        (300, "the token ends in 300 days, on 2027-02-27", False),
        (30, "the token ends in 30 days, on 2026-06-02", False),
        (29, "the token ends in 29 days, on 2026-06-01; sign in again before that: helio signin pix", True),
        (0, "the token ends in 0 days", True),
        (-1, "the token ended on 2026-05-02; sign in again: helio signin pix", True),
    ],
)
def test_the_owner_is_told_in_days_when_the_token_ends_and_warned_a_month_before(days, said, careful):
    ends = (NOW + timedelta(days=days)).isoformat()
    found = Account("@ana@pix.example", "add posts", ACCESS, "1", "https://pix.example", ends)
    sentences = list(told("pix", found, "Pixelfed 0.12.6", NOW))
    assert sentences[0] == "signed in as @ana@pix.example; heliograph may add posts"
    assert sentences[1] == "pix.example runs Pixelfed 0.12.6"
    assert sentences[-1].startswith(said)
    assert isinstance(sentences[-1], Caution) == careful


def test_the_doctor_warns_of_what_the_owner_should_do_before_long():
    def about() -> list[str]:
        return ["signed in as @ana@pix.example", Caution("the token ends in 3 days")]

    door = SimpleNamespace(about=about, limits=SimpleNamespace(calls_per_h=300))
    checks = list(doctoring.platform("pix", door))  # type: ignore[arg-type]
    assert [check.health for check in checks] == [doctoring.Health.GOOD, doctoring.Health.WARN]
    assert checks[1].sentence == "the token ends in 3 days"


@pytest.mark.parametrize("ends", ["", "never", "2026-13-01"])
def test_a_token_without_an_end_is_not_spoken_of(ends):
    found = Account("@ana@pix.example", "add posts", ACCESS, "1", "https://pix.example", ends)
    assert days_left(found, NOW) is None
    assert len(list(told("pix", found, "", NOW))) == 1


def test_a_time_without_an_offset_is_taken_for_utc():
    found = Account("@ana@pix.example", "add posts", ACCESS, "1", "https://pix.example", "2026-05-05T12:00:00")
    assert days_left(found, datetime(2026, 5, 3, 12, tzinfo=UTC)) == 2


# --- which server -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://social.example", "https://Social.Example/", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("http://[::1]:8000", "http://[::1]:8000/", True),
        ("https://social.example", "https://social.example:8443", False),
        ("https://social.example", "http://social.example", False),
        ("https://social.example", "https://social.example.evil", False),
    ],
)
def test_one_server_is_told_from_another_by_its_address(one, other, same):
    assert (server_of(one) == server_of(other)) == same


@pytest.mark.parametrize("url", ["", "social.example", "https://[", "https://x:port"])
def test_an_address_that_is_none_stays_as_it_is_for_those_who_say_so(url):
    assert server_of(url) == url
