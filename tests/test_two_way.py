"""Both ways: photos that the library lacks come home once, and edits travel field by field without being lost."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliograph.desk import Listener
from heliograph.execute import End
from heliograph.model import F, Place, Plan, Post, SubjectKind, Taken, Verb
from heliograph.policy import Captions, OnConflict, OnEdited, When
from heliograph.ports import Fetched
from memory import MemoryPlatform
from small_world import examples
from two_way_world import BOTH, FETCH, TwoWayLife


@pytest.fixture
def life(tmp_path: Path, template: Path) -> TwoWayLife:
    return TwoWayLife(tmp_path, template)


@pytest.fixture
def two_way(tmp_path: Path, template: Path) -> Callable[..., TwoWayLife]:
    numbers = count()

    def new(**more: object) -> TwoWayLife:
        folder = tmp_path / f"life {next(numbers)}"
        folder.mkdir()
        return TwoWayLife(folder, template, **more)

    return new


def published(life: TwoWayLife) -> tuple[str, str]:
    """One photo on both sides: its place and its post."""
    life.new()
    life.settle()
    return next(iter(life.library.items)), next(iter(life.world.posts))


def asked(life: TwoWayLife) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.where, one.reason, one.choices) for one in life.plan().actions if one.verb == Verb.ASK]


# --- photos -----------------------------------------------------------------------------------------------------------


def test_a_photo_that_comes_home_says_what_was_said_there_and_is_in_step_from_then_on(life: TwoWayLife) -> None:
    id_ = life.stranger(title="Low tide", text="Boats", tags=("Sea", "New York"), taken=("2024", "", "", ""))
    life.settle()
    (home,) = life.library.items.values()
    assert home.facts.title == "Low tide"
    assert home.facts.caption == "Boats"
    assert home.facts.keywords == ("Sea", "New York")
    assert home.facts.taken == Taken("2024")
    assert home.facts.keyword_paths == (("Socials", "memory"),)
    assert life.plan().actions == ()
    word = life.write_here(home.where, F.TITLE)
    life.settle()
    assert life.world.posts[id_].fields[F.TITLE] == word


def test_words_that_only_the_platform_has_are_not_taken_away_there(life: TwoWayLife) -> None:
    """The rules keep positions at home, and a template may leave out what was written there by hand."""
    life.policy = replace(BOTH, captions=Captions(text="{{ headline }}"))
    id_ = life.stranger(text="Written by hand")
    before = dict(life.world.posts[id_].fields)
    life.settle()
    assert life.world.posts[id_].fields == before


def test_what_only_a_template_adds_is_not_written_to_a_photo_that_came_home(life: TwoWayLife) -> None:
    """A photo without a title has none given to it for its file's name, nor a line below its text."""
    templates = Captions(title="{{ title or name }}", text="{{ caption }} - Mara", alt="{{ alt_text or title }}")
    life.policy = replace(BOTH, captions=templates)
    bare, spoken = life.stranger(title=""), life.stranger(title="Tide", text="Boats")
    before = {id_: dict(post.fields) for id_, post in life.world.posts.items()}
    life.settle()
    assert {id_: dict(post.fields) for id_, post in life.world.posts.items()} == before
    assert life.plan().actions == ()
    life.change(f"Incoming/{bare}.jpg", title="Ebb")
    life.change(f"Incoming/{spoken}.jpg", caption="Gulls")
    life.settle()
    assert life.world.posts[bare].fields[F.TITLE] == "Ebb"
    assert life.world.posts[spoken].fields[F.TEXT] == "Gulls - Mara"


def test_a_title_written_here_before_the_next_run_counts(life: TwoWayLife) -> None:
    life.policy = replace(BOTH, captions=Captions(title="{{ title or name }}"))
    bare, spoken = life.stranger(title=""), life.stranger(title="Tide")
    with life.desk() as desk:
        list(desk.sync())
    life.change(f"Incoming/{bare}.jpg", title="Ebb")
    life.change(f"Incoming/{spoken}.jpg", title="Flood")
    life.settle()
    assert [life.world.posts[id_].fields[F.TITLE] for id_ in (bare, spoken)] == ["Ebb", "Flood"]


@pytest.mark.parametrize("edited", OnEdited)
def test_a_position_on_the_map_there_is_never_taken_away_by_coming_home(life: TwoWayLife, edited: OnEdited) -> None:
    """The rules keep positions at home, whatever is to happen to edits."""
    life.policy = replace(BOTH, when=When(edited=edited))
    id_ = life.stranger(place=(54.0, 8.0, "", "", "", ""))
    before = dict(life.world.posts[id_].fields)
    for _ in range(3):
        with life.desk(Placing(life.world, life.clock)) as desk:
            list(desk.sync())
        life.wait()
    assert life.world.posts[id_].fields == before
    (home,) = life.library.items.values()
    assert (home.facts.place.latitude, home.facts.place.longitude) == (54.0, 8.0)


