"""The records of a server, kept in one folder, and its dials and profile with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import RLock
from typing import Any, Self

from heliograph.standin import dials as dialling
from heliograph.standin.fediverse.dials import Dials
from heliograph.standin.fediverse.profiles import PROFILES
from heliograph.standin.fediverse.records import (
    KINDS,
    Account,
    Application,
    Code,
    Collection,
    Counter,
    Media,
    Once,
    Record,
    Status,
    Token,
)
from heliograph.standin.fediverse.traits import Traits
from heliograph.standin.store import Store

_DIALS, _PROFILE = "dials.json", "profile"
USUAL = "mastodon-4.6"


class Shelves:
    """Every record by its kind and id. Who changes several holds `lock` meanwhile."""

    def __init__(self, folder: Path, now: Callable[[], float], traits: Traits) -> None:
        self.folder, self.now, self.traits = folder, now, traits
        self.address = "http://127.0.0.1"
        """What addresses begin with, without a slash at the end."""
        self.lock = RLock()
        self.dials = Dials()
        self.accounts: dict[str, Account] = {}
        self.applications: dict[str, Application] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.media: dict[str, Media] = {}
        self.statuses: dict[str, Status] = {}
        self.collections: dict[str, Collection] = {}
        self.once: dict[str, Once] = {}
        self.counters: dict[str, Counter] = {}
        self._shelves: dict[str, dict[str, Any]] = {
            Account.KIND: self.accounts,
            Application.KIND: self.applications,
            Code.KIND: self.codes,
            Token.KIND: self.tokens,
            Media.KIND: self.media,
            Status.KIND: self.statuses,
            Collection.KIND: self.collections,
            Once.KIND: self.once,
            Counter.KIND: self.counters,
        }
        self._store = Store[Record](folder / "world.jsonl", KINDS)

    @classmethod
    def load(cls, folder: Path, now: Callable[[], float], profile: str = "") -> Self:
        """The world of a folder, as it was left, with its profile; with another one where one is named.

        Raises:
            ValueError: there is no such profile.
        """
        file = folder / _PROFILE
        name = profile or (file.read_text(encoding="utf-8").strip() if file.exists() else USUAL)
        if name not in PROFILES:
            message = f"There is no profile {name!r}; there are {', '.join(PROFILES)}."
            raise ValueError(message)
        file.write_text(name + "\n", encoding="utf-8")
        world = cls(folder, now, PROFILES[name])
        world.dials.turn_all(dialling.kept(folder / _DIALS))
        for record in world._store.load():
            world._shelves[record.KIND][record.id] = record
        return world

    # --- keeping ------------------------------------------------------------------------------------------------------

    def keep(self, *records: Record) -> None:
        """Puts records where they belong, and remembers them as they are now."""
        for record in records:
            self._shelves[record.KIND][record.id] = record
        self._store.keep(records)

    def drop(self, *records: Record) -> None:
        """Forgets records."""
        for record in records:
            self._shelves[record.KIND].pop(record.id, None)
            self._store.drop(record)

    def save(self) -> None:
        """Writes everything anew, in one step."""
        self._store.save([record for shelf in self._shelves.values() for record in shelf.values()])

    def turn(self, values: Mapping[str, object]) -> None:
        """Sets dials, and remembers them.

        Raises:
            ValueError: there is no such dial, or it does not take such a value.
        """
        with self.lock:
            self.dials.turn_all(values)
            dialling.keep(self.dials, self.folder / _DIALS)

    def number(self, name: str) -> int:
        """The next number of a kind, from 1."""
        counter = self.counters.get(name) or Counter(name)
        counter.last += 1
        self.keep(counter)
        return counter.last
