"""Photos that share one post elsewhere: each one's page links to that post, as long as the post shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk
from heliograph.desk.making import Place
from heliograph.model import F, Plan, SubjectKind
from heliograph.policy import Audience, OnAudience, PlatformPolicy, Selection
from heliograph.wanted import with_defaults
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import photo, quick_ledgers, template_ledger

AUDIENCES = ("public", "private")
POSTS = PlatformPolicy("pixelfed", "memory", select=Selection(together=True))


@dataclass
class House:
    """A site that links, and a platform whose albums are posts of up to four photos."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    site: World = field(default_factory=World)
    server: World = field(default_factory=World)
    posts: PlatformPolicy = POSTS

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        settings = Settings(self.folder / "h.toml", self.folder / "state", LibrarySettings("memory", "memory", {}), ())
        site = MemoryPlatform(self.site, self.clock, "site", lag_s=0.0, settle_s=0.0, links=True)
        server = MemoryPlatform(self.server, self.clock, "pixelfed", lag_s=0.0, settle_s=0.0, gathers=4)
        server.audiences = AUDIENCES
        everything = PlatformPolicy("site", "memory", select=Selection(keyword="", everything=True))
        with Desk(settings, clock=self.clock, threads=False) as desk:
            desk._library = self.library
            desk._places = {
                one.name: Place(one, with_defaults(policy, one.captions, one.picture, ()))
                for one, policy in ((site, everything), (server, self.posts))
            }
            yield desk

    def put(self, name: str, album: str = "", **more: object) -> None:
        wishes = ["Socials|pixelfed", f"Socials|pixelfed|albums|{album}"] if album else []
        self.library.put(photo(name, keywords=tuple(wishes), **{"title": name.partition(".")[0], **more}))

    def sync(self, *only: str) -> None:
        with self.desk() as desk:
            list(desk.sync(only))

    def plan(self) -> Plan:
        with self.desk() as desk:
            return desk.plan()

    def links(self, name: str) -> object:
        (page,) = [post for post in self.site.of(SubjectKind.PHOTO) if post.fields[F.TITLE] == name]
        return page.fields[F.LINKS]

    @property
    def post(self) -> tuple[tuple[str, str], ...]:
        """A link to the only post there is."""
        (post,) = self.server.posts.values()
        return (("pixelfed", post.url),)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with quick_ledgers():
        yield template_ledger(tmp_path_factory.mktemp("ledger"))


@pytest.fixture
def house(ledger: Path, tmp_path: Path) -> House:
    (tmp_path / "state").mkdir()
    shutil.copy(ledger, tmp_path / "state" / "ledger.sqlite")
    made = House(tmp_path)
    made.put("a.jpg", "Coast")
    made.put("b.jpg", "Coast")
    made.put("c.jpg")
    return made


def test_every_photo_of_a_post_links_to_it_at_once_and_no_other_does(house):
    house.sync()
    assert house.post[0][1].startswith("https://")
    assert (house.links("a"), house.links("b"), house.links("c")) == (house.post, house.post, ())
    assert house.plan().effects == ()


def test_a_photo_that_joins_or_leaves_a_post_gets_or_loses_its_link_with_the_same_sync(house):
    house.sync()
    house.put("c.jpg", "Coast")
    house.put("a.jpg")
    house.sync()
    assert (house.links("a"), house.links("b"), house.links("c")) == ((), house.post, house.post)
    assert house.plan().effects == ()


def test_a_photo_that_waits_to_join_a_post_does_not_link_to_it_yet(house):
    house.sync()
    house.put("c.jpg", "Coast")
    house.sync("site")
    assert house.links("c") == ()
    house.put("b.jpg", "Coast", caption="Other words change no picture")
    house.sync("site")
    assert house.links("b") == house.post


def test_a_post_that_goes_takes_its_links_along(house):
    house.sync()
    for name in ("a.jpg", "b.jpg"):
        house.put(name)
    house.sync()
    assert not house.server.posts
    assert (house.links("a"), house.links("b")) == ((), ())


def test_a_post_that_not_everybody_sees_is_not_linked_to(house):
    house.posts = replace(POSTS, audience=Audience("private", OnAudience.ALL))
    house.sync()
    assert len(house.server.posts) == 1
    assert (house.links("a"), house.links("b")) == ((), ())
    house.posts = replace(POSTS, audience=Audience("public", OnAudience.ALL))
    house.sync()
    assert (house.links("a"), house.links("b")) == (house.post, house.post)


def test_photos_that_are_posted_one_by_one_again_link_to_their_own_posts(house):
    house.sync()
    house.posts = replace(POSTS, select=Selection())
    for _ in range(3):
        house.sync()
    urls = {post.url for post in house.server.of(SubjectKind.PHOTO)}
    assert {house.links("a")[0][1], house.links("b")[0][1]} == urls
    assert len(urls) == 2


def test_explaining_a_photo_says_the_same(house):
    house.sync()
    with house.desk() as desk:
        (site, _) = desk.explain("a.jpg").platforms
    assert site.verdict.wanted.fields[F.LINKS] == house.post
