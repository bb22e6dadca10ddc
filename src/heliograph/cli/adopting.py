"""The verb that remembers what is published already, and sends nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from heliograph.cli import exits
from heliograph.cli.completing import names
from heliograph.cli.options import Verb, choices, json_option, shared

if TYPE_CHECKING:
    from heliograph.cli.session import Session
    from heliograph.desk.adopting import Adopting, Adoption


@click.command(
    "adopt",
    cls=Verb,
    short_help="Remember what is there already; send nothing",
    examples=(
        "helio adopt # what is there already, why, and what is doubtful",
        "helio adopt --yes # remember it without being asked",
        "helio adopt --no-date-match # where dates are not to be believed",
    ),
)
@click.option(
    "--only",
    "--platform",
    "only",
    multiple=True,
    metavar="PLATFORM",
    shell_complete=names,
    help="Only this platform; may be repeated.",
)
@click.option("--no-date-match", is_flag=True, help="Ask about photos that only a date speaks for.")
@click.option("-n", "--dry-run", is_flag=True, help="Show it and remember nothing.")
@click.option("--yes", is_flag=True, help="Remember what is recognised without being asked.")
@click.option("--all", "everything", is_flag=True, help="List every photo, however many there are.")
@json_option
@shared
@click.pass_context
def adopt(
    ctx: click.Context,
    only: tuple[str, ...],
    no_date_match: bool,
    dry_run: bool,
    yes: bool,
    everything: bool,
    as_json: bool,
) -> int:
    """Looks for photos of the library that are on a platform already, and remembers which they are.

    Nothing is sent and nothing there is changed. What is doubtful is asked: `helio answer PHOTO same` or `different`.
    """
    from heliograph.cli.session import session

    with session(choices(ctx)) as here, here.desk.adopting(only, dates=not no_date_match) as adopting:
        here.watch.close()
        if not as_json:
            _show(here, adopting.found, everything=everything)
        accepted = bool(adopting.found.matched) and not dry_run and (yes or (not as_json and _asked(here, adopting)))
        if accepted:
            here.watch.through(adopting.carry_out())
            here.watch.close()
        return _end(here, adopting.found, accepted=accepted, as_json=as_json)


VERBS = (adopt,)


def _show(here: Session, found: Adoption, *, everything: bool) -> None:
    from heliograph.cli import adopt_page

    adopt_page.show(here.screen, found, everything=everything)
    for name, trouble in here.desk.troubles.items():
        sentence = trouble.sentence.removeprefix(f"{name}: ")
        here.screen.warn(f"{name} could not be looked at: {sentence}", "Trouble: ")


def _asked(here: Session, adopting: Adopting) -> bool:
    """Whether the owner says yes; where nobody can be asked, it is said what to do."""
    from heliograph import wording

    count = wording.many(len(adopting.found.matched), "photo")
    if not (sys.stdin.isatty() and here.screen.shows_data):
        here.screen.say(f"Nothing was remembered yet. `helio adopt --yes` remembers {count}.")
        return False
    return click.confirm(f"Remember {count} as published there? Nothing is sent or changed", default=True, err=True)


def _end(here: Session, found: Adoption, *, accepted: bool, as_json: bool) -> int:
    from heliograph import wording
    from heliograph.desk import End, documents
    from heliograph.model import Verb as Do

    if here.interrupts.number:
        return exits.of_signal(here.interrupts.number)
    done = sum(event.end == End.DONE and event.action.verb == Do.MATCH for event in here.watch.events)
    failed = any(event.end not in {End.DONE, End.TOLD} for event in here.watch.events)
    told = accepted or here.desk.troubles
    code = exits.of_run(
        here.desk.troubles.values(),
        failed=failed,
        spent=False,
        asked=bool(told and found.doubtful),
        left=bool(told and found.waiting),
    )
    if as_json:
        here.screen.document(documents.document("adopt", found=found, remembered=done, exit_code=int(code)))
    elif accepted:
        here.screen.say(f"{wording.many(done, 'photo')} remembered; nothing was sent.", "Done: ")
    return code
