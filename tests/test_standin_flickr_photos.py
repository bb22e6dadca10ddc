"""What can be asked about and done to one photo of the Flickr stand-in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import Image

from flickr_scene import ANN, BOB, EVE, GROUP, START, Scene, child, peopled, write_metadata
from heliograph.standin.flickr.element import Failure


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return peopled(tmp_path)


def test_get_info_tells_the_safety_level_one_lower_than_it_was_set(scene: Scene) -> None:
    photo_id = scene.photo()
    scene.call("photos.setSafetyLevel", photo_id=photo_id, safety_level="2", hidden="1")
    assert scene.one("photos.getInfo", photo_id=photo_id).attributes["safety_level"] == "1"
    scene.world.turn({"pro": False})
    assert scene.fails("photos.setSafetyLevel", photo_id=photo_id, safety_level="3") == 3


def test_get_info_tells_raw_and_clean_tags_dates_and_owner(scene: Scene) -> None:
    photo_id = scene.photo(tags='"New York" ns:pred="A b"')
    tags = scene.info(photo_id, "tags").children
    assert [(tag.attributes["raw"], tag.text, tag.attributes["machine_tag"]) for tag in tags] == [
        ("New York", "newyork", 0),
        ("ns:pred=A b", "ns:pred=ab", 1),
    ]
    assert str(tags[0].attributes["id"]).split("-")[:2] == ["11111111", photo_id]
    assert scene.info(photo_id, "owner").attributes["username"] == "ann"
    assert scene.info(photo_id, "dates").attributes["posted"] == str(int(START))
    urls = scene.info(photo_id, "urls").children
    assert urls[0].text == f"http://127.0.0.1/photos/ann/{photo_id}/"
    with pytest.raises(Failure, match=r'1: Photo "7" not found \(invalid ID\)'):
        scene.call("photos.getInfo", photo_id="7")


def test_whoever_knows_the_secret_sees_a_private_photo(scene: Scene) -> None:
    photo_id = scene.photo(is_public="0")
    secret = scene.world.photos[photo_id].secret
    assert scene.one("photos.getInfo", None, photo_id=photo_id, secret=secret).attributes["id"] == photo_id
    assert scene.fails("photos.getInfo", None, photo_id=photo_id, secret="") == 1


def test_texts_are_set_one_by_one_and_cleared_by_empty_ones(scene: Scene) -> None:
    photo_id = scene.photo(title="T", description="D")
    scene.time += 7
    scene.call("photos.setMeta", photo_id=photo_id, title="")
    photo = scene.world.photos[photo_id]
    assert (photo.title, photo.description, photo.updated) == ("", "D", int(START) + 7)
    assert scene.fails("photos.setMeta", photo_id=photo_id) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, 2),
        ({"date_taken_granularity": "11"}, 3),
        ({"date_posted": str(int(START) + 99)}, 4),
        ({"date_posted": "5"}, 4),
        ({"date_posted": "today"}, 4),
        ({"date_taken": "yesterday"}, 5),
        ({"date_taken": "2020-13-01"}, 5),
        ({"date_taken": "2030-01-01"}, 6),
        ({"date_taken": "1500"}, 6),
    ],
)
def test_wrong_dates_are_refused_and_nothing_changes(scene: Scene, arguments: dict[str, str], code: int) -> None:
    photo_id = scene.photo()
    before = asdict(scene.world.photos[photo_id])
    assert scene.fails("photos.setDates", photo_id=photo_id, **arguments) == code
    assert asdict(scene.world.photos[photo_id]) == before


def test_dates_may_be_shortened_and_vague(scene: Scene) -> None:
    photo_id = scene.photo()
    scene.call(
        "photos.setDates", photo_id=photo_id, date_taken="1936", date_taken_granularity="8", date_posted="1600000000"
    )
    told = scene.info(photo_id, "dates").attributes
    assert told["taken"] == "1936-01-01 00:00:00"
    assert (told["takengranularity"], told["takenunknown"], told["posted"]) == ("8", "0", "1600000000")


def test_permissions_need_all_three_and_public_rules(scene: Scene) -> None:
    photo_id = scene.photo(is_public="0")
    assert scene.fails("photos.setPerms", photo_id=photo_id, is_public="1") == 2
    answer = scene.one(
        "photos.setPerms", photo_id=photo_id, is_public="1", is_friend="1", is_family="1", perm_comment="0"
    )
    assert (answer.name, answer.text) == ("photoid", photo_id)
    perms = scene.one("photos.getPerms", photo_id=photo_id).attributes
    assert perms == {
        "id": photo_id, "ispublic": 1, "isfriend": 0, "isfamily": 0, "permcomment": 0, "permaddmeta": 2
    }  # fmt: skip


def test_licences_are_listed_set_and_remembered(scene: Scene) -> None:
    photo_id = scene.photo()
    ids = {each.attributes["id"] for each in scene.one("photos.licenses.getInfo", None).children}
    assert ids == {*range(17)}
    scene.call("photos.licenses.setLicense", photo_id=photo_id, license_id="11")
    assert scene.one("photos.getInfo", photo_id=photo_id).attributes["license"] == "11"
    assert scene.fails("photos.licenses.setLicense", photo_id=photo_id, license_id="7") == 2
    assert scene.fails("photos.licenses.setLicense", photo_id=photo_id, license_id="99") == 2
    history = scene.one("photos.licenses.getLicenseHistory", photo_id=photo_id).attributes
    assert (history["old_license_id"], history["new_license_id"]) == (0, 11)
    offered = {each.attributes["id"] for each in scene.one("photos.licenses.getAvailable", photo_id=photo_id).children}
    assert offered == {0, *range(9, 17)}


def test_a_location_is_set_told_and_removed(scene: Scene) -> None:
    photo_id = scene.photo()
    assert scene.fails("photos.geo.getLocation", photo_id=photo_id) == 2
    scene.call("photos.geo.setLocation", photo_id=photo_id, lat="-33.8567844", lon="151.2", accuracy="11", context="2")
    place = child(scene.one("photos.geo.getLocation", photo_id=photo_id), "location").attributes
    assert place == {"latitude": "-33.856784", "longitude": "151.200000", "accuracy": "11", "context": "2"}
    scene.call("photos.geo.setPerms", photo_id=photo_id, is_public="0", is_contact="0", is_friend="1", is_family="0")
    assert scene.fails("photos.geo.getLocation", EVE, photo_id=photo_id) == 2
    assert scene.one("photos.geo.getLocation", BOB, photo_id=photo_id)
    for arguments, code in (
        ({"lat": "91", "lon": "0"}, 3),
        ({"lat": "0", "lon": "x"}, 4),
        ({"lat": "0"}, 2),
        ({"lat": "0", "lon": "0", "accuracy": "17"}, 5),
    ):
        assert scene.fails("photos.geo.setLocation", photo_id=photo_id, **arguments) == code
    scene.call("photos.geo.removeLocation", photo_id=photo_id)
    assert scene.fails("photos.geo.removeLocation", photo_id=photo_id) == 2


def test_who_never_chose_who_sees_locations_cannot_set_one(scene: Scene) -> None:
    scene.world.add_user(ANN, "ann", geo_perms=0)
    assert scene.fails("photos.geo.setLocation", photo_id=scene.photo(), lat="1", lon="1") == 7


def test_turning_changes_addresses_and_shape_but_not_the_original(scene: Scene) -> None:
    photo = scene.world.photos[scene.photo()]
    before = photo.secret
    assert scene.fails("photos.transform.rotate", photo_id=photo.id, degrees="45") == 2
    scene.call("photos.transform.rotate", photo_id=photo.id, degrees="90")
    made = scene.world.image(photo.id, photo.secret, "")
    assert made is not None
    with Image.open(made) as picture:
        assert picture.size == (40, 60)
    assert scene.world.image(photo.id, before, "") is None


def test_deleting_takes_a_photo_out_of_albums_and_pools_and_the_second_time_is_told(scene: Scene) -> None:
    first, second = scene.photo(), scene.photo()
    album = str(scene.one("photosets.create", title="T", primary_photo_id=first).attributes["id"])
    scene.call("photosets.addPhoto", photoset_id=album, photo_id=second)
    scene.world.add_group(GROUP, "Streets", members=(ANN,))
    scene.call("groups.pools.add", photo_id=first, group_id=GROUP)
    scene.call("photos.delete", photo_id=first)
    assert scene.world.albums[album].photos == (second,)
    assert scene.world.albums[album].primary == second
    assert scene.world.groups[GROUP].pool == ()
    assert scene.fails("photos.delete", photo_id=first) == 1
    scene.call("photos.delete", photo_id=second)
    assert scene.world.albums == {}


def test_contexts_name_albums_and_pools(scene: Scene) -> None:
    photo_id = scene.photo()
    assert scene.call("photos.getAllContexts", photo_id=photo_id) == []
    scene.call("photosets.create", title="T", primary_photo_id=photo_id)
    scene.world.add_group(GROUP, "Streets", members=(ANN,))
    scene.call("groups.pools.add", photo_id=photo_id, group_id=GROUP)
    contexts = scene.call("photos.getAllContexts", photo_id=photo_id)
    assert [(each.name, each.attributes["title"]) for each in contexts] == [("set", "T"), ("pool", "Streets")]
    assert contexts[0].attributes["count_photo"] == 1


def test_the_metadata_of_the_original_is_told(scene: Scene) -> None:
    file = scene.picture()
    write_metadata(
        file, {"Exif.Image.Model": "Box 1"}, [("Iptc.Application2.Keywords", "k")], {"Xmp.dc.subject": ["s"]}
    )
    photo = scene.one("photos.getExif", photo_id=scene.send(file)[0].text or "")
    assert photo.attributes["camera"] == "Box 1"
    told = {(each.attributes["tagspace"], each.attributes["tag"], child(each, "raw").text) for each in photo.children}
    assert told >= {("Image", "Model", "Box 1"), ("IPTC", "Keywords", "k"), ("XMP-dc", "subject", "s")}
