"""How many calls IMatch is asked for, counted by the stand-in's own log."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest

from contract.library_contract import Remembered, found, unchanged
from heliograph.libraries import imatch
from heliograph.libraries.folder.reading import Job
from heliograph.libraries.folder.walk import stamp_of
from heliograph.libraries.imatch import looking
from heliograph.model import Facts, Order, Photo, Post, SubjectKind
from heliograph.ports import Found, Outcome
from heliograph.standin.imws import World
from imatch_house import FLICKR, ROOT, at_home, coded, reading_here, served

MANY = 20_000
POST = Post("53330000009", SubjectKind.PHOTO, url="https://flickr.example/53330000009")


class ByName:
    """Takes every file for a photo of its own without reading it: these tests are about calls."""

    def __init__(self, *_: object) -> None:
        pass

    def through(self, items):
        for item in items:
            yield self.made(item) if isinstance(item, Job) else item

    @staticmethod
    def made(job: Job) -> Found:
        digest = hashlib.sha256(job.path.encode()).hexdigest()
        photo = Photo(job.where, digest, "its name", "image/jpeg", job.length_bytes, Facts())
        return Found(photo, stamp_of(Path(job.path).stat()))


def large(folder: Path, *categories: str) -> World:
    """Many photos in one category, each with a file of its own on disk, which all are the same picture."""
    picture = folder / "pictures" / "0.jpg"
    picture.parent.mkdir()
    picture.write_bytes(coded(1))
    world = World.ready()
    for number in range(MANY):
        if number:
            os.link(picture, picture.with_name(f"{number}.jpg"))
        file = world.add_file(f"{ROOT}\\{number}.jpg", tags={"title": f"Photo {number}"})
        for path in categories:
            world.put(file, path)
    return world


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def house(tmp_path, monkeypatch, standin):
    with reading_here(monkeypatch), at_home(tmp_path, standin=standin) as house:
        yield house


@pytest.mark.slow
def test_twenty_thousand_photos_with_nothing_to_do_take_one_call_for_a_hundred(tmp_path, monkeypatch):
    monkeypatch.setattr(imatch, "Workers", ByName)
    monkeypatch.setattr(looking, "facts", lambda *_: Facts())  # what they say is not what this is about
    with at_home(tmp_path, large(tmp_path, FLICKR)) as house:
        assert len(found(house.look())) == MANY
        calls = house.standin.calls
        first = len(calls.all())
        house.another()
        calls.clear()
        assert unchanged(house.look()) == MANY
        assert len(calls.all()) <= MANY // 100 + 10
        asked = [call.arguments.get("fields", "") for call in calls.of("GET /v1/categories")]
        assert not any("files" in fields.split(",") for fields in asked), "only ids of direct members are asked for"
        assert max(call.files for call in calls.all()) <= 200
        assert first <= 10 * MANY // 200 + 20, "reading all of them is done by the hundred, too"


def test_publishing_one_photo_takes_three_calls(house):
    for name in "abc":
        house.add(f"{name}.jpg", FLICKR)
    house.look()
    house.standin.calls.clear()
    house.library.note([Outcome("D:/Photos/a.jpg", "flickr", POST, "2025-03-02")])
    assert [call.route for call in house.standin.calls.all()] == [
        "GET /v1/files",
        "GET /v1/attributes",
        "POST /v1/attributes",
    ]
    house.standin.calls.clear()
    house.library.note([Outcome("D:/Photos/a.jpg", "flickr", POST, "2025-03-02")])
    assert house.standin.calls.writes == (), "what stands there already is not written again"


def test_categories_of_many_photos_are_written_in_one_call_each(house):
    house.world.category(f"{FLICKR}|__errors|missing title")
    for number in range(40):
        house.add(f"{number}.jpg", FLICKR, f"{FLICKR}|_update", drawn=False)
        house.path(f"{number}.jpg").write_bytes(coded(1))
    house.look()
    house.standin.calls.clear()
    no_title = ("It has no title, which rules.required asks for: write one.",)
    wheres = [f"D:/Photos/{number}.jpg" for number in range(40)]
    house.library.note([Outcome(where, "flickr", None, refusals=no_title) for where in wheres])
    assert len(house.standin.calls.all()) == 3
    house.library.note(
        [Outcome(where, "flickr", None, refusals=no_title, orders_done=(Order.UPDATE,)) for where in wheres]
    )
    assert [call.files for call in house.standin.calls.writes] == [40, 40]


def test_a_second_look_asks_for_nothing_but_metadata_wishes_and_rows(house):
    for name in "abc":
        house.add(f"{name}.jpg", FLICKR)
    house.look()
    house.standin.calls.clear()
    house.look()
    routes = Counter(call.route for call in house.standin.calls.all())
    assert routes.keys() == {"GET /v1/categories", "GET /v1/files", "GET /v1/attributes"}
    assert (routes["GET /v1/files"], routes["GET /v1/attributes"]) == (1, 1)


def test_a_look_without_memory_is_whole(house):
    house.add("a.jpg", FLICKR)
    assert Remembered().look(house.library) == Remembered().look(house.library)
