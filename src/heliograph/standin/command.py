"""The command that starts a stand-in, as every one has it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from heliograph.standin.ending import stay, told_to_end

S = TypeVar("S")


def parser(module: str, about: str | None) -> argparse.ArgumentParser:
    """What every stand-in is asked; `module` is what `python -m` starts."""
    made = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    made.add_argument("--state", type=Path, required=True, help="folder that keeps everything; may be new")
    made.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    made.add_argument("--host", default="127.0.0.1", help="a loopback address")
    made.add_argument("--with-parent", action="store_true", help="end as soon as the standard input ends")
    return made


def run(
    asked: argparse.Namespace, begin: Callable[[], AbstractContextManager[S]], told: Callable[[S], Mapping[str, str]]
) -> int:
    """0 once it was told to end, 2 where it could not begin. What a program needs to call it is one line on stdout."""
    ended = told_to_end(with_parent=asked.with_parent)
    try:
        with begin() as standin:
            sys.stdout.write(json.dumps(told(standin)) + "\n")
            sys.stdout.flush()
            stay(ended)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The stand-in could not start: {error}\n")
        return 2
    return 0
