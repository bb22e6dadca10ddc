"""What programs read of the site, parsed back: structured data, feeds, the sitemap and the index of the search."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime

import pytest
from defusedxml.ElementTree import fromstring

from contract.platform_contract import wanted_album
from heliograph.model import F
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.feeds import sitemap
from heliograph.platforms.site.groupings import Tile
from heliograph.platforms.site.photos import legible
from heliograph.platforms.site.searching import index_of, piece_of, words_of
from site_gallery import HOSTILE, Gallery, Read
from site_visit import pages_of

BASE = "https://photos.example/mine"
WORST = f'{HOSTILE} <!--<script>]]> \u2028\u2029 \x00\x1b[31m\ud83d \\u003c/script\\" \ufffe end'
SHOWN = legible(WORST)
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site where much went wrong before it was built: bad words, twins, a renamed album, a deleted photo."""
    gallery = Gallery(
        tmp_path_factory.mktemp("machines"), title=WORST, author="Ada", intro=WORST, base_url=f"{BASE}/", feed_photos=5
    )
    bad = {F.TITLE: WORST, F.TEXT: WORST, F.ALT: WORST, F.TAGS: (WORST, "Küste"), F.TAKEN: (WORST, "", "", WORST)}
    bad |= {F.PLACE: (1.5, 2.5, WORST, WORST, WORST, WORST), F.RIGHTS: ((WORST,), WORST, WORST, WORST, WORST)}
    bad |= {F.CAMERA: ((WORST, WORST),), F.LINKS: ((WORST, "https://flickr.example/1"), ("x", "javascript:alert(1)"))}
    rights = (("Ida Lund", "Bo"), "Lund Photo", "© Ida Lund", "https://lund.example/buy", LICENCE)
    good = {F.TITLE: "Low tide", F.TEXT: "One.\n\nTwo & three.", F.ALT: "A bay", F.TAGS: ("Reine",), F.RIGHTS: rights}
    ids = {
        "old": gallery.photo(9, **{F.TITLE: "Long ago", F.TAKEN: ("1936", "", "", "ca. 1936")}),
        "bad": gallery.photo(1, **bad),
        "good": gallery.photo(2, **good, **{F.TAKEN: ("2024-05-03T14:05:06", "", "+02:00", "")}),
        "gone": gallery.photo(3, **{F.TITLE: "Vanishing zebra", F.TAGS: ("zebra",)}),
        "twin": gallery.photo(4, **{F.TITLE: "Twin"}),
        "other twin": gallery.photo(5, **{F.TITLE: "twin!"}),
        "emoji": gallery.photo(6, **{F.TITLE: "🌊"}),
        "rtl": gallery.photo(7, **{F.TITLE: "صورة البحر", F.TAKEN: None, F.TEXT: ""}),
    }
    album = gallery.album("First name", [ids["bad"], ids["good"], ids["gone"]], **{F.TEXT: WORST})
    gallery.site.finish()
    posts = {post.id: post for post in gallery.site.survey(None).posts}
    gone = {path: name for path, name in pages_of(gallery.folder).items() if ids["gone"] in path}
    assert gone
    ids["gone pictures"] = sorted(re.findall(r"pictures/[^\" ]+", next(iter(gone.values())).decode("utf-8")))
    gallery.site.delete(posts[ids["gone"]])
    wanted = wanted_album(gallery.site, "First name", (ids["bad"], ids["good"]))
    wanted = replace(wanted, fields={**wanted.fields, F.TITLE: f"Renamed {WORST}"})
    gallery.site.update(posts[album], wanted, frozenset({F.TITLE, F.MEMBERS}), None)
    gallery.site.finish()
    return gallery, {**ids, "album": album}


def graph(page: Read) -> dict[str, dict]:
    """Of the page's structured data: each part by its type."""
    (text,) = (page.text[i] for i, (_, has) in enumerate(page.elements) if has.get("type") == "application/ld+json")
    form = json.loads(text)
    assert form["@context"] == "https://schema.org"
    return {part["@type"]: part for part in form["@graph"]}


def metas(page: Read) -> dict[str, str]:
    return {one.get("property") or one.get("name", ""): one.get("content", "") for one in page.all("meta")}


