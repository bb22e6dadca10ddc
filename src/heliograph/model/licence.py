"""The names that Creative Commons gives its licences."""

from __future__ import annotations

import re

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
