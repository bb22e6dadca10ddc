"""A run is killed at every effect, and at pairs of them, and started again: one post per photo and album, nothing lost.

And the proof that the suite can see: with the journal, the asking or the waiting left out, duplicates appear.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

import memory_lives
from fuses import Fuse
from heliograph.desk import Desk
from heliograph.model import Claim, F, Post, SubjectKind, Verb
from memory_lives import Life, duplicates, evenings, fuses
from studio import MemoryPlatform, make_desk, photo

new_life = memory_lives.new_life

ALBUM = ("Socials|memory", "Socials|memory|albums|Coast")


def first_day(life: Life) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        life.library.put(photo(name, keywords=ALBUM))


def second_day(life: Life) -> None:
    """An edited title, new pixels, a photo less and a photo more."""
    life.clock.sleep(3600)
    life.library.put(photo("a.jpg", title="Another title", keywords=ALBUM))
    life.library.put(photo("b.jpg", pixels="developed anew", keywords=ALBUM))
    del life.library.items["c.jpg"]
    life.library.put(photo("d.jpg", keywords=ALBUM))


def two_days(life: Life, first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, int]:
    first_day(life)
    one = life.until_done(fuses(*first))
    second_day(life)
    return one, life.until_done(fuses(*second))


def check(life: Life) -> None:
    """What the world must look like, after the last lag has passed and everything was looked at again."""
    life.clock.sleep(3600)
    assert life.process(Fuse())
    photos = {post.fields[F.TITLE]: post for post in life.world.of(SubjectKind.PHOTO)}
    assert sorted(post.fields[F.TITLE] for post in life.world.of(SubjectKind.PHOTO)) == [
        "Another title",
        "b.jpg",
        "d.jpg",
    ]
    (album,) = life.world.of(SubjectKind.ALBUM)
    assert sorted(album.fields[F.MEMBERS]) == sorted(post.id for post in photos.values())
    for post in photos.values():
        assert post.fields[F.TAKEN]
    with make_desk(life.folder, life.library, life.platform()) as desk:
        plan = desk.plan()
        assert plan.actions == ()
        assert not desk.ledger.journal.unsettled("memory")


LOST = [
    pytest.param({}, id="nothing lost"),
    pytest.param({"lost_after": {1, 5}}, id="answers lost after doing"),
    pytest.param({"lost_before": {2, 6}}, id="answers lost before doing"),
    pytest.param({"lost_after": {2, 4}, "marks_shown": False}, id="no marks, answers lost after doing"),
]


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
@pytest.mark.parametrize("dials", LOST)
def test_killed_at_every_effect_of_two_days(new_life: Callable[..., Life], dials: dict[str, object], day: int) -> None:
    """Every effect where nothing else goes wrong, every fifth where answers get lost besides."""
    clean = new_life(dials=dials)
    effects = two_days(clean, (), ())[day]
    check(clean)
    assert effects > 40
    days = (first_day, second_day)
    for life in evenings(new_life(dials=dials), days, day, range(0, effects, 5 if dials else 1)):
        assert duplicates(life) == 0, life.folder.name
        check(life)


def test_killed_at_every_pair_of_effects_of_one_photo(new_life: Callable[..., Life]) -> None:
    clean = new_life(dials={"lost_after": {1}})
    clean.library.put(photo("a.jpg"))
    length = clean.until_done(fuses())
    for first in range(length):
        for second in range(first % 53, length, 53):
            life = new_life(dials={"lost_after": {1}})
            life.library.put(photo("a.jpg"))
            life.until_done(fuses(first, second))
            life.clock.sleep(3600)
            assert life.process(Fuse())
            assert len(life.world.posts) == 1, (first, second)


def test_killed_at_random_pairs_and_triples_of_two_days(new_life: Callable[..., Life]) -> None:
    chance = random.Random(2024)
    for number in range(15):
        life = new_life(dials=dict(chance.choice(LOST).values[0]))
        kills = [tuple(chance.randrange(90) for _ in range(chance.choice((2, 3)))) for _ in range(2)]
        two_days(life, *kills)
        assert duplicates(life) == 0, (number, kills)
        check(life)


def without_journal(desk: Desk) -> None:
    desk.ledger.journal.begin = lambda claim, wanted: 0
    desk.ledger.journal.unsettled = lambda platform: []


def without_asking(desk: Desk) -> None:
    desk._places["memory"].platform._thing.__class__ = Deaf


class Deaf(MemoryPlatform):
    """Never asked what arrived."""

    __slots__ = ()

    def find(self, claims: object) -> dict[Claim, tuple[Post, ...]]:
        return {}


CRIPPLED = [
    pytest.param({}, without_journal, id="journal"),
    pytest.param({"marks_shown": False}, without_asking, id="asking"),
    pytest.param({"settle_s": 0.0}, lambda _: None, id="waiting"),
]


@pytest.mark.parametrize(("dials", "twist"), CRIPPLED)
def test_the_suite_sees_duplicates_when_a_precaution_is_left_out(
    new_life: Callable[..., Life], dials: dict[str, object], twist: Callable[[Desk], None]
) -> None:
    """Journalling, asking and waiting are all needed."""

    def doubled(effect: int) -> int:
        life = new_life(dials=dials, twist=twist)
        first_day(life)
        life.until_done(fuses(effect))
        return duplicates(life)

    assert any(doubled(effect) for effect in range(120))


def test_a_photo_removed_on_the_platform_is_never_sent_again_silently(new_life: Callable[..., Life]) -> None:
    life = new_life()
    life.library.put(photo("a.jpg"))
    life.until_done(fuses())
    life.clock.sleep(3600)
    life.world.posts.clear()
    assert life.process(Fuse())
    assert life.world.posts == {}
    with make_desk(life.folder, life.library, life.platform()) as desk:
        assert [action.verb for action in desk.plan().actions] == [Verb.ASK]
