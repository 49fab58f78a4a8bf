"""Reading rows of one table within a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headwater.sampling.keyed import BITS, WholePlaces
from headwater.sources.mariadb.columns import Converter, fetched
from headwater.sources.mariadb.filters import condition
from headwater.sources.pace import rested
from headwater.sources.postgresql.uniform import Uniform, chunk
from headwater.sources.sql.among import PROBED
from headwater.sources.sql.ceiling import ceiling
from headwater.sources.sql.dialect import KeyColumn, Statement
from headwater.sources.sql.drawing import SqlDrawing
from headwater.sources.sql.enumerated import KeyRange, enumerated
from headwater.sources.sql.table import ColumnSql, TableSql

if TYPE_CHECKING:
    import numpy
    import pyarrow

    from headwater.predicate.bound import Node
    from headwater.sampling.selection import Selection
    from headwater.sources.mariadb.catalog import KnownTable
    from headwater.sources.mariadb.dialect import MariadbDialect
    from headwater.sources.mariadb.snapshot import MariadbSnapshot

LARGE = 2_000_000
"""Tables that are smaller are counted; of larger ones the server's own estimate is taken."""

_ROW = 30
"""What a row that is asked for by its key costs, in rows whose place is looked at."""


class MariadbDrawing(SqlDrawing):
    """One table of a snapshot.

    Rows are found by one scan, as InnoDB keeps rows in the index over their key; few rows of a table whose key is one
    whole number are asked for by keys that are told on our side.
    """

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
        rows = selection.rows
        total = self._about(rows)
        if rows >= total:
            yield from self._stream(Statement(self._uniform(selection).whole()))
            return
        keys = self._range(rows, total)
        if keys is None:
            yield from self._found(selection, rows, -1)
            return
        import numpy as np

        (key,) = self.sql.key
        name = self.sql.dialect.quoted(key.name)

        def present(numbers: numpy.ndarray) -> numpy.ndarray:
            found = self._asked(numbers, selection, lambda wanted: f"SELECT {name} FROM {self.sql.name}{wanted}")
            return np.array([int(row[0]) for part in found for row in part], np.int64)

        def fetch(numbers: numpy.ndarray) -> Iterator[pyarrow.RecordBatch]:
            found = self._asked(
                numbers,
                selection,
                lambda wanted: self.sql.fetched(f"SELECT {self.sql.names} FROM {self.sql.name}{wanted}"),
            )
            return (self._converter.batch(part) for part in found)

        yield from enumerated(
            WholePlaces(selection.seed),
            keys,
            rows,
            fetch=fetch,
            present=present,
            rest=lambda missing, above: self._found(selection, missing, above),
        )

    def _about(self, rows: int) -> int:
        """About how many rows there are: counted, where that is quick or the draw may take them all."""
        known = self.table.rows or 0
        return self.count() if known < max(LARGE, 2 * rows) else known

    def _range(self, rows: int, total: int) -> KeyRange | None:
        """Where the keys lie, if they are so dense, and the draw so small, that telling them on our side pays."""
        sql = self.sql.dialect
        if not sql.places_whole(self.sql.key) or self.sql.key[0].name not in self._known.leading:
            return None
        if _ROW * rows >= total:
            return None
        name = sql.quoted(self.sql.key[0].name)
        ((lowest, highest),) = (
            row.values()
            for row in self.listed(Statement(f"SELECT MIN({name}) AS a, MAX({name}) AS b FROM {self.sql.name}"))
        )
        keys = KeyRange(int(lowest), int(highest), total) if lowest is not None else None
        return keys if keys is not None and keys.dense else None

    def _found(self, selection: Selection, rows: int, above: int) -> Iterator[pyarrow.RecordBatch]:
        """The `rows` rows with the smallest places above one, which the server looks for."""
        uniform = self._uniform(selection)
        limit = max(above, ceiling(rows, self._about(rows)))
        found = 0
        if limit > above:
            for batch in self._stream(Statement(uniform.scan(rows, above, limit))):
                found += batch.num_rows
                yield batch
        if found < rows:
            # Chance put fewer rows below the ceiling than were counted on: the rest lie above it.
            yield from self._stream(Statement(uniform.scan(rows - found, limit, 1 << BITS)))

    def _asked(
        self, numbers: numpy.ndarray, selection: Selection, statement: Callable[[str], str]
    ) -> Iterator[Sequence[Sequence[Any]]]:
        """What a statement gives for keys, some at a time."""
        (key,) = self.sql.key
        size = chunk(selection.pace, (self.table.bytes or 0) / (self.table.rows or 1))
        for start in range(0, len(numbers), size):
            texts = [str(number) for number in numbers[start : start + size].tolist()]
            column = (self.sql.dialect.quoted(key.name), key.type)
            found = self._snapshot.rows(statement(f" WHERE {self.sql.dialect.among_integers([column], [texts])}"))
            yield from found if selection.pace == "fast" else rested(found, self._snapshot.pause)

    def _uniform(self, selection: Selection) -> Uniform:
        sql = self.sql
        return Uniform(sql.dialect, sql.name, self._columns, list(sql.columns), sql.key, selection.seed)

    @property
    def _columns(self) -> str:
        return ", ".join(f"{column.sql} AS {self.sql.dialect.quoted(column.name)}" for column in self._list)

    def _stream(self, statement: Statement) -> Iterator[pyarrow.RecordBatch]:
        for rows in self._snapshot.rows(statement.sql, statement.values):
            yield self._converter.batch(rows)
