"""Starts the stand-in: `python -m heliograph.standin.fediverse --state FOLDER`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from heliograph.standin.ending import stay, told_to_end
from heliograph.standin.fediverse.profiles import PROFILES
from heliograph.standin.fediverse.standin import serve


def main(arguments: list[str] | None = None) -> int:
    """0 once it was told to end, 2 where it could not begin."""
    asked = _parser().parse_args(arguments)
    ended = told_to_end(with_parent=asked.with_parent)
    try:
        with serve(asked.state, asked.profile, asked.port, host=asked.host) as standin:
            sys.stdout.write(json.dumps(standin.told) + "\n")
            sys.stdout.flush()
            stay(ended)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The stand-in could not start: {error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m heliograph.standin.fediverse", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps everything; may be new")
    parser.add_argument("--profile", default="", choices=("", *PROFILES), help="the server that is played")
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--with-parent", action="store_true", help="end as soon as the standard input ends")
    return parser


if __name__ == "__main__":
    sys.exit(main())
