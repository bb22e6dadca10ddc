"""How servers that speak Mastodon's client API differ: what there is to say of one software."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heliograph.model import Count, Rate


class Key(StrEnum):
    """What a server does with an Idempotency-Key that it saw before."""

    HONOURED = "honoured"
    """It answers with the post of the first time."""
    REFUSED = "refused"
    """It says no, also where the first time came to nothing."""
    IGNORED = "ignored"
    """It posts again."""


class Alt(StrEnum):
    """What changes the alt text of a picture that is in a post."""

    POST = "post"
    """Setting the whole post."""
    MEDIA = "media"
    """Setting the media, which needs no other change."""
    FIXED = "fixed"
    """Nothing does."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One software's ways. Every number with its source in the table that makes it; what a server says itself wins."""

    name: str
    """For people: `Pixelfed 0.12`."""
    scopes: str
    """The least that is asked for while signing in."""
    text_len: int
    count: Count
    alt_len: int
    pictures_max: int
    max_bytes: int
    media_types: tuple[str, ...]
    visibilities: tuple[str, ...]
    """The usual one first."""
    key: Key
    alt: Alt
    max_px: int | None = None
    """`None`: it takes pictures of any number of pixels, whatever it says."""
    below: bool = False
    """The number of bytes that it names is the first that is too many."""
    unsuited: tuple[str, ...] = ()
    """Media types that it takes and turns into something else than a picture."""
    oob: bool = False
    """Signing in can end with a page that shows a code."""
    media_path: str = "/api/v2/media"
    polls: bool = False
    """An upload may not be ready at once: its address is asked for until it is."""
    attaches: bool = False
    """`GET media` says that it is in a post by not finding it any more."""
    replaces: bool = False
    """A post can be given another picture."""
    renames: bool = False
    """A picture has another id in a post than it had as an upload."""
    widens: bool = False
    """It is not certain that a post is seen by as few after an edit as before: only public ones are edited."""
    edits_max: int | None = None
    """A post's text can be changed so often; 0: never."""
    entity: str = ""
    """Query that makes it show posts with the text as it was written: `_pe=1`."""
    source: bool = False
    """`GET statuses/:id/source` gives the text as it was written."""
    numbers: bool = False
    """Ids are numbers; else they are compared as text."""
    min_id: bool = True
    """A listing can be asked from an id on; else it is paged downwards by `max_id` alone."""
    epoch_ms: int | None = None
    """With `shift`: how the time a post was made is read from its id, and an id made of a time."""
    shift: int = 0
    token_days: int | None = None
    """For so many days a token counts where nobody says otherwise; `None`: until it is taken back."""
    lies: bool = False
    """Status 500 is its answer to what is not found, not allowed or not valid: the body says which."""
    wakes: bool = False
    """An account that never called anything gets `[]` for an answer: `verify_credentials` wakes it up."""
    places: bool = False
    licences: bool = False
    keeps: frozenset[str] = frozenset()
    """Fields in which a `<` stays what it is; in others, what follows it is taken for markup and lost."""
    tags_max: int | None = None
    calls: tuple[Rate, ...] = ()
    uploads: tuple[Rate, ...] = ()
    posts: tuple[Rate, ...] = ()
    """New posts and edits together."""
    media_edits: tuple[Rate, ...] = ()
    deletes: tuple[Rate, ...] = ()
    settle_s: float = 120.0
