"""What Flickr remembers: accounts, photos, albums, groups and tickets, as plain records that JSON can hold.

Records change only by giving a field a new value: what a field holds never changes itself, so that a shallow copy of a
record is how it was at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

READ, WRITE, DELETE = 1, 2, 3
"""Levels of permission; 0 is none."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a call, and what the token lets the program do; a call that nobody signed has `None` instead."""

    key: str
    nsid: str
    perms: int
    """0 none, 1 read, 2 write, 3 delete."""


@dataclass(slots=True)
class Account:
    """One member, with the preferences that apply where an upload is silent."""

    KIND: ClassVar[str] = "account"
    id: str
    """The NSID."""
    username: str
    realname: str = ""
    path_alias: str = ""
    created: int = 0
    utc_offset_s: int = -8 * 3600
    """Unknown dates are told in this local time; accounts that never chose have that of California."""
    pro: bool = True
    privacy: int = 1
    """1 public, 2 friends, 3 family, 4 both, 5 private."""
    safety_level: int = 1
    content_type: int = 1
    hidden: int = 1
    """2 keeps new photos out of public searches."""
    geo_perms: int = 1
    """0 never chosen, 1 public, 2 contacts, 3 friends and family, 4 friends, 5 family, 6 private."""
    import_geo_exif: bool = True
    friends: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    """Including friends and family or not, as one likes."""
    album_order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as somebody typed it, and as it is found."""

    raw: str
    clean: str
    author: str
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo was taken, and who may see that."""

    latitude: float
    longitude: float
    accuracy: int = 16
    context: int = 0
    is_public: int = 1
    is_contact: int = 0
    is_friend: int = 0
    is_family: int = 0


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote under a photo."""

    id: str
    author: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Original:
    """The file that is served as the original."""

    name: str = ""
    """Within the folder of pictures; empty for a seeded photo, whose picture is drawn when somebody asks for it."""
    format: str = "jpg"
    width: int = 0
    """As stored, before the orientation is applied."""
    height: int = 0
    length_bytes: int = 0
    sha256: str = ""
    """Of the bytes that were sent, which a converted file no longer has."""
    turned: bool = False
    """Its orientation says that it is shown with width and height exchanged."""


@dataclass(slots=True)
class Photo:
    """One photo or video."""

    KIND: ClassVar[str] = "photo"
    id: str
    owner: str
    secret: str
    original_secret: str
    original: Original
    title: str = ""
    description: str = ""
    posted: int = 0
    updated: int = 0
    imported: float = 0.0
    """When its conversion ends: before that nobody sees it."""
    playable: float = 0.0
    """When a video's conversion ends: before that it is pending."""
    taken: str = ""
    granularity: int = 0
    taken_unknown: int = 0
    is_public: int = 1
    is_friend: int = 0
    is_family: int = 0
    perm_comment: int = 3
    perm_addmeta: int = 2
    safety_level: int = 1
    content_type: int = 1
    hidden: int = 0
    license: int = 0
    licenses: tuple[tuple[int, int, int], ...] = ()
    """Changes of licence: when, old, new."""
    rotation: int = 0
    """Degrees that its owner turned it by, on top of its file's own orientation."""
    media: str = "photo"
    tags: tuple[Tag, ...] = ()
    place: Place | None = None
    views: int = 0
    faves: tuple[tuple[str, int], ...] = ()
    """Who, and when; oldest first."""
    comments: tuple[Comment, ...] = ()
    server: str = "65535"
    farm: int = 66


@dataclass(slots=True)
class Album:
    """A photoset: ordered, with a cover."""

    KIND: ClassVar[str] = "album"
    id: str
    owner: str
    title: str
    primary: str
    photos: tuple[str, ...]
    description: str = ""
    created: int = 0
    updated: int = 0


@dataclass(slots=True)
class Group:
    """A group, its rules, its pool and what waits for a moderator."""

    KIND: ClassVar[str] = "group"
    id: str
    name: str
    path_alias: str = ""
    privacy: int = 3
    """1 private, 2 by invitation, 3 open."""
    members: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    moderated: bool = False
    throttle_mode: str = "none"
    """`day`, `week`, `month`, `ever`, `disabled` or `none`."""
    throttle_count: int = 0
    pool_max: int | None = None
    photos_ok: int = 1
    videos_ok: int = 1
    images_ok: int = 1
    screens_ok: int = 1
    art_ok: int = 1
    safe_ok: int = 1
    moderate_ok: int = 0
    restricted_ok: int = 0
    has_geo: int = 0
    """1: only photos with a location."""
    content_refused: bool = False
    """Everything is turned down with code 8."""
    pool: tuple[tuple[str, str, int], ...] = ()
    """Photo, who added it, when; oldest first."""
    pending: tuple[tuple[str, str, int], ...] = ()
    additions: tuple[tuple[str, int], ...] = ()
    """Who, and when: what the throttle counts."""


@dataclass(slots=True)
class Ticket:
    """The handle of an upload in conversion."""

    KIND: ClassVar[str] = "ticket"
    id: str
    photo: str
    """Empty: the conversion fails."""
    due: float


@dataclass(slots=True)
class Counter:
    """The last number given out for one purpose; numbers are never used again."""

    KIND: ClassVar[str] = "counter"
    id: str
    last: int


Record = Account | Photo | Album | Group | Ticket | Counter
