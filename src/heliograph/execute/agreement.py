"""What both sides agree on after a platform answered."""

from __future__ import annotations

from heliograph.model import Agreed, Fields, Post, Record, SubjectKind, Value, Wanted, value_digest


def agreed_record(wanted: Wanted, post: Post, sent: Fields, before: Record | None) -> Record:
    """What both sides agree on after `sent` was answered with `post`; other fields stay as they were agreed before."""
    fresh = {name: Agreed(value, _shown(post, name)) for name, value in sent.items()}
    fields = {**(before.fields if before else {}), **fresh}
    setting = tuple(name for name in before.setting if name not in sent) if before else ()
    complete = not setting and all(
        name in fields and fields[name].sent == value for name, value in wanted.fields.items()
    )
    return Record(
        wanted.subject,
        wanted.platform,
        post.id,
        post.url,
        post.mark or wanted.mark,
        wanted.where,
        wanted.basis if complete else "",
        fields,
        before.posted_at if before else "",
        setting=setting,
    )


def _shown(post: Post, name: str) -> str:
    return value_digest(post.fields[name]) if name in post.fields else ""


def riding(wanted: Wanted, rides: frozenset[str]) -> dict[str, Value]:
    """Albums are made whole; of a photo's fields only some can ride on the upload."""
    album = wanted.subject.kind == SubjectKind.ALBUM
    return {name: value for name, value in wanted.fields.items() if album or name in rides}
