"""The verbs that put the app into IMatch, and take it out again."""

from __future__ import annotations

import os
from pathlib import Path

import click

from heliograph.cli.exits import Exit
from heliograph.cli.options import Helio, Verb, choices, shared

path_option = click.option(
    "--path",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="IMatch's folder for user apps (webroot/user), where it is not found by itself.",
)


@click.group("imatch", cls=Helio, short_help="The app in IMatch's own window")
@shared
def imatch() -> None:
    """Puts the page of `helio serve` into IMatch, as an app of its own."""


@click.command(
    "install-app",
    cls=Verb,
    short_help="Put the app into IMatch",
    examples=(
        "helio imatch install-app # where IMatch looks for apps",
        "helio imatch install-app --path D:\\webroot\\user # somewhere else",
    ),
)
@path_option
@shared
@click.pass_context
def install_app(ctx: click.Context, path: Path | None) -> int:
    """Puts the app into IMatch's folder for user apps, or a newer one in its place. Restart IMatch afterwards.

    The app starts this helio with these settings, so run it again when either has moved.
    """
    from heliograph.cli.screen import screen
    from heliograph.desk import opening
    from heliograph.imatch_app import apps_folder, install, starter

    page = screen(choices(ctx).loud)
    settings = opening.settings(choices(ctx).config, os.environ, Path.cwd())
    folder = install(apps_folder(path, os.environ), starter(settings.path))
    page.put(f"The app is in {folder}. Restart IMatch: its App Manager lists “heliograph”.")
    return Exit.DONE


@click.command(
    "uninstall-app",
    cls=Verb,
    short_help="Take the app out of IMatch",
    examples=("helio imatch uninstall-app # only what was put there",),
)
@path_option
@shared
@click.pass_context
def uninstall_app(ctx: click.Context, path: Path | None) -> int:
    """Takes the app out of IMatch's folder for user apps: only what `install-app` put there, and was not changed."""
    from heliograph.cli.screen import screen
    from heliograph.imatch_app import apps_folder, uninstall

    page = screen(choices(ctx).loud)
    left = uninstall(apps_folder(path, os.environ))
    page.put("The app was taken out. Restart IMatch." if not left else "The app was taken out, except what is yours:")
    for one in left:
        page.put(str(one), "  ")
    return Exit.DONE


imatch.chapters = {"Verbs": ("install-app", "uninstall-app")}
imatch.examples = (*install_app.examples, *uninstall_app.examples)
for verb in (install_app, uninstall_app):
    imatch.add_command(verb)
VERBS = (imatch,)
