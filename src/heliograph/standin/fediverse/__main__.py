"""Starts the stand-in: `python -m heliograph.standin.fediverse --state FOLDER`."""

from __future__ import annotations

import argparse
import sys

from heliograph.standin import command
from heliograph.standin.fediverse.profiles import PROFILES
from heliograph.standin.fediverse.standin import serve


def main(arguments: list[str] | None = None) -> int:
    """0 once it was told to end, 2 where it could not begin."""
    asked = _parser().parse_args(arguments)
    return command.run(
        asked, lambda: serve(asked.state, asked.profile, asked.port, host=asked.host), lambda standin: standin.told
    )


def _parser() -> argparse.ArgumentParser:
    parser = command.parser("heliograph.standin.fediverse", __doc__)
    parser.add_argument("--profile", default="", choices=("", *PROFILES), help="the server that is played")
    return parser


if __name__ == "__main__":
    sys.exit(main())
