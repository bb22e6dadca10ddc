"""`helio site check` of a Markdown site: every kind of trouble is found where it is, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from contract.platform_contract import publish, rendition_for, wanted_album, wanted_photo
from heliograph.errors import Mistake
from heliograph.metadata import write
from heliograph.model import F, Facts, Place
from heliograph.platforms.site.checking import What
from heliograph.platforms.site.markdown import Markdown, Options
from heliograph.platforms.site.markdown.building import MARK
from heliograph.platforms.site.markdown.generators import GENERATORS
from site_visit import pages_of
from test_markdown import HOSTILE, old_site

__all__ = ["old_site"]

BASE = "https://garden.example/below"


def garden(folder: Path, generator: str, files: Path) -> tuple[Markdown, list[str]]:
    site = Markdown("garden", Options(folder, generator, base_url=BASE))
    ids = []
    for number in range(2):
        wanted = replace(wanted_photo(site, number), where=f"walk [100{number}].jpg")
        ids.append(publish(site, wanted, rendition_for(site, files, number))[1].id)
    publish(site, wanted_album(site, "The coast", tuple(ids)), None)
    site.finish()
    return site, ids


@pytest.fixture(scope="module")
def gardens(tmp_path_factory) -> dict[str, tuple[Markdown, list[str]]]:
    """One site of each layout, which every test leaves as it was."""
    tmp = tmp_path_factory.mktemp("checked")
    return {name: garden(tmp / name, name, tmp / "renditions") for name in GENERATORS}


@contextmanager
def changed(site: Markdown, path: str, change: Callable[[str], str]) -> Iterator[None]:
    file = site._folder / path
    before = file.read_bytes()
    file.write_text(change(before.decode()), encoding="utf-8", newline="")
    try:
        yield
    finally:
        file.write_bytes(before)


def found(site: Markdown) -> set[tuple[What, str]]:
    return {(finding.what, finding.path) for finding in site.check()}


def page_of(site: Markdown, post: str) -> str:
    return site._generator.photo.format(id=post)


def body(text: str) -> Callable[[str], str]:
    """Adds words above the line."""
    return lambda page: page.replace(MARK, f"{text}\n\n{MARK}")


def front(line: str) -> Callable[[str], str]:
    return lambda page: page.replace("\n---\n", f"\n{line}\n---\n", 1)


def below(text: str) -> Callable[[str], str]:
    return lambda page: f"{page}\n{text}\n"


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_site_as_it_was_built_has_nothing_wrong(gardens, generator):
    assert found(gardens[generator][0]) == set()


@pytest.mark.parametrize("generator", GENERATORS)
def test_what_is_missing_left_over_or_says_too_much_is_found_in_every_layout(gardens, generator, tmp_path):
    site, (first, second) = gardens[generator]
    folder = site._folder
    picture = min(
        path for path in site._publication.files() if first in path and path.endswith((".jpg", ".jpeg", ".webp"))
    )
    missing = page_of(site, second)
    stray = page_of(site, "gone-0123abcd")
    unused = picture.replace(first, "gone-0123abcd")
    kept = {path: (folder / path).read_bytes() for path in (picture, missing)}
    try:
        (folder / missing).unlink()
        write(folder / picture, Facts(place=Place(47.1, 8.2)))
        (folder / stray).parent.mkdir(exist_ok=True)
        (folder / stray).write_text(f"---\ntitle: gone\n---\n\n{MARK}\n", encoding="utf-8")
        (folder / unused).write_bytes(kept[picture])
        seen = found(site)
        assert {(What.MISSING, missing), (What.PRIVATE, picture), (What.STALE, stray)} <= seen
        assert (What.UNUSED, unused) in seen
        album = next(path for path in site._publication.pages() if "albums/" in path)
        assert (What.LINK, album) in seen, "it leads to the page that is missing"
        assert {what for what, _ in seen} == {
            *(What.MISSING, What.PRIVATE, What.STALE, What.UNUSED, What.LINK),
            *({What.UNBUILT} if site.survey(None).pending else ()),
        }
    finally:
        (folder / stray).unlink()
        (folder / unused).unlink()
        if not any((folder / stray).parent.iterdir()):
            (folder / stray).parent.rmdir()
        for path, content in kept.items():
            (folder / path).write_bytes(content)
    assert found(site) == set()


@pytest.mark.parametrize(
    ("generator", "change", "expected"),
    [
        ("hugo", body("[x](../none-0123abcd/)"), What.LINK),
        ("hugo", body("![x](none.jpg)"), What.LINK),
        ("hugo", body('<img src="none.jpg" alt="x">'), What.LINK),
        ("hugo", body(f"[x]({BASE}/photos/none/)"), What.LINK),
        ("hugo", body("[x](/below/albums/none/)"), What.LINK),
        ("hugo", body("![]({first}-60.jpg)"), What.ALT),
        ("hugo", body("<img src='{first}-60.jpg'>"), What.ALT),
        (
            "hugo",
            body("[a](../../about/) [b](https://elsewhere.example/photos/none) [c](#x) [d](mailto:a@b.example)"),
            None,
        ),
        ("hugo", body(f"[x]({BASE}/albums/) [y](/below/photos/{{second}}/) [z](../{{second}}/#top)"), None),
        ("eleventy", body("[x](../../assets/photos/none-60.jpg)"), What.LINK),
        ("hugo", body("[x](/belowground/photos/none/) [y](/photos/none/) [z](/below/photos/{second}/)"), None),
        ("jekyll", body("[x](../{second}/)"), None),
        ("quartz", body("[[none-0123abcd|x]]"), What.LINK),
        ("quartz", body("![[none-0123abcd-60.jpg|x]]"), What.LINK),
        ("quartz", body("![[{first}-60.jpg]]"), What.ALT),
        ("quartz", body("[x](../photos/none.md)"), What.LINK),
        ("quartz", body("[[A page that is not written yet]] [x](photos/{second}.md) [y]({second}.md)"), None),
        ("quantum-site", body("[[2024]] [[X-T5]]"), None),
        ("quantum", body("![[999_800.jpeg|x]]"), What.LINK),
        ("hugo", front("latitude: 47.3"), What.PRIVATE),
        ("hugo", front("geo: {lat: 47.3, lon: 8.5}"), What.PRIVATE),
        ("hugo", front("extra: {gps: 47.3}"), What.PRIVATE),
        ("hugo", front("city: Elsewhere"), What.PRIVATE),
        ("hugo", front("location: {name: Home, address: My street 1}"), What.PRIVATE),
        ("hugo", front("stops: [{name: a, gps: [47.3, 8.5]}]"), What.PRIVATE),
        ("hugo", front("stops: [{name: a, at: 47.3}]"), None),
        ("hugo", front("draft: true"), None),
        ("hugo", front('title: "two'), What.FRONT),
        ("hugo", lambda page: page.replace("---\n", "", 1), What.FRONT),
        ("eleventy", front("a: b: c"), What.FRONT),
    ],
)
def test_an_edited_page_is_named_with_what_is_wrong_on_it(gardens, generator, change, expected):
    site, (first, second) = gardens[generator]
    path = page_of(site, first)
    with changed(site, path, lambda page: change(page).replace("{first}", first).replace("{second}", second)):
        assert found(site) == {(What.EDITED, path), *({(expected, path)} if expected else ())}


@pytest.mark.parametrize(
    ("generator", "text", "is_wrong"),
    [
        ("hugo", "My words, [more](../none/) of them.", True),
        ("hugo", "My words, ![](../../../my/own.jpg) <img src='/my.jpg'> [more](../../about/).", False),
        ("quartz", "[[none-0123abcd]]", True),
        ("quartz", "[[tomorrow]] [[trip-20240817]] ![[{first}-60.jpg]] ![[other.png]]", False),
    ],
)
def test_words_below_the_line_are_the_owners_and_only_links_to_what_is_gone_are_told(
    gardens, generator, text, is_wrong
):
    site, (first, _) = gardens[generator]
    path = page_of(site, first)
    with changed(site, path, below(text.format(first=first))):
        assert found(site) == ({(What.LINK, path)} if is_wrong else set())


def test_a_page_that_was_edited_and_whose_place_is_private_now_still_says_it_and_is_named(tmp_path):
    site = Markdown("garden", Options(tmp_path / "site", "hugo"))
    wanted = wanted_photo(site, 1)
    post = publish(site, wanted, rendition_for(site, tmp_path / "files"))[1]
    site.finish()
    path = page_of(site, post.id)
    page = tmp_path / "site" / path
    assert "latitude:" in page.read_text(encoding="utf-8")
    page.write_text(page.read_text(encoding="utf-8").replace("Boats", "My boats"), encoding="utf-8")
    assert found(site) == {(What.EDITED, path)}
    private = replace(wanted, fields={name: value for name, value in wanted.fields.items() if name != F.PLACE})
    site.update(post, private, frozenset({F.PLACE}), None)
    site.finish()
    assert found(site) == {(What.EDITED, path), (What.PRIVATE, path)}
    (said,) = [finding.sentence for finding in site.check() if finding.what is What.PRIVATE]
    assert "latitude, longitude, place" in said
    page.unlink()
    site.finish()
    assert found(site) == set()


def test_a_place_that_is_told_less_exactly_now_still_stands_on_an_edited_page_and_is_named(tmp_path):
    site = Markdown("garden", Options(tmp_path / "site", "hugo"))
    wanted = wanted_photo(site, 1)
    exact = replace(wanted, fields={**wanted.fields, F.PLACE: (64.1, -21.9, "My street", "Reykjavik", "", "Iceland")})
    post = publish(site, exact, rendition_for(site, tmp_path / "files"))[1]
    site.finish()
    path = page_of(site, post.id)
    page = tmp_path / "site" / path
    written = page.read_text(encoding="utf-8").replace("\n---\n", "\nlocation: {lat: 64.1, name: Iceland}\n---\n", 1)
    page.write_text(written.replace("\n---\n", "\ncity: reykjavik, Iceland\n---\n", 1), encoding="utf-8")
    assert found(site) == {(What.EDITED, path)}
    country = replace(wanted, fields={**wanted.fields, F.PLACE: (None, None, "", "", "", "Iceland")})
    site.update(post, country, frozenset({F.PLACE}), None)
    site.finish()
    (said,) = [finding.sentence for finding in site.check() if finding.what is What.PRIVATE]
    assert "(city, latitude, location, longitude, place)" in said


@pytest.mark.parametrize("digits", [True, False])
def test_a_picture_of_the_owner_with_a_date_in_its_name_is_no_leftover_and_one_of_a_known_photo_is(tmp_path, digits):
    site = Markdown("garden", Options(tmp_path / "site", "eleventy"))
    post = publish(site, wanted_photo(site, 1), rendition_for(site, tmp_path / "files"))[1]
    if digits:  # the end of a name is of digits alone for one photo among forty
        entry = site._log.read()[post.id]
        site._log.append([post.id, replace(entry, id="boats-12345678")], "it")
    site.finish()
    (post,) = site.survey(None).posts
    folder = tmp_path / "site" / "assets" / "photos"
    (folder / "iceland-20240817-1.jpg").write_bytes(b"mine")
    page = tmp_path / "site" / page_of(site, post.id)
    page.write_text(page.read_text(encoding="utf-8") + "\n[[trip-20240817]]\n", encoding="utf-8")
    assert found(site) == set()
    unused = folder / f"{post.id}-1.jpg"
    unused.write_bytes(b"")
    assert found(site) == {(What.UNUSED, unused.relative_to(tmp_path / "site").as_posix())}


def test_photos_without_alt_text_are_told_and_pages_of_the_owner_beside_ours_are_not(tmp_path):
    site = Markdown("garden", Options(tmp_path / "site", "quartz"))
    wanted = wanted_photo(site, 1)
    wordless = replace(wanted, fields={**wanted.fields, F.ALT: " "})
    post = publish(site, wordless, rendition_for(site, tmp_path / "files"))[1]
    site.finish()
    for name in ("photos/mine.md", "albums/2024.md", "photos/pictures/holiday-640.jpg", "photos/pictures/sketch.png"):
        (tmp_path / "site" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "site" / name).write_text("![](nothing.jpg) [[none-0123abcd]]", encoding="utf-8")
    assert found(site) == {(What.ALT, page_of(site, post.id))}
    site.update(post, wanted, frozenset({F.ALT}), None)
    assert found(site) == {(What.UNBUILT, "")}


def test_hostile_words_are_no_trouble_in_any_layout(tmp_path):
    for generator in GENERATORS:
        site = Markdown("garden", Options(tmp_path / generator, generator))
        ids = []
        for number, words in enumerate(HOSTILE):
            wanted = wanted_photo(site, number)
            said = {F.TITLE: words, F.TEXT: words, F.ALT: words, F.TAGS: (words,), F.CAMERA: (("Camera", words),)}
            said[F.TEXT] = f"{words} [x](../none/) [[none-0123abcd]] ![](x) <img src='../photos/none.jpg'>"
            ids.append(publish(site, replace(wanted, fields={**wanted.fields, **said}), None)[1].id)
        publish(site, wanted_album(site, "[[none-0123abcd]]", tuple(ids)), None)
        site.finish()
        assert found(site) == set(), generator


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_photo_that_is_deleted_is_nowhere_any_more(tmp_path, generator):
    site, (first, second) = garden(tmp_path / "site", generator, tmp_path / "renditions")
    site.delete(next(post for post in site.survey(None).posts if post.id == first))
    site.finish()
    left = pages_of(tmp_path / "site")
    assert not [
        path for path, content in left.items() if first in path or (path.endswith(".md") and first in str(content))
    ]
    assert any(second in path for path in left)
    assert found(site) == set()


def test_pages_of_an_older_program_that_no_photo_claims_are_no_trouble_and_taken_over_they_are_looked_at(
    old_site, tmp_path
):
    site = Markdown("garden", Options(old_site, "quantum"))
    publish(site, wanted_photo(site, 5), rendition_for(site, tmp_path / "files", 5))
    site.finish()
    assert found(site) == set()
    old = next(post for post in site.survey(None).posts if post.id == "1001")
    wanted = wanted_photo(site, 1)
    site.update(old, wanted, frozenset(wanted.fields), rendition_for(site, tmp_path / "files"))
    site.finish()
    assert found(site) == set()
    (old_site / "photos" / "1001_150.webp").unlink()
    assert (What.MISSING, "photos/1001_150.webp") in found(site)


def test_a_site_that_was_never_begun_says_so(tmp_path):
    with pytest.raises(Mistake, match="Nothing was published"):
        list(Markdown("garden", Options(tmp_path / "none")).check())
