"""What a server knows: records that are kept in one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(slots=True)
class Account:
    """A member."""

    KIND: ClassVar[str] = "account"
    id: str
    name: str
    active: bool = True
    """It called before, or was used in a browser."""
    licence: int = 1
    visibility: str = "public"
    made_at: float = 0.0


@dataclass(slots=True)
class Application:
    """A program that was registered."""

    KIND: ClassVar[str] = "application"
    id: str
    secret: str
    name: str
    uris: list[str]
    scopes: str = ""
    website: str = ""


@dataclass(slots=True)
class Code:
    """A yes that was not yet turned into a token."""

    KIND: ClassVar[str] = "code"
    id: str
    application: str
    account: str
    uri: str
    scopes: str
    made_at: float
    challenge: str = ""
    method: str = ""


@dataclass(slots=True)
class Token:
    """What an application may do in one account; `id` is the token itself."""

    KIND: ClassVar[str] = "token"
    id: str
    application: str
    account: str
    scopes: str
    made_at: float
    expires_at: float | None = None
    refresh: str = ""
    revoked: bool = False


@dataclass(slots=True)
class Media:
    """One picture that was sent."""

    KIND: ClassVar[str] = "media"
    id: str
    serial: int
    account: str
    filename: str
    length_bytes: int
    sha256: str
    """Of the bytes as they were sent."""
    mime: str
    width: int
    height: int
    made_at: float
    alt: str = ""
    focus: tuple[float, float] = (0.0, 0.0)
    licence: int = 1
    status: str = ""
    """The post it is in; empty: none yet, or no longer."""
    drafted: bool = False
    """Caught in a post that was never made."""
    polls: int = 0
    """How often it will still be said to be unready."""
    failed: bool = False


@dataclass(slots=True)
class Version:
    """A text that a post once had."""

    text: str
    spoiler: str
    sensitive: bool
    at: float


@dataclass(slots=True)
class Status:
    """One post."""

    KIND: ClassVar[str] = "status"
    id: str
    serial: int
    account: str
    text: str
    made_at: float
    media: list[str] = field(default_factory=list)
    alts: dict[str, str] = field(default_factory=dict)
    """Alt texts as the post shows them where that is not what the media say."""
    visibility: str = "public"
    sensitive: bool = False
    spoiler: str = ""
    language: str | None = None
    application: str = ""
    """Name of the program that made it."""
    shown_at: float | None = None
    """What it says for its date, where that is not when it was made."""
    edited_at: float | None = None
    deleted_at: float | None = None
    edits: int = 0
    escaped: bool = False
    """The text is kept as HTML."""
    tags: list[str] = field(default_factory=list)
    reply_to: str = ""
    place: int | None = None
    collections: list[str] = field(default_factory=list)
    comments_disabled: bool = False
    archived: bool = False
    draft: bool = False
    favourites: list[str] = field(default_factory=list)
    """Who likes it."""
    history: list[Version] = field(default_factory=list)


@dataclass(slots=True)
class Collection:
    """An album of Pixelfed's."""

    KIND: ClassVar[str] = "collection"
    id: str
    account: str
    title: str = ""
    description: str = ""
    visibility: str = "draft"
    posts: list[str] = field(default_factory=list)
    made_at: float = 0.0
    updated_at: float = 0.0


@dataclass(slots=True)
class Once:
    """An Idempotency-Key that was used; `id` is account and key."""

    KIND: ClassVar[str] = "once"
    id: str
    at: float
    status: str = ""


@dataclass(slots=True)
class Counter:
    """The last number that was given out."""

    KIND: ClassVar[str] = "counter"
    id: str
    last: int = 0


Record = Account | Application | Code | Token | Media | Status | Collection | Once | Counter
KINDS: tuple[type[Record], ...] = (Account, Application, Code, Token, Media, Status, Collection, Once, Counter)
