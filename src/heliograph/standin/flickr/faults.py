"""What goes wrong, and when: a script of faults, each for a route or a method, once, several times or always."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock

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
class Fault:
    """One line of the script; where several are due for a call, the first added wins and the others stay due."""

    what: What
    method: str = ""
    """`flickr.photos.setMeta`, in any case; empty: every method."""
    route: str = ""
    """`rest`, `upload`, `replace`, `oauth` or `live`; empty: every route."""
    times: int = 1
    """How often it happens; 0 is always."""
    after: int = 0
    """How many calls that match go by before it begins."""
    delay_s: float = 0.0
    """How long a delay is."""
    retry_after_s: int | None = None
    """Named by an answer of HTML; Flickr names none."""
    late: bool = False
    """An answer of HTML or a service error comes although the call had its effect, like a gateway's 504."""
    seen: int = field(default=0, compare=False)
    happened: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        self.what = What(self.what)

    def matches(self, route: str, method: str) -> bool:
        """Whether it is about such a call."""
        return self.route in {"", route} and self.method.lower() in {"", method.lower()}

    @property
    def due(self) -> bool:
        """Whether it happens to the call that was just counted."""
        return self.seen > self.after and (self.times == 0 or self.happened < self.times)

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


class Faults:
    """The script. Safe to be used from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._script: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        """Puts further faults at the end."""
        with self._lock:
            self._script.extend(faults)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._script.clear()

    @property
    def script(self) -> Sequence[Fault]:
        """What was added, with how often it happened."""
        with self._lock:
            return tuple(self._script)

    def meet(self, route: str, method: str, *, body_unread: bool = False) -> Trouble:
        """What goes wrong with this call; each call is to ask once.

        With `body_unread` only closing before the body was read is looked at, without it everything else.
        """
        with self._lock:
            delay_s, chosen = 0.0, None
            for fault in self._script:
                if (fault.what is What.CLOSED_BEFORE_BODY) is not body_unread or not fault.matches(route, method):
                    continue
                fault.seen += 1
                if not fault.due or (fault.what is not What.DELAY and chosen is not None):
                    continue
                fault.happened += 1
                if fault.what is What.DELAY:
                    delay_s += fault.delay_s
                else:
                    chosen = fault
            return Trouble(delay_s, chosen)
