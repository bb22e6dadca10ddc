"""Albums and groups of the Flickr stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from flickr_scene import ANN, BOB, EVE, GROUP, START, Scene, album_of, child, peopled


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return peopled(tmp_path)


def test_a_new_album_goes_first_and_has_flickrs_kind_of_id(scene: Scene) -> None:
    photo_id = scene.photo()
    older, newer = album_of(scene, photo_id), album_of(scene, photo_id)
    assert scene.listed("photosets.getList") == [newer, older]
    assert len(newer) == 17
    assert newer.startswith("721")
    scene.call("photosets.orderSets", photoset_ids=older)
    assert scene.listed("photosets.getList") == [older, newer]
    assert scene.fails("photosets.orderSets", photoset_ids="5") == 1


def test_one_call_replaces_members_order_and_cover(scene: Scene) -> None:
    a, b, c = (scene.photo() for _ in range(3))
    album = album_of(scene, a, b)
    scene.time += 9
    scene.call("photosets.editPhotos", photoset_id=album, primary_photo_id=b, photo_ids=f"{c},{b},{c}")
    contents = scene.one("photosets.getPhotos", photoset_id=album, user_id=ANN)
    assert [(each.attributes["id"], each.attributes["isprimary"]) for each in contents.children] == [(c, "0"), (b, "1")]
    assert {name: contents.attributes[name] for name in ("primary", "ownername", "total", "per_page")} == {
        "primary": b, "ownername": "ann", "total": 2, "per_page": 500
    }  # fmt: skip
    told = scene.one("photosets.getList").children[0].attributes
    assert (told["photos"], told["date_create"], told["date_update"]) == (2, str(int(START)), str(int(START) + 9))


def test_mistakes_in_the_membership_change_nothing(scene: Scene) -> None:
    a, b = scene.photo(), scene.photo()
    foreign = scene.photo(BOB)
    album = album_of(scene, a)
    for primary, members, code in (
        (a, "", 5), (a, f"{a},7", 2), (a, f"{a},{foreign}", 2), ("7", a, 3), (b, a, 4)
    ):  # fmt: skip
        arguments = {"photoset_id": album, "primary_photo_id": primary, "photo_ids": members}
        assert scene.fails("photosets.editPhotos", **arguments) == code
    assert scene.fails("photosets.editPhotos", BOB, photoset_id=album, primary_photo_id=a, photo_ids=a) == 1
    assert scene.world.albums[album].photos == (a,)


def test_an_album_has_a_cap_and_an_account_may_have_one(scene: Scene) -> None:
    a, b = scene.photo(), scene.photo()
    scene.world.turn({"album_cap": 1, "albums_max": 1})
    album = album_of(scene, a)
    assert scene.fails("photosets.addPhoto", photoset_id=album, photo_id=b) == 10
    assert scene.fails("photosets.editPhotos", photoset_id=album, primary_photo_id=a, photo_ids=f"{a},{b}") == 10
    assert scene.fails("photosets.create", title="T", primary_photo_id=a) == 3
    assert scene.one("photosets.getList").attributes["cancreate"] == 0


def test_photos_come_and_go_and_the_last_one_takes_the_album_with_it(scene: Scene) -> None:
    a, b, c = (scene.photo() for _ in range(3))
    album = album_of(scene, a)
    for photo_id in (b, c):
        scene.call("photosets.addPhoto", photoset_id=album, photo_id=photo_id)
    assert scene.fails("photosets.addPhoto", photoset_id=album, photo_id=b) == 3
    scene.call("photosets.reorderPhotos", photoset_id=album, photo_ids=c)
    assert scene.world.albums[album].photos == (c, a, b)
    scene.call("photosets.setPrimaryPhoto", photoset_id=album, photo_id=b)
    assert scene.world.albums[album].primary == b
    scene.call("photosets.removePhoto", photoset_id=album, photo_id=b)
    assert (scene.world.albums[album].primary, scene.world.albums[album].photos) == (c, (c, a))
    assert scene.fails("photosets.removePhoto", photoset_id=album, photo_id=b) == 3
    scene.call("photosets.removePhotos", photoset_id=album, photo_ids=f"{a},{c}")
    assert album not in scene.world.albums
    assert scene.listed("photosets.getList") == []


def test_titles_of_albums_are_trimmed_or_not_by_the_dial(scene: Scene) -> None:
    photo_id = scene.photo()
    trimmed = album_of(scene, photo_id, title=" 2017, Rome")
    scene.world.turn({"trim_titles": False})
    kept = album_of(scene, photo_id, title=" 2017, Rome")
    assert [scene.world.albums[album].title for album in (trimmed, kept)] == ["2017, Rome", " 2017, Rome"]
    assert scene.fails("photosets.create", title=" ", primary_photo_id=photo_id) == 1
    assert scene.fails("photosets.create", title="x", primary_photo_id="7") == 2
    scene.call("photosets.editMeta", photoset_id=kept, title="New", description="a & b")
    told = scene.one("photosets.getInfo", photoset_id=kept)
    assert [(each.name, each.text) for each in told.children] == [("title", "New"), ("description", "a &amp; b")]
    assert scene.fails("photosets.editMeta", photoset_id=kept) == 2


def test_the_list_of_albums_tells_which_of_some_photos_they_hold(scene: Scene) -> None:
    a, b = scene.photo(), scene.photo()
    album_of(scene, a, title="one")
    album_of(scene, b, a, title="two")
    albums = scene.one("photosets.getList", photo_ids=f"{a},{b}", primary_photo_extras="url_sq").children
    assert [album.attributes["has_requested_photos"] for album in albums] == [f"{a},{b}", a]
    assert "url_sq" in child(albums[0], "primary_photo_extras").attributes


def test_strangers_see_albums_with_public_photos_only(scene: Scene) -> None:
    public, private = scene.photo(), scene.photo(is_public="0")
    shown, hidden = album_of(scene, public, private), album_of(scene, private)
    assert scene.listed("photosets.getList", None, user_id=ANN) == [shown]
    assert scene.listed("photosets.getPhotos", None, photoset_id=shown, user_id=ANN) == [public]
    assert scene.fails("photosets.getPhotos", None, photoset_id=hidden, user_id=ANN) == 1
    assert scene.fails("photosets.getPhotos", photoset_id=shown, user_id=BOB) == 2


def test_a_moderated_pool_answers_six_then_seven_and_a_moderator_decides(scene: Scene) -> None:
    scene.world.add_group(GROUP, "Streets", members=(ANN,), moderated=True)
    a, b = scene.photo(), scene.photo()
    assert scene.fails("groups.pools.add", photo_id=a, group_id=GROUP) == 6
    assert scene.fails("groups.pools.add", photo_id=a, group_id=GROUP) == 7
    assert scene.fails("groups.pools.add", photo_id=b, group_id=GROUP) == 6
    scene.world.approve(GROUP, a)
    scene.world.reject(GROUP, b)
    assert scene.listed("groups.pools.getPhotos", group_id=GROUP, user_id="me") == [a]
    assert scene.fails("groups.pools.add", photo_id=a, group_id=GROUP) == 3
    with pytest.raises(KeyError):
        scene.world.approve(GROUP, b)


def test_a_throttle_counts_down_and_opens_again_after_its_window(scene: Scene) -> None:
    scene.world.add_group(GROUP, "Streets", members=(ANN, BOB), throttle_mode="day", throttle_count=2)
    photos = [scene.photo() for _ in range(3)]

    def left() -> object:
        group = scene.one("people.getGroups", user_id=ANN, extras="throttle").children[0]
        return child(group, "throttle").attributes["remaining"]

    assert left() == 2
    for photo_id in photos[:2]:
        scene.call("groups.pools.add", photo_id=photo_id, group_id=GROUP)
    assert left() == 0
    assert scene.fails("groups.pools.add", photo_id=photos[2], group_id=GROUP) == 5
    scene.call("groups.pools.add", BOB, photo_id=scene.photo(BOB), group_id=GROUP)
    scene.time += 86_401
    assert left() == 2
    scene.call("groups.pools.add", photo_id=photos[2], group_id=GROUP)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"members": ()}, 2),
        ({"throttle_mode": "disabled"}, 11),
        ({"pool_max": 0}, 10),
        ({"content_refused": True}, 8),
        ({"photos_ok": 0}, 24),
        ({"images_ok": 0}, 25),
        ({"safe_ok": 0}, 26),
        ({"has_geo": 1}, 29),
    ],
)
def test_groups_turn_photos_down_for_their_own_reasons(scene: Scene, rules: dict[str, object], code: int) -> None:
    scene.world.add_group(GROUP, "Streets", **{"members": (ANN,), **rules})
    assert scene.fails("groups.pools.add", photo_id=scene.photo(), group_id=GROUP) == code
    assert scene.world.groups[GROUP].pool == ()


def test_a_photo_is_in_no_more_pools_than_its_account_allows(scene: Scene) -> None:
    scene.world.turn({"pools_max_pro": 1})
    photo_id = scene.photo()
    for at in (1, 2):
        scene.world.add_group(f"{at}@N20", f"G{at}", members=(ANN,))
    scene.call("groups.pools.add", photo_id=photo_id, group_id="1@N20")
    assert scene.fails("groups.pools.add", photo_id=photo_id, group_id="2@N20") == 4
    assert scene.fails("groups.pools.add", photo_id="7", group_id="2@N20") == 1
    assert scene.fails("groups.pools.add", photo_id=photo_id, group_id="7@N20") == 2


def test_a_photo_leaves_a_pool_by_its_owner_or_an_admin(scene: Scene) -> None:
    scene.world.add_group(GROUP, "Streets", members=(ANN, BOB, EVE), admins=(BOB,))
    photo_id = scene.photo()
    scene.call("groups.pools.add", photo_id=photo_id, group_id=GROUP)
    assert scene.fails("groups.pools.remove", EVE, photo_id=photo_id, group_id=GROUP) == 3
    scene.call("groups.pools.remove", BOB, photo_id=photo_id, group_id=GROUP)
    assert scene.fails("groups.pools.remove", photo_id=photo_id, group_id=GROUP) == 2


def test_groups_are_listed_with_their_rules_unless_private(scene: Scene) -> None:
    scene.world.add_group(
        GROUP, "Streets", members=(ANN,), privacy=1, moderated=True, throttle_mode="week", throttle_count=3
    )
    assert [each.attributes["nsid"] for each in scene.one("groups.pools.getGroups").children] == [GROUP]
    told = scene.one("groups.getInfo", group_id=GROUP)
    assert told.attributes["ispoolmoderated"] == 1
    assert child(told, "throttle").attributes == {"mode": "week", "count": 3, "remaining": 3}
    assert child(told, "restrictions").attributes["photos_ok"] == 1
    assert scene.fails("groups.getInfo", EVE, group_id=GROUP) == 2
    assert scene.fails("groups.getInfo", group_id="7@N20") == 1
