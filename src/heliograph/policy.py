"""The owner's settings as nouns, frozen; `config` reads them, the pure modules decide by them.

Their names are the keys of `heliograph.toml`. An unknown key is a mistake; `__pydantic_config__` tells the reader so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

STRICT: dict[str, Any] = {"extra": "forbid"}


class Direction(StrEnum):
    """Which way photos travel."""

    PUBLISH = "publish"
    BOTH = "both"
    FETCH = "fetch"


class OnUnwanted(StrEnum):
    """A published photo that the library no longer wants there."""

    DELETE = "delete"
    LEAVE = "leave"


class OnMissing(StrEnum):
    """A published photo that someone removed on the platform."""

    ASK = "ask"
    ADD = "add"
    LEAVE = "leave"


class OnEdited(StrEnum):
    """A field that someone edited on the platform."""

    ASK = "ask"
    OVERWRITE = "overwrite"
    ACCEPT = "accept"


class OnAdopted(StrEnum):
    """A post that was there before it was known here, where it differs from the photo that it turns out to be."""

    OVERWRITE = "overwrite"
    LEAVE = "leave"


class OnConflict(StrEnum):
    """A field that was edited here and on the platform."""

    ASK = "ask"
    OURS = "ours"
    THEIRS = "theirs"


class OnLost(StrEnum):
    """A published photo that was deleted from the library."""

    ASK = "ask"
    FETCH = "fetch"
    LEAVE = "leave"


class OnRefused(StrEnum):
    """A published photo that the rules no longer let out."""

    ASK = "ask"
    DELETE = "delete"
    LEAVE = "leave"


class OnLoved(StrEnum):
    """A published photo that is no longer wanted, and that others have marked or commented on."""

    ASK = "ask"
    DELETE = "delete"
    LEAVE = "leave"


class OnUsed(StrEnum):
    """A published photo that is to be deleted or posted anew, and that the owner's own notes use."""

    ASK = "ask"
    DELETE = "delete"
    LEAVE = "leave"


class OnAudience(StrEnum):
    """A change of who may see photos."""

    NEW = "new"
    ALL = "all"


class OnChanged(StrEnum):
    """A published photo that differs from what the library says."""

    AUTOMATIC = "automatic"
    FLAGGED = "flagged"


class OnFixed(StrEnum):
    """A wanted change to a field that the platform cannot amend."""

    ASK = "ask"
    LEAVE = "leave"
    REPOST = "repost"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which photos are wanted on a platform. Any one of the ways is enough."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    keyword: str = "Socials"
    """Root of the hierarchical keywords that wish: `Socials|site`; empty switches this way off."""
    everything: bool = False
    """Every photo is wanted, with or without a keyword."""
    folders: tuple[str, ...] = ()
    """Folders below the library's, with everything under them; `*` and `?` match within one name."""
    min_rating: int | None = None
    """Photos with at least so many stars are wanted, -1 (rejected) to 5."""
    labels: tuple[str, ...] = ()
    """Photos with one of these colour labels are wanted."""
    folder_albums: bool = False
    """The folder that holds a wanted photo is also its album."""
    folder_album: str = ""
    """Name of a folder's album, a template of `path` (its folders, from the library's on) and `folder` (its own name);
    empty: `{{ path | join(' / ') }}`. FlickrSync's names are `{{ path | join(', ') }}`."""
    root_album: str = ""
    """Name of the album of photos right in the library's own folder; empty: they are in none. FlickrSync's is
    `flickrsync`."""
    together: bool = False
    """The photos of an album are published together in one post, where the posts of a platform can hold several."""


@dataclass(frozen=True, slots=True)
class PrivatePlace:
    """A circle in which positions and place names are nobody's business."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    """For you, and for the sentences that say why a position was taken out."""
    latitude: float
    """Of its centre, degrees in WGS 84; south is negative."""
    longitude: float
    """Likewise; west is negative."""
    radius_m: float = 500.0
    """In metres."""
    blur_m: float | None = None
    """Round the position to a grid of this size and drop the names smaller than a city, instead of removing all."""


@dataclass(frozen=True, slots=True)
class Warn:
    """A keyword branch whose photos are shown behind a warning, where a platform can."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    keyword: str
    """The branch: `Nudity`, `Subjects|Spiders`."""
    words: str = ""
    """What the warning says; empty: only that it is sensitive."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may leave. Keyword branches are written `People|Family` and hold everything below them."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    never: tuple[str, ...] = ("Private",)
    """A photo with a keyword in one of these branches is refused."""
    keep: tuple[str, ...] = ()
    """Where not empty: only keywords in these branches leave."""
    withhold: tuple[str, ...] = ("People", "Private")
    """Keywords in these branches stay at home; the branch of the wishes always does."""
    people: bool = False
    """Names of people (person shown, face regions) may leave."""
    place: bool = False
    """Position and place names may leave, outside private places."""
    private_places: tuple[PrivatePlace, ...] = ()
    """Circles around places that stay private, see below."""
    required: tuple[str, ...] | None = None
    """Facts without which a photo is refused: `title`, `caption`, `headline`, `alt_text`, `keywords`, `taken`, ...;
    where this is not set, the platform's own default, which is `alt_text` in the fediverse and nothing elsewhere."""
    warnings: tuple[Warn, ...] = ()
    """Photos that are shown behind a warning, see below."""
    licence: str = ""
    """Used where a photo states none: a URL or words."""
    licences: tuple[str, ...] = ()
    """Where not empty: a photo under any other licence is refused."""
    unread: bool = False
    """Photos may leave although their metadata could not be read whole, and may say there that they are private."""


