"""The only place that builds libraries and platforms from settings.

Each kind imports what it needs when it is asked for, so that a folder and a website never wait for Flickr's module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from heliograph import config, wanted
from heliograph.desk.signing_in import Entrance, account, credentials
from heliograph.errors import Mistake
from heliograph.policy import Direction, PlatformPolicy
from heliograph.ports import Account, Budget, Clock, Library, Means, Memory, Platform, SigningIn


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of library or platform is made."""

    options: type[Any]
    """Its own settings."""
    make: Callable[..., Any]
    """Name and options to the thing itself; a library also takes the folder for renditions and the clock, a platform
    that can be signed in to `Means`, any other the clock."""
    sign_in: SigningIn | None = None
    """How accounts of it are opened; `None` where it has none."""
    stand_in: str = ""
    """The module that plays it on this computer; empty where it is a folder on this computer anyway."""
    stand_in_words: tuple[str, ...] = ()
    """More words of its command: as what it plays."""
    stand_in_pages: Mapping[str, str] = field(default_factory=lambda: {"a stranger": "/"})
    """In whose eyes, for people -> the path of a page to look at."""
    rehearsed: Mapping[str, object] = field(default_factory=dict)
    """Its own settings that are different in a rehearsal."""


def _folder() -> Kind:
    from heliograph.libraries import folder

    return Kind(folder.Options, folder.Folder)


def _imatch() -> Kind:
    from heliograph.libraries import imatch

    return Kind(imatch.Options, imatch.IMatch, stand_in="heliograph.standin.imws", stand_in_pages={"its owner": "/"})


def _site() -> Kind:
    from heliograph.platforms import site

    return Kind(site.Options, site.Site, rehearsed={"base_url": "", "publish": {}})


def _markdown() -> Kind:
    from heliograph.platforms.site import markdown

    return Kind(markdown.Options, markdown.Markdown, rehearsed={"base_url": "", "publish": {}})


def _flickr() -> Kind:
    from heliograph.platforms import flickr

    return Kind(
        flickr.Options,
        flickr.Flickr,
        flickr.SIGNING_IN,
        stand_in="heliograph.standin.flickr",
        stand_in_words=("--perms", "delete"),
        stand_in_pages={"a stranger": "/", "its owner": "/?as=owner"},
        rehearsed={"calls_per_s": 1000.0},
    )


def _fediverse(usual: str, profile: str) -> Kind:
    """A server that speaks Mastodon's client API; `usual` is what it is taken for before it was ever asked."""
    from heliograph.platforms import fediverse
    from heliograph.platforms.fediverse.signin import signing_in

    return Kind(
        fediverse.Options,
        partial(fediverse.Fediverse, usual=usual),
        signing_in(usual),
        stand_in="heliograph.standin.fediverse",
        stand_in_words=("--profile", profile),
        stand_in_pages={"a stranger": "/", "its owner": "/?as=owner"},
    )


LIBRARIES: Mapping[str, Callable[[], Kind]] = {"folder": _folder, "imatch": _imatch}
PLATFORMS: Mapping[str, Callable[[], Kind]] = {
    "site": _site,
    "markdown": _markdown,
    "flickr": _flickr,
    "mastodon": partial(_fediverse, "mastodon", "mastodon-4.6"),
    "pixelfed": partial(_fediverse, "pixelfed", "pixelfed-0.12"),
    "gotosocial": partial(_fediverse, "gotosocial", "gotosocial-0.20"),
    "fediverse": partial(_fediverse, "fediverse", "mastodon-4.6"),
}

Counted = Callable[[str, int, int], Budget]
"""What is counted, how many are allowed and in how many seconds, to the budget that every process shares."""

Remembered = Callable[[str], Memory]
"""The platform's name, to the memory of its own that every process shares."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a platform takes us for in place of the account in the vault; nobody counts the calls."""

    account: Account
    credentials: Mapping[str, str]


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
    ours, kind = settings.library, library_kind(settings)
    options = config.options(kind.options, ours.options, "library", settings.path)
    made: Library = kind.make(ours.name, options, settings.renditions or settings.state / "renditions", clock)
    return made


