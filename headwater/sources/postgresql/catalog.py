"""What a PostgreSQL has: its tables, columns and keys, from its catalog, never from the tables themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.cursors import decode_cursor, encode_cursor
from headwater.errors import TableNotFound
from headwater.sample_models import SourceColumn, SourceTable, SourceTablePage
from headwater.sources.postgresql.columns import ColumnType
from headwater.sources.postgresql.uniform import Extent

if TYPE_CHECKING:
    import psycopg

_READABLE = """
SELECT n.nspname, c.relname, c.reltuples::float8, c.relkind::text, c.oid::int8,
       CASE WHEN c.relkind IN ('r', 'm', 'p') THEN pg_total_relation_size(c.oid) END,
       coalesce(obj_description(c.oid, 'pg_class'), ''),
       pg_relation_size(c.oid) / current_setting('block_size')::int8, current_setting('server_encoding')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
   AND NOT c.relispartition"""

_PAGE = (
    _READABLE
    + """
   AND (c.relname ILIKE %(like)s OR n.nspname || '.' || c.relname ILIKE %(like)s OR EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           AND a.attname ILIKE %(like)s))
   AND (n.nspname::text COLLATE "C", c.relname::text COLLATE "C") > (%(schema)s, %(table)s)
 ORDER BY n.nspname::text COLLATE "C", c.relname::text COLLATE "C" LIMIT %(limit)s"""
)

_ONE = _READABLE + "\n   AND n.nspname || '.' || c.relname = %(name)s"

_COLUMNS = """
WITH RECURSIVE resolved AS (
    SELECT a.attrelid, a.attnum, a.attname, a.attnotnull, a.atttypid AS base, a.atttypmod AS typmod,
           format_type(a.atttypid, a.atttypmod) AS shown
      FROM pg_attribute a
     WHERE a.attrelid = ANY(%(tables)s::int8[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
       AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
    UNION ALL
    SELECT r.attrelid, r.attnum, r.attname, r.attnotnull, t.typbasetype, t.typtypmod, r.shown
      FROM resolved r JOIN pg_type t ON t.oid = r.base WHERE t.typtype = 'd')
SELECT r.attrelid::int8, r.attnum::int4, r.attname, r.attnotnull, r.shown, t.typname, r.typmod
  FROM resolved r JOIN pg_type t ON t.oid = r.base WHERE t.typtype <> 'd'
 ORDER BY r.attrelid, r.attnum"""

# The primary key; else the shortest unique index over columns that are never null, without expression or condition.
_KEYS = """
SELECT DISTINCT ON (i.indrelid) i.indrelid::int8, i.indkey::int2[],
       pg_relation_size(i.indexrelid) / current_setting('block_size')::int8
  FROM pg_index i
 WHERE i.indrelid = ANY(%(tables)s::int8[]::oid[]) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
   AND i.indexprs IS NULL
   AND NOT EXISTS (SELECT FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) k(attnum)
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                    WHERE NOT a.attnotnull)
 ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, i.indexrelid"""

# The first column of each index that has all rows.
_LEADING = """
SELECT i.indrelid::int8, a.attname
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = (i.indkey::int2[])[0]
 WHERE i.indrelid = ANY(%(tables)s::int8[]::oid[]) AND i.indisvalid AND i.indpred IS NULL"""

_NAMES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
   AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
 ORDER BY 1 LIMIT 10000"""


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table as its catalog has it."""

    schema: str
    name: str
    shown: SourceTable
    types: dict[str, ColumnType]
    is_view: bool
    extent: Extent
    utf8: bool
    oid: int
    leading: frozenset[str]
    """Columns that come first in an index, so that rows are found by their values."""


class Catalog:
    """Reads the catalog over one connection."""

    def __init__(self, source: str, schemas: Sequence[str], connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._source = source
        self._schemas = list(schemas)
        self._connection = connection

    def page(self, query: str, cursor: str | None, limit: int) -> SourceTablePage:
        """Tables in the order of their names. Raises `UsageError` for a cursor of another list."""
        scope = ("tables", self._source, query)
        if not _can_be_sent(query):
            return SourceTablePage((), None)
        schema, name = decode_cursor(scope, cursor, (str, str)) if cursor else ("", "")
        rows = self._rows(
            _PAGE,
            {
                "schemas": self._schemas,
                "like": f"%{_literal(query.strip())}%",
                "schema": schema,
                "table": name,
                "limit": limit + 1,
            },
        )
        tables = [known.shown for known in self._known(rows[:limit])]
        last = rows[limit - 1] if len(rows) > limit else None
        return SourceTablePage(tuple(tables), encode_cursor(scope, [str(last[0]), str(last[1])]) if last else None)

    def one(self, name: str) -> KnownTable:
        """The table ``schema.table``, or ``table`` of the first schema. Raises `TableNotFound`."""
        if not _can_be_sent(name):
            raise self._not_found(name.encode("utf-8", "replace").decode().replace("\0", "?"))
        rows = self._rows(_ONE, {"schemas": self._schemas, "name": name})
        if not rows and self._schemas:
            rows = self._rows(_ONE, {"schemas": self._schemas, "name": f"{self._schemas[0]}.{name}"})
        if not rows:
            raise self._not_found(name)
        return self._known(rows)[0]

    def _known(self, rows: Sequence[tuple[Any, ...]]) -> list[KnownTable]:
        tables = {"tables": [row[4] for row in rows]}
        columns: dict[int, list[tuple[Any, ...]]] = {}
        for column in self._rows(_COLUMNS, tables):
            columns.setdefault(column[0], []).append(column)
        keys = {row[0]: (row[1], row[2]) for row in self._rows(_KEYS, tables)}
        leading: dict[int, set[str]] = {}
        for table, column in self._rows(_LEADING, tables):
            leading.setdefault(table, set()).add(column)
        return [
            self._table(row, columns.get(row[4], []), keys.get(row[4], ([], 0)), frozenset(leading.get(row[4], ())))
            for row in rows
        ]

    def _table(
        self,
        row: tuple[Any, ...],
        columns: Sequence[tuple[Any, ...]],
        index: tuple[Sequence[int], int],
        leading: frozenset[str],
    ) -> KnownTable:
        schema, name, tuples, relkind, oid, size, comment, pages, encoding = row
        numbers, key_pages = index
        readable = {column[1]: column[2] for column in columns}
        # A key that the user may not read as a whole cannot tell rows apart.
        key = tuple(readable[number] for number in numbers) if all(n in readable for n in numbers) else ()
        return KnownTable(
            schema=schema,
            name=name,
            shown=SourceTable(
                source=self._source,
                name=f"{schema}.{name}",
                rows=None if tuples < 0 or relkind in ("v", "f") else round(tuples),
                bytes=size,
                columns=tuple(
                    SourceColumn(column[2], column[4], not column[3], column[2] in key) for column in columns
                ),
                key=key,
                comment=comment,
            ),
            types={column[2]: ColumnType(column[5], column[6]) for column in columns},
            is_view=relkind in ("v", "m"),
            extent=Extent(int(pages or 0), int(key_pages or 0)),
            utf8=encoding == "UTF8",
            oid=oid,
            leading=leading,
        )

    def _not_found(self, name: str) -> TableNotFound:
        import difflib

        names = [str(row[0]) for row in self._rows(_NAMES, {"schemas": self._schemas})]
        near = difflib.get_close_matches(name if "." in name else f"{self._schemas[0]}.{name}", names, n=3)
        return TableNotFound(
            f"The source {self._source} has no table {name} that Headwater may read.",
            hint=f"Did you mean {', '.join(near)}?" if near else f"List them with: headwater tables {self._source}",
            details={"source": self._source, "table": name},
        )

    def _rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.encode(), values).fetchall()


def _can_be_sent(text: str) -> bool:
    """Whether PostgreSQL has a text for it; nothing there is named by one that it has not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _literal(text: str) -> str:
    """`text` for LIKE, where nothing in it is a wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
