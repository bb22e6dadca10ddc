"""Several photos in one post, in each dialect: made, read back, changed, found again, and how many calls that takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fediverse_house import EVERY, House
from heliograph.errors import Refused
from heliograph.model import (
    Action,
    Change,
    F,
    Rendition,
    Subject,
    SubjectKind,
    Verb,
    Wanted,
    album_mark,
)
from heliograph.platforms.fediverse.dialects import Alt

ALT_BY_MEDIA = ("pixelfed-0.11", "pixelfed-0.12", "takahe-0.11")
REPLACING = ("mastodon-4.6", "gotosocial-0.20")


@pytest.fixture(params=EVERY)
def house(request, tmp_path):
    with House.opened(tmp_path, request.param) as house:
        yield house


def coast(house, *numbers, **fields):
    """The post of an album with these photos."""
    parts = tuple(house.wanted(number) for number in numbers or (1, 2, 3))
    return of_parts(house, parts, **fields)


def of_parts(house, parts, **fields):
    given = {
        F.PICTURE: tuple(part.fields[F.PICTURE] for part in parts),
        F.TEXT: "Coast\n\n#Sea",
        F.ALT: tuple(part.fields[F.ALT] for part in parts),
        F.VISIBILITY: "public",
        F.WARNING: None,
        **fields,
    }
    subject = Subject(SubjectKind.ALBUM, "Coast")
    return Wanted(subject, house.kind, "Coast", given, album_mark("Coast"), parts=parts)


def files(house, wanted):
    return Rendition(tuple(house.file(int(part.where.rpartition("/")[2][:-4])) for part in wanted.parts))


def publish(house, platform, wanted):
    rendition = files(house, wanted)
    claim = platform.prepare(wanted.subject, wanted, rendition)
    return claim, platform.add(claim, wanted, rendition)


def changed(house, platform, post, before, after, *fields):
    """As the executor sets these fields; the calls are those that were foreseen."""
    changes = tuple(Change(name, before.fields[name], after.fields[name]) for name in fields)
    action = Action(Verb.UPDATE, after.subject, after.platform, "Coast", "it changed", after, post, changes)
    foreseen = platform.calls(action)
    house.counts()
    shown = platform.update(post, after, frozenset(fields), files(house, after), before.fields)
    counts = house.counts()
    assert foreseen == sum(counts.values())
    return shown, counts


def listed(house, id_):
    return {post.id: post for post in house.platform().survey(None).posts}[id_]


def pictures(house):
    """Alt texts of the pictures of the newest post, in their order."""
    world = house.standin.world
    return [world.media[id_].alt for id_ in world.posts[0].media]


def uploads(counts):
    return sum(count for name, count in counts.items() if name.startswith("POST /api/v") and name.endswith("/media"))


# --- made -------------------------------------------------------------------------------------------------------------


def test_a_post_of_several_photos_comes_back_whole(house):
    platform = house.ready()
    wanted = coast(house)
    _, post = publish(house, platform, wanted)
    shown = listed(house, post.id)
    assert (post.kind, shown.kind) == (SubjectKind.ALBUM, SubjectKind.ALBUM)
    assert shown.fields[F.ALT] == wanted.fields[F.ALT]
    for name in wanted.fields.keys() & shown.fields.keys():
        assert platform.agrees(name, wanted.fields[name], shown.fields[name]), name
    assert len(house.ids()) == 1


def test_making_it_takes_a_call_for_each_photo_and_one_more(house):
    platform = house.ready()
    wanted = coast(house)
    action = Action(Verb.ADD, wanted.subject, wanted.platform, "Coast", "new", wanted)
    assert platform.calls(action) == 4
    house.publish(platform, house.wanted(9), 9)
    house.counts()
    publish(house, platform, wanted)
    counts = house.counts()
    assert sum(counts.values()) == 4
    assert uploads(counts) == 3


def test_it_is_found_again_by_its_pictures(house):
    platform = house.ready()
    claim, post = publish(house, platform, coast(house))
    other = platform.prepare(*alone(house, 9))
    house.clock.sleep(3600)
    found = house.platform().find([claim, other])
    assert {claim: [one.id for one in posts] for claim, posts in found.items()} == {claim: [post.id]}


def alone(house, number):
    wanted = house.wanted(number)
    return wanted.subject, wanted, Rendition((house.file(number),))


def test_an_album_of_one_photo_is_a_post_like_any_other(house):
    platform = house.ready()
    wanted = coast(house, 1)
    _, post = publish(house, platform, wanted)
    shown = listed(house, post.id)
    assert shown.fields[F.ALT] == wanted.fields[F.ALT][0]
    assert platform.agrees(F.ALT, wanted.fields[F.ALT], shown.fields[F.ALT])


def test_a_file_too_few_is_refused_before_anything_is_sent(house):
    platform = house.ready()
    wanted = coast(house)
    with pytest.raises(Refused, match="no picture to send"):
        platform.prepare(wanted.subject, wanted, Rendition(files(house, wanted).files[:2]))
    assert house.counts() == {}


def test_alt_texts_of_several_agree_only_where_all_do(house):
    platform = house.ready()
    assert platform.agrees(F.ALT, ("A", "B"), ("A", "B"))
    assert not platform.agrees(F.ALT, ("A", "B"), ("B", "A"))
    assert not platform.agrees(F.ALT, ("A", "B"), ("A",))
    assert not platform.agrees(F.ALT, ("A", "B"), "A")
    assert platform.agrees(F.ALT, ("A",), "A")
    assert platform.agrees(F.ALT, "A", ("A", "put there by hand"))


# --- changed ----------------------------------------------------------------------------------------------------------


def test_another_text_keeps_all_pictures_and_their_alt_texts(house):
    platform = house.ready()
    before = coast(house)
    _, post = publish(house, platform, before)
    if F.TEXT not in platform.limits.amendable:
        pytest.skip("nothing can be edited there")
    after = coast(house, **{F.TEXT: "Another coast"})
    shown, counts = changed(house, platform, post, before, after, F.TEXT)
    assert uploads(counts) == 0
    assert shown.fields[F.TEXT] == "Another coast"
    assert pictures(house) == list(before.fields[F.ALT])


def test_one_other_alt_text_changes_that_one(house):
    platform = house.ready()
    before = coast(house)
    _, post = publish(house, platform, before)
    if F.ALT not in platform.limits.amendable:
        pytest.skip("no alt text can be changed there")
    parts = tuple(
        replace(part, fields={**part.fields, F.ALT: "Another boat"}) if number == 1 else part
        for number, part in enumerate(before.parts)
    )
    shown, counts = changed(house, platform, post, before, of_parts(house, parts), F.ALT)
    assert sum(counts.values()) == 1
    assert shown.fields[F.ALT] == ("1 boats lie on wet sand", "Another boat", "3 boats lie on wet sand")
    assert pictures(house) == list(shown.fields[F.ALT])


@pytest.mark.parametrize("profile", REPLACING)
def test_a_photo_that_joins_in_the_middle_is_the_only_one_that_is_sent(tmp_path, profile):
    with House.opened(tmp_path, profile) as house:
        platform = house.ready()
        before, after = coast(house, 1, 3), coast(house, 1, 2, 3)
        _, post = publish(house, platform, before)
        shown, counts = changed(house, platform, post, before, after, F.PICTURE, F.ALT)
        assert (uploads(counts), sum(counts.values())) == (1, 2)
        assert shown.id == post.id
        assert pictures(house) == list(after.fields[F.ALT])


@pytest.mark.parametrize("profile", REPLACING)
@pytest.mark.parametrize("numbers", [(1, 3), (3, 2, 1), (3,)])
def test_photos_leave_and_change_places_without_being_sent(tmp_path, profile, numbers):
    with House.opened(tmp_path, profile) as house:
        platform = house.ready()
        before, after = coast(house), coast(house, *numbers)
        _, post = publish(house, platform, before)
        _, counts = changed(house, platform, post, before, after, F.PICTURE, F.ALT)
        assert uploads(counts) == 0
        assert pictures(house) == list(after.fields[F.ALT])


@pytest.mark.parametrize("profile", REPLACING)
def test_all_pictures_are_sent_again_where_it_is_not_known_which_are_there(tmp_path, profile):
    with House.opened(tmp_path, profile) as house:
        platform = house.ready()
        before, after = coast(house), coast(house, 3, 2, 1)
        _, post = publish(house, platform, before)
        house.counts()
        unknown = replace(post, held=(F.PICTURE,))
        platform.update(unknown, after, frozenset({F.PICTURE, F.ALT}), files(house, after), before.fields)
        assert uploads(house.counts()) == 3
        assert pictures(house) == list(after.fields[F.ALT])


@pytest.mark.parametrize("profile", REPLACING)
def test_new_pictures_leave_alt_texts_that_were_edited_there(tmp_path, profile):
    with House.opened(tmp_path, profile) as house:
        platform = house.ready()
        before = coast(house, 1, 3)
        _, post = publish(house, platform, before)
        parts = tuple(replace(part, fields={**part.fields, F.ALT: f"Edited {part.where}"}) for part in before.parts)
        platform.update(post, of_parts(house, parts), frozenset({F.ALT}), None, before.fields)
        after = coast(house, 1, 2, 3)
        platform.update(post, after, frozenset({F.PICTURE}), files(house, after), before.fields)
        assert pictures(house) == ["Edited coast/1.jpg", "2 boats lie on wet sand", "Edited coast/3.jpg"]


@pytest.mark.parametrize("profile", ALT_BY_MEDIA)
def test_where_a_photo_cannot_join_the_alt_texts_of_the_others_stay_with_them(tmp_path, profile):
    with House.opened(tmp_path, profile) as house:
        platform = house.ready()
        assert house.platform()._known.dialect().alt == Alt.MEDIA
        before, after = coast(house, 1, 3), coast(house, 1, 2, 3)
        _, post = publish(house, platform, before)
        _, counts = changed(house, platform, post, before, after, F.ALT)
        assert counts == {}
        assert pictures(house) == list(before.fields[F.ALT])


@pytest.mark.parametrize("profile", ["pixelfed-0.11", "pixelfed-0.12"])
def test_pixelfed_is_told_all_pictures_in_their_order_with_every_edit(tmp_path, profile):
    with House.opened(tmp_path, profile) as house:
        platform = house.ready()
        before = coast(house)
        _, post = publish(house, platform, before)
        ids = list(house.standin.world.posts[0].media)
        after = coast(house, **{F.TEXT: "Another", F.WARNING: "waves"})
        shown, _ = changed(house, platform, post, before, after, F.TEXT, F.WARNING)
        assert list(house.standin.world.posts[0].media) == ids
        assert shown.fields[F.WARNING] == "waves"
