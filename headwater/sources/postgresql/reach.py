"""What reading a table sets in motion beyond reading: functions that a view calls, and servers behind foreign tables.

A read-only transaction lets a volatile function do much: end other sessions, wait, call out. A foreign table reads
another server with rights that were given to somebody else. Neither is read unless an administrator lists the table.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from headwater.errors import SampleRefused

if TYPE_CHECKING:
    import psycopg

    from headwater.sources.postgresql.catalog import KnownTable

# A stored view names its functions by number. Those that a server has from the start are in no list of dependencies,
# so the tree itself is read. A materialized view runs nothing when it is read.
_REACH = r"""
WITH RECURSIVE seen(rel) AS (
    SELECT %(table)s::int8::oid
    UNION
    SELECT further.rel FROM seen s CROSS JOIN LATERAL (
        SELECT d.refobjid FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid
          JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
               AND d.refclassid = 'pg_class'::regclass
         WHERE c.oid = s.rel AND c.relkind = 'v'
        UNION ALL
        SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = s.rel) further(rel)),
called AS (
    SELECT DISTINCT found[1]::oid AS function
      FROM seen s JOIN pg_class c ON c.oid = s.rel AND c.relkind = 'v' JOIN pg_rewrite r ON r.ev_class = c.oid
     CROSS JOIN LATERAL regexp_matches(
           r.ev_action::text, ':(?:funcid|opfuncid|aggfnoid|winfnoid) (\d+)', 'g') AS found)
SELECT ARRAY(SELECT DISTINCT n.nspname || '.' || p.proname FROM called k JOIN pg_proc p ON p.oid = k.function
               JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.provolatile = 'v' ORDER BY 1)::text[],
       ARRAY(SELECT DISTINCT n.nspname || '.' || c.relname FROM seen s JOIN pg_class c ON c.oid = s.rel
               JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f' ORDER BY 1)::text[]"""


def check_reach(known: KnownTable, allow: Collection[str], connection: psycopg.Connection[Any]) -> None:
    """Raise `SampleRefused` for a table that sets something in motion and is not one of `allow`."""
    name = known.shown.name
    if name in allow:
        return
    row = connection.execute(_REACH.encode(), {"table": known.oid}).fetchone()
    functions, foreign = row or ([], [])
    if functions:
        what = f"is a view that calls {', '.join(functions[:3])}, which may do more than read"
    elif foreign:
        what = "is a foreign table" if foreign == [name] else f"reads the foreign table {foreign[0]}"
    else:
        return
    raise SampleRefused(
        f"{name} {what}, so it is not read.",
        hint=f'If that is harmless, an administrator adds "{name}" to allow in [sources.{known.shown.source}].',
        details={"table": name},
    )
