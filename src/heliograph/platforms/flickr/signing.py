"""OAuth 1.0a: calls signed as Flickr wants them, and what Flickr says where it does not accept a signature."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from oauthlib import oauth1

from heliograph.errors import HeliographError, SignInNeeded
from heliograph.ports import Clock
from heliograph.wire import Answer, Draft

_ERRORS_FROM = 400
INVALID_KEY = "Invalid API Key"
"""How an answer of the code 100 begins."""
_READ_LEN = 4096
"""Of an error's body; what follows is the base string, which is long and holds the photo's words."""
_SMALL_SKEW = timedelta(seconds=30)
_KEPT = "Nothing was changed."
_ANEW = "run `helio signout --all`, then `helio signin` with both of them copied anew"

WRONG_KEY = (
    f"Flickr does not know the API key, or has switched it off. {_KEPT} Compare it with the page of your own keys "
    f"there (were key and secret swapped?); {_ANEW}."
)
_WRONG_SECRET = (
    "Flickr does not accept our signature, since the secret is not the one that belongs to the key, or was renewed. "
    f"{_KEPT} To give them again, {_ANEW}."
)
_GONE = (
    "Flickr does not accept the token any more: the permission was taken back there, or signing in took too long. "
    f"{_KEPT} Run `helio signin` again."
)
_WRONG_CODE = (
    f"Flickr does not accept the code. {_KEPT} Run `helio signin` again: every link has a code of its own, which "
    "counts once and not for long. Type it as it is shown, like 123-456-789."
)
DENIED = f"Flickr was not allowed to let heliograph in. {_KEPT} If that was a slip, run `helio signin` again."
_UNKNOWN = (
    f"Flickr does not accept the call ({{word}}). {_KEPT} Run `helio signin` again; if that does not help, report it."
)
_SENTENCES = {
    "consumer_key_unknown": WRONG_KEY,
    "consumer_key_rejected": WRONG_KEY,
    "consumer_key_refused": WRONG_KEY,
    "signature_invalid": _WRONG_SECRET,
    "token_rejected": _GONE,
    "token_expired": _GONE,
    "token_revoked": _GONE,
    "token_used": _GONE,
    "verifier_invalid": _WRONG_CODE,
    "permission_denied": DENIED,
    "permission_unknown": DENIED,
    "user_refused": DENIED,
}
"""Source: reference of the OAuth problem reporting extension, and clients' reports on Flickr (2026-11)."""


def fresh_nonce() -> str:
    """A word that no call had before."""
    return secrets.token_hex(16)


class Signer:
    """Proves to Flickr who calls. Threads may share it.

    Flickr signs every text field, also of a multipart form, and only HMAC-SHA1.
    Source: https://www.flickr.com/services/api/auth.oauth.html and upload.api.html (2026-11).
    """

    def __init__(
        self,
        key: str,
        secret: str,
        token: str = "",
        token_secret: str = "",
        *,
        clock: Clock,
        callback: str = "",
        verifier: str = "",
        nonce: Callable[[], str] = fresh_nonce,
    ) -> None:
        self._parts = {
            "client_key": key,
            "client_secret": secret,
            "resource_owner_key": token or None,
            "resource_owner_secret": token_secret or None,
            "callback_uri": callback or None,
            "verifier": verifier or None,
        }
        self._clock = clock
        self._nonce = nonce
        # Below that it logs tokens and base strings.
        logging.getLogger("oauthlib").setLevel(logging.WARNING)

    def __repr__(self) -> str:
        return "Signer(hidden)"

    def sign(self, draft: Draft) -> dict[str, str]:
        """The header `Authorization` for one attempt, with a nonce and a timestamp of its own."""
        timestamp = str(int(self._clock.now().timestamp()))
        client = oauth1.Client(**self._parts, nonce=self._nonce(), timestamp=timestamp)
        # As a query, whatever they travel in: the base string is the same, and multipart fields would be left out.
        query = f"?{urlencode(draft.fields)}" if draft.fields else ""
        _, headers, _ = client.sign(draft.url + query, http_method=draft.method)
        return {"Authorization": str(headers["Authorization"])}


def problem(answer: Answer, clock: Clock) -> HeliographError | None:
    """What an answer's `oauth_problem` means, as the error to raise; `None` where it has none.

    Source: HTTP 401 with `oauth_problem=signature_invalid&debug_sbs=...` as recorded by clients (2026-11).
    """
    said = answer.text()[:_READ_LEN] if answer.status >= _ERRORS_FROM else ""
    if INVALID_KEY in said:
        return SignInNeeded(WRONG_KEY)
    found = re.search(r"(?:^|[&?\s])oauth_problem=([a-z_]{1,60})", said)
    if found is None:
        return None
    if found[1] == "nonce_used":  # somebody on the way sent it twice, and the other one may have been carried out
        return answer.unreadable("says that this very call had come before")
    if found[1] == "timestamp_refused":
        return SignInNeeded(_skewed(answer, clock))
    return SignInNeeded(_SENTENCES.get(found[1], _UNKNOWN.format(word=found[1])))


def _skewed(answer: Answer, clock: Clock) -> str:
    fix = f"{_KEPT} Let the system set its clock by itself, then run again."
    theirs = _date(answer.headers.get("date", ""))
    skew = clock.now() - theirs if theirs else timedelta()
    if abs(skew) < _SMALL_SKEW:
        return f"Flickr refused the call because this computer's clock differs too much from its own. {fix}"
    way = "ahead of" if skew > timedelta() else "behind"
    return f"This computer's clock is {_length(abs(skew))} {way} Flickr's, so Flickr refused the call. {fix}"


def _length(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 2 * 60:
        return f"{minutes} minutes" if minutes > 1 else "1 minute"
    hours = round(minutes / 60)
    return f"about {hours} hours" if hours < 2 * 24 else f"about {round(hours / 24)} days"


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
