"""What is on Flickr and not in the library: listed, gathered in one album, and looked at anew when asked."""

from __future__ import annotations

import json

import pytest

import flickr_studio
from flickr_studio import Studio
from heliograph.desk.missing import FLICKRSYNC, TEXT, gather, look_anew, missing
from heliograph.errors import Busy, Mistake
from heliograph.standin.flickr import Fault
from studio import moment

flickr = flickr_studio.flickr
TITLE = "Not at home"


def there(studio: Studio, title: str, **fields: object) -> str:
    return str(studio.world.add_photo(studio.me, None, title=title, **fields).id)


def lacking(studio: Studio) -> list[str]:
    with studio.desk() as desk:
        return [str(post.fields["title"]) for post in missing(desk, "").posts]


def gathered(studio: Studio, title: str = TITLE) -> str:
    with studio.desk() as desk:
        said = gather(desk, missing(desk, "flickr"), title)
    studio.clock.sleep(3600)
    return said


def held(studio: Studio, title: str = TITLE) -> list[str]:
    return [studio.world.photos[id_].title for id_ in studio.album(title).photos]


def test_what_is_only_there_is_listed_by_its_date_and_nothing_is_written(flickr):
    flickr.put("here.jpg", title="Here")
    flickr.sync()
    there(flickr, "Later", taken="2019-05-05 12:00:00")
    there(flickr, "Sooner", taken="2017-05-05 12:00:00")
    with flickr.counted() as calls:
        assert lacking(flickr) == ["Sooner", "Later"]
    assert not {"photosets.create", "photosets.editPhotos"} & calls.keys()


def test_a_photo_that_was_deleted_at_home_is_missing_there_too(flickr):
    flickr.put("here.jpg", title="Here")
    flickr.sync()
    flickr.drawn.items.pop("here.jpg")
    assert lacking(flickr) == ["Here"]


def test_what_may_be_a_photo_of_the_library_is_not_called_missing(flickr):
    flickr.put("IMG_1.final.jpg", title="Low tide")
    there(flickr, "IMG_1.draft", taken=moment("IMG_1.final.jpg").local.replace("T", " "))
    with flickr.desk() as desk:
        found = missing(desk, "flickr")
    assert found.posts == ()
    assert found.doubtful == 1


def test_a_listing_that_is_cut_off_says_nothing_is_missing(flickr):
    there(flickr, "Only there")
    flickr.house.standin.faults.add(Fault("500", method="flickr.people.getPhotos", times=0))
    with flickr.desk() as desk, pytest.raises(Busy):
        missing(desk, "flickr")


def test_the_album_is_made_once_and_kept_in_step(flickr):
    there(flickr, "One", is_public=0)
    there(flickr, "Two")
    assert "was made" in gathered(flickr)
    assert held(flickr) == ["One", "Two"]
    first = flickr.album(TITLE).id
    there(flickr, "Three")
    assert "is in step" in gathered(flickr)
    assert flickr.album(TITLE).id == first
    assert sorted(held(flickr)) == ["One", "Three", "Two"]
    assert [photo.is_public for photo in flickr.shown_all()] == [0, 1, 1], "who may see a photo stays as it was"


def test_who_sees_the_album_is_said_when_it_is_made(flickr):
    there(flickr, "One", is_public=0)
    there(flickr, "Two", is_public=0)
    hidden = "An album cannot be hidden there: who may see a photo in it sees the album, and"
    assert gathered(flickr).endswith(f"{hidden} none of them is public")
    there(flickr, "Three")
    assert gathered(flickr).endswith(f"{hidden} 1 of them is public")


def test_what_came_home_leaves_the_album_and_what_was_put_in_by_hand_stays(flickr):
    one, two = there(flickr, "One"), there(flickr, "Two")
    gathered(flickr)
    guest = there(flickr, "Guest", media="video")
    flickr.by_hand("photosets.addPhoto", photoset_id=flickr.album(TITLE).id, photo_id=guest)
    flickr.by_hand("photos.delete", photo_id=one)
    gathered(flickr)
    assert set(flickr.album(TITLE).photos) >= {two}
    assert guest in flickr.album(TITLE).photos
    assert one not in flickr.album(TITLE).photos


def test_the_album_goes_when_nothing_is_missing_any_more(flickr):
    one = there(flickr, "One")
    gathered(flickr)
    flickr.put("x.jpg", title="X")
    flickr.sync()
    flickr.by_hand("photos.delete", photo_id=one)
    said = gathered(flickr)
    assert "Nothing on flickr is missing in the library" in said
    assert not [album for album in flickr.world.albums.values() if album.title == TITLE]


def test_an_album_of_the_owners_with_that_title_is_never_touched(flickr):
    mine = there(flickr, "Mine")
    made = flickr.by_hand("photosets.create", title=TITLE, primary_photo_id=mine)
    there(flickr, "Other")
    gathered(flickr)
    gathered(flickr)
    albums = [album for album in flickr.world.albums.values() if album.title == TITLE]
    assert made is not None
    assert sorted((album.description, len(album.photos)) for album in albums) == [("", 1), (TEXT, 2)]


def test_flickrsyncs_album_of_missing_photos_is_named_and_left(flickr):
    one = there(flickr, "One")
    flickr.by_hand("photosets.create", title=f"{FLICKRSYNC} 2018-01-01 10:00:00", primary_photo_id=one)
    with flickr.desk() as desk:
        found = missing(desk, "flickr")
    assert [album.fields["title"] for album in found.leftovers] == [f"{FLICKRSYNC} 2018-01-01 10:00:00"]
    gathered(flickr)
    assert len(flickr.world.albums) == 2


def test_a_later_plan_leaves_the_album_alone(flickr):
    there(flickr, "One")
    gathered(flickr)
    assert flickr.plan().effects == ()


@pytest.mark.parametrize("title", ["", "  \n "])
def test_an_album_needs_a_title(flickr, title):
    there(flickr, "One")
    with pytest.raises(Mistake, match="needs a title"):
        gathered(flickr, title)


def test_a_platform_that_is_not_in_the_settings_is_said(flickr):
    with flickr.desk() as desk, pytest.raises(Mistake, match="no platform flikr"):
        missing(desk, "flikr")


def test_looking_anew_reads_the_whole_account_once_more(flickr):
    flickr.put("here.jpg", title="Here")
    flickr.sync()
    with flickr.counted() as usual:
        flickr.plan()
    with flickr.desk() as desk:
        look_anew(desk, ())
    with flickr.counted() as anew:
        flickr.plan()
    assert "people.getPhotos" not in usual
    assert anew["people.getPhotos"] == 1
    assert json.dumps(anew)
