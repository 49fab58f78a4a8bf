"""Reading rows of one table within a snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headwater.sampling.gauge import Gauge
from headwater.sampling.keyed import BITS, WholePlaces
from headwater.sources.losses import Losses
from headwater.sources.pace import ahead, rested
from headwater.sources.postgresql.columns import converted, fetched
from headwater.sources.postgresql.dialect import PostgresqlDialect
from headwater.sources.postgresql.filters import condition
from headwater.sources.postgresql.gauge import Planned, gauged, planned
from headwater.sources.postgresql.identifiers import quoted
from headwater.sources.postgresql.statistics import known_statistics
from headwater.sources.postgresql.uniform import Uniform, chunk, enumerating_pays, probing_pays
from headwater.sources.sql.among import PROBED, SCANNED
from headwater.sources.sql.ceiling import ceiling
from headwater.sources.sql.dialect import KeyColumn, Statement
from headwater.sources.sql.drawing import SqlDrawing
from headwater.sources.sql.enumerated import KeyRange, enumerated
from headwater.sources.sql.table import ColumnSql, TableSql

if TYPE_CHECKING:
    import numpy
    import pyarrow

    from headwater.predicate.bound import Node
    from headwater.sampling.distance import ColumnStatistics
    from headwater.sampling.selection import Pace, Selection
    from headwater.sources.postgresql.catalog import KnownTable
    from headwater.sources.postgresql.snapshot import PostgresqlSnapshot

_LARGE = 2_000_000
"""Above so many rows, a peek reads some blocks instead of all."""


class PostgresqlDrawing(SqlDrawing):
    """One table of a snapshot."""

    def __init__(self, snapshot: PostgresqlSnapshot, known: KnownTable) -> None:
        import pyarrow as pa

        self.table = known.shown
        self._snapshot = snapshot
        self._known = known
        self._list = [fetched(name, kind) for name, kind in known.types.items()]
        self.schema = pa.schema([column.field() for column in self._list])
        self.warnings = (snapshot.note,) if snapshot.note else ()
        self._losses = Losses()
        self._total: int | None = None
        types = {column.name: column.type for column in known.shown.columns}
        dialect = PostgresqlDialect(known.utf8)
        self.sql = TableSql(
            dialect,
            dialect.qualified(known.schema, known.name),
            {one.name: ColumnSql(one.name, types[one.name], one.sql, one.value, one.guard) for one in self._list},
            tuple(KeyColumn(name, types[name]) for name in known.shown.key),
        )

    @property
    def losses(self) -> Mapping[str, str]:
        return self._losses.told()

    def count(self) -> int:
        if self._total is None:
            self._total = int(self._snapshot.value(f"SELECT count(*) FROM {self.sql.name}") or 0)
        return self._total

    def statistics(self, columns: Sequence[str]) -> Mapping[str, ColumnStatistics]:
        return known_statistics(self._snapshot, self._known, columns)

    def condition(self, node: Node) -> Statement:
        return condition(node, {column.name: column for column in self._list})

    def stream(self, statement: Statement, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        return self._typed(self._snapshot.run(statement))

    def listed(self, statement: Statement) -> list[dict[str, Any]]:
        return [row for batch in self._snapshot.run(statement) for row in batch.to_pylist()]

    def keys_at_once(self, columns: Sequence[str]) -> int:
        return PROBED if self._known.leading & set(columns) else SCANNED

    def gauge(self, selection: Selection) -> Gauge:
        known = self.table.rows
        table = self.met(selection)
        if known is None:
            # A view, or a table that was never analyzed: the planner has a guess of its own.
            known = self._explain(Statement(f"SELECT FROM {self.sql.name}")).rows
        return gauged(table, selection, self._known.extent, known, self._explain)

    def _explain(self, statement: Statement) -> Planned:
        return planned(self._snapshot.explain(statement))

    def peek(self, seed: int, rows: int) -> pyarrow.RecordBatch:
        import pyarrow as pa

        where = self.sql.name
        if not self._known.is_view and (self.table.rows or 0) > _LARGE:
            share = min(100.0, max(0.01, 100 * 50 * rows / (self.table.rows or 1)))
            where = f"{self.sql.name} TABLESAMPLE SYSTEM ({share:.4f}) REPEATABLE ({int(seed)})"
        order = f" ORDER BY {self.sql.place(seed)}" if self.table.key else ""
        sql = f"SELECT {self._columns} FROM {where}{order} LIMIT {int(rows)}"
        table = pa.Table.from_batches(list(self._stream(sql)), self.schema).combine_chunks()
        # What was looked at is not drawn.
        self._losses = Losses()
        return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], self.schema)

    def uniform(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        batches = self._uniform(selection)
        return ahead(batches) if selection.pace == "fast" else batches

    def _uniform(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        rows = selection.rows
        total = self._about(rows)
        uniform = Uniform(
            self.sql.dialect, self.sql.name, self._columns, list(self.sql.columns), self.sql.key, selection.seed
        )
        if rows >= total:
            yield from self._stream(uniform.whole())
            return
        keys = self._range(uniform, rows, total)
        if keys is not None:
            yield from self._enumerated(uniform, keys, selection)
        else:
            yield from self._found(uniform, rows, -1, selection.pace)

    def _about(self, rows: int) -> int:
        """About how many rows there are: counted, where that is quick or the draw may take them all."""
        known = self.table.rows or 0
        return self.count() if known < max(_LARGE, 2 * rows) else known

    def _range(self, uniform: Uniform, rows: int, total: int) -> KeyRange | None:
        """Where the keys lie, if they are so dense that telling them on our side pays."""
        if not self.sql.dialect.places_whole(self.sql.key) or not enumerating_pays(rows, total, self._known.extent):
            return None
        ((lowest, highest),) = (row.values() for row in self.listed(Statement(uniform.range())))
        keys = KeyRange(lowest, highest, total) if lowest is not None else None
        return keys if keys is not None and keys.dense else None

    def _enumerated(self, uniform: Uniform, keys: KeyRange, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        import numpy as np
        import pyarrow as pa

        def texts(numbers: numpy.ndarray) -> pyarrow.Table:
            return pa.table({"k0": pa.array(numbers, pa.int64()).cast(pa.string())})

        def present(numbers: numpy.ndarray) -> numpy.ndarray:
            found = self._asked(uniform.present(), texts(numbers), selection.pace)
            return np.concatenate([np.empty(0, np.int64), *(batch.column(0).to_numpy() for batch in found)])

        def fetch(numbers: numpy.ndarray) -> Iterator[pyarrow.RecordBatch]:
            return self._typed(self._asked(uniform.probe(), texts(numbers), selection.pace))

        yield from enumerated(
            WholePlaces(selection.seed),
            keys,
            selection.rows,
            fetch=fetch,
            present=present,
            rest=lambda missing, above: self._found(uniform, missing, above, selection.pace),
        )

    def _found(self, uniform: Uniform, rows: int, above: int, pace: Pace) -> Iterator[pyarrow.RecordBatch]:
        """The `rows` rows with the smallest places above one, which the source looks for."""
        find = self._probed if probing_pays(rows, self._known.extent) else self._scanned
        limit = max(above, ceiling(rows, self._about(rows)))
        found = 0
        if limit > above:
            for batch in find(uniform, rows, above, limit, pace):
                found += batch.num_rows
                yield batch
        if found < rows:
            # Chance put fewer rows below the ceiling than were counted on: the rest lie above it.
            yield from find(uniform, rows - found, limit, 1 << BITS, pace)

    def _scanned(self, uniform: Uniform, rows: int, above: int, upto: int, pace: Pace) -> Iterator[pyarrow.RecordBatch]:
        yield from self._stream(uniform.scan(rows, above, upto))

    def _probed(self, uniform: Uniform, rows: int, above: int, upto: int, pace: Pace) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa

        if keys := list(self._snapshot.batches(uniform.keys(rows, above, upto))):
            yield from self._typed(self._asked(uniform.probe(), pa.Table.from_batches(keys), pace))

    def _asked(self, sql: str, keys: pyarrow.Table, pace: Pace) -> Iterator[pyarrow.RecordBatch]:
        """What a statement gives for keys, which are texts: some at a time."""
        import pyarrow as pa

        size = chunk(pace, (self.table.bytes or 0) / (self.table.rows or 1))
        for start in range(0, keys.num_rows, size):
            lists = [
                pa.array([column.to_pylist()], pa.list_(pa.string())) for column in keys.slice(start, size).columns
            ]
            batches = self._snapshot.batches(sql, pa.record_batch(lists, [f"k{n}" for n in range(len(lists))]))
            yield from batches if pace == "fast" else rested(batches, self._snapshot.pause)

    @property
    def _columns(self) -> str:
        return ", ".join(f"{column.sql} AS {quoted(column.name)}" for column in self._list)

    def _stream(self, sql: str) -> Iterator[pyarrow.RecordBatch]:
        return self._typed(self._snapshot.batches(sql))

    def _typed(self, batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            if batch.num_rows:
                yield converted(batch, self._list, self.schema, self._losses)
