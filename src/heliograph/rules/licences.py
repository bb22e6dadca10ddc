"""Which licence a photo is under, and whether that one may leave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from heliograph.model import Rights
from heliograph.policy import Rules
from heliograph.rules.branches import folded

ALL_RIGHTS_RESERVED = "all rights reserved"
"""What a photo is under that states nothing, and the words by which `rules.licences` allows that."""

_SHORT_NAME = re.compile(r"(?:cc|creative commons)[ -](by(?:-nc)?(?:-sa|-nd)?)[ -](\d\.\d)")
"""Source: the names of the licences at creativecommons.org/licenses, November 2026."""


def rights_out(rights: Rights, rules: Rules) -> Rights:
    """The rights, with the owner's licence where the photo states none; terms in words are a statement too."""
    if not rules.licence or _states_one(rights):
        return rights
    if rules.licence.startswith(("https://", "http://")):
        return replace(rights, licence_url=rules.licence)
    return replace(rights, usage_terms=rules.licence)


def licence_refusals(rights: Rights, allowed: Iterable[str]) -> tuple[str, ...]:
    """Why a photo with these rights is refused, where only the allowed licences may leave; empty: it is not."""
    licences = tuple(allowed)
    stated = rights.licence_url or rights.usage_terms or ALL_RIGHTS_RESERVED
    if not licences or compared(stated) in {compared(licence) for licence in licences}:
        return ()
    said = f"is under “{stated}”" if stated != ALL_RIGHTS_RESERVED else "states no licence"
    return (f"It {said}, and rules.licences lets out only {', '.join(licences)}: change the licence or the rule.",)


def compared(licence: str) -> str:
    """A licence as it is compared: addresses of one licence are alike, and so are the usual short names."""
    text = folded(licence).replace("_", "-")
    if short := _SHORT_NAME.fullmatch(text):
        return f"creativecommons.org/licenses/{short[1]}/{short[2]}"
    if text in {"cc0", "cc0 1.0", "cc0-1.0"}:
        return "creativecommons.org/publicdomain/zero/1.0"
    address = re.sub(r"^https?://(?:www\.)?", "", text)
    return re.sub(r"/(?:deed|legalcode)(?:\.[a-z-]+)?$", "", address.rstrip("/")).rstrip("/")


def _states_one(rights: Rights) -> bool:
    # Marked false says "public domain": a licence on top of that would take back what was given.
    return bool(rights.licence_url or rights.usage_terms or rights.marked is False)
