"""Over real sockets on loopback: no secret ever shows."""

import logging
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.errors import HeliographError, Refused
from heliograph.wire import Redactor, Timeouts, Wire
from wire_service import CANARY, LOST, ok, page, status


@pytest.mark.parametrize("dial", [ok, *LOST, page, status(401), status(429), status(400)])
@pytest.mark.parametrize("repeatable", [True, False])
def test_secrets_reach_neither_log_nor_error_nor_repr(service, clock, caplog, dial, repeatable):
    signature = "abc" + "def123"

    def echo(answer):
        if answer.status >= 400:
            echoed = f"It said {answer.text()} to oauth_signature={signature}, {CANARY}"
            raise Refused(echoed)

    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "httpcore2.http11", "httpcore2.connection", "heliograph.wire"):
        caplog.set_level(logging.DEBUG, logger=name)
    shown, errors = [], []
    one_try = Timeouts(read_s=0.3, total_s=0.5, attempts=1)
    for translate in (None, echo):
        service.dials = [dial]
        with Wire(
            service.url,
            clock,
            timeouts=one_try,
            secrets=[CANARY],
            sign=lambda _: {"Authorization": f"Bearer {CANARY}"},
            translate=translate,
            max_answer_bytes=1000,
        ) as wire:
            shown.append(repr(wire))
            try:
                answer = wire.call(
                    "POST", "/x", kind="write", repeatable=repeatable, params={"api_key": CANARY, "q": "open"}
                )
                shown.extend((repr(answer), str(answer)))
                answer.json()
            except HeliographError as error:
                shown.extend((repr(error), str(error), "".join(traceback.format_exception(error))))
                errors.append(error)
    everything = "\n".join([*shown, caplog.text, *(repr(record.__dict__) for record in caplog.records)])
    assert "heliograph.wire" in everything
    assert all(error.__cause__ is error.__context__ is None for error in errors)
    for leak in (CANARY, CANARY.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"), signature):
        assert leak not in everything


SHAPES = [
    "Authorization: OAuth oauth_token=SECRETVALUE1, oauth_signature=SECRETVALUE1",
    "{'Authorization': 'Bearer SECRETVALUE1'}",
    "(b'authorization', b'Bearer SECRETVALUE1')",
    "https://api.example/?api_key=SECRETVALUE1&method=x",
    "https://api.example/?oauth_signature=SECRETVALUE1%3D&a=b",
    '{"access_token": "SECRETVALUE1", "scope": "write"}',
    "refresh_token=SECRETVALUE1",
    "client_secret=SECRETVALUE1&code_verifier=SECRETVALUE1",
    "http://127.0.0.1:8/callback?code=SECRETVALUE1",
    "https://me:SECRETVALUE1@photos.example/",
    "Set-Cookie: session=SECRETVALUE1; Path=/",
    "password: SECRETVALUE1",
    "Bearer SECRETVALUE1",
]


@pytest.mark.parametrize("text", SHAPES)
def test_secrets_are_known_by_their_shape(text):
    assert "SECRETVALUE1" not in Redactor().words(text)


@pytest.mark.parametrize(
    "text",
    ["Photo 7 of album Token Creek was sent.", "OAuth sign-in is needed", "a basic question", "the secret garden"],
)
def test_ordinary_words_stay(text):
    assert Redactor().words(text) == text


@given(st.text(min_size=4).filter(lambda text: len(text.strip()) >= 4), st.text(), st.text())
def test_a_learnt_secret_never_comes_through(secret, before, after):
    hidden = Redactor([secret]).words(before + secret.strip() + after)
    assert secret.strip() not in hidden or secret.strip() in "[hidden]"


def test_as_a_filter_it_cleans_arguments_and_tracebacks():
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    logger = logging.getLogger("heliograph.test_wire")
    handler = Keep()
    handler.addFilter(Redactor([CANARY]))
    logger.addHandler(handler)
    try:
        try:
            int(CANARY)
        except ValueError:
            logger.exception("token %s", CANARY)
    finally:
        logger.removeHandler(handler)
    assert CANARY not in "".join(lines)
    assert "ValueError" in lines[0]
