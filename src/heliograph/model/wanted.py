"""What is to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from heliograph.model.photo import Facts, Subject
from heliograph.model.value import Fields


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
    embed: Facts = field(default_factory=Facts)
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
    """What may be sent of one photo, largest file first; of several in one post, one file of each in their order."""

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
    too_long: tuple[str, ...] = ()
    """Why the photo is refused where no word of a text may be cut, in sentences."""


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
    WARNING = "warning"
    LINKS = "links"
    """Where else the same photo can be seen: rows of a platform's name and an address, sorted."""
    COVER = "cover"
    MEMBERS = "members"
    MEDIA = "media"
    """Of a post alone: `video` where it shows no still picture; else it is not among the fields."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the library wants a platform to show of one subject."""

    subject: Subject
    platform: str
    where: str
    """The photo's place in the library, or the album's name, for people."""
    fields: Fields
    """Only fields that the platform can show. A picture is the digest of its pixels and recipe; members and cover are
    photo ids until the executor turns them into post ids. Of several photos in one post, picture and alt text are rows
    with one for each."""
    mark: str = ""
    """By what a post is recognised with the ledger lost: 32 hex digits of image-data digest, or of the title's."""
    recipe: Recipe | None = None
    basis: str = ""
    """Changes when anything this was computed from changes: facts, pixels, rules, templates, limits."""
    left_out: tuple[str, ...] = ()
    parts: tuple[Wanted, ...] = ()
    """Of an album that is one post: what is wanted of each of its photos, in their order."""
