"""The doors as promises: what a library, a platform and a clock owe the house, and nothing of how they do it.

Every call may raise `Refused`, `Busy`, `SignInNeeded` or `Mistake`; only `Platform.add` may raise `Uncertain`.
Everything but `Platform.add` may be repeated freely.
"""

from heliograph.ports.library import (
    Draft,
    Found,
    Known,
    LeftAlone,
    Library,
    Marks,
    NotLooked,
    Outcome,
    Sighting,
    Unchanged,
    Unreadable,
    Vanished,
)
from heliograph.ports.platform import (
    NOTHING,
    Caution,
    Fetched,
    Holding,
    Mentioned,
    Platform,
    Readdressed,
    Tagged,
    Untagging,
)
from heliograph.ports.signing_in import Account, Ask, Credential, Means, SignIn, SigningIn
from heliograph.ports.surroundings import Budget, Clock, Memory, Stop

__all__ = [
    "NOTHING",
    "Account",
    "Ask",
    "Budget",
    "Caution",
    "Clock",
    "Credential",
    "Draft",
    "Fetched",
    "Found",
    "Holding",
    "Known",
    "LeftAlone",
    "Library",
    "Marks",
    "Means",
    "Memory",
    "Mentioned",
    "NotLooked",
    "Outcome",
    "Platform",
    "Readdressed",
    "Sighting",
    "SignIn",
    "SigningIn",
    "Stop",
    "Tagged",
    "Unchanged",
    "Unreadable",
    "Untagging",
    "Vanished",
]
