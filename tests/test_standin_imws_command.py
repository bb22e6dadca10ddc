"""The IMatch stand-in as a program: its command, its page, and its control routes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import flask
import httpx2
import pytest

from heliograph.standin.imws import Fault, What, opened
from heliograph.standin.imws import __main__ as command
from heliograph.standin.imws.control import control
from heliograph.standin.imws.generating import generated
from imws_caller import Caller, standin

__all__ = ["standin"]

FLICKR = "Socials|flickr"
PAGE = Path(__file__).parents[1] / "docs/reference/stand-in-imatch.md"


@pytest.fixture
def browser(standin):
    with httpx2.Client(transport=httpx2.WSGITransport(app=standin.app), base_url=standin.url) as client:
        yield client


# --- the command ------------------------------------------------------------------------------------------------------


def started(*options):
    return subprocess.Popen(
        [sys.executable, "-m", "heliograph.standin.imws", "--with-parent", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_the_command_makes_a_library_serves_it_and_ends_with_its_parent(tmp_path):
    state = str(tmp_path / "state")
    with started("--state", state, "--generate", "30", "--pictures", "2", "--seed", "5") as process:
        told = json.loads(process.stdout.readline())
        assert all(isinstance(value, str) for value in told.values())
        assert {"url", "database", "login"} <= told.keys()
        with httpx2.Client(base_url=told["url"]) as client:
            token = client.post("/v1/authenticate", params={"id": told["login"]}).json()["auth_token"]
            asked = {"path": FLICKR, "fields": "directfiles", "auth_token": token}
            (category,) = client.get("/v1/categories", params=asked).json()["categories"]
            update = {"path": f"{FLICKR}|_update", "fileid": str(category["directFiles"][0]), "auth_token": token}
            assert client.post("/v1/categories/assign", data=update).json() == {"result": "ok"}
        process.stdin.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""
    with opened(Path(state)) as standin:
        assert category["directFiles"][0] in standin.world.members(f"{FLICKR}|_update")
    assert command.main(["--state", state, "--generate", "30"]) == 2


@pytest.mark.parametrize("options", [["--generate", "100001"], ["--host", "192.0.2.1"]])
def test_the_command_says_why_it_cannot_begin(tmp_path, capsys, options):
    assert command.main(["--state", str(tmp_path), *options]) == 2
    assert "could not start" in capsys.readouterr().err


def test_the_command_has_loaded_nothing_of_the_house():
    loaded = (
        "import sys, heliograph.standin.imws.__main__; print(*(n for n in sys.modules if n.startswith('heliograph')))"
    )
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True, encoding="utf-8")
    names = said.stdout.split()
    assert "heliograph.standin.imws.world" in names
    assert [name for name in names if name != "heliograph" and not name.startswith("heliograph.standin")] == []


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_categories_with_counts_and_files_with_rows_and_errors(standin, browser):
    standin.world.file(103).tags["title"] = "<script>alert(1)</script>"
    text = browser.get("/").text
    assert re.search(r">flickr <span>2 / 3</span>", text)
    assert "Evening quay" in text
    assert "photo_id <b>53330000001</b>" in text
    assert '<span class="chip bad">flickr: missing title</span>' in text
    assert "<script>" not in text
    assert "4 files" in text
    errors = browser.get("/", params={"category": f"{FLICKR}|__errors|missing title"}).text
    assert "late.jpg" in errors
    assert "Evening quay" not in errors
    assert "No files here." in browser.get("/", params={"category": "Nothing"}).text


def test_the_page_shows_pictures_where_there_are_any(tmp_path):
    world = generated(30, pictures=1, folder=tmp_path)
    with opened(tmp_path, world) as standin:
        client = httpx2.Client(transport=httpx2.WSGITransport(app=standin.app), base_url=standin.url)
        drawn = next(file for file in world.files.values() if (p := world.real_path(file, tmp_path)) and p.is_file())
        world.put(drawn, "Drawn")
        world.put(world.add_file("D:\\Elsewhere\\a.jpg"), "Drawn")
        world.put(world.add_file("D:\\Elsewhere\\b.dng"), "Drawn")
        world.relate(world.head.last_id, drawn)
        shown = re.findall('src="(.*?)"', client.get("/", params={"category": "Drawn"}).text)
        assert shown == [f"/_pictures/{drawn.id}"] * 2, "its own, and the one of its master"
        assert client.get(shown[0]).headers["content-type"] in {"image/jpeg", "image/webp"}
        assert client.get("/_pictures/99999").status_code == 404
        client.close()


def test_many_files_come_in_pages(standin, browser):
    for number in range(60):
        standin.world.add_file(f"{number}.jpg", tags={"title": f"Photo {number:02}"}, categories=["Many"])
    first = browser.get("/", params={"category": "Many"}).text
    second = browser.get("/", params={"category": "Many", "page": 2}).text
    assert ("Photo 00" in first, "Photo 59" in first, "Photo 59" in second) == (True, False, True)
    assert "Page 1 of 2" in first


# --- control routes ---------------------------------------------------------------------------------------------------


def told(browser, method, route, /, **body):
    answer = browser.request(method, f"/_standin{route}", json=body if method != "GET" else None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_dials_faults_and_the_log_are_reached(standin, browser):
    imatch = Caller(standin, httpx2.WSGITransport(app=standin.app)).sign_in()
    assert told(browser, "PATCH", "/dials", decimal_sign=",")["dials"]["decimal_sign"] == ","
    told(browser, "POST", "/faults", what="5000", route="GET /v1/files")
    assert imatch.ask("/v1/files", id="101").json()["error"]["code"] == 5000
    told(browser, "POST", "/faults", what="500", times=0)
    assert len(told(browser, "DELETE", "/faults")["faults"]) == 0
    imatch.get("/v1/files", id="101")
    state = told(browser, "GET", "/")
    assert (state["calls"], state["open"], state["counts"]["GET /v1/files"]) == (3, True, 2)
    (last,) = told(browser, "GET", "/calls?since=2")["calls"]
    assert (last["route"], last["outcome"]) == ("GET /v1/files", "ok")
    assert told(browser, "DELETE", "/calls") == {"calls": []}
    assert told(browser, "POST", "/expire") == {}
    assert imatch.ask("/v1/files", id="101").status_code == 401
    assert told(browser, "POST", "/switch")["ids"]["101"] != 101
    imatch.close()


def test_what_a_user_does_by_hand_can_be_done(standin, browser):
    number = told(browser, "POST", "/files", name="new.jpg", tags={"title": "New"}, categories=[FLICKR])["id"]
    assert told(browser, "PUT", f"/files/{number}/tags", title="Newer")["tags"]["title"] == "Newer"
    told(browser, "PUT", f"/files/{number}/rows/flickr", posted="2024-01-01", photo_id="1")
    assert standin.world.row(number, "flickr")["photo_id"] == "1"
    told(browser, "DELETE", f"/files/{number}/rows/flickr")
    assert told(browser, "GET", f"/files/{number}")["rows"] == {}
    told(browser, "PUT", "/categories", path="Socials|flickr|albums|Birds", description="721")
    album = "Socials|flickr|albums|Birds"
    assert told(browser, "POST", "/categories/assign", path=album, files=[number])["files"] == [number]
    assert told(browser, "POST", "/categories/unassign", path=album, files=[number])["files"] == []
    told(browser, "DELETE", "/categories", path=album)
    assert album not in standin.world.tree
    told(browser, "PUT", "/variables/flickr_is_public", value=0)
    assert standin.world.head.variables["flickr_is_public"] == 0
    told(browser, "DELETE", f"/files/{number}")
    assert number not in standin.world.files


def test_imatch_is_closed_and_opened(standin, browser):
    assert told(browser, "POST", "/close") == {"open": False}
    standin.reopen_imatch()
    assert told(browser, "GET", "/")["open"] is True


def test_a_mistake_is_named_and_foreign_pages_change_nothing(browser):
    said = browser.patch("/_standin/dials", json={"colour": "red"})
    assert (said.status_code, "no dial 'colour'" in said.json()["mistake"]) == (400, True)
    assert browser.post("/_standin/faults", json={"what": "rain"}).status_code == 400
    assert browser.post("/_standin/expire", data={"x": "1"}).status_code == 415


# --- the docs ---------------------------------------------------------------------------------------------------------


def test_the_page_of_the_stand_in_names_every_fault_option_and_route(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    words = {*What, *(field.name for field in fields(Fault))} - {"seen", "happened", "retry_after_s"}
    assert {word for word in words if f"`{word}`" not in page} == set()
    options = {name for action in command._parser()._actions for name in action.option_strings if name.startswith("--")}
    assert options - {"--help"} == set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE))
    app = flask.Flask("control", static_folder=None)
    with opened(tmp_path) as standin:
        app.register_blueprint(control(standin.door))
    rules = [(rule, re.sub(r"<[^>]+>", "*", rule.rule.removeprefix("/_standin"))) for rule in app.url_map.iter_rules()]
    routes = {f"{method} {path}" for rule, path in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    named = re.findall(r"^\| `([A-Z]+ /[^`?]*)", page, re.MULTILINE)
    shown = {re.sub(r"(?<=/)([A-Z]+|assign|unassign)(?=/|$)", "*", name) for name in named}
    assert shown == routes
