"""The demo's story: photos are drawn, planned, published, edited, deleted and brought in step again.

They go to a website, and to Flickr, a Pixelfed and a Mastodon, which stand-ins on this computer play. Nothing is
printed, nothing is written outside the demo's folder, and nothing leaves this computer; the command line tells what is
yielded.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from heliograph.demo.samples import HOME_CIRCLE, delete_one, draw_samples, edit_some, group_names
from heliograph.desk import Desk, Event, Listener, opening
from heliograph.desk.clock import SystemClock
from heliograph.desk.making import PLATFORMS
from heliograph.desk.rehearsing import moved
from heliograph.desk.standing_in import StandIn, started
from heliograph.errors import Mistake
from heliograph.model import Plan
from heliograph.ports import Stop

LONG_EDGE_PX = 1280
"""Of the drawn photos: large enough for a proud page, small enough for an impatient guest."""

PHOTOS, SITE, SETTINGS = "photos", "site", "heliograph.toml"
FLICKR, PIXELFED, MASTODON = "flickr", "pixelfed", "mastodon"
PLAYED: Mapping[str, str] = {FLICKR: "Flickr", PIXELFED: "Pixelfed", MASTODON: "Mastodon"}
"""Platforms that stand-ins play, and what people call them; each is of the kind of its name."""

_SETTINGS = """\
# heliograph: what is published where. This is the demo's own; `helio init` writes one for your photos.

[library]
folder = "{photos}"

# Photos with the keyword Socials|site are published here; Socials|albums|NAME puts them into an album everywhere.
[platforms.site]
folder = "{site}"
title = "Light, mostly"
author = "Mara Lindholm"
intro = "Photographs from seven years and nine places, drawn by a program and published by heliograph."

# Photos with the keyword Socials|flickr are published here; Socials|flickr|groups|NAME offers them to a group.
[platforms.flickr]
url = "{flickr}" # a stand-in on this computer; without this line it is Flickr itself

# Likewise Socials|pixelfed and Socials|mastodon. Without an alt text no photo is published there.
[platforms.pixelfed]
url = "{pixelfed}" # stand-ins again; here you would name your own server
[platforms.mastodon]
url = "{mastodon}"

[rules]
never = ["Private"]              # photos with a keyword in this branch are never published
withhold = ["People", "Private"] # these keywords stay at home
people = false                   # names of people stay at home
place = true                     # positions and place names may leave ...

[[rules.private_places]]         # ... but not from here
name = "{home.name}"
latitude = {home.latitude}
longitude = {home.longitude}
radius_m = {home.radius_m}
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A new chapter."""

    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the narrator."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Sentences that belong together."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan, as `helio plan` shows it."""

    plan: Plan
    remark: str = ""
    """What the narrator adds."""
    standing: bool = False
    """Also each photo that stays out."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A plan is being carried out; the events come lazily, and have to be taken to their end."""

    events: Iterator[Event]


@dataclass(frozen=True, slots=True)
class PageToOpen:
    """The end: this is the website to look at."""

    path: Path


@dataclass(frozen=True, slots=True)
class Showing:
    """The stand-ins' pages can be looked at until the next scene is asked for."""

    pages: Mapping[str, str]
    """What people call a platform -> address of what a stranger sees there."""


@dataclass(frozen=True, slots=True)
class LookLater:
    """The stand-ins have ended; `Story.look` starts them again, with all that was published."""

    names: tuple[str, ...]
    """What people call them."""
    folder: Path
    """Where the story was told."""


Scene = Heading | Said | Listed | PlanShown | Happening | PageToOpen | Showing | LookLater


