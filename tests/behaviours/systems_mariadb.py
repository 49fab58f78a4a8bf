"""A MariaDB with the tables of the suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from mariadb_server import MariadbServer
from systems import SECRET, System, shop

from headwater.config import SourceConfig

READER = "suite_reader"
_TYPES = {"int64": "bigint", "int32": "int", "string": "varchar(100)", "decimal128(8, 2)": "decimal(8,2)"}


class MariadbSystem(System):
    kind = "mariadb"
    schema = "shop"

    def __init__(self, server: MariadbServer) -> None:
        self.server = server
        server.run(
            "CREATE DATABASE shop CHARACTER SET utf8mb4",
            "CREATE DATABASE hidden",
            "CREATE TABLE hidden.secret (id int PRIMARY KEY)",
            f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{server.password(READER)}' WITH MAX_USER_CONNECTIONS 10",
            f"GRANT SELECT ON shop.* TO {READER}@'127.0.0.1'",
        )
        for name, (table, key) in shop().items():
            load(server, "shop", name, table, key)
        server.run(*_MORE.strip().split(";\n"), database="shop")

    def config(self, **settings: Any) -> SourceConfig:
        return SourceConfig("prod", "mariadb", dsn_env="TEST_DSN", **settings)

    def dsn(self) -> str:
        return self.server.dsn(READER, "shop")

    def misled(self) -> Iterator[SourceConfig]:
        with pytest.MonkeyPatch.context() as patch:
            for dsn in (
                f"mariadb://{READER}:{SECRET}@127.0.0.1:{self.server.port}/shop",
                f"mariadb://{READER}:{SECRET}@127.0.0.1:1/shop",
                f"mariadb://{READER}:{SECRET}@127.0.0.1:port/shop",
                f"mariadb://{READER}:{SECRET}@[",
                f"mariadb://{READER}:{SECRET}@127.0.0.1/shop?password={SECRET}",
                # Not local: TLS is wanted, and this name is nobody's.
                f"mariadb://{READER}:{SECRET}@host.invalid/shop",
                self.dsn().replace("/shop", f"/{SECRET}"),
                f"nonsense {SECRET}",
            ):
                patch.setenv("MISLED_DSN", dsn)
                yield SourceConfig("prod", "mariadb", dsn_env="MISLED_DSN")
            yield SourceConfig("prod", "mariadb", dsn_env="NOT_SET")

    def slow(self) -> str:
        return "slow"

    def busy(self) -> bool:
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = %s AND COMMAND = 'Query'"
                " AND INFO LIKE '%%slow%%'",
                READER,
            )
            return bool(cursor.fetchall())

    def attempts(self) -> Iterator[tuple[Any, Any]]:
        for statement in (
            "INSERT INTO shop.orders VALUES (0, 'x', 1, 1)",
            "CREATE TEMPORARY TABLE shop.t (a int)",
            "CREATE TABLE shop.t (a int)",
            "SELECT * FROM shop.orders FOR UPDATE",
            "SELECT 1 INTO OUTFILE '/tmp/headwater-stolen'",
            "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE shop.keyless",
        ):
            yield statement, lambda snapshot, sql: list(snapshot.rows(sql))


def load(server: MariadbServer, database: str, name: str, table: pa.Table, key: tuple[str, ...]) -> None:
    """Make `table` in a database of the server."""
    columns = ", ".join(f"{ticked(field.name)} {_TYPES[str(field.type)]}" for field in table.schema)
    primary = f", PRIMARY KEY ({', '.join(map(ticked, key))})" if key else ""
    with server.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {ticked(name)} ({columns}{primary})")
        marks = ", ".join(["%s"] * table.num_columns)
        cursor.executemany(
            f"INSERT INTO {ticked(name).replace('%', '%%')} VALUES ({marks})",
            [tuple(row.values()) for row in table.to_pylist()],
        )


_MORE = r"""
ALTER TABLE orders COMMENT 'what people bought';
CREATE TABLE slow (id int PRIMARY KEY, a char(128) AS (SHA2(REPEAT(id, 1000000), 512)) VIRTUAL);
INSERT INTO slow (id) SELECT seq * 997 FROM seq_1_to_2000;
CREATE TABLE types (id int PRIMARY KEY, tiny tinyint unsigned, truth bit(1), bits bit(10), many bit(64),
  large bigint unsigned, real4 float, real8 double, amount decimal(20,6), whole decimal(12,0), wide decimal(30,0),
  longest decimal(65,20), day date, zero date, noday date, moment timestamp(6) NULL, local datetime(2),
  zerotime datetime, clock time(3), born year, document json, size enum('small','large'), sizes set('a','b','c'),
  bytes varbinary(9), blobs blob, latin varchar(20) CHARACTER SET latin1, sharp varchar(20), code uuid, place point);
SET SESSION sql_mode = 'ALLOW_INVALID_DATES';
SET SESSION time_zone = '+00:00';
INSERT INTO types VALUES (1, 255, b'1', b'1000000001', x'FFFFFFFFFFFFFFFF',
  18446744073709551615, 16777217.5, 0.1, 12345678901234.123456, 123456789012, 123456789012345678901234,
  12345678901234567890123456789012345678901234.12345678901234567891, '2026-03-01', '0000-00-00', '2026-02-30',
  '2026-03-01 10:00:00.000001', '2026-03-01 12:00:00.25', '0000-00-00 00:00:00', '-838:59:59.5', 2026, '{"a": 1.10}',
  'large', 'a,c', x'00FF', x'0001', 'é', '😀', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', ST_GeomFromText('POINT(1 2)'));
INSERT INTO types (id) VALUES (2);
ANALYZE TABLE orders, pairs, types
"""


def ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
