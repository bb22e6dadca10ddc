"""Pages that link to the same photo elsewhere follow what is published there: when it comes, changes and goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk, Event, Listener
from heliograph.desk.making import Place
from heliograph.errors import Busy
from heliograph.model import F, Plan, SubjectKind, Survey, Verb
from heliograph.policy import Audience, Guards, OnAudience, OnChanged, PlatformPolicy, Selection, When
from heliograph.wanted import with_defaults
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import photo, quick_ledgers, template_ledger

AUDIENCES = ("public", "private")
LATER_S = 3600.0


@dataclass
class Watcher(Listener):
    """What was about to be carried out."""

    plans: list[Plan] = field(default_factory=list)

    def planned(self, plan: Plan) -> None:
        self.plans.append(plan)


class Counted(MemoryPlatform):
    """It writes down when it was looked at."""

    surveys: list[str]

    def survey(self, since: str | None) -> Survey:
        self.surveys.append(self.name)
        return super().survey(since)


@dataclass
class House:
    """A site that links, named first in the settings, and two platforms that can be linked to."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    worlds: dict[str, World] = field(default_factory=lambda: {name: World() for name in ("site", "flickr", "pixelfed")})
    policies: dict[str, PlatformPolicy] = field(default_factory=dict)
    troubles: dict[str, Exception] = field(default_factory=dict)
    surveys: list[str] = field(default_factory=list)
    watcher: Watcher = field(default_factory=Watcher)

    def __post_init__(self) -> None:
        for name in self.worlds:
            select = Selection(keyword="", everything=True) if name == "site" else Selection()
            self.policies[name] = PlatformPolicy(name, "memory", select=select)

    def platform(self, name: str) -> MemoryPlatform:
        made = Counted(self.worlds[name], self.clock, name, lag_s=0.0, settle_s=0.0, links=name == "site")
        made.surveys = self.surveys
        made.audiences = () if name == "site" else AUDIENCES
        made.trouble = self.troubles.get(name)
        return made

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        settings = Settings(self.folder / "h.toml", self.folder / "state", LibrarySettings("memory", "memory", {}), ())
        with Desk(settings, clock=self.clock, threads=False, listener=self.watcher) as desk:
            desk._library = self.library
            desk._places = {}
            for name, policy in self.policies.items():
                one = self.platform(name)
                desk._places[name] = Place(one, with_defaults(policy, one.captions, one.picture, ()))
            yield desk

    def sync(self, *only: str) -> list[Event]:
        with self.desk() as desk:
            return list(desk.sync(only))

    def plan(self, *only: str) -> Plan:
        with self.desk() as desk:
            return desk.plan(only)

    def put(self, name: str, *wishes: str, **more: object) -> None:
        self.library.put(photo(name, keywords=tuple(f"Socials|{wish}" for wish in wishes), **more))

    def links(self, name: str) -> object:
        """Where the page of a photo leads to."""
        (page,) = [p for p in self.worlds["site"].of(SubjectKind.PHOTO) if p.fields[F.TITLE] == name]
        return page.fields[F.LINKS]

    def url(self, platform: str, name: str) -> str:
        (post,) = [p for p in self.worlds[platform].of(SubjectKind.PHOTO) if p.fields[F.TITLE] == name]
        return post.url

    def edit(self, platform: str, name: str, **changes: object) -> None:
        posts = self.worlds[platform].posts
        (id_,) = [p.id for p in posts.values() if p.fields[F.TITLE] == name]
        posts[id_] = replace(posts[id_], **changes)
        self.clock.sleep(LATER_S)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with quick_ledgers():
        yield template_ledger(tmp_path_factory.mktemp("ledger"))


@pytest.fixture
def house(ledger: Path, tmp_path: Path) -> House:
    (tmp_path / "state").mkdir()
    shutil.copy(ledger, tmp_path / "state" / "ledger.sqlite")
    made = House(tmp_path)
    made.put("a.jpg", "flickr", "pixelfed")
    made.put("b.jpg")
    return made


