"""What IMatch says instead of an answer."""

from __future__ import annotations

BUSY, FAILED = 5000, 5100
"""Another dialog is open; the command failed. Source: the developer's pages of IMatch (November 2026)."""
BAD, NOT_FOUND = 400, 404
"""IMWS's own numbers are not published: the HTTP status stands for them."""
_LOWEST_OF_IMATCH = 1000


class Trouble(Exception):
    """A refusal with the number that stands at `error.code`."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    @property
    def status(self) -> int:
        """The HTTP status that goes with the number."""
        return 500 if self.code >= _LOWEST_OF_IMATCH else self.code
