"""Changes in IMatch that go by themselves, and the order of photos in albums."""

from __future__ import annotations

from dataclasses import replace

import test_imatch_desk
from heliograph.model import Verb
from heliograph.policy import OnChanged, When
from imatch_house import FLICKR

standin, flickr, desk = test_imatch_desk.standin, test_imatch_desk.flickr, test_imatch_desk.desk


def test_in_automatic_mode_any_change_is_sent_without_a_mark(desk):
    desk.flickr.policy = replace(desk.flickr.policy, when=When(changed=OnChanged.AUTOMATIC))
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.sync()
    file.tags["title"] = "Evening quay"
    assert desk.verbs() == {"quay.jpg": Verb.UPDATE}
    desk.sync()
    (photo,) = desk.flickr.world.photos.values()
    assert (photo.title, desk.verbs()) == ("Evening quay", {})


def test_photos_of_an_album_keep_their_order_however_imatch_lists_them(desk):
    path = f"{FLICKR}|albums|Harbour"
    desk.imatch.world.category(path)
    names = ("c.jpg", "a.jpg", "b.jpg")
    for number, name in enumerate(names):
        desk.imatch.add(name, FLICKR, path, datetime=f"2024-05-0{number + 1}T10:00:00")
    desk.sync()
    (album,) = desk.flickr.world.albums.values()
    before = [desk.flickr.world.photos[photo].title for photo in album.photos]
    desk.imatch.turn({"listing_order": "reversed"})
    assert desk.verbs() == {}
    desk.sync()
    assert [desk.flickr.world.photos[photo].title for photo in album.photos] == before
    assert [title.rpartition("\\")[2] for title in before] == list(names), "by the day they were taken"
