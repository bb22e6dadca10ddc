"""From signing in to publishing, with the real commands: rehearsed, with a kept token, with one in the environment."""

from __future__ import annotations

import os
import shutil
import webbrowser
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest

import command_line
from command_line import draw
from flickr_owner import decide
from heliograph import metadata
from heliograph.cli.exits import Exit
from heliograph.desk.making import PLATFORMS
from heliograph.model import Facts
from heliograph.standin.fediverse import PROFILES, StandIn, serve

home = command_line.home
tell = command_line.tell

SETTINGS = """\
[library]
folder = "photos"

[platforms.{kind}]
url = "{url}"

[log]
level = "debug"
"""


def begin(home: Path, kind: str, url: str) -> None:
    """Two photos that are wished there, one of them without an alt text."""
    shutil.rmtree(home / "photos/2023", ignore_errors=True)
    for name, alt in (("dune", "A dune in the light"), ("sea", "")):
        path = draw(home / f"photos/{name}.jpg", name)
        wish = (("Socials", kind),)
        metadata.write(path, Facts(title=name, caption="Sand & <3.", alt_text=alt, keyword_paths=wish))
    (home / "heliograph.toml").write_text(SETTINGS.format(kind=kind, url=url), encoding="utf-8")


@pytest.fixture
def standin(tmp_path):
    with serve(tmp_path / "server", "pixelfed-0.12") as running:
        yield running


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_SECRET")]:
        monkeypatch.delenv(name)


def published(standin: StandIn) -> list[str]:
    return [post.text.split(maxsplit=1)[0] for post in standin.world.posts]


def everything(home: Path, *told: tuple[int, str, str]) -> str:
    log = (home / ".heliograph/heliograph.log").read_text(encoding="utf-8")
    return log + "".join(out + err for _, out, err in told)


def test_a_kept_token_publishes_and_the_doctor_says_how_long_it_lasts(home, tell, standin):
    begin(home, "pixelfed", standin.url)
    assert tell("sync")[0] == Exit.SIGN_IN
    (home / "token.txt").write_text(standin.token, encoding="utf-8")
    signed = tell("signin", "--token-file", "token.txt")
    assert signed[0] == Exit.DONE, signed[2]
    assert f"Signed in to pixelfed as {standin.who}." in signed[1]
    assert "as far as the token permits" in signed[1]
    synced, doctor = tell("sync"), tell("doctor")
    assert published(standin) == ["dune"], "the other has no alt text"
    assert "no alt text" in synced[1] + synced[2]
    assert "the token ends in 36" in doctor[1]
    assert "runs Pixelfed 0.12.11" in doctor[1]
    assert standin.token not in everything(home, signed, synced, doctor)


def test_a_sign_in_by_browser_is_enough_for_everything(home, tell, standin, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda link: bool(decide(link)))
    begin(home, "pixelfed", standin.url)
    assert tell("signin")[0] == Exit.DONE
    assert tell("sync")[0] == Exit.PARTLY
    assert published(standin) == ["dune"]
    assert "Nothing to do" in tell("plan")[1]
    assert "The server still lists heliograph" in tell("signout")[1]
    assert tell("sync")[0] == Exit.SIGN_IN


def test_a_token_in_the_environment_publishes_without_signing_in(home, tell, standin, monkeypatch):
    begin(home, "fediverse", standin.url)
    monkeypatch.setenv("HELIOGRAPH_SECRET_FEDIVERSE_TOKEN", standin.token)
    synced = tell("sync")
    assert published(standin) == ["dune"], synced
    assert not (home / ".heliograph/secrets.toml").exists()
    assert standin.token not in everything(home, synced)


def test_a_token_is_for_its_own_server_and_never_sent_to_another(home, tell, standin, tmp_path):
    begin(home, "pixelfed", standin.url)
    (home / "token.txt").write_text(standin.token, encoding="utf-8")
    assert tell("signin", "--token-file", "token.txt")[0] == Exit.DONE
    with serve(tmp_path / "other", "pixelfed-0.12") as other:
        begin(home, "pixelfed", other.url)
        code, out, err = tell("sync")
        assert code == Exit.SIGN_IN
        assert "is signed in at" in out + err
        assert other.calls.total == 0


def test_a_token_that_was_taken_back_ends_with_a_sentence(home, tell, standin):
    begin(home, "pixelfed", standin.url)
    (home / "token.txt").write_text(standin.token, encoding="utf-8")
    tell("signin", "--token-file", "token.txt")
    standin.revoke()
    code, out, err = tell("sync")
    assert code == Exit.SIGN_IN
    assert "helio signin" in out + err
    assert published(standin) == []


def test_every_kind_of_server_can_be_rehearsed(home, tell):
    begin(home, "site", "")
    kinds = [name for name, kind in PLATFORMS.items() if kind().stand_in_words[:1] == ("--profile",)]
    sections = "".join(f"[platforms.{kind}]\nurl = 'https://never.asked.example'\n" for kind in kinds)
    text = f"[library]\nfolder = 'photos'\n[select]\neverything = true\n[log]\nlevel = 'debug'\n{sections}"
    (home / "heliograph.toml").write_text(text, encoding="utf-8")
    code, _, err = tell("rehearse", "--no-wait")
    assert code == Exit.PARTLY, err
    assert [kind for kind in kinds if f"dune.jpg: published on {kind}" not in err] == []
    assert "never.asked.example" not in (home / ".heliograph/rehearsal/heliograph.log").read_text(encoding="utf-8")
    assert "to add" not in tell("rehearse", "--no-wait")[1], "it is there already"


def test_the_kinds_are_played_by_profiles_that_there_are():
    played = {kind().stand_in_words[1] for kind in PLATFORMS.values() if kind().stand_in_words[:1] == ("--profile",)}
    assert len(played) == 3
    assert played <= set(PROFILES)
