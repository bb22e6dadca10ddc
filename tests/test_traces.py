"""Which posts without our mark are which photos: by what other programs left there, and by what files are called."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.identify import Confidence, Likeness, Sought, Traced, traced
from heliograph.identify.names import downloaded_id, short_key, spoken_name, title_key
from heliograph.model import F, Post, Subject, SubjectKind, Trace, Wanted

AT = "2019-07-14T12:30:05"
SIX, SEVEN = "6" * 64, "7" * 64
MD5 = "5" * 32


def sought(name: str, taken: str = "", **traces: str) -> Sought:
    wanted = Wanted(Subject(SubjectKind.PHOTO, name), "flickr", name, {})
    more = [(Trace[kind], value) for kind, value in traces.items()]
    return Sought(wanted, taken, ((Trace.NAME, name.rpartition("/")[2]), *more))


def post(id_: str, title: str = "", taken: str = "", mark: str = "", **traces: str) -> Post:
    fields = {F.TITLE: title, F.TAKEN: (taken, "", "", "") if taken else None}
    left = tuple((Trace[kind.split("_")[0]], value) for kind, value in traces.items())
    return Post(id_, SubjectKind.PHOTO, mark, fields=fields, traces=left)


def found(traced: Traced) -> dict[str, str]:
    return {photo: match.post.id for photo, match in traced.sure.items()}


# --- the ladder -------------------------------------------------------------------------------------------------------

LADDER = {
    "signature of ImageMagick 6": (sought("a.jpg", SIX=SIX), post("1", SIGNATURE=SIX), "ImageMagick 6"),
    "signature of ImageMagick 7": (
        sought("a.jpg", SIX=SIX, SEVEN=SEVEN),
        post("1", SIGNATURE=SEVEN),
        "ImageMagick 7",
    ),
    "MD5": (sought("a.jpg", MD5=MD5), post("1", MD5=MD5), "checksum"),
    "SHA-1": (sought("a.jpg", SHA1="a" * 40), post("1", SHA1="a" * 40), "checksum"),
    "a download of FlickrSync's": (sought("x/flickrsync_4711_ab12cd_Rome.jpg"), post("4711"), "downloaded"),
    "a download of Flickr's own": (sought("rome_52345678901_o.jpg"), post("52345678901"), "downloaded"),
    "name and date": (sought("2019/IMG_1.jpg", AT), post("1", "IMG_1", AT), "file name and date taken"),
}


@pytest.mark.parametrize("case", LADDER)
def test_each_trace_is_enough_where_nobody_else_has_it(case):
    photo, shown, words = LADDER[case]
    (match,) = traced([photo], [shown]).sure.values()
    assert (match.likeness, match.post) == (Likeness.SURE, shown)
    assert words in match.reason
    assert match.confidence == (Confidence.SURE if case == "name and date" else Confidence.CERTAIN)


def test_the_stronger_trace_decides():
    photo = sought("flickrsync_4711_ab_Rome.jpg", AT, SIX=SIX, MD5=MD5)
    posts = [post("1", "Rome", AT), post("4711"), post("2", MD5=MD5), post("3", SIGNATURE=SIX)]
    while posts:
        assert found(traced([photo], posts)) == {photo.id: posts.pop().id}


def test_a_post_is_given_to_one_photo_only_and_a_weaker_trace_does_not_win_it_back():
    by_pixels, by_name = sought("renamed.jpg", SIX=SIX), sought("IMG_1.jpg", AT)
    assert found(traced([by_pixels, by_name], [post("1", "IMG_1", AT, SIGNATURE=SIX)])) == {"renamed.jpg": "1"}


def test_a_mark_of_ours_says_more_than_any_trace():
    assert traced([sought("a.jpg", SIX=SIX)], [post("1", mark="f" * 32, SIGNATURE=SIX)]) == Traced()


def test_a_signature_that_differs_says_nothing():
    assert found(traced([sought("IMG_1.jpg", AT, SIX="a" * 64)], [post("1", "IMG_1", AT, SIGNATURE=SIX)])) == {
        "IMG_1.jpg": "1"
    }


# --- doubt ------------------------------------------------------------------------------------------------------------


def test_one_signature_on_two_posts_is_asked_about_and_no_name_decides():
    photo = sought("IMG_1.jpg", AT, SIX=SIX)
    look = traced([photo], [post("1", "IMG_1", AT, SIGNATURE=SIX), post("2", SIGNATURE=SIX)])
    assert (look.sure, set(look.hints)) == ({}, {("IMG_1.jpg", "1"), ("IMG_1.jpg", "2")})
    assert look.hints["IMG_1.jpg", "1"].endswith("(the same is true of 2)"), "the other one is named"


def test_two_equal_photos_at_home_are_asked_about():
    photos = [sought("IMG_1.jpg", AT, SIX=SIX), sought("copy.jpg", SIX=SIX)]
    look = traced(photos, [post("1", "IMG_1", AT, SIGNATURE=SIX)])
    assert (look.sure, set(look.hints)) == ({}, {("IMG_1.jpg", "1"), ("copy.jpg", "1")})


def test_two_tags_on_one_post_that_name_two_photos_are_asked_about():
    photos = [sought("a.jpg", SIX=SIX), sought("b.jpg", SIX="b" * 64)]
    look = traced(photos, [post("1", SIGNATURE=SIX, SIGNATURE_2="b" * 64)])
    assert (look.sure, set(look.hints)) == ({}, {("a.jpg", "1"), ("b.jpg", "1")})


def test_the_same_name_and_second_twice_is_asked_about():
    photos = [sought("2019/IMG_1.jpg", AT), sought("copy/IMG_1.jpg", AT)]
    look = traced(photos, [post("1", "IMG_1", AT)])
    assert (look.sure, len(look.hints)) == ({}, 2)


def said(answers: dict[tuple[str, str], str]) -> Callable[[Wanted, Post], str]:
    return lambda wanted, post: answers.get((wanted.where, post.id), "")


def test_an_answer_that_tells_them_apart_leaves_the_other_pair():
    photo, posts = sought("a.jpg", SIX=SIX), [post("1", SIGNATURE=SIX), post("2", SIGNATURE=SIX)]
    assert found(traced([photo], posts, said({("a.jpg", "1"): "different"}))) == {"a.jpg": "2"}


def test_an_answer_that_they_are_one_is_for_the_questions_to_use():
    photo, posts = sought("a.jpg", SIX=SIX), [post("1", SIGNATURE=SIX), post("2", SIGNATURE=SIX)]
    assert traced([photo], posts, said({("a.jpg", "1"): "same"})).sure == {}
    assert traced([photo], posts[:1], said({("a.jpg", "1"): "same"})).hints.keys() == {("a.jpg", "1")}


def test_a_thousand_black_frames_are_no_million_of_questions():
    photos = [sought(f"{number}.jpg", SIX=SIX) for number in range(1000)]
    look = traced(photos, [post(str(number), SIGNATURE=SIX) for number in range(1000)])
    assert not look.sure
    assert 1000 <= len(look.hints) <= 8000


# --- names and dates --------------------------------------------------------------------------------------------------

SAME_NAME = (
    ("IMG_1.jpg", "IMG_1"),
    ("IMG_1.JPG", " img_1 "),
    ("IMG_9.edited.jpg", "IMG_9.edited"),
    ("St. Ives.jpg", "St. Ives"),
    ("IMG_1.jpg", "IMG_1.jpg"),
    ("Stra\u00dfe.jpg", "STRASSE"),
    ("Cafe\u0301.jpg", "Caf\u00e9"),
    ("flickrsync_1_ab_St. Ives.jpg", "St. Ives"),
    ("flickrsync_1_ab12_None.jpg", "ab12"),
)


@pytest.mark.parametrize(("name", "title"), SAME_NAME)
def test_a_name_and_a_title_are_one_whatever_dots_blanks_and_letters_are_in_them(name, title):
    assert found(traced([sought(name, AT)], [post("9", title, AT)])) == {name: "9"}


@pytest.mark.parametrize(("name", "title"), [("IMG_9.edited.jpg", "IMG_9"), ("IMG_9.jpg", "IMG_9.edited")])
def test_a_name_without_the_end_that_flickrsync_dropped_is_asked_about(name, title):
    look = traced([sought(name, AT)], [post("1", title, AT)])
    assert (look.sure, set(look.hints), look.crowded) == ({}, {(name, "1")}, frozenset())


def test_an_edited_copy_goes_with_its_own_post():
    photos = [sought("IMG_9.jpg", AT), sought("IMG_9.edited.jpg", AT)]
    look = traced(photos, [post("1", "IMG_9", AT), post("2", "IMG_9.edited", AT)])
    assert found(look) == {"IMG_9.jpg": "1", "IMG_9.edited.jpg": "2"}
    assert not look.hints


@pytest.mark.parametrize("taken", ["", "0000-00-00T00:00:00", "0001-01-01T00:00:00", "2019", "2019-07", "2019-07-14"])
def test_a_date_that_is_no_moment_never_matches(taken):
    assert traced([sought("IMG_1.jpg", taken)], [post("1", "IMG_1", taken)]) == Traced()


def test_no_name_matches_no_title():
    assert traced([sought("flickrsync_1_ab_None.jpg", AT)], [post("9", "", AT)]) == Traced()


def test_dates_can_be_switched_off_and_are_asked_about_then():
    look = traced([sought("IMG_1.jpg", AT)], [post("1", "IMG_1", AT)], dates=False)
    assert (look.sure, set(look.hints)) == ({}, {("IMG_1.jpg", "1")})
    assert found(traced([sought("a.jpg", AT, SIX=SIX)], [post("1", "a", AT, SIGNATURE=SIX)], dates=False))


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("flickrsync_52345678901_ab12cd34ef_St. Ives.jpg", "52345678901"),
        ("FLICKRSYNC_5_AB_.JPEG", "5"),
        ("flickrsync_5_None_None.png", "5"),
        ("52345678901_ab12cd34ef_o.jpg", "52345678901"),
        ("low-tide_52345678901_o.jpg", "52345678901"),
        ("52345678901_ab12cd34ef_o_d.jpg", "52345678901"),
        ("IMG_1234.jpg", ""),
        ("20190714_123005.jpg", ""),
        ("20190714_o.tif", ""),
        ("flickrsync_x_ab_Rome.jpg", ""),
        ("flickrsync_5_ab_Rome.tif", ""),
    ],
)
def test_the_name_of_a_download_holds_the_id(name, id_):
    assert downloaded_id(name) == id_


@given(st.text(max_size=40))
def test_any_name_and_title_can_be_compared(text):
    assert title_key(text) == title_key(f" {text} ")
    assert title_key(f"{spoken_name(f'{text}.jpg')}.jpg") == title_key(f"{text}.jpg") or downloaded_id(f"{text}.jpg")
    assert len(short_key(text)) <= len(title_key(text)) + 4


# --- always -----------------------------------------------------------------------------------------------------------

_TRACES = st.fixed_dictionaries({}, optional={"SIX": st.sampled_from(("a", "b")), "MD5": st.sampled_from(("c", "d"))})
_LEFT = st.fixed_dictionaries(
    {}, optional={"SIGNATURE": st.sampled_from(("a", "b")), "MD5": st.sampled_from(("c", "d"))}
)
_NAME = st.sampled_from(("x", "y", "x.1"))
_TAKEN = st.sampled_from(("", AT))


@given(
    st.lists(st.tuples(_NAME, _TAKEN, _TRACES), max_size=5),
    st.lists(st.tuples(_NAME, _TAKEN, _LEFT), max_size=5),
    st.randoms(use_true_random=False),
)
def test_what_is_sure_is_alone_on_both_sides_and_the_order_changes_nothing(here, there, random: Random):
    photos = [sought(f"{number}/{name}.jpg", taken, **told) for number, (name, taken, told) in enumerate(here)]
    posts = [post(str(number), name, taken, **left) for number, (name, taken, left) in enumerate(there)]
    look = traced(photos, posts)
    assert len(set(found(look).values())) == len(look.sure)
    assert not {photo for photo, _ in look.hints} & look.sure.keys()
    for photo, match in look.sure.items():
        (item,) = [one for one in photos if one.id == photo]
        assert found(traced([item], [match.post])) == {photo: match.post.id}
    random.shuffle(photos)
    random.shuffle(posts)
    assert traced(photos, posts) == look
