"""The table of dialects: which software speaks which, and every number with its source and date.

Where it is not said otherwise, the source is the server's own source code or what a running server answered (2026-11);
the numbers are the software's usual ones, which its operators may change: what a server says of itself wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from heliograph.model import Count, F, Rate
from heliograph.platforms.fediverse.dialects import Alt, Dialect, Key

MASTODON, PIXELFED, GOTOSOCIAL, FEDIVERSE = "mastodon", "pixelfed", "gotosocial", "fediverse"
"""The dialects that an owner can name before a server was ever asked; the last is the cautious one."""

_GRANULAR = "read:accounts read:statuses write:media write:statuses"
"""Least privilege. Source: docs.joinmastodon.org/api/oauth-scopes (2026-07); GoToSocial 0.19 and later."""
_BROAD = "read write"
"""For those that know no finer ones; Pixelfed turns an app down that asks for one. Source: Pixelfed 0.11, 0.12."""
_ALL = ("public", "unlisted", "private", "direct")
_MINUTE, _HALF_HOUR, _HOUR, _DAY = 60, 1800, 3600, 86_400

_MASTODON = Dialect(
    name="Mastodon",
    scopes=_GRANULAR,
    text_len=500,
    count=Count.GRAPHEMES,
    alt_len=1500,
    pictures_max=4,
    max_bytes=16_777_216,
    below=True,
    max_px=33_177_600,
    media_types=("image/jpeg", "image/png", "image/webp"),
    unsuited=("image/gif",),
    visibilities=_ALL,
    key=Key.HONOURED,
    alt=Alt.POST,
    oob=True,
    polls=True,
    attaches=True,
    replaces=True,
    source=True,
    numbers=True,
    epoch_ms=0,
    shift=16,
    keeps=frozenset({F.TEXT, F.ALT, F.WARNING}),
    calls=(Rate(300, 5 * _MINUTE),),
    uploads=(Rate(30, _HALF_HOUR),),
    posts=(Rate(300, 3 * _HOUR),),
    deletes=(Rate(30, _HALF_HOUR),),
)
"""Mastodon 4.1 to 4.5. HEIC and AVIF are left out: they were switched off again in 4.7.2 (mastodon PR 40542,
2026-09). GIFs become videos. Rates: config/initializers/rack_attack.rb and app/lib/rate_limiter.rb of 4.6 (2026-08)."""
_MASTODON_4_6 = replace(_MASTODON, alt_len=10_000)
"""Source: Mastodon's changelog, 4.6.0 (2026)."""
_MASTODON_4_0 = replace(_MASTODON, alt=Alt.FIXED)
"""Alt texts of posts can be set since 4.1. Source: docs.joinmastodon.org/methods/statuses (2026-07)."""

_PIXELFED_0_11 = Dialect(
    name="Pixelfed",
    scopes=_BROAD,
    text_len=500,
    count=Count.CODE_POINTS,
    alt_len=1000,
    pictures_max=4,
    max_bytes=15_360_000,
    media_types=("image/jpeg", "image/png", "image/gif"),
    visibilities=("public", "unlisted", "private"),
    key=Key.REFUSED,
    alt=Alt.MEDIA,
    media_path="/api/v1/media",
    attaches=True,
    edits_max=9,
    entity="_pe=1",
    numbers=True,
    min_id=False,
    epoch_ms=1_549_756_800_000,
    shift=22,
    token_days=365,
    lies=True,
    wakes=True,
    places=True,
    licences=True,
    tags_max=60,
    uploads=(Rate(1250, _DAY),),
    posts=(Rate(1000, _DAY),),
    media_edits=(Rate(10, _MINUTE),),
)
"""Pixelfed 0.11.8 to 0.12.4. 15,000 KiB and not a byte more; the number of pixels that it names was never enforced.
Source: Pixelfed 0.11.13 and 0.12.4 as they ran (2026-11), config/pixelfed.php and config/media.php (2026-09)."""
_PIXELFED_0_12_5 = replace(_PIXELFED_0_11, oob=True)
"""Source: pixelfed PR 5413 (2025-01)."""
_PIXELFED_0_12_10 = replace(_PIXELFED_0_12_5, calls=(Rate(512, _MINUTE),))
"""Source: pixelfed PR 6874 (2026-08). It still may answer with 500 for what is our mistake: the body is read."""
_PIXELFED_OLD = replace(_PIXELFED_0_11, edits_max=0)
"""Before 0.11.8 (2023-05) posts could not be edited; alt texts could. Source: Pixelfed's changelog."""