def test_a_first_sync_publishes_everywhere_and_the_pages_link_to_it_at_once(house):
    house.sync()
    assert house.links("a.jpg") == (
        ("flickr", house.url("flickr", "a.jpg")),
        ("pixelfed", house.url("pixelfed", "a.jpg")),
    )
    assert house.links("b.jpg") == ()
    house.clock.sleep(LATER_S)
    assert house.plan().effects == ()
    assert house.plan().kept == 4


def test_the_second_round_asks_none_of_the_other_platforms_anything(house):
    house.sync()
    assert house.surveys == ["flickr", "pixelfed", "site", "site"]
    house.surveys.clear()
    house.sync()
    assert house.surveys == ["flickr", "pixelfed", "site"], "nothing was published, so nothing follows"


def test_every_effect_of_a_sync_is_told_once_and_what_is_only_said_is_not_said_twice(house):
    house.put("c.jpg", "flickr")
    house.library.put(replace(house.library.items["c.jpg"], where="copies/c.jpg"))
    events = house.sync()
    assert [(e.action.verb, e.action.where) for e in events if e.action.platform == "site"] == [
        (Verb.ADD, "a.jpg"),
        (Verb.ADD, "b.jpg"),
        (Verb.ADD, "c.jpg"),
        (Verb.DUPLICATE, "copies/c.jpg"),
        (Verb.FINISH, "site"),
        (Verb.UPDATE, "a.jpg"),
        (Verb.UPDATE, "c.jpg"),
        (Verb.FINISH, "site"),
    ]
    first, second = house.watcher.plans
    assert {action.platform for action in first.actions} == {"site", "flickr", "pixelfed"}
    assert second.notes == first.notes
    assert all(action.reason == "published or taken away elsewhere: links" for action in second.actions)


def test_questions_of_the_sync_can_be_answered_after_its_second_round(house):
    house.sync()
    house.worlds["pixelfed"].posts.clear()
    house.put("d.jpg", "flickr")
    house.clock.sleep(LATER_S)
    house.sync()
    with house.desk() as desk:
        assert [action.platform for action in desk.answer("a.jpg", "leave")] == ["pixelfed"]


def test_a_photo_that_is_wanted_on_flickr_later_gets_its_link_then(house):
    house.sync()
    house.put("b.jpg", "flickr")
    house.sync()
    assert house.links("b.jpg") == (("flickr", house.url("flickr", "b.jpg")),)


def test_a_photo_that_is_taken_away_here_loses_its_link_with_the_same_sync(house):
    house.sync()
    house.put("a.jpg", "pixelfed")
    house.clock.sleep(LATER_S)
    house.sync()
    assert not house.worlds["flickr"].posts
    assert [name for name, _ in house.links("a.jpg")] == ["pixelfed"]


def test_a_post_that_someone_deleted_there_is_not_linked_to_while_it_is_asked_about(house):
    house.sync()
    house.worlds["flickr"].posts.clear()
    house.clock.sleep(LATER_S)
    plan = house.plan()
    assert {(action.platform, action.verb) for action in plan.actions} == {("flickr", Verb.ASK), ("site", Verb.UPDATE)}
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["pixelfed"]


def test_what_a_failed_look_does_not_show_is_still_linked_to(house):
    house.sync()
    house.worlds["flickr"].posts.clear()
    house.troubles["flickr"] = Busy("flickr does not answer; nothing was done there", wait_s=1.0)
    house.clock.sleep(LATER_S)
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["flickr", "pixelfed"]


def test_a_post_under_a_new_address_is_linked_to_there(house):
    house.sync()
    house.edit("flickr", "a.jpg", url="https://photos.example/moved")
    house.sync()
    assert house.links("a.jpg")[0] == ("flickr", "https://photos.example/moved")


