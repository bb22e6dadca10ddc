"""Albums as one post, from the settings to the server, with the real commands."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest

import command_line
from command_line import draw
from heliograph import metadata
from heliograph.cli.exits import Exit
from heliograph.model import Facts, Taken
from heliograph.standin.fediverse import StandIn, serve

home = command_line.home
tell = command_line.tell

SETTINGS = """\
[library]
folder = "photos"

[select]
together = true

[platforms.mastodon]
kind = "{kind}"
url = "{url}"
"""
COAST = (("Socials", "mastodon"), ("Socials", "mastodon", "albums", "Coast"))


@pytest.fixture(autouse=True)
def token_from_the_environment(monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_SECRET")]:
        monkeypatch.delenv(name)


def put(home: Path, name: str, hour: int, *keywords: tuple[str, ...]) -> None:
    path = draw(home / f"photos/{name}.jpg", name)
    taken = Taken(f"2024-05-03T{hour:02}:00:00")
    facts = Facts(title=name, alt_text=f"About {name}", taken=taken, keyword_paths=(*COAST, *keywords))
    metadata.write(path, facts)


def alts(standin: StandIn) -> list[list[str]]:
    return [[standin.world.media[id_].alt for id_ in post.media] for post in standin.world.posts]


@pytest.mark.parametrize("profile", ["mastodon-4.6", "pixelfed-0.12"])
def test_an_album_is_one_post_from_the_settings_to_the_server(home, tell, tmp_path, monkeypatch, profile):
    with serve(tmp_path / "server", profile) as standin:
        shutil.rmtree(home / "photos/2023", ignore_errors=True)
        kind = profile.partition("-")[0]
        (home / "heliograph.toml").write_text(SETTINGS.format(kind=kind, url=standin.url), encoding="utf-8")
        monkeypatch.setenv("HELIOGRAPH_SECRET_MASTODON_TOKEN", standin.token)
        put(home, "sea", 11, ("Water",))
        put(home, "dune", 10, ("Water",), ("Sand",))
        planned = tell("plan")
        assert "album Coast" in planned[1]
        assert "2 photos in one post" in planned[1]
        assert tell("sync")[0] == Exit.DONE
        assert alts(standin) == [["About dune", "About sea"]]
        assert standin.world.posts[0].text.startswith("Coast (Taken 3 May 2024)")
        assert "#Water" in standin.world.posts[0].text
        assert "#Sand" not in standin.world.posts[0].text
        assert "Nothing to do" in tell("plan")[1]
        assert "published together in one post" in tell("explain", "dune.jpg")[1]

        put(home, "pier", 9, ("Water",))
        code, out, err = tell("sync")
        if kind == "mastodon":
            assert code == Exit.DONE, out + err
            assert alts(standin) == [["About pier", "About dune", "About sea"]]
        else:
            assert "posting anew" in out + err, "Pixelfed cannot take a picture into a post that is there"
            assert tell("answer", "Coast", "repost")[0] == Exit.DONE
            assert tell("sync")[0] == Exit.DONE
            assert alts(standin) == [["About pier", "About dune", "About sea"]]
        assert "Nothing to do" in tell("plan")[1]

        for file in (home / ".heliograph").glob("ledger*"):
            file.unlink()
        found = tell("plan")[1]
        assert "text and alt text are the same" in found, found
        assert tell("sync")[0] == Exit.DONE
        assert len(alts(standin)) == 1
        assert "Nothing to do" in tell("plan")[1]
