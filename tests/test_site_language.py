"""The words of the pages, and dates and numbers, in the language of the site."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, nodes

from heliograph.caption import camera_table
from heliograph.errors import Mistake
from heliograph.model import Exposure, F, Facts
from heliograph.platforms.site.language import LANGUAGES, Language, table
from heliograph.platforms.site.photos import camera_view, place_view
from heliograph.platforms.site.theme import _ours
from site_gallery import Gallery

TEMPLATES = {name: text.decode("utf-8") for name, text in _ours().items() if name.endswith(".jinja")}

ATTRIBUTES = {"page", "set"}
"""Block and macro that write a class and a list of files."""


@pytest.mark.parametrize(
    ("tag", "local", "words"),
    [
        ("en-GB", "2024-05-01T14:05", "1 May 2024, 14:05"),
        ("de-AT", "2024-05-01T14:05", "1. Mai 2024, 14:05"),
        ("fr", "2024-05-01", "1er mai 2024"),
        ("fr-CA", "2024-08-12", "12 août 2024"),
        ("de", "2024-03", "März 2024"),
        ("nl", "2024-05-03", "3 May 2024"),
        ("de", "1936", "1936"),
        ("de", "2024-13-01", ""),
        ("de", "gestern", ""),
    ],
)
def test_dates_are_written_as_the_language_writes_them(tag, local, words):
    assert Language(tag, {}, "").date(local) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2024-05-03T10:00:00", "2024-05-30T10:00:00", "Mai 2024"),
        ("2024-03-03", "2024-05-30", "März \u2013 Mai 2024"),
        ("2019-12-31", "2024-05", "2019 \u2013 2024"),
        ("1936", "1936", "1936"),
        ("1936", "1936-05-02", "1936"),
    ],
)
def test_a_stretch_of_time_is_no_more_exact_than_its_photos(first, last, words):
    assert Language("de", {}, "").span(first, last) == words


def test_numbers_have_the_signs_of_the_language():
    english, german, french = (Language(tag, {}, "") for tag in LANGUAGES)
    assert [one.counted("photo_count", 12345) for one in (english, german, french)] == [
        "12,345 photos",
        "12.345 Fotos",
        "12\u202f345 photos",
    ]
    assert [one.counted("photo_count", 0) for one in (english, french)] == ["0 photos", "0 photo"]
    assert [one.counted("photo_count", 1) for one in (english, german)] == ["1 photo", "1 Foto"]
    assert english.number(2024) == "2024"
    place = (-67.9325, 13.0887, "", "", "", "")
    assert place_view(place, german)["position"] == "67,9325° S, 13,0887° O"
    assert place_view(place, french)["position"] == "67,9325° S, 13,0887° E"


def test_signs_and_words_of_the_owner_are_taken_as_they_are_written():
    own = {"format.decimal": "\\", "rows.equivalent": r"35\mm \g<0>"}
    language = Language("en", own, "")
    assert language.decimals("f/2.8") == r"f/2\8"
    (row,) = camera_view((("Focal length", "35 mm (35 mm equivalent: 52 mm)"),), language)
    assert row["value"] == r"35 mm (35\mm \g<0>: 52 mm)"


def test_every_row_of_the_camera_table_is_said_in_every_language():
    exposure = Exposure(shutter_s=(1, 250), aperture_f=2.8, iso=200, focal_mm=35.0, focal_35mm=52.5)
    facts = Facts(camera_make="Aurelia", camera_model="M4", lens="Aurelia 35 mm f/1.8", exposure=exposure)
    rows = camera_table(facts)
    said = {tag: camera_view(rows, Language(tag, {}, "")) for tag in LANGUAGES}
    assert [row["label"] for row in said["de"]] == ["Kamera", "Objektiv", "Belichtung", "Blende", "ISO", "Brennweite"]
    assert all(f"rows.{row['key']}" in table(tag) for tag in LANGUAGES for row in said[tag])
    values = {row["key"]: row["value"] for row in said["fr"]}
    assert (values["Aperture"], values["Lens"]) == ("f/2,8", "Aurelia 35 mm f/1.8")
    assert values["Focal length"] == "35 mm (équivalent 35 mm: 52,5 mm)"


def test_the_languages_have_the_same_words_with_the_same_gaps():
    def gaps(tag):
        return {key: set(re.findall(r"\{\w+\}", text)) for key, text in table(tag).items()}

    english = gaps("en")
    for tag in LANGUAGES:
        assert gaps(tag) == english
        assert [key for key, text in table(tag).items() if not text] == []


def test_no_template_says_a_word_that_is_not_in_the_tables():
    """Neither between its tags nor in what people hear of them."""
    strange = {}
    for name, text in TEMPLATES.items():
        tree = Environment(autoescape=True).parse(text)
        inside = [node for node in tree.find_all((nodes.Block, nodes.Macro)) if node.name in ATTRIBUTES]
        elsewhere = {id(output) for node in inside for output in node.find_all(nodes.Output)}
        written = "".join(
            part.data if isinstance(part, nodes.TemplateData) else "0"
            for output in tree.find_all(nodes.Output)
            if id(output) not in elsewhere
            for part in output.nodes
        )
        heard = re.findall(r"""(?:aria-label|title|alt)=(["'])(.*?)\1""", written)
        between = re.sub(r"<[^>]*>", " ", written)
        strange[name] = re.findall(r"[^\W\d_]+", " ".join([between, *(said for _, said in heard)]))
    assert {name: words for name, words in strange.items() if words} == {}


def test_every_word_that_a_template_asks_for_is_in_the_tables_and_no_other_is():
    asked = set()
    for text in TEMPLATES.values():
        for call in Environment(autoescape=True).parse(text).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in {"word", "counted"}:
                keys = {const.value for const in call.args[0].find_all(nodes.Const)}
                keys |= {call.args[0].value} if isinstance(call.args[0], nodes.Const) else set()
                asked |= (
                    {f"{key}.{n}" for key in keys for n in ("one", "other")} if call.node.name == "counted" else keys
                )
    ours = set(table("en"))
    assert asked - ours == set()
    by_python = re.compile(r"(months|compass|rows|format)\.|(untitled|untitled_album|photograph|photograph_taken)$")
    sections = {
        "albums",
        "years",
        "keywords",
        "cameras",
        "map",
        "photos",
        "album",
        "year",
        "keyword",
        "camera",
        "place",
        "search",
        "feed",
    }
    assert {key for key in ours - asked - sections if not by_python.match(key)} == set()


def test_a_site_in_german_says_nothing_in_english(tmp_path):
    gallery = Gallery(tmp_path, title="Nordlicht", language="de-AT", words={"latest": "Frisch vom Film"}, latest=1)
    made = (("Camera", "Aurelia M4"), ("Aperture", "f/2.8"))
    ids = [
        gallery.photo(number, **{F.CAMERA: made, F.PLACE: (67.9, 13.1, "", "Reine", "", "Norwegen")})
        for number in range(2)
    ]
    gallery.album("Küste", ids)
    gallery.site.finish()
    home, photo = gallery.page("index.html"), gallery.photo_page(ids[0])
    assert home.all("html") == [{"lang": "de-AT", "dir": "ltr"}]
    assert home.texts("h2") == ["Frisch vom Film", "Alben", "Stichwörter"]
    assert "Alle 2 Fotos" in home.texts("a")
    assert "1. Mai 2024, 10:00" in photo.texts("time")
    assert {"Kamera", "Blende", "Position"} <= set(photo.texts("th"))
    assert "f/2,8" in photo.texts("td")
    english = {text for key, text in table("en").items() if text not in table("de").values() and " " in text}
    for path in gallery.folder.rglob("*.html"):
        said = path.read_text(encoding="utf-8")
        assert [text for text in english if "{" not in text and text in said] == [], path


@pytest.mark.parametrize(
    ("own", "told"),
    [({"latset": "New"}, "latset.*Did you mean latest"), ({"photo_by": "By {nmae}"}, r"photo_by names \{nmae\}")],
)
def test_an_own_word_that_no_page_says_is_a_mistake_with_a_hint(tmp_path, own, told):
    gallery = Gallery(tmp_path, words=own)
    gallery.photo(1)
    with pytest.raises(Mistake, match=told):
        gallery.site.finish()


def test_words_of_people_that_look_like_gaps_stay_as_they_are(tmp_path):
    gallery = Gallery(tmp_path, author="{name} {0} {name.__class__}")
    gallery.photo(1)
    gallery.site.finish()
    assert gallery.page("index.html").texts("p")[-1] == "Photographs by {name} {0} {name.__class__}"
