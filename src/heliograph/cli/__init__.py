"""A terminal -> desk -> words. stdout is data, stderr is talk.

Light to import: the worker processes of a library import the command once more, so whatever is heavy is imported by the
function that needs it.
"""

import sys


def main() -> None:
    """The command `helio`; ends the process with one of the codes of `cli.exits`."""
    from heliograph.cli.run import run

    sys.exit(run(sys.argv[1:]))
