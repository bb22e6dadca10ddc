"""One command at a desk: settings found, log opened, signals heard, unexpected trouble written down."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from heliograph.cli.interrupts import Interrupts, PipeClosed
from heliograph.cli.options import Choices
from heliograph.cli.progress import Watch
from heliograph.cli.screen import OutputLost, Screen, screen
from heliograph.config import Settings
from heliograph.desk import Desk, logbook, opening
from heliograph.errors import HeliographError, Mistake

log = logging.getLogger(__name__)


class Unexpected(Exception):
    """A fault of the program itself, written down in `where`; `trace` is the same without secrets."""

    def __init__(self, what: str, where: Path, trace: str) -> None:
        super().__init__(what)
        self.what, self.where, self.trace = what, where, trace


@dataclass(slots=True)
class Session:
    """What a verb works with."""

    desk: Desk
    screen: Screen
    watch: Watch
    interrupts: Interrupts


@contextlib.contextmanager
def session(choices: Choices, change: Callable[[Settings], Settings] = lambda found: found) -> Iterator[Session]:
    """A desk for the settings that count here, after `change`.

    Raises:
        Mistake: there are no settings, or they are wrong.
        Unexpected: a fault of the program, already written into the log.
    """
    page = screen(choices.loud)
    try:
        here = Path.cwd()
    except OSError as trouble:
        message = "The current folder is gone. Change to another folder and run again."
        raise Mistake(message) from trouble
    settings = change(opening.settings(choices.config, os.environ, here))
    handler = logbook.open_log(settings.state, settings.log.level, os.environ)
    try:
        with (
            caught(settings.state),
            Interrupts() as interrupts,
            Watch(page, interrupts) as watch,
            Desk(settings, listener=watch, stop=interrupts.stop) as desk,
        ):
            yield Session(desk, page, watch, interrupts)
    finally:
        logbook.close_log(handler)


@contextlib.contextmanager
def caught(state: Path | None = None) -> Iterator[None]:
    """Turns what nobody expected into `Unexpected`, with its traceback written down in the state folder.

    Without a state folder it is written into a file of its own in the system's folder for temporary files.
    """
    try:
        yield
    except (HeliographError, click.exceptions.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except (BrokenPipeError, PipeClosed, OutputLost, Unexpected):
        raise
    except Exception as bug:  # noqa: BLE001 - the last one to catch it; nothing is swallowed
        hide = logbook.redactor(os.environ).words
        trace = hide("".join(traceback.format_exception(bug)))
        raise Unexpected(hide(f"{type(bug).__name__}: {bug}"), _written(trace, state), trace) from None


def _written(trace: str, state: Path | None) -> Path:
    if state is not None and state.is_dir():
        log.critical("unexpected: %s", trace)
        return state / logbook.NAME
    handle, name = tempfile.mkstemp(prefix="heliograph-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(trace)
    return Path(name)
