"""A desk over worlds in memory, and photos made up for it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Dialect, Engine

from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk
from heliograph.desk.making import Place
from heliograph.ledger import Ledger, store
from heliograph.model import Facts, Photo, Taken
from heliograph.policy import PlatformPolicy
from heliograph.wanted import with_defaults
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World


def photo(
    name: str, *, pixels: str = "", title: str = "", keywords: tuple[str, ...] = ("Socials|memory",), **facts: object
) -> Photo:
    """A photo whose pixels are named by a word."""
    paths = tuple(sorted(tuple(word.split("|")) for word in keywords))
    said = Facts(title=title or name, keyword_paths=paths, **{"taken": moment(name), **facts})
    digest = hashlib.sha256((pixels or name).encode()).hexdigest()
    return Photo(name, digest, "words", "image/jpeg", 1000, said)


def moment(name: str) -> Taken:
    """A second of its own for each name."""
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 86400
    return Taken(f"2024-05-03T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}")


def make_desk(
    folder: Path,
    library: MemoryLibrary,
    platform: MemoryPlatform,
    *,
    policy: PlatformPolicy | None = None,
    threads: bool = False,
) -> Desk:
    """A desk as after a start of the program: nothing remembered but what the ledger holds."""
    policy = with_defaults(
        policy or PlatformPolicy("memory", "memory"), platform.captions, platform.picture, platform.limits.needs
    )
    settings = Settings(folder / "heliograph.toml", folder / "state", LibrarySettings("memory", "memory", {}), ())
    desk = Desk(settings, clock=platform.clock, threads=threads)
    desk._library = library
    desk._places = {platform.name: Place(platform, policy)}
    return desk


@contextmanager
def quick_ledgers() -> Iterator[None]:
    """Ledgers that survive a killed process, which is all that tests need; only a power cut asks more of the disk."""
    configure, make = store._configure, store.create_engine
    compiled: dict[object, object] = {}
    dialects: list[Dialect] = []

    def quickly(connection: sqlite3.Connection, record: object) -> None:
        configure(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    def alike(*args: object, **options: object) -> Engine:
        """With one dialect for all, so that a statement is compiled once and not once for each ledger."""
        engine = make(*args, **options)
        dialects.append(engine.dialect)
        engine.dialect = engine.pool._dialect = dialects[0]
        del dialects[1:]
        return engine.execution_options(compiled_cache=compiled)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_configure", quickly)
        patch.setattr(store, "create_engine", alike)
        yield


def template_ledger(folder: Path) -> Path:
    """An empty ledger, brought up to date, to be copied instead of made anew."""
    path = folder / "ledger.sqlite"
    Ledger(path, FakeClock()).close()
    return path


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger to copy."""
    return template_ledger(tmp_path_factory.mktemp("ledger"))


__all__ = [
    "FakeClock",
    "MemoryLibrary",
    "MemoryPlatform",
    "World",
    "make_desk",
    "photo",
    "quick_ledgers",
    "template_ledger",
]
