"""What the owner sets of Flickr, besides what every platform has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from heliograph.policy import STRICT


class Look(StrEnum):
    """How closely Flickr is looked at in a run where nothing asks for more."""

    CHANGES = "changes"
    DELETIONS = "deletions"
    EVERYTHING = "everything"


class Safety(StrEnum):
    """How Flickr sorts pictures that not everybody may see."""

    ACCOUNT = ""
    SAFE = "safe"
    MODERATE = "moderate"
    RESTRICTED = "restricted"


class Content(StrEnum):
    """What kind of picture it is."""

    ACCOUNT = ""
    PHOTO = "photo"
    SCREENSHOT = "screenshot"
    ILLUSTRATION = "illustration"
    VIRTUAL = "virtual"


class Plan(StrEnum):
    """What kind of account it is."""

    AUTO = "auto"
    FREE = "free"
    PRO = "pro"


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one Flickr account.

    Raises:
        ValueError: a setting cannot be used, with the reason as a sentence.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    url: str = ""
    """One address in place of all of Flickr's own hosts: a rehearsal's stand-in, or a gateway of your own; `https`, or
    `http` on this computer."""
    account: Plan = Plan.AUTO
    """`pro` accounts can replace pictures, `free` ones cannot; `auto` is what Flickr said while signing in."""
    safety: Safety = Safety.ACCOUNT
    """Of new photos: `safe`, `moderate` or `restricted`; empty: as the account says."""
    content: Content = Content.ACCOUNT
    """Of new photos: `photo`, `screenshot`, `illustration` or `virtual`; empty: as the account says."""
    hidden: bool = False
    """New photos do not show in Flickr's public searches; `false`: as the account says."""
    keep_tags: bool = True
    """Tags that were added on Flickr by hand stay when ours change."""
    keep_members: bool = True
    """Photos that were put into our albums on Flickr by hand stay in them."""
    mark_albums: bool = True
    """The description of an album that a folder makes ends with `[created by heliograph]`, by which it is known as
    ours when the ledger is lost."""
    album_max: int = 5000
    """An album holds at most so many photos; Flickr has changed its number over the years."""
    look: Look = Look.CHANGES
    """How closely Flickr is looked at each time: `changes` (one call), `deletions` (one more), `everything` (albums,
    too). Once a day it is `everything` in any case, and once a month the whole account is read anew."""
    dedup_check: bool = True
    """Flickr is asked to turn down a file that the account already holds."""
    tickets: bool = False
    """Uploads are answered before Flickr has converted the picture, which helps where answers time out."""
    workers: int = 3
    """Uploads at once, 1 to 8."""
    calls_per_s: float = 5.0
    """At most so many calls a second besides uploads; 3,600 an hour are allowed in any case."""

    def __post_init__(self) -> None:
        if not 1 <= self.workers <= 8:  # noqa: PLR2004 - more than that is impolite and no faster
            message = "workers must be between 1 and 8"
            raise ValueError(message)
        if self.album_max < 1 or self.calls_per_s <= 0:
            message = "album_max must be 1 or more, and calls_per_s more than 0"
            raise ValueError(message)
