"""What there is to tell of an account: whose it is, what may be done in it, and how much of it is left."""

from __future__ import annotations

from collections.abc import Iterator

from heliograph.platforms.flickr.api import Api, whole
from heliograph.platforms.flickr.signin import Account


def told(api: Api, account: Account) -> Iterator[str]:
    """Sentences; asks Flickr once."""
    user = api.read("people.getUploadStatus").get("user", {})
    kind = "Pro" if whole(user.get("ispro")) else "free"
    yield f"signed in as {account.who}, a {kind} account; heliograph may {account.permissions}"
    file_mb = whole(user.get("filesize", {}).get("maxbytes")) // 1_000_000
    if file_mb:
        yield f"files of up to {file_mb} MB are taken"
