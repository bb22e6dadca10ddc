"""A made-up library for a rehearsal: its stand-in is started with a world, and may be written into."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from heliograph import config
from heliograph.desk.making import Kind, library_kind
from heliograph.desk.standing_in import StandIn
from heliograph.errors import Mistake

MOST = 1_000
"""Photos of a generated world: each is drawn."""
FOLDER = "library"
"""Of the stand-in's state, below the rehearsal's."""
_SAYS = "library.txt"
"""Which world the rehearsals so far were about."""
_HELD = "world.json"
"""The database in the stand-in's folder."""
_ITS_OWN = ("url", "login", "password", "path_map", "incoming", "other_database")
"""Settings of a library that say where it is, and nothing of how it is read."""
_ITS_NAMES = ("root", "update_flag", "metadata_flag", "delete_flag", "errors", "albums", "groups", "columns")
"""Settings that name what is in it; a world that was generated has the usual names."""


@dataclass(frozen=True, slots=True)
class World:
    """A library that is not the owner's."""

    count: int = 0
    """Photos to be generated; 0 where there is a file."""
    file: Path | None = None
    """A database of the stand-in."""

    def __str__(self) -> str:
        return str(self.file) if self.file else f"{self.count} made-up photos"

    def words(self, folder: Path, platforms: Sequence[str]) -> tuple[str, ...]:
        """Further words of the stand-in's command; none where it goes on with what `folder` holds."""
        if (folder / _HELD).exists():
            return ()
        if self.file:
            return ("--world", str(self.file))
        named = tuple(word for name in platforms for word in ("--unpublished", name))
        # A master and its versions are one photo of several files.
        return ("--generate", str(self.count), "--pictures", str(3 * self.count), *named)


def asked_for(words: str) -> World | None:
    """What was asked for, a number or a file; `None` where nothing was.

    Raises:
        Mistake: it is neither.
    """
    if not words:
        return None
    if words.isdecimal() and 0 < int(words) <= MOST:
        return World(int(words))
    file = Path(words).expanduser()
    file = file / _HELD if file.is_dir() else file
    if file.is_file():
        return World(file=file.resolve())
    message = (
        f"--world takes a number of photos, such as 40 and at most {MOST:,}, or the {_HELD} of an IMatch stand-in; "
        f"{words} is neither. Nothing was rehearsed."
    )
    raise Mistake(message)


def check_same(folder: Path, world: World | None) -> None:
    """Nothing, where rehearsals in `folder` were about this library so far, or about none.

    Raises:
        Mistake: they were about another one, which must not be taken for this.
    """
    says, now = folder / _SAYS, str(world or "")
    if says.exists() or any(folder.glob("ledger.sqlite*")):
        before = says.read_text(encoding="utf-8") if says.exists() else ""
        if before != now:
            message = (
                f"Rehearsals in {folder} were about {before or 'your own library'} so far, and this one is about "
                f"{now or 'your own library'}. Begin anew with --fresh, or go on with "
                f"{f'--world {_shown(before)}' if before else 'your own library, without --world'}."
            )
            raise Mistake(message)


def remember(folder: Path, world: World) -> None:
    """From now on rehearsals in `folder` are about this library."""
    (folder / _SAYS).write_text(str(world), encoding="utf-8")


def kind_of(settings: config.Settings) -> Kind:
    """How the library is made, where there is a stand-in for it.

    Raises:
        Mistake: there is none.
    """
    kind = library_kind(settings)
    if not kind.stand_in:
        message = (
            f"--world plays an IMatch, and [library] in {settings.path} is of the kind {settings.library.kind}. "
            "Nothing was rehearsed; without --world your own photos are."
        )
        raise Mistake(message)
    return kind


def moved(settings: config.Settings, world: World, stand_in: StandIn) -> config.Settings:
    """The settings with the stand-in for a library, which is read as the owner's would be."""
    given = dict(settings.library.options)
    for name in (*_ITS_OWN, *(() if world.file else _ITS_NAMES)):
        given.pop(name, None)
    given |= {"url": stand_in.url, "login": stand_in.told["login"], "path_map": json.loads(stand_in.told["folders"])}
    return replace(settings, library=replace(settings.library, options=given))


def _shown(before: str) -> str:
    return before.partition(" ")[0] if before.endswith(" made-up photos") else before
