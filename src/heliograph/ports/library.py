"""Where the pictures and the owner's wishes live, and what is seen there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from heliograph.model import Home, Order, Photo, Post, Recipe, Rendition, Trace, Value
from heliograph.policy import OnChanged


@dataclass(frozen=True, slots=True)
class Found:
    """A photo that is new or changed since it was last known."""

    photo: Photo
    stamp: str
    """What the library compares next time to see that nothing changed; empty makes it look again."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is there and is no photo that could be published, with the reason as a sentence."""

    where: str
    reason: str
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Vanished:
    """A known photo that is certainly no longer there: its folder was read whole and does not hold it."""

    where: str


@dataclass(frozen=True, slots=True)
class NotLooked:
    """A part of the library that could not be read; of the known photos under it nothing may be concluded."""

    part: str
    """A folder below the library's, with `/`; empty is all of it."""
    reason: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """How many known photos of one part are as they were."""

    count: int


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """How many files of one part are something else than photos."""

    count: int
    noun: str
    """Of one: `video`."""


Sighting = Found | Unreadable | Vanished | NotLooked | Unchanged | LeftAlone


class Known(Protocol):
    """What is remembered of the library, part by part, so that only what changed is read again."""

    def parts(self) -> Sequence[str]:
        """Every part (folder) that holds something known."""

    def stamps(self, part: str) -> Mapping[str, str]:
        """Name within the part -> stamp, for one part."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo on one platform, for the library to write back."""

    where: str
    platform: str
    post: Post | None
    """`None`: it is no longer there, or with `refusals` perhaps never was."""
    posted_at: str = ""
    refusals: tuple[str, ...] = ()
    """Every reason why it is not published there as the owner wants; empty: there is none any more."""
    orders_done: tuple[Order, ...] = ()
    """Orders that were carried out, or that were fulfilled by what was done."""
    deleted: bool = False
    """It was taken away because the owner wanted that: the wish for it is fulfilled, too."""
    media_id: str = ""
    """The platform's id of the picture alone, where it has one besides the post's."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a library would write down of one photo and platform, in its own words. A library may offer it."""

    where: str
    platform: str
    row: Mapping[str, str] = field(default_factory=dict)
    """Name -> value of what it would note of the post; empty: nothing."""
    row_goes: bool = False
    """What it noted before would be taken out."""
    into: tuple[str, ...] = ()
    """The categories that the photo would be put into, sorted."""
    out_of: tuple[str, ...] = ()
    """Those that it would be taken out of, sorted."""


class Library(Protocol):
    """Where the pictures and the owner's wishes live."""

    name: str
    changed: OnChanged
    """What becomes of published photos that were changed here, where the owner's settings are silent."""
    keeps_notes: bool
    """It writes down what it is told, and shows it in `Photo.links`; nothing is told to others."""
    amends: bool
    """It can write facts into its photos: `amend` works."""

    def photos(self, known: Known) -> Iterator[Sighting]:
        """What differs from `known`, in no particular order; lazily. Never writes.

        Raises:
            LibraryUnavailable: there is nothing to look at, or nothing where much was known.
        """

    def open(self, photo: Photo, recipe: Recipe) -> Rendition:
        """Files that may be sent, made by the recipe, read back and checked.

        Raises:
            Refused: the photo vanished, changed since it was read, or cannot be decoded.
        """

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Writes links, marks and refusals back where the library keeps them; nothing where it keeps none."""

    def keep(self, home: Home, file: Path) -> str:
        """Takes in a download under a name of its own, never over anything, with its facts beside it; says where it is.

        The same download taken in again, also after it was cut off in the middle, gives the same place.

        Raises:
            Refused: it cannot be written or does not read back; nothing of it is taken for a photo.
        """

    def amend(self, photo: Photo, facts: Mapping[str, Value]) -> None:
        """Sets the named facts of a photo beside its picture, so that it says them from the next look on.

        `title`, `caption`, `alt_text` and `licence` (an address) are texts, empty to take one away; `keywords` two
        rows, those to add and those to remove as they are written; `taken` is local time, digits after the second,
        offset and circa as in `Taken`, or `None`; `place` latitude and longitude, or `None`. Nothing else changes.

        Raises:
            Refused: the photo changed since it was read, or cannot be written to; it is as it was.
        """

    def likeness(self, photo: Photo) -> str:
        """The perceptual hash of its picture (`digest.likeness`), upright; empty where it cannot be had."""

    def traces(self, photo: Photo, kinds: Collection[Trace]) -> Mapping[Trace, str]:
        """What its file would leave of these kinds at other programs; one that cannot be had is left out.

        Its name costs nothing; all others read the whole file, and a signature decodes it. Threads may ask at once.
        """


@runtime_checkable
class Marks(Protocol):
    """What a library also offers that marks photos which are refused."""

    def let_go(self, platform: str, photos: Sequence[str]) -> None:
        """Takes such marks off these photos (their places), and off what the owner wants nowhere any more."""
