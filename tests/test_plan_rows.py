"""Rows of the decision table about others: who sees a photo, who likes it, what they added, what they hold back."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.model import Agreed, F, Limits, Post, Record, Subject, SubjectKind, Value, Verb, Wanted, value_digest
from heliograph.plan import Show, Standing, Table, Want
from heliograph.policy import (
    Audience,
    Direction,
    OnAudience,
    OnEdited,
    OnFixed,
    OnLoved,
    OnMissing,
    OnRefused,
    OnUnwanted,
    PlatformPolicy,
    When,
)

PHOTO, ALBUM = Subject(SubjectKind.PHOTO, "a" * 32), Subject(SubjectKind.ALBUM, "Coast")
NAMES = frozenset({F.TITLE, F.TAGS, F.GROUPS, F.VISIBILITY})
LIMITS = Limits(fields=NAMES, rides=NAMES, amendable=NAMES, album_fields=frozenset({F.TITLE}), two_way=True)
AUDIENCES = ("public", "friends", "private")


def policy(direction: Direction = Direction.PUBLISH, **when: object) -> PlatformPolicy:
    return PlatformPolicy("there", "memory", direction, when=When(**when))


def record(subject: Subject = PHOTO, setting: tuple[str, ...] = (), **fields: Value) -> Record:
    agreed = {name: Agreed(value, value_digest(value)) for name, value in fields.items()}
    return Record(subject, "there", "p1", fields=agreed, setting=setting)


def post(reactions: int | None = 0, kind: SubjectKind = SubjectKind.PHOTO, **fields: Value) -> Post:
    return Post("p1", kind, "a" * 32, "https://photos.example/p1", fields, reactions)


def wanted(**fields: Value) -> Wanted:
    return Wanted(PHOTO, "there", "a.jpg", fields, mark="a" * 32)


def both(record: Record | None, post: Post, wanted: Wanted | None, want: Want = Want.YES) -> Standing:
    """A photo that is there."""
    return Standing(PHOTO, "a.jpg", want, wanted, record=record, show=Show.YES, post=post, shown=post.fields)


def by_words(field: str, sent: Value, shown: Value) -> bool:
    """Says of a platform that changes letters, and where others may add tags."""
    if field == F.TAGS and isinstance(sent, tuple) and isinstance(shown, tuple):
        return {str(tag).lower() for tag in sent} <= set(shown)
    return str(sent).casefold() == str(shown).casefold()


# --- liked by others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reactions", [0, 1, 250, None])
@pytest.mark.parametrize("loved", OnLoved)
@pytest.mark.parametrize("want", [Want.NO, Want.UNSURE])
def test_what_others_like_is_deleted_only_where_the_settings_say_so(reactions, loved, want) -> None:
    table = Table(policy(loved=loved), LIMITS, {})
    action = table.decide(both(record(title="Ebb"), post(reactions, title="Ebb"), None, want))
    expected = {OnLoved.ASK: Verb.ASK, OnLoved.DELETE: Verb.DELETE, OnLoved.LEAVE: Verb.KEEP}
    decided = Verb.ASK if want == Want.UNSURE else Verb.DELETE if reactions == 0 else expected[loved]
    assert action.verb == decided
    if want == Want.NO and decided in {Verb.ASK, Verb.DELETE} and reactions:
        assert f"{reactions} favourites or comments" in action.reason


def test_an_answer_about_one_post_says_nothing_about_another_or_about_the_same_photo_elsewhere() -> None:
    asked = Table(policy(), LIMITS, {}).decide(both(record(title="Ebb"), post(3), None, Want.NO))
    answers = {asked.question: "delete"}
    assert (
        Table(policy(), LIMITS, answers).decide(both(record(title="Ebb"), post(9), None, Want.NO)).verb == Verb.DELETE
    )
    another = Post("p2", SubjectKind.PHOTO, reactions=3)
    assert Table(policy(), LIMITS, answers).decide(both(record(title="Ebb"), another, None, Want.NO)).verb == Verb.ASK
    elsewhere = Table(PlatformPolicy("elsewhere", "memory"), LIMITS, answers)
    assert elsewhere.decide(both(record(title="Ebb"), post(3), None, Want.NO)).verb == Verb.ASK


# --- albums that nobody wants -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lives", [True, False])
@pytest.mark.parametrize("emptied", [None, *OnUnwanted])
@pytest.mark.parametrize("unwanted", OnUnwanted)
@pytest.mark.parametrize("direction", Direction)
def test_an_emptied_album_goes_by_its_own_setting_and_by_the_photos_where_there_is_none(
    lives, emptied, unwanted, direction
) -> None:
    limits = Limits(NAMES, NAMES, NAMES, album_fields=frozenset({F.TITLE}), album_lives=lives)
    there = post(kind=SubjectKind.ALBUM, title="Coast")
    standing = Standing(ALBUM, "Coast", Want.NO, record=record(ALBUM, title="Coast"), show=Show.YES, post=there)
    action = Table(policy(direction, emptied=emptied, unwanted=unwanted), limits, {}).decide(standing)
    said = emptied or (OnUnwanted.LEAVE if lives else unwanted)
    deleted = said == OnUnwanted.DELETE and direction == Direction.PUBLISH
    assert action.verb == (Verb.DELETE if deleted else Verb.KEEP)


# --- who sees it ------------------------------------------------------------------------------------------------------

WHENS = [
    When(unwanted, missing, edited, fixed, refused)
    for unwanted, missing, edited, fixed, refused in product(OnUnwanted, OnMissing, OnEdited, OnFixed, OnRefused)
]
AUDIENCE = st.sampled_from(AUDIENCES)


@given(
    st.sampled_from(WHENS),
    AUDIENCE,
    st.none() | AUDIENCE,
    st.none() | AUDIENCE,
    st.sampled_from(["Ebb", "Flood"]),
    st.sampled_from([NAMES, NAMES - {F.TITLE}, NAMES - {F.VISIBILITY}]),
)
def test_a_setting_for_new_photos_never_changes_who_sees_a_published_one(
    when, show, agreed, shown, title, amendable
) -> None:
    """Whatever else is set, asked, matched, added again or posted anew, it is for those who saw it before."""
    known = record(title="Ebb", visibility=agreed) if agreed else None
    there = post(title="Ebb", visibility=shown) if shown else None
    if known is None and there is None:
        return
    made = PlatformPolicy("there", "memory", when=when, audience=Audience(show, OnAudience.NEW))
    standing = Standing(
        *(PHOTO, "a.jpg", Want.YES, wanted(title=title, visibility=show)),
        record=known,
        show=Show.YES if there else Show.NO,
        post=there,
        shown=there.fields if there else {},
    )
    action = Table(made, Limits(NAMES, NAMES, frozenset(amendable)), {}).decide(standing)
    assert action.wanted is not None
    assert action.wanted.fields[F.VISIBILITY] in {agreed, shown} - {None}
    assert not [change for change in action.changes if change.field == F.VISIBILITY and agreed is None]


def test_a_published_photo_is_in_step_though_the_setting_for_new_ones_is_another() -> None:
    table = Table(PlatformPolicy("there", "memory", audience=Audience("public")), LIMITS, {})
    standing = both(record(visibility="private"), post(visibility="private"), wanted(visibility="public"))
    assert table.in_step(standing)
    assert table.decide(standing).verb == Verb.KEEP


def test_an_audience_that_was_chosen_there_and_accepted_is_the_agreed_one() -> None:
    """Or the photo would be seen by others again as soon as it is posted anew."""
    made = PlatformPolicy("there", "memory", when=When(edited=OnEdited.ACCEPT), audience=Audience("public"))
    standing = both(record(visibility="public"), post(visibility="private"), wanted(visibility="public"))
    action = Table(made, LIMITS, {}).decide(standing)
    assert action.verb == Verb.ACCEPT
    assert action.wanted is not None
    assert action.wanted.fields[F.VISIBILITY] == "private"


@given(AUDIENCE, AUDIENCE)
def test_a_setting_for_all_changes_every_photo_that_is_seen_by_others(show, agreed) -> None:
    made = PlatformPolicy("there", "memory", audience=Audience(show, OnAudience.ALL))
    standing = both(record(visibility=agreed), post(visibility=agreed), wanted(visibility=show))
    action = Table(made, LIMITS, {}).decide(standing)
    assert action.verb == (Verb.KEEP if show == agreed else Verb.UPDATE)
    assert Table(made, LIMITS, {}).in_step(standing) == (show == agreed)


def test_a_photo_whose_audience_was_never_set_gets_the_one_of_the_settings() -> None:
    """The run that added it ended before it was set."""
    made = PlatformPolicy("there", "memory", audience=Audience("private"))
    standing = both(record(title="Ebb"), post(title="Ebb"), wanted(title="Ebb", visibility="private"))
    action = Table(made, LIMITS, {}).decide(standing)
    assert [(change.field, change.after) for change in action.changes] == [(F.VISIBILITY, "private")]


# --- what the platform makes of it ------------------------------------------------------------------------------------


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_what_agrees_in_other_letters_is_no_edit_and_is_not_set_again(old, new, shown) -> None:
    table = Table(policy(), LIMITS, {}, by_words)
    action = table.decide(both(record(title=old), post(title=shown), wanted(title=new)))
    same = old.casefold() == shown.casefold()
    if old == new and same:
        assert action.verb == Verb.KEEP
    elif same:
        assert action.verb == Verb.UPDATE
    else:
        # Somebody wrote what the library says now, too: exactly, or in other letters.
        alike = Verb.ACCEPT if new == shown else Verb.UPDATE
        assert action.verb == (alike if new.casefold() == shown.casefold() else Verb.ASK)


TAGS = st.sets(st.sampled_from(["Boats", "Gulls", "Terns"])).map(lambda tags: tuple(sorted(tags)))


@given(TAGS, TAGS, TAGS)
def test_no_tag_of_ours_is_forgotten_there_where_tags_of_others_stay(old, new, shown) -> None:
    """Where nothing is asked, every tag that we sent and no longer want is set away."""
    there = tuple(tag.lower() for tag in shown)
    action = Table(policy(), LIMITS, {}, by_words).decide(both(record(tags=old), post(tags=there), wanted(tags=new)))
    left_over = {tag.lower() for tag in set(old) - set(new)} & set(there)
    if left_over:
        assert action.verb in {Verb.UPDATE, Verb.ASK}
    if action.verb == Verb.KEEP:
        assert {tag.lower() for tag in new} <= set(there)


def test_a_post_that_is_found_is_changed_only_where_it_disagrees() -> None:
    there = post(title="EBB", tags=("boats", "gulls"), visibility="private")
    standing = both(None, there, wanted(title="Ebb", tags=("Terns",), visibility="private"))
    action = Table(policy(), LIMITS, {}, by_words).decide(standing)
    assert (action.verb, [change.field for change in action.changes]) == (Verb.MATCH, [F.TAGS])


# --- held back --------------------------------------------------------------------------------------------------------


@given(st.sets(st.sampled_from(sorted(NAMES))), st.sets(st.sampled_from(sorted(NAMES))))
def test_what_was_held_back_is_set_again_and_is_nobodys_edit(setting, edited) -> None:
    agreed: dict[str, Value] = {F.TITLE: "Ebb", F.TAGS: ("Boats",), F.GROUPS: ("Streets",), F.VISIBILITY: "public"}
    shown = {name: "edited" if name in edited else value for name, value in agreed.items()}
    standing = both(record(setting=tuple(sorted(setting)), **agreed), post(**shown), wanted(**agreed))
    action = Table(policy(), LIMITS, {}).decide(standing)
    if setting:
        assert action.verb == Verb.UPDATE
        assert {change.field for change in action.changes} == setting
        assert action.reason.startswith(f"still to be set: {', '.join(sorted(setting))}")
    else:
        assert action.verb == (Verb.ASK if edited else Verb.KEEP)
