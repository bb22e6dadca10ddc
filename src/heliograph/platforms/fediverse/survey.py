"""Looking at an account with as few calls as it takes: all of it, or its newest page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from heliograph.errors import Busy, Gone
from heliograph.model import Survey
from heliograph.platforms.fediverse.api import PAGE, Api
from heliograph.platforms.fediverse.options import Look
from heliograph.platforms.fediverse.posts import Posts
from heliograph.platforms.fediverse.showing import read, status_id
from heliograph.ports import Clock

WHOLE_S = 24 * 3600.0
"""After so long, everything is looked at, whatever the settings say."""
_VERSION = 1
_PAGES_MAX = 5_000
_DAY_MS = 24 * 3600 * 1000
_DEEPER_MS = (30 * _DAY_MS, 365 * _DAY_MS)
"""How far below an empty page is looked on: Pixelfed leaves posts out of a page after it was cut, even all of them.
Source: pixelfed issue 5969 and PR 7112 (2025 and 2026)."""


class GoingRound(Exception):
    """A listing begins anew whatever it is asked for, or never ends."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next look goes on."""

    user: str
    newest: str = ""
    """The newest post of any kind."""
    count: int = 0
    """Posts of any kind."""
    whole: float = 0.0
    """When everything was looked at, in unix seconds by our clock."""

    def text(self) -> str:
        """For the ledger."""
        return json.dumps([_VERSION, self.user, self.newest, self.count, self.whole])


