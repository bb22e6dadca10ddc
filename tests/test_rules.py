import re
from dataclasses import replace
from itertools import permutations
from math import cos, radians
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.errors import Mistake
from heliograph.model import Facts, Overruled, Photo, Place, Rights, Taken
from heliograph.policy import PlatformPolicy, PrivatePlace, Rules, Warn
from heliograph.rules import REQUIRABLE, let_out, refusals, warning
from heliograph.rules.places import METRES_PER_DEGREE, blurred, great_circle_m

SITE = PlatformPolicy("site", "site")


def photo(facts=None, where="2024/Lofoten/LOF_0001.jpg", wishes=()):
    return Photo(where, "ab" * 32, "jpeg scans", "image/jpeg", 1000, facts or Facts(), wishes)


def tagged(*written, keywords=()):
    return Facts(keyword_paths=tuple(sorted(tuple(path.split("|")) for path in written)), keywords=keywords)


def with_rules(**rules):
    return PlatformPolicy("site", "site", rules=Rules(**rules))


# --- keywords ---------------------------------------------------------------------------------------------------------


def test_a_withheld_branch_takes_its_leaf_and_middle_levels_along_among_the_flat_keywords():
    facts = tagged("People|Family|Anna", "Nature|Sea", keywords=("Anna", "family", "people", "Sea", "boat"))
    out = let_out(facts, SITE)
    assert out.facts.keyword_paths == (("Nature", "Sea"),)
    assert out.facts.keywords == ("Sea", "boat")
    assert any("Anna" in sentence and "rules keep" in sentence for sentence in out.withheld)


def test_a_word_that_a_leaving_path_says_stays_also_where_a_withheld_path_has_it():
    facts = tagged("Socials|site|albums|Norway", "Places|Norway", keywords=("Norway", "site"))
    out = let_out(facts, SITE)
    assert out.facts.keywords == ("Norway",)
    assert out.facts.keyword_paths == (("Places", "Norway"),)


def test_the_branch_of_the_wishes_never_leaves_also_as_a_flat_path():
    facts = tagged("Socials|site", keywords=("Socials|flickr", "Socials", "site", "sea"))
    assert let_out(facts, with_rules(withhold=(), never=())).facts.keywords == ("sea",)


def test_a_flat_leaf_of_a_withheld_branch_stays_at_home_where_no_path_explains_it():
    rules = with_rules(withhold=("Work|Clients",))
    assert let_out(Facts(keywords=("clients", "sea")), rules).facts.keywords == ("sea",)
    explained = tagged("Agency|Clients", keywords=("Clients",))
    assert let_out(explained, rules).facts.keywords == ("Clients",)


def test_a_single_level_path_is_treated_as_a_flat_keyword():
    facts = Facts(keyword_paths=(("Anna",), ("People", "Anna"), ("sea",)))
    assert let_out(facts, SITE).facts.keyword_paths == (("sea",),)


def test_keep_lets_only_its_branches_out_and_withhold_still_wins():
    rules = with_rules(keep=("Nature",), withhold=("Nature|Secret",))
    facts = tagged("Nature|Sea", "Nature|Secret|Nest", "Places|Oslo", keywords=("Sea", "Nest", "Oslo", "odd", "nature"))
    out = let_out(facts, rules).facts
    assert out.keyword_paths == (("Nature", "Sea"),)
    assert out.keywords == ("Sea", "nature")


def test_people_stay_at_home_wherever_their_names_stand_unless_they_are_let_out():
    facts = replace(tagged("Events|Anna Berg|Party", keywords=("anna berg", "sea")), people=("Anna Berg",))
    out = let_out(facts, SITE)
    assert (out.facts.people, out.facts.keywords, out.facts.keyword_paths) == ((), ("sea",), ())
    assert any("rules.people" in sentence for sentence in out.withheld)
    assert let_out(facts, with_rules(people=True)).facts.people == ("Anna Berg",)


def test_invisible_signs_and_other_encodings_do_not_smuggle_a_name_out():
    facts = Facts(people=("Zo\u00eb",), keywords=("Zoe\u0308", "Z\u200bo\u00eb", "\uff3ao\u00eb", "ZO\u00cb"))
    assert let_out(facts, SITE).facts.keywords == ()


