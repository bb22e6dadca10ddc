"""What both sides hold of a field, and differences between them in words."""

from __future__ import annotations

from collections.abc import Iterable

from heliograph.model import F, Post, Record, SubjectKind, Value
from heliograph.plan.standing import Standing


def regrouped(standing: Standing) -> bool:
    """Whether a post is to hold more or fewer photos than it does: what is said of each goes with them."""
    held, wanted = shown_of(standing, F.PICTURE), value_of(standing, F.PICTURE)
    return isinstance(held, tuple) and isinstance(wanted, tuple) and len(held) != len(wanted)


def listed(fields: Iterable[str]) -> str:
    """Names of fields, for people."""
    return ", ".join(sorted(fields))


def because(standing: Standing, fields: set[str]) -> str:
    """Why fields are set: they were held back or cut off last time, or the library says something else now."""
    record = standing.record
    due = {name for name in fields if record and (name in record.setting or name not in record.fields)}
    agreed = record.fields if record else {}
    same = {name for name in fields & agreed.keys() if agreed[name].sent == value_of(standing, name)}
    changed = fields - due - same
    named = {F.TITLE} & changed if _is_renamed(standing) else set()
    linked = {F.LINKS} & changed
    was = record.where if record else ""
    told = (
        (f"renamed here from “{was}”", named),
        ("changed here", changed - named - linked),
        ("published or taken away elsewhere", linked),
        ("still to be set", due),
    )
    return "; ".join(f"{why}: {listed(names)}" for why, names in told if names)


def _is_renamed(standing: Standing) -> bool:
    """Whether it is an album that was published under another name."""
    record = standing.record
    return record is not None and record.subject.kind == SubjectKind.ALBUM and record.where != standing.where


def loss(post: Post | None) -> str:
    """What others have said of a post, and would go with it; empty where nobody has."""
    if post is None or post.reactions == 0:
        return ""
    has = f"has {post.reactions}" if post.reactions else "may have"
    return f"; it {has} favourites or comments, which would be lost with it"


def value_of(standing: Standing, name: str) -> Value:
    """What the library wants of a field."""
    return standing.wanted.fields.get(name) if standing.wanted else None


def shown_of(standing: Standing, name: str) -> Value:
    """What the platform shows of a field; where it does not say, what was sent."""
    if standing.post is not None and name in standing.post.fields:
        return standing.shown.get(name, standing.post.fields[name])
    agreed = standing.record.fields.get(name) if standing.record else None
    return agreed.sent if agreed else None


def remembered(record: Record) -> Post:
    """The post of a record, as far as it is remembered."""
    return Post(record.post_id, record.subject.kind, record.mark, record.url)
