"""One read-only transaction of a PostgreSQL over ADBC: bounded in time, and stopped from outside at any moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from headwater.errors import Cancelled, SourceUnavailable
from headwater.sources.base import Drawing, Snapshot
from headwater.sources.guard import GUARD
from headwater.sources.postgresql.draw import PostgresqlDrawing
from headwater.sources.postgresql.failures import timed_out, told
from headwater.sources.postgresql.session import BEGIN, address, settings

if TYPE_CHECKING:
    import pyarrow

    from headwater.sources.postgresql.catalog import KnownTable
    from headwater.sources.sql.dialect import Statement, Value

_BATCH_BYTES = 1 << 20
_FETCHED = 10_000
_CANCEL_AGAIN_S = 0.05
_CANCEL_AGAIN_MOST_S = 1.0


class PostgresqlSnapshot(Snapshot):
    """One look at a PostgreSQL.

    Parameters
    ----------
    find:
        A table by its name, from the catalog.
    note:
        What people should know of the whole look; empty where there is nothing.
    deadline_s:
        After so many seconds the whole look is stopped, whatever the single statements take: a statement's own
        timeout does not see many short ones, nor a reader that is slow.
    """

    def __init__(
        self,
        source: str,
        dsn: str,
        find: Callable[[str], KnownTable],
        *,
        note: str,
        statement_s: float,
        deadline_s: float,
    ) -> None:
        self.note = note
        self._source = source
        self._find = find
        self._statement_s = statement_s
        self._deadline_s = deadline_s
        self._stopped = threading.Event()
        self._late = False
        self._lock = threading.Lock()
        self._running: Any = None
        self._interrupting = False
        self._cursors = 0
        self._began = 0.0
        self._connection = self._connect(dsn)
        self._timer = threading.Timer(deadline_s, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def table(self, name: str) -> Drawing:
        return PostgresqlDrawing(self, self._find(name))

    def close(self) -> None:
        """End the transaction and the connection."""
        import adbc_driver_manager

        self._timer.cancel()
        GUARD.forget(self._watched)
        try:
            self._connection.close()
        except adbc_driver_manager.Error:
            # Lost before: there is nothing left to close.
            pass

    def cancel(self) -> None:
        self._stopped.set()
        self._interrupt()

    def pause(self, seconds: float) -> None:
        """Leave the source alone for a while, unless the look is stopped."""
        self._stopped.wait(seconds)
        self._check()

    def _connect(self, dsn: str) -> Any:
        from adbc_driver_postgresql import dbapi

        with told(self._source, timeout_s=self._statement_s, stopped=self._stopped.is_set):
            connection = dbapi.connect(address(dsn), autocommit=True)
            try:
                with connection.cursor() as cursor:
                    for statement in settings(self._statement_s):
                        cursor.executescript(statement)
                    cursor.executescript(BEGIN)
                    cursor.execute("SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()")
                    pid, started = cursor.fetchall()[0]
                self._watched = GUARD.watch("postgresql", dsn, {"pid": pid, "started": started})
            except BaseException:
                connection.close()
                raise
            return connection

    def value(self, sql: str) -> Any:
        """The first value of the first row, or None."""
        for batch in self.batches(sql):
            if batch.num_rows:
                return batch.column(0)[0].as_py()
        return None

    def run(self, statement: Statement) -> Iterator[pyarrow.RecordBatch]:
        """What a statement gives, as the driver types it, some thousand rows at a time.

        COPY, by which the driver streams, takes no values, and without it an answer comes as a whole. So a statement
        that has values is a cursor.
        """
        if not statement.values:
            yield from self.batches(statement.sql)
            return
        values = _bound(statement.values)
        self._cursors += 1
        name = f"headwater_{self._cursors}"
        self._end(self.batches(f"DECLARE {name} NO SCROLL CURSOR FOR {statement.sql}", values))
        while True:
            rows = 0
            for batch in self.batches(f"FETCH FORWARD {_FETCHED} FROM {name}", copy=False):
                rows += batch.num_rows
                yield batch
            if rows < _FETCHED:
                break
        self._end(self.batches(f"CLOSE {name}", copy=False))

    def explain(self, statement: Statement) -> dict[str, Any]:
        """The planner's topmost node for a statement, which is not run."""
        import json

        values = _bound(statement.values) if statement.values else None
        (text,) = (
            cell.as_py()
            for batch in self.batches(f"EXPLAIN (FORMAT JSON) {statement.sql}", values, copy=False)
            for cell in batch.column(0)
        )
        plan: dict[str, Any] = json.loads(text)[0]["Plan"]
        return plan

    @staticmethod
    def _end(batches: Iterator[pyarrow.RecordBatch]) -> None:
        for _ in batches:
            pass

    def batches(
        self, sql: str, values: pyarrow.RecordBatch | None = None, *, copy: bool = True
    ) -> Iterator[pyarrow.RecordBatch]:
        """What a statement gives, as the driver types it. `values` are bound, one row for each run of it."""
        with told(self._source, timeout_s=self._statement_s, stopped=self._stopped.is_set):
            cursor = self._connection.cursor(
                adbc_stmt_kwargs={
                    "adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES),
                    "adbc.postgresql.use_copy": "true" if copy else "false",
                }
            )
            with self._lock:
                self._running = cursor
            self._began = time.monotonic()
            try:
                self._check()
                cursor.execute(sql, values)
                reader = cursor.fetch_record_batch()
                while True:
                    self._check()
                    try:
                        batch = reader.read_next_batch()
                    except StopIteration:
                        break
                    yield batch
                self._check()
            except BaseException as error:
                raise self._cause(error) from None
            finally:
                with self._lock:
                    self._running = None
                cursor.close()

    def _cause(self, error: BaseException) -> BaseException:
        """Why a statement failed, where the driver's error only says that it did."""
        import pyarrow as pa

        if self._late:
            return SourceUnavailable(
                f"The source {self._source} took longer than {self._deadline_s:g} s in all and was stopped; "
                "nothing was kept.",
                hint="Ask for fewer rows, or raise statement_timeout_s in headwater.toml.",
                details={"source": self._source},
            )
        if self._stopped.is_set():
            return Cancelled("Stopped on request, also in the source; nothing was kept.")
        if isinstance(error, pa.ArrowInvalid | OSError):
            # An error between batches comes without its SQLSTATE, so the clock tells a timeout from a lost connection.
            if time.monotonic() - self._began >= self._statement_s:
                return timed_out(self._source, self._statement_s)
            return SourceUnavailable(
                f"The source {self._source} stopped in the middle of its rows; nothing was kept.",
                hint="It dropped the connection. Try again when it is up.",
                details={"source": self._source},
            )
        return error

    def _check(self) -> None:
        if self._late or self._stopped.is_set():
            raise self._cause(Cancelled("Stopped on request; nothing was kept."))

    def _expire(self) -> None:
        self._late = True
        self._interrupt()

    def _interrupt(self) -> None:
        """Cancel what runs, from a thread of its own: callers wait for nothing."""
        with self._lock:
            if self._interrupting:
                return
            self._interrupting = True
        threading.Thread(target=self._cancel_until_ended, name="headwater-cancel", daemon=True).start()

    def _cancel_until_ended(self) -> None:
        """Cancel again and again until the statement has ended.

        A cancel that arrives before the server has begun the statement is lost there, without a word: the statement
        was about to be sent, and runs.
        """
        import adbc_driver_manager

        pause = _CANCEL_AGAIN_S
        while True:
            with self._lock:
                if self._running is None:
                    self._interrupting = False
                    return
                try:
                    self._running.adbc_cancel()
                except adbc_driver_manager.Error:
                    # It ended in this moment, or the server takes no connection right now; it is asked again.
                    pass
            time.sleep(pause)
            pause = min(2 * pause, _CANCEL_AGAIN_MOST_S)


def _bound(values: Sequence[Value]) -> pyarrow.RecordBatch:
    """Values as one row that the driver binds."""
    import pyarrow as pa

    columns = [
        pa.array([value], pa.string()) if isinstance(value, str) else pa.array([value], pa.list_(pa.string()))
        for value in values
    ]
    return pa.record_batch(columns, [f"v{number}" for number in range(len(columns))])
