"""The verb that keeps everything in step from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from heliograph.cli.exits import Exit, of_signal
from heliograph.cli.options import Verb, choices, shared

if TYPE_CHECKING:
    from heliograph.cli.session import Session

every_option = click.option(
    "--every",
    type=click.FloatRange(1, 24 * 60),
    default=15,
    show_default=True,
    metavar="MINUTES",
    help="Look at library and platforms after so long although nothing was heard.",
)
quiet_for_option = click.option(
    "--quiet-for",
    type=click.FloatRange(0.1, 3600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="Begin when nothing changed for so long.",
)


@click.command(
    "watch",
    cls=Verb,
    short_help="Keep everything in step from now on",
    examples=(
        "helio watch # sync whenever photos change, until Ctrl-C",
        "helio watch --every 60 # and look at the platforms once an hour",
        "helio watch -v # tell every look",
    ),
)
@every_option
@quiet_for_option
@shared
@click.pass_context
def watch(ctx: click.Context, every: float, quiet_for: float) -> int:
    """Syncs whenever photos change, and from time to time, until it is asked to stop.

    It never does what a guard stops or a question asks about: it names that and goes on with the rest.
    """
    from heliograph.cli.session import session

    with session(choices(ctx)) as here:
        here.watch.close()
        here.interrupts.working = True
        _watch(here, every * 60, quiet_for)
        return of_signal(here.interrupts.number) if here.interrupts.number else Exit.DONE


VERBS = (watch,)


def _watch(here: Session, every_s: float, quiet_s: float) -> None:
    from heliograph.desk.listening import ear
    from heliograph.desk.watching import Pace, Watching

    clock, stop = here.desk.clock, here.interrupts.stop

    def tell(sentence: str, is_detail: bool) -> None:
        if here.screen.loud > 0 or not is_detail:
            here.screen.say(sentence.replace("\n", " "), f"{clock.now().astimezone():%H:%M:%S} ")

    tell(f"Watching {here.desk.settings.path}. Ctrl-C ends it after what is under way.", False)
    pace = Pace(every_s, quiet_s)
    Watching(here.desk.settings.path, clock, stop, lambda found: ear(found, clock, stop, tell), tell, pace).run()
