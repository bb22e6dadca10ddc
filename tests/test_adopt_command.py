"""`helio adopt`: what is there already is shown with its reason, and remembered once it was accepted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from flickr_house import House
from heliograph import jsonform
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.desk.clock import SystemClock
from heliograph.digest.signature import signature_of_six
from heliograph.ledger import Ledger
from heliograph.platforms.flickr.signin import Account
from test_flickr_adopt import AT, picture

SETTINGS = """\
[library]
folder = 'photos'
workers = 1

[select]
everything = true

[platforms.flickr]
url = '{url}'
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Four photos at home. On Flickr: one is signed, one has name and date, one is twice, one not; and a stranger."""
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_")] + ["COLUMNS", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    with House.opened(tmp_path / "flickr") as house:
        standin = house.standin
        account = Account(standin.token, standin.token_secret, standin.nsid, "ann", "Ann A", "delete", is_pro=True)
        kept = {"account": jsonform.plain(account), "of": {"key": standin.key}}
        for name, value in (("KEY", standin.key), ("SECRET", standin.secret), ("ACCOUNT", json.dumps(kept))):
            monkeypatch.setenv(f"HELIOGRAPH_SECRET_FLICKR_{name}", value)
        (tmp_path / "heliograph.toml").write_text(SETTINGS.format(url=standin.url), encoding="utf-8")
        signed, named, twice, _ = (
            picture(tmp_path / "photos" / f"{name}.jpg", number, AT if name == "named" else "")
            for number, name in enumerate(("signed", "named", "twice", "new"))
        )
        world, tags = standin.world, [f"flickrsync:signature={signature_of_six(signed)}"]
        world.add_photo(standin.nsid, signed, title="From Rome", tags=tags)
        world.add_photo(standin.nsid, title=named.stem, taken=AT.replace("T", " "))
        for title in ("One", "Other"):
            tags = [f"flickrsync:signature={signature_of_six(twice)}"]
            world.add_photo(standin.nsid, twice, title=title, tags=tags)
        world.add_photo(standin.nsid, title="Of nobody", taken="2001-01-01 00:00:00")
        house.clock.started = house.clock.started.now(house.clock.started.tzinfo)
        monkeypatch.chdir(tmp_path)
        yield house


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = Exit.DONE) -> str:
    capsys.readouterr()
    ended = run(words)
    said = capsys.readouterr()
    assert ended == code, said
    assert "Traceback" not in said.out + said.err
    return said.out if "--json" in words else " ".join((said.out + said.err).split())


def records(folder: Path) -> int:
    with closing(Ledger(folder / ".heliograph" / "ledger.sqlite", SystemClock())) as ledger:
        return ledger.records.count("flickr").get("photo", 0)


def writes(house: House) -> int:
    looks = ("people.getPhotos", "photos.recentlyUpdated", "photosets.getList", "photos.getSizes")
    rest = [call for call in house.standin.calls.all() if call.route != "rest" or not call.method.endswith(looks)]
    return len([call for call in rest if call.route in {"rest", "upload", "replace"}])


def test_it_shows_what_is_there_and_remembers_only_what_was_accepted(house, tmp_path, capsys):
    before = repr(house.standin.world.photos)
    page = told(capsys, "adopt")
    for words in (
        "flickr: 2 found there already, 1 doubtful, 1 not there.",
        "certain 1 photo: a tag of FlickrSync there is the signature of its pixels (ImageMagick 6)",
        "sure 1 photo: file name and date taken are the same",
        "twice.jpg (“One”, id ",
        "answer: helio answer twice.jpg same",
        "or: helio answer twice.jpg different",
        "2 photos there that the library does not hold.",
        "Nothing was remembered yet. `helio adopt --yes` remembers 2 photos.",
    ):
        assert words in page
    assert records(tmp_path) == 0
    page = told(capsys, "adopt", "--yes", code=Exit.ASKED)
    assert "2 photos remembered; nothing was sent." in page
    assert records(tmp_path) == 2
    assert (repr(house.standin.world.photos), writes(house)) == (before, 0)
    page = told(capsys, "adopt")
    assert "flickr: 1 doubtful, 1 not there." in page


def test_an_answer_makes_a_doubt_a_match(house, tmp_path, capsys):
    told(capsys, "adopt", "--yes", code=Exit.ASKED)
    told(capsys, "answer", "twice.jpg", "same")
    assert "certain 1 photo: as you answered" in told(capsys, "adopt", "--yes")
    assert (records(tmp_path), writes(house)) == (3, 0)


def test_without_dates_and_for_a_script(house, capsys):
    page = told(capsys, "adopt", "--no-date-match", "--dry-run", "--yes")
    assert "flickr: 1 found there already, 2 doubtful, 1 not there." in page
    form = json.loads(told(capsys, "adopt", "--platform", "flickr", "--json"))
    assert (form["schema"], form["remembered"], form["exit_code"]) == ("heliograph.adopt/1", 0, 0)
    assert [action["confidence"] for action in form["found"]["matched"]] == ["sure", "certain"]
    assert form["found"]["remains"] == [{"platform": "flickr", "here": 1, "there": 2}]


def test_a_platform_that_cannot_be_looked_at_is_said_and_nothing_is_remembered(house, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HELIOGRAPH_SECRET_FLICKR_KEY", "0" * 32)
    page = told(capsys, "adopt", "--yes", code=Exit.SIGN_IN)
    assert "flickr could not be looked at" in page
    assert records(tmp_path) == 0


def test_nobody_else_works_with_the_ledger_meanwhile(house, tmp_path, capsys):
    told(capsys, "adopt")
    with closing(Ledger(tmp_path / ".heliograph" / "ledger.sqlite", SystemClock())) as ledger, ledger.alone():
        told(capsys, "adopt", "--yes", code=Exit.ANOTHER_RUN)
