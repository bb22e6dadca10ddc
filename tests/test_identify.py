"""Which photograph a file is: every rule with its example, and what must hold whatever happened to the library."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.identify import Identity, Photograph, Recognition, Role, Seen, Sought, identify, photo_id
from heliograph.model import F, Post, Subject, SubjectKind, Wanted

ONE, TWO, THREE, FOUR = (letter * 64 for letter in "1234")
NOON, LATER = "2024-05-03T12:00:00||Canon|R5", "2024-05-03T13:00:00||Canon|R5"


def known(where: str, digest: str, taken: str = NOON, *earlier: str) -> Photograph:
    """A photograph that keeps the id it was first seen with."""
    return Photograph(photo_id((*earlier, digest)[0]), where, digest, taken, frozenset(earlier))


def said(seen: list[Seen], photographs: list[Photograph], answers: dict[str, str] | None = None) -> dict[str, tuple]:
    return {item.where: (item.photo, item.role) for item in identify(seen, photographs, answers)}


def only(seen: list[Seen], photographs: list[Photograph], answers: dict[str, str] | None = None) -> Identity:
    (found,) = identify(seen, photographs, answers)
    return found


# --- one rule, one example --------------------------------------------------------------------------------------------


def test_a_file_never_seen_before_is_a_photograph_of_its_own() -> None:
    found = only([Seen("a.jpg", ONE, NOON)], [])
    assert (found.photo, found.role, found.reason) == (ONE[:32], Role.MAIN, "never seen before")


def test_the_same_pixels_in_the_same_place_are_the_same_photograph_whatever_its_words_say() -> None:
    found = only([Seen("a.jpg", ONE, LATER)], [known("a.jpg", ONE, NOON)])
    assert (found.photo, found.role, found.reason) == (ONE[:32], Role.MAIN, "the same pixels in the same place")


def test_a_moved_file_is_the_same_photograph() -> None:
    found = only([Seen("Norway/b.jpg", ONE, NOON)], [known("a.jpg", ONE)])
    assert (found.photo, found.role, found.reason) == (ONE[:32], Role.MAIN, "the same pixels, moved from a.jpg")


def test_of_two_copies_that_were_never_seen_before_one_is_published() -> None:
    copies = [Seen("2024/a.jpg", ONE, NOON), Seen("Best/a.jpg", ONE, NOON)]
    assert said(copies, []) == {"2024/a.jpg": (ONE[:32], Role.MAIN), "Best/a.jpg": (ONE[:32], Role.COPY)}
    assert identify(copies, [])[1].reason == "the same pixels as 2024/a.jpg"


def test_of_a_picture_and_its_copy_beside_it_the_one_with_the_shorter_name_is_published() -> None:
    copies = [Seen("sea copy.jpg", ONE, NOON), Seen("sea-2.jpg", ONE, NOON), Seen("sea.jpg", ONE, NOON)]
    assert [where for where, (_, role) in said(copies, []).items() if role == Role.MAIN] == ["sea.jpg"]


def test_a_copy_does_not_take_the_place_of_the_file_that_was_there_first() -> None:
    copies = [Seen("2024/a.jpg", ONE, NOON), Seen("Best/a.jpg", ONE, NOON)]
    found = said(copies, [known("Best/a.jpg", ONE)])
    assert found == {"2024/a.jpg": (ONE[:32], Role.COPY), "Best/a.jpg": (ONE[:32], Role.MAIN)}


def test_a_copy_takes_over_where_the_original_is_gone() -> None:
    found = only([Seen("Best/a.jpg", ONE, NOON)], [known("2024/a.jpg", ONE)])
    assert (found.photo, found.role) == (ONE[:32], Role.MAIN)


def test_new_pixels_of_the_same_moment_in_the_same_place_are_an_edit() -> None:
    found = only([Seen("a.jpg", TWO, NOON)], [known("a.jpg", ONE)])
    assert (found.photo, found.role) == (ONE[:32], Role.MAIN)
    assert "edited" in found.reason


def test_new_pixels_in_the_same_place_are_an_edit_where_neither_says_when_it_was_taken() -> None:
    assert only([Seen("a.jpg", TWO)], [known("a.jpg", ONE, "")]).role == Role.MAIN


@pytest.mark.parametrize(("before", "now"), [(NOON, LATER), (NOON, ""), ("", NOON)])
def test_another_photo_under_the_same_name_is_asked_about(before: str, now: str) -> None:
    found = only([Seen("a.jpg", TWO, now)], [known("a.jpg", ONE, before)])
    assert (found.photo, found.role) == (ONE[:32], Role.UNSURE)
    assert found.question
    assert "a.jpg" in found.reason


def test_answered_same_it_is_an_edit_and_answered_new_it_is_a_photograph_of_its_own() -> None:
    seen, photographs = [Seen("a.jpg", TWO, LATER)], [known("a.jpg", ONE)]
    question = only(seen, photographs).question
    assert said(seen, photographs, {question: "same"}) == {"a.jpg": (ONE[:32], Role.MAIN)}
    assert said(seen, photographs, {question: "new"}) == {"a.jpg": (TWO[:32], Role.MAIN)}


def test_an_answer_about_one_replacement_is_none_about_the_next() -> None:
    photographs = [known("a.jpg", ONE)]
    question = only([Seen("a.jpg", TWO, LATER)], photographs).question
    found = only([Seen("a.jpg", THREE, LATER)], photographs, {question: "same"})
    assert found.role == Role.UNSURE
    assert found.question != question


def test_a_file_restored_to_an_older_version_is_the_same_photograph_without_asking() -> None:
    """Also where the date was corrected in between: these pixels were its own once."""
    for taken in (NOON, LATER):
        found = only([Seen("a.jpg", ONE, taken)], [known("a.jpg", TWO, NOON, ONE)])
        assert (found.photo, found.role) == (ONE[:32], Role.MAIN)


def test_an_older_version_elsewhere_is_a_copy_of_the_photograph() -> None:
    seen = [Seen("a.jpg", TWO, NOON), Seen("backup/a.jpg", ONE, NOON)]
    found = said(seen, [known("a.jpg", TWO, NOON, ONE)])
    assert found == {"a.jpg": (ONE[:32], Role.MAIN), "backup/a.jpg": (ONE[:32], Role.COPY)}


def test_moved_and_edited_at_once_is_asked_about() -> None:
    seen, photographs = [Seen("Best/b.jpg", TWO, NOON)], [known("a.jpg", ONE)]
    found = only(seen, photographs)
    assert (found.photo, found.role) == (ONE[:32], Role.UNSURE)
    assert "Best/b.jpg" in found.reason
    assert "a.jpg" in found.reason
    assert said(seen, photographs, {found.question: "same"}) == {"Best/b.jpg": (ONE[:32], Role.MAIN)}
    assert said(seen, photographs, {found.question: "new"}) == {"Best/b.jpg": (TWO[:32], Role.MAIN)}


def test_of_two_files_of_the_moment_the_second_is_asked_about_when_the_first_is_new() -> None:
    seen = [Seen("Best/b.jpg", TWO, NOON), Seen("Best/c.jpg", THREE, NOON)]
    photographs = [known("a.jpg", ONE)]
    first = identify(seen, photographs)[0]
    assert first.role == Role.UNSURE
    found = identify(seen, photographs, {first.question: "new"})
    assert [(item.photo, item.role) for item in found] == [(TWO[:32], Role.MAIN), (ONE[:32], Role.UNSURE)]


def test_an_older_version_that_appears_where_the_newer_vanished_is_asked_about() -> None:
    found = only([Seen("old/a.jpg", ONE, NOON)], [known("a.jpg", TWO, NOON, ONE)])
    assert (found.photo, found.role) == (ONE[:32], Role.UNSURE)


def test_a_file_of_another_moment_says_nothing_about_one_that_vanished() -> None:
    assert said([Seen("b.jpg", TWO, LATER)], [known("a.jpg", ONE)]) == {"b.jpg": (TWO[:32], Role.MAIN)}


def test_files_without_a_date_say_nothing_about_one_that_vanished() -> None:
    assert said([Seen("b.jpg", TWO)], [known("a.jpg", ONE, "")]) == {"b.jpg": (TWO[:32], Role.MAIN)}


def test_an_older_version_of_another_photograph_is_not_taken_for_one_that_vanished() -> None:
    """Two of a series, of the same second; one is gone, of the other an older version appears."""
    photographs = [known("a.jpg", ONE), known("b.jpg", THREE, NOON, TWO)]
    found = said([Seen("b.jpg", THREE, NOON), Seen("backup/b.jpg", TWO, NOON)], photographs)
    assert found == {"b.jpg": (TWO[:32], Role.MAIN), "backup/b.jpg": (TWO[:32], Role.COPY)}


def test_two_files_that_swapped_their_names_stay_what_they_were() -> None:
    found = said(
        [Seen("a.jpg", TWO, LATER), Seen("b.jpg", ONE, NOON)], [known("a.jpg", ONE), known("b.jpg", TWO, LATER)]
    )
    assert found == {"a.jpg": (TWO[:32], Role.MAIN), "b.jpg": (ONE[:32], Role.MAIN)}


def test_a_file_replaced_by_a_copy_of_another_is_that_other_photograph() -> None:
    found = said([Seen("a.jpg", TWO, NOON), Seen("b.jpg", TWO, NOON)], [known("a.jpg", ONE), known("b.jpg", TWO)])
    assert found == {"a.jpg": (TWO[:32], Role.COPY), "b.jpg": (TWO[:32], Role.MAIN)}


def test_two_photographs_that_were_edited_to_the_same_pixels_both_stay() -> None:
    """Two black frames, say: each is published, and neither takes the other's place."""
    seen = [Seen("a.jpg", THREE, NOON), Seen("b.jpg", THREE, LATER)]
    before = [known("a.jpg", ONE, NOON), known("b.jpg", TWO, LATER)]
    edited = said(seen, before)
    assert edited == {"a.jpg": (ONE[:32], Role.MAIN), "b.jpg": (TWO[:32], Role.MAIN)}
    after = [known("a.jpg", THREE, NOON, ONE), known("b.jpg", THREE, LATER, TWO)]
    assert said(seen, after) == edited