def test_reading_notes_never_leave():
    facts = Facts(
        sources=(("title", "XMP"),),
        warnings=("Anna was here",),
        unread=("Anna was here",),
        overruled=Overruled(keywords=(("IPTC", ("Anna",)),), people=("Anna",)),
    )
    assert let_out(facts, SITE).facts == Facts()


def test_many_withheld_keywords_are_one_sentence_that_says_how_many():
    out = let_out(tagged(*(f"People|P{number:03}" for number in range(500))), SITE)
    assert len(out.withheld) == 1
    assert "and 488 more" in out.withheld[0]


@pytest.mark.parametrize(
    "keyword",
    [
        *("People/Anna", "Anna < People", "people: Anna", "sea, Anna Berg", "Family/anna", "Anna", "Berg"),
        *("with Anna Berg", "Z\u034fo\u00eb", "People\ufe0f"),
    ],
)
def test_names_and_branches_are_known_also_within_a_flat_keyword(keyword):
    facts = Facts(keywords=(keyword, "sea"), people=("Anna Berg", "Zo\u00eb"))
    assert let_out(facts, SITE).facts.keywords == ("sea",)


def test_a_word_that_merely_begins_like_a_name_leaves():
    facts = Facts(keywords=("Annapolis", "bergamot", "New moon"), people=("Anna Berg",), place=Place(city="New York"))
    assert let_out(facts, SITE).facts.keywords == ("Annapolis", "bergamot", "New moon")


@pytest.mark.parametrize("path", ["Events|People|Anna", "Keywords|Private|Diary", "Tags|Private"])
def test_a_withheld_branch_is_found_at_any_depth(path):
    assert let_out(tagged(path, keywords=tuple(path.split("|"))), SITE).facts == Facts()


def test_what_an_overruled_container_says_stays_at_home_among_the_keywords():
    told = Overruled(keywords=(("XMP", ("People", "Anna")),), people=("Jo Doe",), place_names=("Bonn",))
    facts = Facts(keywords=("Anna", "Jo Doe", "Bonn", "sea"), overruled=told)
    assert let_out(facts, SITE).facts.keywords == ("sea",)


WORDS = st.sampled_from(["Anna", "anna", "Sea", "People", "Family", "Norway", "Oslo", "Private", "Client", "x"])


@given(st.lists(WORDS, max_size=5), st.lists(st.lists(WORDS, min_size=1, max_size=3).map(tuple), max_size=4), st.data())
def test_the_order_of_keywords_changes_nothing_but_their_order(words, found, data):
    keywords = tuple(dict.fromkeys(words))
    facts = Facts(keywords=keywords, keyword_paths=tuple(sorted(set(found))), people=("Anna",))
    shuffled = replace(facts, keywords=tuple(data.draw(st.permutations(keywords))))
    one, two = let_out(facts, SITE), let_out(shuffled, SITE)
    assert sorted(one.facts.keywords) == sorted(two.facts.keywords)
    assert one.facts.keyword_paths == two.facts.keyword_paths
    assert one.withheld == two.withheld


# --- places -----------------------------------------------------------------------------------------------------------

HOME = PrivatePlace("Home", 60.0, 10.0, radius_m=500)
THERE = Place(60.001, 10.001, 120.0, "Lane 3", "Oslo", "Oslo fylke", "Norway", "NO")


def placed(place, *homes, keywords=()):
    return let_out(Facts(place=place, keywords=keywords), with_rules(place=True, private_places=homes))


def test_without_leave_no_place_leaves_and_no_keyword_that_names_it():
    out = let_out(Facts(place=THERE, keywords=("oslo", "Norway", "sea")), SITE)
    assert (out.facts.place, out.facts.keywords) == (Place(), ("sea",))
    assert any("rules.place is off" in sentence for sentence in out.withheld)


def test_outside_private_places_the_place_leaves_as_it_is():
    away = replace(THERE, latitude=61.0)
    assert placed(away, HOME, keywords=("Oslo",)).facts == Facts(place=away, keywords=("Oslo",))


