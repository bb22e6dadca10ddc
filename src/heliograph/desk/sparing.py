"""A library that is read and never written to, for rehearsals: what only stand-ins know must not be written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from heliograph.model import Photo, Post, Recipe, Rendition
from heliograph.policy import OnChanged
from heliograph.ports import Found, Known, Library, Outcome, Sighting


@dataclass(slots=True)
class Spared:
    """The owner's library; links to a stand-in's posts would keep its photos from ever being published for real."""

    of: Library
    name: str = field(init=False)
    changed: OnChanged = field(init=False)
    keeps_notes: bool = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.changed, self.keeps_notes = self.of.name, self.of.changed, self.of.keeps_notes

    def close(self) -> None:
        """Lets go of its connection, where it has one."""
        close = getattr(self.of, "close", None)
        if close is not None:
            close()

    def photos(self, known: Known) -> Iterator[Sighting]:
        """As they are, without their links: what these name is not on a stand-in, and would only be asked about."""
        for sighting in self.of.photos(known):
            yield (
                replace(sighting, photo=replace(sighting.photo, links=())) if isinstance(sighting, Found) else sighting
            )

    def open(self, photo: Photo, recipe: Recipe) -> Rendition:
        """As it is."""
        return self.of.open(photo, recipe)

    def likeness(self, photo: Photo) -> str:
        """As it is."""
        return self.of.likeness(photo)

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Nothing is written."""

    def keep(self, post: Post, file: Path) -> str:
        """Nothing is taken in; a rehearsal brings nothing home.

        Raises:
            AssertionError: always.
        """
        message = f"A rehearsal tried to take in {file.name} of {post.id}."
        raise AssertionError(message)
