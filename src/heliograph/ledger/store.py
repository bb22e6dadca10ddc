"""The database file: opened privately, brought up to date, one writer at a time, its troubles told in sentences."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from heliograph.errors import AnotherRun, LedgerUnusable
from heliograph.ledger import tables

BUSY_MS = 10_000

_ROOM_BYTES = 1 << 20
"""With less room than this on its disk, SQLite's nameless input and output errors are taken for a full disk."""

_FULL = "could not be written: the disk is full; make room and run again, nothing is lost"
_READ_ONLY = "cannot be written (read-only); allow writing to it and to its folder, then run again"
_PLAIN = {
    sqlite3.SQLITE_BUSY: "is locked by another program; close it and run again",
    sqlite3.SQLITE_LOCKED: "is locked by another program; close it and run again",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
}


class Store:
    """One ledger file. Every transaction is durable when it ends, whatever happens to the machine afterwards."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._state = "Nothing was published or changed."
        self._engine = self._open()
        self._connection: Connection | None = None
        try:
            with self.transaction() as connection:
                version = _version(connection)
            if version != tables.HEAD:
                self._migrate(version)
        except LedgerUnusable:
            self.close()
            raise
        self._state = "Nothing more is done; what was published before that stands, and the next run goes on there."

    def _open(self) -> Engine:
        try:
            _private_folder(self.path.parent)
            if not self.path.exists():
                _make(self.path)
            engine = create_engine(
                URL.create("sqlite", database=str(self.path)),  # the path may hold any character
                poolclass=StaticPool,
                connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
            )
        except (OSError, sqlite3.Error) as trouble:
            reason = str(getattr(trouble, "strerror", trouble))
            raise LedgerUnusable(self._sentence(_unopened(self.path, reason))) from trouble
        event.listen(engine, "connect", _configure)
        engine.dialect.do_begin = _begin  # type: ignore[assignment, method-assign] # events cost every statement time
        return engine

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, and durable once it ends.

        Raises:
            LedgerUnusable: locked by another program, damaged, read-only, or the disk is full.
        """
        with self._lock:
            try:
                if self._connection is None:  # one for all transactions: getting one each time takes as long as a query
                    self._connection = self._engine.connect()
                with self._connection.begin():
                    yield self._connection
            except DatabaseError as trouble:
                self._let_go()
                raise LedgerUnusable(self._sentence(_trouble(self.path, trouble))) from trouble

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the ledger for one run. The operating system lets go when the run ends, however it ends.

        Raises:
            AnotherRun: somebody else holds it.
        """
        who = self.path.with_suffix(".run")
        lock = FileLock(self.path.with_suffix(".lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise AnotherRun(_held(self.path, who)) from None
        except OSError as trouble:
            raise LedgerUnusable(self._sentence(_unopened(self.path, str(trouble.strerror)))) from trouble
        try:
            with contextlib.suppress(OSError):  # only names the holder to others; the lock itself is what counts
                who.write_text(json.dumps({"process": os.getpid()}), encoding="utf-8")
            yield
        finally:
            with contextlib.suppress(OSError):
                who.unlink(missing_ok=True)
            lock.release()

    def trouble(self) -> str:
        """What SQLite's own check finds wrong with the file; empty when nothing."""
        with self.transaction() as connection:
            found = [str(row[0]) for row in connection.execute(text("PRAGMA quick_check(3)"))]
        return "" if found == ["ok"] else "; ".join(found)

    def close(self) -> None:
        """Lets go of the file."""
        self._let_go()
        self._engine.dispose()

    def _let_go(self) -> None:
        """The next transaction begins with a connection that is not in the middle of anything."""
        if self._connection is not None:
            with contextlib.suppress(DatabaseError):
                self._connection.close()
            self._connection = None

    def _sentence(self, what: str) -> str:
        return f"The ledger {self.path} {what}. {self._state}"

    def _migrate(self, version: str | None) -> None:
        from heliograph.ledger import migrations  # alembic is slow to import and rarely needed

        if version is not None and version not in migrations.revisions():
            raise LedgerUnusable(self._sentence(f"was written by a newer heliograph (revision {version})"))
        if version is not None:
            self._snapshot(version)
        with self.transaction() as connection:
            migrations.upgrade(connection)

    def _snapshot(self, version: str) -> None:
        copy = self.path.with_name(f"{self.path.stem}.before-{tables.HEAD}-was-{version}{self.path.suffix}")
        try:
            copy.unlink(missing_ok=True)
            with (
                contextlib.closing(sqlite3.connect(self.path)) as source,
                contextlib.closing(sqlite3.connect(copy)) as goal,
            ):
                source.backup(goal)
            copy.chmod(0o600)
        except (OSError, sqlite3.Error) as trouble:
            what = f"is of an older heliograph and was not changed: no copy of it could be made ({trouble})"
            raise LedgerUnusable(self._sentence(f"{what}; make room for one, then run again")) from trouble


def _private_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)


def _make(path: Path) -> None:
    """An empty private database that already keeps a write-ahead log, whole or not at all.

    Turning the log on later fails at once, without any waiting, where another program opens the file at that moment.
    """
    new = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    os.close(os.open(new, os.O_CREAT | os.O_WRONLY, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(new)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        try:
            os.link(new, path)
        except FileExistsError:
            return  # another program was quicker
        except OSError:  # a file system without links
            if not path.exists():
                new.rename(path)
    finally:
        new.unlink(missing_ok=True)


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN below, so that changes of the schema are transactions too
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Any) -> None:
    connection.execute("BEGIN IMMEDIATE")


def _version(connection: Connection) -> str | None:
    known = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).first()
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first() if known else None
    return str(row[0]) if row else None


def _trouble(path: Path, trouble: DatabaseError) -> str:
    code = getattr(trouble.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _PLAIN:
        return _PLAIN[code]
    if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return _unopened(path, str(trouble.orig))
    return (
        f"is damaged ({trouble.orig}). Put back a copy, or move it away: "
        "without it heliograph recognises what is published and publishes nothing twice"
    )


def _unopened(path: Path, reason: str) -> str:
    """What most likely lies behind an error that does not say so itself."""
    with contextlib.suppress(OSError):
        if path.is_dir():
            return "is a folder where a file should be; move it away and run again"
        if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
            return _READ_ONLY
        if shutil.disk_usage(path.parent).free < _ROOM_BYTES:
            return _FULL
    return f"cannot be opened or written ({reason}); check its disk and its folder, then run again"


def _held(path: Path, who: Path) -> str:
    process = ""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        process = f" (process {json.loads(who.read_text(encoding='utf-8'))['process']})"
    return f"Another run{process} holds the ledger {path}. Nothing was done; run again when it has ended."
