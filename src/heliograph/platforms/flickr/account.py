"""What there is to tell of an account: whose it is, what may be done in it, and how much of it is left."""

from __future__ import annotations

from collections.abc import Iterator

from heliograph.platforms.flickr.api import Api, whole
from heliograph.platforms.flickr.signin import Account

FREE_ITEMS = 1_000
"""Photos and videos that a free account holds. Source: Flickr's help pages (2022)."""


def told(api: Api, account: Account) -> Iterator[str]:
    """Sentences; asks Flickr once, and of a free account how much it holds."""
    user = api.read("people.getUploadStatus").get("user", {})
    kind = "Pro" if whole(user.get("ispro")) else "free"
    yield f"signed in as {account.who}, a {kind} account; heliograph may {account.permissions}"
    file_mb = whole(user.get("filesize", {}).get("maxbytes")) // 1_000_000
    if file_mb:
        yield f"files of up to {file_mb} MB are taken"
    if kind == "free":
        photos = api.read("people.getInfo", user_id=account.nsid).get("person", {}).get("photos", {})
        held = whole(photos.get("count", {}).get("_content"))
        yield f"{held:,} of the {FREE_ITEMS:,} photos and videos of a free account are there"
