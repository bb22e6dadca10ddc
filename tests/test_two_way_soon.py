"""An edit there is not written over, however soon it comes after a run of ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import memory_lives
from heliograph.model import F, Order, Verb
from two_way_world import TwoWayLife

new_life = memory_lives.new_life


@pytest.fixture
def life(tmp_path: Path, template: Path) -> TwoWayLife:
    return TwoWayLife(tmp_path, template)


def test_of_a_photo_that_just_came_home_an_edit_on_both_sides_is_asked_about(life: TwoWayLife) -> None:
    id_ = life.stranger(title="Low tide")
    life.sync()
    (where,) = life.library.items
    theirs = life.write_there(id_, F.TITLE)
    ours = life.write_here(where, F.TITLE)
    (action,) = life.plan().actions
    assert (action.verb, action.choices) == (Verb.ASK, ("ours", "theirs"))
    life.sync()
    assert life.world.posts[id_].fields[F.TITLE] == theirs
    assert life.library.items[where].facts.title == ours


def test_nothing_is_sent_over_what_is_listed_otherwise_than_we_just_wrote_it(life: TwoWayLife) -> None:
    """It may be a listing that is late, or an edit that is newer than ours."""
    life.new()
    life.settle()
    (where,), (id_,) = life.library.items, life.world.posts
    life.write_here(where, F.TITLE)
    life.sync()
    life.clock.sleep(30)
    theirs = life.write_there(id_, F.TITLE)
    life.write_here(where, F.TITLE)
    (action,) = life.plan().actions
    assert action.verb == Verb.WAIT
    assert (
        action.reason
        == "it was written a moment ago, and what memory lists of it is older or an edit; a later run tells"
    )
    life.sync()
    assert life.world.posts[id_].fields[F.TITLE] == theirs
    life.wait()
    (action,) = life.plan().actions
    assert action.verb == Verb.ASK


@pytest.fixture
def edited(life: TwoWayLife) -> tuple[TwoWayLife, str, str]:
    """A photo whose title was sent half a minute ago, and edited there since."""
    life.new()
    life.settle()
    (where,), (id_,) = life.library.items, life.world.posts
    life.write_here(where, F.TITLE)
    life.sync()
    life.clock.sleep(30)
    life.write_there(id_, F.TITLE)
    return life, where, id_


def test_what_was_not_edited_there_is_sent_all_the_same(edited: tuple[TwoWayLife, str, str]) -> None:
    life, where, id_ = edited
    text = life.write_here(where, F.TEXT)
    theirs = life.world.posts[id_].fields[F.TITLE]
    life.sync()
    assert life.world.posts[id_].fields[F.TITLE] == theirs
    assert text in str(life.world.posts[id_].fields[F.TEXT])


def test_a_photo_is_deleted_at_once_where_its_owner_says_so(edited: tuple[TwoWayLife, str, str]) -> None:
    life, where, id_ = edited
    life.library.put(replace(life.library.items[where], orders=(("memory", Order.DELETE),)))
    life.sync()
    assert id_ not in life.world.posts
