"""Panoramas, tall pictures, long titles: whole, in proportion, and never so large that the way on is out of sight."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chromium import chromium
from contract.platform_contract import picture_file, publish, wanted_photo
from heliograph.model import F, Rendition
from heliograph.platforms.site.photos import ratio_class, ratio_rules
from site_gallery import Gallery

SHAPES = ((24, 48), (300, 50), (60, 40), (240, 20), (30, 90), (300, 50))
RULES = {name: float(ratio) for name, ratio in re.findall(r"\.(r\d+)\{--r:([\d.]+)\}", ratio_rules())}
TALLEST_PX, STEP = 34 * 16, 0.0125


@given(st.floats(0.1, 20))
def test_no_picture_is_shown_in_other_proportions_than_its_own(ratio):
    assert RULES[ratio_class(ratio)] == pytest.approx(ratio, rel=STEP, abs=0.00501)


@pytest.mark.parametrize("ratio", [0.001, 0.1, 20, 400])
def test_the_strangest_picture_has_a_rule(ratio):
    assert 0.1 <= RULES[ratio_class(ratio)] <= 20


def test_the_rules_stay_small():
    assert len(ratio_rules()) < 10_000


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    gallery = Gallery(tmp_path_factory.mktemp("shapes"))
    ids = []
    for number, (width, height) in enumerate(SHAPES):
        files = tuple(
            picture_file(gallery.folder.parent / "files", "image/webp", width * size, height * size, number)
            for size in (4, 2, 1)
        )
        wanted = wanted_photo(gallery.site, number)
        wanted.fields[F.TITLE] = f"Shape {number}" + " of a title without an end" * (12 * (number == 2))
        wanted.fields[F.TAKEN] = (f"2024-05-{20 - number}T10:00:00", "", "", "")
        wanted.fields[F.PLACE] = (60.0 + 5 * number, 10.0, "", f"Town {number}", "", "Norway")
        ids.append(publish(gallery.site, wanted, Rendition(files))[1].id)
    gallery.site.finish()
    return gallery.folder, ids


@pytest.fixture(scope="module")
def page(built):
    with chromium() as browser:
        yield browser.new_page()


def boxes(page, selector: str) -> list[tuple[float, float]]:
    return [tuple(box) for box in page.eval_on_selector_all(selector, MEASURED)]


MEASURED = "all => all.map(e => { const box = e.getBoundingClientRect(); return [box.width, box.height] })"


@pytest.mark.browser
@pytest.mark.xdist_group("site-browser")
class TestInABrowser:
    @pytest.mark.parametrize(("width", "edge"), [(390, 20), (768, 30.72), (1440, 57.6)])
    def test_rows_keep_every_shape_and_none_grows_beyond_measure(self, built, page, width, edge):
        folder, _ = built
        page.set_viewport_size({"width": width, "height": 900})
        page.goto((folder / "index.html").as_uri())
        found = boxes(page, ".tile")
        for (wide, high), shape in zip(found, SHAPES, strict=True):
            assert wide / high == pytest.approx(shape[0] / shape[1], rel=STEP + 0.01)
            assert high <= TALLEST_PX + 1
        full = width - 2 * edge
        for number in (1, 3, 5):
            assert found[number][0] == pytest.approx(full, abs=2), "a panorama has the whole width"
        assert found[0][0] == pytest.approx(min(full, TALLEST_PX / 2), abs=2), "a row for itself is used"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    @pytest.mark.parametrize("height", [600, 900])
    def test_a_photo_page_shows_the_whole_picture_and_the_way_on_at_once(self, built, page, height):
        folder, ids = built
        page.set_viewport_size({"width": 1440, "height": height})
        for post, shape in zip(ids, SHAPES, strict=True):
            page.goto((folder / "photos" / f"{post}.html").as_uri())
            ((wide, high),) = boxes(page, ".frame")
            assert wide / high == pytest.approx(shape[0] / shape[1], rel=STEP + 0.01)
            assert page.locator(".turn a").first.evaluate("e => e.getBoundingClientRect().bottom <= innerHeight")

    def test_a_title_without_an_end_is_written_smaller(self, built, page):
        folder, ids = built
        sizes = []
        for post in (ids[1], ids[2]):
            page.goto((folder / "photos" / f"{post}.html").as_uri())
            sizes.append(page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
        assert sizes[1] < sizes[0]

    def test_what_the_picture_shows_is_part_of_its_link(self, built, page):
        folder, ids = built
        page.goto((folder / "photos" / f"{ids[1]}.html").as_uri())
        alt = page.locator(".frame picture img").get_attribute("alt")
        assert page.get_by_role("link", name=f"{alt} Open the picture alone").count() == 1

    def test_the_way_to_the_map_ends_at_the_circle_of_the_photo(self, built, page):
        folder, ids = built
        page.goto((folder / "photos" / f"{ids[3]}.html").as_uri())
        page.get_by_role("link", name="On the map").click()
        marked = page.locator(".sketch a:has(:target)")
        assert marked.locator("title").inner_html() == "Town 3, Norway"
        others = page.locator(".sketch a:not(:has(:target)) circle").first
        fill = "e => getComputedStyle(e).fill"
        assert marked.locator("circle").evaluate(fill) != others.evaluate(fill)
