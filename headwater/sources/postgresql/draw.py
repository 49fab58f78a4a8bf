"""Reading rows of one table within a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from headwater.sampling.keyed import BITS
from headwater.sources.postgresql.columns import converted, fetched
from headwater.sources.postgresql.dialect import PostgresqlDialect
from headwater.sources.postgresql.filters import condition
from headwater.sources.postgresql.uniform import CHUNK, Uniform, probing_pays
from headwater.sources.sql.ceiling import ceiling
from headwater.sources.sql.dialect import KeyColumn, Statement
from headwater.sources.sql.drawing import SqlDrawing
from headwater.sources.sql.table import ColumnSql, TableSql

if TYPE_CHECKING:
    import pyarrow

    from headwater.predicate.bound import Node
    from headwater.sampling.selection import Selection
    from headwater.sources.postgresql.catalog import KnownTable
    from headwater.sources.postgresql.snapshot import PostgresqlSnapshot

_SQL = PostgresqlDialect()
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
        lost = tuple(column.warning for column in self._list if column.warning)
        self.warnings = (snapshot.note, *lost) if snapshot.note else lost
        self._total: int | None = None
        types = {column.name: column.type for column in known.shown.columns}
        self.sql = TableSql(
            _SQL,
            _SQL.qualified(known.schema, known.name),
            {one.name: ColumnSql(one.name, types[one.name], one.sql, one.value, one.guard) for one in self._list},
            tuple(KeyColumn(name, types[name]) for name in known.shown.key),
        )

    def count(self) -> int:
        if self._total is None:
            self._total = int(self._snapshot.value(f"SELECT count(*) FROM {self.sql.name}") or 0)
        return self._total

    def condition(self, node: Node) -> Statement:
        return condition(node, {column.name: column for column in self._list})

    def stream(self, statement: Statement, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        for batch in self._snapshot.run(statement):
            if batch.num_rows:
                yield converted(batch, self.schema)

    def listed(self, statement: Statement) -> list[dict[str, Any]]:
        return [row for batch in self._snapshot.run(statement) for row in batch.to_pylist()]

    def peek(self, seed: int, rows: int) -> pyarrow.RecordBatch:
        import pyarrow as pa

        where = self.sql.name
        if not self._known.is_view and (self.table.rows or 0) > _LARGE:
            share = min(100.0, max(0.01, 100 * 50 * rows / (self.table.rows or 1)))
            where = f"{self.sql.name} TABLESAMPLE SYSTEM ({share:.4f}) REPEATABLE ({int(seed)})"
        order = f" ORDER BY {_SQL.place(seed, self.sql.key)}" if self.table.key else ""
        sql = f"SELECT {self._columns} FROM {where}{order} LIMIT {int(rows)}"
        table = pa.Table.from_batches(list(self._stream(sql)), self.schema).combine_chunks()
        return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], self.schema)

    def uniform(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        rows, seed = selection.rows, selection.seed
        total = self.count()
        uniform = Uniform(_SQL, self.sql.name, self._columns, list(self.sql.columns), self.sql.key, seed)
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

        keys = pa.Table.from_batches(list(self._snapshot.batches(uniform.keys(rows, above, upto))))
        for start in range(0, keys.num_rows, CHUNK):
            chunk = keys.slice(start, CHUNK)
            lists = [pa.array([column.to_pylist()], pa.list_(pa.string())) for column in chunk.columns]
            yield from self._stream(uniform.probe(), pa.record_batch(lists, [f"k{n}" for n in range(len(lists))]))

    @property
    def _columns(self) -> str:
        return ", ".join(f"{column.sql} AS {_SQL.quoted(column.name)}" for column in self._list)

    def _stream(self, sql: str, values: pyarrow.RecordBatch | None = None) -> Iterator[pyarrow.RecordBatch]:
        for batch in self._snapshot.batches(sql, values):
            if batch.num_rows:
                yield converted(batch, self.schema)
