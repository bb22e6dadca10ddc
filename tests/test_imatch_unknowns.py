"""What nobody knows of IMatch is run both ways: the photos read and the rows written are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heliograph.model import Order, Post, SubjectKind
from heliograph.ports import Outcome
from imatch_house import FLICKR, ROOT, House, at_home, reading_here, served

POST = Post("53330000009", SubjectKind.PHOTO, url="https://flickr.example/53330000009")
READING = {
    "refused_token": ("403", "200"),
    "error_status": ("200",),
    "error_body": ("html", "empty"),
    "url_max": (3500,),
    "unknown_files": ("error",),
    "unknown_set": ("empty",),
    "page_size": (1,),
    "page_totals": (True,),
    "repeat_files": (True,),
    "uncategorised": ("left out",),
    "listed_categories": ("ancestors", "computed"),
    "children_levels": (2, 0),
    "children_fields": (False,),
    "relation_groups": ("one", "overlapping"),
    "relation_self": (True,),
    "relation_many": (False,),
    "relation_fields": (False,),
    "attribute_values": ("typed",),
    "instance_numbers": ("file",),
    "entities": (True,),
    "newlines": ("crlf",),
    "decimal_sign": (",",),
    "list_separator": (",",),
    "date_order": ("mdy", "ymd"),
    "empty_variables": ("braces", "error"),
    "slashes": ("forward",),
    "datetime_form": ("fractions", "zone"),
    "format_spelling": ("upper", "short"),
    "keys_case": ("pascal", "lower"),
    "suffix_case": ("lower",),
    "numbers_as_text": (True,),
    "nulls": (True,),
    "extra_fields": (True,),
    "discover_at": ("none",),
}
WRITING = {
    "write_answer": ("empty",),
    "unknown_category": ("create",),
    "unknown_column": ("ignore",),
    "unknown_instance": ("ignore",),
    "assign_twice": ("error",),
    "row_update": ("replace",),
    "second_row": ("refused",),
    "unique_columns": (False,),
    "instance_numbers": ("file",),
    "attribute_values": ("typed",),
    "partial_writes": (True,),
    "propagation": (True,),
    "keys_case": ("pascal",),
    "numbers_as_text": (True,),
    "refused_token": ("200",),
    "error_status": ("200",),
    "error_body": ("empty",),
}


def both_ways(dials):
    return [pytest.param({name: value}, id=f"{name}={value}") for name, values in dials.items() for value in values]


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def house(tmp_path, monkeypatch, standin):
    with reading_here(monkeypatch), at_home(tmp_path, standin=standin) as house:
        furnished(house)
        yield house


def furnished(house: House) -> None:
    master = house.add(
        "2024\\quay.dng",
        FLICKR,
        f"{FLICKR}|_update",
        "Location|Austria|Styria|Graz",
        "Image Characteristics|Genre|landscape",
        drawn=False,
        tags={
            "title": "Tom & Jerry's quay",
            "description": "Three boats\nat rest.",
            "headline": "Boats <at> dusk",
            "hierarchicalkeywords": ["nature|water", "people|Anna & Ben"],
            "aperture": 6.3,
            "iso": 3200,
            "shutterspeed": 0.01,
            "focallength": 45.0,
            "gpslatitude": -36.757,
            "gpslongitude": 144.279,
            "model": "Canon EOS R50",
        },
    )
    for number in (1, 2):
        house.add(f"2024\\quay {number}.jpg", master=master)
    house.world.category(f"{FLICKR}|albums|Harbour", "72177720300000001\nBoats and quays")
    house.world.put(master, f"{FLICKR}|albums|Harbour")
    house.world.set_row(master, "flickr", {"posted": "2024-04-01", "photo_id": "53330000001", "url": "https://f/1"})
    house.add("2024\\alone.jpg", FLICKR, datetime="2023-05-06T07:08:09")
    house.add("2024\\third.jpg", "Socials|pixelfed")


@pytest.mark.parametrize("dials", both_ways(READING))
def test_photos_are_read_alike(house, dials):
    before = house.photos()
    house.another()
    house.turn(dials)
    after = house.photos()
    assert set(after) == {"quay.dng", "alone.jpg", "third.jpg"}
    if "datetime_form" in dials:
        assert {photo.facts.taken.local for photo in after.values()} == {
            photo.facts.taken.local for photo in before.values()
        }
        return
    assert after == before


def test_without_a_date_in_the_database_a_photo_has_none(house):
    house.turn({"datetime_form": "missing"})
    assert {photo.facts.taken for photo in house.photos().values()} == {None}


def test_a_second_look_reads_nothing_whatever_the_answers_are_like(house):
    for dials in both_ways(
        {name: READING[name] for name in ("repeat_files", "page_size", "nulls", "listed_categories")}
    ):
        house.turn(*dials.values)
        house.look()
        assert not any(type(one).__name__ == "Found" for one in house.look()), dials


@pytest.mark.parametrize("dials", both_ways(WRITING))
def test_a_row_is_written_changed_and_taken_away_alike(house, dials):
    house.turn(dials)
    house.photos()
    alone = next(file for file in house.world.files.values() if file.name == "alone.jpg")
    outcome = Outcome(f"D:/Photos/2024/{alone.name}", "flickr", POST, "2025-03-02T10:00:00+00:00")
    expected = {"posted": "2025-03-02", "photo_id": POST.id, "url": POST.url}
    house.library.note([outcome])
    house.library.note([outcome])
    assert house.rows(alone) == [expected]
    house.library.note([replace(outcome, post=replace(POST, id="53330000010"), posted_at="2026-01-01")])
    assert house.rows(alone) == [{**expected, "photo_id": "53330000010"}], "the first posting keeps its date"
    house.library.note([replace(outcome, post=None, deleted=True)])
    assert house.rows(alone) == []
    assert alone.id not in house.world.members(FLICKR)


@pytest.mark.parametrize("dials", both_ways(WRITING))
def test_flags_and_error_labels_are_set_and_cleared_alike(house, dials):
    house.turn(dials)
    errors = f"{FLICKR}|__errors"
    house.world.category(f"{errors}|missing title")
    quay = next(file for file in house.world.files.values() if file.name == "quay.dng")
    old = house.world.row(quay, "flickr")
    house.photos()
    where = f"{ROOT}\\2024\\quay.dng".replace("\\", "/")
    refused = Outcome(where, "flickr", None, refusals=("It has no title, which rules.required asks for: write one.",))
    house.library.note([refused])
    assert quay.id in house.world.members(f"{errors}|missing title")
    assert house.world.row(quay, "flickr") == old
    post = replace(POST, id=old["photo_id"], url=old["url"])
    house.library.note([Outcome(where, "flickr", post, orders_done=(Order.UPDATE,))])
    assert house.world.members(f"{errors}|missing title") == []
    assert house.world.members(f"{FLICKR}|_update") == []
    assert quay.id in house.world.members(FLICKR)
    assert house.world.row(quay, "flickr") == old
