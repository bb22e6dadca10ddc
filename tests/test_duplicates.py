"""Photos that the library holds twice, and photos that look alike: named, with where they are published."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.desk import Desk
from heliograph.desk.doubling import Copied
from heliograph.errors import Refused
from heliograph.identify import NEAR, distance, families
from heliograph.model import Photo
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from photos import Household
from studio import make_desk, photo

# --- which look alike -------------------------------------------------------------------------------------------------


def slowly(hashes: dict[str, str]) -> list[tuple[str, ...]]:
    """The same by comparing each with each."""
    left, found = sorted(hashes), []
    while left:
        family, open_ = [], [left.pop(0)]
        while open_:
            one = open_.pop()
            family.append(one)
            close = [other for other in left if distance(hashes[one], hashes[other]) <= NEAR]
            left = [other for other in left if other not in close]
            open_ += close
        if len(family) > 1:
            found.append(tuple(sorted(family)))
    return sorted(found)


def hash_of(seed: int, flipped: tuple[int, ...] = ()) -> str:
    bits = random.Random(seed).getrandbits(64)
    for bit in flipped:
        bits ^= 1 << bit
    return f"{bits:016x}"


@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1, max_size=3),
        st.builds(hash_of, st.integers(0, 3), st.lists(st.integers(0, 63), max_size=8, unique=True).map(tuple)),
        max_size=25,
    )
)
def test_families_are_those_that_comparing_each_with_each_finds(hashes):
    assert families(hashes) == slowly(hashes)


def test_very_many_equal_pictures_are_one_family_at_once():
    hashes = {f"{number:05}": hash_of(1) for number in range(20_000)}
    (family,) = families(hashes)
    assert len(family) == 20_000


def test_many_pictures_that_share_a_piece_are_compared_part_by_part(monkeypatch):
    monkeypatch.setattr("heliograph.identify.likeness.MOST_ROWS", 7)
    hashes = {f"{number:02}": hash_of(number % 5, (number, number + 1)) for number in range(40)}
    assert families(hashes) == slowly(hashes)
    assert len(families(hashes)) == 5


# --- in a library -----------------------------------------------------------------------------------------------------


@pytest.fixture
def library() -> MemoryLibrary:
    made = MemoryLibrary()
    made.put(photo("2024/a.jpg", pixels="one"))
    made.put(photo("backup/a.jpg", pixels="one"))
    made.put(photo("backup/b.jpg", pixels="one", keywords=()))
    made.put(photo("2024/alone.jpg", pixels="two"))
    made.put(photo("2024/small.jpg", pixels="three", keywords=()))
    return made


@pytest.fixture
def desk(tmp_path: Path, library: MemoryLibrary) -> Iterator[Desk]:
    with make_desk(tmp_path, library, MemoryPlatform(World(), FakeClock(), settle_s=0.0)) as made:
        list(made.sync())
        yield made


def wheres(group: tuple[Copied, ...]) -> list[str]:
    return [one.where for one in group]


def test_files_with_the_same_picture_are_named_with_the_one_that_stands_for_all(desk):
    (group,) = desk.duplicates().equal
    assert wheres(group) == ["2024/a.jpg", "backup/a.jpg", "backup/b.jpg"]
    assert [one.role for one in group] == ["main", "copy", "copy"]
    assert [record.platform for record in group[0].records] == ["memory"]
    assert [len(one.records) for one in group[1:]] == [0, 0]


def test_a_library_without_duplicates_has_none(tmp_path):
    library = MemoryLibrary()
    library.put(photo("a.jpg"))
    with make_desk(tmp_path, library, MemoryPlatform(World(), FakeClock())) as desk:
        desk.scan()
        assert desk.duplicates().equal == ()


def test_photos_that_look_alike_are_named_the_published_one_first_and_looked_at_once(desk, library):
    library.looks |= {"2024/alone.jpg": hash_of(1), "2024/small.jpg": hash_of(1, (3, 9)), "2024/a.jpg": hash_of(2)}
    library.looked_at.clear()
    found = desk.duplicates(near=True)
    (family,) = found.near
    assert wheres(family) == ["2024/alone.jpg", "2024/small.jpg"]
    assert family[0].records
    assert len(found.equal) == 1
    assert sorted(library.looked_at) == ["2024/a.jpg", "2024/alone.jpg", "2024/small.jpg"]
    assert desk.duplicates(near=True) == found
    assert len(library.looked_at) == 3


def test_a_picture_that_cannot_be_looked_at_is_named_and_the_others_are_compared(desk, monkeypatch):
    def look(_: MemoryLibrary, item: Photo) -> str:
        if item.where == "2024/a.jpg":
            message = "it cannot be read"
            raise Refused(message)
        return hash_of(1)

    monkeypatch.setattr(MemoryLibrary, "likeness", look)
    found = desk.duplicates(near=True)
    assert found.unseen == ("2024/a.jpg",)
    assert [wheres(group) for group in found.near] == [["2024/alone.jpg", "2024/small.jpg"]]


# --- the verb ---------------------------------------------------------------------------------------------------------


def test_the_verb_tells_people_and_scripts(tmp_path):
    home = Household(tmp_path).settle()
    original = home.photo("2024/dune.jpg", 1, "Dune")
    (home.library / "old").mkdir()
    (home.library / "old" / "copy of dune.jpg").write_bytes(original.read_bytes())
    home.photo("2024/sea.jpg", 2, "Sea")
    home.helio("sync")
    told = home.helio("duplicates").must(0, "1 photo in more than one file", "2024/dune.jpg stands for all site:")
    assert "old/copy of dune.jpg" in told.words
    assert "sea.jpg" not in told.words
    form = json.loads(home.helio("duplicates", "--near", "--json").must(0).out)
    assert form["schema"] == "heliograph.duplicates/1"
    ((main, copy),) = form["duplicates"]["equal"]
    assert (main["where"], main["role"], copy["role"]) == ("2024/dune.jpg", "main", "copy")
    assert form["duplicates"]["near"] == []
    home.helio("duplicates", "--near").must(0, "No photos that look alike")
