"""What a listing sees that lags behind the writes: every photo as it was a while ago."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from heliograph.standin.flickr.records import Photo

_LONGEST_LAG_S = 3600.0
"""How far back the past is kept."""


class Sightings:
    """Photos as they were, by when they became so; a photo that was deleted is seen until the lag has passed."""

    def __init__(self) -> None:
        self._past: dict[str, tuple[tuple[float, Photo | None], ...]] = {}

    def note(self, photo_id: str, photo: Photo | None, now_s: float) -> None:
        """Remembers a photo as it is from now on; `None` is deleted."""
        seen = (*self._past.get(photo_id, ()), (now_s, copy.copy(photo)))
        stale = sum(1 for at, _ in seen[1:] if at <= now_s - _LONGEST_LAG_S)
        self._past[photo_id] = seen[stale:]

    def at(self, moment_s: float) -> Iterator[Photo]:
        """Every photo that was there at this moment, as it was then."""
        for history in tuple(self._past.values()):
            found = next((photo for at, photo in reversed(history) if at <= moment_s), None)
            if found is not None:
                yield found

    def clear(self) -> None:
        """Forgets everything."""
        self._past.clear()
