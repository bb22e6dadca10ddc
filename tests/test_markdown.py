from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from contract.platform_contract import PlatformContract, publish, rendition_for, wanted_album, wanted_photo
from heliograph.errors import Gone, Mistake
from heliograph.model import F, SubjectKind, Wanted
from heliograph.platforms.site.markdown import Markdown, Options, markup
from heliograph.platforms.site.markdown.building import MARK
from heliograph.platforms.site.markdown.generators import GENERATORS
from heliograph.platforms.site.staging import HIDDEN
from site_visit import fill, pages_of
from test_site_killed import KilledError, kill_at

WIKI = {"quartz", "quantum", "quantum-site"}


def markdown_at(folder: Path, generator: str = "hugo", **options) -> Markdown:
    return Markdown("site", Options(folder, generator, **options))


class TestHugoKeepsTheContract(PlatformContract):
    generator = "hugo"

    @pytest.fixture
    def platform(self, tmp_path):
        return markdown_at(tmp_path / "site", self.generator)

    @pytest.fixture
    def again(self, tmp_path) -> Callable[[], Markdown]:
        return lambda: markdown_at(tmp_path / "site", self.generator)


class TestQuantumKeepsTheContract(TestHugoKeepsTheContract):
    generator = "quantum"


@pytest.fixture
def files(tmp_path):
    return tmp_path / "renditions"


def front_of(page: Path) -> dict:
    head = page.read_text(encoding="utf-8").split("\n---\n")[0]
    assert head.startswith("---\n")
    return yaml.safe_load(head)


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


# --- layouts ----------------------------------------------------------------------------------------------------------


def served(path: str, generator: str) -> str:
    if generator in WIKI:
        return path.removesuffix(".md")
    return path.removeprefix("content/").removesuffix("/index.md").removesuffix(".md")


@pytest.mark.parametrize("generator", GENERATORS)
def test_every_layout_has_a_page_for_each_post_and_every_link_in_it_leads_somewhere(tmp_path, files, generator):
    site = markdown_at(tmp_path / "site", generator)
    ids = fill(site, files, range(2))
    site.finish()
    there = pages_of(tmp_path / "site")
    pages = {path: content.decode() for path, content in there.items() if path.endswith(".md")}
    assert sorted(front_of(tmp_path / "site" / path)["title"] for path in pages) == [
        "Low tide",
        "Low tide",
        "The coast",
    ]
    assert all(any(one in path for path in pages) for one in ids)
    shown = set[str]()
    for path, text in pages.items():
        base = os.path.dirname(path) if generator in WIKI else served(path, generator)  # noqa: PTH120 - of a URL
        for link in re.findall(r"(?:\]\(|src=\"|href=\")([^)\":]+)[)\"]", text):
            target = os.path.normpath(f"{base}/{link}").removesuffix(".md")
            assert target in {served(other, generator) for other in there}, f"{path} leads to {link}"
            shown.add(target)
        for name in re.findall(r"\[\[([^|\]]+)", text):
            if name.startswith(".."):
                named = [
                    other for other in there if os.path.normpath(f"{base}/{name}") in {other, served(other, generator)}
                ]
            else:
                named = [other for other in there if name in {Path(other).name, Path(other).stem}]
            assert len(named) == 1 or name == "X-T5", f"{path} leads to {name}"
            shown.update(named)
    assert {Path(one).stem for one in shown if one.endswith((".jpg", ".jpeg", ".webp"))}


def numbered(site: Markdown, number: int, where: str) -> Wanted:
    return replace(wanted_photo(site, number), where=where)


