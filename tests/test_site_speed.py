"""What makes building a site quick changes nothing of what is built, and opens nothing to templates."""

from __future__ import annotations

import os

import pytest
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from contract.platform_contract import wanted_photo
from heliograph.errors import Mistake
from heliograph.model import F
from heliograph.platforms.site import publish as publishing
from heliograph.platforms.site.groupings import Tile
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.pages import Page, Pages
from heliograph.platforms.site.posts import Log
from heliograph.platforms.site.rendering import environment, rendered
from heliograph.platforms.site.sandbox import Sandbox
from heliograph.platforms.site.theme import theme
from site_gallery import HOSTILE, Gallery
from site_visit import fill, pages_of, site_at

TILE = Tile("a", "photos/a.html", "A & b", "alt", {"items": "data", "ratio": 1.5}, "digest")


def test_another_caption_writes_the_page_of_its_photo_and_the_piece_of_the_search_that_finds_it(
    tmp_path, files, monkeypatch
):
    site = site_at(tmp_path / "site")
    fill(site, files, range(12))
    site.finish()
    before = pages_of(tmp_path / "site")
    (post, *_) = [post for post in site.survey(None).posts if F.MEMBERS not in post.fields]
    names = frozenset({F.TEXT})
    site.update(post, wanted_photo(site, 0, names), names, None)
    written = []
    real = publishing.write
    monkeypatch.setattr(publishing, "write", lambda path, content: written.append(path.name) or real(path, content))
    site.finish()
    after = pages_of(tmp_path / "site")
    changed = {path for path in after if before.get(path) != after[path]}
    assert changed == {f"photos/{post.id}.html", "search/index-0.js", "search/words-0.js"}
    assert before.keys() == after.keys()
    assert sorted(name for name in written if not name.endswith(".json")) == ["0", "1", "2"]


def test_a_site_has_as_many_threads_as_there_are_cores_within_bounds(tmp_path, monkeypatch):
    for cores, workers in ((1, 2), (4, 4), (64, 8), (None, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert site_at(tmp_path / "site").limits.workers == workers


def made(text: str, **shown: object) -> str:
    return Sandbox(autoescape=True).from_string(text).render(shown)


def test_a_tile_is_made_once_for_equal_arguments_and_escaped_as_ever():
    text = "{% macro one(tile, root) %}{{ root }}{{ tile.title }}{{ seen.append(1) }}{% endmacro %}"
    text += "{{ once(one, tile, 'x') }}|{{ once(one, tile, 'x') }}|{{ once(one, tile, 'y') }}"
    seen: list[int] = []

    class Seen:
        def append(self, one):
            seen.append(one)
            return ""

    assert made(text, tile=TILE, seen=Seen()) == "xA &amp; b|xA &amp; b|yA &amp; b"
    assert len(seen) == 2


def test_what_is_kept_of_a_macro_is_kept_for_text_and_html_and_numbers_apart():
    text = "{% macro one(tile, words) %}{{ words }}{% endmacro %}"
    text += (
        "{{ once(one, tile, html) }}|{{ once(one, tile, words) }}|{{ once(one, tile, 1) }}|{{ once(one, tile, true) }}"
    )
    assert made(text, tile=TILE, html=Markup("<b>"), words="<b>") == "<b>|&lt;b&gt;|1|True"


def test_what_our_templates_ask_with_words_of_their_own_is_answered_before_and_no_page_is_another_one(tmp_path):
    """Spanish has no table: words are lent, and say so, but for one with signs of HTML from the owner."""
    gallery = Gallery(tmp_path)
    post_id = gallery.photo(1, **{F.TITLE: HOSTILE, F.PLACE: (1.5, 2.5, "Quay", "", "", "")})
    gallery.album(HOSTILE, [post_id])
    look, language = theme(None), Language("es", {"latest": "<b>&"}, "")
    shown = {"styles": look.styles, "script": look.script, "search_script": look.search_script}
    pages = list(Pages(Log(gallery.folder).read(), gallery.site.options, language, shown))
    asking = environment.__wrapped__(look, language)
    asking.compile = lambda *given: ImmutableSandboxedEnvironment.compile(asking, *given)
    for page in pages:
        assert rendered(page, look, language).decode() == asking.get_template(page.template).render(page.context)
    (text, _) = look.template("layout.html.jinja")
    made = environment(look, language).compile(text, "layout.html.jinja", raw=True)
    assert '<a class="skip" href="#content" lang="en">Skip to content</a>' in made


def test_a_theme_may_call_its_own_macros_like_our_functions(tmp_path):
    text = "{% macro number(x) %}no. {{ x }}{% endmacro %}{{ number(5) }} {{ word('latest') }} {{ word('latset') }}"
    (tmp_path / "index.html.jinja").write_text(text, encoding="utf-8")
    language = Language("en", {}, "")
    with pytest.raises(Mistake, match=r"line 1: 'latset'"):
        rendered(Page("index.html", "index.html.jinja", {}), theme(tmp_path), language)
    (tmp_path / "index.html.jinja").write_text(text.replace(" {{ word('latset') }}", ""), encoding="utf-8")
    assert (
        rendered(Page("index.html", "index.html.jinja", {}), theme(tmp_path), language) == b"no. 5 Latest photographs"
    )


def test_keys_of_tables_go_before_their_methods_and_everything_else_stays_closed():
    assert made("{{ tile.picture.items }} {{ tile.id }}", tile=TILE) == "data a"
    for reach in ("tile.__class__", "tile.picture.__class__.__mro__", "tile._x", "tile.picture.clear()"):
        with pytest.raises((SecurityError, UndefinedError)):
            made(f"{{{{ {reach}.x }}}}", tile=TILE)
    with pytest.raises(TypeError, match="macro"):
        made("{{ once(tile.picture.clear) }}", tile=TILE)
