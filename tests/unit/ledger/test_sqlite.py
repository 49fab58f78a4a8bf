"""What is SQLite's own: the file, other processes, and the reader that kernels use."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from headwater.errors import LedgerIncompatible, StoreUnavailable
from headwater.ledger import sqlite
from headwater.ledger.migrations import migrate
from headwater.ledger.sqlite import SqliteDatabase, open_reader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a home with ? and #" / "ledger.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    path.parent.mkdir()
    database = SqliteDatabase(path)
    migrate(database)
    yield database
    database.close()


def note(database: SqliteDatabase, value: str) -> None:
    with database.transaction() as tx:
        tx.execute("INSERT INTO ledger_fact (key, value) VALUES (?, ?)", (value, value))


def facts(connection: sqlite3.Connection) -> set[str]:
    return {row["key"] for row in connection.execute("SELECT key FROM kernel_v1_meta")} - {"kernel_views"}


def test_the_file_is_the_owners_and_has_a_write_ahead_log(database: SqliteDatabase, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert database.query("PRAGMA journal_mode")[0]["journal_mode"] == "wal"


def test_a_kernel_reads_while_others_write(database: SqliteDatabase, path: Path) -> None:
    reader = open_reader(path)
    with database.transaction() as tx:
        tx.execute("INSERT INTO ledger_fact (key, value) VALUES ('half', '')")
        assert facts(reader) == set()
    assert facts(reader) == {"half"}


def test_a_kernel_reads_when_nobody_else_has_the_ledger_open(database: SqliteDatabase, path: Path) -> None:
    note(database, "kept")
    database.close()
    assert not Path(f"{path}-wal").exists()
    assert facts(open_reader(path)) == {"kept"}


def test_a_kernel_cannot_write(database: SqliteDatabase, path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        open_reader(path).execute("DELETE FROM ledger_fact")


def test_a_kernel_refuses_views_of_another_generation(database: SqliteDatabase, path: Path) -> None:
    with database.transaction() as tx:
        tx.execute("UPDATE ledger_fact SET value = '2' WHERE key = 'kernel_views'")
    with pytest.raises(LedgerIncompatible, match="offers kernel views 2"):
        open_reader(path)


def test_a_kernel_refuses_another_database(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(LedgerIncompatible, match="no known generation"):
        open_reader(other)


def test_a_kernel_without_a_ledger_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="headwater init"):
        open_reader(tmp_path / "ledger.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_ledger_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database at all, whatever its name says" * 100)
    for attempt in (open_reader, SqliteDatabase):
        with pytest.raises(StoreUnavailable, match="damaged"):
            attempt(tmp_path / "ledger.sqlite")


def test_a_writer_that_waits_too_long_is_told_why(
    database: SqliteDatabase, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    other = SqliteDatabase(path)
    with database.transaction(), pytest.raises(StoreUnavailable, match="busy"):
        note(other, "x")
    note(other, "later")
    other.close()


def test_a_thread_that_ends_leaves_no_connection(database: SqliteDatabase) -> None:
    for _ in range(20):
        thread = threading.Thread(target=database.query, args=("SELECT 1",))
        thread.start()
        thread.join()
    assert len(database._open) <= 2


def _commit_many(path: Path, name: str, started: multiprocessing.synchronize.Barrier) -> None:
    database = SqliteDatabase(path)
    started.wait()
    for i in range(20):
        with database.transaction() as tx:
            row = tx.one("SELECT count(*) AS n FROM ledger_fact")
            assert row is not None
            tx.execute("INSERT INTO ledger_fact (key, value) VALUES (?, ?)", (f"{name}-{i}", str(row["n"])))
    database.close()


def test_processes_take_turns(database: SqliteDatabase, path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    started = context.Barrier(3)
    workers = [context.Process(target=_commit_many, args=(path, f"w{i}", started)) for i in range(3)]
    before = database.data_version()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seen = [int(row["value"]) for row in database.query("SELECT value FROM ledger_fact WHERE key LIKE 'w%'")]
    assert sorted(seen) == list(range(1, 61))
    assert database.data_version() != before


def test_a_fork_gets_connections_of_its_own(database: SqliteDatabase) -> None:
    note(database, "parent")
    child = os.fork()
    if child == 0:
        try:
            note(database, "child")
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    note(database, "after")
    assert len(database.query("SELECT key FROM ledger_fact")) == 4


def test_a_killed_writer_leaves_whole_transactions_only(database: SqliteDatabase, path: Path) -> None:
    code = (
        "import sys, pathlib; from headwater.ledger.sqlite import SqliteDatabase\n"
        "database = SqliteDatabase(pathlib.Path(sys.argv[1])); i = 0\n"
        "while True:\n"
        "    i += 1\n"
        "    with database.transaction() as tx:\n"
        "        tx.execute('INSERT INTO ledger_fact VALUES (?, ?)', (f'a{i}', ''))\n"
        "        tx.execute('INSERT INTO ledger_fact VALUES (?, ?)', (f'b{i}', ''))\n"
        "    print(i, flush=True)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(30)][-1]
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    keys = {row["key"] for row in database.query("SELECT key FROM ledger_fact WHERE key <> 'kernel_views'")}
    assert {key[1:] for key in keys if key[0] == "a"} == {key[1:] for key in keys if key[0] == "b"}
    assert {f"a{i}" for i in range(1, acknowledged + 1)} <= keys
    note(database, "writable")
