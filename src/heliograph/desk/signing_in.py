"""Accounts: opened with the owner's consent, kept in the vault together with the key they belong to, forgotten."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import cattrs

from heliograph import config, jsonform
from heliograph.errors import Mistake
from heliograph.ports import Account, Ask, Clock, Credential, SigningIn, Stop

log = logging.getLogger(__name__)

ACCOUNT = "account"
"""The one entry of the vault that holds an account whole: a half-finished change cannot mix two of them."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A platform of the settings that can be signed in to."""

    name: str
    options: Any
    """Its own settings."""
    how: SigningIn


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What to tell about an account that was opened."""

    platform: str
    who: str
    permissions: str
    """After "may": `add and change photos`."""
    kept: str
    """Where the token is, as a sentence."""


@dataclass(frozen=True, slots=True)
class SignedOut:
    """What to tell about an account that was forgotten."""

    platform: str
    who: str
    """Empty where there was none."""
    farewell: str
    """What the owner can do at the platform itself, as a sentence."""
    credentials: tuple[str, ...] = ()
    """What was forgotten besides, by the names of `SigningIn.needs`."""


def account(settings: config.Settings, name: str, how: SigningIn) -> Account | None:
    """The account on a platform, of the type `how.account`; `None` where there is none for the key that counts now.

    Raises:
        Mistake: what is kept cannot be read.
    """
    kept = _vault(settings).get(name, ACCOUNT)
    if kept is None:
        return None
    found = _read(kept, how)
    if found is None:
        given = next((one for one in _variables(name) if os.environ.get(one)), "")
        message = f"What is kept of the account on {name} cannot be read. Run `helio signin {name}` to make it anew."
        if given:
            kept_as = "as the vault of another computer keeps it"
            message = f"{given} gives no account on {name} {kept_as}. Correct it, or take the variable away."
        raise Mistake(message)
    made, of = found
    return made if of == _bound(credentials(settings, name, how), how) else None


def credentials(settings: config.Settings, name: str, how: SigningIn) -> dict[str, config.Secret]:
    """What is known of what `how.needs`: name -> value.

    Raises:
        Mistake: the private file cannot be read, or a file that the environment names.
    """
    vault = _vault(settings)
    found = {need.name: vault.get(name, need.name) for need in how.needs}
    return {part: value for part, value in found.items() if value is not None}


def lacking(settings: config.Settings, entrance: Entrance, given: Mapping[str, str]) -> tuple[Credential, ...]:
    """What the owner still has to bring along."""
    known = {*credentials(settings, entrance.name, entrance.how), *given}
    return tuple(need for need in entrance.how.needs if need.name not in known and not need.optional)


def sign_in(
    settings: config.Settings,
    entrance: Entrance,
    ask: Ask,
    given: Mapping[str, str],
    clock: Clock,
    *,
    deletes: bool = False,
    callback: bool = True,
    stop: Stop = lambda: False,
) -> SignedIn:
    """Opens an account and keeps it; whatever fails before that leaves an earlier account as it was.

    Args:
        settings: where the vault is.
        entrance: the platform.
        ask: the owner.
        given: credentials that are new; the others are known.
        clock: the only source of time.
        deletes: asks for the permission to delete, too.
        callback: the browser runs on this machine.
        stop: true once the owner asked to stop.

    Raises:
        Mistake: a credential is missing or cannot be one.
    """
    new = _checked(entrance, given)
    _free(entrance.name, (ACCOUNT, *_passing(entrance.how), *new))
    known = credentials(settings, entrance.name, entrance.how)
    whole = {part: value for part, value in known.items() if part not in _passing(entrance.how)} | new
    for need in entrance.how.needs:
        if need.name not in whole and not need.optional:
            raise Mistake(_missing(entrance.name, need))
    opened = entrance.how.sign_in(entrance.options, whole, ask, clock, deletes=deletes, callback=callback, stop=stop)
    log.info("signed in to %s as %s", entrance.name, opened.who)
    return _kept(_vault(settings), entrance, opened, new, whole)


def take_over(settings: config.Settings, entrance: Entrance, given: Mapping[str, str], account: Account) -> SignedIn:
    """Keeps an account that another program had opened, with the credentials it belongs to; neither is tried.

    Raises:
        Mistake: a credential is missing or cannot be one, or the environment gives it.
    """
    new = _checked(entrance, given)
    _free(entrance.name, (ACCOUNT, *_passing(entrance.how), *new))
    return _kept(_vault(settings), entrance, account, new, new)


def _kept(
    vault: config.Vault, entrance: Entrance, opened: Account, new: Mapping[str, str], whole: Mapping[str, str]
) -> SignedIn:
    for part, value in new.items():
        if part not in _passing(entrance.how):
            vault.set(entrance.name, part, value)
    form = {"of": _bound(whole, entrance.how), "account": jsonform.plain(opened)}
    kept = vault.set(entrance.name, ACCOUNT, json.dumps(form))
    _forget(vault, entrance)
    return SignedIn(entrance.name, opened.who, opened.permissions, kept)


def keep(settings: config.Settings, entrance: Entrance, given: Mapping[str, str]) -> tuple[str, ...]:
    """Keeps credentials without trying them, and says where, a sentence for each; they count from the next call on.

    Raises:
        Mistake: one cannot be a credential, or the environment gives it.
    """
    new = _checked(entrance, given)
    _free(entrance.name, new)
    vault = _vault(settings)
    return tuple(vault.set(entrance.name, part, value) for part, value in new.items())


def sign_out(settings: config.Settings, entrance: Entrance, *, everything: bool = False) -> SignedOut:
    """Forgets an account; with `everything` also the credentials it was opened with. One that is not there is gone.

    Raises:
        Mistake: the environment gives it, or the keyring does not let go of it.
    """
    vault, name = _vault(settings), entrance.name
    who = _who(settings, entrance)
    kept = tuple(need.name for need in entrance.how.needs if everything and not need.optional)
    for part in (ACCOUNT, *kept):
        vault.delete(name, part)
    _forget(vault, entrance)
    _free(name, (ACCOUNT, *_passing(entrance.how)))
    log.info("signed out of %s", name)
    return SignedOut(name, who, entrance.how.farewell if who else "", kept)


def _variables(name: str) -> tuple[str, str]:
    """Those that can give an account in place of the vault."""
    plain = config.variable(name, ACCOUNT)
    return plain, f"{plain}_FILE"


def _read(kept: str, how: SigningIn) -> tuple[Account, object] | None:
    """An account and what it counts together with; `None` where that cannot be read."""
    try:
        form = json.loads(kept)
        return jsonform.noun(how.account, form["account"]), form["of"]
    except (ValueError, KeyError, TypeError, cattrs.BaseValidationError):
        return None


def _who(settings: config.Settings, entrance: Entrance) -> str:
    """Whose account is about to be forgotten; one that cannot be read is forgotten as well."""
    try:
        found = account(settings, entrance.name, entrance.how)
    except Mistake:
        return f"an account on {entrance.name}"
    return found.who if found else ""


def _vault(settings: config.Settings) -> config.Vault:
    return config.Vault(settings.state, os.environ)


def _forget(vault: config.Vault, entrance: Entrance) -> None:
    """What was kept untried and would win over the account."""
    for part in _passing(entrance.how):
        if vault.get(entrance.name, part) is not None:
            vault.delete(entrance.name, part)


def _passing(how: SigningIn) -> frozenset[str]:
    """What an account can be opened with and is not kept."""
    return frozenset(need.name for need in how.needs if need.optional)


def _bound(credentials: Mapping[str, str], how: SigningIn) -> dict[str, str]:
    """What an account counts together with; the secret parts stay where they are."""
    return {
        need.name: str(credentials[need.name]) for need in how.needs if not need.hidden and need.name in credentials
    }


def _checked(entrance: Entrance, given: Mapping[str, str]) -> dict[str, str]:
    """The given credentials without blanks around them."""
    known = {need.name for need in entrance.how.needs}
    for part, value in given.items():
        if part not in known:
            message = f"Signing in to {entrance.name} takes no {part}. Leave it out."
            raise Mistake(message)
        if not value.strip().isascii() or not value.strip().isprintable() or len(value.split()) != 1:
            message = f"That cannot be the {part} of {entrance.name}: it is one word without spaces. Copy it once more."
            raise Mistake(message)
    return {part: value.strip() for part, value in given.items()}


def _free(name: str, parts: Iterable[str]) -> None:
    """The environment wins over what is kept here, so that nothing else could be kept or forgotten."""
    for part in parts:
        given = config.variable(name, part)
        set_there = next((one for one in (given, f"{given}_FILE") if os.environ.get(one)), None)
        if set_there is not None:
            message = (
                f"The {part} of {name} is given by the environment variable {set_there}, which wins over what is kept. "
                f"Change it there, or remove the variable and run again."
            )
            raise Mistake(message)


def _missing(name: str, need: Credential) -> str:
    given = config.variable(name, need.name)
    return (
        f"The {need.name} of {name} is not known, and nobody can be asked here. Give it with --{need.name}-file FILE "
        f"(- is standard input), or in the environment as {given} or {given}_FILE. {need.sentence}."
    )
