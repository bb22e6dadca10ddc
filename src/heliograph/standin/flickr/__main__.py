"""Starts the stand-in: `python -m heliograph.standin.flickr --state FOLDER`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from heliograph.standin.ending import stay, told_to_end
from heliograph.standin.flickr.registry import LEVELS
from heliograph.standin.flickr.standin import StandIn, serve


def main(arguments: list[str] | None = None) -> int:
    """0 once it was told to end, 2 where it could not begin."""
    asked = _parser().parse_args(arguments)
    ended = told_to_end(with_parent=asked.with_parent)
    try:
        with serve(asked.state, asked.port, host=asked.host, perms=asked.perms, sign_in=asked.sign_in) as standin:
            sys.stdout.write(json.dumps(_told(standin, asked.perms)) + "\n")
            sys.stdout.flush()
            stay(ended)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The stand-in could not start: {error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m heliograph.standin.flickr", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps everything; may be new")
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--perms", choices=LEVELS[1:], default="write", help="what the ready-made token permits")
    parser.add_argument("--sign-in", action="store_true", help="no ready-made token: key and secret only")
    parser.add_argument("--with-parent", action="store_true", help="end as soon as the standard input ends")
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
