import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.caption import LONGEST_TEXT, camera_table, check, compose, fitted, length, tags
from heliograph.caption.filters import FILTERS, INTERNAL
from heliograph.caption.graphemes import clusters, graphemes
from heliograph.caption.lines import date, place_line, shooting_line, shutter, taken_line
from heliograph.caption.names import known
from heliograph.caption.tags import hashtags
from heliograph.errors import Mistake
from heliograph.model import Count, Exposure, F, Facts, Limits, Place, Rights, Taken
from heliograph.policy import Captions

EVERY_FIELD = frozenset({F.TITLE, F.TEXT, F.ALT, F.TAGS})
WIDE = Limits(EVERY_FIELD, EVERY_FIELD, EVERY_FIELD)
LIGHTHOUSE = Facts(
    title="Lighthouse",
    caption="Seen from the ferry",
    keywords=("sea", "Lofoten"),
    keyword_paths=(("Places", "Norway", "Lofoten"),),
    taken=Taken("2024-05-03T14:05:06"),
    camera_make="Sunny",
    camera_model="S1",
    lens="S 50 mm f/2",
    exposure=Exposure(200, (1, 60), 8.0, 50.0, 75),
)


def limits(**some):
    return Limits(EVERY_FIELD, EVERY_FIELD, EVERY_FIELD, **some)


def text(template, facts=LIGHTHOUSE, **some):
    return compose(facts, "IMG_1", Captions(text=template), limits(**some)).text


# --- lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [
        ((1, 60), "1/60"), ((10, 600), "1/60"), ((2, 1), "2"), ((13, 10), "1.3"), ((1, 2), "0.5"), ((3, 10), "0.3"),
        ((1, 4), "1/4"), ((16667, 1_000_000), "1/60"), ((1, 8000), "1/8000"), ((30, 1), "30"), ((10, 3), "3.3"),
        ((0, 1), ""), ((1, 0), ""), ((-1, 60), ""), ((1, -60), ""), ((0, 0), ""), ((1, 10**12), ""), ((10**12, 1), ""),
        ((10**400, 1), ""), (None, ""),
    ],
)  # fmt: skip
def test_exposure_times_read_as_on_a_camera(fraction, expected):
    assert shutter(fraction) == expected


@pytest.mark.parametrize(
    ("exposure", "expected"),
    [
        (Exposure(200, (1, 60), 8.0, 50.0), "ISO 200 | 1/60 sec | f/8 | 50 mm"),
        (Exposure(3200, (1, 100), 6.3, 45.0), "ISO 3200 | 1/100 sec | f/6.3 | 45 mm"),
        (Exposure(shutter_s=(2, 1), focal_mm=4.25), "2 sec | 4.25 mm"),
        (Exposure(iso=100), "ISO 100"),
        (Exposure(0, (0, 1), float("nan"), float("inf")), ""),
        (Exposure(iso=-5, aperture_f=0.95), "f/0.95"),
        (Exposure(), ""),
    ],
)
def test_the_shooting_line_leaves_no_dangling_bar(exposure, expected):
    assert shooting_line(exposure) == expected


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (Taken("2024-05-03T14:05:06"), "3 May 2024"),
        (Taken("2024-05-03"), "3 May 2024"),
        (Taken("2024-05"), "May 2024"),
        (Taken("2024"), "2024"),
        (Taken("2024-13-01"), "2024"),
        (Taken("2019-11-02", circa="ca. 1936"), "ca. 1936"),
        (Taken("2019-11-02", circa="1936"), "ca. 1936"),
        (Taken("", circa="summer 1936"), "summer 1936"),
        (Taken("nonsense"), ""),
        (None, ""),
    ],
)
def test_dates_read_as_far_as_they_are_known(taken, expected):
    assert date(taken) == expected
    assert taken_line(taken) == (f"Taken {expected}" if expected else "")


def test_the_place_line_goes_from_small_to_large_without_repeats():
    assert place_line(Place(sublocation="Pier", city="Oslo", state="Oslo", country="Norway")) == "Pier, Oslo, Norway"
    assert place_line(Place(1.0, 2.0)) == ""