def there(gallery: Gallery, address: str) -> bool:
    assert address.startswith(f"{BASE}/")
    return (gallery.folder / (address.removeprefix(f"{BASE}/") or "index.html")).is_file()


# --- structured data --------------------------------------------------------------------------------------------------


def test_a_photo_says_who_made_it_and_what_may_be_done_with_it(world):
    gallery, ids = world
    photo = graph(gallery.photo_page(ids["good"]))["ImageObject"]
    expected = {
        "name": "Low tide",
        "caption": "One.\n\nTwo & three.",
        "description": "A bay",
        "dateCreated": "2024-05-03T14:05:06+02:00",
        "keywords": ["Reine"],
        "creator": [{"@type": "Person", "name": "Ida Lund"}, {"@type": "Person", "name": "Bo"}],
        "creditText": "Lund Photo",
        "copyrightNotice": "© Ida Lund",
        "license": LICENCE,
        "acquireLicensePage": "https://lund.example/buy",
        "url": f"{BASE}/photos/{ids['good']}.html",
    }
    assert {key: photo.get(key) for key in expected} == expected
    assert there(gallery, photo["contentUrl"])
    assert there(gallery, photo["thumbnailUrl"])
    assert photo["contentUrl"].endswith(".jpg")


def test_hostile_words_come_back_from_structured_data_as_they_were(world):
    gallery, ids = world
    page = gallery.photo_page(ids["bad"])
    photo = graph(page)["ImageObject"]
    words = (photo["name"], photo["caption"], photo["description"], photo["keywords"][0], photo["creditText"])
    assert [word.strip() for word in words] == [SHOWN.strip()] * 5
    assert photo["creator"] == [{"@type": "Person", "name": SHOWN}]
    assert photo["sameAs"] == ["https://flickr.example/1"]
    assert not {"license", "acquireLicensePage", "dateCreated"} & photo.keys()
    assert metas(page)["og:title"] == SHOWN
    assert metas(page)["og:image:alt"] == SHOWN


