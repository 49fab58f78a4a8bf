"""The same recipe draws the same rows from every kind of source, to the content digest (``api/digest.md``)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mariadb_server import MariadbServer

from headwater.assembly import open_headwater
from headwater.config import SourceConfig
from headwater.demo.postgres import Server
from headwater.digests import ContentDigest
from headwater.predicate import Predicate
from headwater.sample_models import SampleRequest
from headwater.sampling.selection import Selection
from headwater.services.jobs import JobContext
from headwater.sources.base import Source
from headwater.sources.registry import open_source

ROWS = 4_000
READER = "portable"

# Each type with its name in PostgreSQL, MariaDB and DuckDB.
_TYPES = {
    pa.bool_(): ("boolean", "bit(1)", "BOOLEAN"),
    pa.int32(): ("integer", "int", "INTEGER"),
    pa.int64(): ("bigint", "bigint", "BIGINT"),
    pa.float64(): ("double precision", "double", "DOUBLE"),
    pa.decimal128(12, 2): ("numeric(12,2)", "decimal(12,2)", "DECIMAL(12,2)"),
    pa.string(): ("text", "varchar(60)", "VARCHAR"),
    pa.date32(): ("date", "date", "DATE"),
    pa.timestamp("us"): ("timestamp", "datetime(6)", "TIMESTAMP"),
    pa.timestamp("us", "UTC"): ("timestamptz", "timestamp(6) NULL", "TIMESTAMPTZ"),
    pa.binary(): ("bytea", "varbinary(20)", "BLOB"),
}


def _rows() -> dict[str, pa.Array]:
    numbers = range(ROWS)
    start, instant = datetime(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC)

    def each(make: Callable[[int], Any], kind: pa.DataType, nulls: int = 13) -> pa.Array:
        return pa.array([None if n % nulls == 5 else make(n) for n in numbers], kind)

    return {
        "truth": each(lambda n: n % 3 == 0, pa.bool_()),
        "city": each(lambda n: n % 9 - 4, pa.int32()),
        "large": each(lambda n: (n - 2_000) * 4_611_686_018_427, pa.int64()),
        "ratio": each(lambda n: (n - 999) / 7, pa.float64()),
        "price": each(lambda n: Decimal(n - 1_000) / 4, pa.decimal128(12, 2)),
        "word": each(lambda n: f"Größe {n % 100} 😀 '\\", pa.string()),
        "day": each(lambda n: date(1990, 1, 1) + timedelta(days=7 * n), pa.date32()),
        "local": each(lambda n: start + timedelta(microseconds=n * 1_234_567_891), pa.timestamp("us")),
        "moment": each(lambda n: instant + timedelta(milliseconds=n * 1_234_500), pa.timestamp("us", "UTC")),
        "bytes": each(lambda n: bytes([n % 256, 0, 255]), pa.binary()),
    }


KEYS: dict[str, dict[str, pa.Array]] = {
    "by_number": {"id": pa.array([(n - 1_500) * 3 for n in range(ROWS)], pa.int64())},
    "by_text": {"id": pa.array([f"{n} 'ключ' \\{n % 7}" for n in range(ROWS)])},
    "by_amount": {"id": pa.array([Decimal(n - 900) / 4 for n in range(ROWS)], pa.decimal128(12, 2))},
    "by_day": {"id": pa.array([date(1999, 1, 1) + timedelta(days=n) for n in range(ROWS)])},
    "by_moment": {
        "id": pa.array(
            [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(milliseconds=n * 2_500) for n in range(ROWS)],
            pa.timestamp("us", "UTC"),
        )
    },
    "by_both": {
        "a": pa.array([n % 50 - 25 for n in range(ROWS)], pa.int32()),
        "b": pa.array([f"k{n // 50}é" for n in range(ROWS)]),
    },
}
TABLES = {name: pa.table({**key, **_rows()}) for name, key in KEYS.items()}

METHODS: dict[str, dict[str, Any]] = {
    "uniform": {},
    "another seed": {"seed": -12},
    "filter": {"where": "city >= 0 AND (price < 300.5 OR word LIKE '%1_ 😀%') AND NOT truth"},
    "window": {"method": "window", "by": ("local",), "start": "2020-01-03", "end": "2020-02-20"},
    "stratified": {"method": "stratified", "by": ("city",)},
    "newest": {"method": "newest", "by": ("day",)},
}


@pytest.fixture(scope="module")
def configurations(
    postgresql: Server, mariadb: MariadbServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, SourceConfig]]:
    directory = tmp_path_factory.mktemp("portable")
    _fill_postgresql(postgresql)
    _fill_mariadb(mariadb)
    _fill_duckdb(directory / "production.duckdb")
    files = directory / "files"
    for name, table in TABLES.items():
        (files / name).mkdir(parents=True)
        for part in range(3):
            pq.write_table(table.slice(1_500 * part, 1_500), files / name / f"{part}.parquet")
    keys = {name: tuple(key) for name, key in KEYS.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTABLE_POSTGRESQL", postgresql.dsn(READER, "portable"))
        patch.setenv("PORTABLE_MARIADB", mariadb.dsn(READER, "portable"))
        path = str(directory / "production.duckdb")
        yield {
            "postgresql": SourceConfig("postgresql", "postgresql", dsn_env="PORTABLE_POSTGRESQL"),
            "mariadb": SourceConfig("mariadb", "mariadb", dsn_env="PORTABLE_MARIADB"),
            "duckdb_1": SourceConfig("duckdb_1", "duckdb", path=path, threads=1),
            # A file is open in one way at a time in one process.
            "duckdb_8": SourceConfig("duckdb_8", "duckdb", path=shutil.copy(path, directory / "eight"), threads=8),
            "files": SourceConfig("files", "files", path=str(files), keys=keys),
        }


def _fill_postgresql(server: Server) -> None:
    with server.connect() as connection:
        connection.execute("CREATE DATABASE portable")
        connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{server.password(READER)}'".encode())
    with server.connect("portable") as connection, connection.cursor() as cursor:
        for name, table in TABLES.items():
            cursor.execute(_create(name, table, 0).encode())
            marks = ", ".join(["%s"] * table.num_columns)
            rows = [tuple(row.values()) for row in table.to_pylist()]
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})".encode(), rows)
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}; ANALYZE".encode())


def _fill_mariadb(server: MariadbServer) -> None:
    server.run(
        "CREATE DATABASE portable CHARACTER SET utf8mb4",
        f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{server.password(READER)}'",
        f"GRANT SELECT ON portable.* TO {READER}@'127.0.0.1'",
    )
    with server.connect("portable") as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        for name, table in TABLES.items():
            cursor.execute(_create(name, table, 1))
            marks = ", ".join(["%s"] * table.num_columns)
            rows = [
                tuple(value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row.values())
                for row in table.to_pylist()
            ]
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


def _fill_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        for name, table in TABLES.items():
            connection.execute(_create(name, table, 2))
            connection.register("given", table)
            connection.execute(f"INSERT INTO {name} SELECT * FROM given")


def _create(name: str, table: pa.Table, engine: int) -> str:
    columns = ", ".join(f"{field.name} {_TYPES[field.type][engine]}" for field in table.schema)
    return f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({', '.join(KEYS[name])}))"


def _digest(source: Source, table: str, rows: int, **more: Any) -> tuple[str, int]:
    with source.snapshot() as snapshot:
        drawing = snapshot.table(table)
        where = more.pop("where", None)
        types = {field.name: str(field.type) for field in drawing.schema}
        filter_ = Predicate(where, types) if where else None
        digest = ContentDigest(drawing.schema)
        for batch in drawing.rows(Selection(rows, where=filter_, **more)):
            digest.update(batch)
    return digest.hexdigest(), digest.rows


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_the_same_digest(configurations: dict[str, SourceConfig], table: str) -> None:
    whole = ContentDigest(TABLES[table].schema)
    for batch in TABLES[table].to_batches():
        whole.update(batch)
    for name, config in configurations.items():
        assert _digest(open_source(config), table, ROWS) == (whole.hexdigest(), ROWS), name


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("table", TABLES)
def test_the_same_recipe_has_the_same_digest(configurations: dict[str, SourceConfig], table: str, method: str) -> None:
    drawn = {name: _digest(open_source(one), table, 250, **METHODS[method]) for name, one in configurations.items()}
    assert {rows for _, rows in drawn.values()} == {250}
    assert len({digest for digest, _ in drawn.values()}) == 1, drawn


def test_masked_samples_are_equal_too(configurations: dict[str, SourceConfig], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    keys = "".join(f'"{name}" = {list(key)}\n' for name, key in KEYS.items())
    text = ""
    for name, config in configurations.items():
        where = f'path = "{config.path}"' if config.path else f'dsn_env = "{config.dsn_env}"'
        text += f'[sources.{name}]\nkind = "{config.kind}"\n{where}\nthreads = {config.threads}\n'
        text += f"[sources.{name}.keys]\n{keys}" if config.kind == "files" else ""
    (home / "headwater.toml").write_text(text)
    headwater = open_headwater(home)
    try:
        for table in ("by_number", "by_both"):
            results = {
                name: headwater.samples.draw(SampleRequest(name, table, 200), "ann", JobContext(lambda *_: None))
                for name in configurations
            }
            assert [result.versions[0].dataset for result in results.values()] == [f"{n}.{table}" for n in results]
            masks = [{key.rpartition(".")[2]: mask for key, mask in one.masks.items()} for one in results.values()]
            assert all(one == masks[0] for one in masks)
            assert any(mask != "keep" for mask in masks[0].values())
            assert len({result.versions[0].digest for result in results.values()}) == 1
    finally:
        headwater.close()
