"""The nouns, frozen: what the library holds, what a platform shows, what was agreed, and what is to be done.

Nothing here reads a file, a clock or the network. What travels between library, ledger and platform is made of
`Value`s: plain immutable data that JSON can hold, so that a plan or a record can be saved and compared by its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Value: TypeAlias = str | int | float | bool | tuple["Value", ...] | None
else:
    Value = object  # at run time the readers of type hints (jsonform, config) see one simple name

Fields: TypeAlias = Mapping[str, Value]


def frozen_value(value: object) -> Value:
    """`value` with every list turned into a tuple, as it was before JSON had it."""
    if isinstance(value, list | tuple):
        return tuple(frozen_value(item) for item in value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    message = f"{type(value).__name__} cannot be a field's value"
    raise TypeError(message)


def value_digest(value: object) -> str:
    """32 hex digits that are equal for equal values, on every machine and in every run."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def album_mark(title: str) -> str:
    """By what an album is recognised where nothing but its title can be read; its edges are often trimmed."""
    return value_digest(title.strip())


# --- what the library holds -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """When a photo was taken, as the camera or the photographer wrote it; never turned into UTC."""

    local: str
    """Local time, ISO 8601 as far as it is known: `2024`, `2024-05`, `2024-05-03` or `2024-05-03T14:05:06`."""
    subsec: str = ""
    """Digits after the second, as written: `25` is a quarter of a second."""
    offset: str = ""
    """Offset from UTC, `+02:00`; empty where nobody wrote it down, which is most photos."""
    circa: str = ""
    """The photographer's own words for an uncertain date (IPTC CircaDateCreated): `ca. 1936`."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How the picture was exposed; `None` where the file does not say."""

    iso: int | None = None
    shutter_s: tuple[int, int] | None = None
    """Seconds as the fraction that the camera wrote: `(1, 60)`."""
    aperture_f: float | None = None
    focal_mm: float | None = None
    focal_35mm: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo was taken: position in WGS 84 degrees, metres above sea level, and names from small to large."""

    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    sublocation: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """Who made the picture and what others may do with it."""

    creators: tuple[str, ...] = ()
    credit: str = ""
    copyright: str = ""
    usage_terms: str = ""
    licence_url: str = ""
    """cc:license or xmpRights:WebStatement."""
    marked: bool | None = None
    """xmpRights:Marked: true is in copyright, false is public domain."""


@dataclass(frozen=True, slots=True)
class Overruled:
    """What a photo says in containers that were not believed: none of it leaves, and private is private."""

    keywords: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Container, and levels from the root: of a flat keyword only one. Sorted."""
    people: tuple[str, ...] = ()
    place_names: tuple[str, ...] = ()
    positions: tuple[tuple[float, float], ...] = ()
    """Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a photo says of itself, reconciled from EXIF, IPTC, XMP and sidecar. Texts are NFC, stripped, or empty."""

    title: str = ""
    headline: str = ""
    caption: str = ""
    alt_text: str = ""
    extended_description: str = ""
    keywords: tuple[str, ...] = ()
    """Flat keywords in the order written, without repeats."""
    keyword_paths: tuple[tuple[str, ...], ...] = ()
    """Hierarchical keywords, root first: `("Places", "France", "Paris")`; sorted, without repeats."""
    people: tuple[str, ...] = ()
    taken: Taken | None = None
    camera_make: str = ""
    camera_model: str = ""
    lens: str = ""
    exposure: Exposure = Exposure()
    place: Place = Place()
    rights: Rights = Rights()
    rating: int | None = None
    """xmp:Rating, -1 (rejected) to 5."""
    label: str = ""
    width_px: int = 0
    """As stored in the file, before the orientation is applied."""
    height_px: int = 0
    orientation: int = 1
    """EXIF 1 to 8."""
    sources: tuple[tuple[str, str], ...] = ()
    """Which container won: `(("title", "XMP"), ("caption", "sidecar XMP"))`, sorted by field."""
    warnings: tuple[str, ...] = ()
    """What could not be read or was contradictory, in sentences."""
    unread: tuple[str, ...] = ()
    """Of the warnings, those about words that are there and could not be read: one of them may say "private"."""
    overruled: Overruled = Overruled()


@dataclass(frozen=True, slots=True)
class Wish:
    """The owner wants a photo on a platform, there in these albums."""

    platform: str
    albums: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    reason: str = ""
    """Where the wish stands, for people: `keyword Socials|site`."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture file of the library."""

    where: str
    """The library's own name of the file: path below its folder with `/`, or a database id. Unique within a library."""
    digest: str
    """Digest of the coded image alone, 64 hex digits; stays when metadata is edited."""
    digest_of: str
    """What the digest covers: `jpeg scans`, `png IDAT`, `whole file`, ..."""
    media_type: str
    length_bytes: int
    facts: Facts
    wishes: tuple[Wish, ...] = ()
    """Wishes that the library itself holds (IMatch categories); rules add those that stand in keywords."""


class SubjectKind(StrEnum):
    """Both kinds go through the same table, journal and `add`; a site stands for its pages as a whole."""

    PHOTO = "photo"
    ALBUM = "album"
    PAGES = "pages"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What an action is about: a photograph or an album, by the identity that the ledger keeps."""

    kind: SubjectKind
    id: str
    """For a photo the first 32 hex digits of the image-data digest it was first seen with; for an album its name."""


# --- what is to be sent -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Output:
    """One picture file to be made."""

    media_type: str
    long_edge_px: int | None = None
    """Never enlarged; `None` keeps the size."""
    quality: int = 85


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the files to be sent are made from a photo. Equal recipes on equal pixels give equal bytes."""

    outputs: tuple[Output, ...] = ()
    """Empty: the original's own coded pixels with cleaned metadata."""
    embed: Facts = Facts()
    """The only facts written into the files; orientation is applied to resized pixels and kept on original ones."""


