"""What the configured user of a PostgreSQL could do there beyond reading: what a read-only transaction only hides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_ROLE = """
SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolconnlimit,
       has_database_privilege(current_database(), 'TEMP'), has_database_privilege(current_database(), 'CREATE')
  FROM pg_roles WHERE rolname = current_user"""

_MEMBER = """
SELECT rolname::text FROM pg_roles
 WHERE rolname = ANY(ARRAY['pg_write_all_data', 'pg_execute_server_program', 'pg_read_server_files',
       'pg_write_server_files', 'pg_signal_backend', 'pg_maintain', 'pg_checkpoint', 'pg_create_subscription'])
   AND pg_has_role(oid, 'USAGE') ORDER BY 1"""

_SCHEMAS = """
SELECT nspname::text FROM pg_namespace
 WHERE nspname = ANY(%(schemas)s) AND has_schema_privilege(oid, 'CREATE') ORDER BY 1"""

_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
 ORDER BY 1"""

# What runs with its owner's rights can do what they can.
_FUNCTIONS = """
SELECT DISTINCT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1"""

_SHOWN = 3


def powers(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> tuple[str, ...]:
    """What `current_user` could do beyond SELECT on the tables of `schemas`; each a part of a sentence after "may"."""
    found: list[str] = []
    role = connection.execute(_ROLE.encode()).fetchone()
    if role is None:
        return ()
    superuser, createrole, createdb, bypass, replication, limit, temporary, create = role
    if superuser:
        # All else follows from it, and is no help to read.
        return ("do everything, as it is a superuser",)
    said = (
        (createrole, "create and change roles"),
        (createdb, "create databases"),
        (bypass, "pass over row security"),
        (replication, "start replication"),
        (temporary, "create temporary tables"),
        (create, "create schemas"),
        (limit < 0, "open any number of connections"),
    )
    found.extend(text for power, text in said if power)
    found.extend(f"do what {name} may" for name in _names(connection, _MEMBER))
    values = {"schemas": list(schemas)}
    for query, text in (
        (_SCHEMAS, "create objects in the schema"),
        (_TABLES, "change rows of"),
        (_FUNCTIONS, "run with their owners' rights"),
    ):
        names = _names(connection, query, values)
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            found.append(f"{text} {', '.join(names[:_SHOWN])}{more}")
    return tuple(found)


def _names(connection: psycopg.Connection[Any], sql: str, values: dict[str, Any] | None = None) -> list[str]:
    return [str(row[0]) for row in connection.execute(sql.encode(), values).fetchall()]
