"""What goes wrong, and when: a script of faults, each for a route, once, several times or always."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heliograph.standin import faults


class What(StrEnum):
    """Kinds of fault. Those of a kind `late` by nature happen after the call had its effect."""

    DELAY = "delay"
    """The call waits `delay_s` and then goes its way, or meets another fault."""
    HTTP_500 = "500"
    HTTP_503 = "503"
    """Errors with a page of HTML."""
    BUSY = "5000"
    """Another dialog of IMatch is open."""
    FAILED = "5100"
    """The command failed."""
    ERROR_WITH_200 = "error with 200"
    """HTTP 200 with an `error` object."""
    NOT_OK = "not ok"
    """HTTP 200 with a `result` that is not ok."""
    NO_RESULT = "no result"
    """The call has its effect and is answered with an empty object."""
    NOT_JSON = "not json"
    """The call has its effect and is answered with a word that is no JSON."""
    EMPTY_BODY = "empty body"
    """The call has its effect and is answered with nothing."""
    HTML = "html"
    """HTTP 200 with a page of HTML."""
    TRUNCATED = "truncated"
    """Half of the answer's body, as if it were whole."""
    CLOSED_BEFORE = "closed before"
    """The connection is closed and nothing happens."""
    CLOSED_AFTER = "closed after"
    """The call has its effect, and the connection is closed without an answer."""
    CLOSED_HALFWAY = "closed halfway"
    """The call has its effect, and the connection is closed after half of the answer."""
    TOKEN_EXPIRED = "token expired"  # noqa: S105  a kind of fault
    """Every token is void from this call on."""
    IMATCH_CLOSES = "imatch closes"
    """IMatch ends instead of answering: connections are refused until it is opened again."""
    DATABASE_SWITCHED = "database switched"
    """Another database is open from this call on: every id is another file's, and every token is void."""
    CATEGORY_VANISHES = "category vanishes"
    """A category is deleted just before the call: the `category` of the fault, else the one the call names."""


CHANGES = frozenset({What.TOKEN_EXPIRED, What.DATABASE_SWITCHED, What.CATEGORY_VANISHES})
"""Faults that change something, after which the call goes its way."""
AFTER_EFFECT = frozenset(
    {What.NO_RESULT, What.NOT_JSON, What.EMPTY_BODY, What.TRUNCATED, What.CLOSED_AFTER, What.CLOSED_HALFWAY}
)
"""Faults before which the call always has its effect."""


@dataclass(slots=True)
class Fault(faults.Fault):
    """One line of the script, about a route as the log names it: `POST /v1/attributes`, with `*` for anything."""

    what: What
    category: str = ""
    """The category that vanishes."""

    def __post_init__(self) -> None:
        self.what = What(self.what)

    @property
    def follows_effect(self) -> bool:
        """Whether the call has its effect all the same."""
        return self.what in AFTER_EFFECT or self.what in CHANGES or self.late


class Faults(faults.Script[Fault]):
    """The script. Safe to be used from several threads."""

    def meet(self, route: str) -> tuple[float, Fault | None]:
        """How long a call is delayed, and what else goes wrong; each call is to ask once."""
        return self.chosen(route, route.partition(" ")[0], lambda _fault: True)
