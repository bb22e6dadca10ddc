"""What is to be started, and what a system has to be told for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class System(StrEnum):
    """Whose way of starting programs it is."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Job:
    """`helio` with one settings file, started by the system."""

    program: tuple[str, ...]
    settings: Path
    state: Path
    every_min: int | None
    """`None`: it goes on watching."""

    @property
    def id(self) -> str:
        """Another one for each settings file, and always the same for one."""
        return hashlib.sha256(str(self.settings).encode("utf-8", "surrogateescape")).hexdigest()[:8]

    @property
    def words(self) -> tuple[str, ...]:
        """The command."""
        verb = ("watch",) if self.every_min is None else ("--quiet", "sync")
        return (*self.program, "--config", str(self.settings), *verb)

    @property
    def title(self) -> str:
        """For people who look at what their system starts."""
        return f"heliograph: {self.settings.parent.name}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Whose system it is."""

    home: Path
    config: Path
    """Where settings of programs are kept."""
    user: int
    """Number of the user; 0 where users have none."""
    account: str = ""
    """DOMAIN\\name on Windows."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command of the system."""

    words: tuple[str, ...]
    may_fail: bool = False
    """It only takes away what may not be there."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that is to be written and run, in this order."""

    files: tuple[tuple[Path, bytes], ...]
    begin: tuple[Call, ...]
    """After the files are written."""
    end: tuple[Call, ...]
    """Before the files are taken away."""
    after: tuple[Call, ...] = ()
    """After that."""
    takes_away: tuple[Path, ...] = ()
    """All files that may be there, in whatever way it was scheduled."""
    asks: bool = False
    """The system may know of it although none of the files is there."""
    notes: tuple[str, ...] = ()
    """What the owner should know, in sentences."""
    encoding: str = "utf-8"
    """Of the files."""
