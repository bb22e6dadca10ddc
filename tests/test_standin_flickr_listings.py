"""What the Flickr stand-in lists, to whom, how late, and how far."""

from __future__ import annotations

from pathlib import Path

import pytest

from flickr_scene import ANN, BOB, EVE, START, Scene, peopled


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return peopled(tmp_path)


def test_extras_are_answered_exactly_as_asked(scene: Scene) -> None:
    scene.photo(title="A", description="words")
    plain = scene.one("people.getPhotos", user_id="me").children[0]
    always = ["id", "owner", "secret", "server", "farm", "title", "ispublic", "isfriend", "isfamily"]
    assert [*plain.attributes] == always
    assert plain.children == []
    asked = {
        "license": {"license"},
        "date_upload": {"dateupload"},
        "last_update": {"lastupdate"},
        "date_taken": {"datetaken", "datetakengranularity", "datetakenunknown"},
        "tags": {"tags"},
        "machine_tags": {"machine_tags"},
        "original_format": {"originalsecret", "originalformat"},
        "o_dims": {"o_width", "o_height"},
        "media": {"media", "media_status"},
        "geo": {"latitude", "longitude", "accuracy", "context"},
        "views": {"views"},
        "path_alias": {"pathalias"},
        "owner_name": {"ownername"},
        "url_o": {"url_o", "width_o", "height_o"},
        "url_sq": {"url_sq", "width_sq", "height_sq"},
        "url_l": set(),
        "count_faves": {"count_faves"},
        "nonsense": set(),
    }
    for extra, names in asked.items():
        photo = scene.one("people.getPhotos", user_id="me", extras=extra).children[0]
        assert {*photo.attributes} - {*always} == names
    described = scene.one("people.getPhotos", user_id="me", extras="description").children[0]
    assert [(each.name, each.text) for each in described.children] == [("description", "words")]


def test_counts_of_faves_and_comments_stand_behind_a_dial(scene: Scene) -> None:
    photo_id = scene.photo()
    scene.world.add_fave(photo_id, BOB)
    scene.world.add_comment(photo_id, EVE, "Nice")
    extras = {"user_id": "me", "extras": "count_faves,count_comments"}
    photo = scene.one("people.getPhotos", **extras).children[0].attributes
    assert (photo["count_faves"], photo["count_comments"]) == ("1", "1")
    scene.world.turn({"count_extras": False})
    assert "count_faves" not in scene.one("people.getPhotos", **extras).children[0].attributes
    assert [each.attributes["nsid"] for each in scene.one("photos.getFavorites", photo_id=photo_id).children] == [BOB]
    assert [each.text for each in scene.one("photos.comments.getList", photo_id=photo_id).children] == ["Nice"]


def test_a_photostream_is_newest_first_paged_and_counted(scene: Scene) -> None:
    ids = []
    for _ in range(5):
        scene.time += 10
        ids.append(scene.photo())
    first = scene.one("people.getPhotos", user_id="me", per_page="2")
    assert first.attributes == {"page": 1, "pages": 3, "perpage": 2, "total": 5}
    assert scene.listed(per_page="2", page="3") == ids[:1]
    assert scene.listed(per_page="2", page="4") == []
    scene.world.turn({"past_end": "repeat"})
    assert scene.listed(per_page="2", page="4") == ids[:1]
    assert scene.one("people.getPhotos", user_id="me", per_page="9999").attributes["perpage"] == 500
    assert scene.listed(min_upload_date=str(int(START) + 30), max_upload_date=str(int(START) + 40)) == ids[3:1:-1]


def test_others_see_only_what_they_may_see(scene: Scene) -> None:
    public, friends, private = (scene.photo(is_public=p, is_friend=f) for p, f in (("1", "0"), ("0", "1"), ("0", "0")))
    assert {*scene.listed(who=BOB, user_id=ANN)} == {public, friends}
    assert scene.listed(who=EVE, user_id=ANN) == [public]
    assert scene.listed(privacy_filter="5") == [private]
    assert scene.fails("photos.getInfo", EVE, photo_id=private) == 1
    assert scene.fails("photos.setMeta", EVE, photo_id=public, title="x") == 99
    assert "originalsecret" not in scene.one("photos.getInfo", EVE, photo_id=public).attributes


