"""A site in a language of which we have no words: what is said in English says so."""

from __future__ import annotations

import pytest
from jinja2 import Environment, nodes

from heliograph.model import F
from heliograph.platforms.site.language import LANGUAGES, Language, table
from site_gallery import Gallery, Read
from test_site_language import TEMPLATES


def said_in(page: Read, tag: str, text: str) -> str:
    """The attribute `lang` of the innermost element with exactly this text; empty where it has none."""
    found = [i for i, (name, _) in enumerate(page.elements) if name == tag]
    (element,) = [i for i in found if " ".join(page.text.get(i, "").split()) == text]
    return page.elements[element][1].get("lang", "")


@pytest.fixture(scope="module")
def spanish(tmp_path_factory) -> Gallery:
    words = {"albums": "Álbumes", "latest": "Lo último"}
    gallery = Gallery(tmp_path_factory.mktemp("spanish"), language="es-MX", words=words)
    shown = {F.TITLE: "La costa", F.CAMERA: (("Camera", "Aurelia M4"), ("Exposure", "1/60 s")), F.TAGS: ("Mar",)}
    gallery.album("Viajes", [gallery.photo(1, **shown)])
    gallery.site.finish()
    return gallery


def test_english_words_in_a_spanish_site_are_marked_as_english_and_words_of_its_owner_are_not(spanish):
    home = spanish.page("index.html")
    assert home.all("html")[0]["lang"] == "es-MX"
    assert (said_in(home, "h2", "Lo último"), said_in(home, "h2", "Álbumes")) == ("", "")
    assert said_in(home, "h2", "Keywords") == "en"
    assert [nav.get("lang") for nav in home.all("nav")] == ["en", "en"]
    assert said_in(spanish.page("albums/index.html"), "h1", "Álbumes") == ""
    assert said_in(spanish.page("search/index.html"), "h1", "Search") == "en"


def test_titles_and_captions_keep_the_language_of_the_site(spanish):
    (path,) = (spanish.folder / "photos").glob("la-costa-*.html")
    page = spanish.page(f"photos/{path.name}")
    assert said_in(page, "h1", "La costa") == ""
    assert said_in(page, "th", "Exposure") == "en"
    assert said_in(page, "time", "2 May 2024, 10:00") == "en"
    assert all("lang" not in picture for picture in page.all("img"))


@pytest.mark.parametrize("tag", ["en", "en-GB", "de-AT", "fr"])
def test_a_language_of_ours_lends_no_words(tag):
    language = Language(tag, {}, "")
    assert {language.lent(key) for key in table(LANGUAGES[0])} == {""}


def test_a_page_changes_when_its_owner_says_an_english_word_to_be_spanish():
    told, silent = Language("es", {"albums": table("en")["albums"]}, ""), Language("es", {}, "")
    assert (told.lent("albums"), silent.lent("albums")) == ("", "en")
    assert told != silent


def test_every_word_whose_language_a_template_asks_for_is_in_the_tables():
    asked = set()
    for text in TEMPLATES.values():
        for call in Environment(autoescape=True).parse(text).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "lang":
                asked |= {const.value for const in call.args[0].find_all(nodes.Const)}
                asked |= {call.args[0].value} if isinstance(call.args[0], nodes.Const) else set()
    assert asked
    assert asked - set(table("en")) == set()
