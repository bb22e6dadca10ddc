"""Flickr's albums through the desk: made once, found by id, and the owner's own hand in them respected."""

from __future__ import annotations

from dataclasses import replace

import pytest

import flickr_studio
from flickr_studio import Studio, fields, ids, only, verbs
from heliograph.execute import End
from heliograph.model import F, Taken, Verb
from heliograph.policy import OnEdited, OnMissing, OnUnwanted, When

flickr = flickr_studio.flickr


def second(number: int) -> Taken:
    return Taken(f"2024-05-03T10:00:{number:02}")


@pytest.fixture
def album(flickr: Studio) -> Studio:
    """An album of three photos in the order in which they were taken, known to both sides."""
    flickr.options["look"] = "everything"
    for number in range(3):
        flickr.put(f"{number}.jpg", "Coast", taken=second(number))
    flickr.sync()
    flickr.sync()
    return flickr


def test_an_album_has_a_cover_and_an_order(album):
    made = album.album("Coast")
    assert made.photos == ids(album, "0.jpg", "1.jpg", "2.jpg")
    assert made.primary == ids(album, "0.jpg")[0]


def test_a_photo_put_into_an_album_by_hand_stays_there(album):
    stranger = album.world.add_photo(album.me, title="not ours").id
    album.by_hand("photosets.addPhoto", photoset_id=album.album("Coast").id, photo_id=stranger)
    assert not album.plan().actions
    album.put("3.jpg", "Coast", taken=second(3))
    album.sync()
    assert set(album.album("Coast").photos) == {stranger, *ids(album, "0.jpg", "1.jpg", "2.jpg", "3.jpg")}
    assert not album.plan().actions


def test_a_photo_put_into_an_album_by_hand_goes_where_the_settings_say_so(album):
    album.options["keep_members"] = False
    stranger = album.world.add_photo(album.me, title="not ours").id
    album.by_hand("photosets.addPhoto", photoset_id=album.album("Coast").id, photo_id=stranger)
    album.put("3.jpg", "Coast", taken=second(3))
    album.sync()
    assert album.album("Coast").photos == ids(album, "0.jpg", "1.jpg", "2.jpg", "3.jpg")


def test_a_photo_taken_out_of_an_album_by_hand_is_asked_about(album):
    photo = album.shown("1.jpg").id
    album.by_hand("photosets.removePhoto", photoset_id=album.album("Coast").id, photo_id=photo)
    action = only(album.plan())
    assert (action.where, action.verb, fields(action)) == ("Coast", Verb.ASK, [F.MEMBERS])
    album.answer("Coast", "accept")
    album.sync()
    assert photo not in album.album("Coast").photos
    assert not album.plan().actions


def test_an_album_renamed_on_flickr_is_asked_about_and_no_second_one_is_made(album):
    album.by_hand("photosets.editMeta", photoset_id=album.album("Coast").id, title="The coast", description="Of Norway")
    action = only(album.plan())
    assert (action.where, action.verb, fields(action)) == ("Coast", Verb.ASK, [F.TEXT, F.TITLE])
    album.answer("Coast", "accept")
    album.sync()
    album.put("3.jpg", "Coast", taken=second(3))
    album.sync()
    assert len(album.world.albums) == 1
    assert len(album.album("The coast").photos) == 4
    assert album.album("The coast").description == "Of Norway"


def test_a_cover_chosen_on_flickr_is_asked_about(album):
    chosen = album.shown("2.jpg").id
    album.by_hand("photosets.setPrimaryPhoto", photoset_id=album.album("Coast").id, photo_id=chosen)
    action = only(album.plan())
    assert (action.verb, fields(action)) == (Verb.ASK, [F.COVER])
    album.policy = replace(album.policy, when=When(edited=OnEdited.ACCEPT))
    album.sync()
    album.put("3.jpg", "Coast", taken=second(3))
    album.sync()
    assert len(album.album("Coast").photos) == 4


def test_the_photo_on_the_cover_can_leave_the_album(album):
    album.put("0.jpg", taken=second(0))
    album.sync()
    made = album.album("Coast")
    assert (made.photos, made.primary) == (ids(album, "1.jpg", "2.jpg"), album.shown("1.jpg").id)
    assert not album.plan().actions


def test_an_emptied_album_is_left_and_named(album):
    for number in range(3):
        album.put(f"{number}.jpg", taken=second(number))
    plan = album.plan()
    assert not plan.actions
    assert "the album Coast on flickr: no photo is wanted in it any more; it is left there" in plan.notes
    album.sync()
    assert len(album.album("Coast").photos) == 3


def test_an_emptied_album_goes_where_the_settings_say_so_and_its_photos_stay(album):
    album.policy = replace(album.policy, when=When(emptied=OnUnwanted.DELETE))
    for number in range(3):
        album.put(f"{number}.jpg", taken=second(number))
    album.sync()
    assert not album.world.albums
    assert len(album.shown_all()) == 3
    assert not album.plan().actions


def test_an_album_deleted_on_flickr_is_asked_about(album):
    album.by_hand("photosets.delete", photoset_id=album.album("Coast").id)
    action = only(album.plan())
    assert (action.where, action.verb, action.choices) == ("Coast", Verb.ASK, ("add", "leave"))
    album.answer("Coast", "add")
    album.sync()
    assert len(album.album("Coast").photos) == 3


def test_an_album_holds_no_more_than_flickr_allows_and_says_so(flickr):
    flickr.options["album_max"] = 2
    flickr.world.turn({"album_cap": 2})
    for number in range(4):
        flickr.put(f"{number}.jpg", "Coast")
    events = flickr.sync()
    assert any("an album holds 2 photos; the last 2 are left out" in event.sentence for event in events)
    assert len(flickr.album("Coast").photos) == 2
    assert not flickr.plan().effects


def test_an_album_that_flickr_refuses_for_its_size_is_told_with_what_to_do(flickr):
    flickr.world.turn({"album_cap": 2})
    for number in range(4):
        flickr.put(f"{number}.jpg", "Coast")
    events = {event.action.where: event for event in flickr.sync()}
    assert events["Coast"].end == End.FAILED
    assert "Coast" in events["Coast"].sentence
    assert "album_max" in events["Coast"].sentence


def test_an_album_of_the_same_title_made_by_hand_is_left_alone(flickr):
    stranger = flickr.world.add_photo(flickr.me, title="not ours").id
    made = flickr.by_hand("photosets.create", title="Coast", primary_photo_id=stranger)
    flickr.put("a.jpg", "Coast")
    flickr.sync()
    theirs = flickr.world.albums[str(made[0].attributes["id"])]
    assert theirs.photos == (stranger,)
    assert len(flickr.world.albums) == 2


def test_an_album_that_holds_a_photo_which_is_gone_says_so_and_is_in_step_soon(flickr):
    for number in range(3):
        flickr.put(f"{number}.jpg", "Coast")
    flickr.sync()
    flickr.by_hand("photos.delete", photo_id=flickr.shown("1.jpg").id)
    flickr.put("3.jpg", "Coast")
    events = {event.action.where: event for event in flickr.sync()}
    assert events["Coast"].end == End.FAILED
    assert "a photo of the album Coast is gone on Flickr; the next plan sees which" in events["Coast"].sentence
    assert verbs(flickr.plan()) == {"1.jpg": "ask", "Coast": "update"}
    flickr.policy = replace(flickr.policy, when=When(missing=OnMissing.LEAVE))
    flickr.sync()
    assert set(flickr.album("Coast").photos) == set(ids(flickr, "0.jpg", "2.jpg", "3.jpg"))
    assert not flickr.plan().effects