def test_two_photographs_of_the_same_pixels_may_both_move() -> None:
    before = [known("a.jpg", THREE, NOON, ONE), known("b.jpg", THREE, LATER, TWO)]
    found = said([Seen("x.jpg", THREE, NOON), Seen("y.jpg", THREE, LATER)], before)
    assert {role for _, role in found.values()} == {Role.MAIN}
    assert {photo for photo, _ in found.values()} == {ONE[:32], TWO[:32]}


def test_edited_in_its_place_it_is_the_same_photograph_though_an_unedited_copy_lies_elsewhere() -> None:
    seen = [Seen("a.jpg", TWO, NOON), Seen("backup/a.jpg", ONE, NOON)]
    found = said(seen, [known("a.jpg", ONE)])
    assert found == {"a.jpg": (ONE[:32], Role.MAIN), "backup/a.jpg": (ONE[:32], Role.COPY)}


def test_moved_away_it_is_the_same_photograph_though_another_took_its_place() -> None:
    """Whatever that one's date is, or where neither has one."""
    for before, now in ((NOON, LATER), (NOON, ""), ("", "")):
        seen = [Seen("a.jpg", TWO, now), Seen("moved/a.jpg", ONE, before)]
        found = said(seen, [known("a.jpg", ONE, before)])
        assert found == {"a.jpg": (TWO[:32], Role.MAIN), "moved/a.jpg": (ONE[:32], Role.MAIN)}


