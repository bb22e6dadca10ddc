"""What was done to a site's files by hand, and `site build` makes good again."""

from __future__ import annotations

import pytest

from contract.platform_contract import publish, wanted_photo
from heliograph.model import F
from heliograph.platforms.site.markdown import Markdown
from heliograph.platforms.site.markdown import Options as MarkdownOptions
from site_gallery import Gallery, rendition
from site_visit import pages_of


@pytest.fixture
def gallery(tmp_path) -> Gallery:
    made = Gallery(tmp_path, base_url="https://photos.example")
    made.album("The coast", [made.photo(number, **{F.TAGS: ("Sea",)}) for number in range(3)])
    made.site.finish()
    return made


def test_pages_and_assets_that_were_edited_or_deleted_are_as_they_were(gallery):
    whole = pages_of(gallery.folder)
    (style,) = [path for path in whole if path.endswith(".css")]
    photo = next(path for path in whole if path.startswith("photos/photo-1-"))
    edited = ["index.html", "feed.xml", "search/index-0.js", style]
    for path in edited:
        (gallery.folder / path).write_text("mine", encoding="utf-8")
    (gallery.folder / photo).unlink()
    built = gallery.site.build()
    assert pages_of(gallery.folder) == whole
    assert built.changed == tuple(sorted([*edited, photo]))
    assert gallery.site.build().changed == ()


def test_building_again_writes_nothing_that_is_as_it_should_be(gallery):
    def written() -> dict[str, int]:
        return {path: (gallery.folder / path).stat().st_mtime_ns for path in pages_of(gallery.folder)}

    before = written()
    assert gallery.site.build().changed == ()
    assert written() == before


def test_a_file_of_the_owner_is_no_page_of_ours_and_stays(gallery):
    (gallery.folder / "robots.txt").write_text("mine", encoding="utf-8")
    (gallery.folder / "photos" / "mine.html").write_text("mine", encoding="utf-8")
    gallery.site.build()
    assert (gallery.folder / "robots.txt").read_text(encoding="utf-8") == "mine"
    assert (gallery.folder / "photos" / "mine.html").read_text(encoding="utf-8") == "mine"


def test_a_markdown_page_that_was_edited_by_hand_stays_as_its_owner_wants_it(tmp_path):
    site = Markdown("garden", MarkdownOptions(tmp_path / "garden", "quartz"))
    publish(site, wanted_photo(site, 1), rendition(tmp_path / "renditions", 1))
    site.finish()
    (page,) = (tmp_path / "garden" / "photos").glob("*.md")
    page.write_text(page.read_text(encoding="utf-8").replace("\n\n", "\n\nMy words.\n\n", 1), encoding="utf-8")
    edited = page.read_bytes()
    assert site.build().changed == ()
    assert page.read_bytes() == edited
    page.unlink()
    site.build()
    assert page.is_file()
