"""Tickets: uploads that are answered before the picture is converted, asked about all together."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from heliograph.errors import Busy, Refused, SignInNeeded, Uncertain
from heliograph.platforms.flickr.api import Api, whole
from heliograph.ports import Clock

_DONE, _FAILED = 1, 2
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 15.0
_PATIENCE_S = 30 * 60.0
_AT_ONCE = 100
"""Nobody says how many may be asked about in one call; clients keep to this (2026-11)."""


@dataclass(slots=True)
class Tickets:
    """What became of tickets. Threads share it: whoever asks, asks for all that wait."""

    api: Api
    clock: Clock
    _waiting: set[str] = field(default_factory=set)
    _photos: dict[str, str] = field(default_factory=dict)
    """Ticket -> photo; empty where it failed."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def photo(self, ticket: str) -> str:
        """The photo that a ticket became.

        Raises:
            Refused: Flickr could not convert the picture.
            Uncertain: nothing is known of it after half an hour.
        """
        with self._lock:
            self._waiting.add(ticket)
        wait_s, until = _FIRST_WAIT_S, self.clock.monotonic() + _PATIENCE_S
        while self.clock.monotonic() < until:
            with self._lock:
                if ticket not in self._photos:
                    self._ask()
                if ticket in self._photos:
                    return self._named(ticket)
            self.clock.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
        message = "Flickr took the picture and has not said in half an hour what became of it; it is looked for later."
        raise Uncertain(message)

    def _named(self, ticket: str) -> str:
        photo = self._photos.pop(ticket)
        if not photo:
            message = "Flickr could not convert the picture, so it was not published. Look at the file in a viewer."
            raise Refused(message)
        return photo

    def _ask(self) -> None:
        asked = sorted(self._waiting)[:_AT_ONCE]
        try:
            found = self.api.read("photos.upload.checkTickets", tickets=",".join(asked))
        except (Refused, Busy, SignInNeeded) as trouble:
            message = f"Flickr took the picture, and what became of it could not be asked: {trouble.sentence}"
            raise Uncertain(message) from trouble
        for item in found.get("uploader", {}).get("ticket", []):
            ticket, state = str(item.get("id")), whole(item.get("complete"))
            if state in {_DONE, _FAILED}:
                self._photos[ticket] = str(item.get("photoid", "")) if state == _DONE else ""
                self._waiting.discard(ticket)
