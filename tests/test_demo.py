"""The demo as a newcomer sees it: one command, a story, pages to open, and nothing anywhere else."""

from __future__ import annotations

import os
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
from heliograph.demo.story import PLAYED, Happening, LookLater, Showing, Story
from stand_in_watch import gone, page, stand_ins

PRIVATE = ("Ines Calloway", "Tomas Verhage", "53.23", "Lindenau", "Our kitchen", "Socials")
OUTSIDE = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
"""Variables that name folders in which a program could leave something."""
DEMO = """\
import heliograph.demo.samples as samples
samples.LONG_EDGE_PX = 480
from heliograph.cli import main
main()
"""
"""The command, with small pictures: most of its time goes into drawing, and the story is not told of pixels."""


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
        [sys.executable, "-c", DEMO, "demo"],
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

    the_order_of_the_story(said)
    assert "failed" not in done.stderr

    # the page to open, and what it must not say
    index = Path(url2pathname(urlparse(next(line for line in said.splitlines() if line.startswith("file:"))).path))
    demo = tmp_path / "here/helio-demo"
    assert index == demo / "site/index.html"
    pages = "".join(page.read_text(encoding="utf-8") for page in (demo / "site").rglob("*.html"))
    assert "Layers of morning, with coffee" in pages
    assert "Norway" in pages
    for private in PRIVATE:
        assert private not in pages
    photos = {page.name for page in (demo / "site/photos").glob("*.html")} - {"index.html"}
    assert len(photos) == len(wished_on("site"))
    assert gone(demo), "the stand-ins ended with the demo"
    what_a_stranger_sees(tmp_path / "here", env)

    # nothing anywhere else
    assert everything(tmp_path / "here") == {"helio-demo"} | {f"helio-demo/{name}" for name in everything(demo)}
    assert {path.name for path in demo.iterdir()} == {"photos", "site", *PLAYED, "heliograph.toml", ".heliograph"}
    for name, folder in outside.items():
        assert everything(folder) == set(), name


def the_order_of_the_story(said: str) -> None:
    chapters = (
        "site: 23 photos and 3 albums to add",
        "flickr: 19 photos and 3 albums to add",
        "pixelfed: 18 photos to add, 3 photos refused",
        "mastodon: 18 photos to add, 3 photos refused",
        "Done: 78 photos and 6 albums added; 19 photos updated.",
        "Nothing to do: 84 photos and albums are in step",
        "site: 3 photos and 1 album to update, 1 photo to delete",
        "flickr: 3 photos and 1 album to update, 1 photo to delete",
        "pixelfed: 1 photo to add, 2 photos to update, 1 photo to delete",
        "mastodon: 1 photo to add, 2 photos to update, 1 photo to delete",
        "Done: 2 photos added; 11 photos and 2 albums updated; 4 photos deleted.",
        "helio demo --look\n",
    )
    places = [said.index(chapter) for chapter in chapters]
    assert places == sorted(places)
    assert 'title: "Layers of morning" → "Layers of morning, with coffee"' in said
    assert "tags: +Reflection" in said
    assert "10 photos, 1 taken out" in said
    assert "2 photos refused, 1 photo left out as duplicate" in said
    assert "HAR_0064.jpg" in said
    for reason in ("It has no alt text", "Its keyword “Private” is in “Private”"):
        assert said.count(reason) == 1, "and not on every platform"
    assert len(said.splitlines()) < 350, "it can be read"


def what_a_stranger_sees(here: Path, env: dict[str, str]) -> None:
    """The command that the demo names starts the stand-ins again, and their pages show what they should."""
    words = [sys.executable, "-m", "heliograph", "demo", "--look"]
    with subprocess.Popen(
        words, cwd=here, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as looking:
        addresses = {}
        while len(addresses) < len(PLAYED):
            line = looking.stdout.readline()
            if line.startswith("on "):
                addresses[line.removeprefix("on ").strip()] = looking.stdout.readline().strip()
        assert set(addresses) == set(PLAYED.values())
        on_flickr(addresses["Flickr"])
        for name in ("Pixelfed", "Mastodon"):
            on_a_server(page(addresses[name]), name)
        looking.communicate("\n", timeout=30)
        assert looking.returncode == Exit.DONE
    assert gone(here)


def on_flickr(address: str) -> None:
    first = page(address)
    assert f"{len(wished_on('flickr'))} photos, newest first" in first
    for shown in ("Layers of morning, with coffee", "Sea and shore", "Northern light", "After dark"):
        assert shown in first
    for hidden in ("Nine candles", "The red kite", "Road N13", "White noise", "Half past eight"):
        assert hidden not in first
    addresses = {part.partition('"')[0] for part in first.split('href="/photos/')[1:]}
    told = "".join(page(f"{address}photos/{part}") for part in sorted(addresses))
    assert "Reflection" in told
    for private in PRIVATE:
        assert private not in told


def on_a_server(told: str, name: str) -> None:
    assert f"{len(wished_on('flickr'))} posts, newest first, as a stranger would see them on {name}" in told
    for shown in ("Layers of morning, with coffee -- Dawn in the Valais (Taken 11 September 2021)", "#Reflection"):
        assert shown.replace("#", "") in told
    assert "one ripple has broken its reflection" in told, "the new alt text"
    assert "Four glowing maple leaves" in told, "and the one that was missing"
    assert "No alt text" not in told
    for hidden in (*PRIVATE, "Nine candles", "The red kite", "Road N13", "White noise"):
        assert hidden not in told


def test_the_demos_platforms_are_stand_ins_whatever_accounts_the_keyring_holds(tmp_path: Path) -> None:
    scenes = Story(tmp_path / "demo", long_edge_px=320).scenes()
    for scene in scenes:
        if isinstance(scene, Happening):
            break
    settings = (tmp_path / "demo" / story.SETTINGS).read_text(encoding="utf-8")
    urls = [line for line in settings.splitlines() if line.startswith("url = ")]
    assert len(urls) == len(PLAYED)
    assert all(line.startswith('url = "http://127.0.0.1:') for line in urls)
    assert len(stand_ins(tmp_path)) == len(PLAYED) or os.name != "posix"
    scenes.close()  # as when something breaks in the middle
    assert gone(tmp_path)


@POSIX
def test_the_stand_ins_run_as_long_as_somebody_looks(tmp_path: Path) -> None:
    seen: dict[str, str] = {}
    for scene in Story(tmp_path / "demo", long_edge_px=320, keep_running=True).scenes():
        match scene:
            case Happening(events):
                assert not [event for event in events if event.end not in {"done", "told"}]
            case Showing(pages):
                seen = dict(pages)
                assert "18 photos, newest first" in page(seen["Flickr"])
                assert "18 posts, newest first" in page(seen["Pixelfed"])
            case LookLater(names, folder):
                assert set(names) == set(seen)
                for address in seen.values():
                    with pytest.raises(httpx2.ConnectError):
                        page(address)
    (again,) = (scene.pages for scene in Story(folder).look())
    assert again == seen, "at the same addresses, to which the posts' own links lead"
    assert gone(tmp_path)


def test_there_is_nothing_to_look_at_before_a_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--look", str(tmp_path)]) == Exit.USAGE
    assert "holds no demo" in capsys.readouterr().err
    assert everything(tmp_path) == set()


def test_the_demo_touches_no_folder_that_holds_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["demo", str(tmp_path)]) == Exit.USAGE
    said = capsys.readouterr()
    assert "Name a new folder" in said.err
    assert everything(tmp_path) == {"mine.txt"}
