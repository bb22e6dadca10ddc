"""`helio serve` as the command it is: here, in a process of its own, a second time, and its end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

import command_line
from command_line import POSIX, ended, start
from heliograph.cli.exits import Exit
from heliograph.desk.clock import SystemClock
from heliograph.web import announced

home = command_line.home


@contextmanager
def entered(address: str) -> Iterator[httpx2.Client]:
    """A browser that opened the address."""
    url, _, word = address.partition("/#")
    with httpx2.Client(base_url=url, timeout=30) as client:
        assert client.post("/enter", data={"invitation": word}).status_code == 303
        yield client


def end(home: Path) -> None:
    """Whatever page of this library still runs, ends."""
    state, clock = home / ".heliograph", SystemClock()
    standing = announced(state, clock)
    if standing is None:
        return
    bearer = {"Authorization": f"Bearer {standing.key}"}
    httpx2.post(f"{standing.url}/end", headers=bearer, timeout=10)
    until_s = clock.monotonic() + 20
    while announced(state, clock):
        assert clock.monotonic() < until_s
        clock.sleep(0.05)


@pytest.fixture
def place(home: Path):
    yield home
    end(home)


def told(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_it_tells_its_address_once_and_serves_until_it_is_ended(place: Path) -> None:
    process = start("serve", "--json", cwd=place)
    form = told(process)
    assert form["schema"] == "heliograph.serve/1"
    assert form["fresh"] is True
    assert form["process"] == process.pid
    with entered(str(form["address"])) as browser:
        assert "Ready to look" in browser.get("/").text

    code, out, _ = ended(start("serve", cwd=place))  # a second one finds the first, with a word that is still good
    assert code == Exit.DONE
    with entered(out.strip()) as browser:
        assert browser.get("/state").status_code == 200
    words = Path(f"/proc/{process.pid}/cmdline")
    if words.exists():
        assert str(form["address"]).partition("#")[2].encode() not in words.read_bytes()

    end(place)
    code, out, err = ended(process)
    assert (code, out) == (Exit.DONE, "")
    log = place / ".heliograph/heliograph.log"
    assert "#" not in err
    assert not log.exists() or str(form["address"]).partition("#")[2] not in log.read_text("utf-8")


@POSIX
def test_ctrl_c_ends_it(place: Path) -> None:
    process = start("serve", cwd=place)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)
    assert code == Exit.INTERRUPTED
    assert "Traceback" not in err
    assert announced(place / ".heliograph", SystemClock()) is None


def test_detached_it_answers_at_once_and_stays_when_its_starter_is_gone(place: Path) -> None:
    first = ended(start("serve", "--detach", cwd=place))
    again = ended(start("serve", "--detach", cwd=place))
    assert (first[0], again[0]) == (Exit.DONE, Exit.DONE), first[2] + again[2]
    one, other = json.loads(first[1]), json.loads(again[1])
    assert one["process"] == other["process"]
    assert (one["fresh"], other["fresh"]) == (True, False)
    assert one["address"] != other["address"]
    with entered(one["address"]) as browser, entered(other["address"]) as another:
        assert browser.get("/state").json() == another.get("/state").json()


def test_an_unused_one_ends_by_itself(place: Path) -> None:
    code, _, err = ended(start("serve", "--json", "--idle-minutes", "0.01", cwd=place))
    assert code == Exit.DONE, err
    assert announced(place / ".heliograph", SystemClock()) is None


def test_the_address_may_go_into_a_private_file(place: Path) -> None:
    process = start("serve", "--announce", "told.json", "--idle-minutes", "0.02", cwd=place)
    code, out, err = ended(process)
    assert code == Exit.DONE, err
    assert out == ""
    assert json.loads((place / "told.json").read_text("utf-8"))["address"].startswith("http://127.0.0.1:")
    if os.name != "nt":
        assert stat.S_IMODE((place / "told.json").stat().st_mode) == 0o600


@POSIX
def test_no_device_is_ever_replaced_by_a_file(place: Path) -> None:
    pipe = place / "pipe"
    os.mkfifo(pipe)
    code, _, err = ended(start("serve", "--announce", "pipe", cwd=place))
    assert code == Exit.USAGE
    assert "is no file that could be written" in err
    assert pipe.is_fifo()


def test_a_port_that_is_taken_is_a_sentence(place: Path) -> None:
    process = start("serve", "--json", cwd=place)
    port = str(told(process)["address"]).partition("/#")[0].rpartition(":")[2]
    (place / "elsewhere").mkdir()
    (place / "elsewhere/heliograph.toml").write_text('[library]\nfolder = "../photos"\n', encoding="utf-8")
    code, _, err = ended(start("serve", "--port", port, cwd=place / "elsewhere"))
    assert code == Exit.USAGE
    assert f"cannot be served at port {port}" in err
    end(place)
    assert ended(process)[0] == Exit.DONE


def test_without_settings_nothing_is_started(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "heliograph", "serve", "--detach"]
    said = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8")
    assert said.returncode == Exit.USAGE
    assert "There is no heliograph.toml" in said.stderr
    assert list(tmp_path.iterdir()) == []
