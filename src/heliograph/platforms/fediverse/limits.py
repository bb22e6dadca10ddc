"""What a server can and cannot do, made of what it says, its software's ways and the owner's settings."""

from __future__ import annotations

from collections.abc import Iterator

from heliograph.model import F, Limits
from heliograph.platforms.fediverse.dialects import Alt, Dialect
from heliograph.platforms.fediverse.instance import Instance
from heliograph.platforms.fediverse.options import Options


def limits_of(instance: Instance, dialect: Dialect, options: Options) -> Limits:
    """What the server can and cannot do; what it says itself wins over what is usual for its software."""
    fields = frozenset(_fields(dialect, options))
    pictures = instance.pictures_max or dialect.pictures_max
    max_bytes = instance.max_bytes or dialect.max_bytes
    calls_per_h = [rate.count * 3600 // rate.window_s for rate in dialect.calls]
    return Limits(
        fields=fields,
        rides=fields,
        amendable=frozenset(_amendable(dialect)) & fields,
        audiences=dialect.visibilities,
        media_types=_sendable(instance, dialect),
        max_bytes=max_bytes - 1 if dialect.below else max_bytes,
        max_px=None if dialect.max_px is None else instance.max_px or dialect.max_px,
        text_len=instance.text_len or dialect.text_len,
        alt_len=instance.alt_len or dialect.alt_len,
        tags_max=dialect.tags_max,
        count=dialect.count,
        settle_s=dialect.settle_s,
        # One licence counts for all uploads of an account, so that they must not meet.
        workers=1 if F.RIGHTS in fields else options.workers,
        # Servers take the words out of the files they show, so that those are no part of the picture.
        embedded_counts=False,
        calls_per_h=min(calls_per_h, default=None),
        adds_per=(*dialect.uploads, *dialect.posts),
        needs=("alt_text",),
        gathers=pictures if pictures > 1 else 0,
    )


def _fields(dialect: Dialect, options: Options) -> Iterator[str]:
    yield from (F.PICTURE, F.TEXT, F.ALT, F.VISIBILITY, F.WARNING)
    if options.place and dialect.places:
        yield F.PLACE
    if options.licence and dialect.licences:
        yield F.RIGHTS


def _amendable(dialect: Dialect) -> Iterator[str]:
    """Who sees a post cannot be changed on any server, nor a licence of one picture on Pixelfed."""
    if dialect.edits_max != 0:
        yield from (F.TEXT, F.WARNING)
        if dialect.places:
            yield F.PLACE
    if dialect.alt != Alt.FIXED:
        yield F.ALT
    if dialect.replaces:
        yield F.PICTURE


def _sendable(instance: Instance, dialect: Dialect) -> tuple[str, ...]:
    said = tuple(one for one in instance.media_types if one not in dialect.unsuited)
    return said or dialect.media_types
