"""What a post looks like, for people: fetched through its platform, so that no browser has to go there."""

from __future__ import annotations

import tempfile
from pathlib import Path

from heliograph.digest import HEAD_BYTES, sniff
from heliograph.errors import Refused
from heliograph.ledger import Ledger
from heliograph.ports import Platform

SHOWN_BY_BROWSERS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})


def preview(ledger: Ledger, platform: Platform, post_id: str) -> tuple[bytes, str]:
    """A small picture of a post as its platform gives it, with its media type, which browsers know.

    Raises:
        Refused: there is no such post, or nothing of it that a browser could show.
    """
    post = ledger.records.seen(platform.name, [post_id]).get(post_id)
    if post is None:
        message = f"Nothing on {platform.name} is called {post_id}."
        raise Refused(message)
    with tempfile.TemporaryDirectory(prefix="heliograph-") as folder:
        small = platform.preview(post, Path(folder))
        picture = small.read_bytes() if small else b""
    media_type = sniff(picture[:HEAD_BYTES])
    if media_type not in SHOWN_BY_BROWSERS:
        message = f"{post.url or post.id} has no picture that could be shown here."
        raise Refused(message)
    return picture, media_type
