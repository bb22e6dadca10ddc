"""Servers of the fediverse that mean harm: time and size stay limited, tokens stay where they belong, no riddles."""

from __future__ import annotations

import json
import logging
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import fediverse_studio
import wire_service
from fediverse_house import EVERY
from fediverse_server import Client, jpeg
from fediverse_studio import DELETE, DESCRIBE, LISTING, POST, PUT, UPLOAD, WHO, Studio, in_sentences, opened, settled
from heliograph.errors import HeliographError
from heliograph.platforms.fediverse import survey
from heliograph.platforms.fediverse.account import identity
from heliograph.policy import OnFixed, When
from heliograph.standin.fediverse import Fault, What

studio, published = fediverse_studio.studio, fediverse_studio.published
of = fediverse_studio.of


INSTANCE, READ = "GET /api/v?/instance", "GET /api/v1/statuses/:id"
CALLS = (LISTING, UPLOAD, POST, PUT, DESCRIBE, DELETE, INSTANCE, READ, WHO)
DEEP = b"[" * 200_000
MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def no_secret_is_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nor anything that looks like a bug of ours."""
    caplog.set_level(logging.DEBUG, "heliograph")
    studio = request.getfixturevalue("studio") if "studio" in request.fixturenames else None
    yield
    assert "Traceback" not in caplog.text, caplog.text
    assert "unexpected" not in caplog.text, caplog.text
    assert studio is None or studio.server.standin.token not in caplog.text


def worked(studio: Studio) -> None:
    """A photo more, and words, alt texts and pixels of the others are other ones."""
    day = len(studio.drawn.items)
    for number, name in enumerate(list(studio.drawn.items)):
        told = {"title": f"Boats {number} {day}", "alt_text": f"Alt {number} {day}"}
        studio.change(name, **dict([list(told.items())[number % 2]]))
    studio.put(f"{day}.jpg", title=f"Boats {day} new")
    if day > 2:
        del studio.drawn.items[next(iter(studio.drawn.items))]


def endured(studio: Studio) -> None:
    """A run during which the server is as it is, and what is told of it."""
    with studio.desk() as desk:
        events = list(desk.sync())
        troubles = list(desk.troubles.values())
        in_sentences(events, studio.server.standin.token)
        for trouble in troubles:
            assert isinstance(trouble, HeliographError)
            assert studio.server.standin.token not in trouble.sentence
            assert all(sign.isprintable() for sign in trouble.sentence), trouble.sentence
    studio.clock.sleep(600.0)


# --- too much ---------------------------------------------------------------------------------------------------------


@of("mastodon-4.6", "pixelfed-0.11", "snac-2.94")
def test_answers_of_a_hundred_megabytes_are_not_read_to_their_end(published):
    for call in CALLS:
        worked(published)
        published.server.standin.faults.add(Fault(What.HUGE_BODY, route=call, times=0))
        endured(published)
        published.server.standin.faults.clear()
    assert MIB < published.server.heard_bytes < 12 * MIB
    published.sync()
    published.sync()
    names = [post.text.split("\n")[0] for post in published.server.posts]
    assert len(names) == len(set(names))


NO_SENSE = (DEEP, b'{"a":' * 100_000, b"\xff\xfe", b"", b"null", b"[[[[1]]]]", b'"text"', b"1e999")


@pytest.mark.parametrize("body", NO_SENSE, ids=range(len(NO_SENSE)))
@of("mastodon-4.6", "pixelfed-0.11")
def test_answers_that_are_no_sense_are_no_answers(published, body):
    published.server.twist = lambda request, told: body
    worked(published)
    endured(published)
    published.clock.sleep(fediverse_studio.A_DAY_S)
    endured(published)
    published.server.twist = None
    published.sync()
    published.sync()
    settled(published)
    assert len(published.server.posts) == 2


def test_a_listing_without_end_is_given_up_and_nothing_is_concluded(published, monkeypatch):
    monkeypatch.setattr(survey, "_PAGES_MAX", 15)
    (real,) = published.server.posts
    number = [10**17]

    def endless(request: Any, told: Any) -> Any:
        if not request.url.path.endswith("/statuses") or request.method != "GET":
            return told
        page = []
        for _ in range(40):
            number[0] -= 1
            page.append({**shown, "id": str(number[0])})
        return page

    with Client(published.server.standin) as reader:
        shown = reader.get(real.id)
    shown["created_at"] = "2026-05-03T12:00:00.000Z"
    published.server.twist = endless
    published.clock.sleep(fediverse_studio.A_DAY_S)
    published.put("b.jpg")
    published.counts()
    with published.desk() as desk:
        plan = desk.plan()
    assert published.counts()[LISTING] <= 20
    assert not [action for action in plan.actions if action.verb in {"add", "delete"} or action.question == "missing"]
    assert "looked at whole" in " ".join(plan.notes)
    published.server.twist = None
    published.sync()
    assert published.server.texts == ["Boats", "b"]


# --- other hosts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger() -> Iterator[wire_service.Service]:
    """Another server, to which nobody has any business."""
    with wire_service.Service() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(params=("mastodon-4.6", "pixelfed-0.12", "snac-2.94"))
def wired(request, tmp_path, template, stranger) -> Iterator[Studio]:
    with opened(tmp_path / "studio", template, request.param, socket=True) as studio:
        studio.stranger = stranger
        studio.set(when=When(fixed=OnFixed.REPOST))
        studio.put("a.jpg", title="Boats")
        studio.sync()
        assert studio.server.texts == ["Boats"]
        yield studio


def test_no_call_is_led_to_another_host(wired):
    for call in CALLS:
        wired.server.standin.faults.add(Fault(What.REDIRECT, route=call, times=0, location=f"{wired.stranger.url}/x"))
        worked(wired)
        wired.clock.sleep(fediverse_studio.A_DAY_S)
        endured(wired)
        wired.server.standin.faults.clear()
    assert wired.stranger.got == []
    wired.sync()
    settled(wired)


def test_a_server_that_names_another_one_for_everything_gets_nobody_there(wired):
    """Addresses of nodeinfo, posts, pages and pictures are the stranger's; only pictures are looked at, by nobody."""
    wired.server.standin.world.address = wired.stranger.url
    wired.clock.sleep(fediverse_studio.A_DAY_S)
    worked(wired)
    endured(wired)
    wired.clock.sleep(fediverse_studio.A_DAY_S)
    with wired.desk() as desk:
        platform = desk.places[wired.name].platform
        seen = platform.survey(None)
        assert wired.stranger.got == [], "no listing and no document is asked for there"
        list(platform.about())
        for post in seen.posts:
            assert platform.likeness(post) == "", "what stands there is no picture"
            platform.fetch(post, wired.folder)
    assert wired.stranger.got, "pictures may stand anywhere"
    for method, path, headers in wired.stranger.got:
        assert method == "GET"
        told = json.dumps([path, headers]).lower()
        assert "authorization" not in told
        assert wired.server.standin.token.lower() not in told