_GOTOSOCIAL = Dialect(
    name="GoToSocial",
    scopes=_GRANULAR,
    text_len=5000,
    count=Count.CODE_POINTS,
    alt_len=1500,
    pictures_max=6,
    max_bytes=41_943_040,
    media_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    visibilities=_ALL,
    key=Key.IGNORED,
    alt=Alt.POST,
    oob=True,
    replaces=True,
    source=True,
    keeps=frozenset({F.TEXT}),
    calls=(Rate(300, 5 * _MINUTE),),
)
"""GoToSocial 0.18 and later; ids are ULIDs. Source: 0.20.0-rc1 as it ran, and internal/config/defaults.go (2025-10)."""
_GOTOSOCIAL_OLD = replace(_GOTOSOCIAL, alt=Alt.MEDIA, replaces=False, edits_max=0)
"""Posts can be edited since 0.18. Source: GoToSocial's releases (2025)."""

_UNKNOWN = Dialect(
    name="a server of its own kind",
    scopes=_BROAD,
    text_len=500,
    count=Count.CODE_POINTS,
    alt_len=1000,
    pictures_max=4,
    max_bytes=8_388_608,
    below=True,
    max_px=16_777_216,
    media_types=("image/jpeg", "image/png"),
    unsuited=("image/gif",),
    visibilities=_ALL,
    key=Key.IGNORED,
    alt=Alt.FIXED,
    polls=True,
    widens=True,
    min_id=False,
    calls=(Rate(300, 5 * _MINUTE),),
)
"""What is safe everywhere: nothing is relied on that only some servers do, and the numbers are small ones."""
_SNAC = replace(
    _UNKNOWN,
    name="snac",
    text_len=100_000,
    max_bytes=16_777_216,
    max_px=None,
    media_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    unsuited=(),
    polls=False,
    renames=True,
    widens=False,
)
"""It shows the very bytes it was sent; a new alt text never reaches the post. Source: snac 2.94 as it ran (2026-11)."""
_TAKAHE = replace(
    _UNKNOWN,
    name="Takahe",
    alt=Alt.MEDIA,
    max_bytes=10_485_760,
    media_types=("image/jpeg", "image/png", "image/webp"),
    polls=False,
    numbers=True,
)
"""An edit makes a private post public. Source: Takahe 0.11.0 as it ran (2026-11)."""

Version = tuple[int, ...]


def _mastodon(version: Version) -> Dialect:
    if version >= (4, 6):
        return _MASTODON_4_6
    return _MASTODON if version >= (4, 1) or not version else _MASTODON_4_0


def _pixelfed(version: Version) -> Dialect:
    if version >= (0, 12, 10):
        return _PIXELFED_0_12_10
    if version >= (0, 12, 5):
        return _PIXELFED_0_12_5
    return _PIXELFED_0_11 if version >= (0, 11, 8) or not version else _PIXELFED_OLD


def _gotosocial(version: Version) -> Dialect:
    return _GOTOSOCIAL if version >= (0, 18) or not version else _GOTOSOCIAL_OLD


_SPEAKS: Mapping[str, Callable[[Version], Dialect]] = {
    MASTODON: _mastodon,
    "hometown": _mastodon,
    PIXELFED: _pixelfed,
    GOTOSOCIAL: _gotosocial,
    "snac": lambda _: _SNAC,
    "takahe": lambda _: _TAKAHE,
    FEDIVERSE: lambda _: _UNKNOWN,
}
KNOWN = frozenset(_SPEAKS) - {FEDIVERSE}
"""Software that has a dialect of its own here, as nodeinfo names it."""


def dialect_of(software: str, version: str, usual: str) -> Dialect:
    """The dialect of a server, its version in its name where that is known.

    Args:
        software: as nodeinfo names it, in lower case; empty where nothing could be told: then `usual` counts.
        version: of the software itself; one that cannot be read counts as one that does what most do.
        usual: one of `MASTODON`, `PIXELFED`, `GOTOSOCIAL`, `FEDIVERSE`.
    """
    speaks = _SPEAKS.get(software or usual, _SPEAKS[FEDIVERSE])
    dialect = speaks(_numbers(version) if software else ())
    name = software if software and software not in KNOWN else dialect.name
    return replace(dialect, name=f"{name} {version}".strip() if software else name)


def _numbers(version: str) -> Version:
    found = re.match(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", version)
    return tuple(int(part) for part in found.groups(default="0")) if found else ()