def test_in_a_private_place_position_names_and_keywords_that_name_it_stay_at_home():
    out = placed(THERE, HOME, keywords=("Lane 3", "home", "OSLO", "sea"))
    assert (out.facts.place, out.facts.keywords) == (Place(), ("sea",))


def test_a_place_without_a_position_is_private_by_its_name():
    assert placed(Place(sublocation="home", city="Oslo"), HOME).facts.place == Place()
    assert placed(Place(city="Oslo"), HOME).facts.place == Place(city="Oslo")


def test_a_place_without_a_position_is_private_also_by_a_part_of_its_name():
    assert placed(Place(sublocation="Garden, HOME", city="Oslo"), HOME).facts.place == Place()
    assert placed(Place(sublocation="Homestead", city="Oslo"), HOME).facts.place.sublocation == "Homestead"


def test_of_a_photo_without_a_position_the_name_of_a_private_place_stays_at_home_as_a_keyword():
    assert placed(Place(), HOME, keywords=("home", "Home|Garden", "sea")).facts.keywords == ("sea",)
    away = Place(61.0, 10.0)
    assert placed(away, HOME, keywords=("home", "sea")).facts.keywords == ("home", "sea")


def test_a_position_in_an_overruled_container_makes_a_place_private_too():
    away, told = replace(THERE, latitude=61.0), Overruled(positions=((60.001, 10.001),))
    rules = with_rules(place=True, private_places=(HOME,))
    assert let_out(Facts(place=away), rules).facts.place == away
    assert let_out(Facts(place=away, overruled=told), rules).facts.place == Place()
    named = Place(city="Oslo")
    assert let_out(Facts(place=named, overruled=told), rules).facts.place == Place()


def test_a_blurred_place_keeps_the_city_and_a_rounded_position():
    out = placed(THERE, replace(HOME, blur_m=5000), keywords=("Lane 3", "Home", "Oslo")).facts
    assert out.keywords == ("Oslo",)
    assert (out.place.sublocation, out.place.city, out.place.altitude_m) == ("", "Oslo", None)
    assert out.place.latitude is not None
    assert out.place.longitude is not None
    assert 0 < great_circle_m(out.place.latitude, out.place.longitude, 60.001, 10.001) < 5000


def test_every_position_of_a_cell_is_blurred_to_the_same_point():
    assert len({blurred(60.0 + step / 1e5, 10.0 + step / 1e5, 20_000) for step in range(50)}) == 1


def test_where_two_private_places_overlap_the_stricter_one_wins():
    blurring = replace(HOME, blur_m=1000)
    assert placed(THERE, blurring, HOME).facts.place == Place()
    coarse = placed(THERE, blurring, replace(HOME, blur_m=90_000)).facts.place
    assert coarse == placed(THERE, replace(HOME, blur_m=90_000)).facts.place


@pytest.mark.parametrize(
    ("home", "position", "inside"),
    [
        ((0.0, 179.999), (0.0, -179.999), True),
        ((89.9999, 0.0), (89.9999, 180.0), True),
        ((-90.0, 0.0), (-89.9999, 77.0), True),
        ((0.0, 0.0), (0.0, 0.01), False),
        ((60.0, 10.0), (60.0, 10.0 + 400 / (METRES_PER_DEGREE * cos(radians(60)))), True),
        ((60.0, 10.0), (60.0, 10.0 + 600 / (METRES_PER_DEGREE * cos(radians(60)))), False),
    ],
)
def test_circles_are_right_across_the_date_line_and_at_the_poles(home, position, inside):
    out = placed(Place(*position, country="X"), PrivatePlace("P", *home, radius_m=500))
    assert (out.facts.place == Place()) is inside


def test_distances_agree_with_known_ones():
    assert great_circle_m(0, 0, 0, 180) == pytest.approx(20_015_115, rel=1e-4)
    assert great_circle_m(52.52, 13.405, 48.8566, 2.3522) == pytest.approx(877_500, rel=5e-3)


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(1, 1e7))
def test_a_blurred_position_is_on_the_planet_and_at_most_a_cell_away(latitude, longitude, grid_m):
    north, east = blurred(latitude, longitude, grid_m)
    assert -90 <= north <= 90
    assert -180 <= east <= 180
    assert great_circle_m(north, east, latitude, longitude) <= grid_m * 1.6 + 1


