"""Starts the stand-in: `python -m heliograph.standin.flickr --state FOLDER`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from threading import Event, Thread

from heliograph.standin.flickr.registry import LEVELS
from heliograph.standin.flickr.standin import StandIn, serve


def main(arguments: list[str] | None = None) -> int:
    """0 once it was told to end, 2 where it could not begin."""
    asked = _parser().parse_args(arguments)
    ended = Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ended.set())
    if asked.with_parent:
        Thread(target=_until_parent_ends, args=(ended,), daemon=True).start()
    try:
        with serve(asked.state, asked.port, host=asked.host, perms=asked.perms, sign_in=asked.sign_in) as standin:
            sys.stdout.write(json.dumps(_told(standin, asked.perms)) + "\n")
            sys.stdout.flush()
            while not ended.wait(1.0):  # a wait without an end cannot be interrupted everywhere
                pass
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


def _until_parent_ends(ended: Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main())
