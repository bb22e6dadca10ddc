"""Who is let in: one key for each start, invitations that work once, and sessions of the browsers that had one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field

from heliograph.ports import Clock

VALID_S = 600
"""So long an invitation waits to be used."""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that was let in."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """In its cookie."""
    seal: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """In every form that it was given, so that no other page can send one in its name."""


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(32)


def invitation(key: str, clock: Clock) -> str:
    """A word that lets one browser in, once, within `VALID_S`."""
    told = f"{int(clock.now().timestamp()) + VALID_S}.{secrets.token_urlsafe(16)}"
    return f"{told}.{_signature(key, told)}"


class Guests:
    """Checks words and keys; any number of threads may ask."""

    def __init__(self, key: str, clock: Clock) -> None:
        self._key, self._clock = key, clock
        self._used: dict[str, int] = {}
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def admit(self, word: str) -> Session | None:
        """A session for an invitation; `None` where it is not ours, too old, or was used."""
        told, _, signature = word.rpartition(".")
        if not _same(signature, _signature(self._key, told)):
            return None
        now_s, until_s = int(self._clock.now().timestamp()), int(told.partition(".")[0])
        with self._lock:
            if until_s < now_s or told in self._used:
                return None
            self._used = {one: until for one, until in self._used.items() if until >= now_s} | {told: until_s}
            session = Session()
            self._sessions[session.token] = session
            return session

    def session(self, token: str) -> Session | None:
        """The session of a cookie."""
        return self._sessions.get(token)

    def holds_key(self, key: str) -> bool:
        """Whether it is the key of this start."""
        return _same(key, self._key)


def _signature(key: str, told: str) -> str:
    return hmac.new(key.encode(), told.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
