"""The application variables in which IMatch to Socials kept its settings and secrets.

Source: its code, its published pages and their screenshots (2024-03 to 2025-02), which spell some of them differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from heliograph.libraries.imatch.answers import text
from heliograph.libraries.imatch.client import Client

KEY, SECRET = "flickr_apikey", "flickr_apisecret"
PRIVACY = ("flickr_is_public", "flickr_is_friend", "flickr_is_family")
FLICKR_URL = "flickr_url"
TESTING = "imatch_to_socials_testing"
SITE_FOLDER, MAP_KEY, HIDDEN = "quantum_path", "quantum_map_key", "quantum_hide_me"
SCRIPT, WHAT3WORDS = "imatch_to_socials_python_script_path", "what3words_apikey"
FEDIVERSE = ("pixelfed", "mastodon")
"""Both have a token, a URL and a visibility."""

SPELLINGS: Mapping[str, tuple[str, ...]] = {KEY: ("flickr_api_key",), SECRET: ("flickr_api_secret",)}
"""Name in the program's code -> names on its pages."""

_TRUE = frozenset({"1", "-1", "true", "yes", "on", "y"})
_FALSE = frozenset({"0", "false", "no", "off", "n"})


def token(platform: str) -> str:
    """The variable of an access token."""
    return f"{platform}_token"


def url(platform: str) -> str:
    """The variable of a server's address."""
    return f"{platform}_url"


def visibility(platform: str) -> str:
    """The variable of who sees new posts."""
    return f"{platform}_visibility"


SECRETS = frozenset({KEY, SECRET, MAP_KEY, WHAT3WORDS, *map(token, FEDIVERSE)})
"""Whose values are never shown."""
NAMES = (
    *(KEY, SECRET, *PRIVACY, FLICKR_URL),
    *(name for one in FEDIVERSE for name in (token(one), url(one), visibility(one))),
    *(SITE_FOLDER, HIDDEN, MAP_KEY, TESTING, SCRIPT, WHAT3WORDS),
)
"""All of them, platform by platform, as the program's code spells them."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What IMatch holds under one name. Empty where the variable is empty or is not there."""

    name: str
    """As it is spelt there."""
    value: str = field(default="", repr=False)
    doubt: str = ""
    """What is odd about it, as a sentence."""

    @property
    def shown(self) -> str:
        """The value for people; never a secret."""
        return "" if _plain(self.name) in SECRETS else self.value

    @property
    def truth(self) -> bool | None:
        """Whether it says yes or no, as a number or in words; `None` where it says neither."""
        said = self.value.strip().lower().removesuffix(".0")
        return True if said in _TRUE else False if said in _FALSE else None


def read(client: Client, names: Iterable[str]) -> dict[str, Variable]:
    """What IMatch holds, by the names of the program's code, all of them and in their order.

    Raises:
        Busy: IMatch does not answer.
        SignInNeeded: it does not let us in.
    """
    return {name: _read(client, name) for name in names}


def _read(client: Client, name: str) -> Variable:
    """Of several spellings the first that holds something."""
    told = [_one(client, spelling, secret=name in SECRETS) for spelling in (name, *SPELLINGS.get(name, ()))]
    found = [one for one in told if one.value]
    if not found:
        return next((one for one in told if one.doubt), told[0])
    others = [one.name for one in found[1:] if one.value != found[0].value]
    doubt = f"{others[0]} holds something else; {found[0].name} counts." if others else ""
    return Variable(found[0].name, found[0].value, doubt)


def _one(client: Client, name: str, *, secret: bool) -> Variable:
    value = client.variable(name, secret=secret)
    if isinstance(value, dict | list):
        return Variable(name, doubt=f"{name} holds neither a text nor a number, so it was left out.")
    return Variable(name, text(value).encode("utf-8", "replace").decode())


def _plain(name: str) -> str:
    """The name as the program's code spells it."""
    return next((plain for plain, others in SPELLINGS.items() if name in others), name)
