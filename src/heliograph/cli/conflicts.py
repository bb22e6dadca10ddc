"""The verbs for fields that were edited here and on a platform: which there are, what both sides say, whose counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from heliograph.cli.acting import only_option
from heliograph.cli.completing import photos
from heliograph.cli.exits import Exit
from heliograph.cli.options import Helio, Verb, choices, json_option, shared

if TYPE_CHECKING:
    from heliograph.cli.screen import Screen
    from heliograph.model import Action

SIDES = {"ours": ("ours", "overwrite"), "theirs": ("theirs", "accept")}
"""Whose words count -> the answers that say so: where an edit cannot be taken home, theirs only stays there."""


@click.group("conflicts", cls=Helio, short_help="Edits on both sides: yours or theirs?")
@shared
def conflicts() -> None:
    """Shows what was edited here and on a platform, as the last plan found it, and takes one side or the other."""


@click.command(
    "list",
    cls=Verb,
    short_help="Which there are",
    examples=("helio conflicts list # what the last plan found", "helio conflicts list --json # for a script"),
)
@only_option
@json_option
@shared
@click.pass_context
def list_(ctx: click.Context, only: tuple[str, ...], as_json: bool) -> int:
    """Lists the photos with an edit on both sides, or with one there that cannot be taken home by itself."""
    from heliograph.cli.session import session
    from heliograph.desk import conflicting, documents

    with session(choices(ctx)) as here:
        found = conflicting.conflicts(here.desk.saved_plan(), only)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("conflicts", conflicts=found))
            return Exit.DONE
        for action in found:
            here.screen.put(f"{action.where} on {action.platform}: {action.reason}")
        if found:
            here.screen.say("`helio conflicts show PHOTO` shows both sides; `helio conflicts take ours PHOTO` decides.")
        else:
            here.screen.put("The last plan found no conflicts.")
    return Exit.DONE


@click.command(
    "show",
    cls=Verb,
    short_help="What both sides say",
    examples=("helio conflicts show 2023/harbour.jpg # both texts side by side",),
)
@click.argument("photo", shell_complete=photos)
@only_option
@shared
@click.pass_context
def show(ctx: click.Context, photo: str, only: tuple[str, ...]) -> int:
    """Shows what the library and the platform say of PHOTO, whole and side by side."""
    from heliograph.cli.session import session
    from heliograph.desk import conflicting

    with session(choices(ctx)) as here:
        found = conflicting.conflicts(here.desk.saved_plan(), only, photo)
        here.watch.close()
        for action in found:
            _both_sides(here.screen, action)
    return Exit.DONE


@click.command(
    "take",
    cls=Verb,
    short_help="Take one side",
    examples=(
        "helio conflicts take ours 2023/harbour.jpg # the library's words go there",
        "helio conflicts take theirs *.jpg # what was written there comes home",
    ),
)
@click.argument("side", type=click.Choice(tuple(SIDES)))
@click.argument("photo", nargs=-1, required=True, shell_complete=photos)
@only_option
@json_option
@shared
@click.pass_context
def take(ctx: click.Context, side: str, photo: tuple[str, ...], only: tuple[str, ...], as_json: bool) -> int:
    """Decides whose words count for each PHOTO. It counts from the next plan on."""
    from heliograph.cli.session import session
    from heliograph.desk import conflicting, documents

    with session(choices(ctx)) as here:
        plan = here.desk.saved_plan()
        found = tuple(action for where in photo for action in conflicting.conflicts(plan, only, where))
        here.desk.decide((action, _choice(action, side)) for action in found)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("answer", choice=side, answered=found))
        for action in () if as_json else found:
            here.screen.put(f"{action.where} on {action.platform}: {side}. It counts from the next `helio plan` on.")
    return Exit.DONE


def _choice(action: Action, side: str) -> str:
    return next(choice for choice in SIDES[side] if choice in action.choices)


def _both_sides(screen: Screen, action: Action) -> None:
    from rich.table import Table
    from rich.text import Text

    from heliograph import wording
    from heliograph.cli.screen import clean

    screen.put(f"{action.where} on {action.platform}: {action.reason}")
    sides = Table("", "ours, here", f"theirs, on {action.platform}", box=None, pad_edge=False, padding=(0, 2))
    for change in action.changes:
        said = (wording.value(change.field, held) or "nothing" for held in (change.after, change.before))
        whole = ("\n".join(clean(screen.out, line) for line in words.split("\n")) for words in said)
        sides.add_row(change.field, *map(Text, whole))
    screen.out.print(sides)
    for side in SIDES:
        screen.put(_helio(action, side), "  ")


def _helio(action: Action, side: str) -> str:
    from heliograph import wording

    kept = " # it stays there; the library's words stay here" if _choice(action, side) == "accept" else ""
    return wording.command("helio", "conflicts", "take", side, action.where) + kept


conflicts.chapters = {"Verbs": ("list", "show", "take")}
conflicts.examples = (*list_.examples, *show.examples, *take.examples)
for verb in (list_, show, take):
    conflicts.add_command(verb)
VERBS = (conflicts,)
