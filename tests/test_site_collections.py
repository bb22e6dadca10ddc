"""Years, cameras, places, chosen photos and the order of albums; and what a page may weigh."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.platform_contract import publish
from heliograph.model import F, Facts, Photo, Place, SubjectKind
from heliograph.platforms.site import CAPTIONS, LIMITS, PICTURE, Options, Site
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.pages import Page, Pages
from heliograph.platforms.site.posts import Entry, Picture
from heliograph.platforms.site.rendering import environment
from heliograph.platforms.site.sketch import WIDTH, Position, drawing, spots
from heliograph.platforms.site.theme import theme
from heliograph.policy import PlatformPolicy, PrivatePlace, Rules, Selection
from heliograph.wanted import verdict, with_defaults
from site_gallery import Gallery, rendition

ENGLISH = Language("en", {}, "")
REINE, LAU = (67.93, 13.08, "", "Reine", "", "Norway"), (-18.2, -178.8, "", "Lau", "", "Fiji")


def tiles(gallery: Gallery, path: str) -> list[str]:
    """The photos that a page shows, by their ids."""
    links = [a["href"] for a in gallery.page(path).all("a") if a.get("class") == "tile"]
    return [link.partition("photos/")[2].partition(".html")[0] for link in links]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Five photos of two cameras, three years, two places and one without any of it."""
    gallery = Gallery(tmp_path_factory.mktemp("world"), chosen="the COAST", latest=2, album_order=("Second", "First"))
    circa = {F.TAKEN: ("1936-01-01", "", "", "ca. 1936"), F.PLACE: None}
    ids = [
        gallery.photo(0, **{F.CAMERA: (("Camera", "Aurelia M4"),), F.PLACE: REINE}),
        gallery.photo(
            1, **{F.CAMERA: (("Camera", "AURELIA M4"),), F.PLACE: (67.94, 13.09, "", "Hamnoy", "", "Norway")}
        ),
        gallery.photo(2, **{F.TAKEN: ("2021-07-14", "", "", ""), F.PLACE: LAU, F.LINKS: LINKS}),
        gallery.photo(3, **circa, **{F.CAMERA: (("Camera", "Box"), ("Aperture", "f/11"))}),
        gallery.photo(4, **{F.TAKEN: None, F.PLACE: ("", "", "", "Reine", "", "Norway")}),
    ]
    for name, members in (("First", ids[:1]), ("The coast", [ids[2], ids[4], ids[0]]), ("Second", [ids[3]])):
        gallery.album(name, members)
    gallery.site.finish()
    return gallery, ids


LINKS = (
    ("flickr", "https://www.flickr.com/photos/1/2"),
    ("mastodon", "https://example.social/@a/3"),
    ("trap", "javascript:alert(1)"),
)


def test_every_year_has_its_page_and_a_date_that_is_not_certain_counts(world):
    gallery, ids = world
    cards = [text for text in gallery.page("years/index.html").texts("span") if re.fullmatch(r"\d{4}", text)]
    assert cards == ["2024", "2021", "1936"]
    assert tiles(gallery, "years/1936.html") == [ids[3]]
    assert set(tiles(gallery, "years/2024.html")) == {ids[0], ids[1]}
    photo = gallery.photo_page(ids[3])
    assert "ca. 1936" in photo.texts("bdi")
    assert "../years/1936.html" in [a["href"] for a in photo.all("a")]


def test_a_camera_has_one_page_however_its_name_is_written(world):
    gallery, ids = world
    names = [
        text for text in gallery.page("cameras/index.html").texts("span") if text.casefold() in {"aurelia m4", "box"}
    ]
    assert len(names) == 2
    for post_id in ids[:2]:
        (link,) = (a["href"] for a in gallery.photo_page(post_id).all("a") if "/cameras/aurelia" in a["href"])
        assert set(tiles(gallery, link.removeprefix("../"))) == set(ids[:2])


def test_the_first_page_shows_what_the_owner_chose_in_its_order(world):
    gallery, ids = world
    home = gallery.page("index.html")
    assert tiles(gallery, "index.html") == [ids[2], ids[4]]
    assert home.texts("h2")[0] == "Selected photographs"
    assert {"The coast", "All 5 photos"} <= set(home.texts("a"))


def test_names_in_the_settings_that_nothing_has_are_told(world, tmp_path):
    gallery, _ = world
    (feeds,) = gallery.site.about()
    assert "no feeds, no sitemap, no 404.html and no pictures in link previews: they need" in feeds
    options = Options(gallery.folder, base_url="https://a.example", chosen="The cost", album_order=("Frist", "Second"))
    (chosen, order) = Site("site", options).about()
    assert "no album or keyword is called The cost" in chosen
    assert "no album is called Frist" in order
    assert Site("site", Options(tmp_path / "new", chosen="Later")).about() == ()


def test_albums_stand_in_the_owners_order_with_the_dates_of_their_photos(world):
    gallery, _ = world
    page = gallery.page("albums/index.html")
    texts = [" ".join(text.split()) for text in page.texts("a") if "photo" in text and "·" in text]
    assert texts == ["Second 1 photo · 1936", "First 1 photo · May 2024", "The coast 3 photos · 2021 \u2013 2024"]


