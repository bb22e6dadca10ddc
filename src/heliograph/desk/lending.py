"""What the application variables of IMatch to Socials say, for the settings that are silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from heliograph import config
from heliograph.errors import Busy, Mistake, Refused, SignInNeeded
from heliograph.libraries import imatch
from heliograph.libraries.imatch import variables
from heliograph.libraries.imatch.client import Client, unavailable
from heliograph.libraries.imatch.variables import Variable
from heliograph.platforms.fediverse.account import server_of
from heliograph.platforms.fediverse.software import dialect_of
from heliograph.platforms.flickr.audience import PRIVATE, audience
from heliograph.ports import Clock

FLICKR = "flickr"

Held = Mapping[str, Variable]


@dataclass(frozen=True, slots=True)
class Show:
    """Who is to see new posts, in the platform's own word."""

    word: str
    """Empty where IMatch says nothing."""
    doubt: str = ""
    """Why the word is the narrowest that there is, as a sentence."""


def lent(settings: config.Settings, clock: Clock) -> tuple[config.Settings, str]:
    """The settings with what they lack, and why nothing may be published now; empty where nothing speaks against it.

    Raises:
        LibraryUnavailable: IMatch cannot be asked.
        Mistake: what it says cannot be used.
    """
    ours = settings.library
    options = config.options(imatch.Options, ours.options, "library", settings.path)
    if not options.variables:
        return settings, ""
    names = [variables.TESTING, *(name for item in settings.platforms for name in _lacking(item))]
    try:
        with closing(Client(options, clock)) as client:
            held = variables.read(client, names)
    except (Busy, Refused, SignInNeeded) as error:
        raise unavailable(error, options.url) from error
    platforms = tuple(_completed(item, held) for item in settings.platforms)
    return replace(settings, platforms=platforms), held_back(held[variables.TESTING])


def show(platform: str, held: Held) -> Show:
    """What IMatch says of who is to see new posts. What cannot be understood never shows more than was meant."""
    if platform != FLICKR:
        return _visibility(platform, held[variables.visibility(platform)])
    flags = [held[name] for name in variables.PRIVACY]
    strange = next((one for one in flags if one.value and one.truth is None), None)
    if strange is not None:
        return Show(PRIVATE, f"{strange.name} holds “{strange.shown}”, which is neither yes nor no.")
    if not any(one.value for one in flags):
        return Show("")
    told = [str(int(one.truth is True)) for one in flags]
    return Show(audience(dict(zip(("ispublic", "isfriend", "isfamily"), told, strict=True))))


def address(platform: str, held: Held) -> str:
    """The server's address, as the settings take it; empty where IMatch says nothing."""
    told = held[variables.url(platform)].value
    return server_of(told if "://" in told else f"https://{told}") if told else ""


def held_back(testing: Variable) -> str:
    """Why nothing is published while the testing flag says so, or says what nobody understands."""
    if not testing.value or testing.truth is False:
        return ""
    if testing.truth is None:
        return (
            f"The application variable {testing.name} in IMatch holds “{testing.shown}”, which is neither on nor off, "
            "so nothing was published: this was a plan only. Write 1 or 0 there."
        )
    return (
        f"The application variable {testing.name} is on in IMatch, so nothing was published: this was a plan only. "
        "Write 0 there to publish, or try everything on this computer first with `helio rehearse`."
    )


def _visibility(platform: str, told: Variable) -> Show:
    words = dialect_of("", "", platform).visibilities
    word = told.value.lower()
    if not word or word in words:
        return Show(word)
    known = ", ".join(words)
    return Show("private", f"{told.name} holds “{told.shown}”, and {platform} only knows {known}.")


def _lacking(item: config.PlatformSettings) -> Iterator[str]:
    """The variables that may say what the settings of a platform do not."""
    name = item.policy.name.lower()
    if item.policy.kind.lower() != name or name not in {FLICKR, *variables.FEDIVERSE}:
        return
    if name != FLICKR and not item.options.get("url"):
        yield variables.url(name)
    if not item.policy.audience.show:
        yield from variables.PRIVACY if name == FLICKR else (variables.visibility(name),)


def _completed(item: config.PlatformSettings, held: Held) -> config.PlatformSettings:
    name, lacking = item.policy.name.lower(), set(_lacking(item))
    if not lacking:
        return item
    policy, options = item.policy, item.options
    if name != FLICKR and variables.url(name) in lacking and (found := address(name, held)):
        options = {**options, "url": found}
    if not policy.audience.show:
        told = show(name, held)
        if told.doubt:
            fix = f"Correct it in IMatch, or set audience.show in [platforms.{policy.name}]. Nothing was done."
            message = f"{told.doubt} {fix}"
            raise Mistake(message)
        policy = replace(policy, audience=replace(policy.audience, show=told.word))
    return replace(item, policy=policy, options=options)