def test_the_layouts_of_the_older_programs_name_files_by_the_number_in_brackets(tmp_path, files):
    site = markdown_at(tmp_path / "old", "quantum")
    first = publish(site, numbered(site, 1, "2024/quay [1001].jpg"), rendition_for(site, files, 1))[1]
    twin = publish(site, numbered(site, 2, "2025/another [1001].jpg"), rendition_for(site, files, 2))[1]
    site.finish()
    assert first.id == "1001"
    assert first.url == "photos/1001"
    assert twin.id.startswith("low-tide-")
    assert {path for path in pages_of(tmp_path / "old") if "1001" in path} == {
        *("photos/1001.md", "photos/1001_800.jpeg", "photos/1001_150.webp")
    }
    front = front_of(tmp_path / "old" / "photos" / "1001.md")
    assert (front["thumbnail"], front["cssclasses"], front["tags"][0]) == (
        "1001_150.webp",
        ["photo-page"],
        "class/photo",
    )
    site = markdown_at(tmp_path / "new", "quantum-site")
    assert site.picture.long_edge_px == (1600, 1024, 800, 640, 500, 320, 240, 100)
    publish(site, numbered(site, 1, "2024/quay [1001].jpg"), rendition_for(site, files, 1))
    site.finish()
    tails = ("_t", "_m", "_n", "", "_z", "_c", "_b", "_h")
    assert set(pages_of(tmp_path / "new")) == {"photos/1001.md", *(f"photos/1001{tail}.webp" for tail in tails)}


def test_another_generator_moves_everything_and_leaves_nothing_behind(tmp_path, files):
    fill(markdown_at(tmp_path / "site"), files, range(2))
    markdown_at(tmp_path / "site").finish()
    before = sorted(content for path, content in pages_of(tmp_path / "site").items() if path.endswith("p"))
    site = markdown_at(tmp_path / "site", "eleventy")
    assert "other settings" in site.survey(None).pending
    site.finish()
    after = pages_of(tmp_path / "site")
    assert {path.split("/")[0] for path in after} == {"photos", "albums", "assets"}
    assert sorted(content for path, content in after.items() if path.endswith("p")) == before
    assert not markdown_at(tmp_path / "site", "eleventy").survey(None).pending


def test_two_photos_with_the_same_picture_each_have_a_file_of_their_own(tmp_path, files):
    site = markdown_at(tmp_path / "site")
    posts = [publish(site, wanted_photo(site, number), rendition_for(site, files, 1))[1] for number in (1, 2)]
    site.finish()
    site.delete(posts[0])
    site.finish()
    left = pages_of(tmp_path / "site")
    assert len(left) == 1 + len(rendition_for(site, files, 1).files)
    assert all(posts[1].id in path for path in left)


# --- hostile text -----------------------------------------------------------------------------------------------------

HOSTILE = (
    *("yes", "no", "~", "1e5", "0o14", "0x1F", "12:30", "2024-05-03", "007", "- a", "? b", "key: value", "# head"),
    *(
        "---",
        "...\n---\n",
        "{{< x >}} {{% y %}} {% raw %} {{ z }}",
        "[[a|b]] ![[c]] [d](e)",
        "| a | b |",
        "a\\",
        "\\U0001F30A",
    ),
    *("🌊", "مرحبا بالعالم", "<script>alert(1)</script>", "&amp; &#123;", "*a* _b_ `c` ~~d~~ ==e== $f$ %%g%% ^h^"),
    *(
        "1. one\n2) two\n+ three\n> four\n\tfive\n= six\n: seven",
        "“a” 'b' \"c\"",
        "a\u2028b\x85c\ufeffd",
        "http://a_b_c/*",
    ),
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=60), st.text("[]()|#*_`~<>&{}%!\\-+.=:$^ \n1a", max_size=30)
)


@given(title=TEXTS, words=st.lists(TEXTS, max_size=3))
@example(title="\\\\U0001F30A \\U0001f30a", words=["no", "x: y"])
def test_front_matter_reads_back_as_it_was_written_whatever_the_words(title, words):
    legible = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", title)
    form = {
        "title": legible,
        "tags": words,
        "camera": {legible or "no": "a: b", "no": 1},
        "place": None,
        "latitude": 1.5,
    }
    written = markup.front_matter(form)
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        assert yaml.load(written, Loader=loader) == form  # noqa: S506 - both are safe ones
    assert markup.read_front_matter(f"---\n{written}---\nbody\n---\n") == form