def test_a_copy_that_was_made_together_with_an_edit_is_a_copy_of_the_edited_photograph() -> None:
    seen = [Seen("a.jpg", TWO, NOON), Seen("Best/a.jpg", TWO, NOON)]
    assert said(seen, [known("a.jpg", ONE)]) == {"Best/a.jpg": (ONE[:32], Role.COPY), "a.jpg": (ONE[:32], Role.MAIN)}


def test_a_copy_of_what_is_in_question_waits_with_it() -> None:
    seen, photographs = [Seen("a.jpg", TWO, LATER), Seen("b.jpg", TWO, LATER)], [known("a.jpg", ONE)]
    assert said(seen, photographs) == {"a.jpg": (ONE[:32], Role.UNSURE), "b.jpg": (ONE[:32], Role.COPY)}
    question = identify(seen, photographs)[0].question
    found = said(seen, photographs, {question: "new"})
    assert found == {"a.jpg": (TWO[:32], Role.MAIN), "b.jpg": (TWO[:32], Role.COPY)}


def test_an_older_version_that_the_owner_calls_new_is_published_and_not_hidden_as_a_copy_of_nothing() -> None:
    seen, photographs = [Seen("old/a.jpg", TWO, NOON)], [known("a.jpg", THREE, NOON, ONE, TWO)]
    question = only(seen, photographs).question
    assert said(seen, photographs, {question: "new"}) == {"old/a.jpg": (TWO[:32], Role.MAIN)}


