"""Switches for everything that Flickr leaves open, or does differently from account to account and year to year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from heliograph.standin.dials import Turnable

CHOICES = {
    "dedup_form": ("element", "attribute"),
    "past_end": ("empty", "repeat"),
    "past_search_cap": ("repeat", "error"),
    "long_texts": ("cut", "refuse", "keep"),
    "tag_overflow": ("cut", "refuse"),
}
"""Dials that take one of a few words."""


@dataclass(slots=True)
class Dials(Turnable):
    """How the stand-in behaves where the reference is silent, or the owner of a test wants trouble."""

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = CHOICES

    search_lag_s: float = 60.0
    """`photos.search` shows the photos as they were this long ago."""
    listing_lag_s: float = 0.0
    """Likewise every other listing of photos."""
    past_end: str = "empty"
    """A page beyond the end of a listing is `empty`, or `repeat`s the last one; `photos.search` always repeats."""
    search_cap: int = 4000
    """Of a search only so many results can be seen."""
    past_search_cap: str = "repeat"
    """Pages of a search beyond the cap `repeat` the last one within it, or are `error` 20."""
    count_extras: bool = True
    """The undocumented extras `count_faves`, `count_comments` and `count_views` are answered."""
    wandering_types: bool = False
    """JSON scalars are now numbers, now text, as on the wire; acted on by the envelope."""

    embedded: bool = True
    """Title, description, keywords, date and position are read from the file that is uploaded."""
    import_geo_exif: bool | None = None
    """The position in the file is used; `None`: as each account says."""
    comma_tags: bool = True
    """A list of tags with a comma outside quotes is a comma list; else the comma belongs to its word."""
    tags_max: int = 75
    tag_overflow: str = "cut"
    """An upload with too many tags keeps the first ones (`cut`), or is `refuse`d with code 3."""
    title_max: int = 255
    description_max_bytes: int = 65535
    long_texts: str = "cut"
    """Longer texts are `cut`, `refuse`d (106; uploads 3), or `keep`t."""
    trim_titles: bool = True
    """White space around an album's title goes."""

    dedup: bool = True
    """`dedup_check` is obeyed."""
    dedup_form: str = "element"
    """Error 9 names the photo in an `element` beside `<err>`, or in an `attribute` of it."""
    ticket_s: float = 2.0
    """How long tickets, and videos, are in conversion."""
    ticket_life_s: float = 86400.0
    """A ticket older than this is unknown."""
    fail_conversion: int = 0
    """So many of the next tickets end as failed; counts down."""
    photo_max_bytes: int = 200 * 1024 * 1024
    video_max_bytes: int = 1024 * 1024 * 1024
    video_uploads: bool = True
    upload_wait_s: int = 0
    """Above zero every upload of a free account is put off with code 14 and this time."""

    pro: bool | None = None
    """Every account is Pro (or none is); `None`: as each account says."""
    free_items: int = 1000
    free_private: int = 50
    free_originals: bool = True
    """Originals of free accounts can be downloaded, which Flickr announced to end in May 2025."""
    pools_max_free: int = 30
    pools_max_pro: int = 60

    album_cap: int = 5000
    """Photos in one album."""
    albums_max: int | None = None
    """Albums of one account; `None`: as many as one likes."""
    delete_emptied: bool = True
    """An album that loses its last photo is gone."""
    places_touch: bool = False
    """Album and pool changes raise a photo's `lastupdate`."""
