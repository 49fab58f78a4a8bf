"""A database file of DuckDB as a source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from headwater.errors import SourceUnavailable
from headwater.sample_models import Link, SourceColumn, SourceTable, SourceTablePage
from headwater.sources.base import Snapshot, Source
from headwater.sources.duckdb.dialect import DuckdbDialect
from headwater.sources.duckdb.engine import connect
from headwater.sources.duckdb.failures import told
from headwater.sources.duckdb.keys import configured_key
from headwater.sources.duckdb.snapshot import DuckdbSnapshot, KnownTable
from headwater.sources.listing import page_of, whole_name

if TYPE_CHECKING:
    import duckdb

    from headwater.config import SourceConfig

_SQL = DuckdbDialect()

_TABLES = """
SELECT schema_name, table_name, estimated_size, comment FROM duckdb_tables()
 WHERE database_name = current_database() AND NOT internal AND NOT temporary
UNION ALL
SELECT schema_name, view_name, NULL, comment FROM duckdb_views()
 WHERE database_name = current_database() AND NOT internal AND NOT temporary"""

_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
 WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index"""

_KEYS = """
SELECT schema_name, table_name, constraint_type, constraint_column_names FROM duckdb_constraints()
 WHERE database_name = current_database() AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')
 ORDER BY constraint_type, len(constraint_column_names), constraint_index"""


# DuckDB has no foreign keys from one schema to another.
_LINKS = """
SELECT schema_name || '.' || table_name, constraint_column_names, schema_name || '.' || referenced_table,
       referenced_column_names
  FROM duckdb_constraints() WHERE database_name = current_database() AND constraint_type = 'FOREIGN KEY'
 ORDER BY 1, constraint_index"""


class DuckdbSource(Source):
    """Reads a database file that no one writes to meanwhile."""

    def __init__(self, config: SourceConfig) -> None:
        self.name = config.name
        self._config = config
        self._schemas = config.schemas or ("main",)

    @property
    def first_schema(self) -> str:
        return self._schemas[0]

    def check(self) -> None:
        with self._opened():
            pass

    def powers(self) -> tuple[str, ...]:
        self.check()
        path = self._config.address()
        return ("write to the file",) if os.access(path, os.W_OK) and os.geteuid() != 0 else ()

    def tables(self, query: str = "", cursor: str | None = None, limit: int = 50) -> SourceTablePage:
        with self._opened() as connection:
            known = self._known(connection)
            return page_of(self.name, known, lambda name: known[name].shown, query, cursor, limit)

    def table(self, name: str) -> SourceTable:
        with self._opened() as connection:
            known = self._known(connection)
            return known[whole_name(self.name, name, known, self._schemas)].shown

    def links(self) -> tuple[Link, ...]:
        with self._opened() as connection:
            known = self._known(connection)
            nullable = {
                (name, column.name) for name, one in known.items() for column in one.shown.columns if column.nullable
            }
            found = [
                Link(
                    child, tuple(columns), parent, tuple(theirs), any((child, column) in nullable for column in columns)
                )
                for child, columns, parent, theirs in self._rows(connection, _LINKS)
                if child in known and parent in known
            ]
            return tuple(dict.fromkeys(found))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self._opened() as connection:
            snapshot = _DatabaseSnapshot(self, connection, self._config.statement_timeout_s)
            try:
                yield snapshot
            finally:
                snapshot.close()

    def found(self, connection: duckdb.DuckDBPyConnection, name: str) -> KnownTable:
        """The table that a person's `name` means. Raises `TableNotFound`."""
        known = self._known(connection)
        return known[whole_name(self.name, name, known, self._schemas)]

    @contextmanager
    def _opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        import duckdb

        path = self._config.address()
        if not os.path.isfile(path):
            raise SourceUnavailable(
                f"The source {self.name} is not there: it is no file that the Headwater host can see.",
                hint="Correct its path in headwater.toml; it must be a database file of DuckDB.",
                details={"source": self.name},
            )
        try:
            connection = connect(self._config, path)
        except (duckdb.Error, OSError) as error:
            raise told(self.name, error) from None
        try:
            yield connection
        finally:
            connection.close()

    def _known(self, connection: duckdb.DuckDBPyConnection) -> dict[str, KnownTable]:
        columns: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
        for schema, table, *column in self._rows(connection, _COLUMNS):
            columns.setdefault((schema, table), []).append(tuple(column))
        keys: dict[tuple[str, str], list[tuple[str, ...]]] = {}
        for schema, table, _, names in self._rows(connection, _KEYS):
            keys.setdefault((schema, table), []).append(tuple(names))
        known: dict[str, KnownTable] = {}
        for schema, table, rows, comment in self._rows(connection, _TABLES):
            if schema not in self._schemas:
                continue
            listed = columns.get((schema, table), [])
            filled = {name for name, _, nullable in listed if not nullable}
            vouched = next((key for key in keys.get((schema, table), []) if filled.issuperset(key)), ())
            key = vouched or configured_key(self._config, schema, table, [name for name, _, _ in listed])
            shown = SourceTable(
                source=self.name,
                name=f"{schema}.{table}",
                rows=rows,
                bytes=None,
                columns=tuple(SourceColumn(name, kind, nullable, name in key) for name, kind, nullable in listed),
                key=key,
                comment=comment or "",
            )
            known[shown.name] = KnownTable(shown, _SQL.qualified(schema, table), bool(vouched))
        return known

    def _rows(self, connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
        import duckdb

        try:
            return connection.sql(sql).fetchall()
        except duckdb.Error as error:
            raise told(self.name, error) from None


class _DatabaseSnapshot(DuckdbSnapshot):
    def __init__(self, source: DuckdbSource, connection: duckdb.DuckDBPyConnection, statement_s: float) -> None:
        super().__init__(source.name, connection, statement_s)
        self._of = source

    def known(self, name: str) -> KnownTable:
        return self._of.found(self._connection, name)
