"""A desk over worlds in memory, and photos made up for it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk
from heliograph.desk.making import Place
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
    policy = with_defaults(policy or PlatformPolicy("memory", "memory"), platform.captions, platform.picture)
    settings = Settings(folder / "heliograph.toml", folder / "state", LibrarySettings("memory", "memory", {}), ())
    desk = Desk(settings, clock=platform.clock, threads=threads)
    desk._library = library
    desk._places = {platform.name: Place(platform, policy)}
    return desk


__all__ = ["FakeClock", "MemoryLibrary", "MemoryPlatform", "World", "make_desk", "photo"]
