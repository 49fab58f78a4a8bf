"""The demo's production: an airline's database with a million bookings on real flights, and people who do not exist."""

from __future__ import annotations

import io
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from headwater.demo.flights import read_table
from headwater.demo.postgres import Server

if TYPE_CHECKING:
    import psycopg
    import pyarrow

READER = "headwater_reader"
DATABASE = "airline"
_GENERATION = "2"
"""Raised when what is built below changes, so that an older database is built again."""

_SQL = Path(__file__).with_name("production.sql")


class Production:
    """The running database. `dsn` is that of a user who may only read."""

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self.server = Server(directory, port)

    def start(self) -> Production:
        """Start it, and build its tables the first time, which takes some 20 seconds."""
        self.server.start()
        try:
            if not self._is_built():
                self._build()
        except BaseException:
            self.server.stop()
            raise
        return self

    def stop(self) -> None:
        """End it, if this object started it."""
        self.server.stop()

    def __enter__(self) -> Production:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def dsn(self) -> str:
        """The reader's connection string."""
        return self.server.dsn(READER, DATABASE)

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the administrator, for tests that change production."""
        return self.server.connect(DATABASE)

    def _is_built(self) -> bool:
        with self.server.connect() as connection:
            # The comment is set last: a database that was left half built has none.
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (DATABASE,)
            ).fetchone()
        return found is not None and found[0] == f"generation {_GENERATION}"

    def _build(self) -> None:
        from psycopg import sql

        database, reader = sql.Identifier(DATABASE), sql.Identifier(READER)
        with self.server.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
            connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER,)).fetchone():
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CONNECTION LIMIT 20 PASSWORD {}").format(
                        reader, sql.Literal(self.server.password(READER))
                    )
                )
        with self.connect() as connection:
            self._fill(connection)
        with self.server.connect() as connection:
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, sql.Literal(f"generation {_GENERATION}"))
            )

    def _fill(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        tables, _, rest = _SQL.read_text(encoding="utf-8").partition("-- the flights are copied here\n")
        connection.execute(tables.encode())
        for name, columns in (
            ("airlines", ("carrier", "name")),
            ("airports", ("faa", "name", "lat", "lon", "tzone")),
        ):
            _copy(connection, name, columns, read_table(name).select(columns))
        _copy(connection, "flights", _FLIGHT, _flights())
        connection.execute(rest.encode())


_FLIGHT = ("flight_id", "carrier", "flight", "tailnum", "origin", "dest", "departs", "distance")


def _flights() -> pyarrow.Table:
    import pyarrow as pa

    table = read_table("flights")
    numbered = table.append_column("flight_id", pa.array(range(1, table.num_rows + 1), pa.int32()))
    return numbered.rename_columns(
        ["departs" if name == "time_hour" else name for name in numbered.column_names]
    ).select(_FLIGHT)


def _copy(
    connection: psycopg.Connection[tuple[Any, ...]], name: str, columns: tuple[str, ...], table: pyarrow.Table
) -> None:
    from psycopg import sql
    from pyarrow import csv

    text = io.BytesIO()
    csv.write_csv(table, text, csv.WriteOptions(include_header=False))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text.getvalue())
