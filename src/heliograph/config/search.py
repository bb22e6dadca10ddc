"""Which settings file counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from heliograph.errors import Mistake

NAME = "heliograph.toml"
VARIABLE = "HELIOGRAPH_CONFIG"


def find(explicit: Path | None, env: Mapping[str, str], start: Path) -> Path | None:
    """The settings file: the one named, else HELIOGRAPH_CONFIG, else in `start` or above it, else the user's own.

    A folder stands for the `heliograph.toml` in it. `None` where there is none.

    Raises:
        Mistake: a file was named and is not there.
    """
    if explicit is not None:
        return _named(explicit, "")
    if env.get(VARIABLE):
        return _named(Path(env[VARIABLE]), f" named by {VARIABLE}")
    folders = (start.absolute(), *start.absolute().parents, user_folder())
    return next((folder / NAME for folder in folders if _is_file(folder / NAME)), None)


def user_folder() -> Path:
    """Where the user's own settings file is looked for, beside no library."""
    return user_config_path("heliograph", appauthor=False)


def state_folder(path: Path) -> Path:
    """Where ledger, cache and logs live unless the settings say otherwise."""
    if path.parent == user_folder():
        return user_data_path("heliograph", appauthor=False)
    return path.parent / ".heliograph"


def _named(path: Path, how: str) -> Path:
    path = path.expanduser().absolute()
    path = path / NAME if path.is_dir() else path
    if not _is_file(path):
        message = f"The settings file {path}{how} is not there. Correct the path, or make one with `helio init`."
        raise Mistake(message)
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
