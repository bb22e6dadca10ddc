"""The verbs that only tell. All but `doctor` answer from the ledger, without the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from heliograph.cli.completing import photos
from heliograph.cli.exits import Exit
from heliograph.cli.options import Choices, Verb, choices, json_option, shared

if TYPE_CHECKING:
    from heliograph.desk.doctoring import Check


@click.command(
    "status",
    cls=Verb,
    short_help="How library and platforms stand",
    examples=(
        "helio status # how everything stands",
        "helio status --refused # which photos are held back, and why",
        "helio status --json # for a script",
    ),
)
@click.option("--refused", is_flag=True, help="Name every photo that is wanted somewhere and may not leave, by reason.")
@json_option
@shared
@click.pass_context
def status(ctx: click.Context, refused: bool, as_json: bool) -> int:
    """How library and platforms stand, as far as the ledger knows."""
    from heliograph.cli import pages
    from heliograph.cli.session import session
    from heliograph.desk import documents

    with session(choices(ctx)) as here:
        stands, notes = here.desk.status(), here.desk.settings.notes
        held = {"refused": here.desk.refused()} if refused else {}
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("status", status=stands, notes=notes, **held))
        elif refused:
            pages.refused(here.screen, stands, held["refused"])
        else:
            pages.status(here.screen, stands, notes)
    return Exit.DONE


@click.command(
    "where",
    cls=Verb,
    short_help="Where photos are published",
    examples=("helio where IMG_2024 # every file with this in its path", "helio where 2023/Alps --json # for a script"),
)
@click.argument("photo", shell_complete=photos)
@json_option
@shared
@click.pass_context
def where(ctx: click.Context, photo: str, as_json: bool) -> int:
    """Where photos are published; PHOTO is a path or a part of one."""
    from heliograph.cli import pages
    from heliograph.cli.session import session
    from heliograph.desk import documents

    with session(choices(ctx)) as here:
        found = here.desk.where(photo)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("where", photos=found))
        else:
            pages.where(here.screen, found)
    return Exit.DONE


@click.command(
    "duplicates",
    cls=Verb,
    short_help="Photos that the library holds twice",
    examples=(
        "helio duplicates # files with the same picture, and which one stands for all",
        "helio duplicates --near # also photos that look alike; reads every picture once",
        "helio duplicates --json # for a script",
    ),
)
@click.option("--near", is_flag=True, help="Also photos that look alike. Every picture is looked at once.")
@json_option
@shared
@click.pass_context
def duplicates(ctx: click.Context, near: bool, as_json: bool) -> int:
    """Photos that the library holds twice: which file stands for all, and where it is published.

    As far as the last scan knows. Nothing is deleted, here or anywhere.
    """
    from heliograph.cli import pages
    from heliograph.cli.session import session
    from heliograph.desk import documents

    with session(choices(ctx)) as here:
        found = here.desk.duplicates(near=near)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("duplicates", duplicates=found))
        else:
            pages.duplicates(here.screen, found, near=near)
    return Exit.DONE


@click.command(
    "explain",
    cls=Verb,
    short_help="What each platform would get of a photo, and why",
    examples=("helio explain 2023/harbour.jpg # what each platform would get, and why", "helio explain harbour"),
)
@click.argument("photo", shell_complete=photos)
@json_option
@shared
@click.pass_context
def explain(ctx: click.Context, photo: str, as_json: bool) -> int:
    """What each platform would get of one photo, why, and what stays at home."""
    from heliograph.cli import pages
    from heliograph.cli.session import session
    from heliograph.desk import documents

    with session(choices(ctx)) as here:
        about = here.desk.explain(photo)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("explain", explanation=about))
        else:
            pages.explain(here.screen, about)
    return Exit.DONE


@click.command(
    "history",
    cls=Verb,
    short_help="What happened, newest first",
    examples=(
        "helio history # what happened last",
        "helio history harbour.jpg -v # to one photo, with every change",
        "helio history --limit 1000 --json # for a script",
    ),
)
@click.argument("photo", required=False, default="", shell_complete=photos)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="Lines at most.")
@json_option
@shared
@click.pass_context
def history(ctx: click.Context, photo: str, limit: int, as_json: bool) -> int:
    """What happened, newest first; with PHOTO, to the photos that it names."""
    from heliograph.cli import pages
    from heliograph.cli.session import session
    from heliograph.desk import documents

    with session(choices(ctx)) as here:
        lines = here.desk.history(photo, limit)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("history", events=lines))
        else:
            pages.history(here.screen, lines)
    return Exit.DONE


@click.command(
    "doctor",
    cls=Verb,
    short_help="Is everything in place?",
    examples=("helio doctor # is everything in place?", "helio doctor --json # to send with a report"),
)
@json_option
@shared
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> int:
    """Looks whether everything is in place: program, settings, library, ledger, platforms, room."""
    from heliograph.cli import pages
    from heliograph.cli.screen import screen
    from heliograph.desk import documents
    from heliograph.desk.doctoring import Health

    page, checks = screen(choices(ctx).loud), []
    for one in _checks(choices(ctx)):
        checks.append(one)
        if not as_json:
            pages.check(page, one)
    bad = any(one.health == Health.BAD for one in checks)
    if as_json:
        page.document(documents.document("doctor", checks=checks, healthy=not bad))
    elif bad:
        page.warn("Something is wrong; the lines marked BAD say what to do.")
    return Exit.TROUBLE_FOUND if bad else Exit.DONE


VERBS = (status, where, duplicates, explain, history, doctor)


def _checks(chosen: Choices) -> Iterator[Check]:
    """The desk's checks; without settings, at least those that need none."""
    from heliograph.cli.session import session
    from heliograph.desk import doctoring
    from heliograph.errors import Mistake

    try:
        with session(chosen) as here:
            here.watch.close()
            yield from doctoring.checks(here.desk)
    except Mistake as trouble:
        yield from doctoring.program()
        yield doctoring.Check("settings", doctoring.Health.BAD, trouble.sentence)
