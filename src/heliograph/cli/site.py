"""The verbs about the owner's own website: build its pages, look at them, check them, publish them."""

from __future__ import annotations

from collections import Counter

import click

from heliograph.cli.completing import names
from heliograph.cli.exits import Exit, of_signal
from heliograph.cli.options import Helio, Verb, choices, json_option, shared

_LOOK_S = 0.2
SHOWN = 50
"""Findings of a kind that are listed unless all are asked for."""
_site = click.option(
    "--only",
    "--platform",
    "only",
    default="",
    metavar="PLATFORM",
    shell_complete=names,
    help="Which site; else the only one, and for check all of them.",
)


@click.group("site", cls=Helio, short_help="Build, look at, check and publish your website")
@shared
def site() -> None:
    """Your own website, as it lies in its folder on this computer."""


@click.command(
    "build",
    cls=Verb,
    short_help="Make the pages again",
    examples=(
        "helio site build # after you changed the theme",
        "helio site build --only portfolio # of one site among several",
    ),
)
@_site
@json_option
@shared
@click.pass_context
def build(ctx: click.Context, only: str, as_json: bool) -> int:
    """Makes the pages from what is published, without looking at the library. Pages that stay as they are stay.

    What was edited by hand on a gallery site is as it should be afterwards; Markdown pages that you edited stay yours.
    Nothing is published with it: `helio site publish` takes the pages where they go.
    """
    from heliograph.cli.session import session
    from heliograph.desk import documents, sites

    with session(choices(ctx)) as here:
        here.watch.stage("Building the pages")
        built = sites.build(here.desk, only)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("site-build", build=built))
            return Exit.DONE
        here.screen.put(
            f"{built.files:,} files: {len(built.changed):,} new or changed, {len(built.removed):,} removed."
        )
        if built.pending:
            here.screen.put(built.pending)
        for address in sites.first_pages(here.desk, (only,) if only else here.desk.places).values():
            here.screen.address(address)
    return Exit.DONE


@click.command(
    "publish",
    cls=Verb,
    short_help="Take the pages where they go",
    examples=(
        "helio site publish # what changed since it last succeeded",
        "helio site publish --all # everything once more",
    ),
)
@_site
@click.option("--all", "everything", is_flag=True, help="Also what is there already.")
@json_option
@shared
@click.pass_context
def publish(ctx: click.Context, only: str, everything: bool, as_json: bool) -> int:
    """Runs the publish step of the settings now; `helio apply` and `helio sync` do it after they built the pages."""
    from heliograph.cli.session import session
    from heliograph.desk import documents, sites

    with session(choices(ctx)) as here:
        here.watch.stage("Taking the pages where they go")
        changed, removed = sites.deliver(here.desk, only, everything=everything)
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("site-publish", changed=changed, removed=removed))
        elif changed or removed:
            here.screen.put(f"{changed:,} files were taken there, {removed:,} were removed there.")
        else:
            here.screen.put("Everything was there already.")
    return Exit.DONE


@click.command(
    "serve",
    cls=Verb,
    short_help="Look at the site in your browser",
    examples=(
        "helio site serve # on this computer only, until Ctrl-C",
        "helio site serve --port 8000 # at an address that stays the same",
    ),
)
@_site
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="0, or left out: any that is free.")
@json_option
@shared
@click.pass_context
def serve(ctx: click.Context, only: str, port: int, as_json: bool) -> int:
    """Shows the site's folder as a web server would, on this computer only. It shows pages that were built."""
    from heliograph.cli.session import session
    from heliograph.desk import sites
    from heliograph.web.previewing import Preview

    with session(choices(ctx)) as here:
        folder, pending = sites.pages(here.desk, only)
        here.watch.close()
        here.interrupts.working = True
        with Preview(folder, port) as preview:
            if as_json:
                here.screen.document({"address": preview.address}, indent=None)
            else:
                here.screen.address(preview.address)
                here.screen.say(f"{pending} Ctrl-C ends this." if pending else "Ctrl-C ends this.")
            while not here.interrupts.number:
                here.desk.clock.sleep(_LOOK_S)
        return of_signal(here.interrupts.number)


@click.command(
    "check",
    cls=Verb,
    short_help="Look for what is wrong with it",
    examples=(
        "helio site check # broken links, missing words, pages left over, private data",
        "helio site check --anew # look into every picture, also those found in order before",
        "helio site check --json # for a script",
    ),
)
@_site
@click.option("--anew", is_flag=True, help="Look into pictures again that did not change since they were in order.")
@click.option("--all", "everything", is_flag=True, help="List everything that is found, however much it is.")
@json_option
@shared
@click.pass_context
def check(ctx: click.Context, only: str, anew: bool, everything: bool, as_json: bool) -> int:
    """Looks over the site as it lies in its folder, or all of them without --only, and changes nothing.

    It finds links that lead nowhere, pictures without alt text, pages of photos that are not published any more,
    pictures that nobody shows, and data in pictures that may not leave; of Markdown pages also front matter that
    cannot be read or says more than it may, and pages that you edited. It ends with 7 where it finds anything.
    """
    from heliograph.cli.session import session
    from heliograph.desk import documents, sites

    with session(choices(ctx)) as here:
        here.watch.stage("Looking over the site")
        found = list(sites.check(here.desk, only, anew=anew))
        here.watch.close()
        if as_json:
            here.screen.document(documents.document("site-check", findings=found))
        else:
            said = Counter[str]()
            for finding in found:
                said[finding.what] += 1
                if everything or said[finding.what] <= SHOWN:
                    here.screen.put(finding.sentence, f"{finding.what}: ")
            for what, count in said.items():
                if count > SHOWN and not everything:
                    here.screen.put(f"... and {count - SHOWN:,} more of {what}; --all lists them.", "  ")
            wrong = "1 thing is wrong." if len(found) == 1 else f"{len(found):,} things are wrong."
            here.screen.put(wrong if found else "Nothing is wrong.")
    return Exit.TROUBLE_FOUND if found else Exit.DONE


site.chapters = {"Verbs": ("build", "serve", "check", "publish")}
site.examples = (*build.examples[:1], *serve.examples[:1], *check.examples[:1], *publish.examples[:1])
for verb in (build, serve, check, publish):
    site.add_command(verb)
VERBS = (site,)
