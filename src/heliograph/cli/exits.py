"""The exit codes, all of them, with their meaning. They are a promise to scripts and never change."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Self

from heliograph.errors import (
    AnotherRun,
    Busy,
    Guarded,
    HeliographError,
    LedgerUnusable,
    LibraryUnavailable,
    Mistake,
    PlanStale,
    Refused,
    SignInNeeded,
    Spent,
    Uncertain,
)

PIPE = 13
"""The number of SIGPIPE, which not every system has."""


class Exit(IntEnum):
    """What a script can know of how it went; the first that fits, in the order of `of_run`."""

    meaning: str
    """A sentence for people."""

    def __new__(cls, code: int, meaning: str) -> Self:
        """A number with its meaning."""
        made = int.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made

    DONE = 0, "Done, nothing is left to do."
    UNEXPECTED = 1, "Unexpected trouble, a fault of heliograph; the log file says more."
    USAGE = 2, "The command or the settings are wrong; nothing was done."
    SIGN_IN = 3, "A platform does not accept the sign-in; other platforms went on."
    LIBRARY = 4, "The library is missing or looks suspicious; nothing was published or deleted."
    UNAVAILABLE = 5, "A platform could not be looked at; other platforms went on."
    LEDGER = 6, "The ledger is locked, damaged, newer than this program, or its disk is full."
    TROUBLE_FOUND = 7, "`helio doctor` or `helio site check` found trouble."
    PARTLY = 10, "Done, and some photos or albums failed, wait, were refused, or could not be read for certain."
    STALE = 11, "The world changed since the plan was shown; nothing was done."
    BUDGET = 12, "A platform's budget of calls is used up; nothing else is wrong, and the next run goes on."
    GUARDED = 13, "A guard stopped a plan that deletes or changes too much, or IMatch's testing flag; nothing was done."
    ASKED = 14, "Done, and questions wait for your answer (`helio answer`)."
    ANOTHER_RUN = 15, "Another run holds the ledger; nothing was done."
    CHANGES = 20, "`helio plan --exit-code`: there is something to do."
    INTERRUPTED = 130, "Stopped by Ctrl-C; what was done is remembered, the next run goes on."
    PIPE_CLOSED = 141, "Whoever read the output went away."
    TERMINATED = 143, "Stopped by SIGTERM; what was done is remembered, the next run goes on."


_OF_ERRORS: tuple[tuple[type[HeliographError], Exit], ...] = (
    (AnotherRun, Exit.ANOTHER_RUN),
    (LedgerUnusable, Exit.LEDGER),
    (LibraryUnavailable, Exit.LIBRARY),
    (PlanStale, Exit.STALE),
    (Guarded, Exit.GUARDED),
    (SignInNeeded, Exit.SIGN_IN),
    (Spent, Exit.BUDGET),
    (Busy, Exit.UNAVAILABLE),
    (Refused, Exit.PARTLY),
    (Uncertain, Exit.PARTLY),
    (Mistake, Exit.USAGE),
)


def of_error(trouble: HeliographError) -> Exit:
    """The code for an error that ended the command; the special kinds come before `Mistake`, their parent."""
    return next((code for kind, code in _OF_ERRORS if isinstance(trouble, kind)), Exit.UNEXPECTED)


def of_signal(number: int) -> int:
    """The code for a command that a signal ended, as shells have it."""
    return 128 + number


def of_run(troubles: Iterable[HeliographError], *, failed: bool, spent: bool, asked: bool, left: bool) -> Exit:
    """The code for a run that came to its end, worst first: platforms, failures, budgets, questions, refusals, waits.

    Args:
        troubles: why platforms could not be looked at.
        failed: an action failed, was held back, or its answer was lost.
        spent: an action waits for nothing but the platform's budget of calls.
        asked: a question waits.
        left: a photo was refused or waits, or a part of the library could not be read.
    """
    codes = {of_error(trouble) for trouble in troubles}
    spent = spent or Exit.BUDGET in codes
    if codes - {Exit.BUDGET}:
        return Exit.SIGN_IN if Exit.SIGN_IN in codes else Exit.UNAVAILABLE
    if failed:
        return Exit.PARTLY
    if spent:
        return Exit.BUDGET
    if asked:
        return Exit.ASKED
    return Exit.PARTLY if left else Exit.DONE
