"""The verbs that move over from other programs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heliograph.cli.exits import Exit, of_signal
from heliograph.cli.options import Helio, Verb, choices, shared

if TYPE_CHECKING:
    from heliograph.cli.screen import Screen
    from heliograph.desk.importing import Looked
    from heliograph.desk.translating import Row

_URL = "http://127.0.0.1:50519"

_LAST_COLUMN = 44
"""Columns that a table leaves for what something becomes; with less, it is no table."""


@click.group("import", cls=Helio, short_help="Move over from another program")
@shared
def import_() -> None:
    """Takes over what another program was told, so that nothing has to be set up or published twice."""


@click.command(
    "imatch-to-socials",
    cls=Verb,
    short_help="Move over from IMatch to Socials",
    examples=(
        "helio import imatch-to-socials --dry-run # look, and write nothing",
        "helio import imatch-to-socials # write heliograph.toml here, and keep the secrets",
        "helio import imatch-to-socials --url http://127.0.0.1:50520 # IMatch answers elsewhere",
    ),
)
@click.option("--url", default=_URL, show_default=True, metavar="URL", help="Where IMatch answers.")
@click.option("--login", default="", metavar="NAME", help="Who asks; otherwise this computer's user.")
@click.option("--force", is_flag=True, help="Write over settings that are there; the old ones are kept beside them.")
@click.option("-n", "--dry-run", is_flag=True, help="Only show what would be written; write, keep and try nothing.")
@shared
@click.pass_context
def imatch_to_socials(ctx: click.Context, url: str, login: str, force: bool, dry_run: bool) -> int:
    """Reads what IMatch to Socials kept in IMatch's application variables, and shows what becomes of it.

    Writes a commented heliograph.toml, here or where --config says, and moves keys and tokens into the system's keyring
    or into a private file. IMatch has to be running; nothing is changed in it, and nothing is published.
    """
    from heliograph.cli.interrupts import Interrupts
    from heliograph.cli.screen import screen
    from heliograph.cli.session import caught
    from heliograph.cli.starting import settings_path
    from heliograph.desk.clock import SystemClock
    from heliograph.desk.importing import check_room, look, move

    page, path, clock = screen(choices(ctx).loud), settings_path(choices(ctx).config), SystemClock()
    with Interrupts() as interrupts, caught():
        if not dry_run:
            check_room(path, force=force)
        page.say(f"Reading the application variables of the IMatch at {url}")
        looked = look(path, url, login, clock)
        show_table(page, "in IMatch", looked.rows, looked.doubts)
        if dry_run:
            _preview(page, looked)
        else:
            _done(page, looked, move(looked, clock, force=force, stop=interrupts.stop))
    return Exit.DONE


@click.command(
    "flickrsync",
    cls=Verb,
    short_help="Move over from FlickrSync",
    examples=(
        "helio import flickrsync --dry-run # look, and write nothing",
        "helio import flickrsync # write heliograph.toml here, keep accounts and signatures",
        "helio import flickrsync --profile holidays # one profile alone",
    ),
)
@click.option("--ini", type=click.Path(path_type=Path), metavar="FILE", help="FlickrSync's config.ini, if elsewhere.")
@click.option("--profile", default="", metavar="NAME", help="This profile alone; otherwise all of them.")
@click.option("--username", default="", metavar="NAME", help="In place of the profile's, as with FlickrSync.")
@click.option("--directory", default="", metavar="FOLDER", help="Likewise.")
@click.option("--database", default="", metavar="FILE", help="Likewise.")
@click.option("--force", is_flag=True, help="Write over settings that are there; the old ones are kept beside them.")
@click.option("-n", "--dry-run", is_flag=True, help="Only show what would be written; write and keep nothing.")
@shared
@click.pass_context
def flickrsync(
    ctx: click.Context,
    ini: Path | None,
    profile: str,
    username: str,
    directory: str,
    database: str,
    force: bool,
    dry_run: bool,
) -> int:
    """Reads FlickrSync's settings, database and tokens, and shows what becomes of them.

    Writes a commented heliograph.toml, here or where --config says, moves keys and tokens into the system's keyring or
    into a private file, and keeps the signatures that were computed. Nothing of FlickrSync is changed, Flickr is not
    asked, and nothing is published.
    """
    from heliograph.cli.interrupts import Interrupts
    from heliograph.cli.progress import Watch
    from heliograph.cli.screen import screen
    from heliograph.cli.session import caught
    from heliograph.cli.starting import settings_path
    from heliograph.desk.clock import SystemClock
    from heliograph.desk.flickrsync import Overrides, look, move

    page, path = screen(choices(ctx).loud), settings_path(choices(ctx).config)
    with Interrupts() as interrupts, Watch(page, interrupts) as watch, caught():
        looked = look(path, ini, Path.home(), profile, Overrides(username, directory, database))
        show_table(page, "in FlickrSync", looked.rows, looked.doubts)
        if dry_run:
            for target in looked.targets:
                show_settings(page, target.path, target.text)
            page.put("Nothing was written or kept. Run it again without --dry-run.")
            return Exit.DONE
        for sentence in move(looked, SystemClock(), watch, force=force, stop=interrupts.stop):
            watch.close()
            page.put(sentence)
        show_steps(page, looked.next_steps)
        return of_signal(interrupts.number) if interrupts.number else Exit.DONE


def _preview(page: Screen, looked: Looked) -> None:
    show_settings(page, looked.path, looked.text)
    there = " It is there already, and would need --force." if looked.path.exists() else ""
    page.put(f"Nothing was written, kept or tried.{there} Run it again without --dry-run.")


def show_settings(page: Screen, path: Path, text: str) -> None:
    """What would be written."""
    page.put(f"{path} would say:")
    page.put()
    for line in text.splitlines():
        page.address(line)
    page.put()


def _done(page: Screen, looked: Looked, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        page.put(sentence)
    show_steps(page, looked.next_steps)


def show_steps(page: Screen, steps: Iterable[str]) -> None:
    """Numbered."""
    page.put()
    page.put("What is left to do:")
    for number, step in enumerate(steps, 1):
        page.put(step, f"  {number}. ")


def show_table(page: Screen, source: str, told: Iterable[Row], doubts: Iterable[str]) -> None:
    """In columns as wide as what stands in them, the last one going on below itself; on narrow screens in two lines."""
    from rich.text import Text

    rows = [(source, "found", "becomes"), *((row.what, row.found, row.becomes) for row in told)]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    narrow = page.room is not None and page.room < first + second + _LAST_COLUMN
    for number, (what, found, becomes) in enumerate(rows):
        style = "bold" if number == 0 else ""
        if narrow:
            page.put(Text(found, style), Text(f"{what}: ", "bold"))
            page.put(Text(becomes, style), "    ")
        else:
            page.put(Text(becomes, style), Text(f"{what:<{first}}  {found:<{second}}  ", style))
    for doubt in dict.fromkeys(doubts):
        page.put(doubt, Text("Odd: ", "yellow"))
    page.put()


import_.chapters = {"Programs": ("imatch-to-socials", "flickrsync")}
import_.examples = (*imatch_to_socials.examples[:1], *flickrsync.examples[:1])
import_.add_command(imatch_to_socials)
import_.add_command(flickrsync)
VERBS = (import_,)
