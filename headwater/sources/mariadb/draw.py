"""Reading rows of one table within a snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headwater.sampling.keyed import BITS
from headwater.sources.mariadb.columns import Converter, fetched
from headwater.sources.mariadb.filters import condition
from headwater.sources.postgresql.uniform import Uniform
from headwater.sources.sql.among import PROBED
from headwater.sources.sql.ceiling import ceiling
from headwater.sources.sql.dialect import KeyColumn, Statement
from headwater.sources.sql.drawing import SqlDrawing
from headwater.sources.sql.table import ColumnSql, TableSql

if TYPE_CHECKING:
    import pyarrow

    from headwater.predicate.bound import Node
    from headwater.sampling.selection import Selection
    from headwater.sources.mariadb.catalog import KnownTable
    from headwater.sources.mariadb.dialect import MariadbDialect
    from headwater.sources.mariadb.snapshot import MariadbSnapshot


class MariadbDrawing(SqlDrawing):
    """One table of a snapshot. Rows are found by one scan: InnoDB keeps rows in the index over their key."""

    def __init__(self, snapshot: MariadbSnapshot, known: KnownTable, dialect: MariadbDialect) -> None:
        import pyarrow as pa

        self.table = known.shown
        self._snapshot = snapshot
        self._known = known
        self._list = [
            fetched(name, dialect.quoted(name), kind, json=name in known.json, exact=dialect.exact)
            for name, kind in known.types.items()
        ]
        self.schema = pa.schema([column.field for column in self._list])
        self.warnings = known.warnings
        self._converter = Converter(self.schema)
        self._total: int | None = None
        self.sql = TableSql(
            dialect,
            dialect.qualified(known.schema, known.name),
            {one.name: ColumnSql(one.name, known.types[one.name], one.sql, one.value, one.guard) for one in self._list},
            tuple(KeyColumn(name, known.types[name]) for name in known.shown.key),
        )

    @property
    def losses(self) -> Mapping[str, str]:
        return self._converter.losses.told()

    def count(self) -> int:
        if self._total is None:
            self._total = self._count(self.sql)
        return self._total

    def peek(self, seed: int, rows: int) -> pyarrow.RecordBatch:
        import pyarrow as pa

        order = f" ORDER BY {self.sql.place(seed)}" if self.sql.key else ""
        sql = f"SELECT {self._columns} FROM {self.sql.name}{order} {self.sql.dialect.limit(rows)}"
        table = pa.Table.from_batches(list(self._stream(Statement(sql))), self.schema).combine_chunks()
        # What was looked at is not drawn.
        self._converter = Converter(self.schema)
        return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], self.schema)

    def condition(self, node: Node) -> Statement:
        return condition(node, {column.name: column for column in self._list})

    def stream(self, statement: Statement, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        return self._stream(statement)

    def listed(self, statement: Statement) -> list[dict[str, Any]]:
        return self._snapshot.listed(statement)

    def keys_at_once(self, columns: Sequence[str]) -> int:
        # What a statement may be long: a server takes 16 MB.
        return PROBED if self._known.leading & set(columns) else 3 * PROBED

    def uniform(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        rows, total = selection.rows, self.count()
        sql = self.sql
        uniform = Uniform(sql.dialect, sql.name, self._columns, list(sql.columns), sql.key, selection.seed)
        if rows >= total:
            yield from self._stream(Statement(uniform.whole()))
            return
        limit = ceiling(rows, total)
        found = 0
        for batch in self._stream(Statement(uniform.scan(rows, -1, limit))):
            found += batch.num_rows
            yield batch
        if found < rows:
            # Chance put fewer rows below the ceiling than were counted on: the rest lie above it.
            yield from self._stream(Statement(uniform.scan(rows - found, limit, 1 << BITS)))

    @property
    def _columns(self) -> str:
        return ", ".join(f"{column.sql} AS {self.sql.dialect.quoted(column.name)}" for column in self._list)

    def _stream(self, statement: Statement) -> Iterator[pyarrow.RecordBatch]:
        for rows in self._snapshot.rows(statement.sql, statement.values):
            yield self._converter.batch(rows)
