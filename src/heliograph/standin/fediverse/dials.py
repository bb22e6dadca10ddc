"""Switches for what an operator sets, what goes slowly, and what once was broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from heliograph.standin.dials import Turnable


@dataclass(slots=True)
class Dials(Turnable):
    """How the server behaves beyond its profile. `None` is what the profile says."""

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {"authorize": ("ask", "yes", "no")}

    version: str | None = None
    """The software's version, as after an update."""
    text_len: int | None = None
    alt_len: int | None = None
    pictures: int | None = None
    """In one post."""
    image_bytes: int | None = None
    worker_s: float | None = None
    """How long the original of a picture is served before the worker made its own."""
    media_polls: int = 0
    """The next uploads answer 202 without an address, and so often 206."""
    media_fails: bool = False
    """What was polled for ends as failed."""
    delete_lag_s: float = 0.0
    """A deleted post is shown for so long."""
    listing_lag_s: float = 0.0
    """A new post is not listed for so long."""
    holes: int = 0
    """Every so manieth post of a listing is left out after the page was cut."""
    max_id_ignored: bool = False
    """Listings begin anew whatever `max_id` says, as older Pixelfeds did."""
    array_answer: bool = False
    """`PUT media` answers a list, as Pixelfed before 0.11.5."""
    rates_enforced: bool = False
    """Calls beyond the profile's rates are answered with 429."""
    never_active: bool = False
    """The account stays one that never called, whatever it calls."""
    email_verified: bool = True
    """Else every call is led to a page that asks for it (Pixelfed), or refused."""
    editing: bool = True
    """Pixelfed's operator lets posts be edited."""
    authorize: str = "ask"
    """The page of a sign-in asks, or somebody says `yes` or `no` at once."""
    body_max_bytes: int = 128 * 1024 * 1024
    """A longer request is answered with a page of 413."""
