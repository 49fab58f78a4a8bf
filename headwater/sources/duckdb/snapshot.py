"""One look at what DuckDB reads: bounded in time, and stopped from outside at any moment."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.sources.base import Drawing, Snapshot
from headwater.sources.bounds import Bounds
from headwater.sources.duckdb.draw import DuckdbDrawing
from headwater.sources.duckdb.failures import told

if TYPE_CHECKING:
    import duckdb
    import pyarrow

    from headwater.sample_models import SourceTable
    from headwater.sources.sql.dialect import Value

_BATCH_ROWS = 16_384
_STATEMENTS = 4
"""So many timeouts of one statement bound a whole look."""


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table as DuckDB reads it.

    Attributes
    ----------
    relation:
        SQL of what stands after FROM.
    vouched:
        Whether the source itself keeps the key unique. One that headwater.toml names is looked at in each draw.
    """

    shown: SourceTable
    relation: str
    vouched: bool = True


class DuckdbSnapshot(Snapshot):
    """Statements on one connection. A kind of source says what its tables are."""

    def __init__(self, source: str, connection: duckdb.DuckDBPyConnection, statement_s: float) -> None:
        self._source = source
        self._connection = connection
        self._bounds = Bounds(
            source,
            statement_s=statement_s,
            deadline_s=_STATEMENTS * statement_s,
            interrupt=connection.interrupt,
        )

    @abstractmethod
    def known(self, name: str) -> KnownTable:
        """A table that this connection can read. Raises `TableNotFound`."""

    def table(self, name: str) -> Drawing:
        return DuckdbDrawing(self, self.known(name))

    def cancel(self) -> None:
        self._bounds.cancel()

    def close(self) -> None:
        """Close the connection."""
        self._bounds.close()
        self._connection.close()

    def types(self, relation: str) -> Mapping[str, str]:
        """The columns of a relation, with their types as DuckDB writes them."""
        with self._bounds.statement(self._told):
            found = self._connection.sql(f"SELECT * FROM {relation} LIMIT 0")
            return dict(zip(found.columns, map(str, found.types), strict=True))

    def value(self, sql: str) -> Any:
        """The first value of the first row, or None."""
        for batch in self.batches(sql):
            if batch.num_rows:
                return batch.column(0)[0].as_py()
        return None

    def batches(self, sql: str, values: Sequence[Value] = ()) -> Iterator[pyarrow.RecordBatch]:
        """What a statement gives, as DuckDB types it."""
        bound = [list(value) if isinstance(value, tuple) else value for value in values]
        with self._bounds.statement(self._told):
            # Not `execute`, which makes all rows before it gives the first.
            relation = self._connection.sql(sql, params=bound) if bound else self._connection.sql(sql)
            for batch in relation.to_arrow_reader(_BATCH_ROWS):
                self._bounds.check()
                yield batch

    def _told(self, error: BaseException) -> BaseException:
        return told(self._source, error)
