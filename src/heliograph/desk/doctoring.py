"""The verb `doctor`: is everything in place? Each check is a sentence, each trouble names what to do."""

from __future__ import annotations

import os
import platform as machine
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from heliograph import config
from heliograph.desk import Desk
from heliograph.errors import HeliographError
from heliograph.ports import Caution, Library, Platform

ROOM_BYTES = 500_000_000
"""Less room than this on the disk of the ledger is worth a warning."""

LIBRARIES = ("exiv2", "pyvips", "pyvips-binary", "SQLAlchemy", "httpx2")


class Health(StrEnum):
    """How a check ended."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    health: Health
    sentence: str


def checks(desk: Desk) -> Iterator[Check]:
    """Looks at everything that has to be in place; nothing it finds stops the next check."""
    settings = desk.settings
    yield from program()
    for note in settings.notes:
        yield Check("settings", Health.WARN, note)
    yield Check("settings", Health.GOOD, f"{settings.path} is understood")
    given = settings.library.options.get("folder")
    if given is not None:
        yield folder("library", config.absolute(str(given), settings.path))
    yield from library(lambda: desk.library)
    yield state(settings.state)
    sound = f"{settings.state / 'ledger.sqlite'} is sound"
    yield tried("ledger", sound, lambda: desk.ledger.trouble())  # noqa: PLW0108 - opened within
    yield from _platforms(desk)
    yield Check("secrets", Health.GOOD, config.Vault(settings.state, os.environ).place())


def _platforms(desk: Desk) -> Iterator[Check]:
    try:
        found = desk.places
    except HeliographError as trouble:
        yield Check("platforms", Health.BAD, trouble.sentence)
        return
    for name, place in found.items():
        yield from platform(name, place.platform)


def program() -> Iterator[Check]:
    """The program and what it stands on."""
    from importlib import metadata

    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    here = f"heliograph {metadata.version('heliograph')}, Python {machine.python_version()}, {sys.platform}"
    yield Check("program", Health.GOOD, here)
    yield Check("libraries", Health.GOOD, versions)
    tool = shutil.which("exiftool")
    yield Check("exiftool", Health.GOOD, f"found: {tool}" if tool else "not installed; not needed")


def folder(name: str, path: Path) -> Check:
    """A folder that pictures are read from."""
    try:
        count = sum(1 for _ in path.iterdir())
    except OSError as trouble:
        return Check(name, Health.BAD, f"{path} cannot be read ({trouble.strerror}); is its disk there?")
    if not count:
        return Check(name, Health.WARN, f"{path} is empty; is its disk there?")
    return Check(name, Health.GOOD, f"{path} is there")


def library(door: Callable[[], Library]) -> Iterator[Check]:
    """What the library tells of itself; of a folder there is nothing more to tell."""
    try:
        for sentence in getattr(door(), "about", tuple)():
            yield _told("library", sentence)
    except HeliographError as trouble:
        yield Check("library", Health.BAD, trouble.sentence)


def state(path: Path) -> Check:
    """The folder of ledger, plans and renditions."""
    nearest = next((parent for parent in (path, *path.parents) if parent.exists()), path)
    free = shutil.disk_usage(nearest).free
    if free < ROOM_BYTES:
        return Check("room", Health.WARN, f"only {free // 1_000_000} MB are free on the disk of {path}")
    return Check("room", Health.GOOD, f"{free // 1_000_000_000} GB are free on the disk of {path}")


def tried(name: str, good: str, attempt: Callable[[], str]) -> Check:
    """Something that either works or says why not; `attempt` answers with what is wrong, or nothing."""
    try:
        wrong = attempt()
    except HeliographError as trouble:
        wrong = trouble.sentence
    return Check(name, Health.BAD, wrong) if wrong else Check(name, Health.GOOD, good)


def platform(name: str, door: Platform) -> Iterator[Check]:
    """Whether a platform can be looked at, and what there is to tell of it.

    Where calls are counted, what it tells of itself has to do: a look at everything would cost many.
    """
    try:
        told = door.about()
        whole = door.limits.calls_per_h is not None or door.survey(None).looked
    except HeliographError as trouble:
        yield Check(name, Health.BAD, trouble.sentence.removeprefix(f"{name}: "))
        return
    if not whole:
        yield Check(name, Health.BAD, f"{name} could not be looked at whole")
        return
    for sentence in told or (f"{name} can be looked at",):
        yield _told(name, sentence)


def _told(name: str, sentence: str) -> Check:
    return Check(name, Health.WARN if isinstance(sentence, Caution) else Health.GOOD, str(sentence))
