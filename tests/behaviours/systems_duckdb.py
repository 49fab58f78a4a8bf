"""A database file of DuckDB with the tables of the suite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from systems import SECRET, System, shop

from headwater.config import SourceConfig


class DuckdbSystem(System):
    kind = "duckdb"
    schema = "main"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.path = directory / "production.duckdb"
        with duckdb.connect(str(self.path)) as connection:
            for name, (table, key) in shop().items():
                connection.register("given", table)
                connection.execute(f"CREATE TABLE {double(name)} AS SELECT * FROM given")
                if key:
                    columns = ", ".join(map(double, key))
                    connection.execute(f"ALTER TABLE {double(name)} ADD PRIMARY KEY ({columns})")
                connection.unregister("given")
            connection.execute(_MORE)

    def config(self, **settings: Any) -> SourceConfig:
        keys = {"slow": ("id",), **settings.pop("keys", {})}
        return SourceConfig("prod", "duckdb", path=str(self.path), keys=keys, **settings)

    def misled(self) -> Iterator[SourceConfig]:
        torn = self._directory / f"{SECRET}.duckdb"
        torn.write_bytes(self.path.read_bytes()[:5_000])
        yield SourceConfig("prod", "duckdb", path=str(torn))
        yield SourceConfig("prod", "duckdb", path=str(self._directory / SECRET))
        yield SourceConfig("prod", "duckdb", path=str(self._directory))
        yield SourceConfig("prod", "duckdb", dsn_env="NOT_SET")

    def slow(self) -> str:
        return "slow"

    def busy(self) -> bool:
        # A statement runs in this process as long as somebody stands ready to stop it, which is until it has ended.
        return any(isinstance(thread, threading.Timer) for thread in threading.enumerate())

    def attempts(self) -> Iterator[tuple[Any, Any]]:
        for statement in (
            "INSERT INTO main.orders VALUES (0, 'x', 1, 1)",
            "CREATE TABLE t (a int)",
            "SELECT * FROM read_csv('/etc/passwd')",
            f"COPY main.orders TO '{self._directory}/stolen.csv'",
            f"ATTACH '{self._directory}/other.duckdb'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            yield statement, lambda snapshot, sql: list(snapshot.batches(sql))


_MORE = """
COMMENT ON TABLE orders IS 'what people bought';
CREATE VIEW slow AS SELECT a.range AS id FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 1;
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE types (id int PRIMARY KEY, small int2, tiny utinyint, large ubigint, huge hugeint, real float4,
  truth bool, amount decimal(20,6), whole decimal(12,0), long decimal(30,0), day date, never date,
  moment timestamptz, local timestamp, fine timestamp_ns, clock time, zoned timetz, code uuid, document json,
  listed int[], fields struct(a int, b text), pairs map(text, int), bytes blob, bits bit, size size, span interval);
INSERT INTO types VALUES (1, 7, 255, 18446744073709551615, 170141183460469231731687303715884105727, 1.5,
  true, 12345678901234.123456, 123456789012, 123456789012345678901234, '2026-03-01', 'infinity',
  '2026-03-01 12:00+02', '2026-03-01 12:00:00.25', '2026-03-01 12:00:00.123456789', '23:59:59', '23:59:59+02',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1.10}', [1, NULL], {'a': 1, 'b': 'é'}, MAP {'k': 1},
  '\\x00\\xFF', '101', 'large', INTERVAL '1 month 2 days');
INSERT INTO types (id) VALUES (2);"""


def double(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
