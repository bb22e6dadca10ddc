"""From a settings file to a desk, and from nothing to a settings file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from heliograph import config
from heliograph.errors import Mistake


def settings(explicit: Path | None, env: Mapping[str, str], folder: Path) -> config.Settings:
    """The settings that count in `folder`, whole and checked.

    Raises:
        Mistake: there are none, or everything that is wrong with them, in one message.
    """
    path = config.find(explicit, env, folder)
    if path is None:
        fix = "Make one with `helio init`, or name one with --config."
        message = f"There is no heliograph.toml in {folder} or above it. {fix}"
        raise Mistake(message)
    return config.load(path, env)


def begin(path: Path, library: Path, site: Path) -> config.Settings:
    """A new commented settings file at `path`, read back and checked. Never written over anything.

    Raises:
        Mistake: there is one already, a folder cannot be used, or it cannot be written; nothing was left behind.
    """
    if not library.is_dir():
        message = f"The folder {library} is not there, so no settings were written. Name the folder of your photos."
        raise Mistake(message)
    text = config.starter(library, site)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as trouble:
        message = f"{path} is there already and was left as it is. Edit it, or name another file with --config."
        raise Mistake(message) from trouble
    except OSError as trouble:
        message = f"{path} could not be written ({trouble.strerror}). Run this in a folder that you can write to."
        raise Mistake(message) from trouble
    try:
        return config.load(path, {})
    except Mistake:
        path.unlink(missing_ok=True)
        raise
