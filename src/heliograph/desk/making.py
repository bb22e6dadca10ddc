"""The only place that builds libraries and platforms from settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from heliograph import config, wanted
from heliograph.errors import Mistake
from heliograph.libraries import folder
from heliograph.platforms import site
from heliograph.policy import Direction, PlatformPolicy
from heliograph.ports import Clock, Library, Platform

LIBRARIES: Mapping[str, Any] = {"folder": folder}
PLATFORMS: Mapping[str, Any] = {"site": site}


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
    module = _module(LIBRARIES, ours.kind, "library", settings.path)
    options = config.options(module.Options, ours.options, "library", settings.path)
    made: Library = module.make(ours.name, options, settings.state / "renditions", clock)
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
        module = _module(PLATFORMS, policy.kind, section, settings.path)
        platform: Platform = module.make(
            policy.name, config.options(module.Options, item.options, section, settings.path)
        )
        if policy.direction == Direction.BOTH and not platform.limits.two_way:
            fix = 'is only published to; write direction = "publish"'
            message = f"{settings.path}: [{section}] direction: {policy.kind} {fix}"
            raise Mistake(message)
        filled = wanted.with_defaults(policy, platform.captions, platform.picture)
        wanted.check(filled)
        found[policy.name] = Place(platform, filled)
    return found


def _module(kinds: Mapping[str, Any], kind: str, section: str, path: Path) -> Any:
    if kind in kinds:
        return kinds[kind]
    near = get_close_matches(kind, kinds, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    message = f"{path}: [{section}] kind: {kind!r} is not known{hint} Known are: {', '.join(kinds)}."
    raise Mistake(message)
