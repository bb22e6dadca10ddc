"""Carrying a plan out: every verb, every way it can end, and what is remembered and told of it."""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from heliograph import execute
from heliograph.desk import Desk
from heliograph.desk.making import Place
from heliograph.errors import Busy, LedgerUnusable, Mistake, Refused, SignInNeeded
from heliograph.execute import End, Event, carry_out
from heliograph.model import Action, F, Plan, Post, Subject, SubjectKind, Verb
from heliograph.policy import Direction, OnEdited, OnFixed, OnMissing, OnRefused, PlatformPolicy, When
from heliograph.ports import Outcome
from heliograph.wanted import with_defaults
from memory import PHOTO_FIELDS, FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import make_desk, moment, photo, quick_ledgers, template_ledger

COAST = ("Socials|memory", "Socials|memory|albums|Coast")
LATER_S = 3600.0
HERE = PlatformPolicy("memory", "memory")


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with quick_ledgers():
        yield


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_ledger(tmp_path_factory.mktemp("ledger"))


@dataclass
class MoodyPlatform(MemoryPlatform):
    """Fails at some calls for some photos, albums or posts, and remembers what it was asked to do."""

    troubles: dict[tuple[str, str], Exception] = field(default_factory=dict)
    """(call, place or post id) -> what is raised."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    watch: Callable[[], None] = lambda: None
    """Called within every `add`."""
    brief: bool = False
    """Answers with an id and nothing else."""

    def _called(self, call: str, name: str) -> None:
        self.calls.append((call, name))
        if (call, name) in self.troubles:
            raise self.troubles[call, name]

    def _answer(self, post: Post) -> Post:
        return replace(post, fields={}) if self.brief else post

    def prepare(self, subject, wanted, rendition):
        self._called("prepare", wanted.where)
        return super().prepare(subject, wanted, rendition)

    def add(self, claim, wanted, rendition):
        self._called("add", wanted.where)
        self.watch()
        return self._answer(super().add(claim, wanted, rendition))

    def find(self, claims):
        self._called("find", "")
        return super().find(claims)

    def update(self, post, wanted, fields, rendition):
        self._called("update", wanted.where)
        return self._answer(super().update(post, wanted, fields, rendition))

    def delete(self, post):
        self._called("delete", post.id)
        super().delete(post)

    def finish(self):
        self._called("finish", "")
        super().finish()


@dataclass
class MoodyLibrary(MemoryLibrary):
    """Cannot make some pictures, cannot always write back, and takes downloads in."""

    troubles: dict[tuple[str, str], Exception] = field(default_factory=dict)
    one_place: bool = False
    """Everything that comes home is the same file."""

    def open(self, photo, recipe):
        if ("open", photo.where) in self.troubles:
            raise self.troubles["open", photo.where]
        return super().open(photo, recipe)

    def note(self, outcomes: Sequence[Outcome]) -> None:
        if ("note", "") in self.troubles:
            raise self.troubles["note", ""]
        super().note(outcomes)

    def keep(self, post: Post, file: Path) -> str:
        where = f"Incoming/{'one' if self.one_place else post.id}.jpg"
        self.put(photo(where, pixels=where, title=str(post.fields[F.TITLE]), keywords=()))
        return where


@dataclass
class Studio:
    """One library, one ledger, one platform or more, and a desk."""

    folder: Path
    stack: ExitStack
    clock: FakeClock = field(default_factory=FakeClock)
    library: MoodyLibrary = field(default_factory=MoodyLibrary)
    worlds: dict[str, World] = field(default_factory=lambda: {"memory": World()})
    policy: PlatformPolicy = HERE
    platform: MoodyPlatform | None = None

    @property
    def world(self) -> World:
        return self.worlds["memory"]

    def open(self, *, threads: bool = False, **dials: object) -> Desk:
        """A desk as after a start of the program."""
        self.platform = MoodyPlatform(self.world, self.clock, **dials)
        return self.stack.enter_context(
            make_desk(self.folder, self.library, self.platform, policy=self.policy, threads=threads)
        )

    def also(self, desk: Desk, name: str) -> MoodyPlatform:
        """A second platform, where everything is wished."""
        other = MoodyPlatform(self.worlds.setdefault(name, World()), self.clock, name=name)
        policy = replace(PlatformPolicy(name, "memory"), select=replace(self.policy.select, everything=True))
        desk._places[name] = Place(other, with_defaults(policy, other.captions, other.picture))
        return other

    def put(self, *names: str, **more: object) -> None:
        for name in names:
            self.library.put(photo(name, **more))

    def titles(self) -> list[str]:
        return sorted(str(item.fields[F.TITLE]) for item in self.world.of(SubjectKind.PHOTO))

    def wait(self) -> None:
        self.clock.sleep(LATER_S)


@pytest.fixture
def studio(tmp_path: Path, template: Path) -> Iterator[Studio]:
    (tmp_path / "state").mkdir()
    shutil.copy(template, tmp_path / "state" / "ledger.sqlite")
    with ExitStack() as stack:
        yield Studio(tmp_path, stack)


def ends(events: Iterator[Event]) -> dict[str, End]:
    """Each action's end; none has two."""
    found: dict[str, End] = {}
    for event in events:
        assert event.action.where not in found, f"{event.action.where} ended twice"
        found[event.action.where] = event.end
    return found


