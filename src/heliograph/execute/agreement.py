"""What both sides agree on after a platform answered."""

from __future__ import annotations

from heliograph.model import ANEW, Agreed, Fields, Limits, Post, Record, Value, Wanted, value_digest


def agreed_record(wanted: Wanted, post: Post, sent: Fields, before: Record | None) -> Record:
    """What both sides agree on after `sent` was answered with `post`; other fields stay as they were agreed before.

    What the answer holds back stays to be set, and is remembered as sent: a part of it may have been taken.
    """
    fresh = {name: Agreed(value, _shown(post, name)) for name, value in sent.items()}
    fields = {**(before.fields if before else {}), **fresh}
    left = {name for name in before.setting if name not in {*sent, ANEW}} if before else set()
    setting = tuple(sorted(left | set(post.held)))
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


def riding(wanted: Wanted, limits: Limits) -> dict[str, Value]:
    """The fields that go along when it is made: of an album mostly all, of a post those that can ride."""
    rides = limits.riding_of(wanted.subject.kind)
    return {name: value for name, value in wanted.fields.items() if rides is None or name in rides}
