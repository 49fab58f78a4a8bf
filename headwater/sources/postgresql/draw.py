"""Reading rows of a table: one read-only transaction over ADBC, stopped from outside at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from headwater.errors import Cancelled, SourceUnavailable
from headwater.sampling.keyed import BITS
from headwater.sources.base import Drawing
from headwater.sources.postgresql.columns import converted, fetched
from headwater.sources.postgresql.failures import timed_out, told
from headwater.sources.postgresql.identifiers import place, qualified, quoted
from headwater.sources.postgresql.session import BEGIN, address, settings
from headwater.sources.postgresql.uniform import CHUNK, Uniform, ceiling, probing_pays

if TYPE_CHECKING:
    import pyarrow

    from headwater.sources.postgresql.catalog import KnownTable

_BATCH_BYTES = 1 << 20
_CANCEL_AGAIN_S = 0.05
_CANCEL_AGAIN_MOST_S = 1.0
_LARGE = 2_000_000
"""Above so many rows, a peek reads some blocks instead of all."""


class PostgresqlDrawing(Drawing):
    """One look at one table.

    Parameters
    ----------
    deadline_s:
        After so many seconds the whole look is stopped, whatever the single statements take: a statement's own
        timeout does not see many short ones, nor a reader that is slow.
    """

    def __init__(self, source: str, dsn: str, known: KnownTable, *, statement_s: float, deadline_s: float) -> None:
        import pyarrow as pa

        self.table = known.shown
        self._source = source
        self._statement_s = statement_s
        self._deadline_s = deadline_s
        self._known = known
        self._list = [fetched(name, kind) for name, kind in known.types.items()]
        self.schema = pa.schema([column.field() for column in self._list])
        self.warnings = tuple(column.warning for column in self._list if column.warning)
        self._stopped = threading.Event()
        self._late = False
        self._lock = threading.Lock()
        self._running: Any = None
        self._interrupting = False
        self._total: int | None = None
        self._began = 0.0
        self._connection = self._connect(dsn)
        self._timer = threading.Timer(deadline_s, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        """End the transaction and the connection."""
        import adbc_driver_manager

        self._timer.cancel()
        try:
            self._connection.close()
        except adbc_driver_manager.Error:
            # Lost before: there is nothing left to close.
            pass

    def cancel(self) -> None:
        self._stopped.set()
        self._interrupt()

    def count(self) -> int:
        if self._total is None:
            self._total = int(self._value(f"SELECT count(*) FROM {self._name}") or 0)
        return self._total

    def peek(self, seed: int, rows: int) -> pyarrow.RecordBatch:
        import pyarrow as pa

        where = self._name
        if not self._known.is_view and (self.table.rows or 0) > _LARGE:
            share = min(100.0, max(0.01, 100 * 50 * rows / (self.table.rows or 1)))
            where = f"{self._name} TABLESAMPLE SYSTEM ({share:.4f}) REPEATABLE ({int(seed)})"
        order = f" ORDER BY {self._place(seed)}" if self.table.key else ""
        sql = f"SELECT {self._columns} FROM {where}{order} LIMIT {int(rows)}"
        table = pa.Table.from_batches(list(self._stream(sql)), self.schema).combine_chunks()
        return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], self.schema)

    def rows(self, seed: int, rows: int) -> Iterator[pyarrow.RecordBatch]:
        total = self.count()
        types = {column.name: column.type for column in self.table.columns}
        key = [(name, types[name]) for name in self.table.key]
        uniform = Uniform(self._name, self._columns, list(types), key, seed)
        if rows >= total:
            yield from self._stream(uniform.whole())
            return
        find = self._probed if probing_pays(rows, self._known.extent) else self._scanned
        limit = ceiling(rows, total)
        found = 0
        for batch in find(uniform, rows, -1, limit):
            found += batch.num_rows
            yield batch
        if found < rows:
            # Chance put fewer rows below the ceiling than were counted on: the rest lie above it.
            yield from find(uniform, rows - found, limit, 1 << BITS)

    def _scanned(self, uniform: Uniform, rows: int, above: int, upto: int) -> Iterator[pyarrow.RecordBatch]:
        yield from self._stream(uniform.scan(rows, above, upto))

    def _probed(self, uniform: Uniform, rows: int, above: int, upto: int) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa

        keys = pa.Table.from_batches(list(self._batches(uniform.keys(rows, above, upto))))
        for start in range(0, keys.num_rows, CHUNK):
            chunk = keys.slice(start, CHUNK)
            lists = [pa.array([column.to_pylist()], pa.list_(pa.string())) for column in chunk.columns]
            yield from self._stream(uniform.probe(), pa.record_batch(lists, [f"k{n}" for n in range(len(lists))]))

    @property
    def _name(self) -> str:
        return qualified(self._known.schema, self._known.name)

    @property
    def _columns(self) -> str:
        return ", ".join(f"{column.sql} AS {quoted(column.name)}" for column in self._list)

    def _place(self, seed: int) -> str:
        return place(seed, self.table.key)

    def _connect(self, dsn: str) -> Any:
        from adbc_driver_postgresql import dbapi

        with told(self._source, timeout_s=self._statement_s, stopped=self._stopped.is_set):
            connection = dbapi.connect(address(dsn), autocommit=True)
            try:
                with connection.cursor() as cursor:
                    for statement in settings(self._statement_s):
                        cursor.executescript(statement)
                    cursor.executescript(BEGIN)
                    cursor.execute("SELECT pg_backend_pid()")
                    cursor.fetchall()
            except BaseException:
                connection.close()
                raise
            return connection

    def _value(self, sql: str) -> Any:
        for batch in self._batches(sql):
            if batch.num_rows:
                return batch.column(0)[0].as_py()
        return None

    def _stream(self, sql: str, values: pyarrow.RecordBatch | None = None) -> Iterator[pyarrow.RecordBatch]:
        for batch in self._batches(sql, values):
            if batch.num_rows:
                yield converted(batch, self.schema)

    def _batches(self, sql: str, values: pyarrow.RecordBatch | None = None) -> Iterator[pyarrow.RecordBatch]:
        with told(self._source, timeout_s=self._statement_s, stopped=self._stopped.is_set):
            cursor = self._connection.cursor(
                adbc_stmt_kwargs={"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)}
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
