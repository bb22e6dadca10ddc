"""Each dial of the IMatch stand-in, both ways."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from heliograph.standin.imws import opened
from heliograph.standin.imws.dials import Dials
from imws_caller import Caller, Watch, imatch, sample_world

__all__ = ["imatch"]

FLICKR = "Socials|flickr"
ROW = {"posted": "2025-03-02", "photo_id": "53330000009", "url": "https://flickr.example/53330000009"}


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def standin(tmp_path, watch):
    with opened(tmp_path / "imws", sample_world(), watch) as opened_here:
        yield opened_here


def code(answer):
    return answer.json()["error"]["code"]


def first(answer, name="files"):
    return answer[name][0]


def add(imatch, file_id="101", data=None, name="flickr"):
    return imatch.send("/v1/attributes", set=name, id=file_id, tasks=[{"op": "add", "data": data or ROW}])


def assign(imatch, path=f"{FLICKR}|_update", ids="101", verb="assign"):
    return imatch.send(f"/v1/categories/{verb}", path=path, fileid=ids)


# --- who calls, and how errors look -----------------------------------------------------------------------------------


def test_credentials_count_or_anybody_is_let_in(standin, imatch):
    assert Caller(standin, imatch.http._transport).sign_in("berta").token
    standin.turn(credentials=True)
    assert imatch.http.post("/v1/authenticate", params={"id": "berta"}).status_code == 401
    assert imatch.http.post("/v1/authenticate", params={"id": "anna", "password": ""}).status_code == 200


def test_a_token_lasts_as_long_as_the_dial_says(standin, imatch, watch):
    watch.at += 100_000
    imatch.get("/v1/files", id="101")
    standin.turn(token_life_s=60)
    assert imatch.ask("/v1/files", id="101").status_code == 401
    imatch.sign_in()
    watch.at += 59
    imatch.get("/v1/files", id="101")
    watch.at += 1
    assert imatch.ask("/v1/files", id="101").status_code == 401


@pytest.mark.parametrize(("dial", "status"), [("401", 401), ("403", 403), ("200", 200)])
def test_a_refused_token_is_answered_with_a_status_or_an_error_object(standin, imatch, dial, status):
    standin.turn(refused_token=dial)
    imatch.token = imatch.token[::-1]
    said = imatch.ask("/v1/files", id="101")
    assert (said.status_code, "error" in said.json()) == (status, True)
    assert standin.calls.all()[-1].outcome.startswith("http 40")


def test_errors_have_a_status_and_a_body_of_some_kind(standin, imatch):
    for body in ("json", "html", "empty"):
        for status in ("http", "200"):
            standin.turn(error_body=body, error_status=status)
            said = assign(imatch, "Socials|nothing")
            assert said.status_code == (404 if status == "http" else 200)
            if body == "json":
                assert code(said) == 404
            else:
                assert said.text.startswith("<!DOCTYPE") is (body == "html")


def test_a_write_is_answered_with_ok_or_nothing(standin, imatch):
    assert assign(imatch).json() == {"result": "ok"}
    standin.turn(write_answer="empty")
    assert assign(imatch).json() == {}


def test_a_json_body_is_understood_or_not(standin, imatch):
    body = {"auth_token": imatch.token, "set": "flickr", "id": [101], "tasks": [{"op": "add", "data": ROW}]}
    standin.turn(json_bodies=False)
    assert imatch.http.post("/v1/attributes", json=body).status_code == 401
    standin.turn(json_bodies=True)
    assert imatch.http.post("/v1/attributes", json=body).json() == {"result": "ok"}
    assert standin.world.row(101, "flickr") == ROW


def test_addresses_may_be_too_long(standin, imatch):
    ids = ",".join(["101"] * 200)
    imatch.get("/v1/files", id=ids)
    standin.turn(url_max=500)
    assert imatch.ask("/v1/files", id=ids).status_code == 414
    imatch.get("/v1/files", id="101")


@pytest.mark.parametrize(
    ("dial", "there"),
    [("both", [True, True]), ("/discover", [True, False]), ("/v1/discover", [False, True]), ("none", [False, False])],
)
def test_the_list_of_endpoints_has_one_address_or_the_other(standin, imatch, dial, there):
    standin.turn(discover_at=dial)
    assert [imatch.ask(path).status_code == 200 for path in ("/discover", "/v1/discover")] == there


def test_pictures_are_answered_where_the_dial_says(standin, imatch, tmp_path):
    standin.world.head.folders["D:\\Photos"] = str(tmp_path / "real")
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "scan7.jpg").write_bytes(b"\xff\xd8picture")
    assert imatch.ask("/v1/files/image", id="102").status_code == 404
    standin.turn(image_path="/v1/files/image")
    said = imatch.ask("/v1/files/image", id="102")
    assert (said.content, said.headers["content-type"]) == (b"\xff\xd8picture", "image/jpeg")
    assert imatch.ask("/v1/files/image", id="103").status_code == 404


def test_metadata_can_be_written_or_not(standin, imatch):
    tags = [{"tag": "rating", "op": "set", "value": 3}]
    assert imatch.send("/v1/metadata", id="101", tags=tags).json() == {"result": "ok"}
    standin.turn(metadata_writes=False)
    assert code(imatch.send("/v1/metadata", id="101", tags=tags)) == 404


# --- what is not there ------------------------------------------------------------------------------------------------


def test_unknown_files_are_left_out_or_an_error(standin, imatch):
    assert [one["id"] for one in imatch.get("/v1/files", id="101,999")["files"]] == [101]
    assert assign(imatch, ids="101,999").status_code == 200
    standin.turn(unknown_files="error")
    assert code(imatch.ask("/v1/files", id="101,999")) == 404
    assert code(assign(imatch, ids="102,999")) == 404
    assert standin.world.members(f"{FLICKR}|_update") == [101]


def test_an_unknown_category_is_an_error_or_made(standin, imatch):
    path = f"{FLICKR}|__errors|new label"
    assert code(assign(imatch, path)) == 404
    standin.turn(unknown_category="create")
    assert assign(imatch, path).json() == {"result": "ok"}
    assert standin.world.members(path) == [101]
    assert code(assign(imatch, "Socials||nothing")) == 400
    assert code(assign(imatch, "Socials|12@N00")) == 400


def test_an_unknown_set_is_an_error_or_empty(standin, imatch):
    assert code(imatch.ask("/v1/attributes", set="nothing", id="101")) == 5100
    assert code(add(imatch, name="nothing")) == 5100
    standin.turn(unknown_set="empty")
    assert imatch.get("/v1/attributes", set="nothing", id="101") == {"result": []}
    assert add(imatch, name="nothing").json() == {"result": "ok"}
    assert standin.world.file(101).rows == {}


def test_an_unknown_column_is_an_error_or_ignored(standin, imatch):
    assert code(add(imatch, data={**ROW, "colour": "red"})) == 5100
    standin.turn(unknown_column="ignore")
    assert add(imatch, data={**ROW, "colour": "red"}).status_code == 200
    assert standin.world.row(101, "flickr") == ROW


def test_an_unknown_row_is_an_error_or_ignored(standin, imatch):
    task = [{"op": "delete", "instanceid": [99]}]
    assert code(imatch.send("/v1/attributes", set="flickr", id="102", tasks=task)) == 5100
    standin.turn(unknown_instance="ignore")
    assert imatch.post("/v1/attributes", set="flickr", id="102", tasks=task) == {"result": "ok"}
    assert standin.world.row(102, "flickr")


def test_an_unknown_variable_is_an_error_empty_or_missing(standin, imatch):
    assert code(imatch.ask("/v1/imatch/appvar", name="nothing")) == 404
    standin.turn(unknown_variable="empty")
    assert imatch.get("/v1/imatch/appvar", name="nothing") == {"value": ""}
    standin.turn(unknown_variable="missing")
    assert imatch.get("/v1/imatch/appvar", name="nothing") == {}


def test_an_empty_list_of_ids_is_an_error_or_nothing_to_do(standin, imatch):
    assert code(assign(imatch, ids="")) == 400
    standin.turn(empty_ids=True)
    assert assign(imatch, ids="").json() == {"result": "ok"}
    assert imatch.get("/v1/files", id="") == {"files": []}


def test_assigning_twice_is_fine_or_an_error(standin, imatch):
    assert assign(imatch, FLICKR).status_code == 200
    assert assign(imatch, verb="unassign").status_code == 200
    standin.turn(assign_twice="error")
    assert code(assign(imatch, FLICKR)) == 5100
    assert code(assign(imatch, verb="unassign")) == 5100
    assert assign(imatch).status_code == 200


# --- listings ---------------------------------------------------------------------------------------------------------


def test_pages_have_a_size_of_their_own_and_perhaps_totals(standin, imatch):
    every = {"idlist": "@IMWS.allfiles", "fields": "id", "pagesize": 500}
    assert imatch.get("/v1/files", **every) == {"files": [{"id": one} for one in (101, 102, 103, 140)]}
    standin.turn(page_size=3, page_totals=True)
    assert imatch.get("/v1/files", **every, page=1) == {"files": [{"id": 140}], "total": 4, "page": 1}


def test_listings_hold_a_file_twice_or_once(standin, imatch):
    asked = {"path": FLICKR, "fields": "files,directfiles"}
    assert first(imatch.get("/v1/categories", **asked), "categories")["directFiles"] == [101, 102]
    standin.turn(repeat_files=True)
    assert imatch.get("/v1/categories", **asked) == {
        "categories": [{"files": [101, 102, 103, 101], "directFiles": [101, 102, 101]}]
    }
    assert [one["id"] for one in imatch.get("/v1/files", id="101,102")["files"]] == [101, 102, 101]
    assert [one["id"] for one in imatch.get("/v1/attributes", set="flickr", id="102")["result"]] == [102, 102]


def test_listings_come_by_id_or_reversed(standin, imatch):
    asked = {"path": FLICKR, "fields": "directfiles"}
    standin.world.put(101, f"{FLICKR}|_update")
    assert first(imatch.get("/v1/categories", **asked), "categories") == {"directFiles": [101, 102]}
    standin.turn(listing_order="reversed")
    assert first(imatch.get("/v1/categories", **asked), "categories") == {"directFiles": [102, 101]}
    assert [one["id"] for one in imatch.get("/v1/files", id="101,102")["files"]] == [102, 101]


def test_a_file_without_categories_has_an_empty_list_or_no_row(standin, imatch):
    assert imatch.get("/v1/files/categories", id="140") == {"files": [{"id": 140, "categories": []}]}
    standin.turn(uncategorised="left out")
    assert imatch.get("/v1/files/categories", id="140") == {"files": []}


@pytest.mark.parametrize(
    ("dial", "paths"),
    [
        ("assigned", ["Socials|flickr|__errors|missing title"]),
        (
            "ancestors",
            ["Socials", FLICKR, "Socials|flickr|__errors", "Socials|flickr|__errors|missing title"],
        ),
        (
            "computed",
            [
                "Socials",
                FLICKR,
                "Socials|flickr|__errors",
                "Socials|flickr|__errors|missing title",
                "@All",
                "@Keywords|nature|sky",
            ],
        ),
    ],
)
def test_categories_of_a_file_are_assigned_ones_ancestors_or_computed_ones(standin, imatch, dial, paths):
    standin.world.file(103).tags["hierarchicalkeywords"] = ["nature|sky"]
    standin.turn(listed_categories=dial)
    found = first(imatch.get("/v1/files/categories", id="103", fields="path"))["categories"]
    assert [one["path"] for one in found] == paths


def test_children_go_one_level_down_or_all_the_way(standin, imatch):
    asked = {"path": "Socials", "fields": "children,path"}
    flickr = first(imatch.get("/v1/categories", **asked), "categories")["children"][0]
    assert flickr == {"path": FLICKR, "children": []}
    standin.turn(children_levels=0)
    flickr = first(imatch.get("/v1/categories", **asked), "categories")["children"][0]
    albums = next(one for one in flickr["children"] if one["path"] == f"{FLICKR}|albums")
    assert albums["children"] == [{"path": f"{FLICKR}|albums|Harbour", "children": []}]
    standin.turn(children_fields=False)
    flickr = first(imatch.get("/v1/categories", **asked), "categories")["children"][0]
    assert set(flickr) == {"id", "name", "children"}


def test_relations_are_in_groups_as_kept_in_one_or_overlapping(standin, imatch):
    standin.world.add_file("quay.webp", id=141)
    standin.world.relate(101, 141, "For the site")

    def groups(**asked):
        found = first(imatch.get("/v1/files/relations", id="101", type="versions", **asked))["versions"]
        return [[file["id"] for file in group["files"]] for group in found]

    assert groups() == [[140], [141]]
    standin.turn(relation_groups="one")
    assert groups() == [[140, 141]]
    standin.turn(relation_groups="overlapping", relation_self=True)
    assert groups() == [[101, 140], [101, 141], [101, 140], [101, 141]]


def test_relations_are_answered_for_many_or_one_and_with_fields_or_without(standin, imatch):
    asked = {"id": "101,102", "type": "versions", "fields": "id,width"}
    (found, _) = imatch.get("/v1/files/relations", **asked)["files"]
    assert found["versions"] == [{"files": [{"id": 140, "width": 6000}]}]
    standin.turn(relation_many=False, relation_fields=False)
    assert code(imatch.ask("/v1/files/relations", **asked)) == 5100
    found = first(imatch.get("/v1/files/relations", **{**asked, "id": "101"}))
    assert set(found["versions"][0]["files"][0]) == {"id", "name", "fileName", "format", "size"}


def test_collections_are_numbers_or_objects(standin, imatch):
    assert first(imatch.get("/v1/files/collections", id="101"))["collections"] == [5, 52]
    standin.turn(collections_form="objects")
    assert first(imatch.get("/v1/files/collections", id="101"))["collections"][1] == {"id": 52, "path": "Pins|Green"}


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_second_row_is_kept_or_refused(standin, imatch):
    assert add(imatch, "102", {"posted": "2025-01-01"}).status_code == 200
    standin.turn(second_row="refused")
    assert code(add(imatch, "102", {"posted": "2025-01-02"})) == 5100
    assert len(standin.world.file(102).rows["flickr"]) == 2


def test_instance_numbers_are_of_the_database_or_of_each_file(standin, imatch):
    add(imatch)

    def number(file_id):
        return first(imatch.get("/v1/attributes", set="flickr", id=file_id), "result")["data"][0]["instanceId"]

    assert (number(101), number(102)) == (8, 7)
    standin.turn(instance_numbers="file")
    assert (number(101), number(102)) == (1, 1)
    tasks = [{"op": "delete", "instanceid": [1]}]
    assert imatch.post("/v1/attributes", set="flickr", id="101,102", tasks=tasks) == {"result": "ok"}
    assert imatch.get("/v1/attributes", set="flickr", id="101,102") == {"result": []}


def test_values_are_text_or_typed(standin, imatch):
    asked = {"set": "flickr", "id": "102"}
    assert first(imatch.get("/v1/attributes", **asked), "result")["data"][0]["photo_id"] == "53330000001"
    standin.turn(attribute_values="typed")
    row = first(imatch.get("/v1/attributes", **asked), "result")["data"][0]
    assert (row["photo_id"], row["posted"]) == (53330000001, "2024-04-01T00:00:00")


def test_an_update_merges_or_replaces(standin, imatch):
    task = [{"op": "update", "instanceid": [7], "data": {"posted": "2025-01-01"}}]
    imatch.post("/v1/attributes", set="flickr", id="102", tasks=task)
    assert set(standin.world.row(102, "flickr")) == {"posted", "photo_id", "url"}
    standin.turn(row_update="replace")
    imatch.post("/v1/attributes", set="flickr", id="102", tasks=task)
    assert standin.world.row(102, "flickr") == {"posted": "2025-01-01"}


def test_unique_columns_are_enforced_or_not(standin, imatch):
    assert add(imatch).status_code == 200
    assert code(add(imatch, "103")) == 5100
    standin.turn(unique_columns=False)
    assert add(imatch, "103").status_code == 200


def test_a_write_that_fails_for_one_file_changes_none_or_those_before(standin, imatch):
    standin.world.set_row(101, "flickr", {"posted": "2024-01-01"})
    task = [{"op": "update", "instanceid": [standin.world.file(101).rows["flickr"][0].instance], "data": ROW}]
    assert code(imatch.send("/v1/attributes", set="flickr", id="101,102", tasks=task)) == 5100
    assert standin.world.row(101, "flickr") == {"posted": "2024-01-01"}
    standin.turn(partial_writes=True)
    assert code(imatch.send("/v1/attributes", set="flickr", id="101,102", tasks=task)) == 5100
    assert standin.world.row(101, "flickr") == ROW


def test_what_happens_to_a_master_happens_to_its_versions_or_not(standin, imatch):
    assign(imatch)
    add(imatch)
    assert (standin.world.file(140).categories, standin.world.file(140).rows) == ([], {})
    standin.turn(propagation=True)
    assign(imatch)
    change = {"posted": "2025-04-04"}
    instance = standin.world.file(101).rows["flickr"][0].instance
    imatch.post(
        "/v1/attributes", set="flickr", id="101", tasks=[{"op": "update", "instanceid": [instance], "data": change}]
    )
    assert standin.world.file(140).categories == [f"{FLICKR}|_update"]
    assert standin.world.row(140, "flickr") == {**ROW, **change}
    assert [one["id"] for one in imatch.get("/v1/attributes", set="flickr", id="101,140")["result"]] == [101, 140]
    assign(imatch, verb="unassign")
    imatch.post("/v1/attributes", set="flickr", id="101", tasks=[{"op": "delete", "instanceid": [instance]}])
    assert (standin.world.file(140).categories, standin.world.file(140).rows) == ([], {})


# --- the dials themselves ---------------------------------------------------------------------------------------------


def test_dials_are_kept_and_mistakes_are_named(tmp_path):
    with opened(tmp_path / "imws") as standin:
        standin.turn(decimal_sign=",", page_size=100)
        with pytest.raises(ValueError, match="no dial 'colour'"):
            standin.turn(colour="red")
        with pytest.raises(ValueError, match="takes ; or ,"):
            standin.turn(list_separator="|")
    with opened(tmp_path / "imws") as standin:
        assert (standin.dials.decimal_sign, standin.dials.page_size) == (",", 100)


def test_every_dial_is_turned_by_a_test_and_shown_on_the_page():
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_standin_imws_*.py"))
    names = asdict(Dials())
    assert [name for name in names if f"{name}=" not in tests] == []
    page = (Path(__file__).parents[1] / "docs/reference/stand-in-imatch.md").read_text(encoding="utf-8")
    section = page.partition("\n## Dials\n")[2].partition("\n## ")[0]
    shown = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.MULTILINE))
    told = {name: value.strip("`") for name, value in shown.items()}
    written = {name: value if isinstance(value, str) else json.dumps(value) for name, value in names.items()}
    assert told == {name: "" if value == "" else re.sub(r"\.0$", "", value) for name, value in written.items()}
