"""Settings that are not written down here but stand in the application variables of IMatch to Socials.

They are a second source: what the file says always wins. IMatch is asked when the platforms are made, so a verb that
needs none (`history`, `where`) never calls it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from heliograph import config
from heliograph.ports import Clock

KIND = "imatch"


@dataclass(frozen=True, slots=True)
class Borrowed:
    """The settings with what was taken from IMatch."""

    settings: config.Settings
    held_back: str = ""
    """Why nothing may be published now, as a sentence; empty where nothing speaks against it."""


def borrowed(settings: config.Settings, clock: Clock) -> Borrowed:
    """The settings with what they lack, as far as `[library]` says `variables = true`. Asks IMatch only then.

    Raises:
        LibraryUnavailable: IMatch cannot be asked.
        Mistake: what it says cannot be used.
    """
    if settings.library.kind != KIND or not settings.library.options.get("variables"):
        return Borrowed(settings)
    return _lent(settings, clock)


def without(settings: config.Settings) -> config.Settings:
    """The settings as they are, that take nothing from IMatch any more."""
    given = {name: value for name, value in settings.library.options.items() if name != "variables"}
    return replace(settings, library=replace(settings.library, options=given))


def _lent(settings: config.Settings, clock: Clock) -> Borrowed:
    from heliograph.desk.lending import lent  # brings IMatch's and every platform's module along

    return Borrowed(*lent(settings, clock))
