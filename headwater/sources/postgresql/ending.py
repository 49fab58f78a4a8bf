"""Ending a session of ours in PostgreSQL over another connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.sources.postgresql.session import connect
from headwater.sources.watchdog import Ender

if TYPE_CHECKING:
    import psycopg

_STATEMENT_S = 10.0

# A number is given to another session soon after; the moment it began is not. Any user may end sessions of its own.
_MINE = "FROM pg_stat_activity WHERE pid = %(pid)s AND backend_start = %(started)s::timestamptz"


class PostgresqlEnder(Ender):
    """Ends sessions by `pg_terminate_backend`; a session is ``{"pid", "started"}``."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection

    def end(self, session: dict[str, Any]) -> bool:
        self._connection.execute(f"SELECT pg_terminate_backend(pid) {_MINE}".encode(), session)
        return self._connection.execute(f"SELECT 1 {_MINE}".encode(), session).fetchone() is None

    def close(self) -> None:
        self._connection.close()


def open_ender(dsn: str) -> PostgresqlEnder:
    """An ender that is connected. Raises what the driver raises."""
    return PostgresqlEnder(connect(dsn, _STATEMENT_S))