def test_what_the_library_holds_already_is_recognised_when_it_was_fetched(life: TwoWayLife) -> None:
    first, second = life.stranger(), life.stranger()
    same = MemoryPlatform.fetch(life.platform, life.world.posts[first], life.folder).file
    with life.desk(Copying(life.world, life.clock, same=same)) as desk:
        told = {event.action.post.id: event.sentence for event in desk.sync()}
    assert "brought home" in told[first]
    assert "the same picture" in told[second]
    assert life.library.kept == [f"Incoming/{first}.jpg"]
    assert sorted(life.world.posts) == sorted([first, second])


@dataclass
class Copying(MemoryPlatform):
    """Every photo there is the same picture."""

    same: Path = Path()

    def fetch(self, post: Post, folder: Path) -> Fetched:
        shutil.copy(self.same, folder / "one.jpg")
        return Fetched(folder / "one.jpg")


def test_a_photo_deleted_here_is_asked_about_and_comes_home_again_only_on_demand(life: TwoWayLife) -> None:
    id_ = life.stranger()
    life.settle()
    where = f"Incoming/{id_}.jpg"
    life.delete_here(where)
    life.new()
    life.settle()
    assert asked(life) == [(where, "deleted here; still there", ("fetch", "leave"))]
    assert id_ in life.world.posts
    with life.desk() as desk:
        desk.answer(where, "fetch")
        list(desk.sync())
    life.settle()
    assert life.library.kept == [where, where]
    assert life.plan().actions == ()


def test_a_photo_deleted_here_is_left_there_for_good_once_that_was_answered(life: TwoWayLife) -> None:
    where, id_ = published(life)
    life.delete_here(where)
    life.new()
    life.settle()
    with life.desk() as desk:
        desk.plan()
        desk.answer(where, "leave")
    life.settle()
    assert life.plan().actions == ()
    assert id_ in life.world.posts
    assert life.library.kept == []


def test_a_photo_that_came_home_and_was_deleted_here_does_not_come_home_again_by_itself(life: TwoWayLife) -> None:
    life.stranger()
    life.settle()
    life.delete_here(next(iter(life.library.items)))
    life.new()
    life.settle()
    life.settle()
    assert len(life.library.kept) == 1
    assert [choices for _, _, choices in asked(life)] == [("fetch", "leave")]


def test_videos_are_left_alone_and_named(life: TwoWayLife) -> None:
    life.stranger(title="Waves", media="video")
    plan = life.plan()
    assert plan.actions == ()
    assert plan.notes == ("1 video is left alone on memory: Waves",)


def test_a_full_disk_stops_one_photo_and_no_other(life: TwoWayLife) -> None:
    full, fine = life.stranger(), life.stranger()
    with life.desk(Full(life.world, life.clock, full=full)) as desk:
        ends = {event.action.post.id: (event.end, event.sentence) for event in desk.sync()}
    assert ends[full][0] == End.FAILED
    assert "No space left on device" in ends[full][1]
    assert "Free some space" in ends[full][1]
    assert ends[fine][0] == End.DONE
    life.settle()
    assert len(life.library.items) == 2


@dataclass
class Full(MemoryPlatform):
    full: str = ""

    def fetch(self, post: Post, folder: Path) -> Fetched:
        if post.id == self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().fetch(post, folder)


def test_a_download_that_the_library_had_no_room_for_comes_home_with_the_next_run(life: TwoWayLife) -> None:
    life.stranger(title="Low tide")
    life.library.full = True
    (event,) = life.sync()
    assert event.end == End.FAILED
    assert "No space left on device" in event.sentence
    life.library.full = False
    life.wait()
    assert [(one.verb, one.where, one.reason) for one in life.plan().actions] == [
        (Verb.DOWNLOAD, "Low tide", "bringing it home was cut off")
    ]
    life.settle()
    assert len(life.library.items) == len(life.world.posts) == 1


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"\xff\xd8\xff\xe0 cut off"])
def test_what_is_no_picture_is_never_taken_for_a_photo(life: TwoWayLife, content: bytes) -> None:
    life.stranger()
    with life.desk(Broken(life.world, life.clock, content=content)) as desk:
        (event,) = desk.sync()
    assert event.end == End.FAILED
    assert "please report" not in event.sentence
    assert life.library.items == {}
    life.settle()
    assert len(life.library.items) == 1


