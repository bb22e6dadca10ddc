"""What a post of the fediverse says, and what a text does without where it is too long."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.caption import compose, length
from heliograph.model import Count, Exposure, F, Facts, Limits, Taken
from heliograph.platforms.fediverse.captions import CAPTIONS as FEDIVERSE
from heliograph.policy import Captions

EVERY_FIELD = frozenset({F.TITLE, F.TEXT, F.ALT, F.TAGS})
FACTS = st.builds(
    Facts,
    title=st.text(max_size=30),
    caption=st.text(max_size=200),
    keywords=st.lists(st.text(max_size=9), max_size=5).map(tuple),
)


def limits(**some):
    return Limits(EVERY_FIELD, EVERY_FIELD, EVERY_FIELD, **some)


POST = Facts(
    title="Lighthouse",
    headline="The last one before the ice",
    alt_text="A white tower above a grey sea",
    keywords=("sea", "Lofoten", "black & white"),
    taken=Taken("2024-05-03T14:05:06"),
    camera_make="Sunny",
    camera_model="S1",
    lens="S 50 mm f/2",
    exposure=Exposure(200, (1, 60), 8.0, 50.0),
)
FIRST_LINE = "Lighthouse -- The last one before the ice (Taken 3 May 2024)"


def posted(facts, room=None):
    return compose(facts, "IMG_1", FEDIVERSE, limits(text_len=room, alt_len=1500, count=Count.GRAPHEMES))


def test_a_post_of_the_fediverse_says_title_headline_date_hashtags_and_how_it_was_made():
    assert posted(POST).text == (
        f"{FIRST_LINE}\n\n#BlackAndWhite #Lofoten #Sea\n\nISO 200 | 1/60 sec | f/8 | 50 mm\nS1 | S 50 mm f/2"
    )
    assert posted(POST).alt == "A white tower above a grey sea"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(title="Lighthouse"), "Lighthouse"),
        (Facts(headline="Ice"), "Ice"),
        (Facts(title="Ice", headline="Ice"), "Ice"),
        (Facts(caption="Seen from the ferry", taken=Taken("2024-05")), "Seen from the ferry (Taken May 2024)"),
        (Facts(title="Ball", taken=Taken("2019-11-02", circa="ca. 1936")), "Ball (Taken ca. 1936)"),
        (Facts(taken=Taken("2024"), keywords=("sea",)), "Taken 2024\n\n#Sea"),
        (Facts(keywords=("sea",)), "#Sea"),
        (Facts(title="Ball", keywords=("1936",)), "Ball"),
        (Facts(title="Ball", camera_model="S1"), "Ball\n\nS1"),
        (Facts(title="Ball", exposure=Exposure(iso=100), keywords=("sea",)), "Ball\n\n#Sea\n\nISO 100"),
        (Facts(title="Ball", headline="At last", lens="L 1"), "Ball -- At last\n\nL 1"),
        (Facts(), "IMG_1"),
    ],
)
def test_nothing_dangles_in_a_post_where_a_part_is_missing(facts, expected):
    assert posted(facts).text == expected


FULL_LENGTH = length(posted(POST).text, Count.GRAPHEMES)


def test_a_text_that_is_too_long_loses_hashtags_from_the_end_then_the_camera_then_the_exposure_then_words():
    made = {room: posted(POST, room) for room in range(FULL_LENGTH + 1)}
    assert made[FULL_LENGTH] == posted(POST)
    one_less = made[FULL_LENGTH - 1]
    assert one_less.text == posted(POST).text.replace(" #Sea", "")
    assert one_less.left_out == (f"The text has room for {FULL_LENGTH - 1} characters: left out #Sea.",)
    said = [tuple(part in made[room].text for part in ("#Sea", "#Lofoten", "#Black", "S1 |", "ISO")) for room in made]
    order = list(dict.fromkeys(reversed(said)))
    assert order == [
        (True, True, True, True, True),
        (False, True, True, True, True),
        (False, False, True, True, True),
        (False, False, False, True, True),
        (False, False, False, False, True),
        (False, False, False, False, False),
    ]
    assert made[len(FIRST_LINE)].text == FIRST_LINE
    assert made[len(FIRST_LINE)].too_long == ()
    cut = made[len(FIRST_LINE) - 1]
    assert cut.text == "Lighthouse -- The last one before the ice (Taken 3 May\u2026"
    assert [part in cut.left_out[0] for part in ("#BlackAndWhite #Lofoten #Sea", "“S1 |", "“ISO 200 |")] == [True] * 3
    assert "left out “2024)”" in cut.left_out[1]
    assert cut.too_long == (
        'Its text has 60 characters, and only 59 fit there: shorten it, or set captions.too_long = "cut".',
    )


def test_what_a_template_does_not_name_is_not_called_left_out():
    made = compose(POST, "x", Captions(text="{{ title }} {{ headline }}"), limits(text_len=20))
    assert made.text == "Lighthouse The last\u2026"
    assert len(made.left_out) == 1


def test_of_many_hashtags_as_many_as_fit_stay_and_the_others_are_counted():
    many = Facts(title="Reef", keywords=tuple(f"fish number {number:03}" for number in range(200)))
    made = posted(many, 100)
    assert (
        made.text == "Reef\n\n#FishNumber000 #FishNumber001 #FishNumber002 #FishNumber003 #FishNumber004 #FishNumber005"
    )
    assert made.left_out[0].endswith("#FishNumber015 and 184 more hashtags.")


def test_tags_of_their_own_are_not_spared_for_the_text():
    made = compose(POST, "x", Captions(text="{{ title }} {{ hashtags }}"), limits(text_len=12))
    assert (made.text, made.tags) == ("Lighthouse", ("black & white", "Lofoten", "sea"))


@given(FACTS, st.integers(0, 80))
def test_words_are_only_cut_where_nothing_is_left_to_spare(facts, room):
    made = posted(replace(facts, exposure=POST.exposure, camera_model="S1"), room)
    assert length(made.text, Count.GRAPHEMES) <= room
    if made.too_long:
        bare = posted(replace(facts, keywords=(), exposure=Exposure(), camera_model="")).text
        assert length(bare, Count.GRAPHEMES) > room
