"""The verb that serves the page, here or in a process of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heliograph.cli.exits import Exit, of_signal
from heliograph.cli.options import Verb, choices, shared

if TYPE_CHECKING:
    from heliograph.cli.screen import Screen
    from heliograph.cli.session import Session
    from heliograph.config import Settings
    from heliograph.ports import Clock
    from heliograph.web import Announcement, Standing

ERRORS = "serve-errors.txt"
"""In the state folder: what a detached server had to say when it could not begin."""
_BEGINS_WITHIN_S = 60.0
_LOOK_S = 0.2


@click.command(
    "serve",
    cls=Verb,
    short_help="A page in your browser, on this computer only",
    examples=(
        "helio serve # serve the page until Ctrl-C, and tell its address",
        "helio serve --detach # in a process of its own, which ends when nobody uses it",
    ),
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="0, or left out: any that is free.")
@click.option(
    "--idle-minutes",
    type=click.FloatRange(0.01),
    default=30,
    show_default=True,
    metavar="N",
    help="End when nobody used the page for so long.",
)
@click.option("--detach", is_flag=True, help="Start it in a process of its own, and end at once with its address.")
@click.option(
    "--announce",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the address into FILE, for its owner alone, instead of telling it.",
)
@click.option("--json", "as_json", is_flag=True, help="The address as one line of JSON on stdout.")
@shared
@click.pass_context
def serve(
    ctx: click.Context, port: int, idle_minutes: float, detach: bool, announce: Path | None, as_json: bool
) -> int:
    """Serves a page with the plan, its questions and refusals, and a button that applies it.

    The address works once; run this again for another. It tells the one of the server that runs already, if one does.
    """
    from heliograph.cli.session import session
    from heliograph.errors import AnotherRun
    from heliograph.web import announced, invitation

    with session(choices(ctx)) as here:
        settings, clock = here.desk.settings, here.desk.clock
        here.watch.close()
        standing = announced(settings.state, clock)
        if standing is None and detach:
            standing = _awaited(settings, clock, _spawn(settings, port, idle_minutes))
            _tell(here.screen, invitation(standing, clock, fresh=True), announce, as_json=True)
            return Exit.DONE
        if standing is None:
            try:
                return _serve(here, port, idle_minutes * 60, announce, as_json=as_json)
            except AnotherRun:
                standing = announced(settings.state, clock, _BEGINS_WITHIN_S)
                if standing is None:
                    raise
        _tell(here.screen, invitation(standing, clock, fresh=False), announce, as_json=as_json or detach)
    return Exit.DONE


VERBS = (serve,)


def _serve(here: Session, port: int, idle_s: float, announce: Path | None, *, as_json: bool) -> int:
    from heliograph.web import Service, desks_of, invitation

    settings, clock = here.desk.settings, here.desk.clock
    here.interrupts.working = True
    with Service(desks_of(settings.path), settings.state, clock, port=port, idle_s=idle_s) as service:
        _tell(here.screen, invitation(service.standing, clock, fresh=True), announce, as_json=as_json)
        if not as_json and announce is None:
            here.screen.say("Open that address, once. Ctrl-C here ends the page; `helio serve` gives a new address.")
        while service.stay() and not here.interrupts.number:
            pass
    return of_signal(here.interrupts.number) if here.interrupts.number else Exit.DONE


def _tell(screen: Screen, told: Announcement, announce: Path | None, *, as_json: bool) -> None:
    """Gives the address out, once and to one place."""
    from heliograph.web import write_private

    if announce is not None:
        write_private(announce.absolute(), told.form())
    elif as_json:
        screen.document(told.form(), indent=None)
    else:
        screen.address(told.address)


def _spawn(settings: Settings, port: int, idle_minutes: float) -> subprocess.Popen[bytes]:
    """A server that outlives this process and holds nothing of it: no terminal, no pipe that somebody waits for.

    Raises:
        Mistake: it could not be started.
    """
    from heliograph.errors import Mistake

    words = [sys.executable, "-m", "heliograph", "--quiet", "--config", str(settings.path), "serve"]
    words += ["--port", str(port), "--idle-minutes", str(idle_minutes)]
    apart = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    nowhere = subprocess.DEVNULL
    try:
        settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (settings.state / ERRORS).open("wb") as errors:
            return subprocess.Popen(  # noqa: S603 - our own module, no word of it from outside
                words,
                stdin=nowhere,
                stdout=nowhere,
                stderr=errors,
                cwd=settings.path.parent,
                env={**os.environ, "PYTHONSAFEPATH": "1"},  # no file of that folder takes a library's place
                start_new_session=True,
                creationflags=apart,
            )
    except OSError as trouble:
        message = f"The page could not be started ({trouble.strerror}). Nothing was changed."
        raise Mistake(message) from trouble


def _awaited(settings: Settings, clock: Clock, process: subprocess.Popen[bytes]) -> Standing:
    """The server that was spawned, or one that was quicker.

    Raises:
        Mistake: it ended without a word, or did not begin in time.
    """
    from heliograph.errors import Mistake
    from heliograph.web import announced

    until_s = clock.monotonic() + _BEGINS_WITHIN_S
    while clock.monotonic() < until_s:
        if standing := announced(settings.state, clock, _LOOK_S):
            return standing
        if process.poll() is not None:
            break
    with contextlib.suppress(OSError):
        process.kill()
    said = (settings.state / ERRORS).read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    message = f"The page could not be started: {said or 'it did not begin in time'}. Nothing was changed."
    raise Mistake(message)
