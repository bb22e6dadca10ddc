"""How servers differ: one record for each profile, so that nothing else asks which software is played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

KIB, MIB = 1024, 1024 * 1024
JPEG_PNG_GIF = ("image/jpeg", "image/png", "image/gif")
ALL_PICTURES = (*JPEG_PNG_GIF, "image/webp", "image/heic", "image/heif", "image/avif")


class Why(StrEnum):
    """Reasons to say no, which every software words in its own way."""

    NO_TOKEN = "no token"  # noqa: S105  a reason
    REVOKED = "revoked"
    SCOPE = "scope"
    INVALID = "invalid"
    """What was sent breaks a rule."""
    UNREADABLE = "unreadable"
    """A file that is no picture it knows."""
    TOO_LARGE = "too large"
    NOT_FOUND = "not found"
    GONE = "gone"
    """A post that is looked at and is not there."""
    FORBIDDEN = "forbidden"
    NO_ROUTE = "no route"
    TOO_MANY = "too many"


class Form(StrEnum):
    """How the body of a no is written."""

    ERROR = "error"
    """`{"error": text}`."""
    LARAVEL = "laravel"
    """`{"message": text, "errors": {field: [text]}}`."""
    HTML = "html"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class No:
    """How a software says no for one reason. `{text}`, `{model}` and `{id}` stand for what is told of this case."""

    status: int
    form: Form = Form.ERROR
    text: str = "{text}"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls of a kind within a fixed window of the clock."""

    kind: str
    """`calls`, `uploads`, `posts`, `deletes`, `pages`, `media edits` or `apps`."""
    count: int
    window_s: float


@dataclass(frozen=True, slots=True)
class Traits:
    """One profile."""

    profile: str
    software: str
    version: str
    """As nodeinfo tells it."""
    says_no: Mapping[Why, No]
    claims: str = "{version}"
    """What the instance answers for its version."""
    nodeinfo: str = "/nodeinfo/2.0"
    v2_instance: bool = True
    api_level: int | None = None
    """`api_versions.mastodon`."""

    text_len: int = 500
    graphemes: bool = False
    """Texts are measured in graphemes with links as 23; else in code points."""
    spoiler_len: int | None = None
    """Its own limit; else it counts with the text."""
    refuses_long: bool = True
    alt_len: int | None = None
    tells_alt_len: bool = False
    pictures: int = 4
    takes_pictures: int | None = None
    """More than it says; `None`: what it says."""
    image_bytes: int = 16 * MIB
    takes_image_bytes: int | None = 0
    """More than it says; 0: what it says, `None`: anything."""
    below_limit: bool = False
    """A picture of exactly the limit is too large."""
    matrix: tuple[int, int] = (33_177_600, 33_177_600)
    """Pixels that the instance tells, v1 and v2."""
    enforces_px: bool = False
    types: tuple[str, ...] = ALL_PICTURES
    checks: str = "decodes"
    """A file is looked at: it `decodes` it, reads its `head`, or `nothing`."""

    plain_names: bool = False
    """A file whose name is only in the extended notation resets the connection."""

    scopes: tuple[str, ...] = ()
    """All it knows; empty: any of Mastodon's."""
    token_life_s: float | None = None
    refreshes: bool = False
    shows_code: bool = True
    any_port: bool = True
    """A loopback address may come back at any port."""
    pkce: tuple[str, ...] = ("S256",)
    """Methods it takes; none: it looks at no challenge."""
    revokes: bool = True
    small_ids: bool = False
    """Applications have small numbers for ids."""
    one_uri: bool = False
    """A list of addresses to come back to becomes one that is none."""
    oauth_metadata: bool = False
    wakes: bool = False
    """Uploads and posts of an account that never called are answered with `[]`."""
    accept: str = ""
    """Callers must accept JSON: else they are led away (`redirect`), or told so (`406`)."""

    ids: str = "mastodon"
    """Shape of the posts' ids: `mastodon`, `pixelfed`, `ulid` or `hex`."""
    media_ids: str = "mastodon"
    """Likewise of the media's; `small` are small numbers."""
    attachment_urls: bool = False
    """In a post a picture's id is its address."""
    v2_media_pending: bool = False
    """v2 answers 202 without an address."""
    tells_meta: bool = True
    """A fresh upload's size is told."""
    media_get: str = "unattached"
    """Media are found while `unattached`, `always` or `never`."""
    media_put: str = "unattached"
    """Alt texts are set while `unattached`, `always`, or on a `copy` that no post shows."""
    media_delete: bool = False
    purge_s: float | None = 86400.0
    recipe: str = "mastodon"
    """What becomes of a picture; see `pictures`."""
    worker_s: float = 0.0
    """How long the original is served; it may be for ever."""
    alt_escaped: bool = False
    """`PUT media` writes alt texts as HTML."""
    alt_folded: bool = False
    alt_stripped: bool = False
    no_alt: str | None = None
    """How it tells that there is no alt text."""

    laravel: bool = False
    """Texts are trimmed, empty ones are none, and a multipart PUT is not read."""
    strips_tags: bool = False
    key: str = "ignored"
    """An Idempotency-Key seen before: `honoured`, `refused` or `ignored`."""
    needs_picture: bool = False
    direct: bool = True
    schedules: str = "ignored"
    """`scheduled_at` is `ignored`, `honoured`, or put into the `future` of a post that is made at once."""
    unknown_media: str = "refused"
    """A post with media that are not there is `refused`, `stuck` as a draft, made `without`, or `missing`."""
    put_needs_media: bool = False
    """Setting a post of several pictures without naming them fails."""
    put_replaces: bool = False
    """A post is given the pictures that are named, and loses those that are not."""
    put_attributes: str = "ignored"
    """`media_attributes`: `applied`, `json` (from JSON only) or `ignored`."""
    put_resets: tuple[str, ...] = ()
    """What is taken back where it is not sent: `sensitive`, `spoiler_text`, `language`."""
    put_publishes: bool = False
    """A private or unlisted post becomes public."""
    put_answers_public: bool = False
    """Only public posts are answered; others get an empty body."""
    put_escapes: bool = False
    put_keeps_tags: bool = False
    ignores_no_change: bool = False
    """A change of nothing leaves no mark."""
    edits_max: int | None = None
    source: bool = True
    history: bool = True
    bulk: bool = False
    """`GET statuses?id[]=`."""
    deletes_media: bool = False
    entity: str = ""
    """Query that shows posts in the software's own form."""
    language: str = "kept"
    """A post's language is `kept`, or `en` at first and then none."""

    page: tuple[int, int] = (20, 40)
    """Posts of a listing: usual and most."""
    link: bool = True
    since_id: bool = True
    min_id: str = "next"
    """The page is the one `next` to it, or the `newest`."""
    min_id_alone: bool = False
    """With `min_id`, `max_id` is not looked at."""
    any_text_is_true: bool = False
    tagged: bool = False

    rates: tuple[Rate, ...] = ()
    resets: str = ""
    """Headers of the rates: `iso`, `unix` (on 429 only), or none."""

    pixelfed: bool = False
    """Has compose settings, collections, an archive, places and licences."""
    one_call: bool = False
    """`v1.1/status/create`."""
