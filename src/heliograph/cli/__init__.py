"""A terminal -> desk -> words. stdout is data, stderr is talk.

Light to import: the worker processes of a library import the command once more, so whatever is heavy is imported by the
function that needs it.
"""

import gc
import sys


def main() -> None:
    """The command `helio`; ends the process with one of the codes of `cli.exits`."""
    from heliograph.cli.run import run

    gc.set_threshold(250_000)  # modules are no garbage, and a command imports 200,000 objects
    code = run(sys.argv[1:])
    gc.freeze()  # nor are they at the end, when Python looks through them more than once
    sys.exit(code)