@dataclass(frozen=True, slots=True)
class RenditionFile:
    """A picture file ready to be sent, already read back and checked."""

    path: Path
    media_type: str
    width_px: int
    height_px: int
    length_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """What may be sent of one photo, largest file first."""

    files: tuple[RenditionFile, ...]
    blur: str = ""
    """A tiny picture as a data address, for a page to show while the picture loads; empty where nobody needs it."""


@dataclass(frozen=True, slots=True)
class Caption:
    """The texts of one photo for one platform, fitted to its limits."""

    title: str = ""
    text: str = ""
    alt: str = ""
    tags: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """What did not fit or was not allowed, in sentences."""


class F:
    """Names of fields, as every platform and the ledger use them."""

    PICTURE = "picture"
    TITLE = "title"
    TEXT = "text"
    ALT = "alt"
    TAGS = "tags"
    TAKEN = "taken"
    PLACE = "place"
    RIGHTS = "rights"
    CAMERA = "camera"
    GROUPS = "groups"
    VISIBILITY = "visibility"
    COVER = "cover"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the library wants a platform to show of one subject."""

    subject: Subject
    platform: str
    where: str
    """The photo's place in the library, or the album's name, for people."""
    fields: Fields
    """Only fields that the platform can show. A picture is the digest of its pixels and recipe; members and cover are
    photo ids until the executor turns them into post ids."""
    mark: str = ""
    """By what a post is recognised with the ledger lost: 32 hex digits of image-data digest, or of the title's."""
    recipe: Recipe | None = None
    basis: str = ""
    """Changes when anything this was computed from changes: facts, pixels, rules, templates, limits."""
    left_out: tuple[str, ...] = ()


# --- what a platform shows and what was agreed ------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Agreed:
    """One field as both sides last had it: what we sent, and what the platform answered to it."""

    sent: Value
    shown: str
    """Digest of the platform's answer; it may rewrite texts, so ours is never compared with its."""


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


# --- what a platform can do -------------------------------------------------------------------------------------------


class Count(StrEnum):
    """How a platform counts the length of a text."""

    CODE_POINTS = "code points"
    GRAPHEMES = "graphemes, a link as 23"
    BYTES = "bytes of UTF-8"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform can and cannot do. Written down with source and date; what the server says of itself wins."""

    fields: frozenset[str]
    """Fields of a photo that it can show."""
    rides: frozenset[str]
    """Of these, the ones that `add` carries; the others need an `update` behind it."""
    amendable: frozenset[str]
    """Of these, the ones that `update` can set afterwards."""
    album_fields: frozenset[str] = frozenset()
    """Empty: it has no albums."""
    album_rides: frozenset[str] | None = None
    """Of these, the ones that making an album carries; `None`: all of them."""
    album_lives: bool = False
    """An album is a place of its own there, with an address and visitors: emptied, it is left to its owner."""
    audiences: tuple[str, ...] = ()
    """Who may be let to see a photo there, the usual first; empty: whoever finds the place."""
    media_types: tuple[str, ...] = ("image/jpeg",)
    max_bytes: int | None = None
    max_px: int | None = None
    title_len: int | None = None
    text_len: int | None = None
    alt_len: int | None = None
    tags_max: int | None = None
    count: Count = Count.CODE_POINTS
    settle_s: float = 0.0
    """How long its listing may lag behind its writes: absence is believed only after that long."""
    workers: int = 1
    """Actions that may be under way at once."""
    embedded_counts: bool = True
    """Words within a picture file are part of the picture; `False` where they are only read when it is new."""
    two_way: bool = False
    """Photos that are only there can come home."""
    calls_per_h: int | None = None
    """How many calls it allows in an hour; `None` where nobody counts them."""


# --- what is to be done -----------------------------------------------------------------------------------------------


class Verb(StrEnum):
    """What is to be done about one subject on one platform."""

    ADD = "add"
    MATCH = "match"
    KEEP = "keep"
    UPDATE = "update"
    REPOST = "repost"
    DELETE = "delete"
    FORGET = "forget"
    DOWNLOAD = "download"
    ACCEPT = "accept"
    ASK = "ask"
    WAIT = "wait"
    REFUSE = "refuse"
    DUPLICATE = "duplicate"
    FINISH = "finish"


TELLING = frozenset({Verb.KEEP, Verb.ASK, Verb.WAIT, Verb.REFUSE, Verb.DUPLICATE})
"""Verbs that change nothing anywhere; all others do."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is to be set, with what it was for people."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do, or to say, about one subject on one platform, with its reason in words."""

    verb: Verb
    subject: Subject
    platform: str
    where: str
    reason: str
    wanted: Wanted | None = None
    post: Post | None = None
    """The post that the action is about, as the platform showed it or as the ledger remembers it."""
    changes: tuple[Change, ...] = ()
    choices: tuple[str, ...] = ()
    """For `ask`: the answers that `helio answer` takes."""
    question: str = ""
    """Digest of the question that is asked, or that was answered: done, the action uses the answer up. An answer to
    another question does not count."""
    refusals: tuple[str, ...] = ()
    """For `refuse`: every reason at once, a sentence each."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Why a plan must not be applied as it stands."""

    kind: str
    """`deletes` or `changes`: what the owner has to allow to apply it all the same."""
    platform: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen, and nothing else: dry run, preview, apply and tests are readers of the same plan."""

    actions: tuple[Action, ...]
    kept: int = 0
    """Subjects on which both sides already agree; not listed."""
    guards: tuple[Guard, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def effects(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.verb not in TELLING)
