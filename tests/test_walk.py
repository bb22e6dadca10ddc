"""The walk through a folder library: links that lead nowhere, and what the owner excludes."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.library_contract import Remembered, found, not_looked, unchanged, unreadable
from heliograph.ports import Vanished
from homecoming import drawn, library_at


def linked(path: Path, goal: str) -> None:
    try:
        path.symlink_to(goal)
    except OSError:
        pytest.skip("links cannot be made here")


def test_a_picture_that_leads_nowhere_is_named_also_where_nothing_else_changed(tmp_path):
    root = tmp_path / "photos"
    library, known = library_at(root), Remembered()
    drawn(root / "a.jpg")
    known.look(library)
    linked(root / "b.jpg", "nowhere.jpg")
    sightings = known.look(library)
    assert list(unreadable(sightings)) == ["b.jpg"]
    assert unchanged(sightings) == 1


def test_a_link_that_leads_nowhere_and_is_excluded_hides_nothing(tmp_path):
    root = tmp_path / "photos"
    library = library_at(root)
    drawn(root / "a.jpg")
    linked(root / "Old disk", "nowhere")
    linked(root / "Away", "nowhere")
    assert not_looked(Remembered().look(library)) == {"Old disk", "Away"}
    library = library_at(root, exclude=("Old disk",))
    assert not_looked(Remembered().look(library)) == {"Away"}


def test_a_file_that_is_excluded_is_not_named_when_it_cannot_be_read(tmp_path):
    root = tmp_path / "photos"
    library = library_at(root, exclude=("*.tmp.jpg",))
    drawn(root / "a.jpg")
    linked(root / "b.tmp.jpg", "nowhere.jpg")
    linked(root / "c.jpg", "nowhere.jpg")
    assert list(unreadable(Remembered().look(library))) == ["c.jpg"]


def test_a_link_to_a_file_that_is_no_picture_and_that_leads_nowhere_hides_nothing(tmp_path):
    root = tmp_path / "photos"
    library = library_at(root)
    drawn(root / "a.jpg")
    for name in ("notes.txt", "song.MP3", "2024.05", "St. Moritz", "README"):
        linked(root / name, "nowhere")
    assert not_looked(Remembered().look(library)) == {"2024.05", "St. Moritz", "README"}


def test_a_folder_that_is_called_as_a_file_is_missed_where_photos_were_known_in_it(tmp_path):
    root = tmp_path / "photos"
    library, known = library_at(root), Remembered()
    drawn(root / "a.jpg")
    (tmp_path / "drive" / "below").mkdir(parents=True)
    drawn(tmp_path / "drive" / "below" / "b.jpg")
    linked(root / "drive.old", "../drive")
    assert set(found(known.look(library))) == {"a.jpg", "drive.old/below/b.jpg"}
    (tmp_path / "drive").rename(tmp_path / "away")
    sightings = known.look(library)
    assert not_looked(sightings) == {"drive.old"}
    assert not [sighting for sighting in sightings if isinstance(sighting, Vanished)]
