"""The command and its verbs; every verb imports what it needs when it is called."""

from __future__ import annotations

import click

from heliograph.cli import (
    acting,
    adopting,
    conflicts,
    imatch,
    importing,
    rehearsing,
    scheduling,
    serving,
    signing_in,
    site,
    starting,
    telling,
    tidying,
    watching,
)
from heliograph.cli.options import Helio, shared, version_option


@click.group("helio", cls=Helio, context_settings={"help_option_names": ["-h", "--help"]})
@version_option
@shared
def helio() -> None:
    """Keeps a photo library and the places it is published in step, and publishes every photo exactly once.

    The settings are the nearest heliograph.toml, here or in a folder above; `helio init` writes one.
    """


VERBS = (
    *starting.VERBS,
    *importing.VERBS,
    *signing_in.VERBS,
    *imatch.VERBS,
    *acting.VERBS,
    *adopting.VERBS,
    *conflicts.VERBS,
    *rehearsing.VERBS,
    *serving.VERBS,
    *watching.VERBS,
    *scheduling.VERBS,
    *site.VERBS,
    *tidying.VERBS,
    *telling.VERBS,
)

helio.examples = (
    "helio demo # a story with photos drawn for it, nothing to set up",
    "helio init ~/Pictures # write heliograph.toml for your photos",
    "helio plan # what would happen",
    "helio rehearse # let it happen on this computer first",
    "helio apply # do what was shown",
    "helio where IMG_2024 # where is this photo published?",
)
helio.chapters = {
    "To begin": ("demo", "init", "import", "signin", "signout", "imatch", "doctor", "completion"),
    "To publish": (
        *("scan", "adopt", "plan", "rehearse", "apply", "sync", "answer", "conflicts"),
        *("watch", "schedule", "serve", "site", "tags"),
    ),
    "To look": ("status", "where", "missing", "duplicates", "explain", "history"),
}
for verb in VERBS:
    helio.add_command(verb)
