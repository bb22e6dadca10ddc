"""What the Flickr stand-in remembers: accounts, dials, a folder that survives, and what was there before."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import Image

from flickr_scene import ANN, BOB, GROUP, START, Scene, album_of, child, peopled
from heliograph.standin.flickr import dates, seeding
from heliograph.standin.flickr.dials import Dials
from heliograph.standin.flickr.element import Failure


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return peopled(tmp_path)


def test_people_are_found_and_tell_their_limits_and_preferences(scene: Scene) -> None:
    scene.photo()
    assert scene.one("test.login").attributes["id"] == ANN
    assert scene.one("people.findByUsername", None, username="ANN").attributes["id"] == ANN
    assert scene.one("urls.lookupUser", None, url="https://www.flickr.com/photos/ann/").attributes["id"] == ANN
    assert scene.fails("urls.lookupUser", None, url="https://www.flickr.com/") == 1
    person = scene.one("people.getInfo", user_id=ANN)
    assert child(child(person, "photos"), "count").text == "1"
    assert child(person, "timezone").attributes["offset"] == "-08:00"
    assert child(scene.one("people.getUploadStatus"), "sets").attributes == {"created": 0, "remaining": "lots"}
    assert child(scene.one("people.getLimits"), "photos").attributes["maxupload"] == 200 * 1024 * 1024
    assert scene.one("prefs.getGeoPerms").attributes == {"nsid": ANN, "geoperms": 1, "importgeoexif": 1}
    echoed = scene.call("test.echo", None, a="1", b="")
    assert [(each.name, each.text) for each in echoed] == [("a", "1"), ("b", "")]


def test_the_table_says_what_each_method_needs(scene: Scene) -> None:
    methods = scene.world.methods
    assert all(name == method.name.lower() for name, method in methods.items())
    assert {method.name for method in methods.values() if method.perms == 3} == {"flickr.photos.delete"}
    assert all(method.writes == (method.perms >= 2) for method in methods.values())
    for method in methods.values():
        if method.perms:
            with pytest.raises(Failure):
                method.call(None, {"photo_id": scene.photo(), "min_date": "1", "user_id": "me"})


def told(scene: Scene) -> dict[str, object]:
    world = scene.world
    shelves = (world.accounts, world.photos, world.albums, world.groups, world.tickets, world.counters)
    return {str(at): {name: asdict(record) for name, record in shelf.items()} for at, shelf in enumerate(shelves)}


def busy(scene: Scene) -> None:
    scene.world.add_group(GROUP, "Streets", members=(ANN,))
    first, second = scene.photo(tags="a"), scene.photo(is_public="0")
    album_of(scene, first, second)
    scene.call("groups.pools.add", photo_id=first, group_id=GROUP)
    scene.call("photos.geo.setLocation", photo_id=first, lat="1", lon="2")
    scene.world.add_comment(first, BOB, "Hi")
    scene.world.add_fave(first, BOB)
    scene.call("photos.delete", photo_id=scene.photo())
    scene.send(scene.picture("late.jpg", 200), **{"async": "1"})


def test_a_killed_stand_in_remembers_everything(scene: Scene) -> None:
    busy(scene)
    again = Scene(scene.folder)
    assert told(again) == told(scene)
    assert again.listed() == scene.listed()


def test_a_saved_world_is_the_same_with_its_dials_and_a_torn_last_line_is_passed_over(scene: Scene) -> None:
    busy(scene)
    scene.world.turn({"search_lag_s": 7, "pro": False})
    scene.world.save()
    before = told(scene)
    with (scene.folder / "state" / "world.jsonl").open("a", encoding="utf-8") as file:
        file.write('["photo","530000')
    again = Scene(scene.folder)
    assert told(again) == before
    assert (again.world.dials.search_lag_s, again.world.dials.pro) == (7, False)
    again.photo()
    assert told(Scene(scene.folder)) == told(again)


def test_a_file_of_many_changes_is_written_anew(scene: Scene) -> None:
    photo_id = scene.photo()
    for at in range(1100):
        scene.call("photos.setMeta", photo_id=photo_id, title=str(at))
    file = scene.folder / "state" / "world.jsonl"
    before = len(file.read_text(encoding="utf-8").splitlines())
    again = Scene(scene.folder)
    assert told(again) == told(scene)
    assert len(file.read_text(encoding="utf-8").splitlines()) < 10 < before


def test_reset_forgets_everything_but_the_numbers_given_out(scene: Scene) -> None:
    first = scene.photo()
    scene.world.reset()
    assert (scene.world.photos, scene.world.accounts) == ({}, {})
    assert [*(scene.folder / "state" / "pictures").iterdir()] == []
    scene.world.add_user(ANN, "ann")
    assert int(scene.photo()) > int(first)


def test_dials_refuse_what_they_do_not_know() -> None:
    dials = Dials()
    for name, value in (
        ("nonsense", 1), ("pro", "yes"), ("search_lag_s", -1), ("past_end", "explode"), ("album_cap", None),
        ("tags_max", True), ("ticket_s", "5"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=name):
            dials.turn(name, value)
    dials.turn_all({"pro": None, "ticket_s": 3, "albums_max": 5, "long_texts": "keep"})
    assert (dials.pro, dials.ticket_s, dials.albums_max, dials.long_texts) == (None, 3, 5, "keep")
    assert dials == Dials(**json.loads(json.dumps(asdict(dials))))


def rows(*values: list[int]) -> bytes:
    return bytes(sample for row in values for sample in row)


def test_imagemagicks_signatures_have_their_known_values(tmp_path: Path) -> None:
    colour = rows(*([s for x in range(4) for s in (60 * x, 80 * y, 20 * (x + y))] for y in range(3)))
    grey = rows([0, 50, 100, 150, 200], [255, 205, 155, 105, 55])
    alpha = rows(
        *([s for x in range(3) for s in (100 * x, 100 * y, 50, 128 if (x + y) % 2 else 255)] for y in range(3))
    )
    known = {
        ("RGB", (4, 3), colour): ("523b5383a7fc9fdc", "5d2d86f34748add9"),
        ("L", (5, 2), grey): ("33b7b75f9e0c8b62", "ff453d034da0d7a6"),
        ("RGBA", (3, 3), alpha): ("ba6be537f0e800f3", "56dd84fff6515156"),
    }
    file = tmp_path / "x.png"
    for (mode, size, data), signatures in known.items():
        Image.frombytes(mode, size, data).save(file)
        found = seeding.signature_of_six(file), seeding.signature_of_seven(file)
        assert tuple(signature[:16] for signature in found) == signatures


def test_leftovers_of_flickrsync_are_signed_private_and_in_marked_albums(scene: Scene) -> None:
    files = [scene.picture(f"{at}.png", at) for at in range(2)]
    ids = scene.world.seed(ANN, "flickrsync", files=files)
    tags = [scene.world.photos[photo_id].tags[0].clean for photo_id in ids]
    assert tags == [
        f"flickrsync:signature={seeding.signature_of_six(files[0])}",
        f"flickrsync:signature={seeding.signature_of_seven(files[1])}",
    ]
    assert not any(scene.world.photos[photo_id].is_public for photo_id in ids)
    albums = [*scene.world.albums.values()]
    assert {album.description for album in albums} == {"[created by flickrsync]"}
    assert {" 2017, Rome", "2017, Rome"} < {album.title for album in albums}
    assert all(file.exists() for file in files)


@pytest.mark.parametrize(
    ("what", "count", "photos", "albums"),
    [
        ("stream", 30, 30, 0),
        ("albums", 12, 1, 12),
        ("flickrsync", 3, 3, 4),
        ("flickr-uploader", 3, 3, 1),
        ("imatch-to-socials", 3, 3, 0),
        ("duplicates", 2, 4, 0),
        ("pending-videos", 2, 2, 0),
    ],
)
def test_seeds_fill_an_account(scene: Scene, what: str, count: int, photos: int, albums: int) -> None:
    made = scene.world.seed(ANN, what, count)
    assert (len(scene.world.photos), len(scene.world.albums)) == (photos, albums)
    assert {*made} <= {*scene.world.photos, *scene.world.albums}
    assert told(Scene(scene.folder)) == told(scene)


def test_a_drawn_picture_is_the_same_whenever_somebody_looks(scene: Scene) -> None:
    photo = scene.world.photos[scene.world.seed(ANN, "stream", 1)[0]]
    first = scene.world.original(photo.id)
    assert first is not None
    data = first.read_bytes()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (photo.original.width, photo.original.height)
    shutil.rmtree(first.parent)
    assert scene.world.original(photo.id) == first
    assert first.read_bytes() == data


def test_two_pictures_with_the_same_bytes_are_found_as_duplicates(scene: Scene) -> None:
    ids = scene.world.seed(ANN, "duplicates", 1)
    assert len({scene.world.photos[photo_id].original.sha256 for photo_id in ids}) == 1


def test_there_is_no_seed_field_or_dial_that_nobody_wrote(scene: Scene) -> None:
    with pytest.raises(ValueError, match="no seed"):
        scene.world.seed(ANN, "nonsense")
    with pytest.raises(ValueError, match="no 'colour'"):
        scene.world.add_photo(ANN, colour="red")
    with pytest.raises(ValueError, match="no 'colour'"):
        scene.world.add_user(ANN, "ann", colour="red")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1700000000", 1_700_000_000.0),
        ("2023-11-14 22:13:20", 1_700_000_000.0),
        ("2 weeks ago", START - 14 * 86400),
        ("-1 day", START - 86400),
        ("now", START),
        ("soon", None),
        ("", None),
    ],
)
def test_moments_are_unix_seconds_dates_or_some_english(text: str, moment: float | None) -> None:
    assert dates.moment(text, START) == moment
