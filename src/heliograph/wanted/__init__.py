"""What one platform is to show of one photo or album, and why: wishes, rules and captions put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from heliograph.caption import camera_table, compose
from heliograph.caption import check as check_captions
from heliograph.jsonform import facts_digest, plain
from heliograph.model import (
    Caption,
    F,
    Facts,
    Fields,
    Limits,
    Photo,
    Place,
    Recipe,
    Rights,
    Subject,
    SubjectKind,
    Taken,
    Value,
    Wanted,
    Wish,
    value_digest,
)
from heliograph.policy import Captions, Picture, PlatformPolicy
from heliograph.rules import check_required, let_out, refusals, wish
from heliograph.wanted.membership import albums, order
from heliograph.wanted.recipes import check_picture, recipe, sent_picture, unsendable

__all__ = [
    "VERSION",
    "Verdict",
    "albums",
    "basis",
    "check",
    "fingerprint",
    "order",
    "recipe",
    "verdict",
    "with_defaults",
]

VERSION = 2
"""Of the deciding: raised with every change of it, so that a new program looks again at photos that did not change."""

MARK_LENGTH = 32
"""Hex digits of the image-data digest by which a post is recognised."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided about one photo on one platform."""

    wish: Wish | None
    """`None`: nothing wants it there, and nothing else was looked at."""
    wanted: Wanted | None = None
    """`None`: it is not wished there, or refused."""
    refusals: tuple[str, ...] = ()
    """Every reason at once, in sentences."""
    withheld: tuple[str, ...] = ()
    """What stays at home and why, in sentences."""
    left_out: tuple[str, ...] = ()
    """What does not fit there, in sentences."""
    albums: tuple[str, ...] = ()
    """Empty where it is refused, or the platform has no albums."""
    order: str = ""
    """Sort key within albums."""


def verdict(photo: Photo, subject_id: str, policy: PlatformPolicy, limits: Limits) -> Verdict:
    """What the platform is to show of the photo. `policy` has the platform's own defaults in it: see `with_defaults`.

    Raises:
        Mistake: a template or a setting cannot be used; `check` finds the same without a photo.
    """
    wished = wish(photo, policy)
    if wished is None:
        return Verdict(None)
    release = let_out(photo.facts, policy)
    refused = refusals(photo, policy, release.facts)
    if refused:
        return Verdict(wished, refusals=refused, withheld=release.withheld)
    made = recipe(release.facts, photo, policy.picture, limits)
    caption = compose(release.facts, _name(photo.where), policy.captions, limits)
    left_out = (*caption.left_out, *_not_taken(photo, wished, policy, limits))
    wanted = Wanted(
        subject=Subject(SubjectKind.PHOTO, subject_id),
        platform=policy.name,
        where=photo.where,
        fields=_fields(photo, release.facts, caption, made, wished, policy, limits),
        mark=photo.digest[:MARK_LENGTH],
        recipe=made,
        basis=basis(facts_digest(photo), photo.digest, fingerprint(policy, limits), photo.where),
        left_out=left_out,
    )
    placed = wished.albums if limits.album_fields else ()
    return Verdict(wished, wanted, (), release.withheld, left_out, placed, order(photo))


def check(policy: PlatformPolicy) -> None:
    """Nothing, where every template and every name in the settings can be used, whatever the photos.

    Raises:
        Mistake: one cannot.
    """
    check_captions(policy.captions)
    check_required(policy.rules.required)
    check_picture(policy.picture)


def with_defaults(policy: PlatformPolicy, captions: Captions, picture: Picture) -> PlatformPolicy:
    """The policy with the platform's own templates, way of sending and sizes where the owner's settings are silent."""
    own = policy.captions
    texts = replace(own, title=own.title or captions.title, text=own.text or captions.text, alt=own.alt or captions.alt)
    sent = replace(
        policy.picture,
        send=policy.picture.send or picture.send,
        long_edge_px=policy.picture.long_edge_px or picture.long_edge_px,
        embed=picture.embed if policy.picture.embed is None else policy.picture.embed,
    )
    return replace(policy, captions=texts, picture=sent)


@lru_cache(maxsize=256)
def fingerprint(policy: PlatformPolicy, limits: Limits) -> str:
    """Changes when the settings, the platform's limits or the deciding itself change."""
    return value_digest((VERSION, plain(policy), plain(limits)))


def basis(facts_digest: str, digest: str, fingerprint: str, where: str) -> str:
    """Changes when anything that a verdict is made from changes; cheap.

    `where` is part of it, since folders select, make albums and name a photo that has no title.
    """
    return f"{facts_digest}.{digest}.{fingerprint}.{where}"


def _name(where: str) -> str:
    """The file's name without folder and suffix."""
    name = where.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _not_taken(photo: Photo, wished: Wish, policy: PlatformPolicy, limits: Limits) -> tuple[str, ...]:
    notes = []
    if policy.picture.send == "original" and (reason := unsendable(photo, limits)):
        notes.append(f"The original cannot be sent, so a picture made from it goes instead: {reason}.")
    if wished.albums and not limits.album_fields:
        notes.append(f"There are no albums there: {', '.join(wished.albums)}.")
    if wished.groups and F.GROUPS not in limits.fields:
        notes.append(f"There are no groups there: {', '.join(wished.groups)}.")
    return tuple(notes)


def _fields(
    photo: Photo, facts: Facts, caption: Caption, made: Recipe, wished: Wish, policy: PlatformPolicy, limits: Limits
) -> Fields:
    fields: dict[str, Value] = {
        F.PICTURE: value_digest(plain(sent_picture(photo, made, policy.picture, limits))),
        F.TITLE: caption.title,
        F.TEXT: caption.text,
        F.ALT: caption.alt,
        F.TAGS: caption.tags,
        F.TAKEN: _taken(facts.taken),
        F.PLACE: _place(facts.place),
        F.RIGHTS: _rights(facts.rights),
        F.CAMERA: camera_table(facts),
        F.GROUPS: tuple(sorted(wished.groups)),
        F.VISIBILITY: policy.audience.show or next(iter(limits.audiences), ""),
    }
    return {name: value for name, value in fields.items() if name in limits.fields}


def _taken(taken: Taken | None) -> Value:
    if taken is None or not (taken.local or taken.circa):
        return None
    return (taken.local, taken.subsec, taken.offset, taken.circa)


def _place(place: Place) -> Value:
    if place == Place():
        return None
    return (
        _degrees(place.latitude),
        _degrees(place.longitude),
        place.sublocation,
        place.city,
        place.state,
        place.country,
    )


def _degrees(value: float | None) -> float | None:
    """Six decimals, a tenth of a metre; zero has no sign, so that equal positions are equal texts."""
    return None if value is None else round(value, 6) + 0.0


def _rights(rights: Rights) -> Value:
    return (rights.creators, rights.credit, rights.copyright, rights.usage_terms, rights.licence_url)
