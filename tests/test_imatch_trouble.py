"""Trouble with IMatch: what cannot be read is no empty library, and what changed is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.library_contract import Remembered, found, not_looked, unchanged, vanished
from heliograph.errors import LibraryUnavailable, Mistake, Refused
from heliograph.libraries.imatch.places import Disk, drive, place
from heliograph.model import Facts, Home, Recipe
from heliograph.ports import Found
from heliograph.standin.imws import Fault, What
from imatch_house import FLICKR, ROOT, made
from imatch_posting import POST, ROW, house, outcome, standin, three, where

__all__ = ["house", "standin", "three"]

READS = ("GET /v1/categories", "GET /v1/files", "GET /v1/files/relations", "GET /v1/files/categories")
PASSING = (What.HTTP_503, What.BUSY, What.CLOSED_BEFORE, What.CLOSED_AFTER, What.CLOSED_HALFWAY)


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", READS)
@pytest.mark.parametrize(
    "what",
    [
        What.HTTP_500,
        What.BUSY,
        What.FAILED,
        What.ERROR_WITH_200,
        What.NO_RESULT,
        What.NOT_JSON,
        What.HTML,
        What.TRUNCATED,
    ],
)
def test_an_error_of_a_read_is_an_error_and_never_an_empty_library(house, three, route, what):
    house.look()
    for file in three:
        file.tags["title"] = "Another"
    house.standin.faults.add(Fault(what, route=route, times=0))
    with pytest.raises(LibraryUnavailable, match=r"[Nn]othing was concluded.*\."):
        house.look()
    house.standin.faults.clear()
    again = house.look()
    assert len(found(again)) == 3
    assert vanished(again) == set()


@pytest.mark.parametrize("route", [*READS, "GET /v1/attributes"])
@pytest.mark.parametrize("what", PASSING)
def test_trouble_that_passes_is_waited_out(house, three, route, what):
    house.standin.faults.add(Fault(what, route=route))
    assert len(house.photos()) == 3


@pytest.mark.parametrize("route", [*READS, "GET /v1/attributes"])
@pytest.mark.parametrize("refused", ["401", "403", "200"])
def test_a_token_that_expires_is_renewed_once_in_the_middle_of_a_look(house, three, route, refused):
    house.turn({"refused_token": refused})
    house.standin.faults.add(Fault(What.TOKEN_EXPIRED, route=route))
    assert len(house.photos()) == 3
    assert len(house.standin.calls.of("POST /v1/authenticate")) == 2


def test_who_is_not_let_in_is_told_what_to_set(house, three):
    house.turn({"credentials": True})
    with pytest.raises(LibraryUnavailable, match="HELIOGRAPH_LIBRARY__PASSWORD"):
        house.look()
    house.world.head.password = "open sesame"  # noqa: S105
    house.another(login="anna", password="open sesame")  # noqa: S106
    assert len(house.photos()) == 3
    assert "open sesame" not in repr(house.library.options)


@pytest.mark.parametrize("route", ["GET /v1/files/relations", "GET /v1/files/categories"])
def test_imatch_that_closes_in_the_middle_leaves_everything_as_it_was(house, three, route):
    house.look()
    for file in three:
        file.tags["title"] = "Another"
    house.standin.faults.add(Fault(What.IMATCH_CLOSES, route=route))
    with pytest.raises(LibraryUnavailable, match="Is IMatch running"):
        house.look()
    house.standin.reopen_imatch()
    assert len(found(house.look())) == 3


def test_another_database_is_noticed_and_nothing_vanishes(house, three):
    for number, file in enumerate(three):
        file.size += number
    house.look()
    for file in house.world.files.values():
        file.filename = f"{ROOT}\\other {file.name}"
        file.size += 100
        house.draw(file.filename)
    with pytest.raises(LibraryUnavailable, match="Another database seems to be open"):
        house.look()
    house.another(other_database=True)
    assert len(vanished(house.look())) == 3


def test_a_database_that_is_switched_in_the_middle_of_a_look_is_noticed(house, three):
    house.standin.faults.add(Fault(What.DATABASE_SWITCHED, route="GET /v1/files/categories"))
    with pytest.raises(LibraryUnavailable, match="Another database was opened"):
        house.look()


def test_files_that_were_only_renamed_are_found_under_their_new_names(house, three):
    house.look()
    for file in three:
        old, file.filename = house.path(file.filename), f"{ROOT}\\new {file.name}"
        old.rename(house.path(file.filename))
    again = house.look()
    assert {one.rpartition("/")[2] for one in found(again)} == {"new a.jpg", "new b.jpg", "new c.jpg"}
    assert len(vanished(again)) == 3


def test_without_the_root_category_or_any_known_photo_nothing_is_concluded(house, three):
    house.look()
    for file in three:
        house.world.remove_file(file)
    with pytest.raises(LibraryUnavailable, match="No photo in IMatch is in a category below Socials, where 3 were"):
        house.look()
    house.another(root="Publish")
    with pytest.raises(LibraryUnavailable, match="has no category Publish"):
        house.look()


def test_the_last_photo_that_is_untagged_vanishes_too(house, three):
    house.look()
    for file in three:
        house.world.take_out(file, FLICKR)
    assert vanished(house.look()) == {where(file) for file in three}
    house.add("d.jpg", FLICKR)
    assert len(found(house.look())) == 1


def test_a_platform_without_its_category_is_no_reason_to_take_its_photos_away(house, three):
    house.look()
    house.world.drop_category(FLICKR)
    with pytest.raises(LibraryUnavailable, match=r"no category Socials\|flickr; 3 photos in it were known"):
        house.look()
    house.world.category(FLICKR)
    assert len(vanished(house.look())) == 3


def test_a_photo_that_is_untagged_vanishes(house, three):
    house.look()
    house.world.take_out(three[0], FLICKR)
    assert vanished(house.look()) == {where(three[0])}


def test_a_file_that_leaves_the_database_between_two_calls_is_no_reason_to_forget_it(house, three, monkeypatch):
    house.look()
    direct = house.world.tree.direct
    house.world.remove_file(three[0])
    monkeypatch.setattr(
        house.world.tree, "direct", lambda path: [*direct(path), *([three[0].id] if path == FLICKR else [])]
    )
    for unknown in ("left out", "error"):
        house.turn({"unknown_files": unknown})
        again = house.look()
        assert (vanished(again), unchanged(again)) == (set(), 2)


def test_a_category_that_vanishes_between_two_calls_is_no_photo_and_no_error(house, three):
    house.add("d.jpg", "Socials|pixelfed")
    house.standin.faults.add(
        Fault(What.CATEGORY_VANISHES, route="GET /v1/categories", after=2, category="Socials|pixelfed")
    )
    assert set(house.photos()) == {"a.jpg", "b.jpg", "c.jpg"}


def test_each_drive_that_is_away_is_one_sentence(house, three):
    for name in ("E:\\one.jpg", "E:\\2024\\two.jpg", "\\\\nas\\photos\\three.jpg"):
        house.world.add_file(name, categories=[FLICKR])
    seen = house.look()
    assert len(found(seen)) == 3
    assert not_looked(seen) == {"E:", "//nas/photos"}
    reasons = [one.reason for one in seen if getattr(one, "part", "") == "E:"]
    assert reasons[0].startswith("E: cannot be reached: no `path_map` says where E: is")
    assert "2 photos there" in reasons[0]


def test_long_paths_forward_slashes_and_other_cases_are_the_same_file(house, three):
    for name in (f"\\\\?\\{ROOT}\\long.jpg", "d:/photos/forward.jpg"):
        house.draw(name.rpartition("\\" if "\\" in name else "/")[2])
        house.world.add_file(name.replace("/", "\\"), categories=[FLICKR])
    names = set(found(house.look()))
    assert "D:/Photos/long.jpg" in names
    assert "d:/photos/forward.jpg" in names


def test_a_file_whose_name_differs_in_case_only_is_found_and_opened(house):
    house.draw(f"{ROOT}\\QUAY.JPG")
    house.world.add_file(f"{ROOT}\\quay.jpg", categories=[FLICKR])
    (photo,) = found(house.look()).values()
    assert house.library.open(photo, Recipe()).files


def test_a_photo_on_a_drive_that_went_away_is_not_sent(house, three):
    photo = found(house.look())[where(three[0])]
    house.folder.rename(house.folder.with_name("unplugged"))
    with pytest.raises(Refused, match=r"cannot be reached: .* connect the drive"):
        house.library.open(photo, Recipe())
    assert not house.library.likeness(photo)


@pytest.mark.parametrize(
    ("filename", "named", "drive_of"),
    [
        ("D:\\Photos\\a.jpg", "D:/Photos/a.jpg", "D:"),
        ("\\\\?\\D:\\Photos\\a.jpg", "D:/Photos/a.jpg", "D:"),
        ("\\\\?\\UNC\\nas\\photos\\a.jpg", "//nas/photos/a.jpg", "//nas/photos"),
        ("//nas/photos/2024/a.jpg", "//nas/photos/2024/a.jpg", "//nas/photos"),
    ],
)
def test_windows_paths_have_one_form(filename, named, drive_of):
    assert place(filename) == named
    assert drive(named) == drive_of


def test_the_longest_entry_of_the_path_map_counts_and_windows_needs_none():
    disk = Disk({"D:": "/mnt/d", "d:\\Photos\\": "/mnt/photos"}, on_windows=False)
    assert disk.path("D:/Photos/2024/a.jpg") == Path("/mnt/photos/2024/a.jpg")
    assert disk.path("D:/Photography/a.jpg") == Path("/mnt/d/Photography/a.jpg")
    assert disk.path("D:/Photos/../../etc/passwd") is None
    assert disk.path("E:/a.jpg") is None
    assert Disk({}, on_windows=True).path("E:/a.jpg") == Path("E:/a.jpg")


def test_addresses_that_send_the_login_readable_over_the_network_are_mistakes(house):
    with pytest.raises(Mistake, match="https"):
        house.another(url="http://imatch.example")
    house.library = made(house.standin, house.folder, house.library.cache, house.clock)


def test_neither_token_nor_password_is_logged(house, three, caplog):
    house.turn({"credentials": True})
    house.world.head.password = "open sesame"  # noqa: S105
    house.another(login="anna", password="open sesame")  # noqa: S106
    with caplog.at_level("DEBUG", "heliograph"):
        house.look()
        house.library.note([outcome(three[0])])
    tokens = list(house.standin.door._tokens)
    assert tokens
    assert caplog.records
    assert not [word for word in ("sesame", *tokens) if word in caplog.text]


# --- what changed -----------------------------------------------------------------------------------------------------


def test_each_change_that_is_asked_for_each_time_is_seen(house, three):
    house.look()
    house.world.category(f"{FLICKR}|albums|Harbour", "1")
    changes = [
        lambda file: file.tags.update(headline="New"),
        lambda file: house.world.put(file, f"{FLICKR}|_update"),
        lambda file: house.world.put(file, f"{FLICKR}|albums|Harbour"),
        lambda file: house.world.set_row(file, "flickr", ROW),
        lambda file: house.world.put(file, "Socials|quantum"),
        lambda file: house.path(file.filename).write_bytes(house.path(three[1].filename).read_bytes()),
    ]
    for change in changes:
        change(three[0])
        assert set(found(house.look())) == {where(three[0])}
    house.world.drop_rows(three[0], "flickr")
    assert found(house.look())[where(three[0])].links == ()


def test_other_categories_and_versions_are_seen_when_everything_is_asked_for(house, three):
    house.look()
    house.world.put(three[0], "Event|Festival|Easter Festival")
    house.add("b small.webp", master=three[1])
    assert [one for one in house.look() if isinstance(one, Found)] == []
    house.clock.ahead *= 24 * 8
    assert set(found(house.look())) == {where(three[0]), where(three[1])}
    house.world.put(three[0], "Event|Festival|Lichterfest")
    house.another(full_days=0.0)
    assert set(found(house.look())) == {where(three[0])}


def test_other_settings_for_reading_read_everything_anew(house, three):
    house.look()
    house.another(alt_text=("description",))
    assert len(found(house.look())) == 3


def test_a_version_that_becomes_tagged_joins_its_master(house, three):
    version = house.add("a small.jpg", master=three[0])
    house.look()
    house.world.put(version, FLICKR)
    house.world.take_out(three[0], FLICKR)
    again = house.look()
    assert set(found(again)) == {where(three[0])}
    assert vanished(again) == set()


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_photo_can_be_opened_by_a_library_that_never_looked(house, three):
    photo = found(house.look())[where(three[0])]
    house.another()
    assert house.library.open(photo, Recipe()).files[0].length_bytes > 0
    assert house.library.likeness(photo)


def test_downloads_need_a_folder_that_imatch_watches(house, tmp_path):
    file = tmp_path / "one.jpg"
    file.write_bytes(b"x")
    with pytest.raises(Refused, match="Set `incoming`"):
        house.library.keep(Home("flickr", POST, Facts()), file)


def test_looking_writes_nothing(house, three):
    house.look()
    house.look()
    assert house.standin.calls.writes == ()


def test_a_look_given_up_is_followed_by_one_from_the_start(house, three):
    known = Remembered()
    looking = house.library.photos(known)
    next(looking)
    looking.close()
    assert len(found(known.look(house.library))) == 3
