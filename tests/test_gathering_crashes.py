"""A run is killed at every effect while albums are posts: one post for each album, and every photo in one post."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import memory_lives
from fuses import Fuse
from heliograph.model import F, SubjectKind
from heliograph.policy import PlatformPolicy, Selection
from memory_lives import Life, evenings, fuses
from studio import make_desk, photo

new_life = memory_lives.new_life

TOGETHER = PlatformPolicy("memory", "memory", select=Selection(together=True))
ALONE = ("Socials|memory",)
COAST = (*ALONE, "Socials|memory|albums|Coast")
LOST = [
    pytest.param({}, id="nothing lost"),
    pytest.param({"lost_after": {1, 3}}, id="answers lost after doing"),
    pytest.param({"lost_before": {2}, "marks_shown": False}, id="no marks, answers lost before doing"),
    pytest.param({"lost_after": {1, 2}, "marks_shown": False}, id="no marks, answers lost after doing"),
]


def first_day(life: Life) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        life.library.put(photo(name, alt_text=name, keywords=COAST))
    life.library.put(photo("d.jpg", alt_text="d.jpg", keywords=ALONE))


def second_day(life: Life) -> None:
    """Other words, other pixels, a photo less, one that joins, and one that leaves."""
    life.clock.sleep(3600)
    life.library.put(photo("a.jpg", alt_text="Another", keywords=COAST))
    life.library.put(photo("b.jpg", alt_text="b.jpg", pixels="developed anew", keywords=COAST))
    life.library.put(photo("c.jpg", alt_text="c.jpg", keywords=ALONE))
    life.library.put(photo("d.jpg", alt_text="d.jpg", keywords=COAST))


def check(life: Life) -> None:
    """What the world must look like, after the last lag has passed and everything was looked at again."""
    life.clock.sleep(3600)
    assert life.process(Fuse())
    (album,) = life.world.of(SubjectKind.ALBUM)
    (alone,) = life.world.of(SubjectKind.PHOTO)
    assert sorted(album.fields[F.ALT]) == ["Another", "b.jpg", "d.jpg"]
    assert len(set(album.fields[F.PICTURE])) == 3
    assert alone.fields[F.ALT] == "c.jpg"
    assert alone.fields[F.PICTURE] not in album.fields[F.PICTURE]
    with make_desk(life.folder, life.library, life.platform(), policy=TOGETHER) as desk:
        assert desk.plan().actions == ()
        assert not desk.ledger.journal.unsettled("memory")


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
@pytest.mark.parametrize("dials", LOST)
def test_killed_at_every_effect_albums_are_posted_once(
    new_life: Callable[..., Life], dials: dict[str, object], day: int
) -> None:
    """Every third effect where nothing else goes wrong, every eleventh where answers get lost besides."""

    def begun() -> Life:
        return new_life(dials={"gathers": 4, **dials}, policy=TOGETHER)

    clean = begun()
    first_day(clean)
    counts = [clean.until_done(fuses())]
    second_day(clean)
    counts.append(clean.until_done(fuses()))
    check(clean)
    assert counts[day] > 20
    for life in evenings(begun(), (first_day, second_day), day, range(0, counts[day], 11 if dials else 3)):
        check(life)
