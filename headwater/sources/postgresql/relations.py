"""Foreign keys of a PostgreSQL, from its catalog: those whose tables and columns may all be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from headwater.sample_models import Link

if TYPE_CHECKING:
    import psycopg

# A key of a partitioned table has a copy for each partition, with a parent: the table's own stands for all. A key that
# refers to one partition refers to the table, which is what can be read.
_LINKS = """
WITH linked AS (
    SELECT con.oid, con.conname, con.conrelid AS child, con.confrelid AS held,
           coalesce(pg_partition_root(con.confrelid)::oid, con.confrelid) AS parent, con.conkey, con.confkey
      FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
     WHERE con.contype = 'f' AND con.conparentid = 0 AND NOT c.relispartition)
SELECT cn.nspname || '.' || c.relname, mine.names, pn.nspname || '.' || p.relname, theirs.names, mine.nullable
  FROM linked l
  JOIN pg_class c ON c.oid = l.child JOIN pg_namespace cn ON cn.oid = c.relnamespace
  JOIN pg_class p ON p.oid = l.parent JOIN pg_namespace pn ON pn.oid = p.relnamespace
 CROSS JOIN LATERAL (
    SELECT array_agg(a.attname::text ORDER BY k.place) AS names, bool_or(NOT a.attnotnull) AS nullable,
           bool_and(has_column_privilege(l.child, a.attnum, 'SELECT')) AS readable
      FROM unnest(l.conkey) WITH ORDINALITY k(number, place)
      JOIN pg_attribute a ON a.attrelid = l.child AND a.attnum = k.number) mine
 CROSS JOIN LATERAL (
    SELECT array_agg(a.attname::text ORDER BY k.place) AS names,
           bool_and(has_column_privilege(l.parent, a.attname::text, 'SELECT')) AS readable
      FROM unnest(l.confkey) WITH ORDINALITY k(number, place)
      JOIN pg_attribute a ON a.attrelid = l.held AND a.attnum = k.number) theirs
 WHERE cn.nspname = ANY(%(schemas)s) AND pn.nspname = ANY(%(schemas)s) AND mine.readable AND theirs.readable
   AND has_schema_privilege(cn.oid, 'USAGE') AND has_schema_privilege(pn.oid, 'USAGE')
 ORDER BY 1, l.conname, l.oid"""


def links(connection: psycopg.Connection[tuple[Any, ...]], schemas: Sequence[str]) -> tuple[Link, ...]:
    """Every foreign key between tables of `schemas`, in the order of the tables' names; each pair of columns once."""
    rows = connection.execute(_LINKS.encode(), {"schemas": list(schemas)}).fetchall()
    found = [Link(row[0], tuple(row[1]), row[2], tuple(row[3]), bool(row[4])) for row in rows]
    return tuple(dict.fromkeys(found))
