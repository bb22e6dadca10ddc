"""Whom a server takes us for."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from heliograph.ports import Caution

CREDENTIALS = "/api/v1/accounts/verify_credentials"
"""Proves a token, and on Pixelfed wakes an account up that never called anything."""
WARN_DAYS = 30
"""Source: Pixelfed's tokens count for 365 days and end without a word (pixelfed issue 6186, 2025)."""
_NAME_LEN = 100
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9_.~-]{1,100}")
"""What may stand in an address."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account on one server, with the token that proves it."""

    who: str
    """`@ana@pix.example`."""
    permissions: str
    token: str
    id: str
    """The account's own id there; empty where it was not asked for yet."""
    server: str
    """Base address of the server that the token is for: it is never sent to another one."""
    expires_at: str = ""
    """ISO 8601 in UTC; empty: never, or the server does not say."""

    def __repr__(self) -> str:
        """Without the token."""
        return f"Account({self.who})"


def server_of(url: str) -> str:
    """The base address that `url` in the settings means; equal for equal servers."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.strip()
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    if not host or "@" in parts.netloc:  # no address that may be called, as whoever calls it says
        return url.strip()
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def identity(form: Any, server: str) -> tuple[str, str] | None:
    """Id and `@name@host` of the account in an answer to `CREDENTIALS`; `None` where it holds none."""
    if not isinstance(form, dict):
        return None
    id_, name = form.get("id"), form.get("username") or form.get("acct")
    if not isinstance(id_, str) or not isinstance(name, str) or not _ID.fullmatch(id_):
        return None
    shown = "".join(sign for sign in name.partition("@")[0] if sign.isprintable())[:_NAME_LEN]
    return id_, f"@{shown}@{urlsplit(server).hostname}"


def ends_at(token: str, now: datetime, expires_in: object = None, usual_days: int | None = None) -> str:
    """When a token ends, ISO 8601 in UTC: as was said, as stands in it, or as is usual; empty where it never does.

    Source: the claim `exp` of RFC 7519; Pixelfed's tokens are such ones (Laravel Passport, 2026-11).
    """
    seconds = expires_in if isinstance(expires_in, int | float) and not isinstance(expires_in, bool) else None
    if seconds is not None and 0 < seconds < timedelta(days=36_500).total_seconds():
        return _iso(now + timedelta(seconds=seconds))
    written = _written(token)
    if written is not None:
        return _iso(written)
    return _iso(now + timedelta(days=usual_days)) if usual_days is not None else ""


def days_left(account: Account, now: datetime) -> int | None:
    """Whole days until the token ends, negative once it has; `None` where it does not, or nobody knows."""
    try:
        ends = datetime.fromisoformat(account.expires_at)
    except ValueError:
        return None
    return ((ends if ends.tzinfo else ends.replace(tzinfo=UTC)) - now).days


def told(name: str, account: Account, software: str, now: datetime) -> Iterator[str]:
    """Sentences about the account, its server and its token. Asks nobody.

    `name` is the platform's in the settings, `software` what the server runs, for people; empty where it
    does not say.
    """
    yield f"signed in as {account.who}; heliograph may {account.permissions}"
    if software:
        yield f"{urlsplit(account.server).netloc} runs {software}"
    days = days_left(account, now)
    if days is None:
        return
    day = account.expires_at[:10]
    if days < 0:
        yield Caution(f"the token ended on {day}; sign in again: helio signin {name}")
    elif days < WARN_DAYS:
        yield Caution(f"the token ends in {days} days, on {day}; sign in again before that: helio signin {name}")
    else:
        yield f"the token ends in {days} days, on {day}"


def _written(token: str) -> datetime | None:
    """When a token says of itself that it ends."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - a JSON Web Token
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        return None


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).replace(microsecond=0).isoformat()
