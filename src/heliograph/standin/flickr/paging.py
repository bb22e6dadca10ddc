"""Pages of a listing, with Flickr's clamps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from heliograph.standin.flickr.method import Call

Item = TypeVar("Item")
_HUGE = 10**9


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a listing, and where it stands."""

    items: Sequence[Item]
    page: int
    pages: int
    per_page: int
    total: int

    def attributes(self) -> dict[str, object]:
        """As the element around the items tells it."""
        return {"page": self.page, "pages": self.pages, "perpage": self.per_page, "total": self.total}


def page_of(
    call: Call, items: Sequence[Item], *, default: int = 100, most: int = 500, seen: int = _HUGE, repeat: bool = False
) -> Page[Item]:
    """The page that a call asks for: of the first `seen` items only, and with `repeat` the last one instead of none."""
    per_page = min(call.number("per_page", 1, _HUGE) or default, most)
    page = call.number("page", 1, _HUGE) or 1
    pages = -(-len(items) // per_page)
    last = -(-min(len(items), seen) // per_page)
    at = min(page, last) if repeat or call.state.dials.past_end == "repeat" else page
    start = max(at - 1, 0) * per_page
    return Page(items[start : min(start + per_page, seen)], page, pages, per_page, len(items))