# --- whatever happened ------------------------------------------------------------------------------------------------

DIGESTS = st.sampled_from([ONE, TWO, THREE, FOUR])
MOMENTS = st.sampled_from(["", NOON, LATER])
WHERES = st.sampled_from(["a.jpg", "b.jpg", "c.jpg", "d/e.jpg", "d/f.jpg"])


@st.composite
def libraries(draw: st.DrawFn) -> list[Seen]:
    wheres = draw(st.lists(WHERES, unique=True, max_size=5))
    return [Seen(where, draw(DIGESTS), draw(MOMENTS)) for where in wheres]


@st.composite
def memories(draw: st.DrawFn) -> list[Photograph]:
    """Photographs as a ledger can hold them: each digest belongs to the photograph that had it first."""
    ids = draw(st.lists(DIGESTS, unique=True, max_size=4))
    wheres = draw(st.permutations(["a.jpg", "b.jpg", "c.jpg", "d/e.jpg"]))
    spare = [digest for digest in (ONE, TWO, THREE, FOUR) if digest not in ids]
    found = []
    for first, where in zip(ids, wheres, strict=False):
        edited = draw(st.booleans()) and spare
        now = spare[0] if edited else first
        found.append(Photograph(photo_id(first), where, now, draw(MOMENTS), frozenset({first} - {now})))
    return found


ANSWERS = st.sampled_from(["", "same", "new"])


def answered(seen: list[Seen], photographs: list[Photograph], choice: str) -> tuple[Identity, ...]:
    """With the same answer to every question, until nothing is asked or no answer is given."""
    answers: dict[str, str] = {}
    for _ in range(6):
        found = identify(seen, photographs, answers)
        asked = {item.question: choice for item in found if item.question}
        if not choice or not asked:
            return found
        answers |= asked
    raise AssertionError


@given(libraries(), memories(), ANSWERS, st.randoms())
def test_the_order_of_files_and_photographs_changes_nothing(seen, photographs, choice, chance) -> None:
    expected = answered(seen, photographs, choice)
    chance.shuffle(seen)
    chance.shuffle(photographs)
    assert answered(seen, photographs, choice) == expected


@given(libraries(), memories(), ANSWERS)
def test_every_file_is_exactly_one_photograph_and_no_photograph_has_two_main_files(seen, photographs, choice) -> None:
    found = answered(seen, photographs, choice)
    assert [item.where for item in found] == sorted(file.where for file in seen)
    mains = Counter(item.photo for item in found if item.role == Role.MAIN)
    assert not mains or max(mains.values()) == 1
    claims = Counter(item.photo for item in found if item.role in {Role.MAIN, Role.UNSURE})
    assert not claims or max(claims.values()) == 1


@given(libraries(), memories(), ANSWERS)
def test_every_identity_has_a_reason_and_only_doubts_have_a_question(seen, photographs, choice) -> None:
    for item in answered(seen, photographs, choice):
        assert item.reason
        assert bool(item.question) == (item.role == Role.UNSURE)


@given(libraries(), memories())
def test_pixels_where_they_were_are_never_in_doubt(seen, photographs) -> None:
    at_home = {(photograph.where, photograph.digest): photograph.id for photograph in photographs}
    files = {file.where: file.digest for file in seen}
    for item in identify(seen, photographs):
        if (item.where, files[item.where]) in at_home:
            assert (item.photo, item.role) == (at_home[item.where, files[item.where]], Role.MAIN)


def remembered(found: tuple[Identity, ...], seen: list[Seen], before: list[Photograph]) -> list[Photograph]:
    """The photographs as the ledger remembers them after this."""
    files = {file.where: file for file in seen}
    memory = {photograph.id: photograph for photograph in before}
    for item in found:
        if item.role == Role.MAIN:
            file, old = files[item.where], memory.get(item.photo)
            earlier = (old.earlier | {old.digest}) - {file.digest} if old else frozenset()
            memory[item.photo] = Photograph(item.photo, file.where, file.digest, file.taken, frozenset(earlier))
    return list(memory.values())