@dataclass
class Broken(MemoryPlatform):
    content: bytes = b""

    def fetch(self, post: Post, folder: Path) -> Fetched:
        file = folder / "broken.jpg"
        file.write_bytes(self.content)
        return Fetched(file)


def test_a_smaller_size_is_said_to_be_one(life: TwoWayLife) -> None:
    life.stranger()
    with life.desk(Shrinking(life.world, life.clock)) as desk:
        (event,) = desk.sync()
    assert "no original of it" in event.sentence


class Shrinking(MemoryPlatform):
    def fetch(self, post: Post, folder: Path) -> Fetched:
        return replace(super().fetch(post, folder), is_original=False)


def test_the_albums_of_ours_that_hold_it_are_wished_and_those_of_strangers_only_named(life: TwoWayLife) -> None:
    life.new()
    where = next(iter(life.library.items))
    life.keywords(where, "Socials|memory|albums|Coast")
    life.settle()
    (album,) = life.world.of(SubjectKind.ALBUM)
    id_ = life.stranger()
    life.show(album.id, members=(*album.fields[F.MEMBERS], id_))
    life.sync()
    home = life.library.items[f"Incoming/{id_}.jpg"]
    assert ("Socials", "memory", "albums", "Coast") in home.facts.keyword_paths


# --- only fetched -----------------------------------------------------------------------------------------------------


def test_where_photos_are_only_fetched_nothing_is_ever_written_there(life: TwoWayLife) -> None:
    life.policy = FETCH
    id_ = life.stranger(title="Low tide")
    life.new()
    life.settle()
    assert f"Incoming/{id_}.jpg" in life.library.items
    assert life.library.items[f"Incoming/{id_}.jpg"].facts.keyword_paths == ()
    life.write_here(f"Incoming/{id_}.jpg", F.TITLE)
    life.delete_here(next(iter(life.library.items)))
    before = dict(life.world.posts)
    life.settle()
    assert life.world.posts == before


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [F.TITLE, F.TEXT, F.ALT])
def test_an_edit_there_is_taken_home_and_there_is_no_echo(life: TwoWayLife, name: str) -> None:
    where, id_ = published(life)
    word = life.write_there(id_, name)
    event = life.sync()[0]
    assert (event.action.verb, event.end) == (Verb.TAKE, End.DONE)
    assert event.sentence == f"{where}: {name} taken home from memory"
    life.wait()
    assert life.plan().actions == ()
    assert word in str(life.library.items[where].facts)


def test_where_photos_are_only_fetched_edits_there_come_home_with_no_keyword_for_it(
    two_way: Callable[..., TwoWayLife],
) -> None:
    life = two_way(policy=FETCH)
    id_ = life.stranger(title="Low tide", text="Boats")
    life.settle()
    (where,) = life.library.items
    title = life.write_there(id_, F.TITLE)
    life.write_here(where, F.TEXT)
    shown = dict(life.world.posts[id_].fields)
    life.settle()
    assert life.library.items[where].facts.title == title
    assert life.library.items[where].facts.keyword_paths == ()
    assert life.world.posts[id_].fields == shown, "nothing is written there"


def test_where_photos_are_only_fetched_those_that_are_here_already_are_known(
    two_way: Callable[..., TwoWayLife],
) -> None:
    life = two_way(policy=BOTH)
    life.new()
    life.settle()
    (where,) = life.library.items
    life.keywords(where, "Socials|memory")
    life.lose_ledger()
    life.policy = FETCH
    assert [action.verb for action in life.plan().actions if action.subject.kind == SubjectKind.PHOTO] == [Verb.MATCH]


def test_dates_places_and_tags_are_taken_home_too(life: TwoWayLife) -> None:
    where, id_ = published(life)
    life.show(id_, taken=("2019-08-01T10:00:00", "", "", ""), tags=("New York", "Socials"))
    life.settle()
    facts = life.library.items[where].facts
    assert facts.taken.local == "2019-08-01T10:00:00"
    assert facts.keywords == ("New York",), "the branch of the wishes does not come home"
    assert life.plan().actions == ()


def test_edits_of_different_fields_on_both_sides_survive_in_one_run(life: TwoWayLife) -> None:
    where, id_ = published(life)
    here, there = life.write_here(where, F.TITLE), life.write_there(id_, F.TEXT)
    life.sync()
    assert (life.world.posts[id_].fields[F.TITLE], life.world.posts[id_].fields[F.TEXT]) == (here, there)
    facts = life.library.items[where].facts
    assert (facts.title, facts.caption) == (here, there)
    life.wait()
    assert life.plan().actions == ()


