"""What goes wrong while photos come home from Flickr: names, listings and pictures that are not what they should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import flickr_studio
from flickr_studio import LATER_S, Studio
from heliograph.execute import End
from heliograph.model import Verb
from heliograph.policy import Direction
from heliograph.standin.flickr import Fault
from heliograph.standin.flickr.faults import What
from heliograph.standin.flickr.seeding import add_photo
from photos import draw

flickr = flickr_studio.flickr
TITLES = (
    "../../x",
    "/etc/x",
    "CON",
    "L" * 300,
    "🌊🌊",
    "",
    "Lake",
    "Lake",
    "lake",
    "a\\b:c*?",
    "..",
    ".hidden",
    "x\n\x00y",
)


@pytest.fixture
def home(flickr: Studio) -> Iterator[Studio]:
    """A folder in place of the drawn photos, both ways."""
    flickr.folder_library()
    flickr.policy = replace(flickr.policy, direction=Direction.BOTH)
    return flickr


def there(studio: Studio, number: int, title: str, **more: object) -> str:
    picture = draw(studio.folder / f"sent {number}.jpg", number)
    return str(add_photo(studio.world, studio.me, picture, title=title, **more).id)


def pictures(studio: Studio) -> list[Path]:
    return sorted(studio.folder.glob("library/**/*.jpg"))


def outside(studio: Studio) -> set[Path]:
    parts = (path.relative_to(studio.folder) for path in studio.folder.rglob("*"))
    return {path for path in parts if path.parts[0] not in {"library", "state", "drawn"}}


def test_no_title_leads_out_of_the_library_or_over_another_photo(home: Studio) -> None:
    for number, title in enumerate(TITLES):
        there(home, number, title, taken="2019-08-01 10:00:00")
    before = outside(home)
    events = home.sync()
    assert {event.end for event in events} == {End.DONE}
    assert home.plan().actions == ()
    assert outside(home) == before
    files = pictures(home)
    assert {path.parent.relative_to(home.folder).as_posix() for path in files} == {"library/2019/2019-08"}
    assert len({path.name.casefold() for path in files}) == len(files) == len(TITLES)
    assert all(len(path.name.encode()) < 200 and not path.name.startswith(".") for path in files)
    sent = {path.read_bytes() for path in home.folder.glob("sent *.jpg")}
    assert {path.read_bytes() for path in files} == sent
    assert len(home.shown_all()) == len(TITLES)


@pytest.mark.parametrize("what", [What.TRUNCATED, What.NONSENSE, What.HTTP_500, What.CLOSED_HALFWAY])
def test_a_picture_that_is_cut_off_or_no_picture_is_no_photo_and_comes_home_with_the_next_run(
    home: Studio, what: What
) -> None:
    there(home, 1, "Lake")
    there(home, 2, "Sea")
    home.house.standin.faults.add(Fault(what, route="live", times=99))
    events = home.sync()
    assert {event.action.verb for event in events if event.end == End.FAILED} == {Verb.DOWNLOAD}
    assert not any("please report" in event.sentence for event in events)
    assert pictures(home) == []
    home.house.standin.faults.clear()
    home.clock.sleep(LATER_S)
    home.sync()
    assert len(pictures(home)) == 2
    assert home.plan().actions == ()
    assert len(home.shown_all()) == 2


@pytest.mark.parametrize("what", [What.TRUNCATED, What.NONSENSE, What.HTTP_500, What.CODE_105, What.CLOSED_HALFWAY])
def test_after_a_listing_that_was_cut_off_nothing_is_missing_and_nothing_comes_home(home: Studio, what: What) -> None:
    """One photo that came home, and one that nobody knows yet; everything is looked at anew."""
    there(home, 1, "Lake")
    home.sync()
    there(home, 2, "Sea")
    home.options["look"] = "everything"
    home.house.standin.faults.add(Fault(what, route="rest", times=99))
    plan = home.plan()
    assert plan.actions == ()
    assert any("could not be looked at" in note for note in plan.notes)
    home.house.standin.faults.clear()
    home.clock.sleep(LATER_S)
    assert [action.where for action in home.plan().actions] == ["Sea"]
