"""What goes wrong, and when: a script of faults, each for a route or a method, once, several times or always."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heliograph.standin import faults
from heliograph.standin.flickr.element import Failure


class What(StrEnum):
    """Kinds of fault. Those of a kind `late` by nature happen after the call had its effect."""

    DELAY = "delay"
    """The call waits `delay_s` and then goes its way, or meets another fault."""
    TOO_MANY = "429"
    HTTP_500 = "500"
    HTTP_502 = "502"
    HTTP_503 = "503"
    HTTP_504 = "504"
    CODE_0 = "code 0"
    CODE_105 = "code 105"
    CODE_106 = "code 106"
    CODE_201 = "code 201"
    JSON_TO_XML = "json to xml"
    """Code 201 as JSON, also to a caller who asked for XML."""
    NONSENSE = "nonsense"
    """HTTP 200 with a page of HTML, as a captive portal answers."""
    TRUNCATED = "truncated"
    """Half of the answer's body, as if it were whole."""
    CLOSED_BEFORE_BODY = "closed before body"
    """The connection is closed before the body of the request was read; nothing happens."""
    CLOSED_UNANSWERED = "closed unanswered"
    """The call has its effect, and the connection is closed without an answer."""
    CLOSED_HALFWAY = "closed halfway"
    """The call has its effect, and the connection is closed after half of the answer."""
    KEY_EXPIRED = "key expired"
    """The caller's key is disabled, for this call and for good."""
    TOKEN_REVOKED = "token revoked"  # noqa: S105  a kind of fault
    """The caller's token is revoked, for this call and for good."""


UNAVAILABLE = "Sorry, the Flickr API service is not currently available."
STATUS = {
    What.TOO_MANY: 429,
    What.HTTP_500: 500,
    What.HTTP_502: 502,
    What.HTTP_503: 503,
    What.HTTP_504: 504,
    What.NONSENSE: 200,
}
"""Faults that answer a page of HTML, with their status."""
FAILURES = {
    What.CODE_0: Failure(0, UNAVAILABLE),
    What.CODE_105: Failure(105, "Service currently unavailable"),
    What.CODE_106: Failure(106, "Write operation failed"),
    What.CODE_201: Failure(201, UNAVAILABLE),
    What.JSON_TO_XML: Failure(201, UNAVAILABLE),
}
"""Faults that answer a service error."""
AFTER_EFFECT = frozenset({What.TRUNCATED, What.CLOSED_UNANSWERED, What.CLOSED_HALFWAY})
"""Faults before which the call always has its effect."""


@dataclass(slots=True)
class Fault(faults.Fault):
    """One line of the script, about a method such as `flickr.photos.setMeta`.

    Its route is `rest`, `upload`, `replace`, `oauth` or `live`.
    """

    what: What

    def __post_init__(self) -> None:
        self.what = What(self.what)

    @property
    def follows_effect(self) -> bool:
        """Whether the call has its effect all the same."""
        return self.what in AFTER_EFFECT or (self.late and (self.what in STATUS or self.what in FAILURES))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is to go wrong with one call."""

    delay_s: float = 0.0
    fault: Fault | None = None

    @property
    def what(self) -> What | None:
        """The kind of fault apart from a delay."""
        return self.fault.what if self.fault else None

    @property
    def follows_effect(self) -> bool:
        """Whether the call has its effect before it goes wrong."""
        return self.fault is not None and self.fault.follows_effect


class Faults(faults.Script[Fault]):
    """The script. Safe to be used from several threads."""

    def meet(self, route: str, method: str, *, body_unread: bool = False) -> Trouble:
        """What goes wrong with this call; each call is to ask once.

        With `body_unread` only closing before the body was read is looked at, without it everything else.
        """
        return Trouble(
            *self.chosen(route, method, lambda fault: (fault.what is What.CLOSED_BEFORE_BODY) is body_unread)
        )