@pytest.mark.parametrize("choice", ["ours", "theirs"])
def test_the_same_field_edited_on_both_sides_is_asked_once(life: TwoWayLife, choice: str) -> None:
    where, id_ = published(life)
    sides = {"ours": life.write_here(where, F.TITLE), "theirs": life.write_there(id_, F.TITLE)}
    life.settle()
    assert [choices for _, _, choices in asked(life)] == [("ours", "theirs")]
    with life.desk() as desk:
        desk.plan()
        desk.answer(where, choice)
    life.settle()
    assert life.world.posts[id_].fields[F.TITLE] == life.library.items[where].facts.title == sides[choice]
    assert life.plan().actions == ()


@pytest.mark.parametrize("choice", [OnConflict.OURS, OnConflict.THEIRS])
def test_a_setting_decides_conflicts(life: TwoWayLife, choice: OnConflict) -> None:
    life.policy = replace(BOTH, when=When(conflict=choice))
    where, id_ = published(life)
    sides = {"ours": life.write_here(where, F.TITLE), "theirs": life.write_there(id_, F.TITLE)}
    life.settle()
    assert life.world.posts[id_].fields[F.TITLE] == life.library.items[where].facts.title == sides[choice]


def test_a_position_that_stays_at_home_is_not_overwritten_by_one_that_was_set_there(life: TwoWayLife) -> None:
    """The library knows the place to the metre, and never told; somebody puts a pin on the map there."""
    where, id_ = published(life)
    with life.desk(Placing(life.world, life.clock)) as desk:
        life.change(where, place=Place(54.1, 8.2))
        list(desk.sync())
        life.wait()
        life.show(id_, place=(54.0, 8.0, "", "", "", ""))
        plan = desk.plan()
    assert [(one.verb, one.choices) for one in plan.actions] == [(Verb.ASK, ("ours", "theirs"))]


class Placing(MemoryPlatform):
    @property
    def _fields(self) -> frozenset[str]:
        return MemoryPlatform._fields.fget(self) | {F.PLACE}


def test_a_photo_that_changed_meanwhile_is_not_amended(life: TwoWayLife) -> None:
    where, id_ = published(life)
    life.write_there(id_, F.TITLE)
    with life.desk() as desk:
        desk.listener = Meanwhile(lambda: life.change(where, rating=5))
        event = next(desk.sync())
    assert event.end == End.FAILED
    assert "changed since it was read" in event.sentence
    life.settle()
    assert life.plan().actions == ()


@dataclass
class Meanwhile(Listener):
    """Something happens after the plan was made and before it is carried out."""

    happens: Callable[[], object]

    def planned(self, _: Plan) -> None:
        self.happens()


# --- nothing is lost --------------------------------------------------------------------------------------------------

EVENTS = ("here", "there", "tag here", "tag there", "untag there", "new", "stranger", "delete", "remove", "night")


def happens(life: TwoWayLife, draw: Callable[[st.SearchStrategy], object]) -> None:
    event = draw(st.sampled_from(EVENTS))
    wheres, posts = sorted(life.library.items), sorted(post.id for post in life.world.of(SubjectKind.PHOTO))
    if event in {"new", "stranger"}:
        life.new() if event == "new" else life.stranger()
    elif event == "night":
        life.sync()
        life.wait()
    elif event in {"here", "tag here", "delete"} and wheres:
        where = draw(st.sampled_from(wheres))
        if event == "here":
            life.write_here(where, draw(st.sampled_from([F.TITLE, F.TEXT, F.ALT])))
        elif event == "tag here":
            life.tag_here(where)
        else:
            life.delete_here(where)
    elif posts:
        post = draw(st.sampled_from(posts))
        if event == "there":
            life.write_there(post, draw(st.sampled_from([F.TITLE, F.TEXT, F.ALT])))
        elif event == "remove":
            life.remove_there(post)
        else:
            life.tag_there(post, away=event == "untag there")


@settings(examples, max_examples=10)
@given(st.data(), st.booleans(), st.sampled_from(["", "{{ title }}: {{ caption }}"]))
def test_no_photo_and_no_word_is_ever_lost(two_way, data, keeps_tags, text) -> None:
    life = two_way(policy=replace(BOTH, captions=Captions(text=text)), dials={"keeps_tags": keeps_tags})
    life.new()
    life.stranger()
    life.settle()
    for _ in range(data.draw(st.integers(1, 2), "days")):
        for _ in range(data.draw(st.integers(1, 4), "events")):
            happens(life, data.draw)
        here, there = set(life.library.items), set(life.world.posts)
        life.settle()
        assert here <= set(life.library.items)
        assert there <= set(life.world.posts)
        assert life.written <= life.to_be_seen()
        assert life.world.adds <= life.made, "what came home is not published again"
    assert life.plan().effects == ()
