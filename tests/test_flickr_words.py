"""Words, dates, places and licences on their way to Flickr and back: what is sent, shown, edited there and compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import flickr_studio
from flickr_scene import write_metadata
from flickr_studio import A_DAY_S, Studio, fields, only, opened, verbs
from heliograph.model import F, Place, Rights, SubjectKind, Taken, Verb
from heliograph.platforms.flickr.tags import clean
from heliograph.policy import Captions, OnEdited, Picture, PrivatePlace, Rules, When
from heliograph.standin.flickr import embedded
from photos import draw

flickr = flickr_studio.flickr


SCRIPTS = (
    "plain",
    "Straße, Ærø & Łódź",
    "Ελλάδα",
    "Зимний лес",
    "夜の東京",
    "서울 야경",
    "الغروب في الصحراء",
    "שקיעה",
    "सूर्यास्त",
    "ภูเขา",
    "👩‍👩‍👧‍👦🏳️‍🌈 of us",
    "\"quoted\" and 'quoted'",
    "a < b > c &amp; d",
    "<b>bold</b>",
    "100 % (50 %), #1; ?x=1&y=2 +3",
    "é, ñ and ệ",
    "\N{MATHEMATICAL SCRIPT CAPITAL S}ea \N{MUSICAL SYMBOL G CLEF}",
)


def in_step(studio: Studio) -> bool:
    """Three looks, one of them at everything, find nothing to do."""
    plans = [studio.plan()]
    studio.clock.sleep(A_DAY_S)
    plans += [studio.plan(), studio.plan()]
    return not any(plan.actions for plan in plans)


# --- titles and descriptions ------------------------------------------------------------------------------------------


def test_titles_and_texts_of_every_script_arrive_as_they_are_and_stay_in_step(flickr):
    for number, words in enumerate(SCRIPTS):
        flickr.put(f"{number}.jpg", title=words, caption=f"{words}\n\n{words}")
    assert all(event.end == "done" for event in flickr.sync())
    assert [flickr.shown(f"{number}.jpg").title for number in range(len(SCRIPTS))] == list(SCRIPTS)
    assert in_step(flickr)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(title=st.text(max_size=40), caption=st.text(max_size=300))
def test_whatever_is_written_there_is_no_perpetual_update(title, caption, tmp_path_factory, template):
    with opened(tmp_path_factory.mktemp("words"), template) as studio:
        studio.put("a.jpg", title=title, caption=caption)
        studio.sync()
        assert in_step(studio)


def test_a_text_with_links_and_html_comes_back_rewritten_and_causes_no_update(flickr):
    text = (
        'See www.example.org/a?b=1&c=2 and https://example.org/a/very/long/address/that/is/shortened/in/the/text "so"'
    )
    flickr.put("a.jpg", caption=f"{text} <i>there</i> & me@example.org", alt_text="A boat.")
    flickr.sync()
    listed = flickr.world.by_hand(flickr.me, "flickr.people.getPhotos", user_id="me", extras="description")
    shown = next(child.text for child in listed[0].children[0].children if child.name == "description")
    assert shown != flickr.shown("a.jpg").description  # or this would test nothing
    assert flickr.shown("a.jpg").description.endswith("Alt text: A boat.")
    assert in_step(flickr)


def test_a_title_longer_than_flickr_takes_is_cut_by_us_and_stays_in_step(flickr):
    flickr.put("a.jpg", title="word " * 100, caption="word " * 5000)
    flickr.sync()
    assert len(flickr.shown("a.jpg").title) <= 255
    assert flickr.shown("a.jpg").title.endswith("…")
    assert in_step(flickr)


def test_a_photo_without_a_title_is_named_after_its_file_and_may_be_left_without(flickr):
    flickr.put("2024/IMG_1.jpg", title=" ")
    flickr.change("2024/IMG_1.jpg", title="")
    flickr.sync()
    assert flickr.shown("2024/IMG_1.jpg").title == "IMG_1"
    flickr.policy = replace(flickr.policy, captions=Captions(title="{{ title }}"))
    flickr.sync()
    assert flickr.shown("2024/IMG_1.jpg").title == ""
    assert in_step(flickr)


# --- edited on Flickr -------------------------------------------------------------------------------------------------


@pytest.fixture
def edited(flickr: Studio) -> Studio:
    """A photo whose title was edited on Flickr after both sides had agreed."""
    flickr.put("a.jpg", title="A boat", caption="A text")
    flickr.sync()
    flickr.sync()
    flickr.by_hand("photos.setMeta", photo_id=flickr.shown("a.jpg").id, title="The boat")
    return flickr


def test_a_title_edited_on_flickr_is_asked_about(edited):
    action = only(edited.plan())
    assert (action.verb, action.choices, fields(action)) == (Verb.ASK, ("overwrite", "accept"), [F.TITLE])
    assert action.reason == "title edited there since it was last agreed"
    assert [(change.before, change.after) for change in action.changes] == [("The boat", "A boat")]
    edited.sync()
    assert edited.shown("a.jpg").title == "The boat"


@pytest.mark.parametrize(("choice", "title"), [("overwrite", "A boat"), ("accept", "The boat")])
def test_the_answer_decides_whose_title_stays(edited, choice, title):
    edited.plan()
    edited.answer("a.jpg", choice)
    edited.sync()
    assert edited.shown("a.jpg").title == title
    assert edited.shown("a.jpg").description == "A text"
    assert in_step(edited)


@pytest.mark.parametrize(("setting", "title"), [(OnEdited.OVERWRITE, "A boat"), (OnEdited.ACCEPT, "The boat")])
def test_a_setting_decides_it_once_and_for_all(edited, setting, title):
    edited.policy = replace(edited.policy, when=When(edited=setting))
    edited.sync()
    assert edited.shown("a.jpg").title == title
    assert in_step(edited)


def test_a_title_changed_on_both_sides_alike_is_accepted_without_a_call(edited):
    edited.change("a.jpg", title="The boat")
    assert verbs(edited.plan()) == {"a.jpg": "accept"}
    with edited.counted() as made:
        edited.sync()
    assert made == {"photos.recentlyUpdated": 1}
    assert in_step(edited)


def test_a_text_edited_on_flickr_is_asked_about_with_both_wordings(flickr):
    flickr.put("a.jpg", caption="A text with a link, https://example.org/a")
    flickr.sync()
    flickr.sync()
    flickr.by_hand("photos.setMeta", photo_id=flickr.shown("a.jpg").id, description="Another text")
    action = only(flickr.plan())
    assert (action.verb, fields(action)) == (Verb.ASK, [F.TEXT])
    assert [change.before for change in action.changes] == ["Another text"]


def test_what_was_edited_there_is_left_while_another_field_is_set(edited):
    edited.change("a.jpg", caption="Another text")
    events = edited.sync()
    assert "title edited there is left for now" in events[0].action.reason
    assert (edited.shown("a.jpg").title, edited.shown("a.jpg").description) == ("The boat", "Another text")
    assert only(edited.plan()).verb == Verb.ASK


# --- tags -------------------------------------------------------------------------------------------------------------


TAGS = (
    "two words",
    "a, b",
    '5" pipe',
    "Łódź",
    "夜",
    "🚢 ship",
    "it's",
    "C++",
    "New  York",
    "#hash",
    "semi;colon",
    "a:b=c d",
)


def test_every_tag_stays_one_tag(flickr):
    flickr.policy = replace(flickr.policy, captions=Captions(tags="flat"))
    flickr.put("a.jpg", keywords=(), title="x")
    flickr.change("a.jpg", keywords=TAGS)
    flickr.sync()
    found = {clean(tag) for tag in flickr.tags("a.jpg")}
    assert found == {clean(tag) for tag in TAGS}
    assert {"two words", "a, b", "5' pipe", "New York"} <= set(flickr.tags("a.jpg"))
    assert in_step(flickr)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(tags=st.lists(st.text(min_size=1, max_size=12), max_size=8))
def test_whatever_the_tags_are_there_is_no_perpetual_update(tags, tmp_path_factory, template):
    with opened(tmp_path_factory.mktemp("tags"), template) as studio:
        studio.policy = replace(studio.policy, captions=Captions(tags="flat"))
        studio.put("a.jpg")
        studio.change("a.jpg", keywords=tuple(tags))
        studio.sync()
        assert in_step(studio)
        studio.change("a.jpg", keywords=("one more", *tags))
        studio.sync()
        assert "onemore" in {clean(tag) for tag in studio.tags("a.jpg")}
        assert in_step(studio)


def test_of_more_tags_than_flickr_takes_the_first_ones_go_and_ours_is_among_them(flickr):
    flickr.world.turn({"tag_overflow": "refuse"})
    flickr.policy = replace(flickr.policy, captions=Captions(tags="flat"))
    flickr.put("a.jpg")
    flickr.change("a.jpg", keywords=tuple(f"tag{number}" for number in range(100)))
    flickr.sync()
    assert len(flickr.shown("a.jpg").tags) == 75
    assert in_step(flickr)


def test_our_tag_is_the_only_trace_of_heliograph(flickr):
    photo = flickr.put("a.jpg")
    flickr.sync()
    (tag,) = flickr.shown("a.jpg").tags
    assert tag.raw.startswith(f"heliograph:photo={photo.digest[:32]}")
    assert tag.machine


def test_tags_in_the_file_never_appear_unless_they_are_wanted(flickr):
    library = flickr.folder_library()
    kept = {"Iptc.Application2.Keywords": ["Sea", "Anna", "House"]}
    file = draw(library / "a.jpg", 1)
    write_metadata(
        file,
        {"Exif.Photo.DateTimeOriginal": "2024:05:03 10:00:00", "Exif.Image.ImageDescription": "secret description"},
        [(key, word) for key, words in kept.items() for word in words],
        {
            "Xmp.dc.subject": ["Sea", "Anna", "House"],
            "Xmp.lr.hierarchicalSubject": ["Socials|flickr", "Places|Sea", "People|Anna", "Private|House"],
        },
    )
    assert "Anna" in embedded.read(file).keywords  # or this would test nothing
    flickr.policy = replace(flickr.policy, rules=Rules(never=()), captions=Captions(text="{{ headline }}"))
    assert [event.end for event in flickr.sync()] == ["done", "done"]
    (shown,) = flickr.shown_all()
    assert [tag.raw for tag in shown.tags if "heliograph" not in tag.clean] == ["Sea"]
    assert shown.description == ""
    sent = flickr.world.original(shown.id).read_bytes()
    assert not any(word in sent for word in (b"Anna", b"House", b"secret", b"Socials"))
    assert in_step(flickr)


def test_keywords_that_are_embedded_on_purpose_add_no_tags_of_their_own(flickr):
    flickr.policy = replace(flickr.policy, picture=Picture(embed=("keywords", "taken")))
    flickr.put("a.jpg", keywords=("Places|Norway|Reine",))
    flickr.sync()
    assert flickr.tags("a.jpg") == ["Reine"]
    assert in_step(flickr)


@pytest.fixture
def tagged(flickr: Studio) -> Studio:
    """A photo with a tag of ours and one that was added by hand."""
    flickr.put("a.jpg", keywords=("Sea",))
    flickr.sync()
    flickr.sync()
    flickr.by_hand("photos.addTags", photo_id=flickr.shown("a.jpg").id, tags='"By Hand"')
    return flickr


def test_a_tag_added_by_hand_is_nobodys_business(tagged):
    assert in_step(tagged)
    assert tagged.tags("a.jpg") == ["By Hand", "Sea"]


def test_a_tag_added_by_hand_stays_when_ours_change(tagged):
    tagged.put("a.jpg", keywords=("Boat",))
    tagged.sync()
    assert tagged.tags("a.jpg") == ["Boat", "By Hand"]
    assert in_step(tagged)


def test_a_tag_added_by_hand_goes_where_the_settings_say_so(tagged):
    tagged.options["keep_tags"] = False
    action = only(tagged.plan())
    assert (action.verb, fields(action)) == (Verb.ASK, [F.TAGS])
    tagged.answer("a.jpg", "overwrite")
    tagged.sync()
    assert tagged.tags("a.jpg") == ["Sea"]
    tagged.by_hand("photos.addTags", photo_id=tagged.shown("a.jpg").id, tags="again")
    tagged.put("a.jpg", keywords=("Boat",))
    tagged.policy = replace(tagged.policy, when=When(edited=OnEdited.OVERWRITE))
    tagged.sync()
    assert tagged.tags("a.jpg") == ["Boat"]


def test_a_tag_of_ours_that_was_taken_away_there_is_asked_about(flickr):
    flickr.put("a.jpg", keywords=("Sea", "Boat"))
    flickr.sync()
    flickr.sync()
    shown = flickr.shown("a.jpg")
    mark = next(tag.raw for tag in shown.tags if tag.machine)
    flickr.by_hand("photos.setTags", photo_id=shown.id, tags=f"Sea {mark}")
    action = only(flickr.plan())
    assert (action.verb, fields(action)) == (Verb.ASK, [F.TAGS])


def test_a_photo_whose_mark_was_taken_away_by_hand_is_still_ours(flickr):
    flickr.put("a.jpg", keywords=("Sea",))
    flickr.sync()
    flickr.sync()
    photo = flickr.shown("a.jpg").id
    flickr.by_hand("photos.setTags", photo_id=photo, tags="Sea")
    assert not flickr.plan().effects
    flickr.change("a.jpg", title="Another")
    flickr.sync()
    assert flickr.world.photos[photo].title == "Another"
    assert len(flickr.shown_all()) == 1


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "text", "granularity"),
    [
        (Taken("1936"), "1936-01-01 00:00:00", 6),
        (Taken("1936-05"), "1936-05-01 00:00:00", 4),
        (Taken("1936-05-03"), "1936-05-03 00:00:00", 0),
        (Taken("2024-05-03T14:05:06", subsec="25", offset="+02:00"), "2024-05-03 14:05:06", 0),
        (Taken("2019-01-01T10:00:00", circa="ca. 1936"), "1936-01-01 00:00:00", 8),
        (Taken("", circa="about 1900"), "1900-01-01 00:00:00", 8),
    ],
)
def test_a_date_is_as_exact_there_as_it_is_known(flickr, taken, text, granularity):
    flickr.put("a.jpg", taken=taken)
    flickr.sync()
    shown = flickr.shown("a.jpg")
    assert (shown.taken, shown.granularity, shown.taken_unknown) == (text, granularity, 0)
    assert in_step(flickr)


def test_a_photo_without_a_date_keeps_an_unknown_one(flickr):
    flickr.put("a.jpg", taken=None)
    flickr.sync()
    assert flickr.shown("a.jpg").taken_unknown == 1
    assert in_step(flickr)
    flickr.change("a.jpg", taken=Taken("1936"))
    flickr.sync()
    assert (flickr.shown("a.jpg").granularity, flickr.shown("a.jpg").taken_unknown) == (6, 0)
    flickr.change("a.jpg", taken=None)
    flickr.sync()
    assert in_step(flickr)


def test_words_for_a_date_that_name_no_year_leave_it_unknown(flickr):
    flickr.put("a.jpg", taken=Taken("", circa="before the war"))
    flickr.sync()
    assert flickr.shown("a.jpg").taken_unknown == 1
    assert in_step(flickr)


# --- licences ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "licence"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", 11),
        ("http://creativecommons.org/licenses/by-nc-sa/2.0/deed.de", 1),
        ("https://creativecommons.org/publicdomain/zero/1.0/", 9),
        ("https://creativecommons.org/publicdomain/mark/1.0/", 10),
        ("https://creativecommons.org/licenses/by/3.0/", 0),
        ("https://example.org/my-terms", 0),
    ],
)
def test_a_licence_becomes_flickrs_number_or_all_rights_reserved(flickr, url, licence):
    flickr.put("a.jpg", rights=Rights(licence_url=url))
    events = flickr.sync()
    assert flickr.shown("a.jpg").license == licence
    told = "Flickr has no number for its licence, so it says all rights reserved"
    assert (told in events[0].sentence) == (licence == 0)
    assert in_step(flickr)


def test_a_photo_that_states_no_licence_keeps_what_the_account_gave_it(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.by_hand("photos.licenses.setLicense", photo_id=flickr.shown("a.jpg").id, license_id="4")
    assert in_step(flickr)
    flickr.change("a.jpg", rights=Rights(copyright="me"))
    flickr.sync()
    assert flickr.shown("a.jpg").license == 4
    assert in_step(flickr)


def test_a_licence_that_flickr_added_lately_is_taken_as_it_comes(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.shown("a.jpg").license = 99
    flickr.world.keep(flickr.shown("a.jpg"))
    assert in_step(flickr)


def test_a_licence_changed_on_flickr_is_asked_about(flickr):
    flickr.put("a.jpg", rights=Rights(licence_url="https://creativecommons.org/licenses/by/4.0/"))
    flickr.sync()
    flickr.sync()
    flickr.by_hand("photos.licenses.setLicense", photo_id=flickr.shown("a.jpg").id, license_id="0")
    action = only(flickr.plan())
    assert (action.verb, fields(action)) == (Verb.ASK, [F.RIGHTS])


# --- places -----------------------------------------------------------------------------------------------------------

HOME = PrivatePlace("home", 67.9323, 13.0887, 500.0)
REINE = Place(latitude=67.93231, longitude=13.08872, city="Reine", country="Norway")


def test_a_place_leaves_only_where_places_may_and_then_exactly(flickr):
    flickr.put("a.jpg", place=REINE)
    flickr.sync()
    assert flickr.shown("a.jpg").place is None
    flickr.policy = replace(flickr.policy, rules=Rules(place=True))
    flickr.sync()
    place = flickr.shown("a.jpg").place
    assert (place.latitude, place.longitude, place.accuracy) == (67.93231, 13.08872, 16)
    assert in_step(flickr)


def test_a_private_place_never_leaves_and_a_blurred_one_only_blurred(flickr):
    flickr.policy = replace(flickr.policy, rules=Rules(place=True, private_places=(HOME,)))
    flickr.put("a.jpg", place=REINE)
    flickr.sync()
    assert flickr.shown("a.jpg").place is None
    assert not any(call.arguments.get("lat") for call in flickr.house.standin.calls.all())
    blurred = replace(HOME, blur_m=10_000.0)
    flickr.policy = replace(flickr.policy, rules=Rules(place=True, private_places=(blurred,)))
    flickr.sync()
    place = flickr.shown("a.jpg").place
    assert (place.latitude, place.longitude) != (67.93231, 13.08872)
    assert abs(place.latitude - 67.93231) < 0.2
    assert in_step(flickr)


def test_a_place_that_turns_private_is_taken_away_there(flickr):
    flickr.policy = replace(flickr.policy, rules=Rules(place=True))
    flickr.put("a.jpg", place=REINE)
    flickr.sync()
    assert flickr.shown("a.jpg").place is not None
    flickr.policy = replace(flickr.policy, rules=Rules(place=True, private_places=(HOME,)))
    flickr.sync()
    assert flickr.shown("a.jpg").place is None
    assert in_step(flickr)


def test_without_a_choice_of_who_sees_places_the_photo_is_published_and_the_choice_named(flickr):
    flickr.world.accounts[flickr.me].geo_perms = 0
    flickr.policy = replace(flickr.policy, rules=Rules(place=True))
    flickr.put("a.jpg", place=REINE)
    event, *_ = flickr.sync()
    assert event.end == "done"
    assert "flickr.com/account/geo/privacy" in event.sentence


# --- a whole account of it --------------------------------------------------------------------------------------------


def test_with_the_ledger_lost_everything_is_found_again_and_nothing_is_set(flickr):
    flickr.policy = replace(flickr.policy, rules=Rules(place=True), captions=Captions(tags="flat"))
    for number, words in enumerate(SCRIPTS):
        flickr.put(f"{number}.jpg", "Coast", title=words, caption=words, place=REINE, taken=Taken(f"19{number + 10}"))
        flickr.change(f"{number}.jpg", keywords=TAGS)
    flickr.sync()
    shown = {photo.id: repr(photo) for photo in flickr.shown_all()}
    flickr.lose_ledger()
    with flickr.counted() as made:
        events = flickr.sync()
    assert {str(event.action.verb) for event in events if event.action.subject.kind != SubjectKind.PAGES} == {"match"}
    assert made == {"people.getPhotos": 1, "photosets.getList": 1, "photosets.getPhotos": 1}
    assert {photo.id: repr(photo) for photo in flickr.shown_all()} == shown
    assert in_step(flickr)
