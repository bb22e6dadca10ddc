"""What one platform is to show of one photo or album, and why: wishes, rules and captions put together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from heliograph.caption import check as check_captions
from heliograph.caption import compose
from heliograph.jsonform import facts_digest, plain
from heliograph.model import (
    F,
    Facts,
    Limits,
    Photo,
    Recipe,
    Subject,
    SubjectKind,
    Value,
    Wanted,
    Wish,
    value_digest,
)
from heliograph.policy import Captions, OnTooLong, Picture, PlatformPolicy
from heliograph.rules import check_required, let_out, refusals, warning, wish
from heliograph.wanted.fields import beside, fields
from heliograph.wanted.folders import check_folder_album, folder_album
from heliograph.wanted.gathering import Member, Part, album_basis, gathered, gathers, groups, pictures, row
from heliograph.wanted.homeward import HOMEWARD, TEXTS, Edits, Homecoming, blank, homeward, unsent
from heliograph.wanted.membership import albums, folded, order
from heliograph.wanted.recipes import check_picture, recipe, sent_picture, unsendable

__all__ = [
    "HOMEWARD",
    "TEXTS",
    "VERSION",
    "Edits",
    "Homecoming",
    "Member",
    "Part",
    "Verdict",
    "album_basis",
    "albums",
    "basis",
    "blank",
    "check",
    "fingerprint",
    "folded",
    "folder_album",
    "gathered",
    "gathers",
    "groups",
    "homecoming",
    "linked",
    "order",
    "picture",
    "pictures",
    "recipe",
    "row",
    "unsent",
    "verdict",
    "with_defaults",
    "with_links",
]

VERSION = 7
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
    gathered: bool = False
    """It has no post of its own: its only album is a post, which it is a part of."""
    released: Facts = field(default_factory=Facts)
    """What of its facts may leave."""


def verdict(photo: Photo, subject_id: str, policy: PlatformPolicy, limits: Limits) -> Verdict:
    """What the platform is to show of the photo. `policy` has the platform's own defaults in it: see `with_defaults`.

    Raises:
        Mistake: a template or a setting cannot be used; `check` finds the same without a photo.
    """
    wished = wish(photo, policy, folder_album(photo.where, policy))
    if wished is None:
        return Verdict(None)
    release = let_out(photo.facts, policy)
    warned = warning(photo.facts, policy.rules.warnings)
    caption = compose(release.facts, _name(photo.where), policy.captions, beside(warned, limits))
    uncut = caption.too_long if policy.captions.too_long == OnTooLong.REFUSE else ()
    refused = (*refusals(photo, policy, release.facts), *uncut)
    if refused:
        return Verdict(wished, refusals=refused, withheld=release.withheld)
    made = recipe(release.facts, photo, policy.picture, limits)
    left_out = (*caption.left_out, *_not_taken(photo, wished, policy, limits), *_unwarned(warned, limits))
    picture = _sent(photo, made, policy, limits)
    wanted = Wanted(
        subject=Subject(SubjectKind.PHOTO, subject_id),
        platform=policy.name,
        where=photo.where,
        fields=fields(picture, release.facts, caption, wished.groups, warned, policy, limits),
        mark=photo.digest[:MARK_LENGTH],
        recipe=made,
        basis=basis(facts_digest(photo), photo.digest, fingerprint(policy, limits), photo.where),
        left_out=left_out,
    )
    together = bool(wished.albums) and gathers(policy, limits)
    placed = wished.albums[:1] if together else wished.albums if limits.album_fields else ()
    return Verdict(wished, wanted, (), release.withheld, left_out, placed, order(photo), together, release.facts)


def picture(photo: Photo, policy: PlatformPolicy, limits: Limits) -> str:
    """The field of that name in what is wanted of the photo, refused or not, and nothing else of it."""
    return _sent(photo, recipe(let_out(photo.facts, policy).facts, photo, policy.picture, limits), policy, limits)


def _sent(photo: Photo, made: Recipe, policy: PlatformPolicy, limits: Limits) -> str:
    return value_digest(plain(sent_picture(photo, made, policy.picture, limits)))


def linked(verdict: Verdict, links: tuple[Value, ...], limits: Limits) -> Verdict:
    """The verdict with where else the photo can be seen, for a platform that shows it.

    That is no fact of the photo: it comes from what was published, and changes with that alone.
    """
    wanted = verdict.wanted
    if wanted is None or F.LINKS not in limits.fields:
        return verdict
    basis = with_links(wanted.basis, links)
    return replace(verdict, wanted=replace(wanted, fields={**wanted.fields, F.LINKS: links}, basis=basis))


def homecoming(photo: Photo, subject_id: str, policy: PlatformPolicy, limits: Limits, edits: Edits) -> Homecoming:
    """What of a platform's edits the library can say, and what is wanted of the photo once it does."""

    def decide(facts: Facts, limits: Limits) -> Wanted | None:
        return verdict(replace(photo, facts=facts), subject_id, policy, limits).wanted

    return homeward(photo.facts, policy, limits, edits, decide)


