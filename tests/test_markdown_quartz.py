"""Quartz's own reader of Markdown takes what we write for it as it was meant, in every way that it resolves links."""

from __future__ import annotations

import html
import json
import os
import posixpath
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from test_markdown_generators import hostile_site, legible, seen

PLACE = os.environ.get("HELIOGRAPH_TEST_QUARTZ", "")
pytestmark = pytest.mark.skipif(
    not PLACE or not shutil.which("node"),
    reason="Quartz's plugins are not installed (npm: see .ci/run; their folder stands in HELIOGRAPH_TEST_QUARTZ)",
)


def read(folder: Path, *strategies: str) -> dict[str, dict[str, dict]]:
    """Name of each page, to its front matter and what visitors get, for each way to resolve links."""
    script = folder.parent / "reader.mjs"
    shutil.copyfile(Path(__file__).with_name("quartz_reader.mjs"), script)
    (folder.parent / "node_modules").symlink_to(Path(PLACE) / "node_modules", target_is_directory=True)
    told = subprocess.run(
        ["node", str(script), str(folder), *strategies],  # noqa: S607 - from the path
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert (told.returncode, told.stderr) == (0, "")
    return json.loads(told.stdout)


def assert_whole(folder: Path, posts: dict[str, str], pages: dict[str, dict], camera: str) -> None:
    there = {path.relative_to(folder).as_posix().removesuffix(".md") for path in folder.rglob("*.*") if path.is_file()}
    for slug, page in pages.items():
        for link in re.findall(r'(?:src|href)="([^"]*)"', page["page"]):
            to = posixpath.normpath(f"{posixpath.dirname(slug)}/{html.unescape(link)}")
            assert to in there or re.match(r"[a-z]+:|#", link) or camera in page["page"], f"{slug} leads to {link}"
    for post, words in posts.items():
        front, page = pages[f"photos/{post}"].values()
        assert front["title"] == legible(words)
        tag = re.search(r"<img(?:[^>\"]|\"[^\"]*\")*>", page)
        assert tag, post
        alt = re.search(r'alt="([^"]*)"', tag[0])
        assert html.unescape(alt[1]).split() == legible(words).split(), post
        assert "".join(legible(words).split()) in "".join(seen(page).split()), post


def test_every_link_and_picture_leads_there_and_words_stay_words_however_quartz_resolves_links(tmp_path):
    posts = hostile_site(tmp_path / "vault", "quartz", tmp_path / "renditions")
    for pages in read(tmp_path / "vault", "shortest", "absolute", "relative").values():
        assert len(pages) == len(posts) + 1
        assert_whole(tmp_path / "vault", posts, pages, camera="\0")
        for page in pages.values():
            for odd in ("transclude", "tag-link", "text-highlight", "katex", "math-inline", "callout"):
                assert odd not in page["page"]


def test_the_old_layout_links_by_names_as_quartz_finds_them_by_itself(tmp_path):
    """Cameras are links there too, to pages that the owner writes."""
    posts = hostile_site(tmp_path / "vault", "quantum", tmp_path / "renditions")
    assert_whole(tmp_path / "vault", posts, read(tmp_path / "vault", "shortest")["shortest"], camera="Camera")
