"""What the library holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
class Link:
    """Where the library says that a photo is published."""

    platform: str
    post_id: str
    """Empty: something is written down there, but not which post it is."""
    url: str = ""
    posted_at: str = ""
    """The day it was first posted, `YYYY-MM-DD`; empty where nobody wrote it down."""


class Order(StrEnum):
    """What the owner asked for, once, about a photo on a platform."""

    UPDATE = "update"
    """Send picture and words again."""
    METADATA = "metadata"
    """Send the words again."""
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class AlbumNote:
    """What the library knows of an album or group that a photo is to be in."""

    platform: str
    """Empty: an album for whatever platform has albums."""
    name: str
    """As the photo's wishes have it."""
    id: str = ""
    """Its id there; empty where the library does not know it."""
    text: str = ""
    group: bool = False
    """It is a group of others, not an album of one's own."""


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
    links: tuple[Link, ...] = ()
    """Sorted by platform, at most one for each."""
    orders: tuple[tuple[str, Order], ...] = ()
    """Platform and order, sorted."""
    troubles: tuple[tuple[str, str], ...] = ()
    """Platform, and a sentence why the photo must be left as it is there; sorted."""
    album_notes: tuple[AlbumNote, ...] = ()
    """Sorted by platform and name."""


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