def plain(tokens) -> str:
    """What a reader sees of one block, without a sign of markup."""
    assert {token.type for token in tokens} <= {"text", "text_special", "softbreak", "hardbreak", "image"}
    return "".join("\n" if "break" in token.type else token.content for token in tokens if token.type != "image")


@given(TEXTS)
def test_text_reads_in_markdown_as_it_was_written(text):
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    blocks = reader.parse(markup.literal(text))
    assert {token.type for token in blocks} <= {"paragraph_open", "paragraph_close", "inline"}
    read = "\n\n".join(plain(token.children) for token in blocks if token.type == "inline")
    assert read.split() == text.replace("\x00", "\ufffd").split()
    (*_, row) = reader.parse(f"![{markup.inline(text)}](x.jpg)")[1].children or [None]
    assert row.type == "image"
    assert row.children is None or "".join(child.content for child in row.children) == " ".join(read.split())


def test_hostile_words_in_every_field_reach_the_front_matter_and_break_no_page(tmp_path, files):
    for generator in ("hugo", "quartz", "quantum"):
        site = markdown_at(tmp_path / generator, generator)
        ids = {}
        for number, words in enumerate(HOSTILE):
            wanted = wanted_photo(site, number)
            fields = {F.TITLE: words, F.TEXT: words, F.ALT: words, F.TAGS: (words,), F.CAMERA: (("Camera", words),)}
            ids[publish(site, replace(wanted, fields={**wanted.fields, **fields}), None)[1].id] = words
        publish(site, wanted_album(site, "|]] --- {{", tuple(ids)), None)
        site.finish()
        for post, words in ids.items():
            front = front_of(
                only(tmp_path / generator, f"**/{post}/index.md" if generator == "hugo" else f"**/{post}.md")
            )
            assert front["title"] == (re.sub("[\x80-\x9f\ufffe]", "", words))


# --- what is the owner's ----------------------------------------------------------------------------------------------


def test_what_the_owner_writes_below_the_line_stays_there(tmp_path, files):
    site = markdown_at(tmp_path / "site")
    fill(site, files, range(1), album="")
    site.finish()
    page = only(tmp_path / "site", "content/photos/*/index.md")
    assert page.read_text(encoding="utf-8").endswith(f"\n{MARK}\n")
    assert site.holds(site.survey(None).posts[0]) == ()
    page.write_bytes(page.read_bytes() + "\nMy own words: Öl, 夜.\r\n\n---\n".encode())
    (post,) = site.survey(None).posts
    site.update(post, wanted_photo(site, 0, frozenset({F.TITLE})), frozenset({F.TITLE}), None)
    site.finish()
    assert front_of(page)["title"] == "Low tide at Reine"
    assert page.read_bytes().endswith(f"{MARK}\n\nMy own words: Öl, 夜.\r\n\n---\n".encode())
    assert "words of yours" in site.holds(post)[0]
    assert site.about() == ()


def test_a_page_that_was_edited_above_the_line_is_left_and_named_until_it_is_moved_away(tmp_path, files):
    site = markdown_at(tmp_path / "site")
    fill(site, files, range(2), album="")
    site.finish()
    edited, other = sorted((tmp_path / "site").glob("content/photos/*/index.md"))
    edited.write_bytes(edited.read_bytes().replace(b'title: "Low tide"', b'title: "My title"'))
    other.write_bytes(other.read_bytes().replace(b"\n", b"\r\n"))  # an editor's line ends are no edit
    for post in site.survey(None).posts:
        number = 0 if wanted_photo(site, 0).mark == post.mark else 1
        shown = site.update(post, wanted_photo(site, number, frozenset({F.TITLE})), frozenset({F.TITLE}), None)
        assert bool(shown.notes) == (post.id in str(edited))
    site = markdown_at(tmp_path / "site", layout="photo")
    site.finish()
    assert not site.survey(None).pending
    assert (front_of(edited)["title"], front_of(other)["title"]) == ("My title", "Low tide at Reine")
    (caution,) = site.about()
    assert str(edited) in caution
    edited.unlink()
    site.finish()
    assert (front_of(edited)["title"], front_of(edited)["layout"]) == ("Low tide at Reine", "photo")
    assert site.about() == ()


