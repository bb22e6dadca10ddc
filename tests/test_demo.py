"""The demo as a newcomer sees it: one command, a story, a page to open, and nothing anywhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.demo.samples import samples


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.slow
def test_the_demo_tells_its_story_and_leaves_nothing_outside_its_folder(tmp_path: Path) -> None:
    outside = {
        name: tmp_path / name for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    }
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
    first, second, third = (
        "photos and 3 albums to add",
        "Nothing to do: ",
        "2 photos and 1 album to update, 1 photo to delete",
    )
    assert 0 < said.index(first) < said.index(second) < said.index(third)
    assert 'title: "Layers of morning" → "Layers of morning, with coffee"' in said
    assert "tags: +Reflection" in said
    assert "10 photos, 1 taken out" in said
    assert "2 photos refused, 1 photo left out as duplicate" in said
    assert "HAR_0064.jpg" in said
    assert "Done: 2 photos and 1 album updated; 1 photo deleted." in said

    # the page to open, and what it must not say
    index = Path(url2pathname(urlparse(said.splitlines()[-1]).path))
    demo = tmp_path / "here/helio-demo"
    assert index == demo / "site/index.html"
    pages = "".join(page.read_text(encoding="utf-8") for page in (demo / "site").rglob("*.html"))
    assert "Layers of morning, with coffee" in pages
    assert "Norway" in pages
    for private in ("Ines Calloway", "Tomas Verhage", "53.23", "Lindenau", "Our kitchen"):
        assert private not in pages
    photos = {page.name for page in (demo / "site/photos").glob("*.html")} - {"index.html"}
    wished = [one for one in samples() if ("Socials", "site") in one.facts.keyword_paths]
    private = [
        one
        for one in wished
        if any(path[0] == "Private" for path in one.facts.keyword_paths) or "Private" in one.facts.keywords
    ]
    assert len(photos) == len(wished) - len(private) - 1

    # nothing anywhere else
    assert everything(tmp_path / "here") == {"helio-demo"} | {f"helio-demo/{name}" for name in everything(demo)}
    assert {path.name for path in demo.iterdir()} == {"photos", "site", "heliograph.toml", ".heliograph"}
    for name, folder in outside.items():
        assert everything(folder) == set(), name


def test_the_demo_touches_no_folder_that_holds_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["demo", str(tmp_path)]) == Exit.USAGE
    said = capsys.readouterr()
    assert "Name a new folder" in said.err
    assert everything(tmp_path) == {"mine.txt"}
