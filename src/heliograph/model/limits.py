"""What a platform can and cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heliograph.model.photo import SubjectKind


class Count(StrEnum):
    """How a platform counts the length of a text."""

    CODE_POINTS = "code points"
    GRAPHEMES = "graphemes, a link as 23"
    BYTES = "bytes of UTF-8"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds."""

    count: int
    window_s: int


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
    album_guests: bool = False
    """Photos that are not ours may be in our albums: they are left there, and not compared."""
    album_marker: str = ""
    """A line in the text of an album that a folder makes, by which it is known as ours; empty where there is none."""
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
    marks: bool = False
    """It shows the mark that a post was given: a post without one is not ours. Else posts are known by their words and
    pictures."""
    two_way: bool = False
    """Photos that are only there can come home."""
    calls_per_h: int | None = None
    """How many calls it allows in an hour; `None` where nobody counts them."""
    adds_per: tuple[Rate, ...] = ()
    """How many new photos it takes in how long."""
    needs: tuple[str, ...] = ()
    """Facts without which a photo is refused there, where the owner's `rules.required` is silent."""
    gathers: int = 0
    """Photos that one post can hold, where an album can be one post and is nothing else; 0: each photo has its own."""

    def amendable_of(self, kind: SubjectKind) -> frozenset[str]:
        """Fields that `update` can set of a photo or an album."""
        return self.album_fields if self._places(kind) else self.amendable

    def riding_of(self, kind: SubjectKind) -> frozenset[str] | None:
        """Fields that `add` carries of a photo or an album; `None`: all of them."""
        return self.album_rides if self._places(kind) else self.rides

    def _places(self, kind: SubjectKind) -> bool:
        """Whether it is an album that is a place for posts, and no post itself."""
        return kind == SubjectKind.ALBUM and not self.gathers