def test_the_camera_table_names_what_is_known_in_a_fixed_order():
    assert camera_table(LIGHTHOUSE) == (
        ("Camera", "Sunny S1"),
        ("Lens", "S 50 mm f/2"),
        ("Exposure", "1/60 s"),
        ("Aperture", "f/8"),
        ("ISO", "200"),
        ("Focal length", "50 mm (35 mm equivalent: 75 mm)"),
    )
    assert camera_table(Facts()) == ()
    repeated = Facts(camera_make="SUNNY CORPORATION", camera_model="Sunny S1", exposure=Exposure(focal_35mm=28))
    assert camera_table(repeated) == (("Camera", "Sunny S1"), ("Focal length", "28 mm (35 mm equivalent)"))


# --- tags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("leaves", ("Lofoten", "sea")),
        ("levels", ("Lofoten", "Norway", "Places", "sea")),
        ("flat", ("Lofoten", "sea")),
        ("none", ()),
    ],
)
def test_tags_follow_the_setting(mode, expected):
    assert tags(LIGHTHOUSE, Captions(tags=mode)) == expected


def test_leaves_are_not_the_levels_of_a_deeper_path_and_stand_once():
    facts = Facts(
        keywords=("NORWAY", "Sea", "sea"), keyword_paths=(("Places", "Norway"), ("Places", "Norway", "Reine"))
    )
    assert tags(facts, Captions()) == ("Reine", "Sea")


def test_an_unknown_way_of_making_tags_is_a_mistake():
    with pytest.raises(Mistake, match=r"“leafs”.*did you mean “leaves”\?"):
        compose(Facts(), "x", Captions(tags="leafs"), WIDE)


@given(st.permutations(["b", "A", "a", "C d", "sea", "Sea"]), st.sampled_from(["leaves", "levels", "flat"]))
def test_the_order_of_keywords_does_not_matter(keywords, mode):
    facts = Facts(keywords=tuple(keywords), keyword_paths=(("P", "sea"),))
    ordered = Facts(keywords=tuple(sorted(keywords)), keyword_paths=(("P", "sea"),))
    captions = Captions(text="{{ hashtags }} {{ keywords }}", tags=mode)
    assert compose(facts, "x", captions, WIDE) == compose(ordered, "x", captions, WIDE)


