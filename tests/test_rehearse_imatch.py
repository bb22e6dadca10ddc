"""Rehearsals with IMatch: a made-up world that is written into, and the owner's own, which is only read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import command_line
from heliograph.cli.exits import Exit
from heliograph.desk import worlds
from heliograph.errors import Mistake
from heliograph.libraries import imatch
from heliograph.standin.imws import World, opened, serve
from heliograph.standin.imws.generating import generated
from heliograph.standin.imws.keeping import read, taken_over
from imatch_house import InProcess, coded
from stand_in_watch import gone

NOBODY = "http://127.0.0.1:9"
PLATFORMS = """
[platforms.flickr]
[platforms.pixelfed]
url = "https://pixelfed.example"
[platforms.mastodon]
url = "https://mastodon.example"
[platforms.site]
folder = "site"
"""
ROWS = {
    "flickr": {"posted", "photo_id", "url"},
    "pixelfed": {"posted", "media_id", "status_id", "url"},
    "mastodon": {"posted", "media_id", "status_id", "url"},
    "site": {"posted", "media_id", "url"},
}

home = command_line.home
tell = command_line.tell


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imatch, "Workers", InProcess)


def settings(home: Path, url: str, more: str = "", platforms: str = PLATFORMS) -> None:
    text = f'[library]\nkind = "imatch"\nurl = "{url}"\nrequired = {{ flickr = ["genre"] }}\n{more}\n{platforms}'
    (home / "heliograph.toml").write_text(text, encoding="utf-8")


def library(home: Path) -> World:
    return read(home / ".heliograph/rehearsal/library/world.json")


def rows(world: World, platform: str) -> list[dict[str, str]]:
    return [row.data for file in world.files.values() for row in file.rows.get(platform, ())]


def members(world: World, path: str) -> int:
    return len(world.members(path))


@pytest.mark.slow
def test_a_made_up_world_is_published_to_all_four_and_the_rows_flags_and_errors_stand_in_it(home, tell):
    settings(home, NOBODY)
    code, out, err = tell("rehearse", "--world", "14", "--no-wait")
    assert code == Exit.PARTLY, err
    assert "Your library is only read" not in out + err
    world = library(home)
    for platform, columns in ROWS.items():
        held = rows(world, platform)
        assert len(held) >= 4, platform
        assert all(row.keys() == columns and all(row.values()) for row in held)
        assert len({row["url"] for row in held}) == len(held)
    assert members(world, "Socials|flickr|_update") == members(
        world, "Socials|flickr|__errors|conflicting instructions"
    )
    assert members(world, "Socials|flickr|__errors|missing genre")
    assert members(world, "Socials|pixelfed|__errors|invalid format")
    assert not set(world.members("Socials|flickr|_delete")) - set(world.members("Socials|flickr|_update"))
    code, out, err = tell("rehearse", "--world", "14", "--no-wait", "--json")
    assert code == Exit.PARTLY, err
    events = [json.loads(line) for line in out.splitlines()]
    assert {event.get("verb") for event in events if event.get("end") == "done"} <= {None}, "nothing is left to do"
    assert [row for name in ROWS for row in rows(library(home), name)] == [
        row for name in ROWS for row in rows(world, name)
    ]
    with opened(home / ".heliograph/rehearsal/library") as standin:
        routes = [call.route for call in standin.calls.all()]
    assert "POST /v1/attributes" in routes
    assert "POST /v1/attributes" not in routes[routes.index("POST /v1/authenticate", 1) :], "the second run wrote none"
    assert gone(home)
    code, _, err = tell("rehearse", "--no-wait")
    assert (code, "were about 14 made-up photos so far" in err) == (Exit.USAGE, True)
    assert "--world 14" in err


@pytest.fixture
def own(home, tmp_path):
    """The owner's IMatch: one photo that is ready, one without a genre, one flagged, one that was published before."""
    world = World.ready()
    (tmp_path / "pictures").mkdir()
    genre = "Image Characteristics|Genre|landscape"
    said = {"title": "Quay", "description": "Boats.", "hierarchicalkeywords": ["nature|water"]}
    wished = {
        "quay": ("Socials|flickr", genre),
        "bare": ("Socials|flickr",),
        "gone": ("Socials|flickr", "Socials|flickr|_delete", genre),
        "old": ("Socials|flickr", genre),
    }
    for number, (name, categories) in enumerate(wished.items(), 1):
        path = tmp_path / f"pictures/{name}.jpg"
        path.write_bytes(coded(number))
        size = path.stat().st_size
        file = world.add_file(f"D:\\Photos\\{name}.jpg", tags=said, categories=categories, size=size)
        if name == "old":
            row = {"posted": "2024-04-01", "photo_id": "533", "url": "https://flickr.example/533"}
            world.set_row(file, "flickr", row)
    world.category("Socials|flickr|__errors|missing genre")
    with serve(tmp_path / "imws", world=world) as standin:
        mapped = f"path_map = {{ 'D:\\Photos' = '{tmp_path / 'pictures'}' }}\nworkers = 1"
        settings(home, standin.url, mapped, "[platforms.flickr]\n")
        yield standin