def check(policy: PlatformPolicy) -> None:
    """Nothing, where every template and every name in the settings can be used, whatever the photos.

    Raises:
        Mistake: one cannot.
    """
    check_captions(policy.captions)
    check_folder_album(policy.select)
    check_required(policy.rules.required or ())
    check_picture(policy.picture)


def with_defaults(
    policy: PlatformPolicy, captions: Captions, picture: Picture, needs: tuple[str, ...]
) -> PlatformPolicy:
    """The policy with the platform's own templates, way of sending, sizes and needs where the owner's are silent."""
    own = policy.captions
    texts = replace(own, title=own.title or captions.title, text=own.text or captions.text, alt=own.alt or captions.alt)
    sent = replace(
        policy.picture,
        send=policy.picture.send or picture.send,
        long_edge_px=policy.picture.long_edge_px or picture.long_edge_px,
        formats=policy.picture.formats or picture.formats,
        embed=picture.embed if policy.picture.embed is None else policy.picture.embed,
    )
    required = needs if policy.rules.required is None else policy.rules.required
    return replace(policy, captions=texts, picture=sent, rules=replace(policy.rules, required=required))


@lru_cache(maxsize=256)
def fingerprint(policy: PlatformPolicy, limits: Limits) -> str:
    """Changes when the settings, the platform's limits or the deciding itself change; not with the machine's cores."""
    return value_digest((VERSION, plain(policy), plain(replace(limits, workers=1))))


def basis(facts_digest: str, digest: str, fingerprint: str, where: str) -> str:
    """Changes when anything that a verdict is made from changes; cheap.

    `where` is part of it, since folders select, make albums and name a photo that has no title.
    """
    return f"{facts_digest}.{digest}.{fingerprint}.{where}"


def with_links(basis: str, links: tuple[Value, ...]) -> str:
    """The basis of a photo that is wanted on a platform which shows where else it can be seen."""
    return f"{basis}.{value_digest(links)}" if links else basis


def _name(where: str) -> str:
    """The file's name without folder and suffix."""
    name = where.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _unwarned(warned: str | None, limits: Limits) -> tuple[str, ...]:
    if warned is None or F.WARNING in limits.fields:
        return ()
    what = f"without the warning “{warned}”" if warned else "without a mark that it is sensitive"
    return (f"It is shown {what}: there are none there.",)


def _not_taken(photo: Photo, wished: Wish, policy: PlatformPolicy, limits: Limits) -> tuple[str, ...]:
    notes = []
    if policy.picture.send == "original" and (reason := unsendable(photo, limits)):
        notes.append(f"The original cannot be sent, so a picture made from it goes instead: {reason}.")
    if gathers(policy, limits):
        if others := ", ".join(wished.albums[1:]):
            notes.append(f"It is in the post of the album {wished.albums[0]}, and so in no other: {others}.")
    elif wished.albums and not limits.album_fields:
        one = "; with select.together, an album is one post" if limits.gathers > 1 else ""
        notes.append(f"There are no albums there{one}.")
    if wished.groups and F.GROUPS not in limits.fields:
        notes.append(f"There are no groups there: {', '.join(wished.groups)}.")
    return tuple(notes)
