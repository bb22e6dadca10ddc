"""The verbs that read the library, decide, and publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heliograph.cli import exits
from heliograph.cli.completing import names, photos
from heliograph.cli.exits import Exit
from heliograph.cli.interrupts import PipeClosed
from heliograph.cli.options import Verb, choices, json_option, lines_option, shared

if TYPE_CHECKING:
    from heliograph.cli.session import Session
    from heliograph.desk import Event
    from heliograph.model import Plan

only_option = click.option(
    "--only", multiple=True, metavar="PLATFORM", shell_complete=names, help="Only this platform; may be repeated."
)
dry_option = click.option("-n", "--dry-run", is_flag=True, help="Show the plan and do nothing.")
deletes_option = click.option(
    "--allow-deletes", is_flag=True, help="Although it deletes more than the guard lets pass."
)
changes_option = click.option(
    "--allow-changes", is_flag=True, help="Although it changes more than the guard lets pass."
)
anew_option = click.option("--anew", is_flag=True, help="Look at the platforms anew and whole, not at what changed.")
LAST = "last"


@click.command(
    "scan",
    cls=Verb,
    short_help="Read what is new or changed in the library",
    examples=("helio scan # read what is new or changed", "helio scan --json # the counts for a script"),
)
@json_option
@shared
@click.pass_context
def scan(ctx: click.Context, as_json: bool) -> int:
    """Reads what is new or changed in the library. Publishes nothing."""
    from heliograph.cli import pages
    from heliograph.cli.session import session
    from heliograph.desk import documents

    with session(choices(ctx)) as here:
        seen = here.desk.scan()
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("scan", scan=seen))
        else:
            pages.scan(here.screen, seen)
    return Exit.PARTLY if seen.not_looked else Exit.DONE


@click.command(
    "plan",
    cls=Verb,
    short_help="Show what would happen, and why",
    examples=(
        "helio plan # what would happen, and why",
        "helio plan --only site --all # one platform, every line",
        "helio plan --save plan.json # keep it as a file for `helio apply plan.json`",
        "helio plan 3f9a2c07 # a plan that was shown before",
        "helio plan --exit-code # 20 when there is something to do",
    ),
)
@click.argument("ref", required=False, default="")
@only_option
@click.option(
    "--show", default="", metavar="REF", help="The same as naming REF: a digest's beginning, a file, or `last`."
)
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also save it as FILE.")
@click.option("--all", "everything", is_flag=True, help="List every action, however many there are.")
@click.option("--exit-code", is_flag=True, help="End with 20 when there is something to do.")
@anew_option
@json_option
@shared
@click.pass_context
def plan(
    ctx: click.Context,
    ref: str,
    only: tuple[str, ...],
    show: str,
    save: Path | None,
    everything: bool,
    exit_code: bool,
    anew: bool,
    as_json: bool,
) -> int:
    """Shows what would happen, and why. Publishes nothing.

    With REF, the beginning of a digest, a file, or `last`, a plan that was made before is shown again.
    """
    from heliograph.cli.session import session
    from heliograph.desk import papers

    which = show or ref
    if which and (only or anew):
        message = "--only and --anew belong to a new plan; a plan that was made before is shown as it is."
        raise click.UsageError(message, ctx)
    with session(choices(ctx)) as here:
        if anew:
            from heliograph.desk.missing import look_anew

            look_anew(here.desk, only)
        made = here.desk.saved_plan("" if which == LAST else which) if which else here.desk.plan(only)
        here.watch.close()
        if save is not None:
            papers.write(made, save)
            here.screen.say(f"Saved as {save}. Apply it with `helio apply {save}`.")
        _show_plan(here, made, everything=everything, as_json=as_json)
        if not (which or made.effects or as_json):
            _tell_of_deletions(here, only)
        if not (which or made.actions):
            _tell_first_steps(here)
    return Exit.CHANGES if exit_code and made.effects else Exit.DONE


@click.command(
    "apply",
    cls=Verb,
    short_help="Carry out a plan that was shown, exactly",
    examples=(
        "helio apply # do the plan that was shown last",
        "helio apply 3f9a2c07 # do this plan, or stop if the world changed",
        "helio apply plan.json # likewise, from a file",
        "helio apply --allow-deletes # although it deletes more than usual",
    ),
)
@click.argument("ref", metavar="[PLAN]", required=False, default="")
@dry_option
@deletes_option
@changes_option
@lines_option
@shared
@click.pass_context
def apply(
    ctx: click.Context,
    ref: str,
    dry_run: bool,
    allow_deletes: bool,
    allow_changes: bool,
    as_json: bool,
) -> int:
    """Carries out a plan that was shown: exactly that, or nothing if the library or a platform changed since.

    PLAN is the beginning of its digest or a file; without it the plan that was shown last.
    """
    from heliograph.cli.session import session

    which = "" if ref == LAST else ref
    with session(choices(ctx)) as here:
        if dry_run:
            _show_plan(here, here.desk.saved_plan(which), everything=False, as_json=as_json)
            return Exit.DONE
        again = "helio plan`, then `helio apply"
        return run(here, here.desk.apply(which, allowed(allow_deletes, allow_changes)), again, as_json=as_json)


@click.command(
    "sync",
    cls=Verb,
    short_help="Plan and carry out in one go, as timers do",
    examples=(
        "helio sync # plan and apply in one go, as a timer does it",
        "helio sync -n # the plan alone",
        "helio sync --only site -q # one platform, only trouble is told",
        "helio sync --json # events for a script",
    ),
)
@only_option
@dry_option
@deletes_option
@changes_option
@anew_option
@lines_option
@shared
@click.pass_context
def sync(
    ctx: click.Context,
    only: tuple[str, ...],
    dry_run: bool,
    allow_deletes: bool,
    allow_changes: bool,
    anew: bool,
    as_json: bool,
) -> int:
    """Plans and carries out in one go: what timers run. Guards, questions and refusals count as ever."""
    from heliograph.cli.session import session

    with session(choices(ctx)) as here:
        if anew:
            from heliograph.desk.missing import look_anew

            look_anew(here.desk, only)
        if dry_run:
            made = here.desk.plan(only)
            here.watch.close()
            _show_plan(here, made, everything=False, as_json=as_json)
            return Exit.DONE
        return run(here, here.desk.sync(only, allowed(allow_deletes, allow_changes)), "helio sync", as_json=as_json)


@click.command(
    "answer",
    cls=Verb,
    short_help="Answer what a plan asked",
    examples=(
        "helio answer 2023/harbour.jpg overwrite # the library's wording wins",
        "helio answer harbour.jpg accept # what was edited there stays",
    ),
)
@click.argument("photo", shell_complete=photos)
@click.argument("choice")
@only_option
@click.option("--rehearsal", is_flag=True, help="What the last rehearsal asked, and not a real plan.")
@json_option
@shared
@click.pass_context
def answer(ctx: click.Context, photo: str, choice: str, only: tuple[str, ...], rehearsal: bool, as_json: bool) -> int:
    """Answers what the last plan asked about PHOTO (or an album). It counts from the next plan on."""
    from heliograph.cli.session import session
    from heliograph.desk import documents, rehearsing

    following = "helio rehearse" if rehearsal else "helio plan"
    with session(choices(ctx), rehearsing.apart if rehearsal else lambda found: found) as here:
        answered = here.desk.answer(photo, choice, only)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("answer", choice=choice, answered=answered))
        for action in () if as_json else answered:
            here.screen.put(f"{action.where} on {action.platform}: {choice}. It counts from the next `{following}` on.")
    return Exit.DONE


_SOON = timedelta(hours=1)
"""Nobody wonders yet about what was not looked for in this time."""

VERBS = (scan, plan, apply, sync, answer)


def _tell_first_steps(here: Session) -> None:
    from heliograph.cli import first_steps

    if not here.desk.hidden and (sentence := first_steps.missing(here.desk.settings, here.desk.status())):
        here.screen.say(sentence, "Note: ")


def _tell_of_deletions(here: Session, only: tuple[str, ...]) -> None:
    """Whoever deleted a photo on a platform and sees nothing of it in the plan wonders why."""
    from heliograph.cli import pages

    before = (here.desk.clock.now() - _SOON).isoformat()
    for name, since in here.desk.unseen_since().items():
        if since < before and (not only or name in only):
            here.screen.put(pages.deletions(since), f"{name}: ")


def _show_plan(here: Session, made: Plan, *, everything: bool, as_json: bool) -> None:
    from heliograph.cli import plan_page
    from heliograph.desk import papers

    here.watch.close()
    if as_json:
        here.screen.document(papers.form(made))
    else:
        plan_page.show(here.screen, made, plan_page.Style(shown=None if everything else plan_page.SHOWN))


def allowed(deletes: bool, changes: bool) -> frozenset[str]:
    """The guards that the options let pass."""
    return frozenset(kind for kind, given in (("deletes", deletes), ("changes", changes)) if given)


def run(here: Session, events: Iterable[Event], again: str, *, as_json: bool, rehearsal: bool = False) -> int:
    """The exit code of a run, whose events are shown or emitted to their end."""
    from heliograph.cli import progress
    from heliograph.desk import documents

    here.watch.redraws = not (as_json and here.screen.shows_data)
    begun_s = here.desk.clock.monotonic()

    def emit(event: Event) -> None:
        if as_json:
            here.screen.document(documents.event_document(event), indent=None)

    here.watch.through(events, emit)
    here.watch.close()
    took_s = here.desk.clock.monotonic() - begun_s
    code = _code(here)
    progress.summary(here.screen, here.watch.events, took_s, again, rehearsal=rehearsal)
    troubles = [
        f"{name} could not be looked at: {trouble.sentence.removeprefix(f'{name}: ')}"
        for name, trouble in here.desk.troubles.items()
    ]
    for sentence in troubles:
        here.screen.warn(sentence, "Trouble: ")
    notes = [*here.desk.notes.troubles, *(note for note in here.watch.notes if note not in troubles)]
    progress.noted(here.screen, notes)
    if not here.watch.events:
        _tell_first_steps(here)
    if not rehearsal:
        _tell_where(here)
    if as_json:
        here.screen.document(documents.document("run", exit_code=code, seconds_s=round(took_s, 3)), indent=None)
    return code


def _tell_where(here: Session) -> None:
    """Where pages that were built anew can be opened."""
    from heliograph.desk import End
    from heliograph.model import Verb as Do

    events = here.watch.events
    built = [event.action.platform for event in events if (event.action.verb, event.end) == (Do.FINISH, End.DONE)]
    if not built:
        return
    from heliograph.desk import sites  # with everything that makes pages, which a Flickr account needs nothing of

    for name, address in sites.first_pages(here.desk, dict.fromkeys(built)).items():
        here.screen.say_address(address, f"{name}: ")


def _code(here: Session) -> int:
    from heliograph.cli.progress import TROUBLE
    from heliograph.desk import End
    from heliograph.model import Verb as Do

    if here.interrupts.number:
        if here.interrupts.number == exits.PIPE:
            raise PipeClosed
        return exits.of_signal(here.interrupts.number)
    ends = {event.end for event in here.watch.events if not event.spent}
    told = {event.action.verb for event in here.watch.events if event.end == End.TOLD}
    return exits.of_run(
        here.desk.troubles.values(),
        failed=bool(ends & TROUBLE.keys()),
        spent=any(event.spent for event in here.watch.events),
        asked=Do.ASK in told,
        left=bool(told & {Do.REFUSE, Do.WAIT}) or bool(here.desk.hidden),
    )
