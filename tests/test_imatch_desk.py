"""IMatch and Flickr through the desk: what the old program did wrong in a run, and what its users rely on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

import flickr_studio
import imatch_house
from flickr_studio import Studio, verbs
from heliograph.execute import End
from heliograph.model import Order, Plan, Verb
from heliograph.standin.imws import Fault, What
from heliograph.standin.imws.records import File
from imatch_house import FLICKR, at_home, made, reading_here, served

flickr = flickr_studio.flickr

WRITES = ("POST /v1/attributes", "POST /v1/categories/assign", "POST /v1/categories/unassign")
FLAG = {Order.UPDATE: f"{FLICKR}|_update", Order.METADATA: f"{FLICKR}|_metadata", Order.DELETE: f"{FLICKR}|_delete"}


@dataclass
class Desk:
    """A photographer with IMatch and a Flickr account."""

    imatch: imatch_house.House
    flickr: Studio

    @contextmanager
    def _fresh(self) -> Iterator[None]:
        here = self.imatch
        self.flickr.own = made(here.standin, here.folder, here.library.cache, here.clock)
        here.standin.calls.clear()
        yield

    def sync(self):
        with self._fresh():
            return self.flickr.sync()

    def plan(self) -> Plan:
        with self._fresh():
            return self.flickr.plan()

    def answer(self, where: str, choice: str) -> None:
        with self._fresh():
            self.flickr.answer(where, choice)

    def verbs(self) -> dict[str, str]:
        return {name.rpartition("/")[2]: verb for name, verb in verbs(self.plan()).items()}

    def wrote(self) -> int:
        return sum(len(self.imatch.standin.calls.of(route)) for route in WRITES)

    def shown(self) -> int:
        return len(self.flickr.world.photos)

    def uploads(self) -> int:
        return len(self.flickr.house.standin.calls.of("upload"))

    def has(self, file: File, order: Order) -> bool:
        return file.id in self.imatch.world.members(FLAG[order])

    def row(self, file: File) -> dict[str, str]:
        rows = self.imatch.rows(file)
        return dict(rows[0]) if rows else {}


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def desk(tmp_path, monkeypatch, standin, flickr):
    (tmp_path / "imatch").mkdir()
    with reading_here(monkeypatch), at_home(tmp_path / "imatch", standin=standin) as house:
        yield Desk(house, flickr)


def test_a_published_photo_has_its_row_and_the_next_run_has_nothing_to_do(desk):
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.sync()
    assert desk.row(file)["photo_id"] in desk.flickr.world.photos
    assert desk.verbs() == {}
    assert desk.wrote() == 0


def test_publishing_one_photo_takes_three_calls_to_imatch_besides_looking(desk):
    desk.imatch.add("quay.jpg", FLICKR)
    desk.plan()
    looking = len(desk.imatch.standin.calls.all())
    desk.sync()
    assert len(desk.imatch.standin.calls.all()) <= looking + 3


def test_a_photo_marked_for_deletion_and_never_published_is_not_uploaded(desk):
    """Fault 1."""
    file = desk.imatch.add("quay.jpg", FLICKR, FLAG[Order.DELETE])
    assert desk.verbs() == {"quay.jpg": Verb.CLEAR}
    desk.sync()
    assert (desk.uploads(), desk.has(file, Order.DELETE)) == (0, False)


def test_a_deleted_photo_is_not_uploaded_again_and_loses_its_row(desk):
    """Faults 3 and 11."""
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.imatch.add("other.jpg", FLICKR)
    desk.sync()
    desk.imatch.world.put(file, FLAG[Order.DELETE])
    desk.sync()
    assert (desk.shown(), desk.row(file), desk.has(file, Order.DELETE)) == (1, {}, False)
    desk.sync()
    assert desk.uploads() == 2


def test_a_photo_that_is_only_in_the_update_category_is_updated(desk):
    """Fault 4."""
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.sync()
    desk.imatch.world.take_out(file, FLICKR)
    desk.imatch.world.put(file, FLAG[Order.UPDATE])
    file.tags["title"] = "Evening quay"
    desk.sync()
    (photo,) = desk.flickr.world.photos.values()
    assert (photo.title, desk.has(file, Order.UPDATE)) == ("Evening quay", False)


def test_a_change_without_a_mark_is_listed_and_not_sent(desk):
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.sync()
    file.tags["title"] = "Evening quay"
    (action,) = desk.plan().actions
    assert action.verb == Verb.LEAVE
    assert action.reason.startswith("changed here: title")
    desk.sync()
    (photo,) = desk.flickr.world.photos.values()
    assert photo.title != "Evening quay"


def test_conflicting_marks_stop_nothing_and_leave_the_photo_alone(desk):
    """Fault 5."""
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.sync()
    for order in (Order.UPDATE, Order.DELETE):
        desk.imatch.world.put(file, FLAG[order])
    desk.imatch.add("other.jpg", FLICKR)
    assert desk.verbs() == {"quay.jpg": Verb.REFUSE, "other.jpg": Verb.ADD}
    desk.sync()
    assert (desk.shown(), desk.has(file, Order.UPDATE), desk.has(file, Order.DELETE)) == (2, True, True)


def test_rows_of_the_older_program_are_adopted_without_upload(desk):
    """Fault 8, and everybody who comes from there."""
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.sync()
    desk.flickr.lose_ledger()
    (photo,) = desk.flickr.world.photos.values()
    assert desk.verbs() == {"quay.jpg": Verb.MATCH}
    desk.sync()
    assert (desk.uploads(), desk.row(file)["photo_id"]) == (1, photo.id)


def test_a_row_that_names_what_is_not_there_is_asked_about(desk):
    file = desk.imatch.add("quay.jpg", FLICKR)
    row = {"posted": "2024-04-01", "photo_id": "53330000001", "url": "https://flickr.example/53330000001"}
    desk.imatch.world.set_row(file, "flickr", row)
    assert desk.verbs() == {"quay.jpg": Verb.ASK}
    desk.answer("quay.jpg", "add")
    desk.sync()
    assert desk.row(file)["photo_id"] in desk.flickr.world.photos


def test_a_row_deleted_by_hand_asks_for_publishing_again_when_the_post_is_still_there(desk):
    file = desk.imatch.add("quay.jpg", FLICKR)
    desk.sync()
    assert desk.verbs() == {}
    desk.imatch.world.drop_rows(file, "flickr")
    (action,) = desk.plan().actions
    assert (action.verb, action.choices) == (Verb.ASK, ("add", "keep"))


def test_photos_stay_published_and_rows_are_written_next_time_when_imatch_closes_in_the_middle(desk):
    """Faults 8 and 9."""
    files = [desk.imatch.add(f"{name}.jpg", FLICKR) for name in "ab"]
    desk.imatch.standin.faults.add(Fault(What.BUSY, route="POST /v1/attributes", times=0))
    events = desk.sync()
    assert {event.end for event in events} == {End.DONE}
    assert (desk.shown(), [desk.row(file) for file in files]) == (2, [{}, {}])
    desk.imatch.standin.faults.clear()
    desk.sync()
    assert {desk.row(file)["photo_id"] for file in files} == set(desk.flickr.world.photos)
    assert desk.uploads() == 2


def test_a_plan_writes_nothing_into_imatch(desk):
    """Fault 28."""
    desk.imatch.add("quay.jpg", FLICKR, FLAG[Order.DELETE])
    desk.imatch.add("other.jpg", FLICKR)
    desk.plan()
    assert (desk.wrote(), desk.uploads()) == (0, 0)


def test_an_album_is_found_by_the_id_in_its_description_and_gets_the_text_below_it(desk):
    file, other = desk.imatch.add("quay.jpg", FLICKR), desk.imatch.add("boat.jpg", FLICKR)
    desk.sync()
    first = desk.row(file)["photo_id"]
    made = desk.flickr.by_hand("photosets.create", title="Another title", primary_photo_id=first)
    album = next(iter(desk.flickr.world.albums))
    assert made
    path = f"{FLICKR}|albums|Harbour"
    desk.imatch.world.category(path, f"{album}\nBoats and quays")
    for one in (file, other):
        desk.imatch.world.put(one, path)
    desk.sync()
    assert list(desk.flickr.world.albums) == [album]
    held = desk.flickr.world.albums[album]
    assert (held.description, len(held.photos)) == ("Boats and quays", 2)
    assert desk.verbs() == {}


def test_an_album_whose_id_names_nothing_is_asked_about_and_not_made_by_its_title(desk):
    path = f"{FLICKR}|albums|Harbour"
    desk.imatch.world.category(path, "72177720300000001")
    desk.imatch.add("quay.jpg", FLICKR, path)
    assert desk.verbs() == {"quay.jpg": Verb.ADD, "Harbour": Verb.ASK}
    desk.sync()
    assert desk.flickr.world.albums == {}
