"""What a MariaDB has: its tables, columns and keys, from its catalog, never from the tables themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.sample_models import Link, SourceColumn, SourceTable, SourceTablePage
from headwater.sources.listing import page_of, whole_name
from headwater.sources.mariadb.dialect import MariadbDialect, filled

if TYPE_CHECKING:
    import pymysql

_SQL = MariadbDialect()
_SNAPSHOTS = frozenset({"InnoDB", "ROCKSDB", "TokuDB"})
"""Engines whose tables a transaction sees in one state."""

_NAMES = f"""
SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES
 WHERE {_SQL.among([("TABLE_SCHEMA", "varchar")], 1)} AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')"""

_TABLES = f"""
SELECT TABLE_TYPE, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH, TABLE_COMMENT, ENGINE FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = {_SQL.bound(1, "varchar")} AND TABLE_NAME = {_SQL.bound(2, "varchar")}"""

_COLUMNS = f"""
SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, DATA_TYPE FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = {_SQL.bound(1, "varchar")} AND TABLE_NAME = {_SQL.bound(2, "varchar")}
   AND PRIVILEGES LIKE '%select%' ORDER BY ORDINAL_POSITION"""

_KEYS = f"""
SELECT INDEX_NAME, COLUMN_NAME, SUB_PART, NULLABLE, NON_UNIQUE, SEQ_IN_INDEX FROM information_schema.STATISTICS
 WHERE TABLE_SCHEMA = {_SQL.bound(1, "varchar")} AND TABLE_NAME = {_SQL.bound(2, "varchar")}
 ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX"""

_LINKS = f"""
SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), CONSTRAINT_NAME, COLUMN_NAME,
       CONCAT(REFERENCED_TABLE_SCHEMA, '.', REFERENCED_TABLE_NAME), REFERENCED_COLUMN_NAME
  FROM information_schema.KEY_COLUMN_USAGE
 WHERE {_SQL.among([("TABLE_SCHEMA", "varchar")], 1)} AND REFERENCED_TABLE_NAME IS NOT NULL
 ORDER BY 1, 2, ORDINAL_POSITION"""

_VIEWS = f"""
SELECT VIEW_DEFINITION FROM information_schema.VIEWS
 WHERE TABLE_SCHEMA = {_SQL.bound(1, "varchar")} AND TABLE_NAME = {_SQL.bound(2, "varchar")}"""

# MariaDB keeps a JSON column as text with a check.
_JSON = f"""
SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
 WHERE CONSTRAINT_SCHEMA = {_SQL.bound(1, "varchar")} AND TABLE_NAME = {_SQL.bound(2, "varchar")}"""


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table as its catalog has it. `types` are whole, as the server writes them."""

    schema: str
    name: str
    shown: SourceTable
    types: dict[str, str]
    json: frozenset[str]
    warnings: tuple[str, ...]
    leading: frozenset[str]
    """Columns that an index begins with."""
    engine: str
    view: str | None
    """What a view selects, empty where the user may not see it; None for a table."""


class Catalog:
    """Reads the catalog over one connection."""

    def __init__(
        self, source: str, schemas: Sequence[str], connection: pymysql.Connection[Any], *, mariadb: bool
    ) -> None:
        self._source = source
        self._schemas = list(schemas)
        self._connection = connection
        self._mariadb = mariadb

    def page(self, query: str, cursor: str | None, limit: int) -> SourceTablePage:
        """Tables in the order of their names. Raises `UsageError` for a cursor of another list."""
        names = self._names()
        return page_of(self._source, names, lambda name: self._table(*names[name]).shown, query, cursor, limit)

    def one(self, name: str) -> KnownTable:
        """The table ``schema.table``, or ``table`` of the first schema. Raises `TableNotFound`."""
        names = self._names()
        return self._table(*names[whole_name(self._source, name, names, self._schemas)])

    def _names(self) -> dict[str, tuple[str, str]]:
        rows = self._rows(_NAMES, tuple(self._schemas))
        return {f"{schema}.{table}": (schema, table) for schema, table in rows}

    def _table(self, schema: str, name: str) -> KnownTable:
        kind, rows, size, comment, engine = self._rows(_TABLES, schema, name)[0]
        columns = self._rows(_COLUMNS, schema, name)
        indexes = self._rows(_KEYS, schema, name)
        key = _key(indexes, {column[0] for column in columns})
        view = kind == "VIEW"
        shown = SourceTable(
            source=self._source,
            name=f"{schema}.{name}",
            rows=None if view or rows is None else int(rows),
            bytes=None if view or size is None else int(size),
            columns=tuple(
                SourceColumn(column, whole, nullable == "YES", column in key) for column, whole, nullable, _ in columns
            ),
            key=key,
            comment="" if view else comment or "",
        )
        moving = not view and engine not in _SNAPSHOTS
        return KnownTable(
            schema=schema,
            name=name,
            shown=shown,
            types={column: whole for column, whole, _, _ in columns},
            json=self._json(schema, name) | {column for column, _, _, base in columns if base == "json"},
            warnings=(f"{name} is kept by {engine}, which has no snapshots: rows written during a draw can be in it.",)
            if moving
            else (),
            engine="" if view or not engine else engine,
            view=self._definition(schema, name) if view else None,
            leading=frozenset(column for _, column, _, _, _, place in indexes if int(place) == 1 and column),
        )

    def _definition(self, schema: str, name: str) -> str:
        rows = self._rows(_VIEWS, schema, name)
        return rows[0][0] or "" if rows else ""

    def links(self) -> tuple[Link, ...]:
        """Foreign keys between tables and columns that may be read, each pair of columns once."""
        keys: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
        for child, constraint, *pair in self._rows(_LINKS, tuple(self._schemas)):
            keys.setdefault((child, constraint), []).append(tuple(pair))
        known = self._names()
        tables = {name: self._table(*known[name]).shown for name in {child for child, _ in keys} & set(known)}
        found = []
        for (child, _), pairs in sorted(keys.items()):
            parent, columns = pairs[0][1], tuple(column for column, _, _ in pairs)
            nullable = {column.name: column.nullable for column in tables[child].columns} if child in tables else {}
            if parent in known and set(columns) <= set(nullable):
                theirs = tuple(column for _, _, column in pairs)
                found.append(Link(child, columns, parent, theirs, any(nullable[column] for column in columns)))
        return tuple(dict.fromkeys(found))

    def _json(self, schema: str, name: str) -> frozenset[str]:
        if not self._mariadb:
            return frozenset()
        clauses = {row[0] for row in self._rows(_JSON, schema, name)}
        columns = [column[0] for column in self._rows(_COLUMNS, schema, name)]
        return frozenset(column for column in columns if f"json_valid({_SQL.quoted(column)})" in clauses)

    def _rows(self, sql: str, *values: str | tuple[str, ...]) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(filled(sql, values))
            return list(cursor.fetchall())


def _key(rows: Sequence[tuple[Any, ...]], readable: set[str]) -> tuple[str, ...]:
    """The primary key, else the shortest unique index, of whole columns that are never null and may all be read."""
    indexes: dict[str, list[tuple[Any, ...]]] = {}
    for index, *part, duplicates, _ in rows:
        if int(duplicates) == 0:
            indexes.setdefault(index, []).append(tuple(part))
    keys = [
        (index != "PRIMARY", len(parts), tuple(column for column, _, _ in parts))
        for index, parts in indexes.items()
        # A key that the user may not read as a whole cannot tell rows apart, nor one of prefixes.
        if all(column in readable and sub is None and nullable != "YES" for column, sub, nullable in parts)
    ]
    return min(keys, default=(True, 0, ()))[2]
