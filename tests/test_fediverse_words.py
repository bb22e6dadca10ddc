"""What becomes of words on their way to a server and back, and when they count as the same."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediverse_house import EVERY, House
from heliograph.errors import Refused
from heliograph.model import F
from heliograph.platforms.fediverse import licences, texts

ODD = (
    "I <3 this",
    "<b>bold</b> & <still>",
    "Tom & Jerry &amp; 5 > 4 < 6",
    "a<",
    "Two  blanks, a tab\tand\n\n\n\nmany lines \n  here ",
    "“quotes” 'single' \"double\" \u2013 dash … 🏔️ Ελλάδα \u202eright to left\u202c",
    "See https://example.org/a/very/long/path?with=query&and=more#part.",
    "#LowTide #sand_dunes #Ö",
    "By @ana and @bo@pix.example, mail ana@example.org",
    "${x} {{ y }} ../..",
)


@pytest.fixture(params=EVERY)
def house(request, tmp_path):
    with House.opened(tmp_path, request.param) as house:
        yield house


def test_odd_words_are_the_same_when_they_come_back(house):
    platform = house.ready()
    posts = [house.publish(platform, house.wanted(n, **{F.TEXT: odd, F.ALT: odd}))[1] for n, odd in enumerate(ODD)]
    shown = {post.id: post for post in house.platform().survey(None).posts}
    for odd, post in zip(ODD, posts, strict=True):
        for name in (F.TEXT, F.ALT):
            seen = shown[post.id].fields[name]
            assert platform.agrees(name, odd, seen), seen
            assert seen == post.fields[name]


def test_odd_words_are_the_same_after_an_edit_and_no_second_one_follows(house):
    platform = house.ready()
    names = platform.limits.amendable & {F.TEXT, F.ALT}
    changed = {}
    for number, odd in enumerate(ODD):
        _, post = house.publish(platform, house.wanted(number))
        changed[post.id] = house.wanted(number, **dict.fromkeys(names, odd))
        platform.update(post, changed[post.id], names, None)
    again = house.ready()
    shown = again.survey(None).posts
    house.counts()
    assert len(shown) == len(ODD)
    for post in shown:
        for name in names:
            assert platform.agrees(name, changed[post.id].fields[name], post.fields[name]), post.fields[name]
        again.update(post, changed[post.id], names, None)
    assert house.counts() == {}


def test_nothing_is_lost_behind_a_sign_that_begins_a_tag(house):
    platform = house.ready()
    _, post = house.publish(platform, house.wanted(1, **{F.TEXT: "I <3 this and more"}))
    (shown,) = platform.survey(None).posts
    assert "3 this and more" in shown.fields[F.TEXT]
    kept = "<3" in shown.fields[F.TEXT]
    assert any("“<”" in note for note in post.notes) is not kept


def test_nobody_is_notified_by_a_name_in_a_text(house):
    house.publish(house.ready(), house.wanted(1, **{F.TEXT: "@ana, (@bo@pix.example); mail ana@example.org"}))
    (made,) = house.standin.world.posts
    assert "@\u2060ana," in made.text
    assert "(@\u2060bo@pix.example)" in made.text
    assert "ana@example.org" in made.text


def test_a_name_without_room_for_a_joiner_loses_its_sign():
    text = "x" * 495 + " @ana"
    assert texts.unmentioned(text, 500) == "x" * 495 + " ana"
    assert texts.same(text, texts.unmentioned(text, 500))


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
@pytest.mark.parametrize("warning", [None, "", "A spider"])
def test_audience_and_warning_come_back(house, visibility, warning):
    wanted = house.wanted(1, **{F.VISIBILITY: visibility, F.WARNING: warning})
    _, post = house.publish(house.ready(), wanted)
    (shown,) = house.platform().survey(None).posts
    for seen in (post, shown):
        assert (seen.fields[F.VISIBILITY], seen.fields[F.WARNING]) == (visibility, warning)
    assert not post.notes


def test_an_edit_never_shows_a_post_to_more_people(house):
    _, post = house.publish(house.ready(), house.wanted(1, **{F.VISIBILITY: "private"}))
    platform = house.ready()
    wanted = house.wanted(1, **{F.VISIBILITY: "private", F.TEXT: "Other boats"})
    if house.standin.world.traits.put_publishes:
        with pytest.raises(Refused, match="to everybody"):
            platform.update(post, wanted, frozenset({F.TEXT}), None)
        assert house.counts() == {}
    else:
        platform.update(post, wanted, frozenset({F.TEXT}), None)
    (made,) = house.standin.world.posts
    assert made.visibility == "private"


def test_words_changed_there_by_hand_survive_a_change_of_another_field(house):
    platform = house.ready()
    _, post = house.publish(platform, house.wanted())
    house.standin.world.edit(post.id, text="My own words\n\nby hand")
    again = house.ready()
    names = frozenset({F.WARNING})
    again.update(post, house.wanted(1, **{F.WARNING: ""}), names, None, house.wanted().fields)
    (shown,) = house.platform().survey(None).posts
    assert shown.fields[F.TEXT] == "My own words\n\nby hand"
    assert shown.fields[F.WARNING] == ""
    assert shown.fields[F.ALT] == house.wanted().fields[F.ALT]


def test_a_warning_that_a_server_cuts_is_still_the_same(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        platform = house.ready()
        wanted = house.wanted(1, **{F.WARNING: "x" * 200})
        _, post = house.publish(platform, wanted)
        assert len(post.fields[F.WARNING]) == 140
        assert platform.agrees(F.WARNING, wanted.fields[F.WARNING], post.fields[F.WARNING])


def test_the_files_name_says_nothing(house):
    house.publish(house.ready(), house.wanted())
    (call,) = house.standin.calls.of("POST /api/v?/media")
    assert call.filename == "photo.jpg"


def test_a_place_of_pixelfeds_is_asked_for_once_and_shown(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        london = (51.5, -0.1, "", "London", "", "Canada")
        nowhere = (67.9, 13.0, "", "Reine", "Nordland", "Norway")
        for number, place in enumerate((london, london, nowhere, nowhere)):
            house.publish(house.ready(place=True), house.wanted(number, **{F.PLACE: place}), number)
        platform = house.platform(place=True)
        shown = [post.fields[F.PLACE] for post in platform.survey(None).posts]
        assert shown == [None, None, *[(None, None, "", "London", "", "Canada")] * 2]
        assert platform.agrees(F.PLACE, london, shown[3])
        assert platform.agrees(F.PLACE, nowhere, shown[0])
        assert not platform.agrees(F.PLACE, london, shown[0])
        assert not platform.agrees(F.PLACE, (51.5, -0.1, "", "London", "", "United Kingdom"), shown[3])


def test_a_place_that_must_go_is_refused_rather_than_left_without_a_word(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        platform = house.ready(place=True)
        _, post = house.publish(platform, house.wanted(1, **{F.PLACE: (None, None, "", "Oslo", "", "Norway")}))
        (shown,) = platform.survey(None).posts
        with pytest.raises(Refused, match="cannot take a place away"):
            platform.update(shown, house.wanted(1, **{F.PLACE: None}), frozenset({F.PLACE}), None)
        assert shown.id == post.id


def rights(url: str):
    return (("Ada",), "", "", "", url)


def test_a_licence_is_borrowed_for_an_upload_and_given_back(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        account = house.standin.world.accounts[house.standin.id]
        account.licence = 15
        platform = house.ready(licence=True)
        free = rights("https://creativecommons.org/licenses/by/4.0/")
        house.publish(platform, house.wanted(1, **{F.RIGHTS: free}), 1)
        house.publish(platform, house.wanted(2, **{F.RIGHTS: free}), 2)
        assert account.licence == 11
        house.publish(platform, house.wanted(3, **{F.RIGHTS: rights("")}), 3)
        platform.finish()
        assert account.licence == 15
        assert house.standin.calls.counts["PATCH /api/v1/accounts/update_credentials"] == 2
        shown = [post.fields[F.RIGHTS] for post in house.platform(licence=True).survey(None).posts]
        assert shown == ["15", "11", "11"]
        assert platform.agrees(F.RIGHTS, free, "11")
        assert platform.agrees(F.RIGHTS, rights(""), "15")
        assert not platform.agrees(F.RIGHTS, free, "15")


def test_a_licence_that_a_dead_run_borrowed_is_given_back_at_the_next_look(tmp_path):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        account = house.standin.world.accounts[house.standin.id]
        account.licence = 12
        house.publish(
            house.ready(licence=True),
            house.wanted(1, **{F.RIGHTS: rights("https://creativecommons.org/publicdomain/zero/1.0/")}),
        )
        assert account.licence == 6
        house.platform(licence=True).survey(None)
        assert account.licence == 12


@pytest.mark.parametrize(
    ("url", "is_lost"),
    [
        ("", False),
        ("https://creativecommons.org/licenses/by/4.0/", False),
        ("https://creativecommons.org/licenses/by/3.0/", True),
        ("https://example.org/my-terms", True),
    ],
)
def test_who_states_a_licence_that_pixelfed_has_no_number_for_is_told(tmp_path, url, is_lost):
    with House.opened(tmp_path, "pixelfed-0.12") as house:
        _, post = house.publish(house.ready(licence=True), house.wanted(1, **{F.RIGHTS: rights(url)}))
        said = f"{house.standin.url.partition('//')[2]} has no number for its licence, so it says all rights reserved"
        assert post.notes == ((said,) if is_lost else ())


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("", None),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/deed.en", "14"),
        ("http://creativecommons.org/publicdomain/mark/1.0/", "5"),
        ("https://creativecommons.org/licenses/by/2.0/", "1"),
        ("All rights reserved", "1"),
    ],
)
def test_licences_are_read_from_their_addresses(url, number):
    assert licences.number(rights(url)) == number


@given(st.text())
def test_any_text_is_the_same_as_its_own_reading(text):
    assert texts.same(text, texts.shown(text))
    assert texts.shown(texts.shown(text)) == texts.shown(texts.shown(texts.shown(text)))


@given(st.text(alphabet="<>&;@#amplt ab\n\u2060\u2039é"))
def test_html_of_a_text_reads_as_the_text(text):

    page = "<p>" + html.escape(text, quote=False).replace("\n", "<br />\n") + "</p>"
    assert texts.same(text, texts.of_html(page))
