"""The fields of a photo or post, of facts that may leave and texts that fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from heliograph.caption import camera_table, length
from heliograph.model import Caption, F, Facts, Fields, Limits, Place, Rights, Taken, Value
from heliograph.policy import PlatformPolicy


def beside(warned: str | None, limits: Limits) -> Limits:
    """With what a warning leaves of the room for the text.

    Source: Mastodon 4.6 and GoToSocial count both together (2026-11); elsewhere a few words less are no loss.
    """
    if not warned or limits.text_len is None or F.WARNING not in limits.fields:
        return limits
    return replace(limits, text_len=max(0, limits.text_len - length(warned, limits.count)))


def fields(
    picture: Value,
    facts: Facts,
    caption: Caption,
    groups: Sequence[str],
    warned: str | None,
    policy: PlatformPolicy,
    limits: Limits,
) -> Fields:
    """Those that the platform can show."""
    every: dict[str, Value] = {
        F.PICTURE: picture,
        F.TITLE: caption.title,
        F.TEXT: caption.text,
        F.ALT: caption.alt,
        F.TAGS: caption.tags,
        F.TAKEN: _taken(facts.taken),
        F.PLACE: _place(facts.place),
        F.RIGHTS: _rights(facts.rights),
        F.CAMERA: camera_table(facts),
        F.GROUPS: tuple(sorted(groups)),
        F.VISIBILITY: policy.audience.show or next(iter(limits.audiences), ""),
        F.WARNING: warned,
    }
    return {name: value for name, value in every.items() if name in limits.fields}


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
