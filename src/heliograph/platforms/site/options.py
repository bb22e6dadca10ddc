"""What the owner sets of a website on disk, besides what every platform has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from heliograph.platforms.site.destination import NOWHERE, Destination
from heliograph.policy import STRICT


class LatestBy(StrEnum):
    """What makes a photo a new one."""

    TAKEN = "taken"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one site.

    Raises:
        ValueError: a setting cannot be used, with the reason as a sentence.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    folder: Path
    """Where the site is written; made when the first photo is published."""
    title: str = "Photographs"
    """Of the site, on every page."""
    author: str = ""
    """Whose photos these are, for the foot of every page."""
    intro: str = ""
    """A few words under the title of the first page; an empty line begins a new paragraph."""
    language: str = "en"
    """Of titles and captions, as BCP 47 writes it: `en`, `de-AT`, `fr`. The pages speak it too where they can: English,
    German or French; in every other language English, until `words` or the theme has others."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Own words in place of those of the pages, by their keys: `{ latest = "New work" }`."""
    theme: Path | None = None
    """Folder of templates and style sheets that replace those of the program one by one."""
    base_url: str = ""
    """Address at which the folder is served; empty makes links in reports relative to the folder."""
    chosen: str = ""
    """Album or keyword whose photos the first page shows, in its order; empty shows the latest photos."""
    latest: int = 36
    """Photos on the first page."""
    latest_by: LatestBy = LatestBy.TAKEN
    """Which photos are the latest: those that were taken last, or those that were published last, however old."""
    album_order: tuple[str, ...] = ()
    """Titles of the albums that come first, in this order; the others follow, newest photos first."""
    page_photos: int = 120
    """Photos on one page of a longer list."""
    map: bool = True
    """Whether there is a map of the places that may be shown: a drawing of its own, no map service is asked."""
    openstreetmap: bool = False
    """Whether the page of a photo with a position has a link to it on OpenStreetMap."""
    search: bool = True
    """Whether there is a page on which visitors search titles, captions, keywords and albums; no server is needed."""
    feed_photos: int = 50
    """Photos in the feeds, the last published first; 0 makes no feeds. Feeds need `base_url`."""
    publish: Destination = NOWHERE
    """Where the finished pages are taken, a section of its own: see below."""

    def __post_init__(self) -> None:
        if self.base_url and not self.base_url.startswith(("https://", "http://")):
            message = f"base_url is {self.base_url!r}; it must begin with https:// or http://, or be left empty"
            raise ValueError(message)
        if self.feed_photos < 0:
            message = "feed_photos must be 0 or more"
            raise ValueError(message)
        if self.latest < 1 or self.page_photos < 1:
            message = "latest and page_photos must be 1 or more"
            raise ValueError(message)
