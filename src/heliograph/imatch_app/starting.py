"""How the app starts helio: a program and its words, as Windows wants them written."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Starter:
    """One command, for `IMatch.processRun`."""

    executable: str
    """A path, not quoted."""
    parameters: str
    """Everything behind it, quoted by the rules of the C runtime of Windows."""


def starter(settings: Path) -> Starter:
    """Starts the page for the settings file, by the `helio` that belongs to this installation."""
    ours = Path(sysconfig.get_path("scripts")) / ("helio.exe" if os.name == "nt" else "helio")
    program, first = (str(ours), []) if ours.is_file() else (sys.executable, ["-m", "heliograph"])
    words = [*first, "--config", str(settings), "serve", "--detach"]
    return Starter(program, subprocess.list2cmdline(words))
