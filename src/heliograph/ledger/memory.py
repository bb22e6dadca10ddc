"""What a platform remembers between runs: small texts by name, shared by all processes that use this ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, delete, select

from heliograph.ledger.files import batches
from heliograph.ledger.store import Store
from heliograph.ledger.tables import memory, upsert

_MINE = (memory.c.platform == bindparam("of"), memory.c.name == bindparam("called"))
_READ = select(memory.c.text).where(*_MINE)
_READ_ALL = select(memory.c.name, memory.c.text).where(
    memory.c.platform == bindparam("of"), memory.c.name.in_(bindparam("names", expanding=True))
)
_ALL = select(memory.c.name, memory.c.text).where(memory.c.platform == bindparam("of"))
_FORGET = delete(memory).where(*_MINE)
_WRITE = upsert(memory)


class Memory:
    """Implements `ports.Memory` for one platform.

    Needs no run of its own (`alone`): what is read is whole, and of two who write at once the later one stays.
    """

    def __init__(self, store: Store, platform: str) -> None:
        self._store = store
        self._platform = platform

    def read(self, name: str) -> str:
        """The text that was kept under the name; empty where there is none."""
        with self._store.transaction() as db:
            found = db.execute(_READ, {"of": self._platform, "called": name}).scalar()
        return "" if found is None else str(found)

    def write(self, name: str, text: str) -> None:
        """Keeps a text under the name, in place of an earlier one; an empty one is forgotten."""
        with self._store.transaction() as db:
            if text:
                db.execute(_WRITE, {"platform": self._platform, "name": name, "text": text})
            else:
                db.execute(_FORGET, {"of": self._platform, "called": name})

    def read_all(self, names: Iterable[str]) -> dict[str, str]:
        """Name -> text, of those that were kept."""
        found: dict[str, str] = {}
        for batch in batches(names):
            with self._store.transaction() as db:
                found.update(db.execute(_READ_ALL, {"of": self._platform, "names": batch}).all())
        return found

    def holding(self, texts: Iterable[str]) -> dict[str, str]:
        """Name -> text, of those that hold one of the texts and nothing else; reads all that is kept, once."""
        sought = frozenset(texts)
        if not sought:
            return {}
        with self._store.transaction() as db:
            rows = db.execute(_ALL, {"of": self._platform})
            return {name: text for name, text in rows if text in sought}

    def write_all(self, texts: Mapping[str, str]) -> None:
        """Keeps each text under its name, all of them or none."""
        rows = [{"platform": self._platform, "name": name, "text": text} for name, text in texts.items()]
        with self._store.transaction() as db:
            if rows:
                db.execute(_WRITE, rows)
