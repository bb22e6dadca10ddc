"""FlickrSync's settings: `config.ini`, whose every section is a profile.

Source: FlickrSync 0.1.1 (2018), read 2026-11: what DEFAULT says holds for every other section, the keys are `api_key`,
`api_secret`, `username`, `directory` and `database`, and `%` begins an interpolation.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from heliograph.config import nearest
from heliograph.errors import Mistake

DEFAULT = configparser.DEFAULTSECT
DATABASE = "~/.flickrsync/flickrsync.db"
_USUAL = "flickr"
_NEEDED = ("api_key", "api_secret", "username", "directory")


@dataclass(frozen=True, slots=True)
class Profile:
    """One account of FlickrSync, and the folder that it was kept in step with."""

    name: str
    """Its section."""
    username: str
    directory: Path
    database: Path
    key: str = field(repr=False)
    secret: str = field(repr=False)
    platform: str = _USUAL
    """The name of its section in our settings."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What FlickrSync took from its command line in place of a profile's own; empty: the profile's."""

    username: str = ""
    directory: str = ""
    database: str = ""

    def over(self, given: Mapping[str, str]) -> dict[str, str]:
        """What a profile says, with these in place of its own."""
        own = {"username": self.username, "directory": self.directory, "database": self.database}
        return {**given, **{name: value for name, value in own.items() if value}}

    def __bool__(self) -> bool:
        return any((self.username, self.directory, self.database))


@dataclass(frozen=True, slots=True)
class Profiles:
    """Those that can be moved, DEFAULT first, and what was odd about the others, in sentences."""

    found: tuple[Profile, ...]
    doubts: tuple[str, ...] = ()


def profiles_in(path: Path, home: Path, only: str = "", overrides: Overrides = Overrides()) -> Profiles:
    """The profiles of the settings in `path`; with `only`, that one. Nothing is looked up on the disk but `path`.

    Raises:
        Mistake: it cannot be read, has no profile of that name, or none that says all that is needed.
    """
    parser = _parsed(path)
    names = [DEFAULT, *parser.sections()]
    if only and only not in names:
        message = f"{path} has no profile {only}. {nearest(only, names)} Nothing was written."
        raise Mistake(message)
    if overrides and not only:
        only = DEFAULT
    found, doubts = list[Profile](), list[str]()
    for name in [only] if only else names:
        given = overrides.over(_values(parser, name))
        lacking = [key for key in _NEEDED if not given.get(key)]
        if not lacking:
            found.append(_profile(name, given, home))
        elif only or name != DEFAULT or len(names) == 1:
            doubts.append(f"The profile {name} is left out, since it lacks {', '.join(lacking)}.")
    if not found:
        message = f"{path} has no profile that can be moved. {' '.join(doubts)} Nothing was written."
        raise Mistake(" ".join(message.split()))
    kept, twice = _apart(found)
    return Profiles(tuple(_named(kept)), (*doubts, *twice))


def _parsed(path: Path) -> configparser.ConfigParser:
    """Errors of the parser quote the line, which may hold a secret: only its number is told."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as trouble:
        message = (
            f"FlickrSync's settings are not there: {path}. Nothing was written. If they are elsewhere, name them with "
            "--ini."
        )
        raise Mistake(message) from trouble
    except OSError as trouble:
        message = f"FlickrSync's settings {path} cannot be read ({trouble.strerror}). Nothing was written."
        raise Mistake(message) from trouble
    except UnicodeDecodeError:
        message = f"FlickrSync's settings {path} are no text in UTF-8. Save them so, and run again."
    except configparser.MissingSectionHeaderError as trouble:
        message = f"{path}, line {trouble.lineno}: a line stands before the first section, such as [DEFAULT]."
    except configparser.ParsingError as trouble:
        lines = ", ".join(str(number) for number, _ in trouble.errors)
        message = f"{path}, line {lines}: this is neither a section nor a key with its value."
    except (configparser.DuplicateSectionError, configparser.DuplicateOptionError) as trouble:
        message = f"{path}, line {trouble.lineno}: a section, or a key within one, stands there twice."
    else:
        return parser
    message = f"{message} Nothing was written."
    raise Mistake(message)


def _values(parser: configparser.ConfigParser, name: str) -> dict[str, str]:
    """With `%(name)s` and `%%` as FlickrSync read them; a single `%`, on which it stopped, is just a sign."""
    given = dict(parser[name])
    return {key: _interpolated(value, given).strip() for key, value in given.items()}


def _interpolated(value: str, given: Mapping[str, str]) -> str:
    def put(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        return given.get(found[1].lower(), found[0])

    return re.sub(r"%%|%\(([^)]+)\)s", put, value)


def _profile(name: str, given: Mapping[str, str], home: Path) -> Profile:
    return Profile(
        name,
        given["username"],
        _absolute(given["directory"], home),
        _absolute(given.get("database") or DATABASE, home),
        given["api_key"],
        given["api_secret"],
    )


def _absolute(text: str, home: Path) -> Path:
    """As FlickrSync: `~` is the home, a relative path begins in the current folder, and `..` is worked out."""
    at_home = text == "~" or text.startswith(("~/", "~\\"))
    return Path(os.path.abspath(home / text[2:] if at_home else os.path.expanduser(text)))  # noqa: PTH100, PTH111


def _apart(found: list[Profile]) -> tuple[list[Profile], list[str]]:
    """Of profiles with one account and one folder, the first stands for all."""
    kept, doubts = dict[tuple[str, str, Path], Profile](), list[str]()
    for profile in found:
        same = kept.setdefault((profile.key, profile.username, profile.directory), profile)
        if same is not profile:
            doubts.append(f"The profile {profile.name} is the same account and folder as {same.name}: one section.")
    return list(kept.values()), doubts


def _named(found: list[Profile]) -> Iterator[Profile]:
    """A profile alone is called `flickr`, as DEFAULT is; names that become the same are told apart by a number."""
    taken = set[str]()
    for profile in found:
        letters = re.sub(r"[^A-Za-z0-9_-]+", "-", profile.name).strip("-_")[:60]
        usual = profile.name == DEFAULT or len(found) == 1 or not letters
        name = _USUAL if usual else letters
        number = 2
        while name.lower() in taken:
            name, number = f"{_USUAL if usual else letters}-{number}", number + 1
        taken.add(name.lower())
        yield replace(profile, platform=name)