def test_recently_updated_begins_with_the_latest_change(scene: Scene) -> None:
    first, second = scene.photo(), scene.photo()
    scene.time += 100
    scene.call("photos.setTags", photo_id=first, tags="a")
    assert scene.listed("photos.recentlyUpdated", min_date="1") == [first, second]
    assert scene.listed("photos.recentlyUpdated", min_date=str(int(START) + 1)) == [first]
    assert scene.fails("photos.recentlyUpdated") == 1
    assert scene.fails("photos.recentlyUpdated", min_date="one fine day") == 2
    assert scene.listed("photos.recentlyUpdated", min_date="1 minute ago") == [first]


def test_search_lags_behind_the_other_listings(scene: Scene) -> None:
    photo_id = scene.photo(tags="old")
    found = {"user_id": "me", "tags": "new"}
    scene.time += 100
    scene.call("photos.addTags", photo_id=photo_id, tags="new")
    assert scene.listed() == [photo_id]
    assert scene.listed("photos.search", **found) == []
    assert scene.listed("photos.search", user_id="me", tags="old") == [photo_id]
    scene.time += 60
    assert scene.listed("photos.search", **found) == [photo_id]


def test_the_lag_of_listings_is_apart_and_hides_writes_and_deletions(scene: Scene) -> None:
    scene.world.turn({"listing_lag_s": 5})
    photo_id = scene.photo()
    assert scene.listed() == []
    assert scene.info(photo_id, "title").text == "IMG_0"
    scene.time += 5
    assert scene.listed() == [photo_id]
    scene.call("photos.delete", photo_id=photo_id)
    assert scene.listed() == [photo_id]
    scene.time += 5
    assert scene.listed() == []


def test_search_shows_no_more_than_its_cap_and_repeats_the_last_page(scene: Scene) -> None:
    scene.world.turn({"search_lag_s": 0, "search_cap": 4})
    ids = [scene.photo() for _ in range(6)]
    pages = [scene.listed("photos.search", user_id="me", per_page="2", page=str(at)) for at in (1, 2, 3, 9)]
    assert pages == [ids[:3:-1], ids[3:1:-1], ids[3:1:-1], ids[3:1:-1]]
    assert scene.one("photos.search", user_id="me").attributes["total"] == 6
    scene.world.turn({"past_search_cap": "error"})
    assert scene.fails("photos.search", user_id="me", per_page="2", page="3") == 20


def test_search_finds_by_tags_machine_tags_text_and_place(scene: Scene) -> None:
    scene.world.turn({"search_lag_s": 0})
    one = scene.photo(title="Rome at noon", tags='"New York" heliograph:sha256=ab12')
    two = scene.photo(title="Rome", tags='beach heliograph:md5="cd 34"')
    scene.call("photos.geo.setLocation", photo_id=two, lat="48.85", lon="2.35")

    def found(**arguments: str) -> set[str]:
        return {*scene.listed("photos.search", user_id="me", **arguments)}

    assert found(tags="newyork,beach") == {one, two}
    assert found(tags="newyork,beach", tag_mode="all") == set()
    assert found(machine_tags="heliograph:sha256=ab12") == {one}
    assert found(machine_tags="heliograph:") == {one, two}
    assert found(machine_tags='*:md5="cd 34"') == {two}
    assert found(machine_tags="*:*=ab12,heliograph:md5=", machine_tag_mode="any") == {one, two}
    assert found(text="rome noon") == {one}
    assert found(has_geo="1") == {two}
    assert found(lat="48.8", lon="2.3", radius="10") == {two}
    assert found(bbox="-10,40,0,50") == set()
    assert scene.fails("photos.search") == 3
    assert scene.fails("photos.search", machine_tags="nothing") == 11
    assert scene.fails("photos.search", machine_tags=",".join(["a:b=c"] * 17)) == 12


def test_photos_in_no_album_without_tags_and_counts_between_dates(scene: Scene) -> None:
    tagged, bare = scene.photo(tags="a"), scene.photo()
    scene.call("photosets.create", title="T", primary_photo_id=bare)
    assert scene.listed("photos.getNotInSet") == [tagged]
    assert scene.listed("photos.getUntagged") == [bare]
    limits = f"1,{int(START)},{int(START) + 1}"
    counts = [each.attributes["count"] for each in scene.one("photos.getCounts", dates=limits).children]
    assert counts == [0, 2]
    assert scene.fails("photos.getCounts") == 1
