"""An evening with IMatch and the site that IMatch to Socials wrote: its pages are taken over, none is doubled."""

from __future__ import annotations

import pytest

from heliograph import config
from heliograph.desk import Desk
from heliograph.execute import End
from heliograph.model import Verb
from imatch_house import at_home, reading_here, served
from test_markdown import OLD_ALBUM, OLD_PHOTO, front_of


@pytest.fixture
def standin(tmp_path):
    with served(tmp_path / "standin") as made:
        yield made


@pytest.fixture
def house(tmp_path, standin, monkeypatch):
    (tmp_path / "imatch").mkdir()
    with reading_here(monkeypatch), at_home(tmp_path / "imatch", standin=standin) as made:
        yield made


def test_pages_that_rows_in_imatch_name_are_taken_over_and_keep_their_first_day(tmp_path, house):
    garden = tmp_path / "garden"
    for path, text in {
        "photos/1001.md": OLD_PHOTO,
        "photos/1001_150.webp": "old",
        "photos/1003.md": OLD_PHOTO,
        "albums/Harbour.md": OLD_ALBUM,
    }.items():
        (garden / path).parent.mkdir(parents=True, exist_ok=True)
        (garden / path).write_text(text, encoding="utf-8")
    known = house.add("quay [1001].jpg", "Socials|quantum", "Socials|quantum|albums|Harbour", tags={"title": "Quay"})
    url = "https://garden.example/photos/1001"
    house.world.set_row(known.id, "quantum", {"posted": "2024-04-01", "media_id": "1001", "url": url})
    house.add("new [1002].jpg", "Socials|quantum", tags={"title": "New"})
    settings = tmp_path / "heliograph.toml"
    settings.write_text(
        f"[library]\nkind = 'imatch'\nurl = '{house.standin.url}'\nworkers = 1\n"
        f"path_map = {{ 'D:\\Photos' = '{house.folder}' }}\n[when]\nchanged = 'flagged'\n"
        "[platforms.quantum]\nkind = 'markdown'\ngenerator = 'quantum'\nfolder = 'garden'\n"
        "base_url = 'https://garden.example'\n",
        encoding="utf-8",
    )
    with Desk(config.load(settings, {})) as desk:
        assert {action.where.rpartition("/")[2]: action.verb for action in desk.plan().actions} == {
            "new [1002].jpg": Verb.ADD,
            "quay [1001].jpg": Verb.MATCH,
            "Harbour": Verb.ADD,
        }
        assert {event.end for event in desk.sync()} == {End.DONE}
    assert (garden / "photos" / "1001.md").read_text(encoding="utf-8") == OLD_PHOTO, "it was not marked for an update"
    assert sorted(path.name for path in garden.glob("*/*.md")) == ["1001.md", "1002.md", "1003.md", "Harbour.md"]
    assert front_of(garden / "photos" / "1002.md")["title"] == "New"
    album = (garden / "albums" / "Harbour.md").read_text(encoding="utf-8")
    assert '<a href="../photos/1001">\n<img src="../photos/1001_150.webp"' in album
    house.world.put(known, "Socials|quantum|_metadata")
    with Desk(config.load(settings, {})) as desk:
        (refused,) = [event for event in desk.sync() if event.end != End.DONE]
    assert "taken over only with its picture" in refused.sentence
    house.world.put(known, "Socials|quantum|_update")
    with Desk(config.load(settings, {})) as desk:
        assert {event.end for event in desk.sync()} == {End.DONE}
    (row,) = house.rows(known, "quantum")
    assert row == {"posted": "2024-04-01", "media_id": "1001", "url": url}
    assert front_of(garden / "photos" / "1001.md")["title"] == "Quay"
    assert sorted(path.name for path in (garden / "photos").glob("1002*")) == [
        "1002.md",
        "1002_150.webp",
        "1002_800.jpeg",
    ]
    assert (garden / "photos" / "1001_800.jpeg").is_file()
    assert sorted(path.name for path in garden.glob("*/*.md")) == ["1001.md", "1002.md", "1003.md", "Harbour.md"]
    with Desk(config.load(settings, {})) as desk:
        assert desk.plan().actions == ()