# --- other types ------------------------------------------------------------------------------------------------------

ODD = (
    None, True, False, 0, -1, 10**40, 1.5, "", "0", "x" * 5000, "../../oauth/revoke", "a/b?c#d", "1\r\nEvil: 1",
    "\x00\x1b[31m", "http://elsewhere.invalid/p.jpg", "//elsewhere.invalid", "file:///etc/passwd",
    "<script>alert(1)</script>", "9999-99-99T99:99:99Z", "\ud83d",
    [], {}, [[]], [None], [1], {"id": 1}, {"id": {}}, {"": ""},
)  # fmt: skip


def places_of(told: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, value in inner:
        yield from places_of(value, (*path, name))


def bent(told: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same with another value there."""
    if not path:
        return value
    inner = dict(told) if isinstance(told, dict) else list(told)
    inner[path[0]] = bent(inner[path[0]], path[1:], value)
    return inner


def mutating(dice: random.Random, share: float) -> Any:
    def twist(_: Any, told: Any) -> Any:
        if dice.random() > share:
            return told
        for _ in range(dice.choice((1, 1, 2, 5))):
            told = bent(told, dice.choice(list(places_of(told))), dice.choice(ODD))
        return told

    return twist


@pytest.mark.parametrize("profile", EVERY)
def test_answers_of_other_types_are_no_riddles(tmp_path: Path, template: Path, profile: str, caplog: Any) -> None:
    """Whatever stands wherever in its answers: sentences, and never two posts for one photo."""
    with opened(tmp_path / "studio", template, profile) as studio:
        studio.set(when=When(fixed=OnFixed.REPOST))

        @settings(max_examples=5, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(seed=st.integers(0, 2**32), share=st.sampled_from((0.2, 0.6, 1.0)))
        def lives(seed: int, share: float) -> None:
            studio.server.standin.reset()
            studio.lose_ledger()
            studio.drawn.items.clear()
            studio.server.twist = None
            worked(studio)
            studio.sync()
            dice = random.Random(seed)
            for _ in range(3):
                worked(studio)
                studio.server.twist = mutating(dice, share)
                endured(studio)
            assert len(studio.server.posts) <= 4, "as many as photos came"

        lives()
        assert studio.server.standin.token not in caplog.text


HARMFUL = ("../../oauth/revoke", "a/b", "1?x=2", "1#2", "1\r\nEvil: 1", "\x00", "..", "x" * 5000, "%2e%2e/x", " ")


@pytest.mark.parametrize("id_", HARMFUL, ids=range(len(HARMFUL)))
@of("pixelfed-0.12", "snac-2.94")
def test_ids_that_would_lead_astray_are_in_no_address(published, id_):
    def astray(_: Any, told: Any) -> Any:
        if isinstance(told, list):
            return [astray(_, one) for one in told]
        if isinstance(told, dict):
            return {name: id_ if name == "id" else astray(_, value) for name, value in told.items()}
        return told

    published.server.twist = astray
    before = len(published.server.sent)
    worked(published)
    endured(published)
    published.clock.sleep(fediverse_studio.A_DAY_S)
    endured(published)
    for request in published.server.sent[before:]:
        assert request.url.host == "127.0.0.1"
        path = request.url.raw_path.decode().partition("?")[0]
        assert id_.strip() == "" or id_ not in path
        assert all(part not in path for part in ("oauth", "..", "%", "\r", "\n"))
    assert identity({"id": id_, "username": "ana"}, "https://a.example") is None


# --- words ------------------------------------------------------------------------------------------------------------


def test_a_server_that_says_our_token_back_is_not_quoted(published):
    token = published.server.standin.token
    words = {"error": f"go away {token} \x1b[31m\r\nX", "message": token, "error_description": f"\n{token}"}

    def rude(request: Any, told: Any) -> Any:
        return words if request.method != "GET" else told

    published.server.twist = rude
    for call in (UPLOAD, POST, PUT, DESCRIBE, DELETE):
        published.server.standin.faults.add(Fault(What.DUPLICATE_KEY, route=call, times=1))
        worked(published)
        endured(published)
    with published.desk() as desk:
        told = " ".join(str(one) for one in desk.history(""))
    assert token not in told
    assert "\x1b" not in told


@of("mastodon-4.6", "pixelfed-0.12")
def test_markup_in_texts_is_words_and_nothing_more(studio):
    world, me = studio.server.standin.world, studio.server.standin.id
    world.post(me, "<script>alert(1)</script> <img src=x onerror=alert(1)> \x1b[31m", [jpeg()])

    def marked(request: Any, told: Any) -> Any:
        if isinstance(told, list):
            html = "<p>" * 3000 + "<script>alert(1)</script>&#x1b;[31m<!-- " + "</p>" * 10
            return [{**one, "content": html, "url": "javascript:alert(1)"} for one in told]
        return told

    studio.server.twist = marked
    studio.put("a.jpg")
    endured(studio)
    plan = studio.plan()
    shown = json.dumps([[action.reason, action.where] for action in plan.actions]) + " ".join(plan.notes)
    assert "<script>" not in shown
    assert replace(plan).actions is plan.actions