def applied(desk: Desk) -> dict[str, End]:
    """One plan, carried out once."""
    desk.plan()
    return ends(desk.apply())


def verbs(plan: Plan) -> list[tuple[Verb, str]]:
    return [(action.verb, action.where) for action in plan.actions]


def edited(world: World, post_id: str, **fields: object) -> None:
    """Somebody edits a post on the platform."""
    world.posts[post_id] = replace(world.posts[post_id], fields={**world.posts[post_id].fields, **fields})


# --- every verb -------------------------------------------------------------------------------------------------------


def test_added_updated_and_deleted_and_told_to_the_library_each_time(studio: Studio) -> None:
    desk = studio.open()
    studio.put("a.jpg", title="Low tide")
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "memory": End.DONE}
    studio.put("a.jpg", title="Ebb")
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "memory": End.DONE}
    assert studio.titles() == ["Ebb"]
    studio.library.items.clear()
    studio.put("other.jpg")
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.titles() == ["other.jpg"]
    told = [outcome.post is not None for outcome in studio.library.noted if outcome.where == "a.jpg"]
    assert told == [True, True, False]


def test_a_field_that_cannot_ride_along_is_set_right_after(studio: Studio) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    list(desk.sync())
    (shown,) = studio.world.of(SubjectKind.PHOTO)
    assert shown.fields[F.TAKEN]
    assert studio.platform.rides == PHOTO_FIELDS - {F.TAKEN}
    assert desk.plan().actions == ()


