"""The verbs to begin with: demo, init and completion."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heliograph.cli.exits import Exit, of_signal
from heliograph.cli.options import Verb, choices, shared

if TYPE_CHECKING:
    from heliograph.cli.progress import Watch
    from heliograph.cli.screen import Screen
    from heliograph.demo.story import Scene

DEMO_SHOWN = 6
"""Actions of one verb that the demo lists of a plan."""
_DEMO = Path("helio-demo")
SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command(
    "demo",
    cls=Verb,
    short_help="See it work, with photos drawn for it",
    examples=(
        "helio demo # the story in ./helio-demo",
        "helio demo /tmp/light # in a folder of your choice",
        "helio demo --keep-running # and look around in what is on Flickr, Pixelfed and Mastodon",
        "helio demo --look # look around in what an earlier demo published",
    ),
)
@click.argument("folder", type=click.Path(path_type=Path), default=_DEMO)
@click.option("--keep-running", is_flag=True, help="Let the stand-ins run at the end, until you press Enter.")
@click.option("--look", is_flag=True, help="Only show the pages of the demo that was told in FOLDER before.")
@shared
@click.pass_context
def demo(ctx: click.Context, folder: Path, keep_running: bool, look: bool) -> int:
    """Draws sample photos into a new FOLDER, publishes them, and shows what happens then.

    They go to a website in a folder, and to Flickr, a Pixelfed and a Mastodon, which stand-ins on this computer play:
    nothing is published. Everything it writes is in that folder; delete the folder and nothing is left.
    """
    from heliograph.cli.interrupts import Interrupts
    from heliograph.cli.progress import Watch
    from heliograph.cli.screen import screen
    from heliograph.cli.session import caught
    from heliograph.demo.story import Story

    page = screen(choices(ctx).loud)
    with Interrupts() as interrupts, Watch(page, interrupts) as watch, caught():
        story = Story(folder.absolute(), watch, interrupts.stop, keep_running=keep_running)
        with closing(story.look() if look else story.scenes()) as scenes:
            for scene in scenes:
                watch.close()
                _tell(page, watch, scene)
        if interrupts.number:
            page.warn(f"Stopped. Delete {folder} and run `helio demo` again to see the whole story.")
            return of_signal(interrupts.number)
    return Exit.DONE


@click.command(
    "init",
    cls=Verb,
    short_help="Write settings for your photos",
    examples=(
        "helio init ~/Pictures # settings here, for the photos there",
        "helio init ~/Pictures --site ~/website # and the website there",
    ),
)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--site", type=click.Path(path_type=Path), metavar="FOLDER", help="Where the website is to be written.")
@shared
@click.pass_context
def init(ctx: click.Context, folder: Path | None, site: Path | None) -> int:
    """Writes a commented heliograph.toml for the photos in FOLDER, here or where --config says. Never over one.

    Without FOLDER it asks, or, where nobody can answer, takes the current folder.
    """
    from heliograph.cli.screen import screen
    from heliograph.desk import opening

    page, path = screen(choices(ctx).loud), settings_path(choices(ctx).config)
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not path.exists()
    if folder is None:
        folder = Path(click.prompt("Folder of your photos", default=str(Path.cwd()))) if asks else Path.cwd()
    folder = folder.expanduser().absolute()
    if site is None:
        site = _beside(folder, path.parent)
        site = Path(click.prompt("Folder for the website", default=str(site))) if asks else site
    site = site.expanduser().absolute()
    settings = opening.begin(path, folder, site)
    page.put(f"{settings.path} is written. Read it: it says what may leave and what stays at home.")
    page.put(f"Photos: {folder}", "  ")
    page.put(f"Website: {site}", "  ")
    page.put("Give photos the keyword Socials|site, or set everything = true there. Then look at `helio plan`.")
    return Exit.DONE


@click.command(
    "completion",
    cls=Verb,
    short_help="Let your shell complete verbs and photos",
    examples=(
        'eval "$(helio completion bash)" # in ~/.bashrc',
        'eval "$(helio completion zsh)" # in ~/.zshrc',
        "helio completion fish > ~/.config/fish/completions/helio.fish # once",
        "helio completion powershell | Out-String | Invoke-Expression # in $PROFILE",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@shared
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Prints the script that lets SHELL complete verbs, options, platforms and photos."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:  # a shell that this click does not know
        message = f"There is no completion for {shell}."
        raise click.UsageError(message, ctx)
    click.echo(kind(ctx.find_root().command, {}, "helio", "_HELIO_COMPLETE").source())
    return Exit.DONE


VERBS = (demo, init, completion)


def settings_path(given: Path | None) -> Path:
    """Where new settings are written: here, or where `--config` says."""
    if given is None:
        return Path.cwd() / "heliograph.toml"
    given = given.expanduser().absolute()
    return given / "heliograph.toml" if given.is_dir() else given


def _beside(library: Path, home: Path) -> Path:
    """A folder for the website that neither lies in the library nor holds it."""
    if library == home or library in home.parents:
        return library.with_name(f"{library.name}-site")
    return home / "site"


def _tell(page: Screen, watch: Watch, scene: Scene) -> None:
    from rich.text import Text

    from heliograph.cli import plan_page, progress
    from heliograph.demo.story import Happening, Heading, Listed, PlanShown, Said

    match scene:
        case Heading(text):
            page.put()
            page.put(Text(text, "bold cyan"), Text("== ", "cyan"))
            page.put()
        case Said(text):
            page.put(text)
        case Listed(lines):
            for line in lines:
                page.put(line, "  - ")
        case PlanShown(plan, remark, standing):
            plan_page.show(page, plan, plan_page.Style(DEMO_SHOWN, how_to_apply=False, standing=standing))
            if remark:
                page.put()
                page.put(remark)
        case Happening(events):
            before = len(watch.events)
            watch.through(events)
            watch.close()
            progress.told_in_short(page, watch.events[before:])
        case _:
            _tell_the_end(page, watch, scene)


def _tell_the_end(page: Screen, watch: Watch, scene: Scene) -> None:
    from heliograph import wording
    from heliograph.cli.rehearsing import until_enter
    from heliograph.demo.story import LookLater, PageToOpen, Showing

    match scene:
        case PageToOpen(path):
            page.put("Change a photo, then try `helio plan --only site` in that folder. This is the website:")
            page.address(path.as_uri())
        case Showing(pages):
            page.put()
            page.put("This is what a stranger would see:")
            for name, address in pages.items():
                page.put(f"on {name}")
                page.address(address)
            until_enter(page, watch.interrupts, "The stand-ins run until you press Enter here.")
        case LookLater(names, folder):
            where = () if folder == _DEMO.absolute() else (str(folder),)
            page.put()
            page.put(f"Done. What a stranger would see on {', '.join(names[:-1])} and {names[-1]} is shown by:")
            page.address(wording.command("helio", "demo", "--look", *where))
            page.put("Your own photos and settings can be published to stand-ins, too: `helio rehearse`.")
