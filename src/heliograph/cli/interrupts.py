"""Ctrl-C and SIGTERM: asked once, what is under way is finished; asked twice, it ends at once and is still safe."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn, Self

from heliograph.cli import exits

ASKED = "Stopping: what is under way is finished first. Press Ctrl-C again to stop at once; that is safe, too."


class PipeClosed(Exception):
    """Whoever read the output went away."""


class Stopped(BaseException):
    """The user asked to stop while nothing was under way that had to be finished.

    Like `KeyboardInterrupt` no `Exception`, and unlike it nothing that click would catch.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def talk(sentence: str) -> None:
    """Past every buffer: a signal may come in the middle of a print."""
    os.write(2, f"\n{sentence}\n".encode())


@dataclass(slots=True)
class Interrupts:
    """Use it as a context around the work; outside the main thread it does nothing."""

    working: bool = False
    """True while actions are under way that should be finished before stopping."""
    say: Callable[[str], None] = talk
    leaving: Callable[[], None] = lambda: None
    """Sets the terminal right when everything ends at once."""
    number: int = 0
    """The signal that came first; 0 where none came."""
    _before: dict[int, Any] = field(default_factory=dict)

    def stop(self) -> bool:
        """Whether to begin nothing more."""
        return self.number != 0

    def ask(self, number: int) -> None:
        """As if the signal had come while actions are under way."""
        self.number = self.number or number

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup and & ask to ignore it
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.number:
            self._leave()
        self.number = number
        if not self.working:
            raise Stopped(number)
        self.say(ASKED)

    def _leave(self) -> NoReturn:
        self.leaving()
        talk("Stopped at once. What was under way is looked for by the next run; nothing is sent twice.")
        os._exit(exits.of_signal(self.number))


def quiet_pipe() -> None:
    """Nothing more is written to a reader that went away, also not when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
