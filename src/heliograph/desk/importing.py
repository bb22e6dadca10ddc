"""Moving over from IMatch to Socials: its application variables become settings and secrets of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from heliograph import config
from heliograph.desk import signing_in
from heliograph.desk.lending import FLICKR, Held
from heliograph.desk.making import entrances
from heliograph.desk.translating import Found, Row, translated
from heliograph.errors import Busy, HeliographError, LibraryUnavailable, Mistake, Refused, SignInNeeded
from heliograph.libraries import imatch
from heliograph.libraries.imatch import variables
from heliograph.libraries.imatch.client import Client
from heliograph.libraries.imatch.tree import gathered
from heliograph.ports import Clock, Stop

_PASSWORD = "HELIOGRAPH_LIBRARY__PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class Looked:
    """What IMatch holds, and what would become of it. Nothing was written or tried for it."""

    path: Path
    """Where the settings are to be written."""
    text: str
    """Of the settings."""
    rows: tuple[Row, ...]
    doubts: tuple[str, ...]
    next_steps: tuple[str, ...]
    """What is left to do once it was moved."""
    held: Held = field(repr=False)


def look(path: Path, url: str, login: str, clock: Clock) -> Looked:
    """Reads the variables of the IMatch at `url`, and puts into words what becomes of them.

    Raises:
        Mistake: nothing of IMatch to Socials is in IMatch.
        LibraryUnavailable: IMatch cannot be asked.
    """
    found = _found(url, login, clock)
    made = translated(found, url, login)
    steps = tuple(_steps(found, made.imported))
    return Looked(path, made.imported.text(), made.rows, found.doubts, steps, found.held)


def check_room(path: Path, *, force: bool) -> None:
    """Nothing, where settings may be written; with `force` those that are there make room.

    Raises:
        Mistake: there are settings already.
    """
    if path.exists() and not force:
        message = (
            f"{path} is there already and was left as it was. Look with --dry-run at what would stand in it, name "
            "another file with --config, or write over it with --force: the old one is kept beside it."
        )
        raise Mistake(message)


def move(looked: Looked, clock: Clock, *, force: bool = False, stop: Stop = lambda: False) -> tuple[str, ...]:
    """Writes the settings, moves secrets into the vault, and says of each in a sentence what became of it.

    Raises:
        Mistake: there are settings already, or they cannot be written; what was there is as it was.
    """
    check_room(looked.path, force=force)
    settings, said = written(looked.path, looked.text)
    return (said, *_secrets(settings, looked.held, clock, stop))


# --- looking ----------------------------------------------------------------------------------------------------------


def _found(url: str, login: str, clock: Clock) -> Found:
    options = imatch.Options(url=url, login=login, password=os.environ.get(_PASSWORD, ""))
    try:
        with closing(Client(options, clock)) as client:
            held = variables.read(client, variables.NAMES)
            categories, doubts = _categories(client, options)
    except Busy as error:
        message = (
            f"IMatch cannot be asked at {url}: {error.sentence} Nothing was written. Is IMatch running, with the "
            "database open and no dialog waiting? Otherwise name its address with --url."
        )
        raise LibraryUnavailable(message) from error
    except SignInNeeded as error:
        message = (
            f"IMatch at {url} does not let us in. Nothing was written. Name the user with --login; where it is "
            f"IMatch Anywhere, give the password as {_PASSWORD}."
        )
        raise LibraryUnavailable(message) from error
    if not any(one.value for one in held.values()) and not categories:
        message = (
            f"The IMatch at {url} holds nothing of IMatch to Socials: none of its application variables, and no "
            "platform below the category Socials. Nothing was written. Is the right database open, and is it the right "
            "Windows user? To begin anew, write the settings by hand; docs/reference/imatch.md shows them."
        )
        raise Mistake(message)
    doubts += [one.doubt for one in held.values() if one.doubt]
    return Found(held, categories, tuple(doubts))


def _categories(client: Client, options: imatch.Options) -> tuple[dict[str, int], list[str]]:
    """Platform -> photos in its category; what could not be found out is said and stops nothing."""
    try:
        tree = gathered(client, options)
    except (LibraryUnavailable, Refused) as error:
        return {}, [error.sentence]
    return {name.lower(): len(set(branch.gathered)) for name, branch in tree.platforms.items()}, list(tree.doubts)


# --- writing ----------------------------------------------------------------------------------------------------------


def written(path: Path, text: str) -> tuple[config.Settings, str]:
    """The settings, read back and checked, and a sentence about them.

    Raises:
        Mistake: they cannot be written, or not be used; what was there before is there again.
    """
    before = _unused(path.with_name(f"{path.name}.before"))
    there = path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if there:
            path.replace(before)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as trouble:
        if there and not path.exists():
            before.replace(path)
        message = f"{path} could not be written ({trouble.strerror}). Name a file that can be, with --config."
        raise Mistake(message) from trouble
    try:
        settings = config.load(path, {})
    except Mistake:
        path.unlink(missing_ok=True)
        if there:
            before.replace(path)
        raise
    kept = f" The old settings are kept as {before}." if there else ""
    return settings, f"{path} is written.{kept}"


def _unused(path: Path) -> Path:
    """The name, with a number behind it where an earlier import left settings of the owner's under it."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(name for name in chain([path], numbered) if not name.exists())


