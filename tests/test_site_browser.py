"""The site in a browser: how pages are laid out, turned, read and reached."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from chromium import chromium
from heliograph.model import F
from heliograph.platforms.site.searching import piece_of, words_of
from site_gallery import HOSTILE, Gallery

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site-browser")]
"""One worker, so that one browser is started."""


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    gallery = Gallery(tmp_path_factory.mktemp("browser"), title="Northern light", author="Ada", intro="From the coast.")
    made = (("Camera", "Aurelia M4"), ("Focal length", "35 mm (35 mm equivalent: 52.5 mm)"))
    ids = [gallery.photo(number, **{F.CAMERA: made, F.PLACE: near(number)}) for number in range(10)]
    everything = {F.TEXT: HOSTILE, F.TAGS: (HOSTILE, "x" * 300), F.LINKS: (("flickr", "https://example.org/1"),)}
    ids.append(gallery.photo(10, **{F.TITLE: HOSTILE}, **everything))
    album = gallery.album("The coast", [ids[3], ids[9], ids[5]], **{F.TEXT: "Every winter."})
    gallery.site.finish()
    return gallery.folder, ids, album


def near(number: int) -> tuple[object, ...]:
    """Three towns, one of them on the other side of the 180th meridian."""
    latitude, longitude, city = ((67.9, 13.1, "Reine"), (58.2, 11.6, "Marstrand"), (-17.8, -179.9, "Lau"))[number % 3]
    return (latitude + number / 1000, longitude + number / 1000, "", city, "", "Norway")


class Visit:
    """One visitor's window, and everything that it asked for or complained about."""

    def __init__(self, browser, folder: Path, width: int = 1440, **options) -> None:
        self._context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.folder = folder
        self.page = self._context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._context.close()

    def go(self, path: str):
        self.page.goto((self.folder / path.partition("#")[0]).as_uri() + "".join(path.partition("#")[1:]))
        return self.page

    @property
    def here(self) -> str:
        return self.page.url.rpartition("/")[2]


def test_pages_fit_their_window_ask_nobody_else_and_have_nothing_to_complain_of(browser, built):
    folder, ids, album = built
    hostile = [path.relative_to(folder).as_posix() for path in (folder / "keywords").glob("script*.html")]
    assert hostile
    with Visit(browser, folder, 390) as visit:
        for path in [*kinds_of_page(folder, ids, album), *hostile]:
            page = visit.go(path)
            for width in (390, 768, 1440):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} at {width}"
            assert "caught" not in page.title()[:6]
        assert visit.complaints == []
        assert all(url.startswith(("file:", "data:")) for url in visit.requests)


def test_rows_are_of_one_height_fill_the_width_and_keep_proportions(browser, built):
    folder, ids, _ = built
    with Visit(browser, folder) as visit:
        page = visit.go("index.html")
        boxes = page.eval_on_selector_all(
            ".grid img:not(.blur)",
            "all => all.map(i => { const b = i.getBoundingClientRect();"
            " return [b.x, b.y, b.width, b.height, i.getAttribute('width') / i.getAttribute('height')] })",
        )
        assert len(boxes) == len(ids)
        for _, _, width, height, ratio in boxes:
            assert width / height == pytest.approx(ratio, rel=0.02)
        rows: dict[int, list[list[float]]] = {}
        for box in boxes:
            rows.setdefault(round(box[1]), []).append(box)
        assert len(rows) > 2
        edge = max(box[0] + box[2] for box in boxes)
        for row in list(rows.values())[:-1]:
            assert max(box[3] for box in row) - min(box[3] for box in row) < 1
            assert max(box[0] + box[2] for box in row) == pytest.approx(edge, abs=1.5)


def test_nothing_moves_while_pictures_load(browser, built):
    folder, ids, album = built
    with Visit(browser, folder) as visit:
        for path in ("index.html", f"photos/{ids[1]}.html", f"albums/{album}.html"):
            visit.page.route("**/pictures/**", lambda route: route.abort())
            before = _boxes(visit.go(path))
            assert visit.page.eval_on_selector("picture img", "i => i.naturalWidth") == 0
            visit.page.unroute("**/pictures/**")
            page = visit.go(path)
            page.wait_for_load_state("networkidle")
            assert _boxes(page) == before
            assert page.eval_on_selector("picture img", "i => i.naturalWidth") > 0


def _boxes(page) -> object:
    return page.eval_on_selector_all(
        "li, h1, h2, .frame, footer, .card", "all => all.map(e => JSON.stringify(e.getBoundingClientRect()))"
    )


