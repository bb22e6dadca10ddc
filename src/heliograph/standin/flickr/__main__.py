"""Starts the stand-in: `python -m heliograph.standin.flickr --state FOLDER`."""

from __future__ import annotations

import argparse
import sys

from heliograph.standin import command
from heliograph.standin.flickr.registry import LEVELS
from heliograph.standin.flickr.standin import StandIn, serve


def main(arguments: list[str] | None = None) -> int:
    """0 once it was told to end, 2 where it could not begin."""
    asked = _parser().parse_args(arguments)
    return command.run(
        asked,
        lambda: serve(asked.state, asked.port, host=asked.host, perms=asked.perms, sign_in=asked.sign_in),
        lambda standin: _told(standin, asked.perms),
    )


def _parser() -> argparse.ArgumentParser:
    parser = command.parser("heliograph.standin.flickr", __doc__)
    parser.add_argument("--perms", choices=LEVELS[1:], default="write", help="what the ready-made token permits")
    parser.add_argument("--sign-in", action="store_true", help="no ready-made token: key and secret only")
    return parser


def _told(standin: StandIn, perms: str) -> dict[str, str]:
    """What a program needs to call it: one line."""
    told = {"url": standin.url, "key": standin.key, "secret": standin.secret}
    if standin.token:
        told |= {"token": standin.token, "token_secret": standin.token_secret, "perms": perms}
        told |= {"nsid": standin.nsid, "username": standin.world.accounts[standin.nsid].username}
    return told


if __name__ == "__main__":
    sys.exit(main())
