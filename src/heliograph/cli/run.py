"""The one place where a command ends: every way it can end becomes a sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from heliograph.cli import exits
from heliograph.cli.exits import Exit
from heliograph.cli.interrupts import PipeClosed, Stopped, quiet_pipe
from heliograph.cli.options import Choices
from heliograph.cli.visible import visible
from heliograph.errors import HeliographError

_NO_VERB: tuple[type[Exception], ...] = tuple(filter(None, [getattr(click.exceptions, "NoArgsIsHelpError", None)]))
"""Says the help itself; before click 8.2 there was none, and click printed it."""


def run(arguments: Sequence[str]) -> int:
    """The exit code of `helio` with these arguments."""
    from heliograph.cli.app import helio

    chosen = Choices()
    if sys.stdout is None:  # a program without a console, as `pythonw` is, has nowhere to print
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as the program runs
    sys.stderr = sys.stderr or sys.stdout
    try:
        code = _run(helio, arguments, chosen)
        sys.stdout.flush()
    except (BrokenPipeError, PipeClosed):
        quiet_pipe()
        return Exit.PIPE_CLOSED
    except OSError as trouble:  # what was printed could not be written: /dev/full, a disk without room
        quiet_pipe()
        _tell(f"The output could not be written: {trouble.strerror}.")
        return Exit.UNEXPECTED
    return code


def _run(helio: click.Group, arguments: Sequence[str], chosen: Choices) -> int:
    try:
        return int(helio.main(list(arguments), prog_name="helio", standalone_mode=False, obj=chosen) or 0)
    except (BrokenPipeError, PipeClosed):
        raise
    except OSError as trouble:
        if _is_lost_output(trouble):
            raise
        return _unexpected(trouble, chosen)
    except (HeliographError, click.ClickException, click.Abort, Stopped, KeyboardInterrupt) as end:
        sentence, code = _ended(end)
        _tell(sentence)
        return code
    except Exception as bug:  # noqa: BLE001 - the last one to catch it
        return _unexpected(bug, chosen)


def _is_lost_output(trouble: OSError) -> bool:
    from heliograph.cli.screen import OutputLost

    return isinstance(trouble, OutputLost)


def _ended(end: BaseException) -> tuple[str, int]:
    match end:
        case HeliographError():
            return end.sentence, exits.of_error(end)
        case click.UsageError() if isinstance(end, _NO_VERB):
            return end.format_message(), Exit.USAGE
        case click.ClickException():
            context = getattr(end, "ctx", None)
            path = context.command_path if context else "helio"
            return f"{end.format_message()} See `{path} --help`.", Exit.USAGE
        case Stopped():
            return "Stopped. Nothing was under way; the next run goes on where this one was.", exits.of_signal(
                end.number
            )
        case _:
            return "Stopped.", Exit.INTERRUPTED


def _unexpected(bug: Exception, chosen: Choices) -> int:
    from heliograph.cli.session import Unexpected, caught

    if not isinstance(bug, Unexpected):
        try:
            with caught():
                raise bug
        except Unexpected as written:
            bug = written
    if isinstance(bug, Unexpected):
        _tell(
            f"Unexpected trouble, a fault of heliograph: {bug.what}. What was done is remembered and nothing is sent "
            f"twice. Please report it with the last lines of {bug.where}; they hold no secrets."
        )
        if chosen.loud > 1:
            sys.stderr.write(bug.trace)
    return Exit.UNEXPECTED


def _tell(sentence: str) -> None:
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    lines = [visible(line, ascii_only=not _speaks(encoding)) for line in sentence.split("\n")]
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


def _speaks(encoding: str) -> bool:
    try:
        "“…”".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