def test_a_file_of_the_owner_in_the_way_is_a_sentence_and_nothing_is_changed(tmp_path, files):
    site = markdown_at(tmp_path / "site", "jekyll")
    (post,) = fill(site, files, range(1), album="")
    page = tmp_path / "site" / "photos" / f"{post}.md"
    page.parent.mkdir()
    page.write_text("mine", encoding="utf-8")
    with pytest.raises(Mistake, match=rf"{post}\.md is not a file of heliograph's"):
        site.finish()
    assert pages_of(tmp_path / "site") == {f"photos/{post}.md": b"mine"}
    page.rename(page.with_name("mine.md"))
    site.finish()
    site.delete(site.survey(None).posts[0])
    site.finish()
    assert pages_of(tmp_path / "site") == {"photos/mine.md": b"mine"}


def test_templates_of_the_owner_take_the_place_of_ours_piece_by_piece(tmp_path, files):
    own = tmp_path / "own"
    own.mkdir()
    (own / "photo.md.jinja").write_text(
        '{% extends "ours/photo.md.jinja" %}{% block facts %}Taken {{ photo.date | inline }}\n\n{% endblock %}',
        encoding="utf-8",
    )
    fill(markdown_at(tmp_path / "site"), files, range(1))
    site = markdown_at(tmp_path / "site", templates=own)
    site.finish()
    page = only(tmp_path / "site", "content/photos/*/index.md").read_text(encoding="utf-8")
    assert "Taken 3 May 2024, 14:05" in page
    assert "Boats on the sand." in page
    assert "X-T5 |" not in page
    for broken, said in (
        ("{{ photo.nothing }}", "nothing"),
        ("---\n{% if %}", "line 2"),
        ("no front matter", "does not begin with front matter"),
        ('{% include "../../secret" %}', "secret"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
    ):
        (own / "photo.md.jinja").write_text(broken, encoding="utf-8")
        with pytest.raises(Mistake, match=rf"photo\.md\.jinja cannot be used.*{said}.*as they were"):
            markdown_at(tmp_path / "site", templates=own).finish()
    assert only(tmp_path / "site", "content/photos/*/index.md").read_text(encoding="utf-8") == page


# --- killed -----------------------------------------------------------------------------------------------------------


def test_killed_at_any_moment_every_file_is_its_old_or_its_new_self_and_the_next_run_completes_it(tmp_path, files):
    def lived(folder: Path) -> tuple[Markdown, dict[str, bytes]]:
        site = markdown_at(folder, "quantum-site")
        fill(site, files, range(2))
        site.finish()
        before = pages_of(folder)
        (first, second, *_) = site.survey(None).posts
        new = frozenset({F.PICTURE, F.TITLE})
        site.update(first, wanted_photo(site, 0, new), new, rendition_for(site, files, 7))
        site.delete(second)
        return site, before

    site, _ = lived(tmp_path / "whole")
    with pytest.MonkeyPatch.context() as patch:
        calls = kill_at(patch, -1)
        site.finish()
    after, moments = pages_of(tmp_path / "whole"), calls[0]
    assert moments > 20
    for at in range(1, moments + 1, 4):
        site, before = lived(tmp_path / f"killed-{at}")
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, at)
            with pytest.raises(KilledError):
                site.finish()
        there = pages_of(tmp_path / f"killed-{at}")
        assert all(there[path] in {before.get(path), after.get(path)} for path in there)
        assert after.keys() & before.keys() <= there.keys()
        markdown_at(tmp_path / f"killed-{at}", "quantum-site").finish()
        assert pages_of(tmp_path / f"killed-{at}") == after


# --- pages of the older programs --------------------------------------------------------------------------------------

