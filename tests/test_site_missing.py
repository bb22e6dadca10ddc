"""The page that hosts show in place of one that is not there, whatever the address that was asked for."""

from __future__ import annotations

import pytest

from heliograph.platforms.site.reading import target
from site_gallery import Gallery
from site_visit import links_in


@pytest.fixture
def gallery(tmp_path) -> Gallery:
    made = Gallery(tmp_path, base_url="https://ann.example/photos/", title="Northern light")
    for number in range(10):
        made.photo(number)
    made.site.finish()
    return made


def test_its_links_begin_at_the_top_of_the_host_and_lead_somewhere(gallery):
    links = links_in((gallery.folder / "404.html").read_text(encoding="utf-8"))
    assert {link for link in links if not link.startswith("/photos/")} == set()
    assert [link for link in links if not (gallery.folder / link.removeprefix("/photos/")).is_file()] == []
    assert "/photos/index.html" in links
    assert len([link for link in links if link.startswith("/photos/photos/photo-")]) == 8
    assert list(gallery.site.check()) == []


def test_search_engines_are_told_nothing_of_it(gallery):
    page = gallery.page("404.html")
    assert {"noindex", "max-image-preview:large"} == {
        one["content"] for one in page.all("meta") if one.get("name") == "robots"
    }
    assert [one for one in page.all("link") if one["rel"] == "canonical"] == []
    assert "404" not in (gallery.folder / "sitemap.xml").read_text(encoding="utf-8")


def test_without_an_address_nobody_knows_where_its_links_would_lead_so_there_is_none(tmp_path):
    gallery = Gallery(tmp_path)
    gallery.photo(1)
    gallery.site.finish()
    assert not (gallery.folder / "404.html").exists()


def test_a_page_of_the_owners_own_stays_in_its_place_until_it_is_taken_away(tmp_path):
    gallery = Gallery(tmp_path, base_url="https://ann.example")
    gallery.folder.mkdir()
    own = gallery.folder / "404.html"
    own.write_text("mine", encoding="utf-8")
    gallery.photo(1)
    gallery.site.finish()
    gallery.site.build()
    assert own.read_text(encoding="utf-8") == "mine"
    assert not gallery.site.survey(None).pending
    assert list(gallery.site.check()) == []
    own.unlink()
    assert gallery.site.build().changed == ("404.html",)
    own.write_text("edited", encoding="utf-8")
    assert gallery.site.build().changed == ("404.html",)


@pytest.mark.parametrize(
    ("link", "base_url", "expected"),
    [
        ("/photos/a.html#b", "https://ann.example", ("photos/a.html", "b")),
        ("/", "https://ann.example", ("index.html", "")),
        ("/mine/albums/", "https://ann.example/mine", ("albums/index.html", "")),
        ("/mine/", "https://ann.example/mine", ("index.html", "")),
        ("/blog/", "https://ann.example/mine", None),
        ("/minerals/", "https://ann.example/mine", None),
        ("/assets/a.css", "", ("assets/a.css", "")),
    ],
)
def test_a_link_from_the_top_of_the_host_leads_into_the_site_or_beside_it(link, base_url, expected):
    assert target(link, "photos/x.html", base_url) == expected
