"""A desk over IMatch, with a Flickr account and servers of the fediverse, in this process; each desk is a new start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fediverse_studio import Server
from flickr_house import House as FlickrHouse
from flickr_studio import POLICY, Studio
from heliograph.desk import Desk, Event
from heliograph.desk.making import Place
from heliograph.model import Action, Order, Plan
from heliograph.policy import Guards, PlatformPolicy
from heliograph.standin.fediverse import opened as opened_server
from heliograph.standin.imws import StandIn, World
from heliograph.standin.imws.records import File
from heliograph.wanted import with_defaults
from imatch_house import House, at_home, made, reading_here

GENRE = "Image Characteristics|Genre|landscape"
FLAGS = {Order.UPDATE: "_update", Order.METADATA: "_metadata", Order.DELETE: "_delete"}
PROFILES = {"pixelfed": "pixelfed-0.12", "mastodon": "mastodon-4.6"}
WRITES = ("POST /v1/attributes", "POST /v1/categories/assign", "POST /v1/categories/unassign")
LATER_S = 3600.0


@dataclass
class Household(Studio):
    """One IMatch, one ledger, and the places where its photos are published."""

    imatch: House = None  # type: ignore[assignment]
    servers: dict[str, Server] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    options_here: dict[str, Any] = field(default_factory=dict)
    """Settings of the library."""

    # -- what the owner does --

    @property
    def database(self) -> World:
        return self.imatch.world

    def add(self, name: str, *platforms: str, categories: Sequence[str] = (GENRE,), **tags: Any) -> File:
        """A photo with all its words, tagged for these platforms."""
        said = {"title": name.capitalize(), "description": f"About {name}.", "headline": f"{name} at dusk"}
        said |= {"hierarchicalkeywords": ["nature|water", f"place|{name}"], **tags}
        paths = (*(f"Socials|{one}" for one in platforms), *categories)
        self.files[name] = self.imatch.add(f"{name}.jpg", *paths, tags=said)
        return self.files[name]

    def flag(self, name: str, *orders: Order, on: str = "flickr") -> None:
        for order in orders:
            self.database.put(self.files[name], f"Socials|{on}|{FLAGS[order]}")

    def say(self, name: str, **tags: Any) -> None:
        file = self.files[name]
        file.tags.update(tags)
        self.database.touch(file)

    # -- the desk --

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        here = self.imatch
        self.own = made(here.standin, here.folder, here.library.cache, here.clock, **self.options_here)
        with Studio.desk(self) as desk:
            places = dict(desk.places)
            for name, server in self.servers.items():
                platform = server.platform(desk, name)
                filled = with_defaults(server.policy, platform.captions, platform.picture, platform.limits.needs)
                places[name] = Place(platform, filled)
            desk._places = places
            yield desk

    def run(self) -> list[Event]:
        """A run, some time after it, and only its calls in IMatch's log."""
        self.imatch.standin.calls.clear()
        return self.sync()

    def actions(self) -> dict[tuple[str, str], Action]:
        """What a plan says of (photo, platform), without the folder and the ending."""
        return {(_stem(action.where), action.platform): action for action in self.planned().actions}

    def planned(self) -> Plan:
        self.imatch.standin.calls.clear()
        return self.plan()

    def reply(self, name: str, choice: str) -> None:
        """Answers what the last plan asked about a photo."""
        with self.desk() as desk:
            desk.answer(f"{name}.jpg", choice)

    # -- what stands where --

    def row(self, name: str, platform: str = "flickr") -> dict[str, str]:
        rows = self.imatch.rows(self.files[name], platform)
        assert len(rows) <= 1, rows
        return dict(rows[0]) if rows else {}

    def flags(self, name: str, on: str = "flickr") -> set[Order]:
        number = self.files[name].id
        return {order for order, flag in FLAGS.items() if number in self.database.members(f"Socials|{on}|{flag}")}

    def labels(self, name: str, on: str = "flickr") -> set[str]:
        above = f"Socials|{on}|__errors|"
        return {path.removeprefix(above) for path in self.files[name].categories if path.startswith(above)}

    def on_flickr(self, name: str) -> Any:
        """The photo there that its row names."""
        return self.world.photos.get(self.row(name)["photo_id"])

    def writes(self) -> int:
        return sum(len(self.imatch.standin.calls.of(route)) for route in WRITES)


def _stem(where: str) -> str:
    return where.rpartition("/")[2].partition(".")[0]


def asked(name: str, kind: str) -> PlatformPolicy:
    return PlatformPolicy(name, kind, guards=Guards(max_deletes=1000, max_change_share=1.0))


@contextmanager
def at_work(folder: Path, template: Path, standin: StandIn, *servers: str, **how: Any) -> Iterator[Household]:
    """A household whose IMatch begins anew, with Flickr and these servers."""
    for part in ("imatch", "studio"):
        (folder / part).mkdir(parents=True)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        stack.enter_context(reading_here(patch))
        imatch = stack.enter_context(at_home(folder / "imatch", standin=standin))
        flickr = stack.enter_context(FlickrHouse.opened(folder / "studio" / "flickr", socket=False))
        home = Household(folder / "studio", template, flickr, **{"policy": POLICY, **how}, imatch=imatch)
        for name in servers:
            profile = PROFILES[name]
            server = opened_server(folder / name, profile, now=lambda: home.clock.now().timestamp())
            home.servers[name] = Server(stack.enter_context(server), name, asked(name, name))
        yield home
