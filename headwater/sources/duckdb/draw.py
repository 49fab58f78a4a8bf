"""Reading rows of one table with DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headwater.errors import SampleRefused
from headwater.sampling.keyed import BITS
from headwater.sources.duckdb.columns import converted, fetched
from headwater.sources.duckdb.dialect import DuckdbDialect
from headwater.sources.duckdb.filters import condition
from headwater.sources.losses import Losses
from headwater.sources.postgresql.uniform import Uniform
from headwater.sources.sql.ceiling import ceiling
from headwater.sources.sql.dialect import KeyColumn, Statement
from headwater.sources.sql.drawing import SqlDrawing
from headwater.sources.sql.table import ColumnSql, TableSql

if TYPE_CHECKING:
    import pyarrow

    from headwater.predicate.bound import Node
    from headwater.sampling.selection import Selection
    from headwater.sources.duckdb.snapshot import DuckdbSnapshot, KnownTable
    from headwater.sources.sql.dialect import Value

_SQL = DuckdbDialect()


class DuckdbDrawing(SqlDrawing):
    """One table of a snapshot. Rows are found by one scan: DuckDB reads the columns of a key first, and few of them."""

    def __init__(self, snapshot: DuckdbSnapshot, known: KnownTable) -> None:
        import pyarrow as pa

        self.table = known.shown
        self._snapshot = snapshot
        self._known = known
        self._types = snapshot.types(known.relation)
        if set(self._types) != {column.name for column in known.shown.columns}:
            raise SampleRefused(
                f"{self.table.name} has columns whose names differ in upper and lower case alone, "
                "which DuckDB does not tell apart.",
                hint="Rename one of them in the source.",
                details={"table": self.table.name},
            )
        self._list = [fetched(name, kind) for name, kind in self._types.items()]
        self.schema = pa.schema([column.field for column in self._list])
        self.warnings = tuple(column.warning for column in self._list if column.warning)
        self._losses = Losses()
        self._total: int | None = None
        self.sql = TableSql(
            _SQL,
            known.relation,
            {one.name: ColumnSql(one.name, self._types[one.name], one.sql, one.value, one.guard) for one in self._list},
            tuple(KeyColumn(name, self._types[name]) for name in known.shown.key),
        )

    @property
    def losses(self) -> Mapping[str, str]:
        return self._losses.told()

    def count(self) -> int:
        if self._total is None:
            self._total = int(self._snapshot.value(f"SELECT count(*) FROM {self._known.relation}") or 0)
        return self._total

    def peek(self, seed: int, rows: int) -> pyarrow.RecordBatch:
        import pyarrow as pa

        order = f" ORDER BY {_SQL.place(seed, self.sql.key)}" if self.sql.key else ""
        sql = f"SELECT {self._columns} FROM {self._known.relation}{order} {_SQL.limit(rows)}"
        table = pa.Table.from_batches(list(self._stream(sql)), self.schema).combine_chunks()
        # What was looked at is not drawn.
        self._losses = Losses()
        return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], self.schema)

    def condition(self, node: Node) -> Statement:
        return condition(node, {column.name: column for column in self._list})

    def stream(self, statement: Statement, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        return self._stream(statement.sql, statement.values)

    def listed(self, statement: Statement) -> list[dict[str, Any]]:
        return [row for batch in self._snapshot.batches(statement.sql, statement.values) for row in batch.to_pylist()]

    def rows(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        if self.sql.key and not self._known.vouched and (selection.method != "uniform" or selection.where):
            self._check_key(selection.seed, 1 << BITS)
        return super().rows(selection)

    def uniform(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        rows, total = selection.rows, self.count()
        uniform = Uniform(_SQL, self._known.relation, self._columns, list(self._types), self.sql.key, selection.seed)
        limit = 1 << BITS if rows >= total else ceiling(rows, total)
        if not self._known.vouched:
            self._check_key(selection.seed, limit)
        if rows >= total:
            yield from self._stream(uniform.whole())
            return
        found = 0
        for batch in self._stream(uniform.scan(rows, -1, limit)):
            found += batch.num_rows
            yield batch
        if found < rows:
            # Chance put fewer rows below the ceiling than were counted on: the rest lie above it.
            yield from self._stream(uniform.scan(rows - found, limit, 1 << BITS))

    def _check_key(self, seed: int, upto: int) -> None:
        """Raise `SampleRefused` where the configured key is null, or has rows that share one, among those drawn.

        Rows that share a key share a place: a draw has all of them or none.
        """
        names = [_SQL.quoted(column.name) for column in self.sql.key]
        empty = " OR ".join(f"{name} IS NULL" for name in names)
        drawn = f"FILTER (WHERE {_SQL.place(seed, self.sql.key)} <= {int(upto)})"
        sql = (
            f"SELECT count(*) FILTER (WHERE {empty}), count(*) {drawn}, count(DISTINCT ({', '.join(names)})) {drawn}"
            f" FROM {self._known.relation}"
        )
        for batch in self._snapshot.batches(sql):
            without, rows, keys = (column[0].as_py() for column in batch.columns)
            if without or rows != keys:
                said = (
                    f"{without:,} rows without it" if without else f"rows that share one, {rows - keys:,} in this draw"
                )
                raise SampleRefused(
                    f"{', '.join(self.table.key)} is no key of {self.table.name}: there are {said}.",
                    hint=f"Correct [sources.{self.table.source}.keys] in headwater.toml.",
                    details={"table": self.table.name, "key": list(self.table.key)},
                )

    @property
    def _columns(self) -> str:
        return ", ".join(f"{column.sql} AS {_SQL.quoted(column.name)}" for column in self._list)

    def _stream(self, sql: str, values: Sequence[Value] = ()) -> Iterator[pyarrow.RecordBatch]:
        for batch in self._snapshot.batches(sql, values):
            if batch.num_rows:
                yield converted(batch, self._list, self.schema, self._losses)
