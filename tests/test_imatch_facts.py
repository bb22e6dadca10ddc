"""What IMatch says of a photo, as facts: the samples of the older programs, odd answers, and what the file knows."""

from __future__ import annotations

import pytest

from heliograph.caption.lines import camera_line, date, shooting_line, taken_line
from heliograph.errors import Mistake
from heliograph.libraries.imatch.keywords import from_categories
from heliograph.libraries.imatch.options import KEYWORDS, CategoryKeywords, Options, check
from heliograph.libraries.imatch.reading import Told, facts
from heliograph.model import Exposure, Facts, Overruled, Place, Rights, Taken

OWN = Facts(width_px=48, height_px=32)


def told(row=None, /, categories=(), own=OWN, **options):
    return facts(Told({"id": 1, **(row or {})}, Options(**options)), categories, own)


SHOT = {
    "iso": "3200",
    "shutter_speed": "1/100",
    "aperture": "6.3",
    "focal_length": "45.0 mm",
    "model": "Canon EOS R50",
    "lens": "RF-S18-45mm F4.5-6.3 IS STM",
}


@pytest.mark.parametrize("sign", [".", ","])
def test_the_shooting_line_is_that_of_the_older_program_with_a_point_or_a_comma(sign):
    row = {**SHOT, "aperture": f"6{sign}3", "focal_length": f"45{sign}0 mm"}
    assert shooting_line(told(row).exposure) == "ISO 3200 | 1/100 sec | f/6.3 | 45 mm"


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ({"focal_length": ""}, "ISO 3200 | 1/100 sec | f/6.3"),
        ({"iso": None, "aperture": ""}, "1/100 sec | 45 mm"),
        ({"iso": "{File.MD.iso|value:formatted}", "shutter_speed": "Error: File.MD.shutterspeed has no value."}, ""),
    ],
)
def test_what_is_missing_leaves_no_dangling_bar(missing, line):
    row = {**SHOT, **missing} if line else missing
    assert shooting_line(told(row).exposure) == line


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1/100", (1, 100)),
        ("2,5", (5, 2)),
        ("0.5", (1, 2)),
        ("30", (30, 1)),
        ("1/0", None),
        ("0", None),
        ("fast", None),
    ],
)
def test_exposure_times_are_fractions_of_seconds(written, seconds):
    assert told({"shutter_speed": written}).exposure.shutter_s == seconds


def test_a_comma_counts_only_where_the_settings_say_so():
    row = {"aperture": "6,3", "focal_length": "45,0 mm", "shutter_speed": "2,5", "latitude": "-36,75"}
    assert told(row, decimal_comma=False).exposure == Exposure()
    assert told(row).exposure == Exposure(shutter_s=(5, 2), aperture_f=6.3, focal_mm=45.0)


@pytest.mark.parametrize(
    ("model", "lens", "line"),
    [
        ("Canon EOS R50", "RF24-105mm", "Canon EOS R50 | RF24-105mm"),
        ("Canon EOS R50", "  ", "Canon EOS R50"),
        ("UltraFractal", "", "Digital image generated in Ultrafractal."),
        ("ScanSnap S1300", "", "Digitised from a print scanned using a Fujitsu ScanSnap S1300."),
        ("", "", ""),
    ],
)
def test_the_camera_line_is_that_of_the_older_program(model, lens, line):
    assert camera_line(told({"model": model, "lens": lens})) == line


def test_camera_texts_are_the_owners():
    assert told({"model": "X1"}, camera_texts={"X1": "My box."}).camera_model == "My box."
    assert told({"model": "UltraFractal"}, camera_texts={}).camera_model == "UltraFractal"


@pytest.mark.parametrize("circa", ["Y:M:_", "Y:~:_", "Y", "_"])
def test_an_uncertain_date_is_told_as_the_older_program_did(circa):
    taken = told({"datetime": "2024-03-01T00:00:00", "circa": circa}).taken
    assert taken_line(taken) == "Taken ca. 1 March 2024"


def test_the_owners_own_words_for_a_date_stay():
    assert date(told({"datetime": "1936-01-01T00:00:00", "circa": "ca. 1936"}).taken) == "ca. 1936"
    assert date(told({"circa": "before the war"}).taken) == "before the war"


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("2024-03-19T18:42:10", Taken("2024-03-19T18:42:10")),
        ("2024-03-19T18:42:10.250", Taken("2024-03-19T18:42:10", "250")),
        ("2024-03-19T18:42:10+0200", Taken("2024-03-19T18:42:10", "", "+02:00")),
        ("2024-03-19T18:42:10Z", Taken("2024-03-19T18:42:10", "", "+00:00")),
        ("2024-03-19T00:00:00", Taken("2024-03-19")),
        ("", None),
        (None, None),
        ("yesterday", None),
    ],
)
def test_dates_are_local_and_midnight_is_no_time(written, taken):
    assert told({"datetime": written}).taken == taken
    assert date(told({"datetime": "2024-03-19T18:42:10"}).taken) == "19 March 2024"


def test_what_is_finer_than_a_second_is_known_by_the_file_alone():
    own = Facts(taken=Taken("2024-03-19T18:42:10", "25", "+02:00"))
    assert told({"datetime": "2024-03-19T18:42:10"}, own=own).taken == own.taken
    assert told({"datetime": "2024-03-20T18:42:10"}, own=own).taken == Taken("2024-03-20T18:42:10")


# --- keywords ---------------------------------------------------------------------------------------------------------