def _secrets(settings: config.Settings, held: Held, clock: Clock, stop: Stop) -> Iterator[str]:
    """Moves them, and says of each what became of it. A trouble of one does not keep the others from being moved."""
    doors = entrances(settings)
    given = {"key": held[variables.KEY].value, "secret": held[variables.SECRET].value}
    if FLICKR in doors:
        yield from _kept(settings, doors[FLICKR], {name: value for name, value in given.items() if value})
    for name in variables.FEDIVERSE:
        token = held[variables.token(name)].value
        if token and name in doors:
            yield from _tried(settings, doors[name], token, clock, stop)


def _kept(settings: config.Settings, door: signing_in.Entrance, given: Mapping[str, str]) -> Iterator[str]:
    try:
        yield from signing_in.keep(settings, door, given)
    except HeliographError as trouble:
        yield trouble.sentence


def _tried(settings: config.Settings, door: signing_in.Entrance, token: str, clock: Clock, stop: Stop) -> Iterator[str]:
    """Where the server cannot be asked now, the token is kept untried."""
    try:
        done = signing_in.sign_in(settings, door, _Nobody(), {"token": token}, clock, stop=stop)
    except Busy as trouble:
        yield f"The token of {door.name} could not be tried: {trouble.sentence} It is kept; `helio doctor` tries it."
        yield from _kept(settings, door, {"token": token})
    except SignInNeeded:
        yield (
            f"{door.name} does not accept the token from IMatch any more, so it was not kept. Sign in with "
            f"`helio signin {door.name}`."
        )
    except HeliographError as trouble:
        yield f"The token of {door.name} was not kept. {trouble.sentence}"
    else:
        yield f"The token from IMatch works: signed in to {done.platform} as {done.who}."
        yield done.kept


class _Nobody:
    """Implements `ports.Ask` where a token is given, so that nobody has to be asked."""

    def show(self, link: str, sentence: str) -> None:  # noqa: ARG002 - the promise of `ports.Ask`
        """Nobody is there.

        Raises:
            SignInNeeded: always.
        """
        raise SignInNeeded(sentence)

    def code(self, sentence: str) -> str:
        """Nobody is there.

        Raises:
            SignInNeeded: always.
        """
        raise SignInNeeded(sentence)


# --- what is left to do -----------------------------------------------------------------------------------------------


def _steps(found: Found, wanted: config.Imported) -> Iterator[str]:
    names = [one.name for one in wanted.platforms]
    yield "Read the settings: they say what may leave and what stays at home."
    if os.name != "nt":
        yield "Say with path_map in [library] where the folders of the Windows computer are on this one."
        if any(one.folder for one in wanted.platforms):
            yield "Say with folder in [platforms.quantum] where the folder of its site is on this one."
    yield "`helio doctor` looks whether everything is in place."
    missing: Sequence[str] = [one for one in names if one in variables.FEDIVERSE and not _token(found, one)]
    for name in ([FLICKR] if FLICKR in names else []) + list(missing):
        yield f"`helio signin {name}` opens the browser once."
    yield "`helio plan` shows what would happen; it publishes nothing."
    yield "`helio rehearse` lets it happen on this computer first, `helio apply` for real."
    secrets = [one.name for name, one in found.held.items() if one.value and name in variables.SECRETS]
    if secrets:
        yield (
            f"Once all that works, delete {', '.join(secrets)} under Edit > Preferences > Variables in IMatch: every "
            "app there can read them."
        )


def _token(found: Found, name: str) -> str:
    return found.held[variables.token(name)].value
