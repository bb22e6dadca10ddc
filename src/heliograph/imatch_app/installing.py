"""Puts the app into IMatch's folder for user apps, and takes out what was put there and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import jinja2

from heliograph import __version__
from heliograph.errors import Mistake
from heliograph.imatch_app.starting import Starter

GUID = "865F98E6-9D24-4F19-83D7-D5737F3BCE09"
"""IMatch tells apps apart by it; no other app has it."""
FOLDER = "heliograph"
MANIFEST = "installed.json"
"""In the app's folder: what was put there, by digest."""
_VENDOR = "photools.com"
_USER = ("webroot", "user")
_PAGE = "index.html"
_ASSETS = ("app.css", "app.js", "icon.png", "icon.svg")


def apps_folder(given: Path | None, env: Mapping[str, str]) -> Path:
    r"""Where IMatch looks for apps of its user: the folder that was named, or the one that IMatch made.

    Source: photools.com's pages on apps name `C:\ProgramData\photools.com\imatch6\webroot\user`, read 2026-11.

    Raises:
        Mistake: it is not there, or there are several.
    """
    if given is not None:
        return _named(given)
    home = Path(env.get("PROGRAMDATA") or env.get("ALLUSERSPROFILE") or "C:\\ProgramData")
    found = sorted(path for path in (home / _VENDOR).glob("imatch*/webroot/user") if path.is_dir())
    if len(found) == 1:
        return found[0]
    where = home / _VENDOR / Path("imatch6", *_USER)
    what = "several: " + ", ".join(map(str, found)) if found else f"none; it is usually {where}"
    message = (
        f"IMatch's folder for user apps was looked for, and there is {what}. Nothing was written. Name it with --path."
    )
    raise Mistake(message)


def install(apps: Path, start: Starter) -> Path:
    """The app's folder, with everything in it as it is now. An older one of ours is replaced.

    Raises:
        Mistake: something else is there, or it cannot be written; nothing of others was touched.
    """
    folder = apps / FOLDER
    ours = dict(_files(start))
    _check_ours(folder)
    try:
        before = _installed(folder)
        folder.mkdir(exist_ok=True)
        strange = [name for name in ours if (folder / name).exists() and name not in before]
        if strange:
            message = f"{folder / strange[0]} is there and is not ours, so nothing was written. Move it away."
            raise Mistake(message)
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in ours.items()}
        known = json.dumps({"app": GUID, "files": {**before, **digests}}, indent=1).encode("ascii")
        for name, data in ((MANIFEST, known), *ours.items()):
            fresh = folder / f".{name}.new"
            fresh.write_bytes(data)
            fresh.replace(folder / name)
    except OSError as trouble:
        message = (
            f"{folder} cannot be written ({trouble.strerror}). IMatch's folders may belong to an administrator: "
            "run this in a terminal that was opened as one."
        )
        raise Mistake(message) from trouble
    return folder


def uninstall(apps: Path) -> tuple[Path, ...]:
    """What was left in the app's folder, because it was not put there by `install` or was changed since.

    Raises:
        Mistake: the app is not there, or cannot be taken out.
    """
    folder = apps / FOLDER
    _check_ours(folder)
    before = _installed(folder)
    if not before:
        message = f"The app is not in {apps}. Nothing was removed."
        raise Mistake(message)
    try:
        for name, digest in before.items():
            path = folder / name
            if path.is_file() and not path.is_symlink() and _digest(path) == digest:
                path.unlink()
        left = tuple(sorted(path for path in folder.iterdir() if path.name != MANIFEST))
        (folder / MANIFEST).unlink()
        if not left:
            folder.rmdir()
    except OSError as trouble:
        message = f"{folder} cannot be emptied ({trouble.strerror}). Close IMatch, and run this again."
        raise Mistake(message) from trouble
    return left


def _named(given: Path) -> Path:
    """The folder that was named, or the one below it if it is IMatch's web root."""
    folder = given.expanduser().absolute()
    if folder.name == _USER[0] and (folder / _USER[1]).is_dir():
        folder /= _USER[1]
    if folder.is_dir():
        return folder
    message = (
        f"The folder {folder} is not there, so nothing was written. Name IMatch's folder webroot/user with --path."
    )
    raise Mistake(message)


def _files(start: Starter) -> Iterator[tuple[str, bytes]]:
    assets = files("heliograph.imatch_app") / "assets"
    yield "app.json", json.dumps(_description(), indent=2).encode("ascii")
    env = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    page = env.from_string((assets / _PAGE).read_text(encoding="utf-8"))
    yield _PAGE, page.render(start=asdict(start), version=__version__).encode("utf-8")
    for name in _ASSETS:
        yield name, (assets / name).read_bytes()


def _description() -> dict[str, object]:
    """Keys as IMatch has them. Source: photools.com's page on app.json, read 2026-11."""
    words = "Publishes what your categories say, exactly once: look at the plan, then apply it."
    return {
        "type": "app",
        "id": GUID,
        "version": __version__,
        "author": ["The heliograph authors"],
        "name": {"": "heliograph"},
        "description": {"": words},
        "defaultDocument": _PAGE,
        "icon": {"": "icon.png"},
        "runAs": "",
        "windowSizing": {"sizing": "both", "width": 900, "height": 800},
    }


def _check_ours(folder: Path) -> None:
    """Nothing of another app is written over or removed, and no link is followed."""
    if folder.is_symlink():
        message = f"{folder} is a link to another place, so it was left as it is. Remove the link and run this again."
        raise Mistake(message)
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is a file, so nothing was written. Move it away and run this again."
        raise Mistake(message)
    if folder.is_dir() and any(folder.iterdir()) and not _installed(folder):
        message = f"{folder} holds something that was not put there by heliograph, so it was left as it is."
        raise Mistake(message)


def _installed(folder: Path) -> dict[str, str]:
    """Name -> digest of what was put there; only names, never paths."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = {str(name): str(digest) for name, digest in told["files"].items()} if told["app"] == GUID else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {name: digest for name, digest in known.items() if Path(name).name == name and name not in {"", ".", ".."}}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