def test_the_owners_imatch_is_only_read_and_what_would_be_written_is_a_table(own, tell):
    code, out, err = tell("rehearse", "--no-wait")
    assert code == Exit.PARTLY, err
    assert own.calls.writes == ()
    assert "Your library is only read." in err
    told = out[out.index("Your library was only read. For real, this would have been written into it:") :]
    table = [line for line in told.splitlines() if line.startswith(("D:/", "photo", " "))]
    assert [line.split()[:2] for line in table] == [
        ["photo", "platform"],
        ["D:/Photos/bare.jpg", "flickr"],
        ["D:/Photos/gone.jpg", "flickr"],
        ["out", "of"],
        ["D:/Photos/quay.jpg", "flickr"],
    ]
    assert table[1].endswith("into Socials|flickr|__errors|missing genre")
    assert {line.rpartition(" ")[2] for line in table[2:4]} == {"Socials|flickr", "Socials|flickr|_delete"}
    assert "row: posted 20" in table[4]
    assert "photo_id 53000000" in table[4]
    assert "old.jpg" not in told, "it has its row already"


def test_a_category_that_is_missing_is_named_in_the_rehearsal_already(own, tell):
    with own.changing() as world:
        world.drop_category("Socials|flickr|__errors|missing genre")
    _, out, _ = tell("rehearse", "--no-wait", "--json")
    told = json.loads(out.splitlines()[-1])
    assert told["schema"] == "heliograph.rehearsal/1"
    assert "no category Socials|flickr|__errors|missing genre: make it" in told["draft_troubles"][0]
    assert {(one["where"], bool(one["row"])) for one in told["drafts"]} == {
        ("D:/Photos/gone.jpg", False),
        ("D:/Photos/quay.jpg", True),
    }
    assert own.calls.writes == ()


def test_a_world_can_be_a_file_whose_pictures_stay_where_they_are(tmp_path):
    made = generated(3, pictures=6, folder=tmp_path / "made", unpublished=("flickr",))
    with opened(tmp_path / "made", world=made):
        pass
    before = (tmp_path / "made/world.json").read_bytes()
    world = worlds.asked_for(str(tmp_path / "made"))
    assert world.words(tmp_path / "new", ("flickr",)) == ("--world", str(tmp_path / "made/world.json"))
    with opened(tmp_path / "new", world=taken_over(world.file)) as standin:
        file = next(one for one in standin.world.files.values() if one.format == "JPEG")
        assert standin.world.real_path(file, tmp_path / "new").is_file()
        with standin.changing() as held:
            held.set_row(file, "flickr", {"photo_id": "1"})
    assert (tmp_path / "made/world.json").read_bytes() == before
    assert world.words(tmp_path / "new", ()) == (), "the next rehearsal goes on with what became of it"


@pytest.mark.parametrize("words", ["0", "-3", "1001", "nowhere/world.json"])
def test_what_is_no_world_is_a_mistake(words):
    with pytest.raises(Mistake, match="takes a number of photos"):
        worlds.asked_for(words)


def test_a_world_takes_the_place_of_an_imatch_only(home, tell):
    code, _, err = tell("rehearse", "--world", "3", "--no-wait")
    assert code == Exit.USAGE
    assert "of the kind folder" in err
    code, _, err = tell("rehearse", "--no-wait")
    assert code == Exit.PARTLY, err
