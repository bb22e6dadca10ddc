"""Settings of an IMatch library; what the program *IMatch to Socials* had fixed in its code are the defaults here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from heliograph.errors import Mistake
from heliograph.policy import STRICT

REQUIRABLE = ("genre", "make")
"""What `required` can name."""
ALT_TEXTS = ("alt", "headline", "description", "ai")
"""What `alt_text` can name."""


class MetadataFrom(StrEnum):
    """Whose words count where a version of a photo is tagged."""

    MASTER = "master"
    TAGGED = "tagged"


@dataclass(frozen=True, slots=True)
class CategoryKeywords:
    """A branch of categories whose names become keywords of the photos in it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    category: str
    """Its path: `Event|Festival`."""
    levels: int = 0
    """So many levels below it, from the top; 0 is all of them."""
    suffix: str = ""
    """Each name also becomes a keyword with this behind it: ` photography`."""
    bare: tuple[str, ...] = ()
    """Names that the suffix does not suit."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name -> further keywords that come with it."""


KEYWORDS = (
    CategoryKeywords("Location", 3),
    CategoryKeywords("Event|Festival", 1),
    CategoryKeywords("Event|Celebration", 1),
    CategoryKeywords("Image Characteristics|Genre", suffix=" photography", bare=("astrophotography",)),
)
"""As IMatch to Socials had them at last. Source: its last release (2025-02)."""
CAMERA_TEXTS: Mapping[str, str] = {
    "UltraFractal": "Digital image generated in Ultrafractal.",
    "ScanSnap S1300": "Digitised from a print scanned using a Fujitsu ScanSnap S1300.",
}
"""Likewise."""


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of an IMatch library."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    url: str = "http://127.0.0.1:50519"
    """Where IMatch answers: Edit > Preferences > Application, web services."""
    login: str = ""
    """Empty: the name of this computer's user, which the IMatch of this computer takes."""
    password: str = field(default="", repr=False)
    """Only IMatch Anywhere asks for one; better given as HELIOGRAPH_LIBRARY__PASSWORD than written down."""
    timeout_s: float = 60.0
    """So long IMatch may be silent; also for reading one picture file."""
    root: str = "Socials"
    """The category above those of the platforms."""
    update_flag: str = "_update"
    """The category of a platform whose photos are to be sent again, picture and words."""
    metadata_flag: str = "_metadata"
    """Likewise, of words alone."""
    delete_flag: str = "_delete"
    """Likewise, to be taken away there."""
    errors: str = "__errors"
    """The category of a platform whose children show why photos are refused."""
    albums: str = "albums"
    """The category of a platform, or of all, whose children are albums."""
    groups: str = "groups"
    """The category of a platform whose children are groups."""
    path_map: Mapping[str, str] = field(default_factory=dict)
    """Windows folder or drive -> the same one on this computer; not needed where IMatch runs."""
    formats: tuple[str, ...] = ("JPEG", "WEBP", "PNG")
    """Of files that may be sent, the preferred first."""
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Platform -> what its photos must have besides `rules.required`: `genre` (a category), `make` (of the camera)."""
    metadata_from: MetadataFrom = MetadataFrom.MASTER
    """Whose words count where a version of a photo is tagged: those of its `master`, or of the `tagged` file."""
    alt_text: tuple[str, ...] = ("alt", "headline", "description")
    """The first of these that says something describes the picture: `alt`, `headline`, `description`, `ai`."""
    keywords: tuple[CategoryKeywords, ...] = KEYWORDS
    """Categories that become keywords, beside the hierarchical keywords."""
    camera_texts: Mapping[str, str] = field(default_factory=lambda: dict(CAMERA_TEXTS))
    """Camera model -> what is said instead of it."""
    entities: bool = True
    """Texts arrive with HTML entities such as `&amp;`; they are turned back, once."""
    decimal_comma: bool = True
    """A comma between digits is a decimal sign: `6,3` is 6.3."""
    full_days: float = 7.0
    """After so many days, versions, categories and attributes are looked at again for every photo; 0: each time."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Platform -> the columns of its attribute set, where they are not the usual ones."""
    variables: bool = False
    """What is not set here of Flickr's privacy and of the url and visibility of Pixelfed and Mastodon is taken from the
    application variables of IMatch to Socials; while its testing flag is on there, nothing is published."""
    other_database: bool = False
    """Believes a database in which the known photos are not to be found."""
    incoming: str = ""
    """A Windows folder that IMatch watches, for downloads; empty: none are taken in."""
    workers: int | None = None
    """Processes that read picture files at once; default: one for each core."""
    max_px: int = 500_000_000
    """Pictures with more pixels are refused."""
    max_bytes: int = 2_000_000_000
    """Longer files are refused."""

    def flags(self) -> tuple[str, str, str]:
        """The names of the flags for update, metadata and deletion."""
        return self.update_flag, self.metadata_flag, self.delete_flag


def check(options: Options, name: str) -> None:
    """Nothing, where the settings make sense together.

    Raises:
        Mistake: they do not.
    """
    strange = [word for word in options.alt_text if word not in ALT_TEXTS]
    names = [options.errors, options.albums, options.groups, *options.flags()]
    if strange:
        said = f"alt_text names '{strange[0]}'; it takes {', '.join(ALT_TEXTS)}"
    elif not options.root.strip() or not all(one.strip() for one in names):
        said = "the names of the root category, the flags, errors, albums and groups must not be empty"
    elif any("|" in one for one in names) or len({one.casefold() for one in names}) < len(names):
        said = "flags, errors, albums and groups need names of their own, of one level each"
    elif any(set(names) - set(REQUIRABLE) for names in options.required.values()):
        said = f"required takes {' and '.join(REQUIRABLE)}; other facts are asked for by rules.required"
    elif not options.formats:
        said = "formats names no format, so no photo could ever be sent"
    elif options.timeout_s <= 0:
        said = "timeout_s must be more than 0"
    else:
        return
    message = f"[library] of {name}: {said}. Nothing was done; correct the settings."
    raise Mistake(message)
