"""The demo's story: photos are drawn, planned, published, edited, deleted and brought in step again.

Nothing is printed and nothing is written outside the demo's folder; the command line tells what is yielded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from heliograph.demo.samples import HOME_CIRCLE, delete_one, draw_samples, edit_title
from heliograph.desk import Desk, Event, Listener, opening
from heliograph.errors import Mistake
from heliograph.model import Plan
from heliograph.ports import Stop

LONG_EDGE_PX = 1280
"""Of the drawn photos: large enough for a proud page, small enough for an impatient guest."""

PHOTOS, SITE, SETTINGS = "photos", "site", "heliograph.toml"

_SETTINGS = """\
# heliograph: what is published where. This is the demo's own; `helio init` writes one for your photos.

[library]
folder = "{photos}"

# Photos with the keyword Socials|site are published; Socials|site|albums|NAME puts them into an album.
[platforms.site]
folder = "{site}"
title = "Light, mostly"
author = "Mara Lindholm"
intro = "Photographs from seven years and nine places, drawn by a program and published by heliograph."

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
    """The end: this is what to look at."""

    path: Path


Scene = Heading | Said | Listed | PlanShown | Happening | PageToOpen


@dataclass(slots=True)
class Story:
    """One telling of it, in a folder of its own."""

    folder: Path
    listener: Listener = field(default_factory=Listener)
    stop: Stop = lambda: False
    long_edge_px: int = LONG_EDGE_PX

    def scenes(self) -> Iterator[Scene]:
        """From the empty folder to the page to open, lazily: each step happens when it is asked for.

        Raises:
            Mistake: the folder holds something already; nothing was written.
        """
        _check_empty(self.folder)
        yield from self._draw()
        settings = self.folder / SETTINGS
        with Desk(opening.settings(settings, {}, self.folder), listener=self.listener, stop=self.stop) as desk:
            yield from self._publish(desk)
            if not self.stop():
                yield from self._again(desk)
            if not self.stop():
                yield from self._change(desk)
        if not self.stop():
            yield PageToOpen(self.folder / SITE / "index.html")

    def _draw(self) -> Iterator[Scene]:
        yield Heading("Some photos to begin with")
        self.listener.stage("Drawing the photos")
        special = draw_samples(self.folder / PHOTOS, self.long_edge_px)
        (self.folder / SETTINGS).write_text(
            _SETTINGS.format(photos=PHOTOS, site=SITE, home=HOME_CIRCLE), encoding="utf-8"
        )
        yield Said(f"A photographer's folder, as it might be, is drawn in {self.folder / PHOTOS}.")
        yield Said("Like every real one it holds a few oddities:")
        yield Listed(special)
        yield Said(f"What may leave, and where to, stands in {self.folder / SETTINGS}.")

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
