"""A PostgreSQL with the tables of the suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from systems import SECRET, System, shop

from headwater.config import SourceConfig
from headwater.demo.postgres import Server

_POSTGRESQL_TYPES = {"int64": "int8", "int32": "int4", "string": "text", "decimal128(8, 2)": "numeric(8,2)"}


class PostgresqlSystem(System):
    kind = "postgresql"
    schema = "public"

    def __init__(self, server: Server, database: str) -> None:
        self.server = server
        self._database = database
        with server.connect(database) as connection:
            connection.execute("CREATE ROLE suite_reader LOGIN PASSWORD '" + server.password("suite_reader") + "'")
            for name, (table, key) in shop().items():
                columns = ", ".join(
                    f"{_double(field.name)} {_POSTGRESQL_TYPES[str(field.type)]}" for field in table.schema
                )
                primary = f", PRIMARY KEY ({', '.join(map(_double, key))})" if key else ""
                connection.execute(f"CREATE TABLE {_double(name)} ({columns}{primary})".encode())
                marks = ", ".join(["%s"] * table.num_columns)
                with connection.cursor() as cursor:
                    cursor.executemany(
                        f"INSERT INTO {_double(name).replace('%', '%%')} VALUES ({marks})".encode(),
                        [tuple(row.values()) for row in table.to_pylist()],
                    )
            connection.execute(_POSTGRESQL_MORE)

    def config(self, **settings: Any) -> SourceConfig:
        return SourceConfig("prod", "postgresql", dsn_env="TEST_DSN", **settings)

    def dsn(self) -> str:
        return self.server.dsn("suite_reader", self._database)

    def misled(self) -> Iterator[SourceConfig]:
        with pytest.MonkeyPatch.context() as patch:
            for dsn in (
                f"postgresql://suite_reader:{SECRET}@127.0.0.1:{self.server.port}/postgres",
                f"postgresql://suite_reader:{SECRET}@127.0.0.1:1/postgres",
                f"postgresql://suite_reader:{SECRET}@[",
                f"nonsense {SECRET}",
            ):
                patch.setenv("MISLED_DSN", dsn)
                yield SourceConfig("prod", "postgresql", dsn_env="MISLED_DSN")
            yield SourceConfig("prod", "postgresql", dsn_env="NOT_SET")

    def slow(self) -> str:
        return "slow"

    def busy(self) -> bool:
        with self.server.connect(self._database) as connection:
            return bool(
                connection.execute(
                    "SELECT FROM pg_stat_activity WHERE application_name = 'headwater' AND state = 'active'"
                ).fetchall()
            )

    def attempts(self) -> Iterator[tuple[Any, Any]]:
        for statement in (
            "INSERT INTO public.orders VALUES (0, 'x', 1, 1)",
            "CREATE TEMP TABLE t (a int)",
            "SELECT nextval('public.counted')",
            "SET TRANSACTION READ WRITE",
        ):
            yield statement, lambda snapshot, sql: list(snapshot.batches(sql))


_POSTGRESQL_MORE = b"""
COMMENT ON TABLE orders IS 'what people bought';
CREATE SEQUENCE counted;
CREATE FUNCTION slowly(n int) RETURNS boolean LANGUAGE plpgsql STABLE COST 100000 AS
  $$ BEGIN PERFORM pg_sleep(0.1); RETURN true; END $$;
CREATE TABLE slow (id int PRIMARY KEY); INSERT INTO slow SELECT generate_series(1, 1000);
ALTER TABLE slow ENABLE ROW LEVEL SECURITY;
CREATE TABLE types (id int PRIMARY KEY, small int2, real float4, truth bool, amount numeric(20,6), day date,
  moment timestamptz, local timestamp, code uuid, document jsonb, listed int4[], bytes bytea);
INSERT INTO types VALUES (1, 7, 1.5, true, 12345678901234.123456, '2026-03-01', '2026-03-01 12:00+02',
  '2026-03-01 12:00:00.25', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1.10}', '{{1,2},{3,4}}', '\\x00ff');
INSERT INTO types (id) VALUES (2);
GRANT USAGE ON SCHEMA public TO suite_reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO suite_reader;
GRANT USAGE ON counted TO suite_reader;
CREATE POLICY slow ON slow FOR SELECT TO suite_reader USING (slowly(id));
ANALYZE;"""


def _double(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
