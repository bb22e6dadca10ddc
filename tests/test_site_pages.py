"""What the pages say, read by a parser."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from contract.platform_contract import picture_file, publish, wanted_photo
from heliograph.model import F, Rendition, SubjectKind
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.photos import date_view, place_view, ratio_class, ratio_rules, rights_view
from site_gallery import HOSTILE, Gallery, Read

ENGLISH = Language("en", {}, "")


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
        run = [script for script in page.all("script") if script.get("type") != "application/ld+json"]
        assert {script.get("src", "")[:10] for script in run} <= {"../assets/"}
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
    assert date_view(taken, ENGLISH) == {"words": words, "stamp": stamp}


def test_a_place_names_what_is_known_once():
    assert place_view((67.9325, -13.0887, "", "Reine", "Reine", "Norway"), ENGLISH) == {
        "names": "Reine, Norway",
        "position": "67.9325° N, 13.0887° W",
    }
    assert place_view(None, ENGLISH) == {"names": "", "position": ""}
    assert place_view((None, None, "", "", "", "Norway"), ENGLISH) == {"names": "Norway", "position": ""}


@pytest.mark.parametrize(
    "licence",
    ["javascript:alert(1)", "CC BY", "https:", "data:text/html,x", "//example.org/x", "http://[x", "http://a.org b"],
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
        ("https://creativecommons.org/publicdomain/mark/1.0/", "Public Domain Mark 1.0"),
        ("https://www.creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA 4.0"),
        ("https://example.org/terms", "https://example.org/terms"),
    ],
)
def test_licences_have_their_short_names(address, name):
    view = rights_view(((), "", "", "", address))
    assert (view["licence"], view["licence_url"]) == (name, address)


def test_a_licence_written_without_its_scheme_leads_to_creative_commons_all_the_same():
    view = rights_view(((), "", "", "", " creativecommons.org/licenses/by/4.0/ "))
    assert (view["licence"], view["licence_url"]) == ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")


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
    assert {"Every winter.", "And one June.", "3 photos · May 2024"} <= set(page.texts("p"))
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
