"""A mock of Mastodon that nobody here wrote takes what we publish, change and delete."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

import command_line
from command_line import draw
from heliograph import metadata
from heliograph.cli.exits import Exit
from heliograph.model import Facts

home = command_line.home
tell = command_line.tell

TOKEN = "mock_token"  # noqa: S105 - the mock's own, printed in its manual
START_S = 60.0
SETTINGS = """\
[library]
folder = "photos"

[platforms.mastodon]
url = "{url}"

[select]
everything = true
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[httpx2.Client]:
    """A client of the mock in the owner's name; what is served is held in memory."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--in-memory", "--host", "127.0.0.1", "--port", str(port), "--log-level", "critical"]
    log = (tmp_path / "mock.log").open("w", encoding="utf-8")
    with (
        log,
        subprocess.Popen([sys.executable, "-m", "mastodon_mock", *words], cwd=tmp_path, stdout=log, stderr=log) as mock,
    ):
        try:
            with httpx2.Client(
                base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False
            ) as client:
                wait_for(client, mock)
                yield client
        finally:
            mock.terminate()


def wait_for(client: httpx2.Client, mock: subprocess.Popen[bytes]) -> None:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s and mock.poll() is None:
        with contextlib.suppress(httpx2.TransportError):
            if client.get("/api/v2/instance").is_success:
                return
        time.sleep(0.1)
    pytest.fail("the mock did not start")


def posts(reader: httpx2.Client) -> list[dict]:
    """Of the account, as the mock lists them."""
    me = reader.get("/api/v1/accounts/verify_credentials").json()["id"]
    return reader.get(f"/api/v1/accounts/{me}/statuses").json()


def describe(home: Path, title: str, alt: str) -> None:
    path = home / "photos/dune.jpg"
    draw(path, title)
    metadata.write(path, Facts(title=title, alt_text=alt, caption="Sand & <3."))


def test_it_takes_what_is_added_edited_and_deleted(home, tell, reader, monkeypatch):
    for file in (home / "photos/2023").iterdir():
        file.unlink()
    (home / "heliograph.toml").write_text(SETTINGS.format(url=str(reader.base_url).rstrip("/")), encoding="utf-8")
    monkeypatch.setenv("HELIOGRAPH_SECRET_MASTODON_TOKEN", TOKEN)
    describe(home, "A dune", "A dune & <3 in the light")
    assert tell("sync")[0] == Exit.DONE
    (added,) = posts(reader)
    assert "A dune" in added["content"]
    assert [media["description"] for media in added["media_attachments"]] == ["A dune & <3 in the light"]
    assert "Nothing to do" in tell("plan")[1]

    describe(home, "Another dune", "It is windy")
    code, out, err = tell("sync")
    assert code == Exit.DONE, out + err
    (edited,) = posts(reader)
    assert edited["id"] == added["id"]
    assert edited["edited_at"]
    assert "Another dune" in edited["content"]
    assert [media["id"] for media in edited["media_attachments"]] == [
        media["id"] for media in added["media_attachments"]
    ]
    # The mock does not know that an edit can set alt texts (0.6.1): that is told once, and not tried for ever.
    assert [media["description"] for media in edited["media_attachments"]] == ["A dune & <3 in the light"]
    assert "otherwise than was asked for: A dune" in " ".join((out + err).split())
    assert "Nothing to do" in tell("plan")[1]

    draw(home / "photos/sea.jpg", "The sea")
    metadata.write(home / "photos/sea.jpg", Facts(title="The sea", alt_text="Waves"))
    (home / "photos/dune.jpg").unlink()
    code, out, err = tell("sync")
    assert code == Exit.DONE, out + err
    (left,) = posts(reader)
    assert "The sea" in left["content"]
