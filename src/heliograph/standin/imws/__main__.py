"""Starts the stand-in: `python -m heliograph.standin.imws --state FOLDER`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from heliograph.standin import command
from heliograph.standin.imws.generating import MOST, generated
from heliograph.standin.imws.keeping import Keeper, taken_over
from heliograph.standin.imws.standin import StandIn, serve
from heliograph.standin.imws.world import World


def main(arguments: list[str] | None = None) -> int:
    """0 once it was told to end, 2 where it could not begin."""
    asked = _parser().parse_args(arguments)
    return command.run(asked, lambda: serve(asked.state, asked.port, _world(asked), host=asked.host), _told)


def _parser() -> argparse.ArgumentParser:
    parser = command.parser("heliograph.standin.imws", __doc__)
    parser.add_argument("--generate", type=int, metavar="N", help=f"make a library of N photos, at most {MOST:,}")
    parser.add_argument(
        "--world", type=Path, metavar="FILE", help="begin with a copy of this database, in a new folder"
    )
    parser.add_argument(
        "--unpublished",
        action="append",
        default=[],
        metavar="PLATFORM",
        help="where it is to be published and nothing was before; may be repeated",
    )
    parser.add_argument("--pictures", type=int, default=0, metavar="M", help="draw so many of them")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same library")
    return parser


def _world(asked: argparse.Namespace) -> World | None:
    """The library to be made; `None` for the one that is there."""
    if asked.generate is None and asked.world is None:
        return None
    if Keeper(asked.state).exists:
        message = f"{asked.state} holds a world already; --generate and --world make a new one in a new folder."
        raise ValueError(message)
    if asked.world is not None:
        return taken_over(asked.world)
    count, folder = asked.generate, asked.state
    return generated(count, asked.seed, pictures=asked.pictures, folder=folder, unpublished=asked.unpublished)


def _told(standin: StandIn) -> dict[str, str]:
    """What a program needs to call it: one line."""
    folders = {windows: str(standin.door.folder / real) for windows, real in standin.world.head.folders.items()}
    told = {"url": standin.url, "database": standin.database, "login": standin.login}
    return told | {"control": standin.control_url, "folders": json.dumps(folders)}


if __name__ == "__main__":
    sys.exit(main())
