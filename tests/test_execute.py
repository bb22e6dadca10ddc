"""Carrying a plan out: every verb, and what is remembered and told of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from heliograph.errors import Refused
from heliograph.execute import End
from heliograph.model import F, Post, SubjectKind, Verb
from heliograph.policy import Direction, OnEdited, OnFixed, OnMissing, OnRefused, PlatformPolicy, When
from heliograph.ports import Outcome
from memory import PHOTO_FIELDS
from moody import COAST, HERE, LATER_S, Studio, applied, edited, ends, verbs
from studio import moment


def test_added_updated_and_deleted_and_told_to_the_library_each_time(studio: Studio) -> None:
    desk = studio.open()
    studio.put("a.jpg", title="Low tide")
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "memory": End.DONE}
    studio.put("a.jpg", title="Ebb")
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "memory": End.DONE}
    assert studio.titles() == ["Ebb"]
    studio.library.items.clear()
    studio.put("other.jpg")
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.titles() == ["other.jpg"]
    told = [outcome.post is not None for outcome in studio.library.noted if outcome.where == "a.jpg"]
    assert told == [True, True, False]


def test_a_field_that_cannot_ride_along_is_set_right_after(studio: Studio) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    list(desk.sync())
    (shown,) = studio.world.of(SubjectKind.PHOTO)
    assert shown.fields[F.TAKEN]
    assert studio.platform.rides == PHOTO_FIELDS - {F.TAKEN}
    assert desk.plan().actions == ()


def test_what_is_done_becomes_visible_once_and_only_if_anything_was_done(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    assert studio.platform.finished == 1
    list(desk.sync())
    assert studio.platform.finished == 1


def test_photos_are_carried_out_before_the_albums_that_hold_them(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    assert [event.action.where for event in desk.sync()] == ["a.jpg", "b.jpg", "Coast", "memory"]
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert set(album.fields[F.MEMBERS]) == {item.id for item in studio.world.of(SubjectKind.PHOTO)}
    assert album.fields[F.COVER] in album.fields[F.MEMBERS]


def test_an_album_holds_those_of_its_photos_that_made_it_and_the_rest_follows(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    studio.library.troubles["open", "b.jpg"] = Refused("b.jpg cannot be decoded; export it anew")
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "b.jpg": End.FAILED, "Coast": End.DONE, "memory": End.DONE}
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 1
    studio.library.troubles.clear()
    assert ends(desk.sync()) == {"b.jpg": End.DONE, "Coast": End.DONE, "memory": End.DONE}
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 2
    assert desk.plan().actions == ()


def test_an_album_none_of_whose_photos_is_published_is_not_made(studio: Studio) -> None:
    studio.put("a.jpg", keywords=COAST)
    desk = studio.open()
    studio.platform.troubles["add", "a.jpg"] = Refused("a.jpg is not wanted there")
    assert ends(desk.sync()) == {"a.jpg": End.FAILED, "Coast": End.FAILED}
    assert studio.world.posts == {}
    (line,) = [line for line in desk.ledger.journal.history() if line.where == "Coast"]
    assert "none of its photos is published" in line.sentence


def test_with_the_ledger_lost_everything_is_found_and_nothing_is_sent(studio: Studio, template: Path) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    list(studio.open().sync())
    studio.wait()
    studio.stack.close()
    shutil.copy(template, studio.folder / "state" / "ledger.sqlite")
    desk = studio.open()
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "b.jpg": End.DONE, "Coast": End.DONE, "memory": End.DONE}
    assert {call for call, _ in studio.platform.called} <= {"update", "finish"}
    assert len(studio.world.posts) == 3
    assert desk.plan().actions == ()


def test_what_was_edited_there_is_accepted_and_stays_also_where_the_library_changed(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(edited=OnEdited.ACCEPT))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    (post,) = studio.world.posts
    edited(studio.world, post, title="Ebb")
    studio.put("a.jpg", title="Slack water")
    for _ in range(3):
        list(desk.sync())
        studio.wait()
        assert studio.titles() == ["Ebb"]
    assert desk.plan().actions == ()
    studio.put("a.jpg", title="Flood")
    list(desk.sync())
    assert studio.titles() == ["Flood"]


def test_an_answer_is_used_up_when_it_was_carried_out(studio: Studio) -> None:
    """Somebody who insists is asked about again, not overruled again."""
    studio.put("a.jpg", title="Low tide")
    desk = studio.open()
    list(desk.sync())
    (post,) = studio.world.posts
    for _ in range(2):
        studio.wait()
        edited(studio.world, post, title="Ebb")
        assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]
        desk.answer("a.jpg", "overwrite")
        assert ends(desk.sync())["a.jpg"] == End.DONE
        assert studio.titles() == ["Low tide"]


def test_posted_anew_where_a_field_cannot_be_changed(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open(fixed=frozenset({F.TITLE}))
    list(desk.sync())
    (before,) = studio.world.posts
    studio.wait()
    studio.put("a.jpg", title="Ebb")
    assert verbs(desk.plan()) == [(Verb.REPOST, "a.jpg")]
    assert ends(desk.sync())["a.jpg"] == End.DONE
    (after,) = studio.world.posts
    assert (after != before, studio.titles()) == (True, ["Ebb"])
    assert desk.plan().actions == ()


@pytest.mark.parametrize("call", ["open", "prepare"])
def test_what_cannot_be_posted_anew_is_not_taken_away(studio: Studio, call: str) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open(fixed=frozenset({F.TITLE}))
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", title="Ebb")
    moody = studio.library if call == "open" else studio.platform
    moody.troubles[call, "a.jpg"] = Refused("a.jpg cannot be decoded")
    assert ends(desk.sync()) == {"a.jpg": End.FAILED}
    assert studio.titles() == ["Low tide"]
    moody.troubles.clear()
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.titles() == ["Ebb"]


def test_an_answer_lost_while_posting_anew_does_not_find_the_ghost_of_the_old_post(studio: Studio) -> None:
    """The old post carries the same mark and is listed for a while after it was deleted."""
    studio.policy = PlatformPolicy("memory", "memory", when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open(fixed=frozenset({F.TITLE}), lost_before={2})
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", title="Ebb")
    assert applied(desk)["a.jpg"] == End.UNCERTAIN
    assert verbs(desk.plan()) == [(Verb.WAIT, "a.jpg")]
    list(desk.sync())
    assert studio.titles() == ["Ebb"]
    assert desk.plan().actions == ()


def test_removed_there_it_is_added_again_only_when_asked_to(studio: Studio) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.world.posts.clear()
    assert ends(desk.sync()) == {"a.jpg": End.TOLD}
    assert studio.world.posts == {}
    desk.answer("a.jpg", "add")
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.titles() == ["a.jpg"]
    studio.wait()
    studio.world.posts.clear()
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]


def members(studio: Studio) -> dict[str, list[str]]:
    """Album -> titles of the posts that it shows."""
    posts = studio.world.posts
    return {
        str(album.fields[F.TITLE]): [str(posts[id_].fields[F.TITLE]) for id_ in album.fields[F.MEMBERS] if id_ in posts]
        for album in studio.world.of(SubjectKind.ALBUM)
    }


@pytest.mark.parametrize("prunes", [True, False], ids=["the platform prunes its albums", "it does not"])
def test_a_photo_that_is_added_again_is_in_its_albums_again(studio: Studio, prunes: bool) -> None:
    studio.policy = replace(HERE, when=When(missing=OnMissing.ADD))
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    expected = members(studio)
    studio.wait()
    gone = next(id_ for id_, item in studio.world.posts.items() if item.fields[F.TITLE] == "a.jpg")
    del studio.world.posts[gone]
    (album,) = studio.world.of(SubjectKind.ALBUM)
    if prunes:
        left = tuple(id_ for id_ in album.fields[F.MEMBERS] if id_ != gone)
        edited(studio.world, album.id, members=left, cover=left[0])
    for _ in range(3):
        list(desk.sync())
        studio.wait()
    assert members(studio) == expected
    assert desk.plan().actions == ()


def test_a_photo_that_is_added_again_is_in_its_albums_again_though_their_title_is_set_in_the_same_run(
    studio: Studio,
) -> None:
    studio.policy = replace(HERE, when=When(missing=OnMissing.ADD, edited=OnEdited.OVERWRITE))
    studio.put("a.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    (album,) = studio.world.of(SubjectKind.ALBUM)
    studio.world.posts = {album.id: album}
    edited(studio.world, album.id, title="My coast")
    for _ in range(3):
        list(desk.sync())
        studio.wait()
    assert members(studio) == {"Coast": ["a.jpg"]}
    assert desk.plan().actions == ()


def test_a_photo_that_is_posted_anew_is_in_its_albums_again(studio: Studio) -> None:
    studio.policy = replace(HERE, when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open(fixed=frozenset({F.ALT}))
    list(desk.sync())
    expected = members(studio)
    studio.wait()
    studio.put("a.jpg", keywords=COAST, alt_text="Boats")
    for _ in range(3):
        list(desk.sync())
        studio.wait()
    assert members(studio) == expected
    assert desk.plan().actions == ()


def test_what_the_rules_refuse_is_told_to_the_library_with_its_reasons(studio: Studio) -> None:
    studio.put("a.jpg", keywords=("Socials|memory", "Private|House"))
    desk = studio.open()
    assert ends(desk.sync()) == {"a.jpg": End.TOLD}
    (told,) = studio.library.noted
    assert told.post is None
    assert "Private" in told.refusals[0]


def test_a_published_photo_that_became_private_is_deleted_where_the_settings_say_so(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(refused=OnRefused.DELETE))
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", keywords=(*COAST, "Private|House"))
    list(desk.sync())
    assert studio.titles() == ["b.jpg"]
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 1


def test_forgotten_without_a_call_where_it_is_gone_already(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg")
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.platform.called.clear()
    studio.world.posts.pop(next(id_ for id_, item in studio.world.posts.items() if item.fields[F.TITLE] == "a.jpg"))
    del studio.library.items["a.jpg"]
    assert verbs(desk.plan()) == [(Verb.FORGET, "a.jpg")]
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert [call for call, _ in studio.platform.called] == ["finish"]
    assert desk.plan().actions == ()


def stranger(studio: Studio, id_: str = "p7", **more: object) -> None:
    studio.world.posts[id_] = Post(
        id_, SubjectKind.PHOTO, "", f"https://there.example/{id_}", {F.TITLE: "Mine", **more}
    )
    studio.world.born[id_] = -LATER_S


def test_a_photo_that_is_only_there_comes_home_once(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    desk = studio.open()
    assert ends(desk.sync()) == {"Mine": End.DONE}
    assert list(studio.library.items) == ["Incoming/p7.jpg"]
    for _ in range(2):
        studio.wait()
        assert desk.plan().actions == ()


def test_a_photo_that_came_home_is_not_published_a_second_time(studio: Studio) -> None:
    """The owner gives it a keyword and moves it to where it belongs."""
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    desk = studio.open()
    list(desk.sync())
    home = studio.library.items["Incoming/p7.jpg"]
    desk.plan()
    del studio.library.items["Incoming/p7.jpg"]
    facts = replace(home.facts, keyword_paths=(("Socials", "memory"),), title="Mine, corrected")
    studio.library.put(replace(home, where="2024/mine.jpg", facts=facts))
    list(desk.sync())
    assert list(studio.world.posts) == ["p7"]
    assert studio.titles() == ["Mine, corrected"]
    assert desk.plan().actions == ()


def test_what_came_home_is_never_deleted_there_also_when_the_way_becomes_one_way(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    list(studio.open().sync())
    studio.policy = HERE
    studio.stack.close()
    desk = studio.open()
    studio.wait()
    assert desk.plan().actions == ()
    studio.library.items.clear()
    studio.put("other.jpg", keywords=())
    assert desk.plan().actions == ()
    assert list(studio.world.posts) == ["p7"]


def test_two_posts_of_one_picture_come_home_as_one_photo(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio, "p7")
    stranger(studio, "p8")
    studio.library.one_place = True
    desk = studio.open()
    list(desk.sync())
    assert list(studio.library.items) == ["Incoming/one.jpg"]
    studio.wait()
    assert desk.plan().actions == ()


def test_a_post_of_a_picture_that_the_library_holds_does_not_come_home(studio: Studio, template: Path) -> None:
    studio.put("a.jpg", "b.jpg")
    list(studio.open().sync())
    studio.stack.close()
    shutil.copy(template, studio.folder / "state" / "ledger.sqlite")
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    studio.put("a.jpg", keywords=())
    studio.wait()
    assert verbs(studio.open().plan()) == [(Verb.MATCH, "b.jpg")]


def test_a_photo_that_came_home_and_is_deleted_there_is_not_asked_about(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.world.posts.clear()
    assert {verb for verb, _ in verbs(desk.plan())} <= {Verb.FORGET}
    list(desk.sync())
    assert list(studio.library.items) == ["Incoming/p7.jpg"]
    assert desk.plan().actions == ()


def test_a_deletion_is_told_of_the_photo_where_it_is_now(studio: Studio) -> None:
    studio.put("2024/a.jpg", pixels="tide", title="Tide")
    desk = studio.open()
    list(desk.sync())
    studio.library.items.clear()
    studio.put("Best/tide.jpg", pixels="tide", title="Tide", taken=moment("2024/a.jpg"))
    assert desk.plan().actions == ()
    studio.library.items.clear()
    studio.put("other.jpg", keywords=())
    assert verbs(desk.plan()) == [(Verb.DELETE, "Best/tide.jpg")]
    list(desk.sync())
    assert studio.library.noted[-1] == Outcome("Best/tide.jpg", "memory", None)


def test_what_an_answer_left_out_is_learnt_from_the_listing_and_an_edit_after_that_is_seen(studio: Studio) -> None:
    """Some platforms answer an upload with an id and nothing else."""
    studio.put("a.jpg", title="Low tide")
    desk = studio.open()
    studio.platform.brief = True
    list(desk.sync())
    studio.wait()
    assert desk.plan().actions == ()
    (post,) = studio.world.posts
    edited(studio.world, post, title="Ebb")
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]


def test_an_album_that_loses_a_photo_and_stays_is_in_step_after_one_plan(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg", keywords=COAST)
    desk = studio.open()
    applied(desk)
    studio.wait()
    del studio.library.items["c.jpg"]
    assert applied(desk) == {"c.jpg": End.DONE, "Coast": End.DONE, "memory": End.DONE}
    studio.wait()
    assert desk.plan().actions == ()