def test_places_close_together_are_one_circle_and_one_entry_beside_it(world):
    gallery, ids = world
    page = gallery.page("map/index.html")
    (svg,) = page.all("svg")
    assert svg["aria-hidden"] == "true"
    assert page.texts("title")[1:] == ["Norway", "Lau, Fiji"]
    listed = {text: a["href"] for (tag, a), text in zip(page.elements, _all_texts(page), strict=True) if tag == "a"}
    assert listed["Lau, Fiji 1"] == f"../photos/{ids[2]}.html"
    norway = listed["Norway 2"].removeprefix("../")
    assert set(tiles(gallery, norway)) == set(ids[:2])
    assert all(a["tabindex"] == "-1" for a in page.all("a") if "tabindex" in a)


def _all_texts(page) -> list[str]:
    return [" ".join(page.text.get(index, "").split()) for index in range(len(page.elements))]


def test_a_photo_without_a_position_is_not_on_the_map_and_has_no_link_there(world):
    gallery, ids = world
    assert ids[4] not in (gallery.folder / "map/index.html").read_text(encoding="utf-8")
    assert "On the map" in gallery.photo_page(ids[0]).texts("a")
    assert "On the map" not in gallery.photo_page(ids[4]).texts("a")
    assert not [a for a in gallery.photo_page(ids[0]).all("a") if "openstreetmap" in a["href"]]


def test_a_photo_links_to_itself_elsewhere_by_web_addresses_only(world):
    gallery, ids = world
    page = gallery.photo_page(ids[2])
    shown = [a["href"] for a in page.all("a") if a.get("rel") == "external"]
    assert shown == [url for _, url in LINKS[:2]]
    assert "trap" not in page.texts("a")


def test_a_link_to_a_picture_file_leads_to_every_photo_that_shows_it_and_to_no_other(tmp_path):
    gallery = Gallery(tmp_path)
    ids = [gallery.photo(number) for number in range(2)]
    shown = gallery.site._log.read()
    names = [shown[post_id].pictures[0].name for post_id in ids]
    assert [gallery.site.leads_to(f"../site/{name}") for name in names] == [{ids[0]}, {ids[1]}]
    made_again = gallery.photo(0, **{F.TITLE: "Twin", F.TAGS: ("x",)})
    (post,) = [post for post in gallery.site.survey(None).posts if post.id == ids[1]]
    gallery.site.delete(post)
    assert gallery.site.leads_to(names[0]) == {ids[0], made_again}
    assert gallery.site.leads_to(names[1]) == frozenset()


def test_the_owner_chooses_a_link_to_a_map_service_or_no_map_at_all(tmp_path):
    gallery = Gallery(tmp_path, openstreetmap=True, map=False)
    post_id = gallery.photo(0, **{F.PLACE: REINE})
    gallery.site.finish()
    links = [a["href"] for a in gallery.photo_page(post_id).all("a")]
    assert "https://www.openstreetmap.org/?mlat=67.93000&mlon=13.08000#map=13/67.93000/13.08000" in links
    assert not (gallery.folder / "map").exists()
    assert "Map" not in gallery.page("index.html").texts("a")


# --- the map, whatever the positions ----------------------------------------------------------------------------------

POSITIONS = st.lists(
    st.builds(
        Position,
        st.floats(-90, 90),
        st.floats(-180, 180),
        st.sampled_from([(), ("Reine", "Norway"), ("Hamnoy", "Norway"), ("Lau", "Fiji")]),
        st.none(),
    ),
    min_size=1,
    max_size=30,
)


@given(POSITIONS)
def test_every_position_is_in_one_spot_and_every_spot_is_on_the_paper(positions):
    found = spots(positions)
    assert sorted(map(id, positions)) == sorted(id(one) for spot in found for one in spot.positions)
    assert len({spot.key for spot in found}) == len(found)
    sketch = drawing([(spot, "x", spot.name) for spot in found], ENGLISH)
    for circle in sketch["circles"]:
        assert 0 <= circle["x"] <= WIDTH
        assert 0 <= circle["y"] <= sketch["height"]
    assert 1 <= len(sketch["net"]) <= 60


@given(POSITIONS, st.floats(1e-5, 1))
def test_the_anchor_of_a_photo_is_on_the_map_once_whatever_part_of_the_world_it_shows(positions, scale):
    near = [replace(one, latitude=one.latitude * scale, longitude=one.longitude * scale) for one in positions]
    found = spots(near)
    shown = drawing([(spot, "x", spot.name) for spot in found], ENGLISH)["circles"]
    for spot, circle in zip(found, shown, strict=True):
        assert {one.anchor for one in spot.positions} == set(circle["anchors"])
    every = [anchor for circle in shown for anchor in circle["anchors"]]
    assert sorted(every) == sorted({one.anchor for one in near})