def test_arrow_keys_turn_the_pages_and_stay_within_an_album(browser, built):
    folder, ids, album = built
    with Visit(browser, folder) as visit:
        page = visit.go(f"photos/{ids[5]}.html")
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**/" + f"{ids[4]}.html")
        page.keyboard.press("ArrowLeft")
        page.wait_for_url("**/" + f"{ids[5]}.html")
        page = visit.go(f"albums/{album}.html")
        page.locator("a.tile").first.click()
        page.wait_for_url(f"**/{ids[3]}.html#in-{album}")
        assert page.locator(".turn a[rel=prev]").count() == 0
        for expected in (ids[9], ids[5]):
            page.keyboard.press("ArrowRight")
            page.wait_for_url(f"**/{expected}.html#in-{album}")
        assert page.locator(".turn a[rel=next]").count() == 0
        page.keyboard.press("ArrowRight")
        assert visit.here == f"{ids[5]}.html#in-{album}"
        assert visit.complaints == []


def test_without_scripts_everything_is_there_and_can_be_reached(browser, built):
    folder, ids, album = built
    with Visit(browser, folder, java_script_enabled=False) as visit:
        page = visit.go("index.html")
        page.locator(".card").first.click()
        page.locator("a.tile").nth(1).click()
        assert visit.here == f"{ids[9]}.html#in-{album}"
        page.locator(".walk a[rel=next]").click()
        assert visit.here == f"{ids[5]}.html#in-{album}"
        page.locator(".turn a[rel=next]").click()
        assert visit.here == f"{ids[4]}.html"
        page.locator(".words a").first.click()
        assert page.locator(".kind").inner_text() == "Keyword"


def test_the_keyboard_reaches_the_content_first_and_its_place_is_seen(browser, built):
    folder, _, _ = built
    with Visit(browser, folder) as visit:
        page = visit.go("index.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "tile"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_in_light_and_in_dark(browser, built, scheme):
    folder, ids, _ = built
    with Visit(browser, folder, color_scheme=scheme) as visit:
        page = visit.go(f"photos/{ids[2]}.html")
        paper = _luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert (paper > 0.5) == (scheme == "light")
        for selector in ("h1", ".when", ".story .prose p", ".facts th", ".facts td", ".turn a", ".words a"):
            ink = _luminance(page.locator(selector).first.evaluate("e => getComputedStyle(e).color"))
            lighter, darker = max(ink, paper), min(ink, paper)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, selector


def _luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_narrow_window_takes_small_files_and_a_wide_one_large(browser, built):
    folder, ids, _ = built
    for width, ending in ((110, "-120.webp"), (1440, "-480.webp")):
        with Visit(browser, folder, width) as visit:
            page = visit.go(f"photos/{ids[4]}.html")
            page.wait_for_load_state("networkidle")
            assert page.locator(".frame picture img").evaluate("i => i.currentSrc").endswith(ending)


def test_the_search_finds_photos_from_the_disk_says_how_many_and_is_worked_by_keys(browser, built):
    expect, (folder, ids, _) = pytest.importorskip("playwright.sync_api").expect, built
    with Visit(browser, folder, 768) as visit:
        page = visit.go("search/index.html")
        field, status, tiles = page.get_by_role("searchbox"), page.get_by_role("status"), page.locator(".results a")
        for typed, said, found in (
            ("phot 3", "1 photo", [ids[3]]),
            ("THE COÁST", "3 photos", [ids[9], ids[5], ids[3]]),
            ("onerror", "1 photo", [ids[10]]),
            ("nowhere at all", "No photos found.", []),
            ("reine", "5 photos", [ids[10], ids[9], ids[6], ids[3], ids[0]]),
        ):
            field.fill(typed)
            expect(status).to_have_text(said)
            expect(tiles).to_have_count(len(found))
            hrefs = tiles.evaluate_all("all => all.map(a => a.getAttribute('href'))")
            assert hrefs == [f"../photos/{one}.html" for one in found]
        assert "#q=reine" in page.url
        page.wait_for_load_state("networkidle")
        assert all(tiles.locator("img").evaluate_all("all => all.map(i => i.naturalWidth)"))
        page.reload()
        expect(tiles).to_have_count(5)
        field.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{ids[10]}.html")
        page.go_back()
        field.press("Escape")
        expect(tiles).to_have_count(0)
        assert status.inner_text() == ""
        assert visit.complaints == []
        page.evaluate("results = Array.from({ length: 30 }, (_, n) => n % 10); show(asked)")
        expect(tiles).to_have_count(24)
        page.get_by_role("button").click()
        expect(tiles).to_have_count(30)
        expect(tiles.nth(24)).to_be_focused()
        expect(page.get_by_role("button")).to_have_count(0)
        field.fill("tide")
        page.get_by_role("link", name="Skip to content").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/index.html#*")
        assert field.input_value() == "tide"
        visit.page.route("**/search/*.js*", lambda route: route.abort())
        page.reload()
        field.fill("reine")
        expect(status).to_have_text("The search cannot be loaded just now. Please try again.")
        words = [
            "Straße Ærø Łódź",
            "ΟΔΟΣ",
            "東京タワー",
            "👩\u200d🚀🌊 x" + "y" * 40,
            HOSTILE,
            "صورة البحر",
            "İs \u0131 ™ ﬁ",
        ]
        for text in words:
            assert set(page.evaluate("text => wordsOf(text)", text)) == words_of(text)
        assert page.evaluate("pieceOf('tide', 97)") == piece_of("tide", 97)


# --- as the law and good manners ask ----------------------------------------------------------------------------------

AXE = os.environ.get("HELIOGRAPH_TEST_AXE", "")
LAWS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"light": {"type": "tag", "values": LAWS}, "dark": {"type": "rule", "values": ["color-contrast"]}}
"""In the dark only the colours are others."""


