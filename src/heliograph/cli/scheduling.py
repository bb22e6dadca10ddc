"""The verbs that let the system itself start helio, show what that takes, and take it out again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heliograph.cli.exits import Exit
from heliograph.cli.options import Helio, Verb, choices, shared

if TYPE_CHECKING:
    from heliograph.cli.screen import Screen
    from heliograph.desk.scheduling import Recipe

_UNITS_MIN = {"m": 1, "h": 60, "d": 24 * 60}
_LONGEST_MIN = 31 * 24 * 60


class Often(click.ParamType):  # type: ignore[type-arg] # generic only since click 8.4
    """`30m`, `1h`, `2d`."""

    name = "often"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Minutes."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"([1-9]\d{0,4})([mhd])", str(value).strip().lower())
        minutes = int(found[1]) * _UNITS_MIN[found[2]] if found else 0
        if not 1 <= minutes <= _LONGEST_MIN:
            self.fail(f"{value!r} is not 30m, 1h or 2d: minutes, hours or days, at most 31 days.", param, ctx)
        return minutes


every_option = click.option(
    "--every", type=Often(), default="1h", show_default=True, metavar="TIME", help="Sync so often: 30m, 1h, 2d."
)
watch_option = click.option("--watch", is_flag=True, help="Keep `helio watch` running instead.")


@click.group("schedule", cls=Helio, short_help="Let the system start it by itself")
@shared
def schedule() -> None:
    """Lets the system start `helio` from time to time, or keep `helio watch` running, while you are signed in."""


@click.command(
    "show",
    cls=Verb,
    short_help="Show what `install` would write and run",
    examples=(
        "helio schedule show # what would be written and run here",
        "helio schedule show --watch --for macos # on another system",
    ),
)
@every_option
@watch_option
@click.option("--for", "system", type=click.Choice(["linux", "macos", "windows"]), help="Another system than this one.")
@shared
@click.pass_context
def show(ctx: click.Context, every: int, watch: bool, system: str | None) -> int:
    """Shows every file and every command, and does nothing."""
    page, made = _made(ctx, None if watch else every, system)
    _show(page, made)
    return Exit.DONE


@click.command(
    "install",
    cls=Verb,
    short_help="Let the system start it from now on",
    examples=(
        "helio schedule install # a sync every hour",
        "helio schedule install --every 30m # twice as often",
        "helio schedule install --watch # soon after photos change",
    ),
)
@every_option
@watch_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--as-root", is_flag=True, help="Although this is root.")
@shared
@click.pass_context
def install(ctx: click.Context, every: int, watch: bool, yes: bool, as_root: bool) -> int:
    """Shows what it takes, asks, and does it. Run again, it brings everything to the same state."""
    from heliograph.desk import scheduling

    page, made = _made(ctx, None if watch else every, None)
    _show(page, made)
    if not yes and not _agreed(ctx):
        page.put("Nothing was done.")
        return Exit.DONE
    scheduling.install(made, as_root=as_root)
    page.put("It is scheduled. `helio schedule remove` takes everything out again.")
    return Exit.DONE


@click.command(
    "remove",
    cls=Verb,
    short_help="Take it out of the system again",
    examples=("helio schedule remove # only what `install` put there for these settings",),
)
@shared
@click.pass_context
def remove(ctx: click.Context) -> int:
    """Stops it, and takes away everything that `install` put there for these settings."""
    from heliograph.desk import scheduling

    page, made = _made(ctx, None, None)
    gone = scheduling.remove(made)
    page.put("It is not scheduled any more." if gone else "Nothing was scheduled for these settings.")
    return Exit.DONE


schedule.chapters = {"Verbs": ("show", "install", "remove")}
schedule.examples = (*show.examples[:1], *install.examples, *remove.examples)
for verb in (show, install, remove):
    schedule.add_command(verb)
VERBS = (schedule,)


def _made(ctx: click.Context, every_min: int | None, system: str | None) -> tuple[Screen, Recipe]:
    from heliograph.cli.screen import screen
    from heliograph.desk import opening, scheduling

    settings = opening.settings(choices(ctx).config, os.environ, Path.cwd())
    where = scheduling.System(system) if system else scheduling.here()
    wanted = scheduling.job(settings, every_min)
    return screen(choices(ctx).loud), scheduling.recipe(where, wanted, scheduling.surroundings(os.environ))


def _show(page: Screen, made: Recipe) -> None:
    from heliograph.desk import scheduling

    for file, content in made.files:
        page.put(f"{file}:")
        for line in content.decode(made.encoding, "surrogateescape").splitlines():
            page.address(f"    {line.expandtabs(4)}")
        page.put()
    page.put("Then it runs:")
    for call in made.begin:
        page.address(f"    {subprocess.list2cmdline(call.words)}")
    page.put()
    for note in (*made.notes, *scheduling.warnings(os.environ)):
        page.put(note)


def _agreed(ctx: click.Context) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        message = "Nobody is there to be asked, so nothing was done; --yes does it unasked."
        raise click.UsageError(message, ctx)
    return click.confirm("Do this?", default=False)
