"""Albums that are one post: which photos it holds, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from heliograph.caption import compose
from heliograph.model import (
    F,
    Facts,
    Fields,
    Limits,
    Photo,
    Record,
    Subject,
    SubjectKind,
    Value,
    Wanted,
    album_mark,
    value_digest,
)
from heliograph.policy import OnTooLong, PlatformPolicy
from heliograph.rules import warning_of
from heliograph.wanted.fields import beside, fields
from heliograph.wanted.membership import folded
from heliograph.wanted.shared import shared_facts

NAMED_AT_MOST = 10


class Member(NamedTuple):
    """A photo that is part of an album's post."""

    photo: str
    album: str
    order: str
    where: str
    basis: str
    """Changes when anything that is wanted of it may change."""


class Part(NamedTuple):
    """A photo with what is wanted of it."""

    photo: Photo
    wanted: Wanted
    released: Facts


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is wanted of an album that is one post."""

    wanted: Wanted | None
    """`None`: it is refused."""
    refusals: tuple[str, ...] = ()


def gathers(policy: PlatformPolicy, limits: Limits) -> bool:
    """Whether albums are posts there, as the owner wishes and the platform can."""
    return policy.select.together and limits.gathers > 1


def groups(members: Iterable[Member]) -> dict[str, tuple[Member, ...]]:
    """Name of each album -> its photos in order, sorted by name.

    Names that differ in case only are one album, under the spelling that sorts first.
    """
    held: dict[str, list[Member]] = {}
    for member in members:
        held.setdefault(folded(member.album), []).append(member)
    named = {min(member.album for member in album): album for _, album in sorted(held.items())}
    return {
        name: tuple(sorted(album, key=lambda member: (member.order, member.photo))) for name, album in named.items()
    }


def album_basis(name: str, members: Sequence[Member]) -> str:
    """Changes when anything changes that what is wanted of the post is made from; cheap."""
    return value_digest((name, [member.basis for member in members]))


def gathered(
    name: str, parts: Sequence[Part], policy: PlatformPolicy, limits: Limits, basis: str, left: Sequence[str] = ()
) -> Gathered:
    """What is wanted of the post of an album; `left` names the photos for which it has no room.

    Its text is made of what all of its photos say alike, with the album's name for a title.
    """
    facts = replace(shared_facts([part.released for part in parts]), title=name)
    warned = warning_of([part.photo.facts for part in parts], policy.rules.warnings)
    caption = compose(facts, name, policy.captions, beside(warned, limits))
    if caption.too_long and policy.captions.too_long == OnTooLong.REFUSE:
        return Gathered(None, caption.too_long)
    wanted = [part.wanted for part in parts]
    pictures, alts = _each(F.PICTURE, wanted), _each(F.ALT, wanted)
    shown = fields("", facts, caption, (), warned, policy, limits)
    wanted_fields: Fields = {**shown, F.PICTURE: pictures, F.ALT: alts}
    return Gathered(
        Wanted(
            subject=Subject(SubjectKind.ALBUM, name),
            platform=policy.name,
            where=name,
            fields={field: value for field, value in wanted_fields.items() if field in limits.fields},
            mark=album_mark(name),
            basis=basis,
            left_out=(*caption.left_out, *_left(left, limits)),
            parts=tuple(wanted),
        )
    )


def _each(field: str, parts: Sequence[Wanted]) -> tuple[str, ...]:
    return tuple(str(part.fields.get(field) or "") for part in parts)


def _left(left: Sequence[str], limits: Limits) -> tuple[str, ...]:
    if not left:
        return ()
    more = f" and {len(left) - NAMED_AT_MOST:,} more" if len(left) > NAMED_AT_MOST else ""
    named = ", ".join(left[:NAMED_AT_MOST]) + more
    return (f"A post there holds {limits.gathers} photos: left out {named}.",)


def pictures(record: Record) -> tuple[Value, ...]:
    """Those that a post held when it was last agreed, where it is one of several photos; in their order."""
    agreed = record.fields.get(F.PICTURE)
    return row(agreed.sent) if agreed else ()


def row(value: Value) -> tuple[Value, ...]:
    """The pictures that a field names; empty where it names one alone."""
    return value if isinstance(value, tuple) else ()
