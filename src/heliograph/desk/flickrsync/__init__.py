"""Moving over from FlickrSync: its profiles become settings, its tokens accounts, its signatures are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from heliograph import config
from heliograph.desk import Desk, Listener, signing_in
from heliograph.desk.flickrsync.profiles import DEFAULT, Overrides, Profile, profiles_in
from heliograph.desk.flickrsync.signatures import keep_signatures
from heliograph.desk.importing import check_room, written
from heliograph.desk.making import entrances
from heliograph.desk.translating import Row
from heliograph.digest import SUFFIXES
from heliograph.errors import HeliographError, LibraryUnavailable, Mistake
from heliograph.ledger.foreign import KeptToken, KnownFile, flickrapi_tokens, flickrsync_files, flickrsync_posts
from heliograph.platforms.flickr.signin import Account
from heliograph.ports import Clock, Stop

__all__ = ["Looked", "Overrides", "look", "move"]

TAKEN = ("jpg", "jpeg", "png", "gif")
"""Endings of the names that FlickrSync saw. Source: FlickrSync 0.1.1 (2026-11)."""
DOWNLOADS = "flickrsync"
"""Below the library's folder: where FlickrSync put what it could not match by name and date."""
HIDDEN = "found, not shown"


@dataclass(frozen=True, slots=True)
class Target:
    """One settings file: a library folder, and the accounts that it is kept in step with."""

    path: Path
    profiles: tuple[Profile, ...]

    @property
    def folder(self) -> Path:
        """Of the library."""
        return self.profiles[0].directory

    @property
    def text(self) -> str:
        """Of the settings."""
        others = [suffix for suffix in SUFFIXES if suffix not in TAKEN]
        unseen = tuple(f"*.{ending}" for suffix in others for ending in (suffix, suffix.upper()))
        names = tuple(profile.platform for profile in self.profiles)
        return config.FlickrSyncSettings(str(self.folder), unseen, names, (self.folder / DOWNLOADS).is_dir()).text()


@dataclass(frozen=True, slots=True)
class Looked:
    """What FlickrSync left on this computer, and what would become of it. Nothing was written or asked for it."""

    targets: tuple[Target, ...]
    rows: tuple[Row, ...]
    doubts: tuple[str, ...]
    tokens: Mapping[str, KeptToken] = field(repr=False)
    """Profile -> its token; those without one have to sign in."""
    files: Mapping[str, Sequence[KnownFile]] = field(repr=False)
    """Profile -> what its database knows."""

    @property
    def next_steps(self) -> Iterator[str]:
        """What is left to do once it was moved."""
        yield "Read the settings: they say what may leave and what stays at home."
        for profile in _every(self.targets):
            if profile.name not in self.tokens:
                yield f"`helio signin {profile.platform}` opens the browser once."
        yield "`helio doctor` looks whether everything is in place."
        yield "`helio plan` shows what would happen; it publishes nothing, and recognises what is there."
        yield "`helio apply` does it. FlickrSync itself is not needed any more: do not let both publish."
        for target in self.targets[1:]:
            yield f"For {target.folder}, do the same with --config {target.path}."


def look(path: Path, ini: Path | None, home: Path, only: str, overrides: Overrides) -> Looked:
    """Reads FlickrSync's settings, databases and tokens, and puts into words what becomes of them.

    Args:
        path: where our settings are to be written.
        ini: FlickrSync's settings; `None`: where it has them by itself.
        home: the user's.
        only: a single profile; empty: all.
        overrides: what FlickrSync was told on its command line.

    Raises:
        Mistake: there are no settings of FlickrSync, or they cannot be used.
    """
    source = ini or home / ".flickrsync" / "config.ini"
    found = profiles_in(source, home, only, overrides)
    doubts = list(found.doubts)
    tokens = _tokens(found.found, home, doubts)
    files = {profile.name: _files(profile, doubts) for profile in found.found}
    rows = [row for profile in found.found for row in _rows(profile, tokens, files[profile.name])]
    return Looked(tuple(_targets(found.found, path)), tuple(rows), tuple(doubts), tokens, files)


def move(
    looked: Looked, clock: Clock, listener: Listener | None = None, *, force: bool = False, stop: Stop = lambda: False
) -> Iterator[str]:
    """Writes the settings, keeps the accounts and the signatures, and says of each in a sentence what became of it.

    Raises:
        Mistake: there are settings already, or they cannot be written; what was there is as it was.
    """
    for target in looked.targets:
        check_room(target.path, force=force)
    for target in looked.targets:
        settings, said = written(target.path, target.text)
        yield said
        doors = entrances(settings)
        for profile in target.profiles:
            yield _signed_in(settings, doors[profile.platform], profile, looked.tokens.get(profile.name))
        files = [file for profile in target.profiles for file in looked.files[profile.name]]
        if files:
            yield _remembered(settings, files, target.folder, clock, listener, stop)


