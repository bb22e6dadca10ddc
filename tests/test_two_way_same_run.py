"""What a run brings home is in step when the run ends: the plan behind it has nothing to do."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import memory_lives
from fuses import Fuse
from heliograph.digest import image_digest
from heliograph.execute import End
from heliograph.model import F, Post, Record, Subject, SubjectKind, Survey, Verb
from heliograph.policy import Captions, OnMissing, When
from memory import MemoryPlatform
from memory_lives import fuses
from studio import photo
from two_way_world import BOTH, FETCH, HomeLibrary, TwoWayLife

new_life = memory_lives.new_life


@pytest.fixture
def life(tmp_path: Path, template: Path) -> TwoWayLife:
    return TwoWayLife(tmp_path, template)


@pytest.mark.parametrize("policy", [BOTH, FETCH], ids=["both", "fetch"])
def test_the_plan_right_behind_a_run_that_brought_photos_home_has_nothing_to_do(
    life: TwoWayLife, policy: object
) -> None:
    life.policy = policy
    life.stranger(title="Low tide", text="Boats", tags=("Sea",), taken=("2024", "", "", ""))
    life.stranger(title="")
    events = life.sync()
    assert [(event.action.verb, event.end) for event in events] == [(Verb.DOWNLOAD, End.DONE)] * 2
    assert life.plan().actions == ()
    life.wait()
    assert life.plan().actions == ()


def test_a_plan_that_was_shown_leaves_nothing_to_do_either(life: TwoWayLife) -> None:
    life.stranger(title="Low tide")
    with life.desk() as desk:
        desk.plan()
        assert [event.action.verb for event in desk.apply()] == [Verb.DOWNLOAD]
    assert life.plan().actions == ()


def test_nothing_is_written_there_and_nobody_is_asked_once_more_for_it(life: TwoWayLife) -> None:
    life.policy = replace(BOTH, captions=Captions(title="{{ title or name }}", text="{{ caption }} - Mara"))
    ids = [life.stranger(title=""), life.stranger(title="Tide", text="Boats")]
    before = {id_: life.world.posts[id_] for id_ in ids}
    platform = Counting(life.world, life.clock)
    with life.desk(platform) as desk:
        list(desk.sync())
    assert {id_: life.world.posts[id_] for id_ in ids} == before
    assert (platform.surveys, life.world.adds) == (1, 0)
    assert life.plan().actions == ()


@dataclass(slots=True)
class Counting(MemoryPlatform):
    surveys: int = 0

    def survey(self, since: str | None) -> Survey:
        self.surveys += 1
        return MemoryPlatform.survey(self, since)


def test_an_album_of_ours_that_holds_what_came_home_is_agreed_on_in_the_same_run(life: TwoWayLife) -> None:
    life.new()
    (where,) = life.library.items
    life.keywords(where, "Socials|memory|albums|Coast")
    life.settle()
    (album,) = life.world.of(SubjectKind.ALBUM)
    id_ = life.stranger()
    life.show(album.id, members=(*album.fields[F.MEMBERS], id_))
    life.sync()
    assert life.plan().actions == ()
    assert set(life.world.posts[album.id].fields[F.MEMBERS]) == {*album.fields[F.MEMBERS], id_}


def test_an_album_that_its_folder_wants_is_made_by_a_run_and_not_by_a_plan_that_did_not_show_it(
    life: TwoWayLife,
) -> None:
    life.policy = replace(BOTH, select=replace(BOTH.select, folder_albums=True))
    life.stranger()
    with life.desk() as desk:
        desk.plan()
        list(desk.apply())
    assert life.world.of(SubjectKind.ALBUM) == []
    life.stranger()
    life.sync()
    (album,) = life.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 2
    assert life.plan().actions == ()


def test_what_else_the_library_holds_by_now_waits_for_the_next_plan(life: TwoWayLife) -> None:
    """A photo that was put there while the run was at work was in no plan."""
    life.policy = replace(BOTH, when=When(missing=OnMissing.ADD))
    life.stranger()
    platform = Meanwhile(life.world, life.clock, happens=life.new)
    with life.desk(platform) as desk:
        list(desk.sync())
    assert life.world.adds == 0
    assert [action.verb for action in life.plan().actions] == [Verb.ADD]


@dataclass(slots=True)
class Meanwhile(MemoryPlatform):
    happens: Callable[[], None] = lambda: None

    def fetch(self, post: Post, folder: Path) -> object:
        self.happens()
        return MemoryPlatform.fetch(self, post, folder)


def test_a_title_that_was_written_here_while_it_came_home_is_not_lost(life: TwoWayLife) -> None:
    id_ = life.stranger(title="Tide")
    life.library = Hasty(life.library.items)
    life.sync()
    life.settle()
    assert life.world.posts[id_].fields[F.TITLE] == "Written at once"
    assert next(iter(life.library.items.values())).facts.title == "Written at once"


@dataclass(slots=True)
class Hasty(HomeLibrary):
    """Somebody edits the photo as soon as it is there."""

    def keep(self, home: object, file: Path) -> str:
        where = HomeLibrary.keep(self, home, file)
        item = self.items[where]
        self.put(replace(item, facts=replace(item.facts, title="Written at once")))
        return where


def test_killed_at_any_effect_the_next_run_ends_in_step_and_nothing_comes_or_goes_twice(new_life) -> None:
    def fresh() -> memory_lives.Life:
        life = new_life(library=HomeLibrary(), policy=BOTH)
        fields = {F.TITLE: "Stranger", F.TEXT: "", F.ALT: "", F.TAGS: ("Sea",), F.TAKEN: None}
        life.world.posts["p8"] = Post("p8", SubjectKind.PHOTO, "", "https://photos.example/p8", fields)
        life.world.born["p8"] = -3600.0
        return life

    effects = fresh().until_done(fuses())
    assert effects > 5
    for at in itertools.chain(range(1, effects + 1)):
        life = fresh()
        life.until_done(fuses(at))
        assert life.library.kept == ["Incoming/p8.jpg"]
        assert len(life.world.posts) == 1
        again = Fuse()
        assert life.process(again)
        assert life.world.adds == 0
        with memory_lives.make_desk(life.folder, life.library, life.platform(), policy=life.policy) as desk:
            assert desk.plan().actions == ()


@pytest.mark.parametrize("cut_off", [False, True])
def test_a_picture_that_turns_out_to_be_there_when_it_is_fetched_is_not_sent_in_the_same_run(
    life: TwoWayLife, cut_off: bool
) -> None:
    """Nothing but the picture itself says so: neither title nor date nor a tag."""
    id_ = life.stranger(title="Quite another title")
    file = MemoryPlatform.fetch(life.platform, life.world.posts[id_], life.folder).file
    life.library.put(replace(photo("a.jpg"), digest=image_digest(file, "image/jpeg")[0]))
    assert sorted(action.verb for action in life.plan().actions) == [Verb.ADD, Verb.DOWNLOAD]
    with life.desk() as desk:
        for event in desk.sync():
            if cut_off and event.action.verb == Verb.DOWNLOAD:
                break
    life.settle()
    assert life.world.adds == 0
    assert life.library.kept == []
    (asked,) = life.plan().actions
    assert (asked.verb, [change.field for change in asked.changes]) == (Verb.ASK, [F.TITLE]), "no title is written over"
    assert life.world.posts[id_].fields[F.TITLE] == "Quite another title"
    assert life.library.items["a.jpg"].facts.title == "a.jpg"
    (record,) = recorded(life)
    assert (record.post_id, record.where) == (id_, "a.jpg")


def recorded(life: TwoWayLife) -> list[Record]:
    with life.desk() as desk:
        (owner,) = desk.ledger.files.owners(["a.jpg"]).values()
        return desk.ledger.records.everywhere(Subject(SubjectKind.PHOTO, owner))