class OnTooLong(StrEnum):
    """A text that is longer than a platform takes."""

    CUT = "cut"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Captions:
    """Jinja2 templates; `docs/reference/captions.md` lists what they can name. Empty: the platform's own default."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    title: str = ""
    """Of the photo."""
    text: str = ""
    """The text below or beside it."""
    alt: str = ""
    """What it shows, for those who cannot see it."""
    tags: str = "leaves"
    """`leaves`, `levels` (every level of each path), `flat` or `none`."""
    camel_case: bool = True
    """Hashtags in CamelCase, which screen readers can read."""
    too_long: OnTooLong = OnTooLong.CUT
    """A text that is longer than the platform takes: `cut` at a word with a visible mark, or the photo is `refuse`d."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is sent of a picture."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    send: str = ""
    """`original` (its own pixels, metadata cleaned) or `resized`; empty: the platform's own default."""
    long_edge_px: tuple[int, ...] = ()
    """Lengths of the longer side of resized pictures; empty: the platform's own default."""
    formats: tuple[str, ...] = ()
    """Kinds of resized pictures, each made in every size, what you like best first: `avif`, `webp`, `jpeg`, `png`; of
    them those that a platform takes, and where it takes none or nothing is set here, the platform's own default."""
    quality: int = 85
    """Of resized JPEG and WebP, 1 to 100."""
    quality_webp: int | None = None
    """Of resized WebP, where it is to be another."""
    quality_avif: int = 60
    """Of resized AVIF, which keeps as much at a lower number."""
    embed: tuple[str, ...] | None = None
    """Facts written into the files: `rights`, `title`, `caption`, `alt_text`, `keywords`, `taken`, `camera`; where this
    is not set, the platform's own default, which is mostly `rights`."""


@dataclass(frozen=True, slots=True)
class When:
    """What happens where the plan must not choose for itself."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    unwanted: OnUnwanted = OnUnwanted.DELETE
    """A published photo that the library no longer wants there."""
    missing: OnMissing = OnMissing.ASK
    """A published photo that someone removed on the platform."""
    edited: OnEdited = OnEdited.ASK
    """A field that someone edited on the platform. Where photos travel both ways, `ask` takes the edit home, and only
    what cannot be taken home is asked about."""
    conflict: OnConflict = OnConflict.ASK
    """Where photos travel both ways: a field that was edited here and on the platform."""
    lost: OnLost = OnLost.ASK
    """Where photos travel both ways: a photo that was deleted here and is still on the platform; `fetch` brings it home
    again."""
    adopted: OnAdopted | None = None
    """A post that was there before heliograph and is recognised as a photo or album of the library: what differs is
    brought in step (`overwrite`), or stays as it is there until it is changed here (`leave`); where this is not set,
    photos that other programs put there (on platforms that show our mark) are left, and all else is brought in step."""
    fixed: OnFixed = OnFixed.ASK
    """A wanted change to a field that the platform cannot amend."""
    refused: OnRefused = OnRefused.ASK
    """A published photo that the rules no longer let out."""
    loved: OnLoved = OnLoved.ASK
    """A published photo that is no longer wanted, and that has favourites or comments of others."""
    used: OnUsed = OnUsed.ASK
    """A published photo that is no longer wanted, and that notes of yours use (see `[notes]`), or whose Markdown page
    has words of yours."""
    emptied: OnUnwanted | None = None
    """An album that no photo is wanted in any more; where this is not set, it is left where albums are places of their
    own (Flickr), and deleted elsewhere."""
    changed: OnChanged | None = None
    """A published photo that was changed here: brought in step (`automatic`), or only listed until it is marked for an
    update (`flagged`); where this is not set, as usual for the library: `flagged` for IMatch, else `automatic`."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see what is published, where a platform can choose."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    show: str = ""
    """The platform's page lists what there is (Flickr: `public`, `friends`, `family`, `friends and family`,
    `private`); empty: its usual."""
    change: OnAudience = OnAudience.NEW
    """Whether a change of `show` counts for new photos only, or for `all` that are published."""


@dataclass(frozen=True, slots=True)
class Guards:
    """A plan beyond these stops and says so."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    max_deletes: int = 10
    """See `max_delete_share`."""
    max_delete_share: float = 0.02
    """A plan may delete the larger of both: this many, or this share of what is published there."""
    max_change_share: float = 0.5
    """Nor change more than this share of more than `max_deletes` published photos at once."""


@dataclass(frozen=True, slots=True)
class Recognise:
    """How photos that were there before heliograph are recognised."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    dates: bool = True
    """The same file name and date taken, or the same date taken and a picture that looks the same, are enough where
    nothing else has both; `false`: what only a date speaks for is asked about."""


@dataclass(frozen=True, slots=True)
class PlatformPolicy:
    """Everything that decides what one platform is to show."""

    name: str
    kind: str
    direction: Direction = Direction.PUBLISH
    select: Selection = Selection()
    rules: Rules = Rules()
    captions: Captions = Captions()
    picture: Picture = Picture()
    when: When = When()
    guards: Guards = Guards()
    audience: Audience = Audience()
    recognise: Recognise = Recognise()
    links: bool = True
    """Where a platform shows where else a photo can be seen, it does."""
