"""An owner's theme: pieces that replace ours, and what a broken or hostile one cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from jinja2.meta import find_undeclared_variables

from heliograph.errors import Mistake
from heliograph.model import F
from heliograph.platforms.site.theme import _ours
from site_gallery import HOSTILE, Gallery, Read
from site_visit import pages_of

FOOTER = """{% extends "ours/layout.html.jinja" %}
{% block footer %}<footer>{{ word("more") }} {{ site.title }}</footer>{% endblock %}
"""


class Themed(Gallery):
    """A gallery whose owner has a theme."""

    def __init__(self, folder, **options) -> None:
        self.theme = folder / "theme"
        self.theme.mkdir()
        super().__init__(folder, theme=self.theme, **options)

    def put(self, name: str, text: str) -> None:
        path = self.theme / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def themed(tmp_path):
    gallery = Themed(tmp_path, title="Dunes")
    gallery.photo(1)
    gallery.site.finish()
    return gallery


def test_a_theme_replaces_one_block_one_style_and_one_word_and_the_rest_stays(themed):
    themed.put("layout.html.jinja", FOOTER)
    themed.put("extra.css", "body { background: teal }")
    themed.put("words.toml", 'latest = "New work"\n[photo_count]\none = "a single photo"\n')
    assert "settings or templates" in themed.site.survey(None).pending
    themed.site.finish()
    home = themed.page("index.html")
    assert home.texts("footer") == ["More Dunes"]
    assert home.texts("h2")[0] == "New work"
    assert "a single photo" in themed.page("years/2024.html").texts("p")
    ours, extra = (themed.folder / link["href"] for link in home.all("link") if link["rel"] == "stylesheet")
    assert "aspect-ratio" in ours.read_text(encoding="utf-8")
    assert extra.read_text(encoding="utf-8") == "body { background: teal }"
    assert home.texts("nav")[0].startswith("Photos")


def test_a_theme_may_replace_the_whole_style_and_bring_files_of_its_own(themed):
    themed.put("site.css", "@font-face { src: url(theme/dunes.woff2) }")
    themed.put("assets/dunes.woff2", "a font")
    themed.put("assets/.hidden", "not this")
    themed.put("index.html.jinja", '{{ root }}{{ asset("dunes.woff2") }}')
    themed.site.finish()
    assert (themed.folder / "index.html").read_text(encoding="utf-8") == "assets/theme/dunes.woff2"
    assert (themed.folder / "assets/theme/dunes.woff2").read_text(encoding="utf-8") == "a font"
    assert not (themed.folder / "assets/theme/.hidden").exists()
    (style,) = (themed.folder / "assets").glob("site-*.css")
    assert style.read_text(encoding="utf-8").startswith("@font-face")
    (themed.theme / "assets/dunes.woff2").unlink()
    (themed.theme / "index.html.jinja").unlink()
    themed.site.finish()
    assert not (themed.folder / "assets/theme").exists()


BROKEN = [
    ("photo.html.jinja", "\n{% if %}", r"photo\.html\.jinja, line 2: "),
    ("photo.html.jinja", "one\ntwo\n{{ phota.alt }}", r"photo\.html\.jinja, line 3: 'phota' is undefined"),
    (
        "show.html.jinja",
        "{% macro grid() %}{{ 1 / 0 }}{% endmacro %}",
        r"theme does not fit our templates: .*picture.*met on photos/",
    ),
    ("cards.html.jinja", "{{ 1 / 0 }}", r"cards\.html\.jinja, line 1: division by zero, met on years/index\.html"),
    ("index.html.jinja", '{% extends "layuot.html.jinja" %}', r"index\.html\.jinja, line 1: .*layuot"),
    ("index.html.jinja", '{{ word("latset") }}', r"index\.html\.jinja, line 1: "),
    ("index.html.jinja", '{{ asset("no.woff2") }}', r"line 1: there is no file assets/no\.woff2 in the theme"),
    ("index.html.jinja", "{{ title | safe }}", r"line 1: No filter named 'safe'"),
    ("index.html.jinja", "x\n{% autoescape false %}{{ title }}{% endautoescape %}", r"line 2: .*escaping off"),
    ("index.html.jinja", '{{ "".__class__.__mro__[1].__subclasses__() }}', r"line 1: .*__class__"),
    ("index.html.jinja", '{% include "../../heliograph.toml" %}', r"line 1: "),
    ("index.html.jinja", '{% include "/etc/passwd" %}', r"line 1: "),
    ("words.toml", "latest = ", r"words\.toml cannot be read"),
    ("words.toml", 'latset = "New"', "Did you mean latest"),
]


@pytest.mark.parametrize(("name", "text", "told"), BROKEN, ids=[f"{name} {text[-24:]}" for name, text, _ in BROKEN])
def test_a_broken_theme_is_a_sentence_and_the_old_site_stays_whole(themed, name, text, told):
    before = pages_of(themed.folder)
    themed.put(name, text)
    with pytest.raises(Mistake, match=told) as caught:
        themed.site.finish()
    assert "The pages are as they were." in caught.value.sentence
    assert pages_of(themed.folder) == before
    (themed.theme / name).unlink()
    themed.site.finish()
    assert pages_of(themed.folder) == before


def test_a_theme_that_is_not_text_is_a_sentence(themed):
    (themed.theme / "extra.css").write_bytes(b"body \xff")
    with pytest.raises(Mistake, match=r"extra\.css is not UTF-8 text \(byte 5\)"):
        themed.site.survey(None)


def test_a_theme_that_is_not_there_is_told_before_anything_happens(tmp_path):
    gallery = Gallery(tmp_path, theme=tmp_path / "gone")
    gallery.photo(1)
    with pytest.raises(Mistake, match=r"The theme's folder .*gone is not there"):
        gallery.site.survey(None)


def test_a_link_out_of_the_theme_is_not_followed(themed, tmp_path):
    secret = tmp_path / "secret.html.jinja"
    secret.write_text("hunter2", encoding="utf-8")
    try:
        (themed.theme / "index.html.jinja").symlink_to(secret)
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(Mistake, match="leads out of the theme's folder"):
        themed.site.finish()


def test_words_of_photos_stay_words_in_a_theme(tmp_path):
    gallery = Themed(tmp_path, title=HOSTILE)
    gallery.put(
        "photo.html.jinja", "<p title='{{ title }}'>{{ title }}</p>{% set x %}{{ title }}{% endset %}<b>{{ x }}</b>"
    )
    post_id = gallery.photo(1, **{F.TITLE: HOSTILE})
    gallery.site.finish()
    page = Read((gallery.folder / f"photos/{post_id}.html").read_text(encoding="utf-8"))
    assert [tag for tag, _ in page.elements] == ["p", "b"]
    assert page.all("p") == [{"title": HOSTILE}]


def test_the_page_on_themes_names_every_template_block_and_value():
    page = (Path(__file__).parents[1] / "docs/how-to/theme-your-site.md").read_text(encoding="utf-8")
    templates = {name: text.decode("utf-8") for name, text in _ours().items() if name.endswith(".jinja")}
    environment = Environment(autoescape=True)
    for name, text in templates.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))
        tree = environment.parse(text)
        named = {node.name for node in tree.find_all((nodes.Block, nodes.Macro))} - {"set"}
        if name != "layout.html.jinja":
            named -= {"page", "head", "main"}
        assert {part for part in named if f"`{part}`" not in row} == set(), name
        used = find_undeclared_variables(tree) - {"word", "counted", "number", "asset", "once", "show"}
        attributes = {node.attr for node in tree.find_all(nodes.Getattr)} - {"index"}
        assert {part for part in used | attributes if f"`{part}`" not in page} == set(), name
