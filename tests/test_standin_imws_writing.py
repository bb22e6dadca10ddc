"""What can be changed through the IMatch stand-in: categories, rows, marks and metadata."""

from __future__ import annotations

import pytest

from imws_caller import imatch, standin

__all__ = ["imatch", "standin"]

ROW = {"posted": "2025-03-02", "photo_id": "53330000009", "url": "https://flickr.example/53330000009"}
OK = {"result": "ok"}


def code(answer):
    return answer.json()["error"]["code"]


# --- categories -------------------------------------------------------------------------------------------------------


def test_files_are_assigned_and_unassigned_by_the_hundred(standin, imatch):
    path = "Socials|flickr|__errors|missing title"
    assert imatch.post("/v1/categories/assign", path=path, fileid="102,101") == OK
    assert standin.world.members(path) == [101, 102, 103]
    assert imatch.post("/v1/categories/unassign", path=path, fileid="103,101") == OK
    assert standin.world.members(path) == [102]


def test_assigning_twice_and_unassigning_a_stranger_change_nothing(standin, imatch):
    for _ in range(2):
        assert imatch.post("/v1/categories/assign", path="Socials|flickr|_update", fileid="101") == OK
    assert standin.world.members("Socials|flickr|_update") == [101]
    assert imatch.post("/v1/categories/unassign", path="Socials|flickr|_update", fileid="102") == OK
    assert standin.world.members("Socials|flickr|_update") == [101]


@pytest.mark.parametrize("verb", ["assign", "unassign"])
def test_a_category_that_is_not_there_and_an_empty_list_are_errors(standin, imatch, verb):
    assert code(imatch.send(f"/v1/categories/{verb}", path="Socials|nothing", fileid="101")) == 404
    assert code(imatch.send(f"/v1/categories/{verb}", path="Socials|flickr", fileid="")) == 400
    assert code(imatch.send(f"/v1/categories/{verb}", path="Socials|flickr")) == 400
    assert "Socials|nothing" not in standin.world.tree


def test_a_computed_category_takes_no_files(standin, imatch):
    standin.world.category("Recent", kind="formula")
    assert code(imatch.send("/v1/categories/assign", path="Recent", fileid="101")) == 5100
    assert standin.world.members("Recent") == []


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_is_added_changed_and_removed(standin, imatch):
    assert imatch.post("/v1/attributes", set="flickr", id="101", tasks=[{"op": "add", "data": ROW}]) == OK
    (shown,) = imatch.get("/v1/attributes", set="flickr", id="101")["result"]
    instance = shown["data"][0].pop("instanceId")
    assert shown == {"id": 101, "data": [ROW]}
    change = {"op": "update", "instanceid": [instance], "data": {"posted": "2025-03-03"}}
    assert imatch.post("/v1/attributes", set="flickr", id="101", tasks=[change]) == OK
    assert standin.world.row(101, "flickr") == {**ROW, "posted": "2025-03-03"}
    assert (
        imatch.post("/v1/attributes", set="flickr", id="101", tasks=[{"op": "delete", "instanceid": [instance]}]) == OK
    )
    assert imatch.get("/v1/attributes", set="flickr", id="101") == {"result": []}


def test_adding_twice_makes_a_second_row(standin, imatch):
    for day in ("2025-03-02", "2025-03-03"):
        imatch.post("/v1/attributes", set="quantum", id="101", tasks=[{"op": "add", "data": {"posted": day}}])
    (shown,) = imatch.get("/v1/attributes", set="quantum", id="101")["result"]
    assert [row["posted"] for row in shown["data"]] == ["2025-03-02", "2025-03-03"]


def test_a_value_of_a_unique_column_is_there_once(standin, imatch):
    imatch.post("/v1/attributes", set="flickr", id="101", tasks=[{"op": "add", "data": ROW}])
    again = imatch.send("/v1/attributes", set="flickr", id="103", tasks=[{"op": "add", "data": ROW}])
    assert code(again) == 5100
    assert "photo_id" in again.json()["error"]["message"]
    assert standin.world.row(103, "flickr") == {}
    takes = {"op": "update", "instanceid": [7], "data": {"photo_id": ROW["photo_id"]}}
    assert code(imatch.send("/v1/attributes", set="flickr", id="102", tasks=[takes])) == 5100
    keeps = {"op": "update", "instanceid": [7], "data": {"photo_id": "53330000001"}}
    assert imatch.post("/v1/attributes", set="flickr", id="102", tasks=[keeps]) == OK


