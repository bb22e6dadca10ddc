"""One account used from two computers, each with a library and a ledger of its own that know nothing of each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from heliograph.model import F, SubjectKind, Verb
from heliograph.policy import PlatformPolicy
from small_world import ASKING
from two_way_world import BOTH, TwoWayLife


def two(folder: Path, template: Path, policy: PlatformPolicy) -> tuple[TwoWayLife, TwoWayLife]:
    """A desktop and a laptop; nothing but the account connects them."""
    lives = []
    for name in ("desktop", "laptop"):
        (folder / name).mkdir()
        shared = {"world": lives[0].world, "clock": lives[0].clock} if lives else {}
        lives.append(TwoWayLife(folder / name, template, policy=policy, **shared))
    desktop, laptop = lives
    return desktop, laptop


def photos(life: TwoWayLife) -> list[str]:
    return [post.id for post in life.world.of(SubjectKind.PHOTO)]


def turns(*lives: TwoWayLife) -> None:
    """Each runs twice, in turns."""
    for life in lives * 2:
        life.sync()
        life.wait()


@pytest.fixture
def both(tmp_path: Path, template: Path) -> tuple[TwoWayLife, TwoWayLife]:
    return two(tmp_path, template, BOTH)


@pytest.mark.parametrize("policy", [ASKING, BOTH], ids=["publish", "both"])
def test_what_both_hold_is_published_once(tmp_path: Path, template: Path, policy: PlatformPolicy) -> None:
    desktop, laptop = two(tmp_path, template, policy)
    for life in (desktop, laptop):
        life.new()
        life.new()
    turns(desktop, laptop)
    assert len(photos(desktop)) == desktop.world.adds == 2
    assert not desktop.plan().effects
    assert not laptop.plan().effects


def test_what_one_publishes_comes_home_to_the_other_and_never_goes_out_again(
    both: tuple[TwoWayLife, TwoWayLife],
) -> None:
    desktop, laptop = both
    desktop.new()
    turns(desktop, laptop)
    (post,) = photos(desktop)
    assert laptop.library.kept == [f"Incoming/{post}.jpg"]
    assert desktop.library.kept == []
    assert desktop.world.adds == 1
    assert not desktop.plan().effects
    assert not laptop.plan().effects


def test_an_edit_on_one_arrives_on_the_other_and_does_not_come_back_as_an_echo(
    both: tuple[TwoWayLife, TwoWayLife],
) -> None:
    desktop, laptop = both
    desktop.new()
    turns(desktop, laptop)
    (here,), (there,) = desktop.library.items, laptop.library.items
    title = desktop.write_here(here, F.TITLE)
    text = laptop.write_here(there, F.TEXT)
    turns(desktop, laptop, desktop)
    for life, where in ((desktop, here), (laptop, there)):
        facts = life.library.items[where].facts
        assert (facts.title, facts.caption) == (title, text)
        assert not life.plan().effects


def test_the_same_field_edited_on_both_is_asked_about_on_the_one_that_comes_second(
    both: tuple[TwoWayLife, TwoWayLife],
) -> None:
    desktop, laptop = both
    desktop.new()
    turns(desktop, laptop)
    (here,), (there,) = desktop.library.items, laptop.library.items
    first, second = desktop.write_here(here, F.TITLE), laptop.write_here(there, F.TITLE)
    turns(desktop, laptop)
    (asked,) = [action for action in laptop.plan().actions if action.verb == Verb.ASK]
    assert asked.choices == ("ours", "theirs")
    assert laptop.library.items[there].facts.title == second
    assert desktop.library.items[here].facts.title == first


def test_a_photo_that_one_takes_away_is_asked_about_on_the_other(both: tuple[TwoWayLife, TwoWayLife]) -> None:
    desktop, laptop = both
    desktop.new()
    turns(desktop, laptop)
    (here,) = desktop.library.items
    desktop.delete_here(here)
    turns(desktop, laptop)
    assert len(photos(desktop)) == 1
    assert len(laptop.library.items) == 1
    assert not laptop.plan().effects
