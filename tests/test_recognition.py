"""Posts without a mark are told by words and pictures: every rule with its example, and what holds for any crowd."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.identify import ALIKE, NEAR, Likeness, Match, Recognition, Sought, distance
from heliograph.model import F, Post, Subject, SubjectKind, Value, Wanted

ZERO = "0" * 16


def bits(count: int) -> str:
    """A hash that is so many bits away from `ZERO`."""
    return f"{(1 << count) - 1:016x}"


def photo(name: str, text: str = "", alt: str = "", taken: str = "", **fields: Value) -> Sought:
    said = {F.TEXT: text, F.ALT: alt, **fields}
    return Sought(Wanted(Subject(SubjectKind.PHOTO, name), "there", f"{name}.jpg", said, mark=f"mark of {name}"), taken)


def post(name: str, text: str = "", alt: str = "", made_at: str = "", **fields: Value) -> Post:
    return Post(
        name,
        SubjectKind.PHOTO,
        url=f"https://x.example/{name}",
        fields={F.TEXT: text, F.ALT: alt, **fields},
        made_at=made_at,
    )


def equal(_: str, sent: Value, shown: Value) -> bool:
    return sent == shown


def matched(
    photos: list[Sought],
    posts: list[Post],
    looks: dict[str, str] | None = None,
    unseen: tuple[str, ...] = (),
    answers: dict[tuple[str, str], str] | None = None,
    **options: bool,
) -> dict[str, Match]:
    """`looks` holds the hashes of photos and posts alike; their names differ here."""
    told = answers or {}
    known = looks or {}
    recognition = Recognition(photos, posts, equal, lambda w, p: told.get((w.subject.id, p.id), ""), **options)
    here, there = (
        {key: known[key] for key in keys if key in known} for keys in ([p.id for p in photos], [p.id for p in posts])
    )
    return recognition.matches(here, there, unseen)


def told(found: dict[str, Match]) -> dict[str, tuple[Likeness, str]]:
    return {name: (match.likeness, match.post.id) for name, match in found.items()}


SURE, LIKELY, NO = Likeness.SURE, Likeness.LIKELY, Likeness.NO


# --- words ------------------------------------------------------------------------------------------------------------


def test_text_and_alt_text_that_only_one_pair_shares_are_enough():
    found = matched(
        [photo("a", "Low tide", "Boats"), photo("b", "High tide", "Boats")], [post("1", "Low tide", "Boats")]
    )
    assert told(found) == {"a": (SURE, "1")}
    assert found["a"].reason == "text and alt text are the same"


def test_no_picture_is_looked_at_where_words_settle_everything():
    said = [("Low tide", "Boats"), ("High tide", "Gulls")]
    here = [photo(f"a{n}", *words) for n, words in enumerate(said)]
    assert Recognition(here, [post(f"{n}", *words) for n, words in enumerate(said)], equal).unsettled() == ((), ())


def test_of_what_words_leave_open_the_pictures_are_looked_at():
    photos = [photo("a", "Low tide", "Boats"), photo("b", "Rain", "Street")]
    posts = [post("1", "Low tide", "Boats"), post("2", "Drizzle", "Lane")]
    here, there = Recognition(photos, posts, equal).unsettled()
    assert ([item.id for item in here], [item.id for item in there]) == (["b"], ["2"])


def test_two_photos_that_say_the_same_are_asked_about_each_with_a_post_of_its_own():
    same = ("Low tide", "Boats")
    found = matched([photo("a", *same), photo("b", *same)], [post("1", *same), post("2", *same)])
    assert told(found) == {"a": (LIKELY, "1"), "b": (LIKELY, "2")}
    assert found["a"].reason == "its text and alt text are the same"


def test_the_same_words_on_another_picture_are_a_question():
    looks = {"a": ZERO, "1": bits(ALIKE + 1)}
    found = matched([photo("a", "Low tide", "Boats")], [post("1", "Low tide", "Boats")], looks)
    assert told(found) == {"a": (LIKELY, "1")}
    assert found["a"].reason == "its text and alt text are the same, and its picture is another one"


def test_a_foreign_post_of_the_same_text_is_a_question():
    looks = {"a": ZERO, "1": bits(40)}
    assert told(matched([photo("a", "Sunset", "Sun")], [post("1", "Sunset", "Pier")], looks)) == {"a": (LIKELY, "1")}


def test_empty_words_are_nobodys():
    assert matched([photo("a"), photo("b", "", "Boats")], [post("1"), post("2", "Text", "")]) == {}


def test_what_a_platform_makes_of_words_is_told_by_the_platform():
    def agrees(_: str, sent: Value, shown: Value) -> bool:
        return f"<p>{sent}</p>" == shown

    found = Recognition([photo("a", "Low & tide", "Boats")], [post("1", "<p>Low & tide</p>", "<p>Boats</p>")], agrees)
    assert told(found.matches({}, {})) == {"a": (SURE, "1")}


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_one_of_the_texts_and_a_near_picture_are_enough():
    looks = {"a": ZERO, "1": bits(NEAR)}
    found = matched([photo("a", "Low tide", "New alt")], [post("1", "Low tide", "Old alt")], looks)
    assert told(found) == {"a": (SURE, "1")}
    assert found["a"].reason == "the text is the same, and the picture looks the same"


@pytest.mark.parametrize(
    ("away", "expected"), [(0, {"a": (LIKELY, "1")}), (ALIKE, {"a": (LIKELY, "1")}), (ALIKE + 1, {})]
)
def test_a_picture_alone_is_a_question_as_long_as_it_is_alike(away, expected):
    assert told(matched([photo("a", "New")], [post("1", "Old")], {"a": ZERO, "1": bits(away)})) == expected


def test_a_series_with_one_text_is_told_by_its_pictures_and_the_photo_that_is_new_is_not_there():
    series = {"a": "0f" * 8, "b": "f0" * 8, "c": "33" * 8}
    photos = [photo(name, "Regatta", "Sails") for name in series]
    posts = [post(f"of {name}", "Regatta", "Sails") for name in ("a", "b")]
    looks = {**series, **{f"of {name}": look for name, look in series.items()}}
    assert told(matched(photos, posts, looks)) == {"a": (SURE, "of a"), "b": (SURE, "of b")}


def test_a_burst_without_words_is_asked_about_nearest_first_and_never_sure():
    looks = {"a": bits(0), "b": bits(4), "1": bits(0), "2": bits(4)}
    found = matched([photo("a"), photo("b")], [post("2"), post("1")], looks)
    assert told(found) == {"a": (LIKELY, "1"), "b": (LIKELY, "2")}


def test_a_photo_like_a_post_that_is_asked_about_for_another_waits():
    looks = {"a": bits(0), "b": bits(4), "1": bits(1)}
    found = matched([photo("a"), photo("b")], [post("1")], looks)
    assert told(found) == {"a": (LIKELY, "1"), "b": (NO, "1")}
    assert "asked about first" in found["b"].reason


def test_pictures_that_could_not_be_looked_at_hold_back_what_could_be_there():
    photos = [photo("a", "Low tide", "Boats"), photo("b", taken="2024-05-03T12:00:00"), photo("c", taken="2026")]
    posts = [post("1", "Low tide", "Boats"), post("2", "Other", made_at="2025-01-01T00:00:00Z")]
    assert told(matched(photos, posts, unseen=("2",))) == {"a": (SURE, "1"), "b": (NO, "2")}


# --- dates, marks, answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "made_at", "possible"),
    [
        ("2024-05-03T12:00:00", "2024-05-02T21:59:59+00:00", False),
        ("2024-05-03T12:00:00", "2024-05-02T22:00:01Z", True),  # taken in UTC+14
        ("2024-05", "2024-04-30T00:00:00Z", False),
        ("2024", "2024-01-01T00:00:00Z", True),
        ("", "1999-01-01T00:00:00Z", True),
        ("2024", "", True),
        ("2024-13-45", "1999-01-01T00:00:00Z", True),
        ("0001", "1999-01-01T00:00:00Z", True),
    ],
)
def test_a_post_older_than_the_photo_is_not_its_post(taken, made_at, possible):
    found = matched([photo("a", "Low tide", "Boats", taken)], [post("1", "Low tide", "Boats", made_at)])
    assert bool(found) == possible


def test_where_marks_are_shown_a_post_without_one_is_never_sure_and_its_words_say_nothing():
    photos, posts = [photo("a", "Low tide", "Boats")], [post("1", "Low tide", "Boats")]
    assert matched(photos, posts, foreign=True) == {}
    assert told(matched(photos, posts, {"a": ZERO, "1": ZERO}, foreign=True)) == {"a": (LIKELY, "1")}


def test_other_pixels_of_the_same_moment_are_a_question():
    moment = ("2024-05-03T14:05:06", "", "", "")
    dated = Sought(Wanted(Subject(SubjectKind.PHOTO, "a"), "there", "a.jpg", {F.TAKEN: moment}, mark="mark of a"))
    shown = Post("1", SubjectKind.PHOTO, "mark of others", fields={F.TAKEN: moment})
    found = matched([dated], [shown])
    assert told(found) == {"a": (LIKELY, "1")}
    assert found["a"].reason == "it was taken at the same moment"


def test_an_answer_wins_and_a_post_that_is_denied_is_offered_to_the_next():
    looks = {"a": bits(0), "b": bits(4), "1": bits(1)}
    photos, posts = [photo("a"), photo("b")], [post("1")]
    assert told(matched(photos, posts, looks, answers={("b", "1"): "same"})) == {"a": (NO, "1"), "b": (LIKELY, "1")}
    denied = told(matched(photos, posts, looks, answers={("a", "1"): "different"}))
    assert denied == {"a": (LIKELY, "1"), "b": (LIKELY, "1")}  # the table adds what its owner denied


# --- any crowd --------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["", "Low tide", "High tide", "Rain"])
LOOKS = st.sampled_from(["", ZERO, bits(3), bits(6), bits(13), "f" * 15 + "0"])
ONES = st.tuples(WORDS, WORDS, LOOKS)


@given(st.lists(ONES, max_size=6), st.lists(ONES, max_size=6), st.randoms(use_true_random=False))
def test_no_post_is_given_twice_and_nothing_is_sure_where_two_would_fit(here, there, rng: random.Random):
    photos = [photo(f"a{n}", text, alt) for n, (text, alt, _) in enumerate(here)]
    posts = [post(f"{n}", text, alt) for n, (text, alt, _) in enumerate(there)]
    looks = {f"a{n}": one[2] for n, one in enumerate(here)} | {f"{n}": one[2] for n, one in enumerate(there)}
    looks = {name: look for name, look in looks.items() if look}
    found = matched(photos, posts, looks)
    rng.shuffle(photos)
    rng.shuffle(posts)
    assert matched(photos, posts, looks) == found
    given_away = [match.post.id for match in found.values() if match.likeness != NO]
    assert len(given_away) == len(set(given_away))
    for name, match in found.items():
        if match.likeness == SURE:
            assert _only_one_fits(name, match.post.id, here, there)
    for name, item in ((item.id, item) for item in photos):
        if name not in found:
            assert not any(_both(item, other) for other in posts if other.id not in given_away)


def _fit(one: tuple[str, str, str], other: tuple[str, str, str]) -> tuple[bool, bool]:
    """Whether both texts are the same, and whether one is and the pictures are near."""
    text, alt = (bool(one[n]) and one[n] == other[n] for n in (0, 1))
    close = bool(one[2] and other[2]) and distance(one[2], other[2]) <= NEAR
    return text and alt, (text or alt) and close


def _only_one_fits(name: str, post_id: str, here: list, there: list) -> bool:
    mine, its = here[int(name[1:])], there[int(post_id)]
    rivals = [_fit(mine, other) for n, other in enumerate(there) if n != int(post_id)]
    rivals += [_fit(other, its) for n, other in enumerate(here) if n != int(name[1:])]
    both, near = _fit(mine, its)
    by_words = both and not any(words for words, _ in rivals)
    return by_words or near


def _both(item: Sought, other: Post) -> bool:
    return all(item.wanted.fields[name] and item.wanted.fields[name] == other.fields[name] for name in (F.TEXT, F.ALT))


def test_ten_thousand_photos_and_five_thousand_posts_of_one_text_are_no_trouble():
    rng = random.Random(5)
    photos = [photo(f"a{n}", "#photography", f"Alt {n}" if n % 2 else "") for n in range(10_000)]
    posts = [post(f"{n}", "#photography", f"Alt {n}" if n % 2 else "") for n in range(5_000)]
    looks = {f"{name}{n}": f"{seed:016x}" for n in range(5_000) for seed in [rng.getrandbits(63)] for name in ("a", "")}
    calls = 0

    def counting(field: str, sent: Value, shown: Value) -> bool:
        nonlocal calls
        calls += 1
        return equal(field, sent, shown)

    recognition = Recognition(photos, posts, counting)
    here, there = ({key: looks[key] for key in looks if key.startswith("a") == is_photo} for is_photo in (True, False))
    found = recognition.matches(here, there)
    assert calls < 20_000
    assert sum(match.likeness == SURE for match in found.values()) == 5_000