# --- looking ----------------------------------------------------------------------------------------------------------


def _tokens(found: Sequence[Profile], home: Path, doubts: list[str]) -> dict[str, KeptToken]:
    """By key and name, as flickrapi finds them; a store that cannot be read only means signing in once more."""
    store = home / ".flickr" / "oauth-tokens.sqlite"
    try:
        kept = {(token.api_key, token.lookup_key): token for token in flickrapi_tokens(store)}
    except Mistake as trouble:
        doubts.append(f"{trouble.sentence} You sign in once more instead.")
        return {}
    return {
        profile.name: kept[profile.key, profile.username]
        for profile in found
        if (profile.key, profile.username) in kept and kept[profile.key, profile.username].nsid
    }


def _files(profile: Profile, doubts: list[str]) -> Sequence[KnownFile]:
    try:
        return flickrsync_files(profile.database)
    except Mistake as trouble:
        doubts.append(f"{trouble.sentence} Signatures are computed when they are needed instead.")
        return ()


def _rows(profile: Profile, tokens: Mapping[str, KeptToken], files: Sequence[KnownFile]) -> Iterator[Row]:
    name, section = profile.name, f"[platforms.{profile.platform}]"
    yield Row(f"{name}: api_key, api_secret", HIDDEN, f"the vault, as key and secret of {profile.platform}")
    yield Row(f"{name}: username", profile.username, section)
    there = "" if profile.directory.is_dir() else ", which is not there now"
    yield Row(f"{name}: directory", f"{profile.directory}{there}", "folder of the library")
    count = f"{len(files):,} signatures, {_posts(profile):,} photos on Flickr"
    becomes = "kept, so that no picture is decoded again; what is on Flickr is asked of Flickr"
    yield Row(f"{name}: database", count if files else "nothing to be used", becomes if files else "not needed")
    token = tokens.get(name)
    if token is None:
        yield Row(f"{name}: token", "none for this key and username", f"sign in with `helio signin {profile.platform}`")
    else:
        yield Row(f"{name}: token", HIDDEN, f"the vault, so no signing in; it may {token.access_level}")


def _posts(profile: Profile) -> int:
    try:
        return flickrsync_posts(profile.database)
    except Mistake:
        return 0


def _targets(found: Sequence[Profile], path: Path) -> Iterator[Target]:
    """One file for each folder: a library is one folder, and may be published to several accounts.

    The first is the one that was asked for; a further one stands in a folder of its own, where its ledger is, too.
    """
    folders = dict.fromkeys(profile.directory for profile in found)
    for number, folder in enumerate(folders):
        ours = tuple(profile for profile in found if profile.directory == folder)
        where = path if number == 0 else path.parent / _own_folder(ours[0], number) / path.name
        yield Target(where, ours)


def _own_folder(profile: Profile, number: int) -> str:
    return profile.platform if profile.name != DEFAULT else f"flickrsync-{number}"


def _every(targets: Sequence[Target]) -> Iterator[Profile]:
    for target in targets:
        yield from target.profiles


# --- moving -----------------------------------------------------------------------------------------------------------


def _signed_in(settings: config.Settings, door: signing_in.Entrance, profile: Profile, token: KeptToken | None) -> str:
    """A trouble of one account does not keep the others from being moved."""
    given = {"key": profile.key, "secret": profile.secret}
    try:
        if token is None:
            return " ".join(signing_in.keep(settings, door, given))
        account = Account(
            token.token, token.token_secret, token.nsid, token.username, token.fullname, token.access_level
        )
        done = signing_in.take_over(settings, door, given, account)
    except HeliographError as trouble:
        return trouble.sentence
    return f"Signed in to {door.name} as {done.who}, with FlickrSync's token; `helio doctor` tries it. {done.kept}"


def _remembered(
    settings: config.Settings,
    files: Sequence[KnownFile],
    folder: Path,
    clock: Clock,
    listener: Listener | None,
    stop: Stop,
) -> str:
    """The library is read for it, which the first plan would do otherwise."""
    later = "Signatures are computed when they are needed."
    try:
        with Desk(settings, clock, listener or Listener(), stop) as desk:
            desk.scan()
            if stop():
                return f"Stopped before FlickrSync's signatures were kept. {later}"
            return keep_signatures(files, folder, desk.ledger)
    except LibraryUnavailable as trouble:
        return f"{trouble.sentence} {later}"