@pytest.mark.axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(browser, built, scheme):
    if not Path(AXE).is_file():
        pytest.skip("HELIOGRAPH_TEST_AXE names no axe.min.js")
    source, (folder, ids, album) = Path(AXE).read_text(encoding="utf-8"), built
    with Visit(browser, folder, 768, color_scheme=scheme, reduced_motion="reduce") as visit:
        for path in kinds_of_page(folder, ids, album):
            page = visit.go(path)
            page.evaluate(source)
            found = page.evaluate("rules => axe.run({ runOnly: rules, resultTypes: ['violations'] })", RULES[scheme])
            wrong = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
            assert wrong == [], f"{path}: {wrong}"
            assert found["passes"]


def kinds_of_page(folder: Path, ids: list[str], album: str) -> list[str]:
    """One of each, by path."""
    several = ("keywords", "cameras", "map")
    found = [next(path for path in sorted((folder / name).iterdir()) if path.name != "index.html") for name in several]
    lists = [f"{name}/index.html" for name in ("photos", "albums", "years", "search", *several)]
    one = [f"photos/{ids[10]}.html", f"photos/{ids[3]}.html", f"albums/{album}.html", "years/2024.html"]
    return ["index.html", *lists, *one, *(path.relative_to(folder).as_posix() for path in found)]


def test_a_swipe_turns_the_page_and_a_scroll_or_a_pinch_does_not(browser, built):
    folder, ids, _ = built
    with Visit(browser, folder, 390, has_touch=True) as visit:
        page = visit.go(f"photos/{ids[5]}.html")
        for stroke in ("[[300, 300], [290, 120]]", "[[300, 300], [280, 300]]", "[[300, 300, 200, 200], [100, 300]]"):
            page.evaluate(SWIPE, json.loads(stroke))
        assert visit.here == f"{ids[5]}.html"
        page.evaluate(SWIPE, [[300, 300], [120, 310]])
        page.wait_for_url(f"**/{ids[4]}.html")
        page.evaluate(SWIPE, [[100, 300], [280, 290]])
        page.wait_for_url(f"**/{ids[5]}.html")


SWIPE = """strokes => {
  const stage = document.querySelector('.stage');
  const send = (type, [x, y, ...more], held) => {
    const touch = (x, y, identifier) => new Touch({ identifier, target: stage, clientX: x, clientY: y });
    const changed = [touch(x, y, 1), ...(more.length ? [touch(...more, 2)] : [])];
    const event = { touches: held ? changed : [], changedTouches: changed, bubbles: true };
    stage.dispatchEvent(new TouchEvent(type, event));
  };
  send('touchstart', strokes[0], true);
  send('touchend', strokes[1], false);
}"""


def test_a_page_without_its_style_sheet_reads_in_order_and_shows_no_placeholder(browser, built):
    folder, ids, _ = built
    with Visit(browser, folder, 768) as visit:
        visit.page.route("**/*.css", lambda route: route.abort())
        page = visit.go(f"photos/{ids[3]}.html")
        assert page.locator("img.blur").is_hidden()
        words = " ".join(page.locator("body").inner_text().split())
        parts = ["Skip to content", "Northern light", "Photos", "Photo 3", "May 2024", "In album The coast", "Camera"]
        assert [words.find(part) for part in parts] == sorted(words.find(part) for part in parts)
        assert -1 not in [words.find(part) for part in parts]


def test_print_leaves_out_what_cannot_be_clicked_on_paper(browser, built):
    folder, ids, album = built
    with Visit(browser, folder, 768, color_scheme="dark") as visit:
        page = visit.go(f"photos/{ids[3]}.html")
        page.emulate_media(media="print", color_scheme="dark")
        assert not page.locator("header.site nav").is_visible()
        assert not page.locator(".turn").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page = visit.go(f"albums/{album}.html")
        page.emulate_media(media="print")
        assert page.locator(".over").first.is_visible()


def test_a_page_read_from_right_to_left_is_laid_out_so_and_its_keys_turn_so(browser, tmp_path):
    gallery = Gallery(tmp_path, title="صور", language="ar")
    ids = [gallery.photo(number, **{F.TITLE: f"صورة {number}"}) for number in range(3)]
    gallery.site.finish()
    with Visit(browser, gallery.folder) as visit:
        page = visit.go(f"photos/{ids[1]}.html")
        box = page.locator("header.site .name").bounding_box()
        assert box["x"] + box["width"] > 1300
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(f"**/{ids[0]}.html")
