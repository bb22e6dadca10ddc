"""What the Flickr stand-in makes of a file: uploads, refusals, tickets, replacements, pictures."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import Image

from flickr_scene import ANN, BOB, Scene, peopled, write_metadata
from heliograph.standin.flickr.dials import CHOICES
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.world import Caller


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return peopled(tmp_path)


def test_an_upload_carries_everything_that_can_ride_on_it(scene: Scene) -> None:
    photo_id = scene.photo(
        title="Rome", description="At noon", tags='"new york" ns:pred=ab12', is_public="0", is_friend="1",
        is_family="1", safety_level="2", content_type="3", hidden="2",
    )  # fmt: skip
    photo = scene.world.photos[photo_id]
    assert (photo.title, photo.description) == ("Rome", "At noon")
    assert [tag.raw for tag in photo.tags] == ["new york", "ns:pred=ab12"]
    assert (photo.is_public, photo.is_friend, photo.is_family) == (0, 1, 1)
    assert (photo.safety_level, photo.content_type, photo.hidden) == (2, 3, 1)


def test_photo_ids_have_flickrs_shape_grow_and_are_never_given_twice(scene: Scene) -> None:
    first, second = scene.photo(), scene.photo()
    scene.call("photos.delete", photo_id=second)
    third = scene.photo()
    assert int(first) < int(second) < int(third)
    assert len(first) == 11


def test_what_an_upload_leaves_out_is_the_accounts_default(scene: Scene) -> None:
    scene.world.add_user(ANN, "ann", privacy=4, safety_level=2, content_type=2, hidden=2)
    photo = scene.world.photos[scene.photo()]
    assert (photo.is_public, photo.is_friend, photo.is_family) == (0, 1, 1)
    assert (photo.safety_level, photo.content_type, photo.hidden) == (2, 2, 1)


def test_the_file_name_is_the_title_where_nothing_better_is_known(scene: Scene) -> None:
    photo_id = scene.send(scene.picture("Holiday in Rome.v2.jpg"))[0].text or ""
    assert scene.info(photo_id, "title").text == "Holiday in Rome.v2"


def test_title_description_tags_date_and_position_are_read_from_the_file(scene: Scene) -> None:
    file = scene.picture()
    write_metadata(
        file,
        {
            "Exif.Photo.DateTimeOriginal": "2019:05:06 07:08:09",
            "Exif.GPSInfo.GPSLatitude": "48/1 30/1 0/1",
            "Exif.GPSInfo.GPSLatitudeRef": "S",
            "Exif.GPSInfo.GPSLongitude": "2/1 15/1 36/1",
            "Exif.GPSInfo.GPSLongitudeRef": "E",
            "Exif.Image.ImageDescription": "from Exif",
        },
        [
            ("Iptc.Application2.ObjectName", "Inside"),
            ("Iptc.Application2.Keywords", "New York"),
            ("Iptc.Application2.Keywords", "beach"),
        ],
        {"Xmp.dc.subject": ["beach", "xmp word"], "Xmp.lr.hierarchicalSubject": ["private|family"]},
    )
    photo = scene.world.photos[scene.send(file, tags="sent")[0].text or ""]
    assert (photo.title, photo.description) == ("Inside", "from Exif")
    assert [tag.raw for tag in photo.tags] == ["sent", "New York", "beach", "xmp word", "private|family"]
    assert (photo.taken, photo.taken_unknown) == ("2019-05-06 07:08:09", 0)
    assert photo.place is not None
    assert (photo.place.latitude, photo.place.longitude) == (-48.5, 2.26)
    scene.world.turn({"embedded": False})
    bare = scene.picture("y.jpg")
    write_metadata(bare, {}, [("Iptc.Application2.Keywords", "secret")], {})
    assert scene.world.photos[scene.send(bare)[0].text or ""].tags == ()


def test_a_position_is_read_only_where_the_account_or_the_dial_says_so(scene: Scene) -> None:
    gps = {
        "Exif.GPSInfo.GPSLatitude": "1/1 0/1 0/1",
        "Exif.GPSInfo.GPSLatitudeRef": "N",
        "Exif.GPSInfo.GPSLongitude": "1/1 0/1 0/1",
        "Exif.GPSInfo.GPSLongitudeRef": "W",
    }
    seen = []
    for account, dial in ((False, None), (False, True), (True, False)):
        scene.world.add_user(ANN, "ann", import_geo_exif=account)
        scene.world.turn({"import_geo_exif": dial})
        file = scene.picture()
        write_metadata(file, gps, [], {})
        seen.append(scene.world.photos[scene.send(file)[0].text or ""].place is not None)
    assert seen == [False, True, False]


def test_an_unknown_date_is_the_upload_in_the_owners_local_time(scene: Scene) -> None:
    scene.time = 1_625_093_119
    scene.world.add_user(ANN, "ann", utc_offset_s=-4 * 3600)
    dates_of = scene.info(scene.photo(), "dates").attributes
    assert (dates_of["taken"], dates_of["takenunknown"]) == ("2021-06-30 18:45:19", "1")


@pytest.mark.parametrize(("data", "code"), [(b"", 4), (b"not a picture", 5), (b"%PDF-1.7 whatever", 5)])
def test_files_that_flickr_does_not_take_are_refused_and_removed(scene: Scene, data: bytes, code: int) -> None:
    file = scene.folder / "x.jpg"
    file.write_bytes(data)
    with pytest.raises(Failure) as caught:
        scene.send(file)
    assert caught.value.code == code
    assert not file.exists()
    assert not scene.world.photos


def test_a_file_that_is_too_large_is_refused(scene: Scene) -> None:
    scene.world.turn({"photo_max_bytes": 100})
    with pytest.raises(Failure, match="8: Filesize was too large"):
        scene.photo()


def test_the_original_is_served_byte_for_byte_and_only_under_its_own_secret(scene: Scene) -> None:
    file = scene.picture()
    data = file.read_bytes()
    photo = scene.world.photos[scene.send(file)[0].text or ""]
    assert not file.exists()
    served = scene.world.image(photo.id, photo.original_secret, "o")
    assert served is not None
    assert served.read_bytes() == data
    assert scene.world.image(photo.id, photo.secret, "o") is None
    assert scene.world.original(photo.id) == served


def test_a_file_is_looked_at_anew_although_its_name_was_used_before(scene: Scene) -> None:
    widths = [
        scene.world.photos[scene.send(scene.picture(size=(at, 9)))[0].text or ""].original.width for at in (8, 30)
    ]
    assert widths == [8, 30]


def test_tiff_becomes_jpeg_and_png_and_gif_stay(scene: Scene) -> None:
    formats = {}
    for name in ("a.tif", "b.png", "c.gif"):
        photo = scene.world.photos[scene.send(scene.picture(name))[0].text or ""]
        served = scene.world.original(photo.id)
        assert served is not None
        formats[name] = photo.original.format, Image.open(io.BytesIO(served.read_bytes())).format
    assert formats == {"a.tif": ("jpg", "JPEG"), "b.png": ("png", "PNG"), "c.gif": ("gif", "GIF")}


def test_resizes_are_upright_real_and_never_larger_than_the_original(scene: Scene) -> None:
    file = scene.picture(size=(900, 600), exif=Image.Exif())
    write_metadata(file, {"Exif.Image.Orientation": "6"}, [], {})
    photo = scene.world.photos[scene.send(file)[0].text or ""]
    sizes = {
        str(size.attributes["label"]): size.attributes
        for size in scene.one("photos.getSizes", photo_id=photo.id).children
    }
    assert [*sizes] == [
        "Square", "Large Square", "Thumbnail", "Small", "Small 320", "Small 400", "Medium", "Medium 640",
        "Medium 800", "Original",
    ]  # fmt: skip
    for suffix, label in (("s", "Square"), ("n", "Small 320"), ("", "Medium")):
        made = scene.world.image(photo.id, photo.secret, suffix)
        assert made is not None
        with Image.open(made) as picture:
            assert picture.size == (sizes[label]["width"], sizes[label]["height"])
    assert (sizes["Small 320"]["width"], sizes["Small 320"]["height"]) == (213, 320)
    assert scene.world.image(photo.id, photo.secret, "b") is None
    assert scene.world.image(photo.id, "0123456789", "n") is None


def test_an_original_that_cannot_be_decoded_has_no_sizes_and_is_served_all_the_same(scene: Scene) -> None:
    file = scene.picture("x.png", size=(300, 300))
    file.write_bytes(file.read_bytes()[:60] + b"not deflated")
    photo = scene.world.photos[scene.send(file)[0].text or ""]
    assert scene.world.image(photo.id, photo.secret, "n") is None
    assert scene.world.image(photo.id, photo.original_secret, "o") is not None


def test_large_sizes_have_secrets_of_their_own(scene: Scene) -> None:
    photo = scene.world.photos[scene.send(scene.picture(size=(1700, 20)))[0].text or ""]
    url = next(
        str(size.attributes["source"])
        for size in scene.one("photos.getSizes", photo_id=photo.id).children
        if size.attributes["label"] == "Large 1600"
    )
    secret = url.rsplit("_", 2)[1]
    assert url.startswith("http://127.0.0.1/live/65535/")
    assert secret not in {photo.secret, photo.original_secret}
    assert scene.world.image(photo.id, photo.secret, "h") is None
    assert scene.world.image(photo.id, secret, "h") is not None


@pytest.mark.parametrize("form", CHOICES["dedup_form"])
def test_dedup_check_names_the_photo_with_the_same_bytes(scene: Scene, form: str) -> None:
    scene.world.turn({"dedup_form": form})
    data = scene.picture("first.jpg").read_bytes()
    first = scene.send(scene.folder / "first.jpg")[0].text
    again = scene.folder / "again.jpg"
    again.write_bytes(data)
    with pytest.raises(Failure) as caught:
        scene.send(again, dedup_check="1")
    told = {element.name: element.text for element in caught.value.siblings} | caught.value.attributes
    assert caught.value.code == 9
    assert told == {"duplicate_photo_id": first, "duplicate_photo_status": "0"}
    assert bool(caught.value.siblings) == (form == "element")
    again.write_bytes(data)
    assert scene.send(again)[0].name == "photoid"


def test_a_duplicate_is_looked_for_in_ones_own_account_only(scene: Scene) -> None:
    for who in (ANN, BOB):
        assert scene.send(scene.picture(), who, dedup_check="1")[0].name == "photoid"


def test_a_free_account_is_full_at_its_caps_and_safe(scene: Scene) -> None:
    scene.world.add_user(BOB, "bob", pro=False)
    scene.world.turn({"free_items": 3, "free_private": 1})
    scene.photo(BOB, is_public="0")
    with pytest.raises(Failure, match="6: Upload limit reached"):
        scene.photo(BOB, is_public="0")
    with pytest.raises(Failure, match="15: Non-safe"):
        scene.photo(BOB, safety_level="3")
    scene.photo(BOB, is_public="1")
    scene.photo(BOB, is_public="1")
    with pytest.raises(Failure, match="6: Upload limit reached"):
        scene.photo(BOB, is_public="1")


def test_an_account_turned_free_is_put_off_with_the_time_to_wait(scene: Scene) -> None:
    scene.world.turn({"pro": False, "upload_wait_s": 90})
    with pytest.raises(Failure) as caught:
        scene.photo()
    assert caught.value.code == 14
    assert [(element.name, element.text) for element in caught.value.siblings] == [
        ("non_pro_desktop_upload_wait_time", "90")
    ]


def test_too_many_tags_are_cut_behind_those_that_were_sent_first_or_refused(scene: Scene) -> None:
    tags = " ".join(f"t{at}" for at in range(80))
    assert len(scene.world.photos[scene.photo(tags=tags)].tags) == 75
    scene.world.turn({"tag_overflow": "refuse"})
    with pytest.raises(Failure, match="3: General upload failure"):
        scene.photo(tags=tags)


def test_long_texts_are_cut_refused_or_kept(scene: Scene) -> None:
    long = "é" * 300
    assert len(scene.world.photos[scene.photo(title=long)].title) == 255
    scene.world.turn({"long_texts": "refuse"})
    with pytest.raises(Failure, match="3: General upload failure"):
        scene.photo(title=long)
    scene.world.turn({"long_texts": "keep"})
    assert scene.world.photos[scene.photo(title=long)].title == long


def test_a_ticket_is_pending_then_done_and_its_photo_is_seen_only_then(scene: Scene) -> None:
    answer = scene.send(scene.picture(), **{"async": "1"})
    assert answer[0].name == "ticketid"
    ticket = answer[0].text or ""
    pending, unknown = scene.one("photos.upload.checkTickets", None, tickets=f"{ticket},nonsense").children
    assert pending.attributes == {"id": ticket, "complete": 0}
    assert unknown.attributes == {"id": "nonsense", "invalid": 1}
    assert scene.listed() == []
    scene.time += 2
    done = scene.one("photos.upload.checkTickets", None, tickets=ticket).children[0].attributes
    assert done["complete"] == 1
    assert scene.listed() == [done["photoid"]]


def test_a_ticket_fails_as_often_as_the_dial_says_and_leaves_nothing(scene: Scene) -> None:
    scene.world.turn({"fail_conversion": 1})
    failed = scene.send(scene.picture(colour=1), **{"async": "1"})[0].text or ""
    fine = scene.send(scene.picture(colour=2), **{"async": "1"})[0].text or ""
    scene.time += 5
    answers = scene.one("photos.upload.checkTickets", tickets=f"{failed},{fine}").children
    assert [answer.attributes["complete"] for answer in answers] == [2, 1]
    assert len(scene.listed()) == 1


def test_a_ticket_is_forgotten_after_its_life(scene: Scene) -> None:
    ticket = scene.send(scene.picture(), **{"async": "1"})[0].text or ""
    scene.time += 2 * 86400
    assert scene.one("photos.upload.checkTickets", tickets=ticket).children[0].attributes["invalid"] == 1


def replaced(scene: Scene, photo_id: str, file: Path, who: str = ANN) -> list[Element]:
    ready = scene.world.examine(file, file.name)
    return scene.world.replace(Caller("key", who, 2), {"photo_id": photo_id}, ready)


def test_replacing_changes_file_and_both_secrets_and_nothing_else(scene: Scene) -> None:
    photo_id = scene.photo(title="Rome", tags="a")
    photo = scene.world.photos[photo_id]
    before = asdict(photo)
    old = scene.world.image(photo_id, photo.original_secret, "o")
    scene.time += 50
    file = scene.picture("new.jpg", 99)
    write_metadata(file, {}, [("Iptc.Application2.Keywords", "unwanted")], {})
    data = file.read_bytes()
    answer = replaced(scene, photo_id, file)[0]
    after = asdict(scene.world.photos[photo_id])
    assert {name for name in after if after[name] != before[name]} == {
        "secret", "original_secret", "original", "updated"
    }  # fmt: skip
    assert answer.attributes == {"secret": after["secret"], "originalsecret": after["original_secret"]}
    assert answer.text == photo_id
    assert old is not None
    assert not old.exists()
    assert scene.world.image(photo_id, str(before["original_secret"]), "o") is None
    new = scene.world.image(photo_id, str(after["original_secret"]), "o")
    assert new is not None
    assert new.read_bytes() == data


def test_replacing_is_for_pro_accounts_and_their_own_pictures(scene: Scene) -> None:
    photo_id = scene.photo()
    with pytest.raises(Failure, match="99"):
        replaced(scene, photo_id, scene.picture("n.jpg"), BOB)
    with pytest.raises(Failure, match="2: No photo specified"):
        replaced(scene, "1", scene.picture("n.jpg"))
    scene.world.turn({"pro": False})
    with pytest.raises(Failure, match="1: Not a pro account"):
        replaced(scene, photo_id, scene.picture("n.jpg"))


def test_a_video_is_pending_refuses_permissions_meanwhile_and_is_never_replaced(scene: Scene) -> None:
    file = scene.folder / "clip.mp4"
    file.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(100))
    photo_id = scene.send(file)[0].text or ""
    everybody = {"photo_id": photo_id, "is_public": "1", "is_friend": "0", "is_family": "0"}
    listing = scene.one("people.getPhotos", user_id="me", extras="media").children[0].attributes
    assert (listing["media"], listing["media_status"]) == ("video", "pending")
    assert scene.fails("photos.setPerms", **everybody) == 106
    scene.time += 2
    assert scene.call("photos.setPerms", **everybody)
    with pytest.raises(Failure, match="8: Videos can't be replaced"):
        replaced(scene, photo_id, scene.picture())
