"""What the whole house promises whatever happens, on small libraries and a platform that behaves like a real one."""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from heliograph.desk import Desk, papers
from heliograph.execute import Event
from heliograph.identify import Role
from heliograph.jsonform import plan_digest
from heliograph.model import (
    TELLING,
    Action,
    Change,
    F,
    Guard,
    Photo,
    Plan,
    Post,
    Recipe,
    Subject,
    SubjectKind,
    Verb,
    Wanted,
)
from heliograph.policy import Direction, Guards, OnEdited, OnMissing, OnRefused, PlatformPolicy, When
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import make_desk, moment, photo, quick_ledgers, template_ledger

LATER_S = 3600.0
NO_GUARDS = Guards(max_deletes=1000, max_change_share=1.0)
ASKING = PlatformPolicy("memory", "memory", guards=NO_GUARDS)
DECIDED = replace(ASKING, when=When(missing=OnMissing.ADD, edited=OnEdited.OVERWRITE, refused=OnRefused.DELETE))
"""Nothing but the identity of photographs is asked."""

examples = settings(suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with quick_ledgers():
        yield


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_ledger(tmp_path_factory.mktemp("ledger"))


# --- a small world ----------------------------------------------------------------------------------------------------

FOLDERS = ("", "2024/", "Norway/Reine/")
ALBUMS_ONE = "2024/p1.jpg"
"""The photo that is in an album from the beginning."""


@dataclass
class Life:
    """One library, one platform, one ledger; everything that can happen to them."""

    folder: Path
    template: Path
    policy: PlatformPolicy = ASKING
    dials: dict[str, object] = field(default_factory=dict)
    world: World = field(default_factory=World)
    clock: FakeClock = field(default_factory=FakeClock)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    number: int = 0

    def __post_init__(self) -> None:
        (self.folder / "state").mkdir()
        self.lose_ledger()

    @property
    def platform(self) -> MemoryPlatform:
        return MemoryPlatform(self.world, self.clock, **self.dials)

    @contextmanager
    def desk(self, platform: MemoryPlatform | None = None) -> Iterator[Desk]:
        with make_desk(self.folder, self.library, platform or self.platform, policy=self.policy) as desk:
            yield desk

    def lose_ledger(self) -> None:
        shutil.rmtree(self.folder / "state")
        (self.folder / "state").mkdir()
        shutil.copy(self.template, self.folder / "state" / "ledger.sqlite")

    def sync(self) -> list[Event]:
        with self.desk() as desk:
            return list(desk.sync())

    def plan(self) -> Plan:
        with self.desk() as desk:
            return desk.plan()

    def wait(self) -> None:
        self.clock.sleep(LATER_S)

    def settle(self) -> None:
        """As many syncs as it takes, and never more than five."""
        for _ in range(5):
            self.sync()
            self.wait()
            if not self.plan().effects:
                return
        raise AssertionError(self.plan().effects)

    # -- what can happen --

    def new(self) -> None:
        self.number += 1
        where = f"{FOLDERS[self.number % 3]}p{self.number}.jpg"
        self.library.put(
            photo(where, pixels=f"scene {self.number}", taken=moment(where), title=f"Photo  {self.number}")
        )

    def change(self, where: str, **more: object) -> None:
        item = self.library.items[where]
        self.library.put(replace(item, facts=replace(item.facts, **more)))

    def keywords(self, where: str, flip: str) -> None:
        paths = set(self.library.items[where].facts.keyword_paths) ^ {tuple(flip.split("|"))}
        self.change(where, keyword_paths=tuple(sorted(paths)))

    def develop(self, where: str) -> None:
        self.number += 1
        fresh = photo(where, pixels=f"developed {self.number}")
        self.library.put(replace(self.library.items[where], digest=fresh.digest))

    def move(self, where: str) -> None:
        self.number += 1
        item = self.library.items.pop(where)
        self.library.put(replace(item, where=f"{FOLDERS[self.number % 3]}moved {self.number}.jpg"))

    def copy(self, where: str) -> None:
        self.number += 1
        self.library.put(replace(self.library.items[where], where=f"copies/c{self.number}.jpg"))

    def swap(self, one: str, other: str) -> None:
        first, second = self.library.items[one], self.library.items[other]
        self.library.put(replace(second, where=one))
        self.library.put(replace(first, where=other))

    def edit_there(self, id_: str) -> None:
        self.number += 1
        shown = self.world.posts[id_]
        self.world.posts[id_] = replace(shown, fields={**shown.fields, F.TITLE: f"Edited there {self.number}"})

    def remove_there(self, id_: str) -> None:
        del self.world.posts[id_]


EVENTS = (
    "new",
    "title",
    "wish",
    "private",
    "album",
    "develop",
    "move",
    "copy",
    "swap",
    "delete",
    "edit there",
    "remove there",
)


def happen(life: Life, draw: Callable[[st.SearchStrategy], object], events: tuple[str, ...] = EVENTS) -> None:
    """One thing happens, where it can."""
    event = draw(st.sampled_from(events))
    wheres, posts = sorted(life.library.items), sorted(life.world.posts)
    if event in {"edit there", "remove there"}:
        if posts:
            doing = life.edit_there if event == "edit there" else life.remove_there
            doing(draw(st.sampled_from(posts)))
        return
    if event == "new" or not wheres:
        life.new()
        return
    where = draw(st.sampled_from(wheres))
    deeds: dict[str, Callable[[], object]] = {
        "title": lambda: life.change(where, title=f"Title  {life.number}"),
        "wish": lambda: life.keywords(where, "Socials|memory"),
        "private": lambda: life.keywords(where, "Private|House"),
        "album": lambda: life.keywords(where, "Socials|memory|albums|Coast"),
        "develop": lambda: life.develop(where),
        "move": lambda: life.move(where),
        "copy": lambda: life.copy(where),
        "swap": lambda: life.swap(where, draw(st.sampled_from(wheres))),
        "delete": lambda: life.library.items.pop(where),
    }
    deeds[event]()


@pytest.fixture
def new_life(template: Path) -> Iterator[Callable[..., Life]]:
    with tempfile.TemporaryDirectory() as folder:
        made = Counter[str]()

        def new(**more: object) -> Life:
            made["lives"] += 1
            home = Path(folder, str(made["lives"]))
            home.mkdir()
            return Life(home, template, **more)

        yield new


def started(new_life: Callable[..., Life], photos: int, **more: object) -> Life:
    life = new_life(**more)
    for _ in range(photos):
        life.new()
    life.keywords(ALBUMS_ONE, "Socials|memory|albums|Coast")
    return life


def once_each(life: Life) -> None:
    """Every photograph that is wished and let out has one post and every other has none; what is in question waits."""
    with life.desk() as desk:
        groups: dict[str, list[Photo]] = {}
        unsure: set[str] = set()
        for owner, where, role, _ in desk.ledger.files.search("", limit=1000):
            groups.setdefault(owner, []).append(life.library.items[where])
            unsure |= {owner} if role == Role.UNSURE else set()
        remembered = desk.ledger.records.post_ids("memory", groups)
    posts = {owner: id_ for owner, id_ in remembered.items() if id_ in life.world.posts}
    assert all(any(map(_private, groups[owner])) for owner in set(remembered) - set(posts))  # removed there and private
    assert Counter(posts.values()) == Counter(item.id for item in life.world.of(SubjectKind.PHOTO))
    wished = {owner for owner, files in groups.items() if any(_wished(item) for item in files)}
    private = {owner for owner in wished if any(_private(item) for item in groups[owner])}
    assert wished - private - unsure <= set(posts) <= wished | unsure
    for owner in set(posts) - unsure:
        shown = life.world.posts[posts[owner]].fields[F.TITLE]
        assert shown in {" ".join(item.facts.title.split()) for item in groups[owner]}
    albums = life.world.of(SubjectKind.ALBUM)
    assert len(albums) <= 1
    assert all(set(album.fields[F.MEMBERS]) <= set(life.world.posts) for album in albums)


def _wished(item: Photo) -> bool:
    return any(path[:2] == ("Socials", "memory") for path in item.facts.keyword_paths)


def _private(item: Photo) -> bool:
    return ("Private", "House") in item.facts.keyword_paths


# --- in step ----------------------------------------------------------------------------------------------------------


@settings(examples, max_examples=40)
@given(st.data())
def test_whatever_happens_everything_is_published_once_and_then_there_is_nothing_to_do(new_life, data) -> None:
    life = started(new_life, 2, policy=DECIDED)
    for _ in range(data.draw(st.integers(1, 3), "days")):
        for _ in range(data.draw(st.integers(1, 4), "events")):
            happen(life, data.draw)
        life.settle()
        once_each(life)
    assert life.plan().effects == ()


@settings(examples, max_examples=30)
@given(st.data())
def test_lost_answers_anywhere_lead_to_one_post(new_life, data) -> None:
    numbers = st.sets(st.integers(1, 8), max_size=4)
    dials = {
        "lost_before": data.draw(numbers, "lost before"),
        "lost_after": data.draw(numbers, "lost after"),
        "marks_shown": data.draw(st.booleans(), "marks shown"),
    }
    life = started(new_life, 3, policy=DECIDED, dials=dials)
    life.settle()
    happen(life, data.draw, ("new", "title", "wish", "album", "develop", "move", "delete"))
    life.settle()
    once_each(life)


@settings(examples, max_examples=30)
@given(st.data())
def test_every_action_of_a_plan_ends_once_and_is_what_was_shown(new_life, data) -> None:
    life = started(new_life, 3)
    life.sync()
    life.wait()
    for _ in range(4):
        happen(life, data.draw)
    with life.desk() as desk:
        shown = desk.plan()
        events = list(desk.apply())
    finished = [event for event in events if event.action.verb == Verb.FINISH]
    assert len(finished) <= 1
    ended = [event.action for event in events if event.action.verb != Verb.FINISH]
    assert Counter(map(repr, ended)) == Counter(map(repr, shown.actions))
    assert max(Counter(map(repr, ended)).values(), default=1) == 1


@settings(examples, max_examples=25)
@given(st.data())
def test_what_is_asked_is_asked_again_in_the_same_words_until_it_is_answered_and_then_no_more(new_life, data) -> None:
    life = started(new_life, 3)
    life.settle()
    for _ in range(3):
        happen(life, data.draw)
    life.settle()
    first, second = life.plan(), life.plan()
    assert plan_digest(first) == plan_digest(second)
    with life.desk() as desk:
        asked = [action for action in desk.plan().actions if action.verb == Verb.ASK]
        for action in asked:
            desk.answer(action.where, data.draw(st.sampled_from(action.choices)), (action.platform,))
    life.settle()
    again = {action.question for action in life.plan().actions if action.verb == Verb.ASK}
    assert not again & {action.question for action in asked}


# --- nothing is lost --------------------------------------------------------------------------------------------------


@settings(examples, max_examples=20)
@given(st.data(), st.sampled_from(Direction))
def test_what_the_ledger_does_not_know_is_never_changed_or_deleted(new_life, data, direction) -> None:
    life = started(new_life, 2, policy=replace(DECIDED, direction=direction))
    strangers = {}
    for number in range(data.draw(st.integers(1, 3), "strangers")):
        mark = data.draw(st.sampled_from(["", "f" * 32, "0" * 32]), "mark")
        kind = data.draw(st.sampled_from([SubjectKind.PHOTO, SubjectKind.ALBUM]), "kind")
        item = Post(f"s{number}", kind, mark, "https://photos.example/s", {F.TITLE: f"Somebody's own {number}"})
        strangers[item.id] = life.world.posts[item.id] = item
        life.world.born[item.id] = -LATER_S
    for _ in range(2):
        for _ in range(3):
            happen(life, data.draw, tuple(event for event in EVENTS if "there" not in event))
        life.sync()
        life.wait()
    assert {id_: life.world.posts.get(id_) for id_ in strangers} == strangers


@settings(examples, max_examples=25)
@given(st.data(), st.sampled_from([ASKING, DECIDED, replace(DECIDED, direction=Direction.BOTH)]))
def test_a_platform_that_was_not_looked_at_is_left_alone(new_life, data, policy) -> None:
    life = started(new_life, 3, policy=policy)
    life.sync()
    life.wait()
    for _ in range(4):
        happen(life, data.draw)
    with life.desk(replace(life.platform, looked=False)) as desk:
        assert desk.plan().effects == ()


@settings(examples, max_examples=25)
@given(st.data())
def test_what_could_not_be_read_in_the_library_is_neither_deleted_nor_sent_again(new_life, data) -> None:
    life = started(new_life, 5, policy=DECIDED)
    life.settle()
    before = dict(life.world.posts)
    life.library.hidden = {data.draw(st.sampled_from(["", "2024", "Norway", "Norway/Reine"]), "hidden"): "I/O error"}
    for _ in range(3):
        happen(life, data.draw, ("move", "delete", "develop", "copy", "title"))
    plan = life.plan()
    assert not [action for action in plan.actions if action.verb in {Verb.DELETE, Verb.FORGET}]
    life.sync()
    assert set(before) <= set(life.world.posts)


@settings(examples, max_examples=25)
@given(st.data(), st.booleans())
def test_with_the_ledger_deleted_everything_is_taken_over_and_nothing_is_sent_twice(new_life, data, developed) -> None:
    """Texts are rewritten by the platform. A photo that was developed anew meanwhile is asked about."""
    life = started(new_life, 4, policy=DECIDED)
    life.settle()
    before = set(life.world.posts)
    life.lose_ledger()
    asked = set()
    if developed:
        asked = {data.draw(st.sampled_from(sorted(life.library.items)), "developed")}
        life.develop(*asked)
    adds = life.world.adds
    plan = life.plan()
    assert {action.where for action in plan.actions if action.verb == Verb.ASK} == asked
    matched = {action.where for action in plan.actions if action.verb == Verb.MATCH}
    assert matched == (set(life.library.items) | {"Coast"}) - asked - ({"Coast"} if ALBUMS_ONE in asked else set())
    life.settle()
    assert (set(life.world.posts), life.world.adds) == (before, adds)
    with life.desk() as desk:
        desk.plan()
        for where in asked:
            desk.answer(where, "same")
    life.settle()
    assert (set(life.world.posts), life.world.adds) == (before, adds)
    once_each(life)


# --- what changes nothing ---------------------------------------------------------------------------------------------


def shuffled(life: Life, draw: Callable) -> None:
    order = draw(st.permutations(sorted(life.library.items)))
    life.library.items = {where: life.library.items[where] for where in order}


def touched(life: Life, draw: Callable) -> None:
    """Everything looks changed, and nothing is."""
    life.library.items = {w: replace(i, length_bytes=i.length_bytes + 1) for w, i in life.library.items.items()}


def later(life: Life, draw: Callable) -> None:
    """The clock is set, by a day or by a time zone, in either direction."""
    life.clock.started += timedelta(hours=draw(st.sampled_from([-24, -13, -1, 1, 2, 14, 24])))


def renamed(life: Life, draw: Callable) -> None:
    for where in sorted(life.library.items):
        life.library.put(replace(life.library.items.pop(where), where=f"elsewhere/{where}"))


def spelt_otherwise(life: Life, draw: Callable) -> None:
    """A Mac writes names in pieces (NFD), everybody else whole (NFC)."""
    for where in sorted(life.library.items):
        form = draw(st.sampled_from(["NFC", "NFD"]))
        life.library.put(replace(life.library.items.pop(where), where=unicodedata.normalize(form, where)))


@settings(examples, max_examples=40)
@given(st.data(), st.sampled_from([shuffled, touched, later, renamed, spelt_otherwise]))
def test_what_is_no_change_changes_nothing(new_life, data, twist) -> None:
    """In step it stays so; and with something to do, the same is to be done."""
    life = started(new_life, 4)
    for where in sorted(life.library.items):
        item = life.library.items.pop(where)
        life.library.put(replace(item, where=where.replace("p", "päärl")))
    life.settle()
    with_work = data.draw(st.booleans(), "with work")
    if with_work:
        for _ in range(2):
            happen(life, data.draw, ("title", "wish", "album", "edit there", "remove there"))
    before = life.plan()
    twist(life, data.draw)
    after = life.plan()
    assert _essence(after) == _essence(before)
    assert with_work or after.actions == ()


def _essence(plan: Plan) -> list[tuple[object, ...]]:
    found = [(action.verb, action.subject, action.changes, action.question) for action in plan.actions]
    return [*sorted(found, key=repr), (plan.kept,)]


@settings(examples, max_examples=25)
@given(st.data())
def test_an_unrelated_photo_changes_nothing_else(new_life, data) -> None:
    life = started(new_life, 3)
    life.settle()
    for _ in range(3):
        happen(life, data.draw)
    before = life.plan()
    life.library.put(photo("unrelated/z.jpg", pixels="unrelated", title="Unrelated"))
    after = life.plan()
    assert [action for action in after.actions if action.where != "unrelated/z.jpg"] == list(before.actions)


@settings(examples, max_examples=15)
@given(st.data())
def test_a_run_that_was_stopped_and_one_that_goes_on_are_one_run(new_life, data) -> None:
    life = started(new_life, 4, policy=DECIDED)
    stop_after = data.draw(st.integers(0, 6), "stop after")
    with life.desk() as desk:
        seen = []
        desk.stop = lambda: len(seen) >= stop_after
        for event in desk.sync():
            seen += [event]
    life.settle()
    once_each(life)
    assert life.world.adds == 5


# --- plans as papers --------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=5,
)
FIELDS = st.dictionaries(st.sampled_from([F.TITLE, F.TAGS, F.PLACE, F.MEMBERS]), VALUES, max_size=3)
SUBJECTS = st.builds(Subject, st.sampled_from(SubjectKind), TEXTS)
WANTED = st.builds(Wanted, SUBJECTS, TEXTS, TEXTS, FIELDS, TEXTS, st.none() | st.just(Recipe()), TEXTS)
POSTS = st.builds(Post, TEXTS, st.sampled_from(SubjectKind), TEXTS, TEXTS, FIELDS)
ACTIONS = st.builds(
    Action,
    st.sampled_from(Verb),
    SUBJECTS,
    *(TEXTS, TEXTS, TEXTS),
    st.none() | WANTED,
    st.none() | POSTS,
    st.lists(st.builds(Change, TEXTS, VALUES, VALUES), max_size=2).map(tuple),
    st.lists(TEXTS, max_size=2).map(tuple),
    TEXTS,
)
GUARDS = st.lists(st.builds(Guard, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple)
PLANS = st.builds(
    Plan, st.lists(ACTIONS, max_size=3).map(tuple), st.integers(0, 9), GUARDS, st.lists(TEXTS, max_size=2).map(tuple)
)


@settings(examples, max_examples=100)
@given(PLANS)
def test_a_plan_that_is_saved_and_loaded_is_the_same_plan(plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        papers.save(plan, Path(folder))
        again = papers.load("", Path(folder))
        by_digest = papers.load(plan_digest(plan), Path(folder))
    assert again == by_digest == plan
    assert plan_digest(again) == plan_digest(plan)


@settings(examples, max_examples=20)
@given(st.data())
def test_a_plan_that_was_shown_can_be_applied_from_its_paper(new_life, data) -> None:
    life = started(new_life, 3)
    life.settle()
    for _ in range(3):
        happen(life, data.draw)
    with life.desk() as desk:
        shown = desk.plan()
    assume(shown.effects)
    with life.desk() as desk:
        done = [event.action for event in desk.apply(plan_digest(shown)) if event.action.verb not in TELLING]
    assert [action for action in done if action.verb != Verb.FINISH] == list(shown.effects)
