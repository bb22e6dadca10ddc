"""What `helio doctor` says of an IMatch whose pictures are elsewhere."""

from __future__ import annotations

import pytest

from heliograph.desk.doctoring import Health, library
from imatch_house import FLICKR, at_home, reading_here


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with (
        pytest.MonkeyPatch.context() as patch,
        reading_here(patch),
        at_home(tmp_path_factory.mktemp("imatch")) as house,
    ):
        house.add("quay.jpg", FLICKR)
        house.add("E:\\Scans\\a.jpg", FLICKR, drawn=False)
        house.add("E:\\Scans\\deeper\\b.jpg", FLICKR, drawn=False)
        yield house


def said(house, **options):
    house.another(**options)
    return {check.sentence: check.health for check in library(lambda: house.library)}


def test_a_drive_that_no_path_map_names_is_a_warning_with_what_to_do(house):
    told = said(house)
    (warned,) = (sentence for sentence, health in told.items() if health == Health.WARN)
    assert warned.startswith("E: cannot be reached: ")
    assert "`path_map` of [library]" in warned
    assert [sentence for sentence in told if sentence.startswith("IMatch answers at")]


def test_without_any_path_map_every_drive_is_named_once(house):
    warned = [sentence for sentence, health in said(house, path_map={}).items() if health == Health.WARN]
    assert [sentence.partition(" ")[0] for sentence in warned] == ["D:", "E:"]


def test_where_every_drive_is_there_nothing_is_warned_of(house, tmp_path):
    (tmp_path / "Scans/deeper").mkdir(parents=True)
    told = said(house, path_map={"D:\\Photos": str(house.folder), "E:": str(tmp_path)})
    assert set(told.values()) == {Health.GOOD}
