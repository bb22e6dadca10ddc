"""The doors as promises: what a library, a platform and a clock owe the house, and nothing of how they do it.

Every call may raise `Refused`, `Busy`, `SignInNeeded` or `Mistake`; only `Platform.add` may raise `Uncertain`.
Everything but `Platform.add` may be repeated freely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from heliograph.model import Claim, Limits, Photo, Post, Recipe, Rendition, Subject, Survey, Wanted
from heliograph.policy import Captions, Picture


class Clock(Protocol):
    """The only source of time in the house."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC: for people and records, never for deciding how long something took."""

    def monotonic(self) -> float:
        """Seconds that only grow, also when the wall clock is set."""

    def sleep(self, wait_s: float) -> None:
        """Waits."""


# --- library ----------------------------------------------------------------------------------------------------------


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


Sighting = Found | Unreadable | Vanished | NotLooked | Unchanged


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
    """`None`: it is no longer there."""
    posted_at: str = ""
    refusals: tuple[str, ...] = ()


class Library(Protocol):
    """Where the pictures and the owner's wishes live."""

    name: str

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

    def keep(self, post: Post, file: Path) -> str:
        """Takes in a download under a name of its own, never over anything; says where it is now."""


# --- platform ---------------------------------------------------------------------------------------------------------


class Platform(Protocol):
    """Where pictures are published."""

    name: str
    limits: Limits
    captions: Captions
    """Templates used where the owner's settings are silent."""
    picture: Picture
    """Likewise for what is sent of a picture."""

    def survey(self, since: str | None) -> Survey:
        """Posts and albums of ours: all of them, or where `since` is an earlier cursor, at least what changed."""

    def prepare(self, subject: Subject, wanted: Wanted, rendition: Rendition | None) -> Claim:
        """Makes ready without anything becoming visible. Says what can later be shown to ask whether `add` arrived."""

    def add(self, claim: Claim, wanted: Wanted, rendition: Rendition | None) -> Post:
        """Creates ONE post or album with every field that can ride along. The only call that must not be repeated.

        Raises:
            Uncertain: the answer was lost; the post may exist.
        """

    def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Post, ...]]:
        """What earlier `add`s made, for all doubts at once. A claim that is missing was not found (yet)."""

    def update(self, post: Post, wanted: Wanted, fields: frozenset[str], rendition: Rendition | None) -> Post:
        """Sets the named fields *to* the wanted state; the answer is the post as it is shown now.

        Raises:
            Refused: among other things where the post is gone.
        """

    def delete(self, post: Post) -> None:
        """Takes it away; gone already is success."""

    def fetch(self, post: Post, folder: Path) -> Path:
        """Brings the best original there is into `folder`."""

    def finish(self) -> None:
        """Makes everything done so far visible together, where a platform works in batches; else nothing."""


Stop = Callable[[], bool]
"""True once the user asked to stop: effects under way are finished, none is begun."""
