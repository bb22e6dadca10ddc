"""Albums that folders make, and their names."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

from heliograph.policy import PlatformPolicy, Selection

SETTING = "select.folder_album"
_NAMES = frozenset({"path", "folder"})


def folder_album(where: str, policy: PlatformPolicy) -> str:
    """Name of the album that the folder of a photo makes; empty where it makes none.

    Raises:
        Mistake: the template cannot be used; `check_folder_album` finds the same without a photo.
    """
    select = policy.select
    if not select.folder_albums:
        return ""
    return _name(where.rpartition("/")[0], select.folder_album, select.root_album)


def check_folder_album(select: Selection) -> None:
    """Nothing, where folders can be named so.

    Raises:
        Mistake: they cannot.
    """
    if select.folder_album:
        _check(select.folder_album)


def _check(template: str) -> None:
    from heliograph.caption.template import check_template  # Jinja2 is slow to import, and few verbs name albums

    check_template(SETTING, template, _NAMES)


@lru_cache(maxsize=1 << 14)
def _name(folder: str, template: str, root: str) -> str:
    path = tuple(part for part in folder.split("/") if part)
    written = _written(template, path) if path else root
    return " ".join(normalize("NFC", written).split())


def _written(template: str, path: tuple[str, ...]) -> str:
    if not template:
        return " / ".join(path)
    from heliograph.caption.template import render

    return render(SETTING, template, {"path": path, "folder": path[-1]})