@pytest.mark.parametrize(
    ("word", "camel", "expected"),
    [
        ("golden gate bridge", True, "#GoldenGateBridge"),
        ("golden gate bridge", False, "#goldengatebridge"),
        ("iPhone", True, "#iPhone"),
        ("black & white", True, "#BlackAndWhite"),
        ("R&B", False, "#RandB"),
        ("\uff26\uff55\uff4c\uff4c", True, "#Full"),
        ("d'Or", True, "#dOr"),
        ("St. Ives", True, "#StIves"),
        ("children's day", True, "#ChildrensDay"),
        ("S\u00e3o Paulo", True, "#S\u00e3oPaulo"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", True, "#\u0939\u093f\u0928\u094d\u0926\u0940"),
        ("\u6d77", True, "#\u6d77"),
        ("snake_case", True, "#Snake_case"),
        ("f/8", True, "#F8"),
        ("2024", True, None),
        ("\U0001f30a", True, None),
        ("", True, None),
    ],
)
def test_hashtags_hold_letters_digits_and_underscores_of_any_script(word, camel, expected):
    assert hashtags([word], camel_case=camel) == ((expected,) if expected else ())


def test_hashtags_do_not_repeat_whatever_their_case():
    assert hashtags(["Sea side", "seaside", "SEASIDE", "b"], camel_case=True) == ("#SeaSide", "#B")


# --- templates --------------------------------------------------------------------------------------------------------


def test_a_template_sees_the_facts_and_missing_ones_leave_no_gap():
    template = (
        "{{ caption }}\n\n{{ headline }}\n\n{{ taken_line }}\n{{ shooting_line }}\n{{ camera_line }}\n{{ hashtags }}"
    )
    assert text(template) == (
        "Seen from the ferry\n\nTaken 3 May 2024\nISO 200 | 1/60 sec | f/8 | 50 mm\nS1 | S 50 mm f/2\n#Lofoten #Sea"
    )


def test_every_field_has_its_own_template_and_an_empty_one_gives_nothing():
    captions = Captions(title="{{ title or name }}", alt="{{ alt_text or headline or caption or title }}")
    made = compose(LIGHTHOUSE, "IMG_1", captions, WIDE)
    assert (made.title, made.text, made.alt, made.tags) == ("Lighthouse", "", "Seen from the ferry", ("Lofoten", "sea"))
    assert compose(Facts(), "IMG_1", captions, WIDE).title == "IMG_1"


def test_a_field_that_the_platform_does_not_show_stays_empty_and_is_not_called_cut():
    only_alt = Limits(frozenset({F.ALT}), frozenset(), frozenset(), title_len=1, text_len=1)
    made = compose(LIGHTHOUSE, "x", Captions(title="{{ title }}", text="{{ caption }}", alt="{{ title }}"), only_alt)
    assert (made.title, made.text, made.alt, made.tags, made.left_out) == ("", "", "Lighthouse", (), ())


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% for k in keywords if k != 'sea' %}{{ loop.index }}. {{ k|upper }}{% endfor %}", "1. LOFOTEN"),
        ("{% for p in keyword_paths %}{{ p|join(' > ') }}{% endfor %}", "Places > Norway > Lofoten"),
        ("{{ keywords[-1] }}{{ keywords[9] }}{{ people|first }}", "sea"),
        ("{{ title[:5] ~ '!' }}", "Light!"),
        ("{{ aperture }} {{ focal_length }} {{ iso }}{{ rating }}", "8 50 200"),
        ("{% if rating >= 3 or 3 > rating %}no{% else %}unrated{% endif %}", "unrated"),
        ("{% if iso > 100 and 'sea' in keywords and 'x' not in title %}yes{% endif %}", "yes"),
        ("{{ headline|default('none') }} {{ title|replace('Light', 'Dark')|lower }}", "none darkhouse"),
        ("{{ caption|truncate(10) }}{{ people|length }}", "Seen from\u20260"),
        ("{{ ['b', 'A']|sort|join('+') }} {{ 'new york'|title }} {{ ['new york']|hashtags }}", "A+b New York #NewYork"),
        ("{# a note #}{{ year }}", "2024"),
    ],
)
def test_what_templates_can_do(template, expected):
    assert text(template) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ title.__class__.__mro__ }}",
        "{{ keywords['__class__'] }}",
        "{{ title|attr('__class__') }}",
        "{{ title.upper() }}",
        "{{ self }}",
        "{% for k in keywords %}{{ loop.__class__ }}{% endfor %}",
        "{% for k in keywords %}{{ loop.cycle }}{% endfor %}",
        "{{ self._TemplateReference__context }}",
        "{{ _budget }}",
        "{{ title|_bounded }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler }}",
        "{{ 'x' * 10**9 }}",
        "{{ 10**10**10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for k in keywords recursive %}{{ loop(keywords) }}{% endfor %}",
        "{% set x = 'a' %}{{ x }}",
        "{% macro m() %}{% endmacro %}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{{ " + "(" * 900 + "1" + ")" * 900 + " }}",
        "{% if 1 %}" * 200 + "{% endif %}" * 200,
        "{{ title|center(1000000000) }}",
        "{{ title|replace('a') }}",
        "{{ title|join(d='x') }}",
        "{{ title|truncate('many') }}",
        "{{ title > 3 }}",
        "{% if title %}",
        "{{ title }",
        "x" * 5000,
    ],
)
def test_hostile_and_broken_templates_are_mistakes_that_name_the_template(template):
    started = time.perf_counter()
    with pytest.raises(Mistake, match="caption template “text”") as caught:
        text(template)
    assert "Nothing was changed" in caught.value.sentence
    assert time.perf_counter() - started < 5


def test_loops_within_loops_are_stopped():
    many = Facts(keywords=tuple(f"k{number}" for number in range(3000)))
    with pytest.raises(Mistake, match="repeats itself too often"):
        text("{% for a in keywords %}{% for b in keywords %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}", many)


def test_no_photo_makes_a_single_loop_a_mistake():
    many = Facts(keywords=tuple(f"k{number}" for number in range(20_000)))
    assert text("{% for k in keywords %}{{ k|upper|lower }}, {% endfor %}", many).startswith("k0, k1, k10, ")


def test_output_that_grows_without_end_is_cut():
    facts = Facts(caption="x" * 60_000)
    assert len(text("{{ caption }}" * 300, facts)) == 100_000