def test_a_photo_from_another_continent_changes_no_page_of_the_photos_here(tmp_path):
    gallery = Gallery(tmp_path)
    ids = [gallery.photo(number, **{F.PLACE: (67.9 + number / 50, 13.1, "", "", "", "")}) for number in range(3)]
    gallery.site.finish()
    before = gallery.folder / f"photos/{ids[0]}.html"
    content = before.read_bytes()
    gallery.photo(9, **{F.PLACE: (-33.9, 151.2, "", "", "", "")})
    gallery.site.finish()
    assert before.read_bytes() == content
    (link,) = [a["href"] for a in gallery.photo_page(ids[0]).all("a") if "map/index.html#" in a["href"]]
    ids_there = [one.get("id") for _, one in gallery.page("map/index.html").elements]
    assert ids_there.count(link.partition("#")[2]) == 1
    assert list(gallery.site.check()) == []


# --- what a page may weigh --------------------------------------------------------------------------------------------


def _posts(count: int, words: int) -> dict[str, Entry]:
    """As many photos as wished with what a real page holds: four sizes in two formats, a placeholder, long names."""
    posts = {}
    for number in range(count):
        files = tuple(
            Picture(f"pictures/{number % 97:02x}/{number:022x}-{width}.{kind[6:]}", kind, width, width * 2 // 3)
            for kind in ("image/webp", "image/jpeg")
            for width in (2048, 1280, 640, 320)
        )
        tags = tuple(f"keyword number {(number * 10 + extra) % words}" for extra in range(10))
        fields = {
            F.TITLE: f"A walk along the shore in the evening, {number}",
            F.ALT: "A shore with boats and a low sun, seen from a wooden pier; gulls stand on the posts.",
            F.TAKEN: (f"{2000 + number % 20}-05-{1 + number % 28:02}T10:00:00", "", "", ""),
            F.TAGS: tags,
            F.PLACE: (40 + number % 30, number % 50, "", f"Town {number % 90}", "", "Norway"),
        }
        blur = "data:image/webp;base64," + "A" * 220
        post_id = f"a-walk-along-the-shore-in-the-evening-{number:08x}"
        posts[post_id] = Entry(post_id, SubjectKind.PHOTO, f"{number:032x}", fields, files, blur)
    return posts


@pytest.fixture(scope="module")
def large():
    """Pages of 500 photos with 5,000 keywords, by path."""
    options, look = Options(Path("site")), theme(None)
    shown = {"styles": look.styles, "script": look.script, "search_script": look.search_script}
    pages = Pages(_posts(500, 5000), options, ENGLISH, shown)
    return {page.path: page for page in pages}


def _written(page: Page) -> str:
    return environment(theme(None), ENGLISH).get_template(page.template).render(page.context)


def test_the_first_page_of_500_photos_weighs_less_than_150_kb_before_pictures_and_needs_no_script(large):
    page = _written(large["index.html"])
    assert page.count('class="tile"') == 36
    assert len(page.encode("utf-8")) + sum(map(len, theme(None).files.values())) < 150_000
    assert re.findall("<script[^>]*>", page) == ['<script type="application/ld+json">']


def test_5000_keywords_are_several_pages_of_a_bearable_size_that_hold_each_once(large):
    lists = sorted(path for path in large if re.fullmatch(r"keywords/(index|page-\d+)\.html", path))
    assert len(lists) == 10
    texts = [_written(large[path]) for path in lists]
    assert max(len(text.encode("utf-8")) for text in texts) < 100_000
    links = [link for text in texts for link in re.findall(r'href="\.\./(keywords/keyword-number[^"]*)"', text)]
    assert sorted(links) == sorted(path for path in large if path.startswith("keywords/keyword-number"))
    assert len(links) == 5000
    assert all(f'href="../{path}"' in texts[0] for path in lists)


# --- what must not be there -------------------------------------------------------------------------------------------


def test_a_private_place_reaches_no_page_and_no_map(tmp_path):
    gallery = Gallery(tmp_path, openstreetmap=True, base_url="https://photos.example")
    home = PrivatePlace("CANARY", 48.5, 11.5)
    rules, everything = Rules(place=True, private_places=(home,)), Selection(everything=True)
    policy = with_defaults(PlatformPolicy("site", "site", select=everything, rules=rules), CAPTIONS, PICTURE, ())
    for number, (latitude, city) in enumerate(((48.5004, "Our street"), (67.93, "Reine"))):
        facts = Facts(title=f"Photo {number}", place=Place(latitude, 11.5004, city=city, country="Somewhere"))
        photo = Photo(f"{number}.jpg", f"{number:064}", "image", "image/jpeg", 9, facts)
        wanted = verdict(photo, str(number), policy, LIMITS).wanted
        publish(gallery.site, wanted, rendition(tmp_path / "files", number))
    gallery.site.finish()
    assert gallery.page("map/index.html").texts("title")[1:] == ["Reine, Somewhere"]
    read = [path for path in gallery.folder.rglob("*") if path.suffix in {".html", ".js", ".xml", ".json"}]
    assert {"feed.xml", "feed.json", "sitemap.xml", "words-0.js", "photos-0.js"} <= {path.name for path in read}
    for path in read:
        said = path.read_text(encoding="utf-8")
        assert [word for word in ("48.5", "CANARY", "Our street") if word in said] == [], path
        assert not re.search(r'"our"|"street"|"canary"', said), path
