"""A token that is there already: given once and kept in the account alone, or in the environment and not at all."""

from __future__ import annotations

import json

import pytest

import test_signing_in
from flickr_owner import Owner
from heliograph.cli.exits import Exit
from heliograph.desk import Desk, making, signing_in
from heliograph.errors import Mistake
from heliograph.platforms.fediverse.account import Account
from heliograph.ports import Credential, SigningIn
from test_signing_in import Options, settings

flickr, home, ring, tell = (
    test_signing_in.flickr,
    test_signing_in.home,
    test_signing_in.ring,
    test_signing_in.tell,
)


@pytest.fixture
def pixelfed(home, monkeypatch):
    """A platform beside Flickr that takes a token in place of a browser; what it was opened with."""
    opened = []

    def sign_in(options, credentials, ask, clock, **_):
        opened.append(dict(credentials))
        if not credentials:
            ask.show("https://pix.example/oauth/authorize", "Allow it there.")
        return Account("@ana@pix.example", "add posts", credentials.get("token", "fresh"), "1", options.url)

    token = Credential("token", "Made there", optional=True)
    how = SigningIn((token,), Account, sign_in)
    monkeypatch.setitem(making.PLATFORMS, "pixelfed", lambda: making.Kind(Options, Options, sign_in=how))
    with (home / "heliograph.toml").open("a", encoding="utf-8") as file:
        file.write("[platforms.pixelfed]\nurl = 'https://pix.example'\n")
    return opened


def test_a_token_is_not_asked_for_and_opens_an_account_where_it_is_given(home, pixelfed, ring):
    desk = Desk(settings(home))
    assert desk.lacking("pixelfed", {}) == ()
    desk.sign_in("pixelfed", Owner("no_browser"), {})
    desk.sign_in("pixelfed", Owner("no_browser"), {"token": " canary-97\n"})
    assert pixelfed == [{}, {"token": "canary-97"}]
    assert [name for _, name in ring.kept] == ["pixelfed/account"], "the token is kept as part of the account alone"
    assert json.loads(ring.kept["heliograph", "pixelfed/account"])["account"].items() >= pixelfed[1].items()
    with pytest.raises(Mistake, match="takes no key"):
        desk.sign_in("pixelfed", Owner("no_browser"), {"key": "x"})


def test_a_token_in_the_environment_reaches_the_platform_and_wins_over_the_kept_account(
    home, pixelfed, ring, monkeypatch
):
    desk = Desk(settings(home))
    desk.sign_in("pixelfed", Owner("no_browser"), {})
    how = making.PLATFORMS["pixelfed"]().sign_in
    monkeypatch.setenv("HELIOGRAPH_SECRET_PIXELFED_TOKEN", "canary-98")
    assert dict(signing_in.credentials(settings(home), "pixelfed", how)) == {"token": "canary-98"}
    assert signing_in.account(settings(home), "pixelfed", how).who == "@ana@pix.example"
    for given in ({}, {"token": "another"}):
        with pytest.raises(Mistake, match="HELIOGRAPH_SECRET_PIXELFED_TOKEN, which wins"):
            desk.sign_in("pixelfed", Owner("no_browser"), given)
    with pytest.raises(Mistake, match="HELIOGRAPH_SECRET_PIXELFED_TOKEN, which wins"):
        desk.sign_out("pixelfed", everything=True)
    assert ring.kept == {}, "what is kept is forgotten all the same"


@pytest.mark.parametrize("given", ["-", "token.txt"])
def test_a_token_comes_from_a_file_or_from_standard_input_and_nobody_is_asked(tell, home, pixelfed, ring, given):
    (home / "token.txt").write_text("canary-99\n", encoding="utf-8")
    told = tell("signin", "pixelfed", "--token-file", given, "--no-browser", stdin="canary-99\n")
    assert told.code == Exit.DONE, told.err
    assert pixelfed == [{"token": "canary-99"}]
    assert "Signed in to pixelfed as @ana@pix.example. heliograph may add posts there." in told.out
    log = (home / ".heliograph/heliograph.log").read_text(encoding="utf-8")
    assert "canary-99" not in told.out + told.err + log
    assert tell("signout", "pixelfed", "--all").out.startswith("Signed out of pixelfed: the token of @ana@pix.example")
    assert ring.kept == {}
