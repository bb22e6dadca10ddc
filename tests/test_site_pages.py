"""What the pages say and how they behave: read by a parser, and walked in a browser."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from chromium import chromium
from contract.platform_contract import picture_file, publish, wanted_album, wanted_photo
from heliograph.model import F, Rendition, SubjectKind
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.photos import date_view, licence_name, place_view, ratio_class, ratio_rules, rights_view

SHAPES = ((90, 60), (60, 90), (96, 54), (80, 80), (120, 40), (80, 60))
HOSTILE = (
    '<script>document.title="caught"</script><img src=x onerror=document.title="caught">\'"></title></p>--> '
    "{{ 7*7 }} ${x} &amp; &#60; \u202egnp.\u202c javascript:alert(1) ../../x"
)


def rendition(folder: Path, number: int) -> Rendition:
    width, height = SHAPES[number % len(SHAPES)]
    sizes = [(width * 4, height * 4), (width * 2, height * 2), (width, height)]
    kinds = ("image/webp", "image/jpeg")
    stream = io.BytesIO()
    Image.new("RGB", (6, 4), (120, 90 + number % 100, 60)).save(stream, "PNG")
    blur = "data:image/png;base64," + b64encode(stream.getvalue()).decode("ascii")
    return Rendition(tuple(picture_file(folder, kind, *size, number) for size in sizes for kind in kinds), blur)


class Gallery:
    """A site in the making, with the pages of its posts."""

    def __init__(self, folder: Path, **options) -> None:
        self.folder = folder / "site"
        self._files = folder / "renditions"
        self.site = Site("site", Options(self.folder, **options))

    def photo(self, number: int, **fields) -> str:
        wanted = wanted_photo(self.site, number)
        taken = (f"2024-05-{1 + number % 28:02}T10:00:{number % 60:02}", "", "", "")
        wanted = replace(wanted, fields={**wanted.fields, F.TITLE: f"Photo {number}", F.TAKEN: taken, **fields})
        return publish(self.site, wanted, rendition(self._files, number))[1].id

    def album(self, name: str, members: list[str], **fields) -> str:
        wanted = wanted_album(self.site, name, tuple(members))
        return publish(self.site, replace(wanted, fields={**wanted.fields, **fields}), None)[1].id

    def page(self, path: str) -> Read:
        return Read((self.folder / path).read_text(encoding="utf-8"))

    def photo_page(self, post_id: str) -> Read:
        return self.page(f"photos/{post_id}.html")


class Read(HTMLParser):
    """A page as a browser would see it: its elements with their attributes, and the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: dict[int, str] = {}
        self._open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "link", "img", "source", "br"}:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag):
        while self._open and self.elements[self._open.pop()][0] != tag:
            pass

    def handle_data(self, data):
        for index in self._open:
            self.text[index] = self.text.get(index, "") + data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def texts(self, tag: str) -> list[str]:
        return [" ".join(self.text.get(i, "").split()) for i, (name, _) in enumerate(self.elements) if name == tag]


@pytest.fixture
def gallery(tmp_path):
    return Gallery(tmp_path)


def squeezed(text: str) -> str:
    return " ".join(text.split())


# --- what stands on the pages -----------------------------------------------------------------------------------------