@dataclass(slots=True)
class Story:
    """One telling of it, in a folder of its own."""

    folder: Path
    listener: Listener = field(default_factory=Listener)
    stop: Stop = lambda: False
    long_edge_px: int = LONG_EDGE_PX
    keep_running: bool = False
    """The stand-ins run at the end for as long as they are looked at."""

    def scenes(self) -> Generator[Scene, None, None]:
        """From the empty folder to the page to open, lazily: each step happens when it is asked for.

        Raises:
            Mistake: the folder holds something already; nothing was written. Or a stand-in could not begin.
        """
        _check_empty(self.folder)
        with ExitStack() as playing:
            stand_ins = self._started(playing)
            stand_ins[FLICKR].add_groups(group_names(), SystemClock())
            yield from self._draw(stand_ins)
            with self._desk(stand_ins) as desk:
                for part in (self._publish, self._again, self._change):
                    if not self.stop():
                        yield from part(desk)
            if self.stop():
                return
            if self.keep_running:
                yield _showing(stand_ins)
        yield LookLater(tuple(PLAYED.values()), self.folder)
        yield PageToOpen(self.folder / SITE / "index.html")

    def look(self) -> Generator[Scene, None, None]:
        """The pages of a story that was told in the folder before.

        Raises:
            Mistake: none was told there, or a stand-in could not begin.
        """
        if not all((self.folder / name).is_dir() for name in PLAYED):
            message = (
                f"{self.folder} holds no demo. Run `helio demo` first, or name its folder: `helio demo --look FOLDER`."
            )
            raise Mistake(message)
        with ExitStack() as playing:
            yield _showing(self._started(playing, self._ports()))

    def _started(self, playing: ExitStack, ports: Mapping[str, int] = MappingProxyType({})) -> dict[str, StandIn]:
        stand_ins = {}
        for name in PLAYED:
            words = (*PLATFORMS[name]().stand_in_words, "--port", str(ports.get(name, 0)))
            stand_ins[name] = playing.enter_context(started(PLATFORMS[name]().stand_in, self.folder / name, words))
        return stand_ins

    def _ports(self) -> dict[str, int]:
        """Those that the settings name, so that links to posts still lead there."""
        settings = opening.settings(self.folder / SETTINGS, {}, self.folder)
        named = {
            it.policy.name: str(it.options.get("url", "")) for it in settings.platforms if it.policy.name in PLAYED
        }
        return {name: port for name, url in named.items() if (port := urlsplit(url).port)}

    def _desk(self, stand_ins: Mapping[str, StandIn]) -> Desk:
        """As the settings say, with the stand-ins' own accounts instead of any in the vault."""
        settings = opening.settings(self.folder / SETTINGS, {}, self.folder)
        guests, platforms = {}, []
        for item in settings.platforms:
            kind, stand_in = PLATFORMS[item.policy.kind](), stand_ins.get(item.policy.name)
            if stand_in is None or kind.sign_in is None:
                platforms.append(item)
            else:
                platforms.append(moved(item, kind, {"url": stand_in.url}))
                guests[item.policy.name] = stand_in.guest(kind.sign_in)
        ours = replace(settings, platforms=tuple(platforms))
        return Desk(ours, listener=self.listener, stop=self.stop, guests=guests)

    def _draw(self, stand_ins: Mapping[str, StandIn]) -> Iterator[Scene]:
        yield Heading("Some photos to begin with")
        self.listener.stage("Drawing the photos")
        special = draw_samples(self.folder / PHOTOS, self.long_edge_px)
        urls = {name: stand_in.url for name, stand_in in stand_ins.items()}
        written = _SETTINGS.format(photos=PHOTOS, site=SITE, home=HOME_CIRCLE, **urls)
        (self.folder / SETTINGS).write_text(written, encoding="utf-8")
        yield Said(f"A photographer's folder, as it might be, is drawn in {self.folder / PHOTOS}.")
        yield Said("Like every real one it holds a few oddities:")
        yield Listed(special)
        yield Said(f"What may leave, and where to, stands in {self.folder / SETTINGS}.")
        yield Said(
            "One place is a website in a folder. The others are Flickr, a Pixelfed and a Mastodon, played by stand-ins "
            "on this computer."
        )

    def _publish(self, desk: Desk) -> Iterator[Scene]:
        yield Heading("The plan: what would happen, and why  (helio plan)")
        remark = "Nothing has happened yet: the private photos are refused, the second copy and the damaged file named."
        yield PlanShown(desk.plan(), remark, standing=True)
        yield Heading("Publishing, exactly that plan  (helio apply)")
        yield Happening(desk.apply())

    def _again(self, desk: Desk) -> Iterator[Scene]:
        yield Heading("The same again: nothing is published twice  (helio plan)")
        yield PlanShown(desk.plan())

    def _change(self, desk: Desk) -> Iterator[Scene]:
        yield Heading("Some edits and a deletion at home")
        edited = edit_some(self.folder / PHOTOS)
        yield Listed((*edited, delete_one(self.folder / PHOTOS)))
        yield Heading("The third plan: only what changed  (helio plan)")
        yield PlanShown(desk.plan())
        yield Heading("Publishing the changes  (helio apply)")
        yield Happening(desk.apply())


def _showing(stand_ins: Mapping[str, StandIn]) -> Showing:
    return Showing({PLAYED[name]: f"{stand_in.url}/" for name, stand_in in stand_ins.items()})


def _check_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = (
            f"{folder} is there already and holds something, so the demo did not touch it. "
            "Name a new folder: `helio demo FOLDER`."
        )
        raise Mistake(message)