@pytest.mark.parametrize("latitude", [None, float("nan"), float("inf"), 91.0])
def test_half_or_impossible_positions_stay_at_home(latitude):
    out = placed(replace(THERE, latitude=latitude), keywords=())
    assert (out.facts.place.latitude, out.facts.place.longitude, out.facts.place.city) == (None, None, "Oslo")


# --- licence and refusals ---------------------------------------------------------------------------------------------

BY = "https://creativecommons.org/licenses/by/4.0/"


def refused(facts, **rules):
    policy = with_rules(**rules)
    return refusals(photo(facts), policy, let_out(facts, policy).facts)


def test_the_owners_licence_fills_in_only_where_the_photo_states_none():
    assert let_out(Facts(), with_rules(licence=BY)).facts.rights.licence_url == BY
    assert let_out(Facts(), with_rules(licence="Ask me")).facts.rights == Rights(usage_terms="Ask me")
    for stated in (Rights(licence_url="https://x.example/l"), Rights(usage_terms="None"), Rights(marked=False)):
        assert let_out(Facts(rights=stated), with_rules(licence=BY)).facts.rights == stated


@pytest.mark.parametrize(
    ("stated", "allowed"),
    [
        (BY, "http://www.creativecommons.org/licenses/by/4.0/deed.de"),
        (BY, "CC BY 4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0"),
        ("Ask Me", "ask  me"),
        ("", "All rights reserved"),
    ],
)
def test_one_licence_written_in_two_ways_is_one_licence(stated, allowed):
    assert refused(Facts(rights=Rights(licence_url=stated)), licences=(allowed,)) == ()


def test_another_licence_is_refused_and_so_is_none():
    by_nc = Facts(rights=Rights(licence_url="https://creativecommons.org/licenses/by-nc/4.0/"))
    assert "by-nc" in refused(by_nc, licences=("CC BY 4.0",))[0]
    assert "states no licence" in refused(Facts(), licences=("CC BY 4.0",))[0]


def test_every_reason_is_given_at_once_with_what_to_do():
    facts = tagged("Private|Diary", keywords=("Private",))
    reasons = refused(facts, required=("title", "alt_text"), licences=("CC0",))
    assert len(reasons) == 5
    assert [word for word in ("Private|Diary", "title", "alt text", "licence") if any(word in r for r in reasons)] == [
        "Private|Diary",
        "title",
        "alt text",
        "licence",
    ]


def test_never_knows_a_flat_leaf_that_no_path_explains():
    assert refused(Facts(keywords=("diary",)), never=("My|Diary",))
    assert not refused(tagged("Books|Diary", keywords=("diary",)), never=("My|Diary",))


@pytest.mark.parametrize(
    "keyword",
    [
        *("private", "PRIVATE", "Priv\u200bate", "\uff30rivate", " Private ", "Family|Private", "A|Private|B"),
        *("Private|Diary", "Private/Diary", "Diary < Private", "sea; Private", "Private\ufe0f", "A|b/private"),
    ],
)
def test_private_is_known_however_and_wherever_it_is_written(keyword):
    flat, path = Facts(keywords=(keyword,)), Facts(keyword_paths=(tuple(keyword.split("|")),))
    told = Facts(overruled=Overruled(keywords=(("IPTC", tuple(keyword.split("|"))),)))
    for facts in (flat, path, told):
        assert len(refused(facts)) == 1
        assert refused(facts, never=()) == ()


def test_words_that_hold_private_as_a_part_of_them_are_other_words():
    assert refused(Facts(keywords=("Privateer", "private view", "unprivate"))) == ()


def test_the_sentence_says_in_which_container_an_overruled_private_stands():
    (sentence,) = refused(Facts(overruled=Overruled(keywords=(("IPTC", ("Private",)),))))
    assert "“Private” in its IPTC" in sentence
    assert "there too" in sentence


