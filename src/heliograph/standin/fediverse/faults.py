"""What goes wrong on purpose, and what of it happens after a call had its effect."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heliograph.standin import faults


class What(StrEnum):
    """Kinds of fault."""

    DELAY = "delay"
    """The call waits `delay_s` and then goes its way, or meets another fault."""
    TOO_MANY = "429"
    """With the headers that the profile has."""
    TOO_MANY_ISO = "429 iso"
    """With `X-RateLimit-Reset` as a date."""
    TOO_MANY_UNIX = "429 unix"
    """With `X-RateLimit-Reset` as unix seconds, and `Retry-After`."""
    TOO_MANY_BARE = "429 bare"
    """Without any header."""
    HTTP_413 = "413"
    HTTP_500 = "500"
    HTTP_502 = "502"
    HTTP_503 = "503"
    HTTP_504 = "504"
    NONSENSE = "nonsense"
    """HTTP 200 with a page of HTML, as a captive portal answers."""
    EMPTY_LIST = "empty list"
    """HTTP 200 with `[]`; nothing happens."""
    EMPTY_BODY = "empty body"
    """HTTP 200 with nothing; the call has its effect."""
    WRONG_TYPES = "wrong types"
    """JSON in which everything is of another type."""
    TRUNCATED = "truncated"
    """Half of the answer's body, as if it were whole."""
    HUGE_BODY = "huge body"
    """An answer of 100 MB."""
    REDIRECT = "redirect"
    """302 to a host that is not there."""
    VERIFY_EMAIL = "verify e-mail"
    """302 to a page that asks for a confirmed address."""
    DUPLICATE_KEY = "duplicate key"
    """Pixelfed's answer to a key it knows, although there is no post."""
    CLOSED_BEFORE_BODY = "closed before body"
    """The connection is closed before the body of the request was read; nothing happens."""
    CLOSED_UNANSWERED = "closed unanswered"
    """The call has its effect, and the connection is closed without an answer."""
    CLOSED_HALFWAY = "closed halfway"
    """The call has its effect, and the connection is closed after half of the answer."""
    TOKEN_REVOKED = "token revoked"  # noqa: S105  a kind of fault
    """The caller's token is revoked, for this call and for good."""


TOO_MANY = {What.TOO_MANY, What.TOO_MANY_ISO, What.TOO_MANY_UNIX, What.TOO_MANY_BARE}
STATUS = {
    What.HTTP_413: 413,
    What.HTTP_500: 500,
    What.HTTP_502: 502,
    What.HTTP_503: 503,
    What.HTTP_504: 504,
    What.NONSENSE: 200,
}
"""Faults that answer a page of HTML, with their status."""
AFTER_EFFECT = frozenset(
    {What.TRUNCATED, What.EMPTY_BODY, What.WRONG_TYPES, What.CLOSED_UNANSWERED, What.CLOSED_HALFWAY}
)
"""Faults before which the call always has its effect."""


@dataclass(slots=True)
class Fault(faults.Fault):
    """One line of the script.

    Its route is as the log names it, `POST /api/v1/statuses` or `PUT /api/v1/media/:id`, with `*` for anything.
    """

    what: What
    location: str = "http://elsewhere.invalid/"
    """Where a redirect leads."""

    def __post_init__(self) -> None:
        self.what = What(self.what)

    @property
    def follows_effect(self) -> bool:
        """Whether the call has its effect all the same."""
        return self.what in AFTER_EFFECT or self.late


class Faults(faults.Script[Fault]):
    """The script. Safe to be used from several threads."""

    def meet(self, route: str, *, body_unread: bool = False) -> tuple[float, Fault | None]:
        """How long a call is delayed, and what else goes wrong; each call is to ask once.

        With `body_unread` only closing before the body was read is looked at, without it everything else.
        """
        return self.chosen(route, "", lambda fault: (fault.what is What.CLOSED_BEFORE_BODY) is body_unread)
