"""A sample of related tables is whole from every kind of source that has foreign keys, and the same from each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from mariadb_server import MariadbServer

from headwater.assembly import Headwater, open_headwater
from headwater.demo.postgres import Server
from headwater.sample_models import SampleRequest, SampleResult
from headwater.services.jobs import JobContext

READER = "related"

# A reference to itself, a key of two columns that may be null, and a key that is text.
_TABLES = (
    "CREATE TABLE customers (email varchar(60) PRIMARY KEY, referrer varchar(60), city integer,"
    " FOREIGN KEY (referrer) REFERENCES customers (email))",
    "CREATE TABLE orders (shop integer, number integer, customer varchar(60) NOT NULL, price decimal(8,2),"
    " PRIMARY KEY (shop, number), FOREIGN KEY (customer) REFERENCES customers (email))",
    "CREATE TABLE refunds (id bigint PRIMARY KEY, shop integer, number integer,"
    " FOREIGN KEY (shop, number) REFERENCES orders (shop, number))",
)


def _email(number: int) -> str:
    return f"person{number}@canary.example"


_ROWS = {
    "customers": [(_email(n), _email(1 + n * 7 % (n - 1)) if n % 3 == 0 else None, n % 9) for n in range(1, 501)],
    "orders": [(n % 5, n, _email(1 + n * 17 % 500), n / 4) for n in range(1, 1501)],
    "refunds": [(n, n % 5 if n % 4 else None, n if n % 7 else None) for n in range(1, 401)],
}


@pytest.fixture(scope="module")
def headwater(
    postgresql: Server, mariadb: MariadbServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Headwater]:
    directory = tmp_path_factory.mktemp("related")
    with postgresql.connect() as connection:
        connection.execute("CREATE DATABASE related")
        connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{postgresql.password(READER)}'".encode())
    with postgresql.connect("related") as connection, connection.cursor() as cursor:
        for statement in _TABLES:
            cursor.execute(statement.encode())
        for name, rows in _ROWS.items():
            cursor.executemany(f"INSERT INTO {name} VALUES ({_marks('%s', rows)})".encode(), rows)
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}".encode())
    mariadb.run(
        "CREATE DATABASE related CHARACTER SET utf8mb4",
        f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{mariadb.password(READER)}'",
        f"GRANT SELECT ON related.* TO {READER}@'127.0.0.1'",
    )
    mariadb.run(*_TABLES, database="related")
    with mariadb.connect("related") as connection, connection.cursor() as cursor:
        for name, rows in _ROWS.items():
            cursor.executemany(f"INSERT INTO {name} VALUES ({_marks('%s', rows)})", rows)
    path = directory / "production.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in _TABLES:
            connection.execute(statement)
        for name, rows in _ROWS.items():
            connection.executemany(f"INSERT INTO {name} VALUES ({_marks('?', rows)})", rows)
    yield from _opened(directory / "home", postgresql, mariadb, path)


def _marks(mark: str, rows: list[tuple[object, ...]]) -> str:
    return ", ".join([mark] * len(rows[0]))


def _opened(home: Path, postgresql: Server, mariadb: MariadbServer, path: Path) -> Iterator[Headwater]:
    home.mkdir()
    (home / "headwater.toml").write_text(
        '[sources.postgresql]\nkind = "postgresql"\ndsn_env = "RELATED_POSTGRESQL"\n'
        '[sources.mariadb]\nkind = "mariadb"\ndsn_env = "RELATED_MARIADB"\n'
        f'[sources.duckdb]\nkind = "duckdb"\npath = "{path}"\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELATED_POSTGRESQL", postgresql.dsn(READER, "related"))
        patch.setenv("RELATED_MARIADB", mariadb.dsn(READER, "related"))
        headwater = open_headwater(home)
        yield headwater
        headwater.close()


def _drawn(headwater: Headwater, source: str, schema: str, table: str, *children: str) -> SampleResult:
    links = {link.name.replace(f"{schema}.", ""): link.name for link in headwater.samples._open(source).links()}
    request = SampleRequest(source, table, 30, related=True, children=tuple(links[child] for child in children))
    return headwater.samples.draw(request, "ann", JobContext(lambda *_: None))


@pytest.mark.parametrize(
    ("table", "children"),
    [
        ("refunds", ()),
        ("customers", ("orders(customer) -> customers(email)", "refunds(shop, number) -> orders(shop, number)")),
    ],
    ids=["parents", "children"],
)
def test_a_related_sample_is_whole_and_the_same(headwater: Headwater, table: str, children: tuple[str, ...]) -> None:
    digests = {}
    for source, schema in (("postgresql", "public"), ("mariadb", "related"), ("duckdb", "main")):
        result = _drawn(headwater, source, schema, table, *children)
        assert result.orphans == 0
        digests[source] = {
            version.dataset.partition(".")[2]: (version.rows, version.digest) for version in result.versions
        }
        assert set(digests[source]) == {"customers", "orders", "refunds"}
    assert digests["mariadb"] == digests["postgresql"] == digests["duckdb"]
