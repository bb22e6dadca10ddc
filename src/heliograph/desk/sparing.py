"""A library that is read and never written to, for rehearsals: what only stand-ins know must not be written down."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from heliograph.model import Home, Photo, Recipe, Rendition, Trace, Value
from heliograph.policy import OnChanged
from heliograph.ports import Draft, Found, Known, Library, Outcome, Sighting


@dataclass(slots=True)
class Spared:
    """The owner's library; links to a stand-in's posts would keep its photos from ever being published for real."""

    of: Library
    name: str = field(init=False)
    changed: OnChanged = field(init=False)
    keeps_notes: bool = field(init=False)
    amends: bool = field(default=False, init=False)
    troubles: dict[str, None] = field(default_factory=dict, init=False)
    """What it would not have been able to write down, in sentences."""
    _drafts: dict[tuple[str, str], Draft] = field(default_factory=dict, init=False)

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

    def traces(self, photo: Photo, kinds: Collection[Trace]) -> Mapping[Trace, str]:
        """As it is."""
        return self.of.traces(photo, kinds)

    @property
    def keeps_drafts(self) -> bool:
        """Whether it can say what it would write down."""
        return hasattr(self.of, "draft")

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """What it was to write down, as far as it can say that; sorted by photos."""
        return tuple(self._drafts[key] for key in sorted(self._drafts))

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Nothing is written; what would have been is kept for people to look at."""
        draft = getattr(self.of, "draft", None)
        if draft is None or not outcomes:
            return
        found, trouble = draft(outcomes)
        if trouble:
            self.troubles[trouble] = None
        for one in found:
            self._drafts[one.where, one.platform] = _together(self._drafts.get((one.where, one.platform)), one)

    def keep(self, home: Home, file: Path) -> str:
        """Nothing is taken in; a rehearsal brings nothing home.

        Raises:
            AssertionError: always.
        """
        message = f"A rehearsal tried to take in {file.name} of {home.post.id}."
        raise AssertionError(message)

    def amend(self, photo: Photo, facts: Mapping[str, Value]) -> None:
        """Nothing is written into a photo; a rehearsal takes no edit home.

        Raises:
            AssertionError: always.
        """
        message = f"A rehearsal tried to set {', '.join(facts)} of {photo.where}."
        raise AssertionError(message)


def _together(before: Draft | None, now: Draft) -> Draft:
    """What would stand there after both, told as one change."""
    if before is None:
        return now
    into = ({*before.into} - {*now.out_of}) | {*now.into}
    out_of = ({*before.out_of} - {*now.into}) | {*now.out_of}
    row, goes = (now.row, now.row_goes) if now.row or now.row_goes else (before.row, before.row_goes)
    return replace(now, row=row, row_goes=goes, into=tuple(sorted(into)), out_of=tuple(sorted(out_of)))
