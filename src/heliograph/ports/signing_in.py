"""How accounts of a platform are opened, and what a platform on the network is given to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from heliograph.ports.surroundings import Budget, Clock, Memory, Stop


class Ask(Protocol):
    """The owner, as a platform reaches them while signing in; a face implements it."""

    def show(self, link: str, sentence: str) -> None:
        """Brings the owner to `link`, which holds no secret; `sentence` says what to do there."""

    def code(self, sentence: str) -> str:
        """What the platform showed the owner, as it was typed; `sentence` asks for it."""


class Account(Protocol):
    """Whom a platform takes us for, with the tokens that prove it; a frozen noun that JSON can hold."""

    @property
    def who(self) -> str:
        """Whose account it is, for people."""

    @property
    def permissions(self) -> str:
        """What it lets us do, for people, after "may": `add and change photos`."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What the owner brings along before an account can be opened."""

    name: str
    """One word, under which it is kept: `key`."""
    sentence: str
    """Where the owner finds it."""
    hidden: bool = True
    """Nobody may look over the owner's shoulder while it is typed."""
    optional: bool = False
    """An account can be opened without it; it is used for that and not kept."""


class SignIn(Protocol):
    """Opens an account."""

    def __call__(
        self,
        options: Any,
        credentials: Mapping[str, str],
        ask: Ask,
        clock: Clock,
        *,
        deletes: bool,
        callback: bool,
        stop: Stop,
    ) -> Account:
        """The account that the owner let us into; nothing is kept of it here.

        Args:
            options: the platform's own settings.
            credentials: one for each that `SigningIn.needs` names.
            ask: the owner.
            clock: the only source of time.
            deletes: asks for the permission to delete, too.
            callback: the owner's browser runs on this machine and can come back to it; otherwise a code is asked for.
            stop: true once the owner asked to stop.

        Raises:
            SignInNeeded: the owner said no or did not answer, or the platform does not accept what it was given.
        """


@dataclass(frozen=True, slots=True)
class Means:
    """What a platform on the network is given to work with."""

    clock: Clock
    account: Any = None
    """The account that was signed in to, of the type that its `SigningIn` names; `None` where there is none."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    """What the owner brought along, by the names of `SigningIn.needs`."""
    budget: Callable[[str, int, int], Budget] | None = None
    """What is counted, how many are allowed and in how many seconds; to the budget that all processes share."""
    memory: Memory | None = None
    """The platform's own, shared by all processes."""


@dataclass(frozen=True, slots=True)
class SigningIn:
    """How accounts of one kind of platform are opened."""

    needs: tuple[Credential, ...]
    account: type[Any]
    """The noun that `sign_in` answers with."""
    sign_in: SignIn
    farewell: str = ""
    """What the owner can do at the platform itself after signing out, as a sentence."""