@given(libraries(), memories(), st.sampled_from(["same", "new"]))
def test_asking_again_about_an_unchanged_library_gives_the_same_photographs(seen, photographs, choice) -> None:
    found = answered(seen, photographs, choice)
    again = answered(seen, remembered(found, seen, photographs), choice)
    mains = {item.where: item.photo for item in found if item.role == Role.MAIN}
    assert {item.where: item.photo for item in again if item.role == Role.MAIN} == mains


@given(libraries(), st.permutations(["v.jpg", "w.jpg", "x/y.jpg", "z.jpg", "0.jpg"]))
def test_renaming_everything_changes_no_photograph(seen, names) -> None:
    found = identify(seen, [])
    before = remembered(found, seen, [])
    moved = [Seen(name, file.digest, file.taken) for name, file in zip(names, seen, strict=False)]
    again = identify(moved, before)
    assert {item.photo for item in again} == {item.photo for item in found}
    assert {item.role for item in again} <= {Role.MAIN, Role.COPY}


@given(libraries(), memories())
def test_an_unrelated_file_changes_nothing_else(seen, photographs) -> None:
    more = [*seen, Seen("unrelated.jpg", "9" * 64, "1999-01-01T00:00:00||Nikon|F5")]
    assert [item for item in identify(more, photographs) if item.where != "unrelated.jpg"] == list(
        identify(seen, photographs)
    )


# --- a post that the ledger does not know -----------------------------------------------------------------------------

MOMENT = ("2024-05-03T14:05:06", "", "", "")
WANTED = Wanted(
    Subject(SubjectKind.PHOTO, "p"), "there", "a.jpg", {F.TITLE: "Low tide", F.TAKEN: MOMENT}, mark="m" * 32
)


def is_asked_about(wanted: Wanted, post: Post) -> bool:
    """Whether a post may be the photo by its date alone, where nothing was said of pictures and words."""
    return wanted.subject.id in Recognition([Sought(wanted)], [post], lambda *_: False, foreign=True).matches({}, {})


@pytest.mark.parametrize(
    ("mark", "fields", "expected"),
    [
        ("x" * 32, {}, False),
        ("x" * 32, {F.TITLE: "Low tide"}, False),
        ("x" * 32, {F.TITLE: "Edited", F.TAKEN: MOMENT}, True),
        ("", {F.TITLE: "Low tide", F.TAKEN: MOMENT}, True),
        ("", {F.TITLE: "High tide", F.TAKEN: MOMENT}, False),
        ("", {F.TITLE: "Low tide"}, False),
        ("", {F.TITLE: "Low tide", F.TAKEN: ("2024-05-03T14:05:07", "", "", "")}, False),
        ("", {}, False),
    ],
)
def test_a_post_of_the_same_moment_may_be_the_photo(mark, fields, expected) -> None:
    assert is_asked_about(WANTED, Post("p1", SubjectKind.PHOTO, mark, fields=fields)) is expected


def test_an_album_is_never_taken_for_a_photo() -> None:
    fields = {F.TITLE: "Low tide", F.TAKEN: MOMENT}
    assert not is_asked_about(WANTED, Post("p1", SubjectKind.ALBUM, "x" * 32, fields=fields))


def test_a_year_alone_makes_no_likeness_with_a_post_of_other_pixels() -> None:
    year = ("2024", "", "", "")
    wanted = Wanted(WANTED.subject, "there", "a.jpg", {F.TAKEN: year}, mark="m" * 32)
    assert not is_asked_about(wanted, Post("p1", SubjectKind.PHOTO, "x" * 32, fields={F.TAKEN: year}))
    assert is_asked_about(wanted, Post("p1", SubjectKind.PHOTO, fields={F.TAKEN: year}))


def test_a_photo_without_a_date_is_like_nothing() -> None:
    wanted = Wanted(WANTED.subject, "there", "a.jpg", {F.TITLE: "Low tide", F.TAKEN: None})
    assert not is_asked_about(wanted, Post("p1", SubjectKind.PHOTO, fields={F.TITLE: "Low tide"}))