@pytest.mark.parametrize(
    ("name", "meant"), [("titel", "title"), ("shooting", "shooting_line"), ("creator", "creators")]
)
def test_an_unknown_name_is_a_mistake_with_a_suggestion_before_any_photo_is_looked_at(name, meant):
    with pytest.raises(Mistake, match=rf"names “{name}”.*did you mean “{meant}”\?"):
        check(Captions(title="{% if rating == 77 %}{{ " + name + " }}{% endif %}"))


HOSTILE = [
    "{{ 7*7 }}{% for x in y %}", "<script>alert(1)</script>", "\x1b[31mred", "../../etc/passwd", "a\x00b",
    "\u202egpj.exe", "'; DROP TABLE photos;--", "%s %n", "\\N{BULLET}", "=cmd()", "\ud800", "e" + "\u0301" * 500,
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_metadata_passes_through_as_text(value):
    made = compose(Facts(title=value, caption=value), value, Captions("{{ title }}", "{{ caption }} {{ name }}"), WIDE)
    expected = re.sub(r"[\x00\x1b]", "", unicodedata.normalize("NFC", value)).replace("\ud800", "\ufffd")
    assert made.title == expected
    assert made.text == f"{expected} {expected}"
    made.text.encode("utf-8")


def test_a_caption_of_ten_million_characters_is_cut_soon_and_named():
    started = time.perf_counter()
    made = compose(Facts(caption="wörd " * 2_000_000), "x", Captions(text="{{ caption }}"), limits(text_len=500))
    assert len(made.text) <= 500
    assert any("10,000,000" in sentence and f"{LONGEST_TEXT:,}" in sentence for sentence in made.left_out)
    assert time.perf_counter() - started < 5


FACTS = st.builds(
    Facts,
    title=st.text(max_size=30),
    caption=st.text(max_size=200),
    keywords=st.lists(st.text(max_size=9), max_size=5).map(tuple),
)


@given(FACTS, st.sampled_from(Count), st.integers(0, 60))
def test_composing_is_deterministic_and_never_exceeds_any_limit(facts, count, limit):
    captions = Captions("{{ title }}", "{{ caption }}\n{{ hashtags }}", "{{ caption or title }}")
    room = limits(title_len=limit, text_len=limit, alt_len=limit, tags_max=2, count=count)
    made = compose(facts, "x", captions, room)
    assert made == compose(facts, "x", captions, room)
    assert all(length(part, count) <= limit for part in (made.title, made.text, made.alt))
    assert len(made.tags) <= 2


# --- lengths and cutting ----------------------------------------------------------------------------------------------

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
THUMB = "\U0001f44d\U0001f3fd"
FLAGS = "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7"
KEYCAP = "1\ufe0f\u20e3"


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("plain", 5), ("e\u0301", 1), (FAMILY, 1), (THUMB, 1), (FLAGS, 2), (FLAGS[:3], 2), (KEYCAP, 1),
        ("\u2764\ufe0f", 1), ("\uac00\uac01", 2), ("\u1100\u1161\u11a8", 1), ("\u0e01\u0e33", 1), ("a\r\nb", 3),
        ("", 0), ("a\nb", 3), ("\U0001f3f4\U000e0067\U000e0062\U000e007f", 1), ("\u0905\u202e\u0905", 3),
        ("\u0600\u0661", 1), ("\U0001f642\u200d\u2194\ufe0f", 1), ("a\u200db", 2), ("\u0915\u094d\u0937", 2),
    ],
)  # fmt: skip
def test_graphemes_are_what_people_see_as_one_character(written, count):
    assert graphemes(written) == count


def test_an_indic_conjunct_counts_as_its_parts_and_is_never_cut():
    assert list(clusters("a\u0915\u094d\u0937\u093ea")) == ["a", "\u0915\u094d\u0937\u093e", "a"]


@given(st.text(max_size=60))
def test_clusters_joined_are_the_text_again(written):
    assert "".join(clusters(written)) == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://example.org/" + "a" * 200, 23),
        ("http://a.de", 23),
        ("see https://example.org/x.", 4 + 23 + 1),
        ("https://example.org/(x", 23 + 2),
        ("https://\u00e4.de", 23),
        ("ftp://example.org", 17),
        (FAMILY + " https://example.org", 25),
    ],
)
def test_a_link_counts_as_23_where_graphemes_are_counted(written, expected):
    assert length(written, Count.GRAPHEMES) == expected
    assert length(written, Count.CODE_POINTS) == len(written)
    assert length(written, Count.BYTES) == len(written.encode())