def cursor_of(text: str | None, user: str) -> Cursor | None:
    """What an earlier look left; `None` where there was none of this account."""
    try:
        version, owner, newest, count, whole = json.loads(text or "null")
        if version != _VERSION or owner != user:
            return None
        return Cursor(owner, str(newest), int(count), float(whole))
    except (ValueError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Looking:
    """One look at one account."""

    api: Api
    posts: Posts
    user: str
    """Id of the account."""
    server: str
    clock: Clock
    look: Look

    def survey(self, since: str | None) -> Survey:
        """As `ports.Platform.survey` promises."""
        owner = f"{self.user} {self.server}"
        cursor = cursor_of(since, owner)
        now = self.clock.now().timestamp()
        first = self.api.listing(self.user)
        if not first.items and cursor is not None and self._stands(cursor.newest):
            return Survey((), full=False, looked=False, cursor=since or "")
        due = cursor is None or self.look == Look.EVERYTHING or not 0 <= now - cursor.whole <= WHOLE_S
        if cursor is not None and not due:
            changes = self._changes(cursor, first.items)
            if changes is not None:
                return changes
        return self._whole(owner, first.items, now, last=first.last)

    def everything(self) -> Iterator[dict[str, Any]]:
        """Every post of any kind, the newest first, page by page.

        Raises:
            Busy: older ones cannot be had.
        """
        first = self.api.listing(self.user)
        if not first.items and self.api.posts_count() > 0:
            message = (
                f"{self.api.host} lists no posts of an account that has some, so that nothing can be looked up there. "
                "Nothing was changed; run again later."
            )
            raise Busy(message)
        yield from _unique(first.items, set())
        try:
            yield from self._further(first.items, last=first.last, only_media=False)
        except GoingRound:
            message = (
                f"{self.api.host} shows its newest posts again instead of older ones, so that nothing can be looked up "
                "there. Nothing was changed; run again later."
            )
            raise Busy(message) from None

    def _stands(self, newest: str) -> bool:
        """Whether a post is there still, although a listing is empty: some servers answer so when they cannot look."""
        try:
            return bool(newest) and status_id(self.api.status(newest)) == newest
        except Gone:
            return False

    # -- everything --

    def _whole(self, owner: str, first: Sequence[dict[str, Any]], now: float, *, last: bool) -> Survey:
        items, looked = list(_unique(first, set())), True
        try:
            items += self._further(first, last=last, only_media=True)
        except GoingRound:
            looked = False
        cursor = Cursor(owner, status_id(first[0]) if first else "", _total(first) or 0, now)
        return Survey(self._ours(items), full=True, looked=looked, cursor=cursor.text() if looked else "")

    def _further(self, first: Sequence[dict[str, Any]], *, last: bool, only_media: bool) -> Iterator[dict[str, Any]]:
        """What stands behind the first page.

        Raises:
            GoingRound: the listing repeats itself, or has no end.
        """
        seen = {status_id(item) for item in first}
        if last or not first or (len(first) < PAGE and len(seen) >= (_total(first) or 0)):
            return
        below, deeper = _lowest(first, numbers=self.api.dialect.numbers), iter(_DEEPER_MS)
        for _ in range(_PAGES_MAX):
            page = self.api.listing(self.user, below=below, only_media=only_media)
            fresh = list(_unique(page.items, seen))
            if page.items and not fresh:
                raise GoingRound
            yield from fresh
            if page.last:
                return
            if fresh:
                below = _lowest(fresh, numbers=self.api.dialect.numbers)
            elif not only_media or len(seen) >= (_total(first) or 0) or (further := self._deeper(below, deeper)) == "":
                return
            else:
                below = further
        raise GoingRound

    def _deeper(self, below: str, steps: Iterator[int]) -> str:
        """An id of long before another; empty where none can be made, or that was done often enough."""
        dialect = self.api.dialect
        step_ms = next(steps, None)
        # Where pages are whole, an empty one is the last.
        if step_ms is None or dialect.epoch_ms is None or dialect.min_id or not below.isdigit():
            return ""
        lower = int(below) - (step_ms << dialect.shift)
        return str(lower) if lower > 0 else ""

    # -- what changed --

    def _changes(self, cursor: Cursor, first: Sequence[dict[str, Any]]) -> Survey | None:
        """What is new, where one page tells it: the account counts as many posts as it should; else `None`."""
        ids = [status_id(item) for item in first]
        total = _total(first)
        if not first:
            return Survey((), full=False, cursor=cursor.text()) if cursor.count == 0 and not cursor.newest else None
        if cursor.newest and cursor.newest not in ids:
            return None
        fresh = first[: ids.index(cursor.newest)] if cursor.newest else first
        # Mastodon does not count what is sent to somebody alone. Source: app/models/status.rb of 4.6 (2026-08).
        counted = sum(item.get("visibility") != "direct" for item in fresh)
        if total is None or len(fresh) >= PAGE or total not in {cursor.count + len(fresh), cursor.count + counted}:
            return None
        now = Cursor(cursor.user, ids[0], total, cursor.whole)
        return Survey(self._ours(first), full=False, cursor=now.text())

    def _ours(self, items: Sequence[dict[str, Any]]) -> Any:
        found = [
            shown
            for item in items
            if _author(item) in {"", self.user} and (shown := read(item, self.api.dialect, self.posts.limits))
        ]
        self.posts.known.update({shown.post.id: shown for shown in found})
        return tuple(shown.post for shown in found)


def _unique(items: Sequence[dict[str, Any]], seen: set[str]) -> Iterator[dict[str, Any]]:
    """Those whose id was not seen yet; they are from then on."""
    for item in items:
        id_ = status_id(item)
        if id_ and id_ not in seen:
            seen.add(id_)
            yield item


def _lowest(items: Sequence[dict[str, Any]], *, numbers: bool) -> str:
    ids = [id_ for item in items if (id_ := status_id(item))]
    if numbers and all(id_.isdigit() for id_ in ids):
        return min(ids, key=int, default="")
    return ids[-1] if ids else ""


def _author(item: dict[str, Any]) -> str:
    account = item.get("account")
    id_ = account.get("id") if isinstance(account, dict) else ""
    return id_ if isinstance(id_, str) else ""


def _total(items: Sequence[dict[str, Any]]) -> int | None:
    account = items[0].get("account") if items else None
    total = account.get("statuses_count") if isinstance(account, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None