def test_every_page_says_where_it_stands_and_every_address_in_it_is_there(world):
    gallery, _ = world
    pages = [path for path in pages_of(gallery.folder) if path.endswith(".html") and path != "404.html"]
    for path in pages:
        page = gallery.page(path)
        parts = graph(page)
        (canonical,) = (link["href"] for link in page.all("link") if link["rel"] == "canonical")
        assert canonical == f"{BASE}/{'' if path == 'index.html' else path}"
        assert metas(page)["og:url"] == canonical
        assert "og:image" not in metas(page) or there(gallery, metas(page)["og:image"])
        if path == "index.html":
            assert parts["WebSite"]["url"] == f"{BASE}/"
            continue
        steps = parts["BreadcrumbList"]["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert steps[0]["item"] == f"{BASE}/"
        assert steps[-1]["item"] == canonical
        assert all(there(gallery, step["item"]) for step in steps)


def test_an_album_is_a_gallery_of_its_photos_also_after_it_was_renamed(world):
    gallery, ids = world
    album = graph(gallery.page(f"albums/{ids['album']}.html"))["ImageGallery"]
    assert album["name"] == f"Renamed {SHOWN}"
    assert [one["url"] for one in album["associatedMedia"]] == [
        f"{BASE}/photos/{ids[key]}.html" for key in ("bad", "good")
    ]
    assert all(there(gallery, one["contentUrl"]) for one in album["associatedMedia"])


# --- feeds and sitemap ------------------------------------------------------------------------------------------------


def test_both_feeds_have_the_last_published_photos_with_their_words_whole(world):
    gallery, ids = world
    keys = ("rtl", "emoji", "other twin", "twin", "good")
    atom = fromstring((gallery.folder / "feed.xml").read_bytes())
    form = json.loads((gallery.folder / "feed.json").read_bytes())
    addresses = [f"{BASE}/photos/{ids[key]}.html" for key in keys]
    assert [entry.findtext(f"{ATOM}id") for entry in atom.iter(f"{ATOM}entry")] == addresses
    assert [item["url"] for item in form["items"]] == addresses
    assert all(there(gallery, address) for address in addresses)
    assert form["version"] == "https://jsonfeed.org/version/1.1"
    assert form["title"] == SHOWN
    assert atom.findtext(f"{ATOM}title") == SHOWN
    for stamp in atom.iter(f"{ATOM}updated"):
        assert datetime.fromisoformat(stamp.text).tzinfo is not None
    good, entry = form["items"][-1], list(atom.iter(f"{ATOM}entry"))[-1]
    assert good["date_published"] == entry.findtext(f"{ATOM}updated") == "2024-05-03T14:05:06+02:00"
    assert good["content_html"] == entry.findtext(f"{ATOM}content")
    content = Read(good["content_html"])
    assert content.texts("p")[1:] == ["One.", "Two & three."]
    assert there(gallery, content.all("img")[0]["src"])


def test_feeds_of_hostile_words_are_whole_and_only_words(world, tmp_path):
    gallery, ids = world
    options = replace(gallery.site.options, feed_photos=50)
    Site("site", options).finish()
    atom = fromstring((gallery.folder / "feed.xml").read_bytes())
    items = {item["url"]: item for item in json.loads((gallery.folder / "feed.json").read_bytes())["items"]}
    Site("site", gallery.site.options).finish()
    (entry,) = (one for one in atom.iter(f"{ATOM}entry") if ids["bad"] in one.findtext(f"{ATOM}id"))
    item = items[f"{BASE}/photos/{ids['bad']}.html"]
    assert entry.findtext(f"{ATOM}title") == item["title"] == SHOWN
    assert [one.get("term") for one in entry.iter(f"{ATOM}category")] == item["tags"] == [SHOWN, "Küste"]
    for text in (entry.findtext(f"{ATOM}content"), item["content_html"]):
        content = Read(text)
        assert {name for name, _ in content.elements} == {"p", "a", "img"}
        assert content.all("img")[0]["alt"] == SHOWN
        assert content.texts("p")[-1] == " ".join(SHOWN.split())
    (old,) = (one for one in atom.iter(f"{ATOM}entry") if ids["old"] in one.findtext(f"{ATOM}id"))
    assert old.findtext(f"{ATOM}updated") == "1936-01-01T00:00:00Z"


def test_the_sitemap_has_every_page_and_the_picture_of_every_photo(world):
    gallery, _ = world
    urls = fromstring((gallery.folder / "sitemap.xml").read_bytes())
    pages = {path for path in pages_of(gallery.folder) if path.endswith(".html") and path != "404.html"}
    locations = [one.text for one in urls.iter(f"{MAP}loc")]
    assert sorted(locations) == sorted(f"{BASE}/{'' if path == 'index.html' else path}" for path in pages)
    pictures = [one.text for one in urls.iter(f"{IMAGE}loc")]
    assert len(pictures) == 7
    assert all(there(gallery, address) for address in pictures)


def test_a_sitemap_of_many_pages_is_several_that_one_lists():
    paths = [f"photos/{number}.html" for number in range(10_001)]
    files = dict(sitemap(BASE, paths, {}))
    listed = [one.text for one in fromstring(files.pop("sitemap.xml")).iter(f"{MAP}loc")]
    assert listed == [f"{BASE}/{name}" for name in files]
    found = [one.text for file in files.values() for one in fromstring(file).iter(f"{MAP}loc")]
    assert found == [f"{BASE}/{path}" for path in paths]


def test_without_an_address_there_are_no_feeds_and_the_site_says_why(tmp_path):
    gallery = Gallery(tmp_path)
    assert gallery.site.about() == ()
    post_id = gallery.photo(1)
    gallery.site.finish()
    (note,) = gallery.site.about()
    assert "`base_url`" in note
    assert not {"feed.xml", "feed.json", "sitemap.xml"} & pages_of(gallery.folder).keys()
    page = gallery.photo_page(post_id)
    assert not {"canonical", "alternate"} & {link["rel"] for link in page.all("link")}
    assert not {"og:url", "og:image"} & metas(page).keys()
    picture = graph(page)["ImageObject"]["contentUrl"]
    assert (gallery.folder / "photos" / picture).is_file()
    silent = Site("site", Options(gallery.folder, base_url=BASE, feed_photos=0, search=False))
    silent.finish()
    left = pages_of(gallery.folder)
    assert "sitemap.xml" in left
    assert not [path for path in left if path.startswith(("search/", "feed."))]


# --- the search -------------------------------------------------------------------------------------------------------


class Searcher:
    """Looks into the pieces as the script does."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.pieces = {}
        for path, content in files.items():
            match = re.fullmatch(r"found\(\"(index|words|photos)\",(\d+),(.*)\)\n", content.decode("ascii"))
            self.pieces[path] = json.loads(match[3])
        self.words = sum(path.startswith("search/words-") for path in files)

    def found(self, text: str) -> list[list]:
        sets = [self._photos(word) for word in words_of(text)]
        return [self._shown(number) for number in sorted(set.intersection(*sets), reverse=True)]

    def _photos(self, word: str) -> set[int]:
        piece = self.pieces[f"search/words-{piece_of(word, self.words)}.js"]
        numbers = set()
        for steps in (steps for key, steps in piece.items() if key.startswith(word)):
            at = 0
            for step in steps.split(" "):
                at += int(step)
                numbers.add(at)
        return numbers

    def _shown(self, number: int) -> list:
        return self.pieces[f"search/photos-{number // 50}.js"][number % 50]


@pytest.fixture(scope="module")
def searcher(world):
    gallery, _ = world
    return Searcher(
        {
            path: text
            for path, text in pages_of(gallery.folder).items()
            if path.startswith("search/") and path.endswith(".js")
        }
    )


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("low TIDE", ["good"]),
        ("twin", ["other twin", "twin"]),
        ("kuste", ["bad"]),
        ("KÜST", ["bad"]),
        ("🌊", ["emoji"]),
        ("البحر", ["rtl"]),
        ("renamed", ["bad", "good"]),
        ("renamed reine", ["good"]),
        ("1936", ["old"]),
        ("zebra", []),
        ("first name", []),
    ],
)
def test_photos_are_found_by_title_caption_keyword_and_album(world, searcher, text, keys):
    _, ids = world
    assert [row[0] for row in searcher.found(text)] == [ids[key] for key in keys]


def test_hostile_titles_come_back_from_the_search_as_they_were(world, searcher):
    gallery, ids = world
    (row,) = [row for row in searcher.found("script alert") if row[0] == ids["bad"]]
    assert row[1] == SHOWN
    assert (gallery.folder / row[2]).is_file()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Straße, Ærø & Łódź!", {"strasse", "aero", "lodz"}),
        ("E\u0301te\u0301 l'hiver", {"ete", "l", "hiver"}),
        ("東京タワー", {"東", "京", "タ", "ワ", "ー"}),
        ("ΟΔΟΣ οδος", {"οδοσ"}),
        ("👩\u200d🚀🌊", {"👩", "🚀", "🌊"}),
        ("x" * 40, {"x" * 24}),
        ("\u2028 <-- \u202e", set()),
    ],
)
def test_words_are_compared_without_case_accents_and_signs(text, words):
    assert words_of(text) == words


def test_a_large_index_lies_in_pieces_of_which_none_is_large():
    tiles = [Tile(f"photo-{n}", f"photos/photo-{n}.html", f"Photo number {n}", "", {}, str(n)) for n in range(3000)]
    texts = [(one, (one.title, "Norway", f"keyword{n % 700}", f"{n * 7919:x}")) for n, one in enumerate(tiles)]
    made = index_of(texts)
    assert max(map(len, made.values())) < 64_000
    searcher = Searcher(made)
    assert len(searcher.found("norw")) == 3000
    assert [row[0] for row in searcher.found("number 2718")] == ["photo-2718"]
    changed = index_of([*texts[:-1], (tiles[-1], ("Sweden",))])
    differing = [path for path, content in made.items() if changed.get(path) != content]
    assert 0 < len(differing) < len(made) // 2, "another caption changes few pieces"
    assert "search/index-0.js" in differing


# --- gone -------------------------------------------------------------------------------------------------------------


def test_a_deleted_photo_is_nowhere_any_more(world):
    gallery, ids = world
    left = pages_of(gallery.folder)
    assert ids["gone pictures"]
    assert not [path for path in ids["gone pictures"] if path in left]
    for path, content in left.items():
        assert ids["gone"] not in path
        assert ids["gone"].encode() not in content, path
        assert b"zebra" not in content, path
