"""`helio site` as people and scripts meet it: build, look, check, publish; and when nothing is published."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from pathlib import Path

import httpx2
import pytest

import command_line
from command_line import POSIX, Told, ended, start
from heliograph.cli.exits import Exit
from heliograph.web.previewing import application

home = command_line.home
tell = command_line.tell

TAKES = "import pathlib, sys; pathlib.Path(sys.argv[1]).open('a').write(sys.stdin.read() + '.\\n')"


def settle(home: Path, text: str) -> None:
    path = home / "heliograph.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_before_anything_is_published_every_verb_says_where_to_begin(tell: Told) -> None:
    for verb in ("build", "check", "publish", "serve"):
        code, out, err = tell("site", verb)
        assert (code, out) == (Exit.USAGE, "")
        assert "helio plan" in err


@POSIX
def test_pages_are_built_again_checked_and_looked_at(tell: Told, home: Path) -> None:
    tell("sync")
    said, address = tell("site", "build")[1].splitlines()
    assert said.endswith("0 new or changed, 0 removed.")
    assert address == (home / "site/index.html").as_uri()
    assert tell("site", "check")[:2] == (Exit.DONE, "Nothing is wrong.\n")
    text = (home / "heliograph.toml").read_text(encoding="utf-8")
    text = text.replace("[platforms.site]\n", "[platforms.site]\ntitle = 'Other'\n", 1)
    (home / "heliograph.toml").write_text(text, encoding="utf-8")
    built = json.loads(tell("site", "build", "--json")[1])
    assert built["schema"] == "heliograph.site-build/1"
    assert "index.html" in built["build"]["changed"]
    assert "Other" in (home / "site/index.html").read_text(encoding="utf-8")

    (page,) = (home / "site/photos").glob("a-dune-*.html")
    kept = page.read_bytes()
    page.unlink()
    code, out, _ = tell("site", "check")
    assert code == Exit.TROUBLE_FOUND
    assert f"missing file: photos/{page.name} is not there any more" in out
    found = json.loads(tell("site", "check", "--json")[1])
    assert {"what": "missing file", "path": f"photos/{page.name}"}.items() <= found["findings"][1].items()
    tell("site", "build")
    assert page.read_bytes() == kept
    assert tell("site", "check", "--anew")[0] == Exit.DONE

    with start("site", "serve", "--json", cwd=home) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        assert "Other" in httpx2.get(address).text
        assert httpx2.get(f"{address}.heliograph/posts.jsonl").status_code == 404
        process.send_signal(signal.SIGINT)
        assert ended(process)[0] == Exit.INTERRUPTED


def test_every_site_is_looked_over_where_none_is_named(tell: Told, home: Path) -> None:
    tell("sync")
    settle(home, "[platforms.garden]\nkind = 'markdown'\nfolder = 'garden'\n")
    (page,) = (home / "site/photos").glob("a-dune-*.html")
    page.unlink()
    code, out, _ = tell("site", "check")
    assert code == Exit.TROUBLE_FOUND
    assert f"missing file: site: photos/{page.name} is not there" in out
    assert "unbuilt: garden: Nothing was published into" in out
    assert "garden" not in tell("site", "check", "--only", "site")[1]
    assert tell("site", "build")[0] == Exit.USAGE


def test_the_publish_step_runs_when_something_is_applied_and_never_before_or_in_a_rehearsal(
    tell: Told, home: Path
) -> None:
    taken = home / "taken.txt"
    command = [sys.executable, "-c", TAKES, str(taken)]
    settle(home, f"[platforms.site.publish]\ncommand = {json.dumps(command)}\n")
    tell("plan")
    tell("scan")
    assert tell("rehearse", "--no-wait")[0] in {Exit.DONE, Exit.PARTLY}
    assert not taken.exists()
    tell("sync")
    assert taken.read_text(encoding="utf-8").count("+ photos/") >= 3
    tell("sync")
    assert tell("site", "publish")[1] == "Everything was there already.\n"
    assert taken.read_text(encoding="utf-8").count(".\n.\n") == 0
    assert "were taken there, 0 were removed" in tell("site", "publish", "--all")[1]
    assert sys.executable in tell("doctor")[1]


def test_a_publish_step_that_fails_is_told_planned_again_and_repeated(tell: Told, home: Path) -> None:
    flag = home / "up"
    command = [sys.executable, "-c", "import pathlib, sys; sys.exit(not pathlib.Path(sys.argv[1]).exists())", str(flag)]
    settle(home, f"[platforms.site.publish]\ncommand = {json.dumps(command)}\n")
    code, _, err = tell("sync")
    assert code == Exit.PARTLY
    assert "did not succeed" in err
    assert (home / "site/index.html").is_file()
    assert "were not taken to" in tell("plan")[1]
    flag.touch()
    tell("sync")
    assert "Nothing to do" in tell("plan")[1]


# --- what a browser gets ----------------------------------------------------------------------------------------------


@pytest.fixture
def browser(tmp_path: Path):
    folder = tmp_path / "out"
    (folder / "albums").mkdir(parents=True)
    (folder / ".heliograph").mkdir()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    for name in ("index.html", "albums/index.html", ".heliograph/log", "a.avif", "b.webp", "c.webmanifest"):
        (folder / name).write_text("0123456789", encoding="utf-8")
    with contextlib.suppress(OSError):
        (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    client = application(folder).test_client()
    return lambda path, **headers: client.get(path, headers={"Host": "127.0.0.1:8000", **headers}, buffered=True)


def test_files_are_what_they_are_and_come_in_parts(browser) -> None:
    assert browser("/").content_type == "text/html; charset=utf-8"
    assert browser("/albums/").status_code == 200
    assert browser("/albums").headers["Location"] == "/albums/"
    assert browser("/a.avif").content_type == "image/avif"
    assert browser("/b.webp").content_type == "image/webp"
    part = browser("/b.webp", Range="bytes=2-4")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert browser("/b.webp", Range="bytes=99-").status_code == 416
    assert browser("/b.webp", **{"If-None-Match": browser("/b.webp").headers["ETag"]}).status_code == 304
    assert browser("/none.html").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/albums/../../secret.txt",
        "/out.txt",
        "/.heliograph/log",
        "/albums/%00",
        "//etc/passwd",
        "/..\\secret.txt",
    ],
)
def test_nothing_hidden_or_outside_the_folder_is_shown(browser, path: str) -> None:
    answer = browser(path)
    assert answer.status_code in {308, 404}
    assert b"secret" not in answer.data


def test_only_its_address_on_this_computer_opens_it(browser) -> None:
    assert browser("/", Host="evil.example").status_code == 403
    assert browser("/", Host="localhost:1").status_code == 200