@pytest.mark.parametrize(
    ("written", "limit", "count", "expected"),
    [
        ("one two three", 13, Count.CODE_POINTS, "one two three"),
        ("one two three", 12, Count.CODE_POINTS, "one two\u2026"),
        ("one, two three", 8, Count.CODE_POINTS, "one\u2026"),
        ("one two", 4, Count.CODE_POINTS, "one\u2026"),
        ("unbreakable", 5, Count.CODE_POINTS, "unbr\u2026"),
        ("\u6d77\u6d77\u6d77\u6d77", 3, Count.CODE_POINTS, "\u6d77\u6d77\u2026"),
        ("\u6d77\u6d77\u6d77\u6d77", 9, Count.BYTES, "\u6d77\u6d77\u2026"),
        (FAMILY * 3, 2, Count.GRAPHEMES, FAMILY + "\u2026"),
        (FAMILY * 3, 7, Count.CODE_POINTS, FAMILY + "\u2026"),
        (FAMILY * 3, 5, Count.CODE_POINTS, "\u2026"),
        ("see https://example.org/a/long/one", 20, Count.CODE_POINTS, "see\u2026"),
        ("https://example.org/a and more words", 26, Count.GRAPHEMES, "https://example.org/a \u2026"),
        ("abc", 1, Count.CODE_POINTS, "\u2026"),
        ("abc", 2, Count.BYTES, ""),
        ("abc", 0, Count.CODE_POINTS, ""),
    ],
)
def test_texts_are_cut_at_a_word_with_a_visible_mark(written, limit, count, expected):
    assert fitted(written, limit, count).text == expected


PIECES = st.sampled_from(
    [
        FAMILY,
        THUMB,
        FLAGS,
        KEYCAP,
        "e\u0301",
        " ",
        "word",
        "https://example.org/x",
        "\u0915\u094d\u0937",
        "\uac01",
        "\n",
        "#tag",
    ]
)


@given(st.lists(PIECES, max_size=20).map("".join) | st.text(max_size=60), st.integers(0, 40), st.sampled_from(Count))
def test_a_fitted_text_never_exceeds_its_limit_nor_cuts_a_grapheme_or_a_link(written, limit, count):
    made = fitted(written, limit, count)
    assert length(made.text, count) <= limit
    if made.text == written:
        assert made.rest == ""
        return
    kept = made.text.removesuffix("\u2026").rstrip()
    assert written.startswith(kept)
    boundaries = [0]
    for cluster in clusters(written):
        boundaries.append(boundaries[-1] + len(cluster))
    assert len(kept) in boundaries
    assert not any(link.start() < len(kept) < link.end() for link in re.finditer(r"https?://\S+", written))


def test_what_was_left_out_is_named():
    facts = Facts(caption="One two three four five six", keywords=("a", "b", "c", "x" * 300))
    made = compose(facts, "x", Captions(text="{{ caption }}"), limits(text_len=10, tags_max=1))
    assert made.text == "One two\u2026"
    assert made.tags == ("a",)
    assert any("“three four five six”" in sentence for sentence in made.left_out)
    assert any("left out b, c" in sentence for sentence in made.left_out)
    assert any("more than 200 characters" in sentence for sentence in made.left_out)


def test_the_page_about_captions_lists_every_name_and_filter_and_no_other():
    page = (Path(__file__).parent.parent / "docs" / "reference" / "captions.md").read_text(encoding="utf-8")
    names, filters = page.split("## Names")[1].split("## Filters")
    listed = set(re.findall(r"^\| `([a-z_0-9]+)`", names, re.MULTILINE))
    assert listed == known()
    assert set(re.findall(r"^\| `([a-z_]+)", filters.split("## ")[0], re.MULTILINE)) == set(FILTERS) - INTERNAL


def test_rights_and_place_have_names_of_their_own():
    facts = Facts(rights=Rights(("A", "B"), copyright="c"), place=Place(city="Oslo", latitude=1.5, longitude=-2.25))
    assert (
        text("{{ creators }} {{ copyright }} {{ city }} {{ latitude }} {{ longitude }}", facts)
        == "A, B c Oslo 1.5 -2.25"
    )