def test_a_unique_value_is_free_again_once_its_row_is_gone(standin, imatch):
    imatch.post("/v1/attributes", set="flickr", id="102", tasks=[{"op": "delete", "instanceid": [7]}])
    data = {"photo_id": "53330000001"}
    assert imatch.post("/v1/attributes", set="flickr", id="103", tasks=[{"op": "add", "data": data}]) == OK


def test_a_write_for_several_files_is_all_or_nothing(standin, imatch):
    update = {"op": "update", "instanceid": [7], "data": {"posted": "2020-01-01"}}
    assert code(imatch.send("/v1/attributes", set="flickr", id="102,103", tasks=[update])) == 5100
    assert standin.world.row(102, "flickr")["posted"] == "2024-04-01"
    assert code(imatch.send("/v1/attributes", set="flickr", id="101,103", tasks=[{"op": "add", "data": ROW}])) == 5100
    assert imatch.post("/v1/attributes", set="quantum", id="101,103", tasks=[{"op": "add", "data": {"url": "x"}}]) == OK
    assert standin.world.row(103, "quantum") == {"url": "x"}


@pytest.mark.parametrize(
    ("tasks", "number"),
    [
        ("[", 400),
        ("{}", 400),
        ([{"op": "replace"}], 400),
        ([{"op": "update", "data": {"url": "x"}}], 400),
        ([{"op": "update", "instanceid": 7, "data": {"url": "x"}}], 400),
        ([{"op": "add"}], 400),
        ([{"op": "add", "data": {"nothing": "x"}}], 5100),
        ([{"op": "delete", "instanceid": [99]}], 5100),
    ],
)
def test_tasks_that_make_no_sense_are_refused(standin, imatch, tasks, number):
    assert code(imatch.send("/v1/attributes", set="flickr", id="102", tasks=tasks)) == number
    assert standin.world.row(102, "flickr")["photo_id"] == "53330000001"


# --- marks and metadata -----------------------------------------------------------------------------------------------


def test_of_pins_a_file_has_one(standin, imatch):
    assert imatch.post("/v1/collections", id="101", tasks=[{"op": "add", "path": "Pins|Red"}]) == OK
    assert standin.world.file(101).collections == [5, 51]
    imatch.post("/v1/collections", id="101", tasks=[{"op": "add", "path": "Flags|Set"}])
    imatch.post("/v1/collections", id="101", tasks=[{"op": "add", "path": "Pins|None"}])
    assert standin.world.file(101).collections == [5, 11]
    imatch.post("/v1/collections", id="101,102", tasks=[{"op": "remove", "path": "Flags|Set"}])
    assert standin.world.file(101).collections == [5]
    assert code(imatch.send("/v1/collections", id="101", tasks=[{"op": "add", "path": "Pins|Pink"}])) == 404


def test_metadata_is_set_in_the_database_and_waits_to_be_written(standin, imatch):
    tags = [{"tag": "rating", "op": "set", "value": 3}, {"tag": r"XMP::dc\title\Title", "op": "set", "value": "New"}]
    assert imatch.post("/v1/metadata", id="101,102", tags=tags) == OK
    keyword = [{"tag": "hierarchicalkeywords", "op": "add", "value": "nature|sky"}]
    assert imatch.post("/v1/metadata", id="101", tags=keyword) == OK
    (row,) = imatch.get("/v1/files", id="101", fields="id", tagt="title", tagk="hierarchicalkeywords")["files"]
    assert row == {"id": 101, "t": "New", "k": ["nature|water", "genre|landscape", "nature|sky"]}
    assert 5 in standin.world.file(102).collections
    assert standin.world.file(102).tags["rating"] == 3


def test_every_call_is_logged_without_what_lets_anybody_in(standin, imatch):
    imatch.post("/v1/categories/assign", path="Socials|flickr|_update", fileid="101,102")
    imatch.send("/v1/categories/assign", path="Socials|nothing", fileid="101")
    signed_in, done, refused = standin.calls.all()
    assert signed_in.route == "POST /v1/authenticate"
    assert (done.route, done.outcome, done.files) == ("POST /v1/categories/assign", "ok", 2)
    assert done.arguments == {"path": "Socials|flickr|_update", "fileid": "101,102"}
    assert refused.outcome == "http 404"
    assert [call.number for call in standin.calls.writes] == [2, 3]
    assert standin.calls.of("POST /v1/categories/assign") == (done, refused)
    assert standin.calls.counts == {"POST /v1/authenticate": 1, "POST /v1/categories/assign": 2}
    assert imatch.token not in (standin.door.folder / "calls.jsonl").read_text(encoding="utf-8")
