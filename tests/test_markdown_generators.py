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

SENTENCES = (
    *(
        *HOSTILE,
        "x" * 300,
        "all",
        "@all",
        "a/b",
        ".",
        "https://a.example/my_page*",
        "www.my_page.example",
        "a_b@c.example",
    ),
    *("{{ site.time }}", "{% include x %}", "{{% ref x %}}", "{{</* x */>}}", "{# x #}", "<%= 1 + 1 %>", "{{ 6 * 7 }}"),
    *("![[a|b]] [[c#d^e|f]]", "Harbour 640", "a ]] b", "%% hidden %%", "[^1] ^[note]", "$x^2$", ":smile: :::note"),
)

PLAIN_KRAMDOWN = """kramdown:
  smart_quotes: apos,apos,quot,quot
  typographic_symbols:
    {hellip: "...", mdash: "---", ndash: "--", laquo: "<<", raquo: ">>", laquo_space: "<< ", raquo_space: " >>"}
"""
"""As Hugo without its typographer: words are compared as they were typed."""


def installed(name: str, needs: str) -> str:
    """The command, from HELIOGRAPH_TEST_HUGO and the like or from the path."""
    command = os.environ.get(f"HELIOGRAPH_TEST_{name.upper()}") or shutil.which(name)
    if not command:
        pytest.skip(f"{name} is not installed ({needs})")
    return command


def hostile_site(folder: Path, generator: str, files: Path, **options: str) -> dict[str, str]:
    """Posts by id, with the words that stand in all their fields."""
    site = markdown_at(folder, generator, **options)
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


def legible(words: str) -> str:
    return re.sub("[\x80-\x9f\ufffe]", "", words)


def seen(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<(?:[^>\"]|\"[^\"]*\")*>", " ", page)).split())


def assert_shown(built: Path, posts: dict[str, str]) -> None:
    """Every photo has a page whose picture is there and whose words are those that were written."""
    for post, words in posts.items():
        page = (built / "photos" / post / "index.html").read_text(encoding="utf-8")
        tag = re.search(r"<img(?:[^>\"]|\"[^\"]*\")*>", page)
        assert tag, post
        source, alt = (re.search(rf'{name}="([^"]*)"', tag[0]) for name in ("src", "alt"))
        assert (built / "photos" / post / source[1]).resolve().is_file()
        assert html.unescape(alt[1]).split() == legible(words).split(), post
        title, said = re.search(r"<title>(.*?)</title>(.*)", page, re.DOTALL).groups()
        assert html.unescape(title).split() == legible(words).split(), post
        assert "".join(legible(words).split()) in "".join(seen(said).split()), post
        assert "| ---" not in seen(said), "a table is a table"


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
    layout = "<title>{{ title }}</title>{{ content | safe }}"
    (folder / "_includes").mkdir(parents=True)
    (folder / "_includes" / "photo.njk").write_text(layout, encoding="utf-8")
    posts = hostile_site(folder, "eleventy", tmp_path / "renditions", layout="photo.njk")
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
    (folder / "_layouts").mkdir(parents=True)
    layout = "<title>{{ page.title | xml_escape }}</title>{{ content }}"
    (folder / "_layouts" / "photo.html").write_text(layout, encoding="utf-8")
    posts = hostile_site(folder, "jekyll", tmp_path / "renditions", layout="photo")
    (folder / "_config.yml").write_text(PLAIN_KRAMDOWN, encoding="utf-8")
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
