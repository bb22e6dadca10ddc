"""A process that is killed at an effect of its own: before it, or after it and before anybody heard of it."""

from __future__ import annotations

from dataclasses import dataclass


class Killed(BaseException):
    """The process is gone: nothing of it does anything any more."""


@dataclass(slots=True)
class Fuse:
    """Counts effects, before and after each, and burns through at one of them."""

    at: int | None = None
    count: int = 0
    burnt: bool = False

    def touch(self) -> None:
        if self.burnt or self.count == self.at:
            self.burnt = True
            raise Killed
        self.count += 1


class Fused:
    """Something whose named methods are effects."""

    def __init__(self, thing: object, fuse: Fuse, effects: tuple[str, ...]) -> None:
        self.__dict__.update(_thing=thing, _fuse=fuse, _effects=effects)

    def __getattr__(self, name: str) -> object:
        found = getattr(self._thing, name)
        if name not in self._effects:
            return found

        def effect(*args: object, **kwargs: object) -> object:
            self._fuse.touch()
            answer = found(*args, **kwargs)
            self._fuse.touch()
            return answer

        return effect

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._thing, name, value)


LIBRARY = ("open", "note", "keep", "amend")
JOURNAL = (
    *("begin", "begin_setting", "begin_keeping", "landed", "close", "agree", "part", "bury", "say"),
    *("begin_run", "end_run"),
)
FILES = ("remember", "forget", "assign")
RECORDS = ("observe", "rebase", "came_home", "look_anew")
VERDICTS = ("judge",)
MEMORY = ("write",)


def fuse_ledger(ledger: object, fuse: Fuse) -> None:
    """Makes everything that the ledger writes an effect."""
    ledger.journal = Fused(ledger.journal, fuse, JOURNAL)
    ledger.files = Fused(ledger.files, fuse, FILES)
    ledger.records = Fused(ledger.records, fuse, RECORDS)
    ledger.verdicts = Fused(ledger.verdicts, fuse, VERDICTS)
    memory = ledger.memory
    ledger.memory = lambda platform: Fused(memory(platform), fuse, MEMORY)
