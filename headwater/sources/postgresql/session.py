"""How Headwater connects: as itself, for reading only, with every wait bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

_CONNECT_S = 10
_LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1"})


def address(dsn: str) -> str:
    """`dsn` with our name, bounded waits, and a checked certificate where the server is elsewhere.

    What the connection string says itself wins. Raises `ValueError` for one that cannot be read, without its text.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        given = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        raise ValueError("the connection string cannot be read") from None
    ours: dict[str, str | int] = {
        "connect_timeout": _CONNECT_S,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
    hosts = str(given.get("host") or given.get("hostaddr") or "").split(",")
    if not all(host in _LOCAL or host.startswith("/") for host in hosts):
        ours["sslmode"] = "verify-full"
    merged = {**ours, **given, "application_name": "headwater"}
    return make_conninfo("", **merged)


def settings(statement_timeout_s: float) -> tuple[str, ...]:
    """The statements that begin a session.

    They are no boundary, as a session may set them back: that is what the role's rights are for. They keep what is
    generated here from waiting or running for ever, and make texts of values the same on every server.
    """
    timeout = max(1, round(statement_timeout_s * 1000))
    return (
        "SET search_path = pg_catalog",
        "SET default_transaction_read_only = on",
        f"SET statement_timeout = {timeout}",
        f"SET lock_timeout = {min(5000, timeout)}",
        "SET idle_in_transaction_session_timeout = 60000",
        # A query whose client was killed ends by itself; servers before 14 and some systems do not know it.
        "DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '1s', false);"
        " EXCEPTION WHEN OTHERS THEN NULL; END $$",
        "SET client_encoding = 'UTF8'",
        "SET datestyle = 'ISO, YMD'",
        "SET intervalstyle = 'iso_8601'",
        "SET timezone = 'UTC'",
        "SET bytea_output = 'hex'",
        "SET extra_float_digits = 1",
        # Our cursors are always read to their end.
        "SET cursor_tuple_fraction = 1",
    )


BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""A transaction whose first query seals it: after one, PostgreSQL refuses to make it writable."""


def connect(dsn: str, statement_timeout_s: float) -> psycopg.Connection[tuple[object, ...]]:
    """A psycopg connection for the catalog."""
    import psycopg

    connection = psycopg.connect(address(dsn), autocommit=True)
    try:
        for statement in settings(statement_timeout_s):
            connection.execute(statement.encode())
    except BaseException:
        connection.close()
        raise
    return connection
