"""IMatch goes away, changes or forgets us in the middle of a run: nothing is published twice, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flickr_studio import POLICY
from fuses import Fuse, Fused, Killed
from heliograph.desk import Desk
from heliograph.errors import LibraryUnavailable
from heliograph.execute import End
from heliograph.model import Order, Verb
from heliograph.policy import When
from heliograph.standin.imws import Fault, What
from heliograph.standin.imws.rows import READY_SETS
from imatch_house import served
from imatch_studio import Household, at_work

ROWS, CATEGORIES = "POST /v1/attributes", "POST /v1/categories/unassign"


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def home(tmp_path: Path, template: Path, standin) -> Iterator[Household]:
    with at_work(tmp_path, template, standin) as home:
        yield home


def uploads(home: Household) -> int:
    return len(home.house.standin.calls.of("upload"))


def whole(home: Household, *names: str) -> None:
    """Each is there once and has its one row; no mark is left, and there is nothing more to do."""
    assert len(home.world.photos) == len(names)
    assert {home.row(name)["photo_id"] for name in names} == set(home.world.photos)
    assert {order for name in names for order in home.flags(name)} == set()
    assert home.actions() == {}


# --- the process ends -------------------------------------------------------------------------------------------------


@contextmanager
def fused(home: Household, fuse: Fuse) -> Iterator[Desk]:
    """A desk whose process is killed at one of the writes into IMatch."""
    with home.desk() as desk:
        library = desk._library
        library.client = Fused(library.client, fuse, ("post",))
        desk._library = Fused(library, fuse, ("note",))
        yield desk


def test_a_run_killed_before_or_after_its_note_publishes_nothing_twice(home):
    for moment in range(20):
        name = f"p{moment}"
        home.add(name, "flickr")
        home.flag(name, Order.UPDATE)
        fuse = Fuse(at=moment)
        try:
            with fused(home, fuse) as desk:
                list(desk.sync())
        except Killed:
            assert fuse.burnt
        else:
            break
        home.clock.sleep(3600)
        home.imatch.clock.ahead += timedelta(days=2)
        before = home.imatch.clock.now() - timedelta(days=2)
        home.run()
        whole(home, *home.files)
        assert home.row(name)["posted"] <= before.astimezone().date().isoformat(), "the day when it was published"
    assert moment >= 6, "before and after the note, the row and the category"
    assert uploads(home) == len(home.files)


def test_a_deletion_killed_before_or_after_its_note_is_brought_to_its_end(home):
    for moment in range(20):
        name = f"p{moment}"
        home.add(name, "flickr")
        home.run()
        home.flag(name, Order.DELETE)
        fuse = Fuse(at=moment)
        try:
            with fused(home, fuse) as desk:
                list(desk.sync())
        except Killed:
            assert fuse.burnt
        else:
            break
        home.run()
        assert (home.row(name), home.flags(name), dict(home.world.photos)) == ({}, set(), {})
        assert home.files[name].id not in home.database.members("Socials|flickr")
        assert home.actions() == {}
    assert moment >= 8, "before and after the note, the row and both categories"
    assert uploads(home) == len(home.files)


# --- IMatch ends, or is another one -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", [ROWS, CATEGORIES, "GET /v1/attributes"])
def test_a_token_that_expires_in_the_middle_of_writing_is_renewed(home, route):
    for name in ("a", "b"):
        home.add(name, "flickr")
        home.flag(name, Order.UPDATE)
    home.imatch.standin.faults.add(Fault(What.TOKEN_EXPIRED, route=route))
    assert {event.end for event in home.run()} == {End.DONE}
    assert len(home.imatch.standin.calls.of("POST /v1/authenticate")) == 2
    whole(home, "a", "b")
    assert uploads(home) == 2


@pytest.mark.parametrize("after", [0, 1])
def test_an_imatch_that_closes_in_the_middle_hears_in_the_next_run_what_was_published(home, after):
    for name in ("a", "b", "c"):
        home.add(name, "flickr")
    home.imatch.standin.faults.add(Fault(What.IMATCH_CLOSES, route=ROWS, after=after))
    events = home.run()
    assert {event.end for event in events} == {End.DONE}, "what was published is told as published"
    assert sum(bool(home.row(name)) for name in home.files) == after
    with pytest.raises(LibraryUnavailable, match="Is IMatch running"):
        home.run()
    home.imatch.standin.reopen_imatch()
    home.run()
    whole(home, "a", "b", "c")
    assert uploads(home) == 3


@pytest.mark.parametrize("route", ["GET /v1/files", "GET /v1/attributes", ROWS])
def test_nothing_is_written_into_a_database_that_took_the_place_of_the_first_in_the_middle(home, route):
    """Its rows are written once the right one is open again."""
    for name in ("a", "b"):
        home.add(name, "flickr")
    home.planned()
    home.planned()  # the first look takes more calls than later ones
    names = {file.filename: name for name, file in home.files.items()}
    calls = home.imatch.standin.calls
    looking = len(calls.of(route))
    home.imatch.standin.faults.add(Fault(What.DATABASE_SWITCHED, route=route, after=looking))
    assert {event.end for event in home.run()} == {End.DONE}
    assert home.imatch.standin.database.endswith("Other.imd5")
    assert [file for file in home.database.files.values() if file.rows] == []
    home.imatch.standin.switch_database()  # of two photos, each has its own id again
    home.files = {names[file.filename]: file for file in home.database.files.values()}
    home.run()
    whole(home, "a", "b")
    assert uploads(home) == 2


# --- parts of it go ---------------------------------------------------------------------------------------------------


def test_a_platforms_category_that_vanishes_deletes_nothing_there(home):
    for name in ("a", "b"):
        home.add(name, "flickr")
    home.add("c", "mastodon")
    home.run()
    home.imatch.standin.faults.add(Fault(What.CATEGORY_VANISHES, route="GET /v1/categories", category="Socials|flickr"))
    for _ in range(2):  # in the middle of a look, and before the next one
        with pytest.raises(LibraryUnavailable, match=r"no category Socials\|flickr; 2 photos.*othing was concluded"):
            home.run()
    assert len(home.world.photos) == 2
    for name in ("a", "b"):
        home.database.put(home.files[name], "Socials|flickr")
    assert home.actions() == {}


def test_an_album_that_vanishes_between_two_calls_takes_no_photo_with_it(home):
    home.add("a", "flickr", "flickr|albums|Harbour")
    home.run()
    path = "Socials|flickr|albums"
    home.imatch.standin.faults.add(Fault(What.CATEGORY_VANISHES, route="GET /v1/categories", after=2, category=path))
    assert not any(event.action.verb in {Verb.DELETE, Verb.ADD} for event in home.run())
    (album,) = home.world.albums.values()
    assert (len(album.photos), len(home.world.photos)) == (1, 1)


def test_photos_on_a_drive_that_went_away_stay_and_the_others_go_on(home):
    home.add("a", "flickr")
    home.files["far"] = home.imatch.add(
        "E:\\Far\\far.jpg", "Socials|flickr", data=(home.imatch.path("a.jpg")).read_bytes()
    )
    home.add("b", "flickr")
    drive = home.imatch.folder.parent / "drive"
    home.options_here = {"path_map": {"D:\\Photos": str(home.imatch.folder), "E:": str(drive)}}
    (drive / "Far").mkdir(parents=True)
    home.imatch.path("b.jpg").replace(drive / "Far/far.jpg")
    home.imatch.draw("b.jpg")
    home.run()
    assert len(home.world.photos) == 3
    drive.rename(drive.with_name("elsewhere"))
    home.say("a", title="Anew")
    home.flag("a", Order.UPDATE)
    events = home.run()
    assert [event.action.verb for event in events if event.action.where] == [Verb.UPDATE, Verb.FINISH]
    assert any("E: cannot be reached" in note for note in home.planned().notes)
    drive.with_name("elsewhere").rename(drive)
    whole(home, "a", "b", "far")
    assert uploads(home) == 3


def test_a_mark_for_deletion_wins_over_the_setting_that_leaves_what_is_unwanted(tmp_path, template, standin):
    """`helio import imatch-to-socials` writes that setting."""
    policy = replace(POLICY, when=When(unwanted="leave"))
    with at_work(tmp_path, template, standin, "pixelfed", "mastodon", policy=policy) as home:
        for server in home.servers.values():
            server.policy = replace(server.policy, when=When(unwanted="leave"))
        for name in ("stays", "goes"):
            home.add(name, "flickr", "pixelfed", "mastodon")
        home.run()
        for platform in ("flickr", "pixelfed", "mastodon"):
            columns = {"posted", "url"} | ({"photo_id"} if platform == "flickr" else {"media_id", "status_id"})
            assert home.row("goes", platform).keys() == columns
            home.database.take_out(home.files["stays"], f"Socials|{platform}")
            home.flag("goes", Order.DELETE, on=platform)
        home.run()
        assert [photo.title for photo in home.world.photos.values()] == ["Stays"]
        for name, server in home.servers.items():
            assert [post.text.partition(" ")[0] for post in server.posts] == ["Stays"]
            assert (home.row("goes", name), home.flags("goes", on=name)) == ({}, set())
            assert home.row("stays", name)
        assert home.actions() == {}


def test_rows_wait_for_their_attribute_set_and_none_counts_as_written_before(home):
    del home.database.rows.sets["flickr"]
    for number in range(25):  # more than are told at once
        home.add(f"p{number:02}", "flickr")
    home.run()
    assert len(home.world.photos) == 25
    home.database.add_set("flickr", [name for name, *_ in READY_SETS["flickr"]])
    home.run()
    whole(home, *home.files)
    assert uploads(home) == 25


@pytest.mark.parametrize("planned_before", [False, True])
def test_a_photo_that_is_wanted_nowhere_any_more_loses_its_row_with_its_post(home, planned_before):
    """Also where one process plans and another one carries it out."""
    for name in ("a", "b"):
        home.add(name, "flickr")
    home.run()
    home.database.take_out(home.files["a"], "Socials|flickr")
    if planned_before:
        assert home.actions()["a", "flickr"].verb == Verb.DELETE
    home.run()
    assert (home.row("a"), len(home.world.photos)) == ({}, 1)
    home.database.put(home.files["a"], "Socials|flickr")
    assert home.actions()["a", "flickr"].verb == Verb.ADD
    home.run()
    whole(home, "a", "b")


def test_a_photo_that_was_taken_out_of_the_database_is_no_trouble(home, caplog):
    for name in ("a", "b"):
        home.add(name, "flickr")
    home.run()
    home.database.remove_file(home.files["a"])
    home.run()
    assert (len(home.world.photos), home.imatch.standin.calls.writes) == (1, ())
    assert "could not note" not in caplog.text
