"""The demo's story: photos are drawn, planned, published, edited, deleted and brought in step again.

They go to a website and to Flickr, which a stand-in on this computer plays. Nothing is printed, nothing is written
outside the demo's folder, and nothing leaves this computer; the command line tells what is yielded.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from heliograph.demo.samples import HOME_CIRCLE, delete_one, draw_samples, edit_title, group_names
from heliograph.desk import Desk, Event, Listener, opening
from heliograph.desk.clock import SystemClock
from heliograph.desk.making import PLATFORMS
from heliograph.desk.rehearsing import moved
from heliograph.desk.standing_in import StandIn, command, started
from heliograph.errors import Mistake
from heliograph.model import Plan
from heliograph.ports import Stop

LONG_EDGE_PX = 1280
"""Of the drawn photos: large enough for a proud page, small enough for an impatient guest."""

PHOTOS, SITE, FLICKR, SETTINGS = "photos", "site", "flickr", "heliograph.toml"

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
url = "{url}" # a stand-in on this computer; without this line it is Flickr itself

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


@dataclass(frozen=True, slots=True)
class Happening:
    """A plan is being carried out; the events come lazily, and have to be taken to their end."""

    events: Iterator[Event]


@dataclass(frozen=True, slots=True)
class PageToOpen:
    """The end: this is the website to look at."""

    path: Path


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The stand-in's page can be looked at until the next scene is asked for."""

    address: str


@dataclass(frozen=True, slots=True)
class RunAgain:
    """The stand-in has ended; the command starts it again, and its page is at the same address."""

    command: tuple[str, ...]
    address: str


Scene = Heading | Said | Listed | PlanShown | Happening | PageToOpen | StillRunning | RunAgain


@dataclass(slots=True)
class Story:
    """One telling of it, in a folder of its own."""

    folder: Path
    listener: Listener = field(default_factory=Listener)
    stop: Stop = lambda: False
    long_edge_px: int = LONG_EDGE_PX
    keep_running: bool = False
    """The stand-in runs at the end for as long as it is looked at."""

    def scenes(self) -> Generator[Scene, None, None]:
        """From the empty folder to the page to open, lazily: each step happens when it is asked for.

        Raises:
            Mistake: the folder holds something already; nothing was written. Or the stand-in could not begin.
        """
        _check_empty(self.folder)
        module, place = PLATFORMS[FLICKR].stand_in, self.folder / FLICKR
        with started(module, place) as stand_in:
            stand_in.add_groups(group_names(), SystemClock())
            yield from self._draw(stand_in)
            with self._desk(stand_in) as desk:
                for part in (self._publish, self._again, self._change):
                    if not self.stop():
                        yield from part(desk)
            if self.stop():
                return
            if self.keep_running:
                yield StillRunning(f"{stand_in.url}/")
        port = stand_in.url.rpartition(":")[2]
        yield RunAgain((*command(module, place), "--port", port), f"{stand_in.url}/")
        yield PageToOpen(self.folder / SITE / "index.html")

    def _desk(self, stand_in: StandIn) -> Desk:
        """As the settings say, with the stand-in's own account instead of one in the vault."""
        settings, kind = opening.settings(self.folder / SETTINGS, {}, self.folder), PLATFORMS[FLICKR]
        to = {"url": stand_in.url}
        platforms = [moved(it, kind, to) if it.policy.name == FLICKR else it for it in settings.platforms]
        guests = {FLICKR: stand_in.guest(kind.sign_in)} if kind.sign_in else {}
        ours = replace(settings, platforms=tuple(platforms))
        return Desk(ours, listener=self.listener, stop=self.stop, guests=guests)

    def _draw(self, stand_in: StandIn) -> Iterator[Scene]:
        yield Heading("Some photos to begin with")
        self.listener.stage("Drawing the photos")
        special = draw_samples(self.folder / PHOTOS, self.long_edge_px)
        (self.folder / SETTINGS).write_text(
            _SETTINGS.format(photos=PHOTOS, site=SITE, url=stand_in.url, home=HOME_CIRCLE), encoding="utf-8"
        )
        yield Said(f"A photographer's folder, as it might be, is drawn in {self.folder / PHOTOS}.")
        yield Said("Like every real one it holds a few oddities:")
        yield Listed(special)
        yield Said(f"What may leave, and where to, stands in {self.folder / SETTINGS}.")
        yield Said("One place is a website in a folder. The other is Flickr, played by a stand-in on this computer.")

    def _publish(self, desk: Desk) -> Iterator[Scene]:
        yield Heading("The plan: what would happen, and why  (helio plan)")
        remark = "Nothing has happened yet: the private photos are refused, the second copy and the damaged file named."
        yield PlanShown(desk.plan(), remark)
        yield Heading("Publishing, exactly that plan  (helio apply)")
        yield Happening(desk.apply())

    def _again(self, desk: Desk) -> Iterator[Scene]:
        yield Heading("The same again: nothing is published twice  (helio plan)")
        yield PlanShown(desk.plan())

    def _change(self, desk: Desk) -> Iterator[Scene]:
        yield Heading("Two edits and a deletion at home")
        edited = edit_title(self.folder / PHOTOS)
        yield Listed((*edited, delete_one(self.folder / PHOTOS)))
        yield Heading("The third plan: only what changed  (helio plan)")
        yield PlanShown(desk.plan())
        yield Heading("Publishing the changes  (helio apply)")
        yield Happening(desk.apply())


def _check_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = (
            f"{folder} is there already and holds something, so the demo did not touch it. "
            "Name a new folder: `helio demo FOLDER`."
        )
        raise Mistake(message)