def places(
    settings: config.Settings,
    clock: Clock,
    budget: Counted | None = None,
    guests: Mapping[str, Guest] = MappingProxyType({}),
    remembered: Remembered | None = None,
) -> dict[str, Place]:
    """Name -> platform, in the order of the settings. Where there is a guest, the vault is not asked.

    Raises:
        Mistake: an unknown kind, or options that do not fit it.
    """

    def means(name: str, how: SigningIn) -> Means:
        guest, memory = guests.get(name), remembered(name) if remembered else None
        if guest is not None:
            return Means(clock, guest.account, guest.credentials, memory=memory)
        return Means(clock, account(settings, name, how), credentials(settings, name, how), budget, memory)

    found = {}
    for item in settings.platforms:
        policy = item.policy
        section = f"platforms.{policy.name}"
        kind = platform_kind(settings, item)
        options = config.options(kind.options, item.options, section, settings.path)
        platform = _platform(kind, policy.name, options, clock, partial(means, policy.name))
        _check_audience(policy, platform, f"{settings.path}: [{section}.audience] show")
        if policy.direction != Direction.PUBLISH and not platform.limits.two_way:
            fix = 'is only published to; write direction = "publish"'
            message = f"{settings.path}: [{section}] direction: {policy.kind} {fix}"
            raise Mistake(message)
        filled = wanted.with_defaults(policy, platform.captions, platform.picture, platform.limits.needs)
        wanted.check(policy)
        found[policy.name] = Place(platform, filled)
    return found


def policies(settings: config.Settings) -> tuple[PlatformPolicy, ...]:
    """What the owner wants of each platform, as the settings say it; none of them is made for this.

    Raises:
        Mistake: an unknown kind.
    """
    for item in settings.platforms:
        _known(PLATFORMS, item.policy.kind, f"platforms.{item.policy.name}", settings.path)
    return tuple(item.policy for item in settings.platforms)


def entrances(settings: config.Settings) -> dict[str, Entrance]:
    """Name -> platform that can be signed in to, in the order of the settings; none of them is made for this.

    Raises:
        Mistake: an unknown kind, or options that do not fit it.
    """
    found = {}
    for item in settings.platforms:
        section = f"platforms.{item.policy.name}"
        kind = platform_kind(settings, item)
        if kind.sign_in is not None:
            options = config.options(kind.options, item.options, section, settings.path)
            found[item.policy.name] = Entrance(item.policy.name, options, kind.sign_in)
    return found


def entrance(settings: config.Settings, name: str = "") -> Entrance:
    """The platform to sign in to; without a name the only one that there is.

    Raises:
        Mistake: there is none of that name, or there are none or several.
    """
    found = entrances(settings)
    if name in found:
        return found[name]
    if not name and len(found) == 1:
        return next(iter(found.values()))
    known = f"It can be one of: {', '.join(found)}." if found else "No platform there needs it."
    if name in {item.policy.name for item in settings.platforms}:
        message = f"{name} needs no signing in. {known}"
    elif name:
        message = f"There is no platform {name} in {settings.path}. {known}"
    else:
        message = f"Say where to sign in or out: {settings.path} names {len(found) or 'no'} such platforms. {known}"
    raise Mistake(message)


def library_kind(settings: config.Settings) -> Kind:
    """How the library of the settings is made.

    Raises:
        Mistake: an unknown kind.
    """
    return _known(LIBRARIES, settings.library.kind, "library", settings.path)()


def platform_kind(settings: config.Settings, item: config.PlatformSettings) -> Kind:
    """How a platform of the settings is made.

    Raises:
        Mistake: an unknown kind.
    """
    return _known(PLATFORMS, item.policy.kind, f"platforms.{item.policy.name}", settings.path)()


def _platform(kind: Kind, name: str, options: Any, clock: Clock, means: Callable[[SigningIn], Means]) -> Platform:
    made: Platform = kind.make(name, options, clock if kind.sign_in is None else means(kind.sign_in))
    return made


def _check_audience(policy: PlatformPolicy, platform: Platform, setting: str) -> None:
    audiences = platform.limits.audiences
    if policy.audience.show and policy.audience.show not in audiences:
        alone = "Everybody sees what is there; set it below the platforms that can choose."
        offered = config.nearest(policy.audience.show, audiences) if audiences else alone
        message = f"{setting}: {policy.kind} knows no '{policy.audience.show}'. {offered} Nothing was done."
        raise Mistake(message)


def _known(kinds: Mapping[str, Callable[[], Kind]], kind: str, section: str, path: Path) -> Callable[[], Kind]:
    if kind in kinds:
        return kinds[kind]
    message = f"{path}: [{section}] kind: '{kind}' is not known. {config.nearest(kind, kinds)}"
    raise Mistake(message)
