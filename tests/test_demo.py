"""The demo as a newcomer sees it: one command, a story, pages to open, and nothing anywhere else."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import httpx2
import pytest

from command_line import POSIX
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.demo import story
from heliograph.demo.samples import samples
from heliograph.demo.story import Happening, RunAgain, StillRunning, Story
from stand_in_watch import gone, page, stand_ins

OUTSIDE = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
"""Variables that name folders in which a program could leave something."""


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def wished_on(platform: str) -> list[str]:
    """Samples that are wished there and not private, but for the one that is deleted in the story."""
    return [
        one.where
        for one in samples()
        if ("Socials", platform) in one.facts.keyword_paths
        and "Private" not in one.facts.keywords
        and not any(path[0] == "Private" for path in one.facts.keyword_paths)
        and not one.where.endswith("MAR_0502.jpg")
    ]


@pytest.mark.slow
def test_the_demo_tells_its_story_and_leaves_nothing_outside_its_folder(tmp_path: Path) -> None:
    outside = {name: tmp_path / name for name in OUTSIDE}
    for folder in outside.values():
        folder.mkdir()
    lured = {"HELIOGRAPH_LIBRARY__FOLDER": str(tmp_path / "HOME"), "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    env = {**os.environ, **{name: str(folder) for name, folder in outside.items()}, **lured}
    (tmp_path / "here").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "heliograph", "demo"],
        cwd=tmp_path / "here",
        env=env,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=280,
    )
    assert done.returncode == Exit.DONE, done.stderr
    assert "Traceback" not in done.stderr
    said = done.stdout
    assert "\x1b" not in said

    # the order of the story
    chapters = (
        "site: 23 photos and 3 albums to add",
        "flickr: 19 photos and 3 albums to add",
        "Done: 42 photos and 6 albums added.",
        "Nothing to do: 48 photos and albums are in step",
        "site: 2 photos and 1 album to update, 1 photo to delete",
        "flickr: 2 photos and 1 album to update, 1 photo to delete",
        "Done: 4 photos and 2 albums updated; 2 photos deleted.",
    )
    places = [said.index(chapter) for chapter in chapters]
    assert places == sorted(places)
    assert 'title: "Layers of morning" → "Layers of morning, with coffee"' in said
    assert "tags: +Reflection" in said
    assert "10 photos, 1 taken out" in said
    assert "2 photos refused, 1 photo left out as duplicate" in said
    assert "HAR_0064.jpg" in said
    assert "failed" not in done.stderr

    # the page to open, and what it must not say
    index = Path(url2pathname(urlparse(next(line for line in said.splitlines() if line.startswith("file:"))).path))
    demo = tmp_path / "here/helio-demo"
    assert index == demo / "site/index.html"
    pages = "".join(page.read_text(encoding="utf-8") for page in (demo / "site").rglob("*.html"))
    assert "Layers of morning, with coffee" in pages
    assert "Norway" in pages
    for private in ("Ines Calloway", "Tomas Verhage", "53.23", "Lindenau", "Our kitchen"):
        assert private not in pages
    photos = {page.name for page in (demo / "site/photos").glob("*.html")} - {"index.html"}
    assert len(photos) == len(wished_on("site"))
    assert gone(demo), "the stand-in ended with the demo"
    if os.name == "posix":
        what_a_stranger_sees_on_flickr(said, tmp_path / "here")

    # nothing anywhere else
    assert everything(tmp_path / "here") == {"helio-demo"} | {f"helio-demo/{name}" for name in everything(demo)}
    assert {path.name for path in demo.iterdir()} == {"photos", "site", "flickr", "heliograph.toml", ".heliograph"}
    for name, folder in outside.items():
        assert everything(folder) == set(), name


def what_a_stranger_sees_on_flickr(said: str, here: Path) -> None:
    """The command that the demo names starts the stand-in again, and its page shows what it should."""
    command, address = (
        next(line for line in said.splitlines() if sign in line)
        for sign in ("-m heliograph.standin", "http://127.0.0.1:")
    )
    words = [*shlex.split(command), "--with-parent"]
    with subprocess.Popen(words, cwd=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as stand_in:
        assert f"{json.loads(stand_in.stdout.readline())['url']}/" == address
        first = page(address)
        assert f"{len(wished_on('flickr'))} photos, newest first" in first
        for shown in ("Layers of morning, with coffee", "Sea and shore", "Northern light", "After dark"):
            assert shown in first
        for hidden in ("Nine candles", "The red kite", "Road N13", "White noise", "Half past eight"):
            assert hidden not in first
        addresses = {part.partition('"')[0] for part in first.split('href="/photos/')[1:]}
        told = "".join(page(f"{address}photos/{part}") for part in sorted(addresses))
        assert "Reflection" in told
        for private in ("Ines Calloway", "Tomas Verhage", "53.23", "Lindenau", "Our kitchen", "Socials"):
            assert private not in told
        stand_in.stdin.close()
        assert stand_in.wait(timeout=30) == 0


def test_the_demos_flickr_is_a_stand_in_whatever_account_the_keyring_holds(tmp_path: Path) -> None:
    scenes = Story(tmp_path / "demo", long_edge_px=320).scenes()
    for scene in scenes:
        if isinstance(scene, Happening):
            break
    settings = (tmp_path / "demo" / story.SETTINGS).read_text(encoding="utf-8")
    (line,) = [line for line in settings.splitlines() if line.startswith("url = ")]
    assert line.startswith('url = "http://127.0.0.1:')
    assert stand_ins(tmp_path) or os.name != "posix"
    scenes.close()  # as when something breaks in the middle
    assert gone(tmp_path)


@POSIX
def test_the_stand_in_runs_as_long_as_somebody_looks(tmp_path: Path) -> None:
    address = ""
    for scene in Story(tmp_path / "demo", long_edge_px=320, keep_running=True).scenes():
        match scene:
            case Happening(events):
                assert not [event for event in events if event.end not in {"done", "told"}]
            case StillRunning(shown):
                address = shown
                assert "18 photos, newest first" in page(address)
            case RunAgain(_, again):
                assert again == address
                with pytest.raises(httpx2.ConnectError):
                    page(address)
    assert address
    assert gone(tmp_path)


def test_the_demo_touches_no_folder_that_holds_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["demo", str(tmp_path)]) == Exit.USAGE
    said = capsys.readouterr()
    assert "Name a new folder" in said.err
    assert everything(tmp_path) == {"mine.txt"}