@pytest.mark.parametrize("url", ["photos/a.html", "javascript:alert(1)", "file:///a"])
def test_what_is_no_web_address_is_not_linked_to(house, url):
    house.sync()
    house.edit("flickr", "a.jpg", url=url)
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["pixelfed"]


def test_a_listing_without_addresses_leaves_the_one_that_is_remembered(house):
    house.sync()
    known = house.links("a.jpg")
    house.edit("flickr", "a.jpg", url="")
    house.sync()
    assert house.links("a.jpg") == known


def test_a_post_that_is_not_public_is_not_linked_to(house):
    house.policies["flickr"] = replace(house.policies["flickr"], audience=Audience("private"))
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["pixelfed"]


def test_a_post_whose_audience_changes_is_linked_to_as_long_as_everybody_sees_it(house):
    house.sync()
    hidden = Audience("private", OnAudience.ALL)
    house.policies["flickr"] = replace(house.policies["flickr"], audience=hidden)
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["pixelfed"]
    house.policies["flickr"] = replace(house.policies["flickr"], audience=Audience("public", OnAudience.ALL))
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["flickr", "pixelfed"]


def test_a_post_that_was_made_private_by_hand_is_not_linked_to(house):
    house.sync()
    (post,) = house.worlds["flickr"].posts.values()
    house.edit("flickr", "a.jpg", fields={**post.fields, F.VISIBILITY: "private"})
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["pixelfed"]


def test_links_switched_off_are_taken_away_and_switched_on_come_again(house):
    house.sync()
    house.policies["site"] = replace(house.policies["site"], links=False)
    house.sync()
    assert house.links("a.jpg") == ()
    house.policies["site"] = replace(house.policies["site"], links=True)
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["flickr", "pixelfed"]


def test_a_platform_that_left_the_settings_is_not_linked_to(house):
    house.sync()
    del house.policies["flickr"]
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["pixelfed"]


def test_links_are_set_where_changes_wait_to_be_asked_for_and_no_guard_counts_them(house):
    house.policies["site"] = replace(
        house.policies["site"],
        when=When(changed=OnChanged.FLAGGED),
        guards=Guards(max_deletes=0, max_change_share=0.0),
    )
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["flickr", "pixelfed"]
    house.put("a.jpg", "flickr", title="Renamed")
    house.clock.sleep(LATER_S)
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["flickr"], "the title waits, the links do not"


def test_what_is_applied_is_linked_to_and_the_next_plan_finds_nothing_to_do(house):
    with house.desk() as desk:
        desk.plan()
        list(desk.apply())
    assert [name for name, _ in house.links("a.jpg")] == ["flickr", "pixelfed"]
    assert house.plan().effects == ()


def test_a_sync_of_the_others_alone_leaves_the_site_for_its_own_next_run(house):
    house.sync("site")
    house.sync("flickr")
    assert house.links("a.jpg") == ()
    plan = house.plan("site")
    assert [change.field for action in plan.actions for change in action.changes] == [F.LINKS]
    house.sync("site")
    assert [name for name, _ in house.links("a.jpg")] == ["flickr"]


def test_a_ledger_that_is_lost_costs_no_link(house, ledger):
    house.sync()
    shutil.copy(ledger, house.folder / "state" / "ledger.sqlite")
    house.sync()
    assert [name for name, _ in house.links("a.jpg")] == ["flickr", "pixelfed"]
    assert house.worlds["site"].adds == 2
    house.clock.sleep(LATER_S)
    assert house.plan().effects == ()


def test_a_photo_that_only_other_platforms_show_is_not_looked_at_again_for_their_sake(house, monkeypatch):
    house.policies["site"] = replace(house.policies["site"], select=Selection())
    house.sync()
    house.edit("flickr", "a.jpg", url="https://photos.example/moved")
    judged = []
    with house.desk() as desk:
        monkeypatch.setattr(desk.ledger.verdicts, "judge", lambda name, said: judged.extend((name, *said)))
        desk.plan(("site",))
    assert judged == []