OLD_PHOTO = """---
tags:
  - class/photo
datetime: 2024-03-19T18:42:10
updated:
title: Evening quay: "two" boats
description: Boats at dusk
thumbnail: 1001_150.webp
cssclasses:
  - photo-page
---
Boats at dusk
"""
OLD_ALBUM = "---\naliases:\n  - x\ntags:\n  - class/album\ntitle: Harbour\ncssclasses:\n  - album-page\n---\n"


@pytest.fixture
def old_site(tmp_path):
    folder = tmp_path / "garden"
    for path, text in {
        "photos/1001.md": OLD_PHOTO,
        "photos/1001_800.jpeg": "old picture",
        "photos/1001_150.webp": "old thumbnail",
        "photos/mine.md": "---\ntitle: mine\n---\n",
        "albums/Harbour.md": OLD_ALBUM,
        "notes/quay.md": "![[1001_800.jpeg]]",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
    return folder


def test_pages_of_the_older_program_are_shown_and_taken_over_and_copies_of_them_are_kept(old_site, files):
    site = markdown_at(old_site, "quantum")
    shown = {post.id: post for post in site.survey(None).posts}
    assert {(post.kind, id_) for id_, post in shown.items()} == {
        (SubjectKind.PHOTO, "1001"),
        (SubjectKind.ALBUM, "Harbour"),
    }
    assert shown["1001"].fields[F.TITLE] == 'Evening quay: "two" boats'
    assert shown["1001"].fields[F.TAKEN] == ("2024-03-19T18:42:10", "", "", "")
    wanted = wanted_photo(site, 1)
    post = site.update(shown["1001"], wanted, frozenset(wanted.fields), rendition_for(site, files, 1))
    site.finish()
    assert (post.id, post.mark) == ("1001", wanted.mark)
    assert front_of(old_site / "photos" / "1001.md")["title"] == "Low tide"
    assert (old_site / "photos" / "1001_800.jpeg").read_bytes().startswith(b"\xff\xd8")
    for path in ("photos/1001.md", "photos/1001_800.jpeg"):
        assert b"old" in (old_site / HIDDEN / "before" / path).read_bytes() or path.endswith(".md")
    assert (old_site / HIDDEN / "before" / "photos" / "1001.md").read_text(encoding="utf-8") == OLD_PHOTO
    assert len([post for post in markdown_at(old_site, "quantum").survey(None).posts if post.id == "1001"]) == 1
    assert (old_site / "photos" / "mine.md").read_text(encoding="utf-8").endswith("mine\n---\n")


def test_a_page_of_the_older_program_is_deleted_when_it_is_to_go_and_is_gone_for_who_comes_later(old_site, files):
    site = markdown_at(old_site, "quantum")
    (old,) = (post for post in site.survey(None).posts if post.id == "1001")
    site.delete(old)
    site.delete(old)
    assert sorted(path.name for path in (old_site / "photos").iterdir()) == ["mine.md"]
    with pytest.raises(Gone):
        site.update(old, wanted_photo(site, 1), frozenset({F.TITLE}), None)


def test_with_our_memory_lost_pages_in_the_old_layout_are_known_again_and_words_below_the_line_stay(tmp_path, files):
    site = markdown_at(tmp_path / "site", "quantum")
    publish(site, numbered(site, 1, "quay [1001].jpg"), rendition_for(site, files, 1))
    site.finish()
    page = tmp_path / "site" / "photos" / "1001.md"
    page.write_bytes(page.read_bytes() + b"my words\n")
    shutil.rmtree(tmp_path / "site" / HIDDEN)
    site = markdown_at(tmp_path / "site", "quantum")
    (post,) = site.survey(None).posts
    wanted = wanted_photo(site, 1)
    site.update(post, wanted, frozenset(wanted.fields), rendition_for(site, files, 1))
    site.finish()
    assert page.read_bytes().endswith(f"{MARK}\nmy words\n".encode())
    assert "words of yours" in site.holds(post)[0]
    assert sorted(path.name for path in page.parent.iterdir()) == ["1001.md", "1001_150.webp", "1001_800.jpeg"]
