"""The verbs for what is only on a platform: photos that are missing here, tags that are to go there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from heliograph.cli.completing import names
from heliograph.cli.exits import Exit, of_signal
from heliograph.cli.options import Helio, Verb, choices, json_option, shared

if TYPE_CHECKING:
    from heliograph.cli.session import Session
    from heliograph.desk.missing import Missing
    from heliograph.model import Post
    from heliograph.ports import Tagged

SHOWN = 50
"""Photos or tags that are listed unless all are asked for."""
_only = click.option(
    "--only",
    "--platform",
    "only",
    default="",
    metavar="PLATFORM",
    shell_complete=names,
    help="Where; else the only one.",
)
_all = click.option("--all", "everything", is_flag=True, help="List every one, however many there are.")


@click.command(
    "missing",
    cls=Verb,
    short_help="List photos there that the library lacks",
    examples=(
        "helio missing # photos on Flickr that are not in the library",
        "helio missing --album 'Not at home' # and an album of them there; again: brought in step",
        "helio missing --json # for a script",
    ),
)
@_only
@click.option("--album", default="", metavar="TITLE", help="Put them into an album of this title there.")
@_all
@json_option
@shared
@click.pass_context
def missing(ctx: click.Context, only: str, album: str, everything: bool, as_json: bool) -> int:
    """Lists photos on a platform that the library does not hold. Nothing is fetched.

    With --album they are put into an album there, which shows itself to whoever may see its photos. The next time the
    same album is brought in step: what came home leaves it. An album of yours with that title is never touched.
    """
    from heliograph.cli.session import session
    from heliograph.desk import documents
    from heliograph.desk.missing import gather
    from heliograph.desk.missing import missing as lacking

    with session(choices(ctx)) as here:
        found = lacking(here.desk, only)
        said = gather(here.desk, found, album) if album else ""
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("missing", missing=found, album=said))
            return Exit.DONE
        for post in found.posts if everything else found.posts[:SHOWN]:
            here.screen.put(f"{_title(post)}  {post.url or post.id}", "  ")
        _rest(here, len(found.posts), everything=everything)
        here.screen.put(_counted(found))
        if found.doubtful:
            here.screen.put(f"{found.doubtful:,} more may be photos of the library: `helio adopt` shows them.")
        for left in found.leftovers:
            title = left.fields.get("title")
            here.screen.put(f"FlickrSync's album “{title}” is left as it is: {left.url}. Delete it there, if you like.")
        if said:
            here.screen.put(said)
    return Exit.DONE


@click.group("tags", cls=Helio, short_help="Take tags away on a platform")
@shared
def tags() -> None:
    """Tags as they are on a platform, whoever put them there."""


@click.command(
    "remove",
    cls=Verb,
    short_help="Take tags away, and leave all others as they are",
    examples=(
        "helio tags remove 'New York' # shows what would go, and asks",
        "helio tags remove auto --starts-with --yes # every tag that begins so, without asking",
        "helio tags remove flickrsync: --starts-with # what FlickrSync left",
    ),
)
@click.argument("words", nargs=-1, required=True, metavar="TAG...")
@_only
@click.option("--starts-with", is_flag=True, help="Tags that begin with TAG, too.")
@click.option("--yes", is_flag=True, help="Without asking.")
@click.option("-n", "--dry-run", is_flag=True, help="Only show which would go.")
@_all
@shared
@click.pass_context
def remove(
    ctx: click.Context,
    words: tuple[str, ...],
    only: str,
    starts_with: bool,
    yes: bool,
    dry_run: bool,
    everything: bool,
) -> int:
    """Takes tags away on every photo of the account, as they were typed ("New York") or as they are stored (newyork).

    Only these are touched, one call for each, so every other tag keeps its spelling. Tags by which heliograph or
    FlickrSync know their photos again stay, unless TAG names them.
    """
    from heliograph import wording
    from heliograph.cli.session import session
    from heliograph.desk.untagging import tagged

    with session(choices(ctx)) as here:
        here.watch.stage("Looking at every photo and its tags")
        found = list(tagged(here.desk, only, words, starts_with=starts_with))
        here.watch.close()
        going = [tag for tag in found if not tag.guarded]
        for tag in going if everything else going[:SHOWN]:
            here.screen.put(f"{tag.raw}  on {tag.title or tag.post_id}", "  ")
        _rest(here, len(going), everything=everything)
        if len(going) < len(found):
            left = wording.many(len(found) - len(going), "tag")
            here.screen.put(
                f"{left} by which heliograph or FlickrSync know photos again: left there, unless you name flickrsync: "
                "or heliograph:"
            )
        if not going or dry_run:
            would = f"{wording.many(len(going), 'tag')} would go."
            none = "Nothing was changed." if found else "There is no such tag. Nothing was changed."
            here.screen.put(would if going else none)
            return Exit.DONE
        if not yes and not _agreed(here, len(going)):
            return Exit.DONE
        return _remove(here, only, going)


def _title(post: Post) -> str:
    from heliograph import wording

    return wording.shortened(str(post.fields.get("title") or "(no title)"))


def _counted(found: Missing) -> str:
    from heliograph import wording

    if not found.posts:
        return f"{found.platform}: nothing there is missing in the library."
    return f"{found.platform}: {wording.many(len(found.posts), 'photo')} there that the library does not hold."


def _rest(here: Session, count: int, *, everything: bool) -> None:
    if count > SHOWN and not everything:
        here.screen.put(f"... and {count - SHOWN:,} more; --all lists them.", "  ")


def _agreed(here: Session, count: int) -> bool:
    from heliograph import wording

    if not (sys.stdin.isatty() and here.screen.shows_data):
        here.screen.say(f"Nothing was changed. `--yes` takes {wording.many(count, 'tag')} away.")
        return False
    return click.confirm(f"Take {wording.many(count, 'tag')} away?")


def _remove(here: Session, only: str, going: list[Tagged]) -> int:
    from heliograph import wording
    from heliograph.desk.untagging import untag

    done, troubles = 0, list[str]()
    for tag, trouble in untag(here.desk, only, going):
        done += not trouble
        if trouble:
            troubles.append(f"{tag.raw} on {tag.title or tag.post_id}: {trouble}")
    for sentence in troubles:
        here.screen.warn(sentence, "Trouble: ")
    left = len(going) - done
    rest = f"; {left:,} could not be: run it again" if left else ""
    here.screen.put(f"{wording.many(done, 'tag')} taken away{rest}.")
    if here.interrupts.number:
        return of_signal(here.interrupts.number)
    return Exit.PARTLY if left else Exit.DONE


tags.chapters = {"Verbs": ("remove",)}
tags.examples = remove.examples
tags.add_command(remove)
VERBS = (missing, tags)
