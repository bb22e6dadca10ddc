"""Where pictures are published, and what some platforms offer besides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from heliograph.model import Action, Claim, Facts, Fields, Limits, Post, Rendition, Subject, Survey, Value, Wanted
from heliograph.policy import Captions, Picture

NOTHING: Fields = MappingProxyType({})
"""No fields at all."""


class Caution(str):
    """A sentence of `Platform.about` that asks for something to be done before long."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A photo of a platform, brought here."""

    file: Path
    facts: Facts = field(default_factory=Facts)
    """What the platform says of it: title, caption, alt text, keywords as typed, taken, place, `rights.licence_url`."""
    is_original: bool = True
    """False: it is a smaller or newly coded size, since the platform gives no better one."""
    albums: tuple[str, ...] = ()
    """Titles of the albums that hold it, as far as the platform says so with a photo."""


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
        """Makes ready without anything becoming visible. Says what can later be shown to ask whether `add` arrived.

        Where `wanted` has parts, `rendition` holds one file of each, in their order: here, in `add` and in `update`.
        """

    def add(self, claim: Claim, wanted: Wanted, rendition: Rendition | None) -> Post:
        """Creates ONE post or album with every field that can ride along. The only call that must not be repeated.

        Raises:
            Uncertain: the answer was lost; the post may exist.
        """

    def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Post, ...]]:
        """What earlier `add`s made, for all doubts at once. A claim that is missing was not found (yet).

        One without posts certainly arrived, and cannot be shown now: it stays in doubt however long that takes.
        """

    def update(
        self, post: Post, wanted: Wanted, fields: frozenset[str], rendition: Rendition | None, agreed: Fields = NOTHING
    ) -> Post:
        """Sets the named fields *to* the wanted state; the answer is the post as it is shown now.

        `agreed` is what we sent of its fields before, so that what others added there can be told from ours. What the
        platform will show of a field and does not say is left out of the answer.

        Raises:
            Gone: the post, or what it is to hold, is not there any more.
        """

    def agrees(self, field: str, sent: Value, shown: Value) -> bool:
        """Whether what it shows of a field is what it makes of `sent`; asks nobody."""

    def delete(self, post: Post) -> None:
        """Takes it away; gone already is success."""

    def fetch(self, post: Post, folder: Path) -> Fetched:
        """Brings the best original there is into `folder`, and what the platform says of it."""

    def brings(self, post: Post, fields: frozenset[str]) -> Mapping[str, Value]:
        """What it shows of these fields now, as the library says it; a field that cannot be told is left out.

        Texts as they read; tags as they were typed; taken as the field says it, with what the platform does not know
        left empty; a place as latitude and longitude; rights as the address of the licence, empty for none. May ask the
        service once where the tags are among them, else asks nobody.
        """

    def likeness(self, post: Post) -> str:
        """The perceptual hash of its picture (`digest.likeness`) as a small one; empty where it never can be had.

        May ask the service once; it is asked only about posts that carry no mark and whose words settle nothing.
        """

    def preview(self, post: Post, folder: Path) -> Path | None:
        """Brings a small picture of it into `folder`, for people to look at; `None` where there is none.

        May ask the service once.
        """

    def about(self) -> Sequence[str]:
        """What there is to tell of the account and its limits, in sentences, for whoever looks whether all is well.

        A sentence that is a `Caution` is shown as a warning.
        """

    def finish(self) -> None:
        """Makes everything done so far visible together, where a platform works in batches; else nothing."""

    def close(self) -> None:
        """Lets go of connections; nothing is asked of it afterwards."""

    def calls(self, action: Action) -> int:
        """How many calls of the service carrying this out takes, at least; 0 where nobody counts. Asks nobody."""


@runtime_checkable
class Holding(Protocol):
    """What a platform also offers that keeps words of the owner's with a post."""

    def holds(self, post: Post) -> tuple[str, ...]:
        """Why it is not deleted without a question, in words; asks nobody else."""


@runtime_checkable
class Mentioned(Protocol):
    """What a platform also offers whose posts are linked to from the owner's own notes."""

    def leads_to(self, link: str) -> Collection[str]:
        """Ids of the posts that a link may lead to, as it stands in a note; asks nobody."""


@runtime_checkable
class Readdressed(Mentioned, Protocol):
    """What a platform also offers where a picture gets another address when it is replaced."""

    def readdressed(self, post_id: str, links: Collection[str]) -> Mapping[str, str]:
        """Of these links to a picture, those that are not its address any more, with the one that is.

        Asks the service once.
        """


@dataclass(frozen=True, slots=True)
class Tagged:
    """One tag of one photo on a platform, as it was typed."""

    post_id: str
    title: str
    id: str
    """Of this tag on this photo, opaque."""
    raw: str
    guarded: bool = False
    """It is by what a program knows the photo again, and was not named: left where it is."""


class Untagging(Protocol):
    """What a platform offers besides, where tags can be taken away one by one."""

    def tagged(self, words: Sequence[str], *, starts_with: bool) -> Iterator[Tagged]:
        """Tags of all photos there that are one of the words, or begin with one; lazily."""

    def untag(self, tag: Tagged) -> None:
        """Takes one away and touches no other; gone already is success."""