def test_what_is_done_becomes_visible_once_and_only_if_anything_was_done(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    assert studio.platform.finished == 1
    list(desk.sync())
    assert studio.platform.finished == 1


def test_photos_are_carried_out_before_the_albums_that_hold_them(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    assert [event.action.where for event in desk.sync()] == ["a.jpg", "b.jpg", "Coast", "memory"]
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert set(album.fields[F.MEMBERS]) == {item.id for item in studio.world.of(SubjectKind.PHOTO)}
    assert album.fields[F.COVER] in album.fields[F.MEMBERS]


def test_an_album_holds_those_of_its_photos_that_made_it_and_the_rest_follows(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    studio.library.troubles["open", "b.jpg"] = Refused("b.jpg cannot be decoded; export it anew")
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "b.jpg": End.FAILED, "Coast": End.DONE, "memory": End.DONE}
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 1
    studio.library.troubles.clear()
    assert ends(desk.sync()) == {"b.jpg": End.DONE, "Coast": End.DONE, "memory": End.DONE}
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 2
    assert desk.plan().actions == ()


def test_an_album_none_of_whose_photos_is_published_is_not_made(studio: Studio) -> None:
    studio.put("a.jpg", keywords=COAST)
    desk = studio.open()
    studio.platform.troubles["add", "a.jpg"] = Refused("a.jpg is not wanted there")
    assert ends(desk.sync()) == {"a.jpg": End.FAILED, "Coast": End.FAILED}
    assert studio.world.posts == {}
    (line,) = [line for line in desk.ledger.journal.history() if line.where == "Coast"]
    assert "none of its photos is published" in line.sentence


def test_with_the_ledger_lost_everything_is_found_and_nothing_is_sent(studio: Studio, template: Path) -> None:
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    list(studio.open().sync())
    studio.wait()
    studio.stack.close()
    shutil.copy(template, studio.folder / "state" / "ledger.sqlite")
    desk = studio.open()
    assert ends(desk.sync()) == {"a.jpg": End.DONE, "b.jpg": End.DONE, "Coast": End.DONE, "memory": End.DONE}
    assert {call for call, _ in studio.platform.calls} <= {"update", "finish"}
    assert len(studio.world.posts) == 3
    assert desk.plan().actions == ()


def test_what_was_edited_there_is_accepted_and_stays_also_where_the_library_changed(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(edited=OnEdited.ACCEPT))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    (post,) = studio.world.posts
    edited(studio.world, post, title="Ebb")
    studio.put("a.jpg", title="Slack water")
    for _ in range(3):
        list(desk.sync())
        studio.wait()
        assert studio.titles() == ["Ebb"]
    assert desk.plan().actions == ()
    studio.put("a.jpg", title="Flood")
    list(desk.sync())
    assert studio.titles() == ["Flood"]


def test_an_answer_is_used_up_when_it_was_carried_out(studio: Studio) -> None:
    """Somebody who insists is asked about again, not overruled again."""
    studio.put("a.jpg", title="Low tide")
    desk = studio.open()
    list(desk.sync())
    (post,) = studio.world.posts
    for _ in range(2):
        studio.wait()
        edited(studio.world, post, title="Ebb")
        assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]
        desk.answer("a.jpg", "overwrite")
        assert ends(desk.sync())["a.jpg"] == End.DONE
        assert studio.titles() == ["Low tide"]


def test_posted_anew_where_a_field_cannot_be_changed(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open(fixed=frozenset({F.TITLE}))
    list(desk.sync())
    (before,) = studio.world.posts
    studio.wait()
    studio.put("a.jpg", title="Ebb")
    assert verbs(desk.plan()) == [(Verb.REPOST, "a.jpg")]
    assert ends(desk.sync())["a.jpg"] == End.DONE
    (after,) = studio.world.posts
    assert (after != before, studio.titles()) == (True, ["Ebb"])
    assert desk.plan().actions == ()


@pytest.mark.parametrize("call", ["open", "prepare"])
def test_what_cannot_be_posted_anew_is_not_taken_away(studio: Studio, call: str) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open(fixed=frozenset({F.TITLE}))
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", title="Ebb")
    moody = studio.library if call == "open" else studio.platform
    moody.troubles[call, "a.jpg"] = Refused("a.jpg cannot be decoded")
    assert ends(desk.sync()) == {"a.jpg": End.FAILED}
    assert studio.titles() == ["Low tide"]
    moody.troubles.clear()
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.titles() == ["Ebb"]


def test_an_answer_lost_while_posting_anew_does_not_find_the_ghost_of_the_old_post(studio: Studio) -> None:
    """The old post carries the same mark and is listed for a while after it was deleted."""
    studio.policy = PlatformPolicy("memory", "memory", when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", title="Low tide")
    desk = studio.open(fixed=frozenset({F.TITLE}), lost_before={2})
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", title="Ebb")
    assert applied(desk)["a.jpg"] == End.UNCERTAIN
    assert verbs(desk.plan()) == [(Verb.WAIT, "a.jpg")]
    list(desk.sync())
    assert studio.titles() == ["Ebb"]
    assert desk.plan().actions == ()


def test_removed_there_it_is_added_again_only_when_asked_to(studio: Studio) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.world.posts.clear()
    assert ends(desk.sync()) == {"a.jpg": End.TOLD}
    assert studio.world.posts == {}
    desk.answer("a.jpg", "add")
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.titles() == ["a.jpg"]
    studio.wait()
    studio.world.posts.clear()
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]


def members(studio: Studio) -> dict[str, list[str]]:
    """Album -> titles of the posts that it shows."""
    posts = studio.world.posts
    return {
        str(album.fields[F.TITLE]): [str(posts[id_].fields[F.TITLE]) for id_ in album.fields[F.MEMBERS] if id_ in posts]
        for album in studio.world.of(SubjectKind.ALBUM)
    }


@pytest.mark.parametrize("prunes", [True, False], ids=["the platform prunes its albums", "it does not"])
def test_a_photo_that_is_added_again_is_in_its_albums_again(studio: Studio, prunes: bool) -> None:
    studio.policy = replace(HERE, when=When(missing=OnMissing.ADD))
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    expected = members(studio)
    studio.wait()
    gone = next(id_ for id_, item in studio.world.posts.items() if item.fields[F.TITLE] == "a.jpg")
    del studio.world.posts[gone]
    (album,) = studio.world.of(SubjectKind.ALBUM)
    if prunes:
        left = tuple(id_ for id_ in album.fields[F.MEMBERS] if id_ != gone)
        edited(studio.world, album.id, members=left, cover=left[0])
    for _ in range(3):
        list(desk.sync())
        studio.wait()
    assert members(studio) == expected
    assert desk.plan().actions == ()


def test_a_photo_that_is_added_again_is_in_its_albums_again_though_their_title_is_set_in_the_same_run(
    studio: Studio,
) -> None:
    studio.policy = replace(HERE, when=When(missing=OnMissing.ADD, edited=OnEdited.OVERWRITE))
    studio.put("a.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    (album,) = studio.world.of(SubjectKind.ALBUM)
    studio.world.posts = {album.id: album}
    edited(studio.world, album.id, title="My coast")
    for _ in range(3):
        list(desk.sync())
        studio.wait()
    assert members(studio) == {"Coast": ["a.jpg"]}
    assert desk.plan().actions == ()


def test_a_photo_that_is_posted_anew_is_in_its_albums_again(studio: Studio) -> None:
    studio.policy = replace(HERE, when=When(fixed=OnFixed.REPOST))
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open(fixed=frozenset({F.ALT}))
    list(desk.sync())
    expected = members(studio)
    studio.wait()
    studio.put("a.jpg", keywords=COAST, alt_text="Boats")
    for _ in range(3):
        list(desk.sync())
        studio.wait()
    assert members(studio) == expected
    assert desk.plan().actions == ()


def test_what_the_rules_refuse_is_told_to_the_library_with_its_reasons(studio: Studio) -> None:
    studio.put("a.jpg", keywords=("Socials|memory", "Private|House"))
    desk = studio.open()
    assert ends(desk.sync()) == {"a.jpg": End.TOLD}
    (told,) = studio.library.noted
    assert told.post is None
    assert "Private" in told.refusals[0]


def test_a_published_photo_that_became_private_is_deleted_where_the_settings_say_so(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", when=When(refused=OnRefused.DELETE))
    studio.put("a.jpg", "b.jpg", keywords=COAST)
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", keywords=(*COAST, "Private|House"))
    list(desk.sync())
    assert studio.titles() == ["b.jpg"]
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 1


def test_forgotten_without_a_call_where_it_is_gone_already(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg")
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.platform.calls.clear()
    studio.world.posts.pop(next(id_ for id_, item in studio.world.posts.items() if item.fields[F.TITLE] == "a.jpg"))
    del studio.library.items["a.jpg"]
    assert verbs(desk.plan()) == [(Verb.FORGET, "a.jpg")]
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert [call for call, _ in studio.platform.calls] == ["finish"]
    assert desk.plan().actions == ()


def stranger(studio: Studio, id_: str = "p7", **more: object) -> None:
    studio.world.posts[id_] = Post(
        id_, SubjectKind.PHOTO, "", f"https://there.example/{id_}", {F.TITLE: "Mine", **more}
    )
    studio.world.born[id_] = -LATER_S


def test_a_photo_that_is_only_there_comes_home_once(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    desk = studio.open()
    assert ends(desk.sync()) == {"Mine": End.DONE}
    assert list(studio.library.items) == ["Incoming/p7.jpg"]
    for _ in range(2):
        studio.wait()
        assert desk.plan().actions == ()


def test_a_photo_that_came_home_is_not_published_a_second_time(studio: Studio) -> None:
    """The owner gives it a keyword and moves it to where it belongs."""
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    desk = studio.open()
    list(desk.sync())
    home = studio.library.items["Incoming/p7.jpg"]
    desk.plan()
    del studio.library.items["Incoming/p7.jpg"]
    facts = replace(home.facts, keyword_paths=(("Socials", "memory"),), title="Mine, corrected")
    studio.library.put(replace(home, where="2024/mine.jpg", facts=facts))
    list(desk.sync())
    assert list(studio.world.posts) == ["p7"]
    assert studio.titles() == ["Mine, corrected"]
    assert desk.plan().actions == ()


def test_what_came_home_is_never_deleted_there_also_when_the_way_becomes_one_way(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    list(studio.open().sync())
    studio.policy = HERE
    studio.stack.close()
    desk = studio.open()
    studio.wait()
    assert desk.plan().actions == ()
    studio.library.items.clear()
    studio.put("other.jpg", keywords=())
    assert desk.plan().actions == ()
    assert list(studio.world.posts) == ["p7"]


def test_two_posts_of_one_picture_come_home_as_one_photo(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio, "p7")
    stranger(studio, "p8")
    studio.library.one_place = True
    desk = studio.open()
    list(desk.sync())
    assert list(studio.library.items) == ["Incoming/one.jpg"]
    studio.wait()
    assert desk.plan().actions == ()


def test_a_post_of_a_picture_that_the_library_holds_does_not_come_home(studio: Studio, template: Path) -> None:
    studio.put("a.jpg", "b.jpg")
    list(studio.open().sync())
    studio.stack.close()
    shutil.copy(template, studio.folder / "state" / "ledger.sqlite")
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    studio.put("a.jpg", keywords=())
    studio.wait()
    assert verbs(studio.open().plan()) == [(Verb.MATCH, "b.jpg")]


def test_a_photo_that_came_home_and_is_deleted_there_is_not_asked_about(studio: Studio) -> None:
    studio.policy = PlatformPolicy("memory", "memory", Direction.BOTH)
    stranger(studio)
    desk = studio.open()
    list(desk.sync())
    studio.wait()
    studio.world.posts.clear()
    assert {verb for verb, _ in verbs(desk.plan())} <= {Verb.FORGET}
    list(desk.sync())
    assert list(studio.library.items) == ["Incoming/p7.jpg"]
    assert desk.plan().actions == ()


def test_a_deletion_is_told_of_the_photo_where_it_is_now(studio: Studio) -> None:
    studio.put("2024/a.jpg", pixels="tide", title="Tide")
    desk = studio.open()
    list(desk.sync())
    studio.library.items.clear()
    studio.put("Best/tide.jpg", pixels="tide", title="Tide", taken=moment("2024/a.jpg"))
    assert desk.plan().actions == ()
    studio.library.items.clear()
    studio.put("other.jpg", keywords=())
    assert verbs(desk.plan()) == [(Verb.DELETE, "Best/tide.jpg")]
    list(desk.sync())
    assert studio.library.noted[-1] == Outcome("Best/tide.jpg", "memory", None)


def test_what_an_answer_left_out_is_learnt_from_the_listing_and_an_edit_after_that_is_seen(studio: Studio) -> None:
    """Some platforms answer an upload with an id and nothing else."""
    studio.put("a.jpg", title="Low tide")
    desk = studio.open()
    studio.platform.brief = True
    list(desk.sync())
    studio.wait()
    assert desk.plan().actions == ()
    (post,) = studio.world.posts
    edited(studio.world, post, title="Ebb")
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]


# --- what goes wrong stays where it is --------------------------------------------------------------------------------


def test_what_is_agreed_is_remembered_though_a_later_step_failed_and_the_next_run_sets_the_rest(
    studio: Studio,
) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    studio.platform.troubles["update", "a.jpg"] = Busy("try later", 30.0)
    assert ends(desk.sync())["a.jpg"] == End.FAILED
    (post,) = studio.world.of(SubjectKind.PHOTO)
    assert F.TAKEN not in post.fields
    assert desk.ledger.journal.unsettled("memory") == []
    (action,) = desk.plan().actions
    assert (action.verb, [change.field for change in action.changes]) == (Verb.UPDATE, [F.TAKEN])
    studio.platform.troubles.clear()
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert studio.world.adds == 1
    assert desk.plan().actions == ()


def test_what_was_published_becomes_visible_though_a_later_step_failed(studio: Studio) -> None:
    studio.put("a.jpg")
    desk = studio.open()
    studio.platform.troubles["update", "a.jpg"] = Refused("the date is not one of ours")
    list(desk.sync())
    assert studio.platform.finished == 1


@pytest.mark.parametrize(
    "trouble",
    [Refused("b.jpg is too large there"), Busy("not now", 10.0), KeyError("a bug of ours"), OSError("network is down")],
    ids=["refused", "busy", "unexpected", "input and output"],
)
@pytest.mark.parametrize("call", ["prepare", "add", "update"])
def test_one_photos_trouble_stays_its_own(studio: Studio, call: str, trouble: Exception) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open()
    studio.platform.troubles[call, "b.jpg"] = trouble
    found = applied(desk)
    assert found == {"a.jpg": End.DONE, "b.jpg": End.FAILED, "c.jpg": End.DONE, "memory": End.DONE}
    (line,) = [line for line in desk.ledger.journal.history() if line.where == "b.jpg" and line.outcome == "failed"]
    assert "b.jpg" in line.sentence
    studio.platform.troubles.clear()
    for _ in range(2):
        studio.wait()
        list(desk.sync())
    assert studio.titles() == ["a.jpg", "b.jpg", "c.jpg"]
    assert desk.plan().actions == ()


@pytest.mark.parametrize("trouble", [SignInNeeded("sign in again"), Mistake("the folder is gone")])
@pytest.mark.parametrize("threads", [False, True])
def test_a_platform_that_cannot_go_on_holds_the_rest_and_the_others_go_on(
    studio: Studio, trouble: Exception, threads: bool
) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open(threads=threads)
    studio.also(desk, "other")
    studio.platform.troubles["add", "b.jpg"] = trouble
    events = list(desk.sync())
    here = {event.action.where: event for event in events if event.action.platform == "memory"}
    assert {where: event.end for where, event in here.items()} == {
        "a.jpg": End.DONE,
        "b.jpg": End.FAILED,
        "c.jpg": End.HELD,
        "memory": End.HELD,
    }
    assert str(trouble) in here["c.jpg"].sentence
    assert [event.end for event in events if event.action.platform == "other"] == [End.DONE] * 4
    assert len(studio.worlds["other"].posts) == 3


@pytest.mark.parametrize("trouble", [SignInNeeded("sign in again"), Refused("no such page"), Busy("later")])
def test_a_platform_that_cannot_be_asked_about_its_doubts_does_not_stop_the_others(
    studio: Studio, trouble: Exception
) -> None:
    studio.put("a.jpg")
    desk = studio.open(lost_before={1})
    assert applied(desk) == {"a.jpg": End.UNCERTAIN}
    assert desk.ledger.journal.unsettled("memory")
    studio.also(desk, "other")
    studio.platform.troubles["find", ""] = trouble
    assert verbs(desk.plan()) == [(Verb.WAIT, "a.jpg"), (Verb.ADD, "a.jpg")]
    assert End.DONE in [event.end for event in desk.apply()]
    assert len(studio.worlds["other"].posts) == 1
    assert desk.ledger.journal.unsettled("memory")


def test_a_library_that_cannot_note_what_was_done_loses_nothing(studio: Studio) -> None:
    for trouble in (Refused("the sidecar is locked"), OSError("disk full"), ValueError("a bug")):
        studio.put(f"{type(trouble).__name__}.jpg")
        studio.library.troubles["note", ""] = trouble
        desk = studio.open()
        assert End.FAILED not in ends(desk.sync()).values()
        assert desk.plan().actions == ()
    assert len(studio.world.posts) == 3


def test_a_lost_answer_is_uncertain_and_is_settled_in_the_same_sync(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open(lost_before={1}, lost_after={2})
    events = list(desk.sync())
    first = {event.action.where: event.end for event in events[:3]}
    assert first == {"a.jpg": End.UNCERTAIN, "b.jpg": End.UNCERTAIN, "c.jpg": End.DONE}
    assert studio.titles() == ["a.jpg", "b.jpg", "c.jpg"]
    assert desk.ledger.journal.unsettled("memory") == []
    studio.wait()
    assert desk.plan().actions == ()


def test_nothing_is_sent_that_could_not_be_remembered(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open()
    real, begun = desk.ledger.journal.begin, []

    def begin(*args: object) -> int:
        begun.append(args)
        if len(begun) > 1:
            message = "The ledger could not be written: the disk is full."
            raise LedgerUnusable(message)
        return real(*args)

    monkeypatch.setattr(desk.ledger.journal, "begin", begin)
    with pytest.raises(LedgerUnusable, match="disk is full"):
        list(desk.sync())
    assert studio.titles() == ["a.jpg"]
    assert len(begun) == 2


def test_the_history_says_how_everything_ended(studio: Studio) -> None:
    studio.put("a.jpg", "b.jpg")
    desk = studio.open()
    studio.platform.troubles["add", "b.jpg"] = Refused("b.jpg is too large there; send a smaller one")
    list(desk.sync())
    told = {line.where: (line.verb, line.outcome, line.url) for line in desk.ledger.journal.history()}
    assert told["a.jpg"] == ("add", "done", "https://photos.example/photo-1")
    assert told["b.jpg"] == ("add", "failed", "")


# --- stopping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [False, True])
def test_asked_to_stop_it_finishes_what_is_under_way_and_begins_nothing(studio: Studio, threads: bool) -> None:
    studio.put("a.jpg", "b.jpg", "c.jpg")
    desk = studio.open(threads=threads)
    asked = threading.Event()
    desk.stop = asked.is_set
    studio.platform.watch = asked.set
    found = ends(desk.sync())
    assert found == {"a.jpg": End.DONE, "b.jpg": End.HELD, "c.jpg": End.HELD, "memory": End.HELD}
    assert studio.titles() == ["a.jpg"]
    (run,) = desk.ledger.journal.runs(1)
    assert run["outcome"] == "stopped by you"
    asked.clear()
    studio.platform.watch = lambda: None
    assert set(ends(desk.sync())) == {"b.jpg", "c.jpg", "memory"}
    assert studio.titles() == ["a.jpg", "b.jpg", "c.jpg"]


def test_who_listens_no_longer_leaves_nobody_at_work_behind(studio: Studio) -> None:
    """A face that breaks off holds the ledger until the last effect has ended; after that, nothing is begun."""
    studio.put(*(f"{number}.jpg" for number in range(20)))
    desk = studio.open(threads=True, workers=2)
    studio.platform.watch = lambda: time.sleep(0.01)
    running = desk.sync()
    next(running)
    running.close()
    posts = len(studio.world.posts)
    assert 1 <= posts < 20
    time.sleep(0.1)
    assert len(studio.world.posts) == posts
    assert desk.ledger.journal.unsettled("memory") == []
    studio.platform.watch = lambda: None
    list(desk.sync())
    assert len(studio.world.posts) == 20


# --- side by side -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 4])
def test_several_workers_come_to_the_same_end_with_one_event_each(studio: Studio, workers: int) -> None:
    names = [f"{number:02}.jpg" for number in range(24)]
    studio.put(*names, keywords=COAST)
    desk = studio.open(threads=True, workers=workers)
    studio.also(desk, "other")
    active, most = Counter[str](), Counter[str]()

    def watch() -> None:
        active["now"] += 1
        most["most"] = max(most["most"], active["now"])
        time.sleep(0.002)
        active["now"] -= 1

    studio.platform.watch = watch
    events = list(desk.sync())
    seen = Counter((event.action.platform, event.action.where) for event in events)
    assert set(seen.values()) == {1}
    assert set(seen) == {(name, where) for name in ("memory", "other") for where in [*names, "Coast", name]} - {
        ("other", "Coast")
    }
    assert {event.end for event in events} == {End.DONE}
    assert studio.titles() == names
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert album.fields[F.MEMBERS] == tuple(
        next(item.id for item in studio.world.of(SubjectKind.PHOTO) if item.mark == member.digest[:32])
        for member in sorted(studio.library.items.values(), key=lambda item: item.facts.taken.local)
    )
    assert (most["most"] > 1) == (workers > 1)
    assert studio.platform.finished == 1
    studio.wait()
    assert desk.plan().actions == ()


def test_several_workers_stop_when_nothing_can_be_remembered(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.put(*(f"{number:02}.jpg" for number in range(30)))
    desk = studio.open(threads=True, workers=3)
    real, begun = desk.ledger.journal.begin, []

    def begin(*args: object) -> int:
        begun.append(args)
        if len(begun) > 5:
            message = "The ledger could not be written: the disk is full."
            raise LedgerUnusable(message)
        return real(*args)

    monkeypatch.setattr(desk.ledger.journal, "begin", begin)
    with pytest.raises(LedgerUnusable):
        list(desk.sync())
    assert len(studio.world.posts) == 5
    monkeypatch.undo()
    list(desk.sync())
    assert len(studio.world.posts) == 30
    assert studio.world.adds == 30


def test_every_action_ends_even_where_the_house_itself_forgot_one(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "_lane", lambda *_: iter(()))
    desk = studio.open()
    action = Action(Verb.ADD, Subject(SubjectKind.PHOTO, "a"), "memory", "a.jpg", "wanted")
    (event,) = carry_out(Plan((action,)), desk.doors, threads=False)
    assert (event.end, event.action) == (End.FAILED, action)
    assert "fault of heliograph" in event.sentence


def test_an_empty_plan_does_nothing(studio: Studio) -> None:
    desk = studio.open()
    assert list(carry_out(Plan(()), desk.doors)) == []
    assert studio.platform.calls == []
