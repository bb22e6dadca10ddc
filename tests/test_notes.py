"""Writing back: what became of photos is never lost, told a few at a time, and never stops a run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import studio
from heliograph.desk import Desk
from heliograph.errors import Busy, Refused
from heliograph.execute import notes
from heliograph.execute.notes import TOGETHER
from heliograph.ledger.outcomes import TRIES
from heliograph.model import F, Link, Order, Photo, Post, SubjectKind, Verb
from heliograph.policy import OnChanged, OnUnwanted, PlatformPolicy, Selection, When
from heliograph.ports import Outcome
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import make_desk, photo

template = studio.template


@dataclass(slots=True)
class Shelf(MemoryLibrary):
    """Keeps links, clears marks and takes photos out as it is told; breaks on demand."""

    trouble: Exception | None = None
    batches: list[int] = field(default_factory=list)
    breaks_at: int = 0
    """The note at which it is cut off: nothing of it was written."""

    def note(self, outcomes: Sequence[Outcome]) -> None:
        self.batches.append(len(outcomes))
        if self.trouble is not None:
            raise self.trouble
        if len(self.batches) == self.breaks_at:
            raise KeyboardInterrupt
        for outcome in outcomes:
            self.noted.append(outcome)
            self.items[outcome.where] = _noted(self.items[outcome.where], outcome)


def _noted(item: Photo, outcome: Outcome) -> Photo:
    orders = tuple(pair for pair in item.orders if pair[1] not in outcome.orders_done)
    links = (Link("memory", outcome.post.id),) if outcome.post else () if not outcome.refusals else item.links
    facts = replace(item.facts, keyword_paths=()) if outcome.deleted else item.facts
    return replace(item, orders=orders, links=links, facts=facts)


@dataclass
class House:
    folder: Path
    policy: PlatformPolicy = field(default_factory=lambda: PlatformPolicy("memory", "memory"))
    library: Shelf = field(default_factory=Shelf)
    world: World = field(default_factory=World)
    clock: FakeClock = field(default_factory=FakeClock)
    how: dict[str, object] = field(default_factory=dict)

    def desk(self) -> Desk:
        platform = MemoryPlatform(self.world, self.clock, lag_s=0.0, settle_s=0.0, **self.how)
        return make_desk(self.folder, self.library, platform, policy=self.policy)

    def sync(self) -> None:
        with self.desk() as desk:
            list(desk.sync())
        self.clock.sleep(3600)

    def verbs(self) -> dict[str, Verb]:
        with self.desk() as desk:
            return {action.where: action.verb for action in desk.plan().actions}

    def put(self, name: str, *orders: Order, **said: object) -> None:
        before = self.library.items.get(name)
        made = photo(name, **said)
        links = before.links if before else ()
        self.library.put(replace(made, orders=tuple(("memory", order) for order in orders), links=links))

    def link(self, name: str) -> str:
        return "".join(link.post_id for link in self.library.items[name].links)


@pytest.fixture
def house(tmp_path: Path, template: Path) -> Iterator[House]:
    (tmp_path / "state").mkdir()
    shutil.copy(template, tmp_path / "state" / "ledger.sqlite")
    return House(tmp_path)


def test_a_link_that_could_not_be_written_is_written_before_anything_else_next_time(house):
    house.put("a.jpg")
    house.library.trouble = Busy("IMatch does not answer.")
    house.sync()
    assert (house.link("a.jpg"), len(house.world.posts)) == ("", 1)
    with house.desk() as desk:
        plan = desk.plan()
    assert plan.actions == ()
    assert any("1 photos could not be written" in note for note in plan.notes)
    house.library.trouble = None
    house.sync()
    assert house.link("a.jpg") == "photo-1"
    assert house.world.adds == 1


def test_a_library_that_does_not_answer_is_not_asked_for_every_photo(house):
    for number in range(3 * TOGETHER):
        house.put(f"{number}.jpg")
    house.library.trouble = Busy("IMatch does not answer.")
    house.sync()
    assert len(house.library.batches) == 1
    house.library.trouble = None
    house.library.batches.clear()
    house.sync()
    assert house.library.batches == [TOGETHER] * 3
    assert all(item.links for item in house.library.items.values())
    assert house.world.adds == 3 * TOGETHER


def test_a_plan_writes_nothing_into_the_library(house):
    house.put("a.jpg")
    house.how = {"lost_after": {1}}
    house.sync()
    house.library.batches.clear()
    house.put("b.jpg", title="  ", keywords=("Socials|memory", "Private"))
    assert house.verbs()["b.jpg"] == Verb.REFUSE
    assert house.library.batches == []


def test_what_the_library_turns_down_for_good_is_not_told_for_ever(house):
    house.put("a.jpg")
    house.library.trouble = Refused("There is no such attribute set.")
    for _ in range(TRIES + 2):
        house.sync()
    assert len(house.library.batches) == TRIES


def test_an_order_that_was_carried_out_is_not_carried_out_again_because_its_mark_could_not_be_cleared(house):
    house.put("a.jpg")
    house.sync()
    house.put("a.jpg", Order.UPDATE)
    house.library.trouble = Busy("IMatch does not answer.")
    assert house.verbs() == {"a.jpg": Verb.UPDATE}
    house.sync()
    assert house.verbs() == {}
    house.library.trouble = None
    house.sync()
    assert house.library.items["a.jpg"].orders == ()


def test_the_same_order_given_again_is_carried_out_again(house):
    house.put("a.jpg")
    house.sync()
    for _ in range(2):
        house.put("a.jpg", Order.UPDATE)
        assert house.verbs() == {"a.jpg": Verb.UPDATE}
        house.sync()
        assert house.library.items["a.jpg"].orders == ()
        assert house.verbs() == {}


def test_an_order_is_carried_out_once_in_a_run_that_plans_several_times(house):
    house.put("a.jpg")
    house.sync()
    house.put("a.jpg", Order.UPDATE)
    house.put("b.jpg")
    house.how = {"lost_before": {2}}
    house.library.noted.clear()
    house.sync()
    assert [o.orders_done for o in house.library.noted if o.where == "a.jpg"] == [(Order.UPDATE,)]


def test_a_deleted_photo_leaves_its_platform_and_is_not_published_again(house):
    house.library.changed = OnChanged.FLAGGED
    house.put("a.jpg")
    house.sync()
    house.put("a.jpg", Order.DELETE)
    house.sync()
    assert (house.world.posts, house.link("a.jpg"), house.library.items["a.jpg"].orders) == ({}, "", ())
    house.sync()
    assert house.world.adds == 1


def test_a_mark_for_deletion_on_what_was_never_published_is_cleared_and_nothing_is_sent(house):
    house.put("a.jpg", Order.DELETE)
    house.sync()
    assert (house.world.adds, house.library.items["a.jpg"].orders) == (0, ())


def test_marks_left_over_are_cleared_by_the_first_publication(house):
    house.put("a.jpg", Order.UPDATE, Order.METADATA)
    house.sync()
    assert (house.world.adds, house.library.items["a.jpg"].orders) == (1, ())


def test_an_update_that_fails_leaves_its_mark(house):
    house.put("a.jpg")
    house.sync()
    house.put("a.jpg", Order.UPDATE)
    house.world.posts.clear()
    with house.desk() as desk:
        desk.plan()
    house.sync()
    assert house.library.items["a.jpg"].orders == (("memory", Order.UPDATE),)


@pytest.mark.parametrize("breaks_at", range(1, 4))
def test_a_run_that_is_cut_off_while_it_writes_back_loses_nothing(house, monkeypatch, breaks_at):
    monkeypatch.setattr(notes, "TOGETHER", 1)
    for name in "abc":
        house.put(f"{name}.jpg")
    house.sync()
    house.put("a.jpg", Order.UPDATE)
    house.put("b.jpg", Order.DELETE)
    house.put("d.jpg")
    house.library.batches.clear()
    house.library.breaks_at = breaks_at
    with pytest.raises(KeyboardInterrupt):
        house.sync()
    house.clock.sleep(3600)
    house.library.breaks_at = 0
    house.sync()
    assert {name: house.link(name) for name in house.library.items} == {
        "a.jpg": "photo-1",
        "b.jpg": "",
        "c.jpg": "photo-3",
        "d.jpg": "photo-4",
    }
    assert (house.world.adds, len(house.world.posts)) == (4, 3)
    assert not any(item.orders for item in house.library.items.values())


def test_photos_that_leave_a_post_of_several_lose_their_links(house):
    house.policy = replace(house.policy, select=Selection(together=True))
    house.how = {"gathers": 4}
    placed = ("Socials|memory", "Socials|memory|albums|Coast")
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        house.put(name, keywords=placed)
    house.sync()
    assert {house.link(name) for name in house.library.items} == {"album-1"}
    house.put("c.jpg", keywords=())
    house.sync()
    assert [house.link(name) for name in ("a.jpg", "b.jpg", "c.jpg")] == ["album-1", "album-1", ""]
    for name in ("a.jpg", "b.jpg"):
        house.put(name, keywords=())
    house.policy = replace(house.policy, when=When(emptied=OnUnwanted.DELETE))
    house.sync()
    assert {house.link(name) for name in house.library.items} == {""}
    assert house.world.posts == {}


def test_a_link_of_an_older_program_is_adopted_and_nothing_is_sent(house):
    house.world.posts["old"] = Post("old", SubjectKind.PHOTO, fields={F.TITLE: "An old title"})
    house.world.born["old"] = 0.0
    house.library.changed = OnChanged.FLAGGED
    house.put("a.jpg")
    house.library.put(replace(house.library.items["a.jpg"], links=(Link("memory", "old"),)))
    house.sync()
    assert (house.world.adds, house.world.posts["old"].fields[F.TITLE]) == (0, "An old title")
    assert house.verbs() == {"a.jpg": Verb.LEAVE}


def test_what_is_turned_down_is_tried_once_in_a_run_and_never_given_up_within_it(house):
    for number in range(4 * TOGETHER):
        house.put(f"{number:03}.jpg")
    house.library.trouble = Refused("There is no place to write it down.")
    with house.desk() as desk:
        list(desk.sync())
        assert len(desk.notes.troubles) == 1, "it is said once"
        assert desk.ledger.outcomes.count() == 4 * TOGETHER
    assert sum(house.library.batches) == 4 * TOGETHER
    house.library.trouble = None
    house.sync()
    assert {outcome.where for outcome in house.library.noted} == set(house.library.items)
