"""The ledger in one SQLite file: the default. Standard library only, since kernels read it too."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from headwater.errors import (
    DiskFull,
    HeadwaterError,
    LedgerIncompatible,
    StoreUnavailable,
)
from headwater.ledger.base import KERNEL_VIEWS, Database, Row, Transaction, Value

if TYPE_CHECKING:
    from headwater.ledger.words import WordIndex

BUSY_TIMEOUT_S = 5.0
"""How long a statement waits for another process's transaction."""

_DDL = {
    "{identity}": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "{blob}": "BLOB",
    "{json}": "TEXT",
    "{text}": "TEXT",
}


class _Connection:
    """One thread's connection; closes itself when the thread's storage lets go of it."""

    def __init__(self, path: Path, journal: str) -> None:
        self.process = os.getpid()
        self.raw = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        self.raw.row_factory = sqlite3.Row
        self.raw.execute(f"PRAGMA journal_mode = {journal}")
        # FULL: a version or a pin that was acknowledged is still there after a power failure.
        self.raw.execute("PRAGMA synchronous = FULL")
        self.raw.execute("PRAGMA foreign_keys = ON")
        # What was erased must not stay readable in the file's free pages.
        self.raw.execute("PRAGMA secure_delete = ON")

    def close(self) -> None:
        self.raw.close()


class SqliteTransaction(Transaction):
    """An open ``BEGIN IMMEDIATE`` on the calling thread's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def query(self, sql: str, params: Sequence[Value] = ()) -> list[Row]:
        return self._connection.execute(sql, params).fetchall()

    def execute(self, sql: str, params: Sequence[Value] = ()) -> int:
        return self._connection.execute(sql, params).rowcount

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        self._connection.executemany(sql, rows)

    def insert(self, sql: str, params: Sequence[Value] = ()) -> int:
        new = self._connection.execute(sql, params).lastrowid
        assert new is not None
        return new


class SqliteDatabase(Database):
    """A ledger file, created when it is not there.

    Parameters
    ----------
    path:
        The file.
    network:
        Whether it lies on a network file system. The write-ahead log needs shared memory, which such a file
        system does not give, so a rollback journal is used there: correct, but readers wait for writers.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, *, network: bool = False) -> None:
        self.path = path
        self._journal = "DELETE" if network else "WAL"
        self._local = threading.local()
        self._open: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._watcher: _Connection | None = None
        with _translated():
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            self._connection()

    def query(self, sql: str, params: Sequence[Value] = ()) -> list[Row]:
        with _translated():
            return self._connection().execute(sql, params).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        connection = self._connection()
        with _translated():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def ddl(self, statement: str) -> str:
        for token, text in _DDL.items():
            statement = statement.replace(token, text)
        return statement

    @property
    def words(self) -> WordIndex:
        from headwater.ledger.fts5 import Fts5Index

        return Fts5Index()

    def has_table(self, name: str) -> bool:
        return self.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)) is not None

    def data_version(self) -> int:
        # The pragma speaks of one connection and skips that connection's own commits: hence one that never writes.
        with self._lock, _translated():
            if self._watcher is None or self._watcher.process != os.getpid():
                self._watcher = _Connection(self.path, self._journal)
                self._open.add(self._watcher)
            return int(self._watcher.raw.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        for connection in list(self._open):
            connection.close()
        self._local = threading.local()
        self._watcher = None

    def _connection(self) -> sqlite3.Connection:
        held: _Connection | None = getattr(self._local, "held", None)
        # A connection must not cross a fork: its locks belong to the parent.
        if held is None or held.process != os.getpid():
            held = _Connection(self.path, self._journal)
            self._local.held = held
            self._open.add(held)
        return held.raw


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of SQLite as errors of Headwater; a programming error stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        known = _as_headwater_error(error)
        if known is None:
            raise
        raise known from error


def _as_headwater_error(error: sqlite3.Error) -> HeadwaterError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable(
            f"The ledger is busy: another process has been writing for more than {BUSY_TIMEOUT_S:.0f} s.",
            hint="Try again; if it stays so, see who holds it with: headwater doctor",
        )
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(
            "There is no room left for the ledger; nothing was written.",
            hint="Free some space and try again.",
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return StoreUnavailable(f"The ledger cannot be used: {error}.", hint="See what is wrong with: headwater doctor")
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreUnavailable(
            "The ledger file is damaged.", hint="Rebuild it from the tables with: headwater doctor --rebuild"
        )
    return None


def open_reader(path: str | os.PathLike[str]) -> sqlite3.Connection:
    """A read-only connection for a kernel, in autocommit, with rows by column name.

    It may read the ``kernel_v1_*`` views and nothing else is promised to it. Raises `StoreUnavailable` when the
    ledger is not there and `LedgerIncompatible` when its views are of another generation.
    """
    location = f"file:{quote(os.path.abspath(path))}?mode=ro"
    with _translated():
        if not os.path.exists(path):
            raise StoreUnavailable("There is no Headwater ledger here yet.", hint="Make one with: headwater init")
        connection = sqlite3.connect(
            location, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        try:
            found = connection.execute("SELECT value FROM kernel_v1_meta WHERE key = 'kernel_views'").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                connection.close()
                raise
            found = None
        generation = found["value"] if found else None
        if generation != str(KERNEL_VIEWS):
            connection.close()
            raise LedgerIncompatible(
                f"This ledger offers kernel views {generation or 'of no known generation'}; "
                f"this Headwater reads {KERNEL_VIEWS}.",
                hint="Install the Headwater of the home into this kernel's environment, or upgrade the older one.",
                details={"offered": generation, "known": KERNEL_VIEWS},
            )
        return connection
