"""What can go wrong, sorted by what to do next.

Every message is a sentence for the photographer: what happened, to which photo on which platform, what state things are
in now, and what to do next. No message ever carries a secret.
"""


class HeliographError(Exception):
    """The common parent, so that a face can catch all of ours and nothing else."""

    @property
    def sentence(self) -> str:
        """The message as shown to people."""
        return str(self)


class Refused(HeliographError):
    """This one photo, album or call was turned down for good: name it and go on with the others."""


class Gone(Refused):
    """What it was about is no longer there; the next plan looks at the platform whole before it concludes anything."""


class Busy(HeliographError):
    """Not now: the same thing may work later, `wait_s` seconds from now where that is known."""

    def __init__(self, sentence: str, wait_s: float | None = None) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class Spent(Busy):
    """The platform was called as often as it allows; nothing was sent, and the next run goes on."""


class Uncertain(HeliographError):
    """It may or may not have happened: look before repeating it."""


class SignInNeeded(HeliographError):
    """The platform does not accept our credentials: this platform stops, the others go on."""


class Mistake(HeliographError):
    """Settings or command are wrong; found before any effect."""


class LibraryUnavailable(Mistake):
    """The library, or all of it, cannot be looked at; nothing may be concluded from what is missing."""


class LedgerUnusable(Mistake):
    """The ledger is locked, damaged or newer than this program."""


class AnotherRun(Mistake):
    """Another run holds the ledger; two runs at once could publish twice."""


class PlanStale(Mistake):
    """The world changed after the plan was shown, so the plan was not applied."""


class Guarded(Mistake):
    """A guard stopped a plan that would delete or change too much."""
