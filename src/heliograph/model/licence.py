"""The names that Creative Commons gives its licences."""

from __future__ import annotations

import re

from heliograph.model.value import Value

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
