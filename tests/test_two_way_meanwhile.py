"""Both ways, while something is still open: a late listing, a lost answer, a drive that goes away in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import memory_lives
from heliograph.digest import image_digest
from heliograph.execute import End
from heliograph.model import F, Post, SubjectKind, Taken, Verb
from heliograph.policy import OnConflict, When
from memory import PHOTO_FIELDS, MemoryPlatform
from studio import photo
from two_way_world import BOTH, TwoWayLife

new_life = memory_lives.new_life


@pytest.fixture
def life(tmp_path: Path, template: Path) -> TwoWayLife:
    return TwoWayLife(tmp_path, template)


def album_of(life: TwoWayLife) -> Post:
    (album,) = life.world.of(SubjectKind.ALBUM)
    return album


def test_a_photo_that_waits_since_its_listing_may_be_late_stays_in_its_album(life: TwoWayLife) -> None:
    for _ in range(2):
        life.new()
    for where in life.library.items:
        life.keywords(where, "Socials|memory|albums|Coast")
    life.settle()
    members = album_of(life).fields[F.MEMBERS]
    where = min(life.library.items)
    life.write_here(where, F.TITLE)
    (id_,) = (e.post.id for e in life.sync() if e.action.where == where and e.action.verb == Verb.UPDATE)
    life.clock.sleep(30)
    life.write_there(id_, F.TITLE)
    life.write_here(where, F.TITLE)
    assert [action.verb for action in life.plan().actions] == [Verb.WAIT]
    life.sync()
    assert album_of(life).fields[F.MEMBERS] == members
    assert len(members) == 2


def test_a_copy_that_is_wished_is_not_sent_beside_its_picture_that_turns_out_to_be_there(life: TwoWayLife) -> None:
    """The archive holds it without a wish, and that file stands for both."""
    id_ = life.stranger(title="Quite another title")
    file = MemoryPlatform.fetch(life.platform, life.world.posts[id_], life.folder).file
    wished = replace(photo("web/x.jpg"), digest=image_digest(file, "image/jpeg")[0])
    life.library.put(replace(wished, where="archive/x.jpg", facts=replace(wished.facts, keyword_paths=())))
    life.library.put(wished)
    planned = sorted((action.verb, action.where) for action in life.plan().actions)
    assert (Verb.ADD, "web/x.jpg") in planned
    assert [verb for verb, _ in planned] == [Verb.ADD, Verb.DOWNLOAD]
    ends = {event.action.verb: event.end for event in life.sync()}
    assert (ends[Verb.ADD], life.world.adds) == (End.TOLD, 0)
    life.settle()
    assert (life.world.adds, life.library.kept) == (0, [])


@pytest.mark.parametrize("conflict", [OnConflict.ASK, OnConflict.THEIRS])
def test_what_a_run_that_was_cut_off_had_not_set_yet_is_ours_to_set(life: TwoWayLife, conflict: OnConflict) -> None:
    """What the platform puts there by itself, such as the account's usual licence, is no edit of anybody's."""
    life.policy = replace(BOTH, when=When(conflict=conflict))
    life.dials = {"lost_after": {1}, "rides": PHOTO_FIELDS - {F.TAKEN}, "settle_s": 1e9}
    life.new()
    (where,) = life.library.items
    life.change(where, taken=Taken("2024-05-03T14:05:06"))
    ours = life.library.items[where].facts.taken
    platform = life.platform
    with life.desk(platform) as desk:
        assert next(iter(desk.sync())).end == End.UNCERTAIN
    (id_,) = life.world.posts
    life.show(id_, **{F.TAKEN: ("1999", "", "", "")})
    life.wait()
    life.dials = {"rides": life.dials["rides"]}
    life.settle()
    assert life.world.posts[id_].fields[F.TAKEN][0] == "2024-05-03T14:05:06"
    assert life.library.items[where].facts.taken == ours
    assert life.plan().actions == ()


@dataclass(slots=True)
class Meanwhile(MemoryPlatform):
    happens: Callable[[], None] = lambda: None

    def fetch(self, post: Post, folder: Path) -> object:
        self.happens()
        return MemoryPlatform.fetch(self, post, folder)


def test_what_moved_to_a_drive_that_went_away_during_the_run_is_not_taken_for_deleted(life: TwoWayLife) -> None:
    life.new()
    (where,) = life.library.items
    life.keywords(where, "Socials|memory|albums|Coast")
    life.settle()
    (published,) = life.world.of(SubjectKind.PHOTO)
    life.new()
    life.stranger()

    def moved() -> None:
        item = life.library.items.pop(where)
        life.library.put(replace(item, where=f"Drive/{item.where}"))
        life.library.hidden["Drive"] = "the drive is not connected"

    # The answer to what is sent is lost, so that the same run plans once more.
    platform = Meanwhile(life.world, life.clock, happens=moved, lost_before={life.world.adds + 1})
    with life.desk(platform) as desk:
        events = list(desk.sync())
    assert sum(event.action.verb == Verb.ADD for event in events) > 1, "it planned once more"
    told = [event.action for event in events if event.action.verb in {Verb.ASK, Verb.DELETE, Verb.FORGET}]
    assert told == []
    assert album_of(life).fields[F.MEMBERS] == (published.id,)


def test_an_album_that_was_listed_otherwise_is_left_alone_for_what_came_home_too(life: TwoWayLife) -> None:
    life.policy = replace(BOTH, select=replace(BOTH.select, folder_albums=True))
    life.stranger()
    life.settle()
    life.stranger()
    life.sync()  # which writes the album
    assert len(album_of(life).fields[F.MEMBERS]) == 2
    life.clock.sleep(30)
    left = album_of(life).fields[F.MEMBERS][:1]
    life.show(album_of(life).id, **{F.MEMBERS: left})
    life.stranger()
    events = life.sync()
    assert [event.end for event in events if event.action.verb == Verb.DOWNLOAD] == [End.DONE]
    assert album_of(life).fields[F.MEMBERS] == left
    assert not [event for event in events if event.action.verb == Verb.UPDATE]
