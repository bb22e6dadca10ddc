"""A desk over a library of drawn photos and a Flickr account on the stand-in, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from PIL import Image

from flickr_house import House
from heliograph import metadata
from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk, Event
from heliograph.desk.making import Place
from heliograph.libraries.folder import Folder
from heliograph.libraries.folder import Options as FolderOptions
from heliograph.model import Action, F, Photo, Plan, Recipe, Rendition, RenditionFile
from heliograph.platforms.flickr import Flickr, Options
from heliograph.platforms.flickr.signin import Account
from heliograph.policy import Guards, PlatformPolicy
from heliograph.ports import Library, Means
from heliograph.standin.flickr.records import Photo as Shown
from heliograph.wanted import with_defaults
from memory import FakeClock, MemoryLibrary
from studio import photo

GROUP = "1234567@N20"
STRANGER = "99999999@N09"
POLICY = PlatformPolicy("flickr", "flickr", guards=Guards(max_deletes=1000, max_change_share=1.0))
LATER_S = 3600.0
A_DAY_S = 25 * 3600.0


@dataclass(slots=True)
class DrawnLibrary(MemoryLibrary):
    """Photos in a dictionary, whose pictures are drawn, with the facts that are to be embedded, when they are sent."""

    folder: Path = Path()

    def open(self, photo: Photo, recipe: Recipe) -> Rendition:
        MemoryLibrary.open(self, photo, recipe)
        path = self.folder / f"{photo.digest}.jpg"
        dots = np.frombuffer(bytes.fromhex(photo.digest) * 6, dtype=np.uint8).reshape(8, 8, 3)
        Image.fromarray(dots).save(path)
        metadata.write(path, recipe.embed)
        return Rendition((RenditionFile(path, "image/jpeg", 8, 8, path.stat().st_size, photo.digest),))


def wished(name: str, *albums: str, groups: tuple[str, ...] = (), pixels: str = "", **more: Any) -> Photo:
    """A photo that is wished on Flickr."""
    wishes = ["Socials|flickr", *(f"Socials|flickr|albums|{album}" for album in albums)]
    wishes += [f"Socials|flickr|groups|{group}" for group in groups]
    return photo(name, pixels=pixels, keywords=(*wishes, *more.pop("keywords", ())), **more)


@dataclass
class Studio:
    """One library, one account, one ledger; each desk is a new start of the program."""

    folder: Path
    template: Path
    house: House
    policy: PlatformPolicy = POLICY
    options: dict[str, Any] = field(default_factory=lambda: {"look": "changes"})
    perms: str = "delete"
    account: dict[str, Any] = field(default_factory=dict)
    own: Library | None = None
    """Instead of the drawn library."""
    drawn: DrawnLibrary = field(init=False)

    def __post_init__(self) -> None:
        self.drawn = DrawnLibrary(folder=self.folder / "drawn")
        self.drawn.folder.mkdir()
        self.lose_ledger()

    @property
    def clock(self) -> FakeClock:
        return self.house.clock

    @property
    def world(self) -> Any:
        return self.house.standin.world

    @property
    def me(self) -> str:
        return self.house.standin.nsid

    # -- the library --

    def put(self, name: str, *albums: str, **more: Any) -> Photo:
        item = wished(name, *albums, **more)
        self.drawn.put(item)
        return item

    def change(self, name: str, **facts: Any) -> None:
        item = self.drawn.items[name]
        self.drawn.put(replace(item, facts=replace(item.facts, **facts)))

    def folder_library(self) -> Path:
        """A real folder in place of the drawn photos."""
        folder = self.folder / "library"
        folder.mkdir(exist_ok=True)
        self.own = Folder("photos", FolderOptions(folder, workers=1), self.folder / "state" / "renditions", self.clock)
        return folder

    # -- the desk --

    def platform(self, desk: Desk | None = None) -> Flickr:
        standin = self.house.standin
        token = standin.token_with(self.perms) if self.perms != "delete" else (standin.token, standin.token_secret)
        account = Account(*token, standin.nsid, "rehearsal", perms=self.perms, **self.account)
        credentials = {"key": standin.key, "secret": standin.secret}
        means = Means(self.clock, account, credentials, desk._counted if desk else None)
        options = Options(**{"url": standin.url, "calls_per_s": 1000.0, "account": "pro", **self.options})
        transport = httpx2.WSGITransport(app=standin.app)
        made = Flickr("flickr", options, means, transport)
        self.house.made.append(made)
        return made

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        settings = Settings(
            self.folder / "heliograph.toml", self.folder / "state", LibrarySettings("m", "memory", {}), ()
        )
        with Desk(settings, clock=self.clock, threads=False) as desk:
            desk._library = self.own or self.drawn
            platform = self.platform(desk)
            policy = with_defaults(self.policy, platform.captions, platform.picture, platform.limits.needs)
            desk._places = {"flickr": Place(platform, policy)}
            yield desk

    def sync(self, later_s: float = LATER_S) -> list[Event]:
        """One run, and some time after it."""
        with self.desk() as desk:
            events = list(desk.sync())
        self.clock.sleep(later_s)
        return events

    def plan(self) -> Plan:
        with self.desk() as desk:
            return desk.plan()

    def answer(self, where: str, choice: str) -> None:
        with self.desk() as desk:
            desk.answer(where, choice)

    def lose_ledger(self) -> None:
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        (self.folder / "state").mkdir()
        shutil.copy(self.template, self.folder / "state" / "ledger.sqlite")

    # -- what happened --

    @contextmanager
    def counted(self) -> Iterator[dict[str, int]]:
        """The calls that are made meanwhile, by method."""
        made: dict[str, int] = {}
        begin = len(self.house.standin.calls.all())
        yield made
        for call in self.house.standin.calls.all(since=begin):
            name = call.method.removeprefix("flickr.") if call.route == "rest" else call.route
            made[name] = made.get(name, 0) + 1

    def shown(self, name: str) -> Shown:
        """The one photo on Flickr that stands for a photo of the library."""
        mark = self.drawn.items[name].digest[:32]
        (found,) = [one for one in self.shown_all() if any(mark in tag.clean for tag in one.tags)]
        return found

    def shown_all(self) -> list[Shown]:
        return [one for one in self.world.photos.values() if one.owner == self.me]

    def album(self, title: str) -> Any:
        (found,) = [album for album in self.world.albums.values() if album.title == title]
        return found

    def by_hand(self, method: str, **arguments: str) -> Any:
        """What the owner does on Flickr's pages."""
        self.clock.sleep(60)
        done = self.world.by_hand(self.me, f"flickr.{method}", **arguments)
        self.clock.sleep(60)
        return done

    def tags(self, name: str) -> list[str]:
        """Raw tags without our own."""
        return sorted(tag.raw for tag in self.shown(name).tags if "heliograph" not in tag.clean)


def only(plan: Plan) -> Action:
    (action,) = plan.actions
    return action


def verbs(plan: Plan) -> dict[str, str]:
    return {action.where: str(action.verb) for action in plan.actions}


def ids(studio: Studio, *names: str) -> tuple[str, ...]:
    """Of the photos on Flickr."""
    return tuple(studio.shown(name).id for name in names)


def fields(action: Action) -> list[str]:
    return [change.field for change in action.changes]


@contextmanager
def opened(folder: Path, template: Path, **more: Any) -> Iterator[Studio]:
    """A studio of its own."""
    folder.mkdir(exist_ok=True)
    with House.opened(folder / "flickr", socket=False) as house:
        yield Studio(folder, template, house, **more)


@pytest.fixture
def flickr(tmp_path: Path, template: Path) -> Iterator[Studio]:
    with opened(tmp_path / "studio", template) as studio:
        yield studio


__all__ = ["GROUP", "STRANGER", "F", "Studio", "fields", "flickr", "only", "opened", "verbs", "wished"]
