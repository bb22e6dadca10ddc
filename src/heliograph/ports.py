"""The doors as promises: what a library, a platform and a clock owe the house, and nothing of how they do it.

Every call may raise `Refused`, `Busy`, `SignInNeeded` or `Mistake`; only `Platform.add` may raise `Uncertain`.
Everything but `Platform.add` may be repeated freely.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from heliograph.model import (
    Action,
    Claim,
    Facts,
    Fields,
    Home,
    Limits,
    Order,
    Photo,
    Post,
    Recipe,
    Rendition,
    Subject,
    Survey,
    Trace,
    Value,
    Wanted,
)
from heliograph.policy import Captions, OnChanged, Picture


class Clock(Protocol):
    """The only source of time in the house."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC: for people and records, never for deciding how long something took."""

    def monotonic(self) -> float:
        """Seconds that only grow, also when the wall clock is set."""

    def sleep(self, wait_s: float) -> None:
        """Waits."""


class Budget(Protocol):
    """How often a service may still be called, counted by everybody who calls it in the same name."""

    def take(self) -> float:
        """Zero: one call was counted and may be sent. Else the seconds until one may be; nothing was counted."""

    def left(self) -> int:
        """Calls that may be sent now."""


class Memory(Protocol):
    """What is worth remembering between runs and could be learnt anew: nothing is lost with it."""

    def read(self, name: str) -> str:
        """The text that was kept under the name; empty where there is none."""

    def write(self, name: str, text: str) -> None:
        """Keeps a text under the name, in place of an earlier one; an empty one is forgotten."""


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


NOTHING: Fields = MappingProxyType({})
"""No fields at all."""


class Caution(str):
    """A sentence of `Platform.about` that asks for something to be done before long."""

    __slots__ = ()


# --- platform ---------------------------------------------------------------------------------------------------------


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


Stop = Callable[[], bool]
"""True once the user asked to stop: effects under way are finished, none is begun."""


# --- signing in -------------------------------------------------------------------------------------------------------


class Ask(Protocol):
    """The owner, as a platform reaches them while signing in; a face implements it."""

    def show(self, link: str, sentence: str) -> None:
        """Brings the owner to `link`, which holds no secret; `sentence` says what to do there."""

    def code(self, sentence: str) -> str:
        """What the platform showed the owner, as it was typed; `sentence` asks for it."""


class Account(Protocol):
    """Whom a platform takes us for, with the tokens that prove it; a frozen noun that JSON can hold."""

    @property
    def who(self) -> str:
        """Whose account it is, for people."""

    @property
    def permissions(self) -> str:
        """What it lets us do, for people, after "may": `add and change photos`."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What the owner brings along before an account can be opened."""

    name: str
    """One word, under which it is kept: `key`."""
    sentence: str
    """Where the owner finds it."""
    hidden: bool = True
    """Nobody may look over the owner's shoulder while it is typed."""
    optional: bool = False
    """An account can be opened without it; it is used for that and not kept."""


class SignIn(Protocol):
    """Opens an account."""

    def __call__(
        self,
        options: Any,
        credentials: Mapping[str, str],
        ask: Ask,
        clock: Clock,
        *,
        deletes: bool,
        callback: bool,
        stop: Stop,
    ) -> Account:
        """The account that the owner let us into; nothing is kept of it here.

        Args:
            options: the platform's own settings.
            credentials: one for each that `SigningIn.needs` names.
            ask: the owner.
            clock: the only source of time.
            deletes: asks for the permission to delete, too.
            callback: the owner's browser runs on this machine and can come back to it; otherwise a code is asked for.
            stop: true once the owner asked to stop.

        Raises:
            SignInNeeded: the owner said no or did not answer, or the platform does not accept what it was given.
        """


@dataclass(frozen=True, slots=True)
class Means:
    """What a platform on the network is given to work with."""

    clock: Clock
    account: Any = None
    """The account that was signed in to, of the type that its `SigningIn` names; `None` where there is none."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    """What the owner brought along, by the names of `SigningIn.needs`."""
    budget: Callable[[str, int, int], Budget] | None = None
    """What is counted, how many are allowed and in how many seconds; to the budget that all processes share."""
    memory: Memory | None = None
    """The platform's own, shared by all processes."""


@dataclass(frozen=True, slots=True)
class SigningIn:
    """How accounts of one kind of platform are opened."""

    needs: tuple[Credential, ...]
    account: type[Any]
    """The noun that `sign_in` answers with."""
    sign_in: SignIn
    farewell: str = ""
    """What the owner can do at the platform itself after signing out, as a sentence."""
