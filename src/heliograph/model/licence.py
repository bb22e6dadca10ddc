"""The names that Creative Commons gives its licences, and the numbers that services give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from heliograph.model.value import Value

_SITE = "https://creativecommons.org"
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/.*)?"
)


def licence_name(rights: Value) -> str | None:
    """What Creative Commons calls the licence of a photo's rights: `by-nc-sa 4.0`, `zero` or `mark`.

    Empty where it is none of theirs; `None` where the photo states no licence.
    """
    address = str(rights[-1] or "").strip().lower() if isinstance(rights, tuple) and rights else ""
    if not address:
        return None
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return ""
    return found[2] if found[1] == "publicdomain" else f"{found[2]} {found[3]}"


def licence_address(name: str) -> str:
    """Where Creative Commons explains a licence of that name: the other way round of `licence_name`.

    Source: creativecommons.org, whose tools for the public domain have one version each (2026-11).
    """
    if name in {"zero", "mark"}:
        return f"{_SITE}/publicdomain/{name}/1.0/"
    kind, _, version = name.partition(" ")
    return f"{_SITE}/licenses/{kind}/{version}/"


@dataclass(frozen=True, slots=True)
class LicenceNumbers:
    """The numbers by which a service knows licences."""

    by_name: Mapping[str, str]
    """Name, as `licence_name` says it -> number."""
    reserved: str
    """Of all rights reserved: what the service has no number for (other versions, words of one's own) is that there."""

    def number(self, rights: Value) -> str | None:
        """Of the licence of a photo's rights; `None` where the photo states none."""
        name = licence_name(rights)
        return None if name is None else self.by_name.get(name, self.reserved)

    def address(self, number: Value) -> str | None:
        """Where the licence is explained; empty for all rights reserved, `None` for a number nobody knows."""
        known = next((name for name, one in self.by_name.items() if one == str(number)), "")
        return licence_address(known) if known else "" if number == self.reserved else None

    def is_lost(self, rights: Value) -> bool:
        """Whether a photo states a licence that the service has no number for."""
        return self.number(rights) == self.reserved