WARNINGS = (Warn("Nudity", "nudity"), Warn("Subjects|Spiders", "spiders"), Warn("Blood"))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(), None),
        (tagged("Subjects|Snakes", "Animals|Tarantulas", keywords=("nudity beach",)), None),
        (tagged("Nudity"), "nudity"),
        (tagged("Art|Nudity|Studio", keywords=("sea",)), "nudity"),
        (Facts(keywords=("NUDITY",)), "nudity"),
        (Facts(keywords=("spiders",)), "spiders"),
        (Facts(keywords=("Subjects/Spiders",)), "spiders"),
        (tagged("Toys|Spiders", keywords=("Spiders",)), None),
        (tagged("Blood"), ""),
        (tagged("Blood", "Subjects|Spiders|Tarantula"), "spiders"),
        (tagged("Subjects|Spiders", "Nudity"), "nudity, spiders"),
        (Facts(overruled=Overruled(keywords=(("IPTC", ("Nudity",)),))), "nudity"),
        (Facts(overruled=Overruled(keywords=(("sidecar XMP", ("Subjects", "Spiders")),))), "spiders"),
    ],
)
def test_a_photo_is_warned_of_by_all_that_its_keywords_say_in_the_order_of_the_settings(facts, expected):
    assert warning(facts, WARNINGS) == expected


def test_the_same_words_are_said_once_and_an_empty_branch_holds_nothing():
    twice = (Warn("A", "nudity"), Warn("B", " nudity "), Warn("", "everything"), Warn("|", "everything"))
    assert warning(tagged("A", "B"), twice) == "nudity"


def test_a_photo_whose_metadata_could_not_be_read_whole_is_refused_unless_the_owner_lets_it_out():
    facts = Facts(unread=("The embedded XMP is damaged, so it was not read.",))
    (sentence,) = refused(facts)
    assert sentence.startswith("The embedded XMP is damaged")
    assert "save its metadata anew" in sentence
    assert "rules.unread = true" in sentence
    assert refused(facts, unread=True) == ()


def test_a_photo_with_everything_that_is_required_is_not_refused():
    full = Facts(
        title="t", headline="h", caption="c", alt_text="a", extended_description="e", keywords=("k",), people=("p",),
        taken=Taken("2024"), camera_model="m", lens="l", place=Place(1.0, 2.0, city="c"), rating=3, label="x",
        rights=Rights(("me",), "credit", "copyright", "terms"),
    )  # fmt: skip
    assert refused(full, required=tuple(REQUIRABLE), people=True, place=True) == ()


@pytest.mark.parametrize("name", sorted(REQUIRABLE))
def test_each_required_fact_is_missed_where_it_is_missing(name):
    assert len(refused(Facts(), required=(name, name))) == 1


def test_keywords_that_stay_at_home_do_not_count_as_keywords():
    assert refused(tagged("Socials|site", "People|Anna"), required=("keywords",))


def test_an_unknown_required_fact_is_a_mistake_with_a_suggestion():
    with pytest.raises(Mistake, match=r"“titel”.*did you mean “title”\?"):
        refused(Facts(), required=("titel",))


def test_permutations_of_rules_branches_change_no_outcome():
    facts = tagged("People|Anna", "Work|Client", "Nature|Sea", keywords=("Anna", "Client", "Sea"))
    branches = ("People", "Work", "Private")
    outcomes = {let_out(facts, with_rules(withhold=order)).facts for order in permutations(branches)}
    assert len(outcomes) == 1


def test_the_page_about_rules_lists_every_fact_that_can_be_required():
    page = (Path(__file__).parent.parent / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    listed = page.split("### Required facts")[1].split("What stays at home")[0]
    assert set(re.findall(r"`([a-z_]+)`", listed)) == REQUIRABLE


def test_the_whole_world_can_be_blurred():
    world = PrivatePlace("world", 0.0, 0.0, radius_m=21_000_000, blur_m=50_000)
    for latitude, longitude in ((0.001, 179.9), (-89.9, 20.0), (60.001, 10.001), (-0.5, -179.5)):
        out = placed(replace(THERE, latitude=latitude, longitude=longitude), world).facts.place
        assert (out.sublocation, out.city) == ("", "Oslo")
        assert out.latitude != latitude
