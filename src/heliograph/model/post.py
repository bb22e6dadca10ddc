"""What a platform shows, and what was agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from heliograph.model.photo import Subject, SubjectKind
from heliograph.model.trace import Traces
from heliograph.model.value import Fields, Value


@dataclass(frozen=True, slots=True)
class Post:
    """A photo or album as a platform shows it."""

    id: str
    kind: SubjectKind
    mark: str = ""
    """Our mark, where the platform shows it; empty for posts that nobody marked."""
    url: str = ""
    fields: Fields = field(default_factory=dict)
    """As the platform answers them; members and cover are post ids."""
    reactions: int | None = 0
    """Favourites and comments of others, which are lost with it; `None` where the platform does not say."""
    held: tuple[str, ...] = ()
    """Fields that an answer leaves for later, because the platform has enough of them for now: set again next time. In
    an `update`, the fields of which it is not known whether the last one set them whole."""
    notes: tuple[str, ...] = ()
    """What else an answer has to tell, in sentences."""
    made_at: str = ""
    """UTC, ISO 8601: when it was posted there; empty where the platform does not say."""
    media_id: str = ""
    """Of its first picture alone, where the platform has an id for it besides the post's."""
    traces: Traces = ()
    """What other programs left there of the file that it was made from."""
    small_url: str = ""
    """Where the platform says that a small picture of it is to be had; empty where it has to be asked."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What can be shown later to ask whether an `add` arrived. Plain data, journalled before the `add`."""

    subject: Subject
    mark: str
    token: str
    """The platform's own proof, opaque to the house: a media id, a start time, a chosen post id."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a platform shows: everything of ours, or what changed since an earlier survey."""

    posts: tuple[Post, ...]
    full: bool
    """True: a post that is not in `posts` is not there. False: it has not changed, unless it is in `gone`."""
    gone: frozenset[str] = frozenset()
    """Ids of posts known to be gone, in a survey of changes."""
    looked: bool = True
    """False: the listing was cut off or could not be read; nothing may be concluded from what is missing."""
    cursor: str = ""
    """To be given to the next survey; opaque."""
    pending: str = ""
    """What was accepted but is not visible before `finish`, as a sentence; empty when nothing is."""
    photos: int | None = None
    """How many there are in all, where a survey of changes counted them: what it does not name can be gone as well."""
    deletions: bool = True
    """False: a survey of changes that would not have noticed that something was deleted there."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One field as both sides last had it: what we sent, and what the platform answered to it."""

    sent: Value
    shown: str
    """Digest of the platform's answer; it may rewrite texts, so ours is never compared with its."""


ANEW = "anew"
"""In `Record.setting`: its post was to be taken away and posted anew. Where it is gone, that was our own doing."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the ledger remembers of one subject on one platform."""

    subject: Subject
    platform: str
    post_id: str
    url: str = ""
    mark: str = ""
    where: str = ""
    basis: str = ""
    fields: Mapping[str, Agreed] = field(default_factory=dict)
    posted_at: str = ""
    """UTC, ISO 8601: the first posting; kept through every later change."""
    changed_at: str = ""
    setting: tuple[str, ...] = ()
    """Fields whose `update` was begun and is not known to have ended: the platform may show the old value or new."""
    shown: str = field(default="", compare=False)
    """Digest of all that the platform showed when both sides last agreed; empty where it is not known."""
