"""The only place that builds libraries and platforms from settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heliograph import config, wanted
from heliograph.errors import Mistake
from heliograph.libraries import folder
from heliograph.platforms import site
from heliograph.policy import Direction, PlatformPolicy
from heliograph.ports import Clock, Library, Platform


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of library or platform is made."""

    options: type[Any]
    """Its own settings."""
    make: Callable[..., Any]
    """Name and options, for a library also the folder for renditions and the clock, to the thing itself."""


LIBRARIES: Mapping[str, Kind] = {"folder": Kind(folder.Options, folder.Folder)}
PLATFORMS: Mapping[str, Kind] = {"site": Kind(site.Options, site.Site)}


@dataclass(frozen=True, slots=True)
class Place:
    """A platform and what the owner wants of it, defaults filled in."""

    platform: Platform
    policy: PlatformPolicy


def library(settings: config.Settings, clock: Clock) -> Library:
    """The library that the settings name.

    Raises:
        Mistake: an unknown kind, or options that do not fit it.
    """
    ours = settings.library
    kind = _kind(LIBRARIES, ours.kind, "library", settings.path)
    options = config.options(kind.options, ours.options, "library", settings.path)
    made: Library = kind.make(ours.name, options, settings.state / "renditions", clock)
    return made


def places(settings: config.Settings) -> dict[str, Place]:
    """Name -> platform, in the order of the settings.

    Raises:
        Mistake: an unknown kind, or options that do not fit it.
    """
    found = {}
    for item in settings.platforms:
        policy = item.policy
        section = f"platforms.{policy.name}"
        kind = _kind(PLATFORMS, policy.kind, section, settings.path)
        options = config.options(kind.options, item.options, section, settings.path)
        platform: Platform = kind.make(policy.name, options)
        if policy.direction == Direction.BOTH and not platform.limits.two_way:
            fix = 'is only published to; write direction = "publish"'
            message = f"{settings.path}: [{section}] direction: {policy.kind} {fix}"
            raise Mistake(message)
        filled = wanted.with_defaults(policy, platform.captions, platform.picture)
        wanted.check(filled)
        found[policy.name] = Place(platform, filled)
    return found


def _kind(kinds: Mapping[str, Kind], kind: str, section: str, path: Path) -> Kind:
    if kind in kinds:
        return kinds[kind]
    message = f"{path}: [{section}] kind: '{kind}' is not known. {config.nearest(kind, kinds)}"
    raise Mistake(message)
