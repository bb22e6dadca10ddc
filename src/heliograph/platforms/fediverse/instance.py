"""What a server says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instance:
    """Software and limits of one server. `None`: it does not say, and the dialect's usual value counts."""

    software: str
    """As nodeinfo names it, in lower case: `mastodon`, `pixelfed`, `gotosocial`; empty where nothing can be told."""
    version: str
    asked_at: float
    """Unix seconds by our clock."""
    text_len: int | None = None
    alt_len: int | None = None
    pictures_max: int | None = None
    """In one post."""
    max_bytes: int | None = None
    max_px: int | None = None
    media_types: tuple[str, ...] = ()
