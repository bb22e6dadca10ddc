"""The verb that publishes to stand-ins on this computer, with the owner's own library and settings."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from heliograph import wording
from heliograph.cli.acting import allowed, changes_option, deletes_option, only_option, run
from heliograph.cli.exits import of_signal
from heliograph.cli.interrupts import Interrupts, Stopped
from heliograph.cli.options import Verb, choices, lines_option, shared

if TYPE_CHECKING:
    from heliograph.cli.screen import Screen
    from heliograph.cli.session import Session
    from heliograph.desk.rehearsing import Page, Stage


@click.command(
    "rehearse",
    cls=Verb,
    short_help="Publish to stand-ins on this computer, to look at it first",
    examples=(
        "helio rehearse # publish to stand-ins here, and name the pages to open",
        "helio rehearse --only flickr # one platform",
        "helio rehearse --fresh # forget earlier rehearsals first",
        "helio rehearse --world 40 # with 40 made-up photos in an IMatch that is played, too",
        "helio rehearse --no-wait --json # for a script",
    ),
)
@only_option
@click.option("--world", default="", metavar="COUNT|FILE", help="A made-up IMatch in place of your library.")
@click.option("--fresh", is_flag=True, help="Begin anew: forget what earlier rehearsals left.")
@click.option("--no-wait", is_flag=True, help="End at once, and the stand-ins with it.")
@deletes_option
@changes_option
@lines_option
@shared
@click.pass_context
def rehearse(
    ctx: click.Context,
    only: tuple[str, ...],
    world: str,
    fresh: bool,
    no_wait: bool,
    allow_deletes: bool,
    allow_changes: bool,
    as_json: bool,
) -> int:
    """Does all that `helio sync` would do, with your photos and settings, on this computer only.

    Stand-ins take the place of the platforms, and the website goes to another folder. Then it names the pages to open,
    and the stand-ins run until you press Enter. The next rehearsal goes on from there. Nothing is published.

    A library that is written into, such as IMatch, is only read; at the end it says what would have been written. With
    --world a stand-in takes the place of IMatch, too: with so many photos, or with the database in a file.
    """
    from heliograph.cli.session import session
    from heliograph.desk import documents, rehearsing, worlds

    made_up = worlds.asked_for(world)
    with (
        session(choices(ctx), rehearsing.apart) as seat,
        rehearsing.opened(seat.desk, only, fresh=fresh, world=made_up) as stage,
    ):
        here = replace(seat, desk=stage.desk)
        again = wording.command("helio", "rehearse", *(("--world", world) if world else ()))
        code = _rehearsed(here, stage, again, allowed(allow_deletes, allow_changes), as_json=as_json)
        pages = tuple(stage.pages())
        stays = not no_wait and not here.interrupts.number
        if as_json:
            where = str(stage.desk.settings.state)
            told = {"drafts": stage.drafts, "draft_troubles": stage.draft_troubles}
            here.screen.document(documents.document("rehearsal", pages=pages, state=where, **told), indent=None)
        else:
            _drafted(here.screen, stage)
            _name(here.screen, [page for page in pages if stays or page.lasts])
        if stays and stage.stand_ins:
            return until_enter(here.screen, here.interrupts, "The stand-ins run until you press Enter here.") or code
        if stage.stand_ins:
            here.screen.say(f"The stand-ins have ended; `{again}` opens their pages again.")
    return code


VERBS = (rehearse,)


def until_enter(screen: Screen, interrupts: Interrupts, sentence: str) -> int:
    """Waits for Enter, or Ctrl-C, or the end of standard input; the exit code of any other signal, else 0."""
    interrupts.working = False
    try:
        screen.say(sentence)
        if sys.stdin is not None:
            sys.stdin.readline()
    except Stopped as end:
        if end.number != signal.SIGINT:
            return of_signal(end.number)
        interrupts.number = 0  # it ended the looking, and no work
    return 0


def _rehearsed(here: Session, stage: Stage, again: str, allow: frozenset[str], *, as_json: bool) -> int:
    from heliograph.cli import plan_page

    names = [item.policy.name for item in stage.desk.settings.platforms]
    only_read = " Your library is only read." if stage.writes_back else ""
    here.screen.say(f"A rehearsal: {', '.join(names)} on this computer only. Nothing is published.{only_read}")
    plan = stage.desk.plan()
    here.watch.close()
    if not as_json:
        plan_page.show(here.screen, plan, plan_page.Style(how_to_apply=False, rehearsal=True))
        here.screen.put()
    stage.furnish(plan)
    return run(here, stage.desk.sync((), allow), again, as_json=as_json, rehearsal=True)


def _drafted(screen: Screen, stage: Stage) -> None:
    """What would have been written into the library, where it is one that is written into."""
    from heliograph.cli import drafts_page

    if stage.writes_back:
        drafts_page.show(screen, stage.drafts, stage.draft_troubles)


def _name(screen: Screen, pages: Iterable[Page]) -> None:
    """The pages to open, each address on a line of its own."""
    screen.put()
    screen.put("This was a rehearsal: nothing left this computer, and nothing was published.")
    for page in pages:
        screen.put(f"{page.platform}, as {page.seen_by} would see it:")
        screen.address(page.address)
