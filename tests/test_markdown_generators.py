"""The site generators themselves read what we write, without a warning; where one is missing, its test says so."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from contract.platform_contract import publish, rendition_for, wanted_album, wanted_photo
from heliograph.model import F
from test_markdown import HOSTILE, markdown_at

SENTENCES = (*HOSTILE, "x" * 300, "all", "@all", "a/b", ".")


def installed(name: str, needs: str) -> str:
    """The command, from HELIOGRAPH_TEST_HUGO and the like or from the path."""
    command = os.environ.get(f"HELIOGRAPH_TEST_{name.upper()}") or shutil.which(name)
    if not command:
        pytest.skip(f"{name} is not installed ({needs})")
    return command


def hostile_site(folder: Path, generator: str, files: Path) -> dict[str, str]:
    """Posts by id, with the words that stand in all their fields."""
    site = markdown_at(folder, generator)
    found = {}
    for number, words in enumerate(SENTENCES):
        wanted = wanted_photo(site, number)
        said = {F.TITLE: words, F.TEXT: words, F.ALT: words, F.TAGS: (words, "Sea"), F.CAMERA: (("Camera", words),)}
        rights = {F.RIGHTS: ((words,), words, words, words, f"https://e.example/{words}")}
        wanted = replace(wanted, fields={**wanted.fields, **said, **rights})
        found[publish(site, wanted, rendition_for(site, files, number))[1].id] = words
    publish(site, wanted_album(site, "{{ x }} --- |", tuple(found)), None)
    site.finish()
    return found


def assert_shown(built: Path, posts: dict[str, str]) -> None:
    """Every photo has a page whose picture is there and whose words are those that were written."""
    for post, words in posts.items():
        page = (built / "photos" / post / "index.html").read_text(encoding="utf-8")
        tag = re.search(r"<img[^>]*>", page)
        assert tag, post
        source, alt = (re.search(rf'{name}="([^"]*)"', tag[0]) for name in ("src", "alt"))
        assert (built / "photos" / post / source[1]).resolve().is_file()
        legible = re.sub("[\x80-\x9f\ufffe]", "", words)
        assert html.unescape(alt[1]).split() == legible.split(), post


def test_hugo_builds_a_site_without_a_warning_and_shows_the_words_as_they_are(tmp_path):
    hugo = installed("hugo", "Debian: hugo; or from the Python index")
    layouts = tmp_path / "site" / "layouts" / "_default"
    layouts.mkdir(parents=True)
    for name in ("single", "list"):
        (layouts / f"{name}.html").write_text("<title>{{ .Title }}</title>{{ .Content }}", encoding="utf-8")
    settings = 'baseURL = "https://site.example/below/"\n[markup.goldmark.extensions.typographer]\ndisable = true\n'
    (tmp_path / "site" / "hugo.toml").write_text(settings, encoding="utf-8")
    posts = hostile_site(tmp_path / "site", "hugo", tmp_path / "renditions")
    command = [hugo, "--source", str(tmp_path / "site"), "--panicOnWarning", "--printPathWarnings"]
    said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "WARN" not in said.stdout + said.stderr
    assert_shown(tmp_path / "site" / "public", posts)
    assert (tmp_path / "site" / "public" / "tags" / "sea" / "index.html").is_file()


def test_eleventy_builds_a_site_and_shows_the_words_as_they_are(tmp_path):
    eleventy = installed("eleventy", "npm: @11ty/eleventy")
    folder = tmp_path / "site"
    posts = hostile_site(folder, "eleventy", tmp_path / "renditions")
    settings = 'module.exports = (config) => { config.addPassthroughCopy("assets"); };\n'
    (folder / ".eleventy.js").write_text(settings, encoding="utf-8")
    said = subprocess.run(
        [eleventy], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert_shown(folder / "_site", posts)


def test_jekyll_builds_a_site_and_shows_the_words_as_they_are(tmp_path):
    jekyll = installed("jekyll", "Debian: jekyll")
    folder = tmp_path / "site"
    posts = hostile_site(folder, "jekyll", tmp_path / "renditions")
    (folder / "_config.yml").write_text("kramdown:\n  smart_quotes: apos,apos,quot,quot\n", encoding="utf-8")
    command = [
        jekyll,
        "build",
        "--source",
        str(folder),
        "--destination",
        str(tmp_path / "built"),
        "--strict_front_matter",
    ]
    said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert said.returncode == 0, said.stdout + said.stderr
    assert_shown(tmp_path / "built", posts)