CATEGORIES = (
    "Location|Austria|Styria|Graz|Home",
    "Event|Festival|Easter Festival|2024",
    "Event|Celebration|New Year",
    "Event",
    "Event|Festival",
    "Image Characteristics",
    "Image Characteristics|Genre|landscape",
    "Image Characteristics|Genre|astrophotography",
    "Image Characteristics|Technique|mono",
    "Socials|flickr",
    "@Keywords|nature",
)
DEC_2024 = (
    CategoryKeywords("Location", 4),
    *KEYWORDS[1:],
    CategoryKeywords("Image Characteristics|Technique", also={"mono": ("monochrome",)}),
)
GENRES = ["astrophotography", "landscape", "landscape photography"]


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (KEYWORDS, ["Austria", "Styria", "Graz", "Easter Festival", "New Year", *GENRES]),
        (DEC_2024, ["Austria", "Styria", "Graz", "Home", "Easter Festival", "New Year", *GENRES, "mono", "monochrome"]),
        ((), []),
    ],
    ids=["2025-01-31, the default", "2024-12", "none"],
)
def test_categories_become_keywords_as_they_did_in_each_period(period, words):
    assert list(from_categories(CATEGORIES, period)) == words


def test_hierarchical_keywords_stay_paths_and_short_categories_name_nothing():
    row = {"hierarchical_keywords": ["nature|water", "genre | landscape", "nature|water", ""]}
    found = told(row, ["Event", "Image Characteristics", "Socials"])
    assert found.keyword_paths == (("genre", "landscape"), ("nature", "water"))
    assert found.keywords == ()


def test_a_single_keyword_may_come_as_text():
    assert told({"hierarchical_keywords": "nature|water"}).keyword_paths == (("nature", "water"),)


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "alt"),
    [
        ({"alt": "A quay", "headline": "Boats", "description": "Three boats"}, "A quay"),
        ({"headline": "Boats", "description": "Three boats"}, "Boats"),
        ({"description": "Three\nboats"}, "Three boats"),
        ({"ai": "machine words"}, ""),
        ({}, ""),
    ],
)
def test_the_alt_text_is_the_first_that_the_settings_name(row, alt):
    assert told(row).alt_text == alt


def test_the_alt_text_may_be_another_text():
    row = {"alt": "A quay", "ai": "machine words"}
    assert told(row, alt_text=("ai", "alt")).alt_text == "machine words"


def test_entities_are_turned_back_once_and_never_twice():
    row = {
        "title": "Tom &amp; Jerry&#39;s &amp;lt;caf\u00e9&amp;gt;",
        "hierarchical_keywords": ["people|Anna &amp; Ben"],
    }
    assert told(row).title == "Tom & Jerry's &lt;café&gt;"
    assert told(row).keyword_paths == (("people", "Anna & Ben"),)
    assert told(row, entities=False).title == row["title"]


def test_texts_come_in_one_form_whatever_their_line_ends():
    found = told({"title": "  two\r\nlines\tand a tab ", "description": "one\r\n\r\ntwo \U0001f305"})
    assert found.title == "two lines and a tab"
    assert found.caption == "one\n\ntwo \U0001f305"


@pytest.mark.parametrize("odd", [None, "{File.MD.headline}", "Error: File.MD.headline has no value.", {"x": 1}])
def test_what_is_no_value_is_empty(odd):
    assert told({"headline": odd}).headline == ""


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        ("-36.757", "144.279", (-36.757, 144.279)),
        ("-36,757", "144,279", (-36.757, 144.279)),
        ("36.757 S", "144.279", (-36.757, 144.279)),
        ("91", "144", (None, None)),
        ("-36.757", "", (None, None)),
    ],
)
def test_positions_are_whole_or_not_there(latitude, longitude, place):
    found = told({"latitude": latitude, "longitude": longitude}).place
    assert (found.latitude, found.longitude) == place


def test_rights_and_ratings_are_read():
    row = {"copyright": "Anna", "marked": "True", "licence": "https://l.example", "creator": "Anna", "rating": "5,00"}
    found = told(row)
    assert found.rights == Rights(("Anna",), "", "Anna", "", "https://l.example", marked=True)
    assert found.rating == 5
    assert told({"rating": "0"}).rating is None


# --- the file's own words ---------------------------------------------------------------------------------------------


def test_what_only_the_file_says_stays_at_home_and_is_heard():
    own = Facts(
        keywords=("secret", "water"),
        keyword_paths=(("Private", "home"), ("nature", "water")),
        people=("Anna Berg",),
        place=Place(47.0, 15.0, None, city="Graz"),
        unread=("XMP cannot be read.",),
        overruled=Overruled(people=("Ben",)),
    )
    found = told({"title": "T", "hierarchical_keywords": ["nature|water"]}, own=own)
    assert ("secret",) in [path for _, path in found.overruled.keywords]
    assert ("Private", "home") in [path for _, path in found.overruled.keywords]
    assert ("water",) not in [path for _, path in found.overruled.keywords]
    assert found.overruled.people == ("Anna Berg", "Ben")
    assert found.overruled.place_names == ("Graz",)
    assert found.overruled.positions == ((47.0, 15.0),)
    assert found.unread == own.unread
    assert (found.people, found.place) == ((), Place())


@pytest.mark.parametrize(
    "wrong",
    [
        {"alt_text": ("title",)},
        {"root": " "},
        {"update_flag": "_metadata"},
        {"errors": "a|b"},
        {"formats": ()},
        {"timeout_s": 0.0},
        {"required": {"flickr": ("title",)}},
    ],
)
def test_settings_that_cannot_be_meant_are_mistakes(wrong):
    with pytest.raises(Mistake, match=r"\[library\] of photos: .*\."):
        check(Options(**wrong), "photos")