def test_hostile_words_in_every_field_are_words_on_every_page(tmp_path):
    gallery = Gallery(tmp_path, title=HOSTILE, author=HOSTILE, intro=HOSTILE)
    rights = ((HOSTILE,), HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    place = (1.5, 2.5, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    words = {F.TITLE: HOSTILE, F.TEXT: HOSTILE, F.ALT: HOSTILE, F.TAGS: (HOSTILE,), F.TAKEN: (HOSTILE, "", "", HOSTILE)}
    post_id = gallery.photo(1, **words, **{F.PLACE: place, F.RIGHTS: rights, F.CAMERA: ((HOSTILE, HOSTILE),)})
    gallery.photo(2)
    gallery.album(HOSTILE, [post_id], **{F.TEXT: HOSTILE})
    gallery.site.finish()
    pages = list(gallery.folder.rglob("*.html"))
    assert len(pages) >= 8
    for path in pages:
        page = Read(path.read_text(encoding="utf-8"))
        assert {script.get("src", "")[:10] for script in page.all("script")} <= {"../assets/"}
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith(("on", "style"))]
        assert not [a["href"] for a in page.all("a") if re.match(r"(?i)\s*(javascript|data|vbscript):", a["href"])]
        assert squeezed(HOSTILE) in page.texts("title")[0]
    photo = gallery.photo_page(post_id)
    assert squeezed(HOSTILE) in photo.texts("h1")
    assert HOSTILE in [image["alt"] for image in photo.all("img")]
    assert squeezed(HOSTILE) in photo.texts("td")
    assert squeezed(HOSTILE) in photo.texts("th")


def test_control_characters_and_half_characters_do_not_stop_a_page(gallery):
    post_id = gallery.photo(1, **{F.TITLE: "a\x00b\x1b[31m\ud83d c", F.TEXT: "line\x0b\x7f one\nline two"})
    gallery.site.finish()
    page = gallery.photo_page(post_id)
    assert page.texts("h1") == ["ab[31m c"]
    assert "line one line two" in page.texts("p")


def test_every_picture_has_alt_size_and_sources_that_are_there(gallery):
    ids = [gallery.photo(number) for number in range(6)]
    gallery.album("Some", ids)
    gallery.site.finish()
    for path in gallery.folder.rglob("*.html"):
        page = Read(path.read_text(encoding="utf-8"))
        for image in page.all("img"):
            assert {"alt", "width", "height", "src"} <= image.keys()
            if not image["src"].startswith("data:"):
                assert image["srcset"]
                assert image["sizes"]
                assert image["src"].endswith(".jpg")
        for source in page.all("source"):
            assert source["type"] == "image/webp"
            for part in source["srcset"].split(", "):
                file, width = part.split()
                with Image.open(path.parent / file) as picture:
                    assert picture.format == "WEBP"
                    assert f"{picture.width}w" == width


def test_pictures_in_lists_load_lazily_and_the_one_of_a_photo_page_at_once(gallery):
    ids = [gallery.photo(number) for number in range(8)]
    gallery.site.finish()
    loading = [image.get("loading") for image in gallery.page("index.html").all("img") if "srcset" in image]
    assert loading == [None] * 4 + ["lazy"] * 4
    assert [image.get("loading") for image in gallery.photo_page(ids[0]).all("img")] == [None, None]


def test_a_picture_without_words_gets_a_name_all_the_same(gallery):
    gallery.photo(1, **{F.ALT: "", F.TITLE: ""})
    gallery.photo(2, **{F.ALT: "", F.TITLE: "", F.TAKEN: None})
    gallery.site.finish()
    alts = [image["alt"] for image in gallery.page("index.html").all("img") if "srcset" in image]
    assert alts == ["Photograph, 2 May 2024, 10:00", "Photograph"]


@pytest.mark.parametrize(
    ("taken", "words", "stamp"),
    [
        (("2024-05-03T14:05:06", "25", "+02:00", ""), "3 May 2024, 14:05", "2024-05-03T14:05:06+02:00"),
        (("2024-05-03T14:05:06", "", "", ""), "3 May 2024, 14:05", "2024-05-03T14:05:06"),
        (("2024-05-03", "", "+02:00", ""), "3 May 2024", "2024-05-03"),
        (("2024-05", "", "", ""), "May 2024", "2024-05"),
        (("1936", "", "", ""), "1936", "1936"),
        (("1936", "", "", "ca. 1936"), "ca. 1936", ""),
        (("2024-13-03", "", "", ""), "2024-13-03", ""),
        (("long ago", "", "", ""), "long ago", ""),
        (None, "", ""),
    ],
)
def test_a_date_is_said_as_exactly_as_it_is_known(taken, words, stamp):
    assert date_view(taken) == {"words": words, "stamp": stamp}


def test_a_place_names_what_is_known_once():
    assert place_view((67.9325, -13.0887, "", "Reine", "Reine", "Norway")) == {
        "names": "Reine, Norway",
        "position": "67.9325° N, 13.0887° W",
    }
    assert place_view(None) == {"names": "", "position": ""}
    assert place_view((None, None, "", "", "", "Norway")) == {"names": "Norway", "position": ""}


@pytest.mark.parametrize(
    "licence", ["javascript:alert(1)", "CC BY", "https:", "data:text/html,x", "//example.org/x", "http://[x"]
)
def test_only_a_web_address_becomes_a_licence_link(licence):
    view = rights_view(((), "", "", "", licence))
    assert view["licence_url"] == ""
    assert view["licence"] == licence


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://creativecommons.org/licenses/by-nc/4.0/", "CC BY-NC 4.0"),
        ("http://creativecommons.org/licenses/by/2.0/de/deed.en", "CC BY 2.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://example.org/terms", "https://example.org/terms"),
    ],
)
def test_licences_have_their_short_names(address, name):
    assert licence_name(address) == name


def test_the_newest_photo_comes_first_and_the_first_page_shows_the_latest(tmp_path):
    gallery = Gallery(tmp_path, latest=3, page_photos=2)
    ids = [gallery.photo(number) for number in (2, 5, 1, 4, 3)]
    gallery.site.finish()
    by_date = [f"photos/{ids[index]}.html" for index in (1, 3, 4, 0, 2)]
    index = [a["href"] for a in gallery.page("index.html").all("a") if a.get("class") == "tile"]
    assert index == by_date[:3]
    shown = []
    for path in ("photos/index.html", "photos/page-2.html", "photos/page-3.html"):
        shown += [a["href"] for a in gallery.page(path).all("a") if a.get("class") == "tile"]
    assert shown == [f"../{href}" for href in by_date]
    assert "All 5 photos" in gallery.page("index.html").texts("a")


def test_an_album_shows_its_members_in_the_owners_order_with_cover_and_text(gallery):
    ids = [gallery.photo(number) for number in range(4)]
    order = [ids[2], ids[0], ids[3]]
    album = gallery.album("The coast", order, **{F.TEXT: "Every winter.\n\nAnd one June.", F.COVER: ids[0]})
    gallery.site.finish()
    page = gallery.page(f"albums/{album}.html")
    tiles = [a["href"] for a in page.all("a") if a.get("class") == "tile"]
    assert tiles == [f"../photos/{post_id}.html#in-{album}" for post_id in order]
    assert {"Every winter.", "And one June.", "3 photos"} <= set(page.texts("p"))
    cover = next(image for image in gallery.page("albums/index.html").all("img") if "srcset" in image)
    of_cover = [image["srcset"] for image in gallery.photo_page(ids[0]).all("img") if "srcset" in image]
    assert [cover["srcset"]] == of_cover
    assert "1 of 3" in gallery.photo_page(ids[2]).texts("span")
    assert not [text for text in gallery.photo_page(ids[1]).texts("h2") if text.startswith("In album")]


def test_an_album_whose_photos_are_gone_is_an_empty_page_and_no_error(gallery):
    post_id = gallery.photo(1)
    album = gallery.album("The coast", [post_id, "never-was-1234"])
    gallery.site.delete(next(post for post in gallery.site.survey(None).posts if post.kind is SubjectKind.PHOTO))
    gallery.site.finish()
    assert "There are no photographs here yet." in gallery.page(f"albums/{album}.html").texts("p")


def test_keywords_that_differ_in_case_alone_are_one_page(gallery):
    for number, tags in enumerate((("Sea", "sea"), ("sea",), ("SEA", "Öland"), ("Sea",), ("Sea",))):
        gallery.photo(number, **{F.TAGS: tags})
    gallery.site.finish()
    pages = sorted(path.name for path in (gallery.folder / "keywords").iterdir())
    assert len(pages) == 3
    sea = next(name for name in pages if name.startswith("sea-"))
    page = gallery.page(f"keywords/{sea}")
    assert page.texts("h1") == ["Sea"]
    assert "5 photos" in page.texts("p")


def test_previous_and_next_walk_through_all_photos(gallery):
    ids = [gallery.photo(number) for number in range(5)]
    gallery.site.finish()
    here, walked = f"{ids[4]}.html", []
    while here:
        walked.append(here)
        links = {a["rel"]: a["href"] for a in gallery.page(f"photos/{here}").all("a") if "rel" in a}
        assert ("prev" in links) == (len(walked) > 1)
        here = links.get("next", "").rpartition("/")[2]
    assert walked == [f"{post_id}.html" for post_id in reversed(ids)]


def test_every_proportion_has_its_rule_in_the_style_sheet():
    rules = ratio_rules()
    for ratio in (0.01, 0.3, 0.667, 1, 1.5, 1.7777, 3.99, 4, 40):
        assert f".{ratio_class(ratio)}{{" in rules


def test_a_single_jpeg_is_enough_for_a_page(gallery):
    wanted = wanted_photo(gallery.site, 1)
    file = picture_file(gallery.folder.parent / "renditions", "image/jpeg", 90, 60, 1)
    _, post = publish(gallery.site, wanted, Rendition((file,)))
    gallery.site.finish()
    page = gallery.photo_page(post.id)
    assert page.all("source") == []
    assert [image["srcset"].split()[1] for image in page.all("img")] == ["90w"]


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    gallery = Gallery(tmp_path_factory.mktemp("browser"), title="Northern light", author="Ada", intro="From the coast.")
    ids = [gallery.photo(number) for number in range(10)]
    ids.append(gallery.photo(10, **{F.TITLE: HOSTILE, F.TEXT: HOSTILE, F.TAGS: (HOSTILE, "x" * 300)}))
    album = gallery.album("The coast", [ids[3], ids[9], ids[5]])
    gallery.site.finish()
    return gallery.folder, ids, album


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


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_pages_fit_their_window_ask_nobody_else_and_have_nothing_to_complain_of(browser, built, width):
    folder, _, _ = built
    with Visit(browser, folder, width) as visit:
        for path in sorted(folder.rglob("*.html")):
            page = visit.go(path.relative_to(folder).as_posix())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert "caught" not in page.title()[:6]
        assert visit.complaints == []
        assert all(url.startswith(("file:", "data:")) for url in visit.requests)


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
def test_a_narrow_window_takes_small_files_and_a_wide_one_large(browser, built):
    folder, ids, _ = built
    for width, ending in ((110, "-120.webp"), (1440, "-480.webp")):
        with Visit(browser, folder, width) as visit:
            page = visit.go(f"photos/{ids[4]}.html")
            page.wait_for_load_state("networkidle")
            assert page.locator(".frame picture img").evaluate("i => i.currentSrc").endswith(ending)
