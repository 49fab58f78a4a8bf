"""What is of MariaDB alone: its snapshot, texts of its keys, days that are none, grants, TLS, and killed processes."""

from __future__ import annotations

import datetime
import ipaddress
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from mariadb_server import MariadbServer

from headwater.assembly import open_headwater
from headwater.config import SourceConfig
from headwater.errors import SampleRefused, SourceUnavailable
from headwater.sample_models import Link, SampleRequest
from headwater.sampling.keyed import WholePlaces, place
from headwater.sampling.selection import Selection
from headwater.services.jobs import JobContext
from headwater.sources.base import Source
from headwater.sources.mariadb.dialect import MariadbDialect, filled
from headwater.sources.mariadb.session import address, settings
from headwater.sources.registry import open_source
from headwater.sources.sql.dialect import KeyColumn

READER = "own_reader"
DATABASE = "own"


@pytest.fixture(scope="module")
def shop(mariadb: MariadbServer) -> MariadbServer:
    mariadb.run(
        f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
        f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{mariadb.password(READER)}'",
        f"GRANT SELECT ON {DATABASE}.* TO {READER}@'127.0.0.1'",
    )
    return mariadb


@pytest.fixture
def source(shop: MariadbServer, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setenv("TEST_DSN", shop.dsn(READER, DATABASE))
    return open_source(SourceConfig("prod", "mariadb", dsn_env="TEST_DSN"))


def rows_of(snapshot: Any, table: str, rows: int = 100) -> pa.Table:
    drawing = snapshot.table(table)
    return pa.Table.from_batches(list(drawing.rows(Selection(rows))), drawing.schema)


def test_a_snapshot_does_not_see_what_is_written_later(shop: MariadbServer, source: Source) -> None:
    shop.run("CREATE TABLE moving (id int PRIMARY KEY)", "INSERT INTO moving VALUES (1), (2)", database=DATABASE)
    with source.snapshot() as snapshot:
        shop.run("INSERT INTO moving VALUES (3)", "DELETE FROM moving WHERE id = 1", database=DATABASE)
        assert rows_of(snapshot, "moving")["id"].to_pylist() == [1, 2]
    with source.snapshot() as snapshot:
        assert rows_of(snapshot, "moving")["id"].to_pylist() == [2, 3]


def test_a_table_without_snapshots_is_said_to_be_one(shop: MariadbServer, source: Source) -> None:
    shop.run("CREATE TABLE old (id int PRIMARY KEY) ENGINE = MyISAM", database=DATABASE)
    with source.snapshot() as snapshot:
        assert "MyISAM" in snapshot.table("old").warnings[0]


_KEYS = {
    "integers": ("id bigint", "(CAST(seq AS SIGNED) - 500) * 9007199254740993"),
    "small": ("id mediumint unsigned", "seq * 9"),
    "unsigned": ("id bigint unsigned", "18446744073709551615 - seq"),
    "texts": ("id varchar(40)", "CONCAT('O''Brien \" ', seq, ' é😀')"),
    "latin": ("id varchar(40) CHARACTER SET latin1", "CONCAT('é', seq)"),
    "sizes": ("id enum('small','large'), n int", "ELT(1 + seq % 2, 'small', 'large'), seq"),
    "days": ("id date", "DATE '2020-01-01' + INTERVAL seq DAY"),
    "moments": ("id datetime(6)", "TIMESTAMP '2020-01-01 00:00:00' + INTERVAL seq * 1500000 MICROSECOND"),
    "instants": ("id timestamp(3)", "TIMESTAMP '2020-01-01 00:00:00' + INTERVAL seq * 1500000 MICROSECOND"),
    "amounts": ("id decimal(9,2)", "seq * 1.25"),
    "bytes": ("id varbinary(9)", "UNHEX(LPAD(HEX(seq), 8, '0'))"),
    "bits": ("id bit(16)", "seq"),
    "pairs": ("id int, n varchar(9)", "seq % 9, CONCAT('k', seq)"),
}


@pytest.mark.parametrize("name", _KEYS)
def test_the_rows_with_the_smallest_places_are_drawn_and_found_by_their_keys(
    shop: MariadbServer, source: Source, name: str
) -> None:
    columns, values = _KEYS[name]
    names = [column.split()[0] for column in columns.replace("'small','large'", "").split(", ")]
    shop.run(
        "SET SESSION time_zone = '+00:00'",
        f"CREATE TABLE keyed_{name} ({columns}, v int, PRIMARY KEY ({', '.join(names)}))",
        f"INSERT INTO keyed_{name} SELECT {values}, seq FROM seq_1_to_1000",
        database=DATABASE,
    )
    dialect = MariadbDialect()
    with source.snapshot() as snapshot:
        table = snapshot.table(f"keyed_{name}").table
        types = {column.name: column.type for column in table.columns}
        key = [KeyColumn(column, types[column]) for column in table.key]
        texts = ", ".join(dialect.text(f"`{column.name}`", column.type) for column in key)
        everything = [
            row
            for rows in snapshot.rows(f"SELECT v, {texts} FROM own.keyed_{name}")  # type: ignore[attr-defined]
            for row in rows
        ]
        ranked = sorted(everything, key=lambda row: _place(dialect, key, row[1:]))
        drawn = rows_of(snapshot, f"keyed_{name}", 150)
        assert sorted(drawn["v"].to_pylist()) == sorted(int(row[0]) for row in ranked[:150])
        wanted = dialect.among([(f"`{column.name}`", column.type) for column in key], 1)
        lists = tuple(tuple(str(row[1 + n]) for row in ranked[:70]) for n in range(len(key)))
        statement = f"SELECT v FROM own.keyed_{name} WHERE {wanted}"
        found = [int(row[0]) for rows in snapshot.rows(statement, lists) for row in rows]  # type: ignore[attr-defined]
        assert sorted(found) == sorted(int(row[0]) for row in ranked[:70])


def _place(dialect: MariadbDialect, key: list[KeyColumn], texts: tuple[str, ...]) -> int:
    if dialect.places_whole(key):
        return int(WholePlaces(7).of(np.array([int(texts[0])]))[0])
    return place(7, texts)


def test_texts_are_written_as_other_engines_write_them(shop: MariadbServer, source: Source) -> None:
    dialect = MariadbDialect()
    cases = [
        ("TIMESTAMP '2020-01-01 00:00:01.500000'", "datetime(6)", "2020-01-01 00:00:01.5"),
        ("TIMESTAMP '2020-01-01 00:00:10.000000'", "datetime(6)", "2020-01-01 00:00:10"),
        ("TIMESTAMP '2020-01-01 00:00:10'", "datetime", "2020-01-01 00:00:10"),
        ("TIMESTAMP '2020-01-01 00:00:10.000'", "timestamp(3)", "2020-01-01 00:00:10+00"),
        ("CAST(1.5 AS DECIMAL(9,2))", "decimal(9,2)", "1.50"),
        ("x'00ff'", "varbinary(9)", "\\x00ff"),
    ]
    told = ", ".join(dialect.text(value, kind) for value, kind, _ in cases)
    with source.snapshot() as snapshot:
        ((row,),) = snapshot.rows(f"SELECT {told}")  # type: ignore[attr-defined]
    assert list(row) == [text for _, _, text in cases]


@pytest.mark.parametrize(
    "value", ["'", "\\'; DROP TABLE t; -- ", '"', "`", "\0", "é😀", "", "%s", "\x1a", "\0" + "1\0"]
)
def test_a_bound_value_is_only_a_value(source: Source, value: str) -> None:
    sql = f"SELECT {MariadbDialect().bound(1, 'varchar(9)')}, 1"
    with source.snapshot() as snapshot:
        ((row,),) = snapshot.rows(sql, (value,))  # type: ignore[attr-defined]
    assert row == (value, "1")


def test_no_keys_find_no_rows() -> None:
    dialect = MariadbDialect()
    assert filled(f"WHERE {dialect.among([('`a`', 'int')], 1)}", ((),)) == "WHERE `a` IN (NULL)"
    assert filled(dialect.among([("`a`", "text"), ("`b`", "int")], 1), (("x", "y"), ("1", "2"))) == (
        "(`a`, `b`) IN ((_utf8mb4 X'78', CAST(_utf8mb4 X'31' AS SIGNED)),"
        " (_utf8mb4 X'79', CAST(_utf8mb4 X'32' AS SIGNED)))"
    )


@pytest.mark.parametrize("pace", ["gentle", "fast"])
@pytest.mark.parametrize(("name", "gaps"), [("dense", "seq"), ("holes", "seq + 4 * (seq DIV 9)")])
def test_keys_told_on_our_side_find_the_rows_that_a_scan_finds(
    shop: MariadbServer, source: Source, monkeypatch: pytest.MonkeyPatch, name: str, gaps: str, pace: Any
) -> None:
    shop.run(
        f"CREATE OR REPLACE TABLE {name} (id bigint PRIMARY KEY, v int)",
        f"INSERT INTO {name} SELECT {gaps}, seq FROM seq_1_to_20000",
        f"ANALYZE TABLE {name}",
        database=DATABASE,
    )
    with source.snapshot() as snapshot:
        asked: list[str] = []
        rows = snapshot.rows  # type: ignore[attr-defined]
        monkeypatch.setattr(snapshot, "rows", lambda sql, *more: asked.append(sql) or rows(sql, *more))
        drawing = snapshot.table(name)
        told = pa.Table.from_batches(list(drawing.rows(Selection(300, pace=pace))), drawing.schema)
        assert all(" IN (" in sql for sql in asked)
        monkeypatch.setattr("headwater.sources.mariadb.draw._ROW", 10**9)
        asked.clear()
        found = pa.Table.from_batches(list(drawing.rows(Selection(300))), drawing.schema)
        assert not any(" IN (" in sql for sql in asked)
    assert told.num_rows == 300
    assert told.sort_by("id").equals(found.combine_chunks().sort_by("id"))


def test_days_that_are_none_are_counted(shop: MariadbServer, source: Source) -> None:
    shop.run(
        "SET SESSION sql_mode = ''",
        "CREATE TABLE zeros (id int PRIMARY KEY, d date, t datetime)",
        "INSERT INTO zeros VALUES (1, '0000-00-00', '0000-00-00'), (2, '2026-00-00', '2026-01-01'), (3, NULL, NULL)",
        database=DATABASE,
    )
    with source.snapshot() as snapshot:
        drawing = snapshot.table("zeros")
        list(drawing.rows(Selection(10)))
        assert drawing.losses == {
            "d": "2 days that no calendar has, such as 0000-00-00, became null",
            "t": "1 day that no calendar has, such as 0000-00-00, became null",
        }


def test_foreign_keys_are_links(shop: MariadbServer, source: Source) -> None:
    shop.run(
        "CREATE TABLE p (a int, b varchar(9), PRIMARY KEY (a, b))",
        "CREATE TABLE c (id int PRIMARY KEY, self int, x int NOT NULL, y varchar(9) NOT NULL,"
        " CONSTRAINT one FOREIGN KEY (self) REFERENCES c (id), CONSTRAINT two FOREIGN KEY (x, y) REFERENCES p (a, b))",
        database=DATABASE,
    )
    assert source.links() == (
        Link("own.c", ("self",), "own.c", ("id",), nullable=True),
        Link("own.c", ("x", "y"), "own.p", ("a", "b"), nullable=False),
    )


def test_views_that_set_something_in_motion_are_refused(
    shop: MariadbServer, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run(
        "CREATE FUNCTION acts() RETURNS int RETURN SLEEP(0)",
        "CREATE TABLE seen (id int PRIMARY KEY, `sleep` varchar(9))",
        "CREATE VIEW plain AS SELECT id, 'sleep(1) x(' AS t FROM seen WHERE `sleep` IN ('a', 'b') AND LENGTH(id) > 0",
        "CREATE VIEW calling AS SELECT id, acts() AS a FROM seen",
        "CREATE VIEW sleeping AS SELECT id, SLEEP(1) AS a FROM seen",
        f"CREATE USER viewer@'127.0.0.1' IDENTIFIED BY '{shop.password('viewer')}'",
        f"GRANT SELECT, SHOW VIEW ON {DATABASE}.* TO viewer@'127.0.0.1'",
        database=DATABASE,
    )
    with source.snapshot() as snapshot, pytest.raises(SampleRefused, match="SHOW VIEW"):
        snapshot.table("plain")
    monkeypatch.setenv("TEST_DSN", shop.dsn("viewer", DATABASE))
    with source.snapshot() as snapshot:
        snapshot.table("plain")
        with pytest.raises(SampleRefused, match="stored functions") as raised:
            snapshot.table("calling")
        assert '"own.calling" to allow' in raised.value.hint
        with pytest.raises(SampleRefused, match="calls sleep"):
            snapshot.table("sleeping")
    allowing = open_source(SourceConfig("prod", "mariadb", dsn_env="TEST_DSN", allow=("own.sleeping",)))
    with allowing.snapshot() as snapshot:
        assert snapshot.table("sleeping").count() == 0


def test_a_primary_is_not_read_in_place_of_a_replica(shop: MariadbServer, source: Source) -> None:
    replica = open_source(SourceConfig("prod", "mariadb", dsn_env="TEST_DSN", replica=True))
    with pytest.raises(SourceUnavailable, match="is a primary"):
        replica.check()
    shop.run("SET GLOBAL read_only = ON")
    try:
        replica.check()
    finally:
        shop.run("SET GLOBAL read_only = OFF")


def test_what_the_user_may_do_is_said(shop: MariadbServer, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    assert source.powers() == ("open any number of connections",)
    shop.run(
        f"CREATE USER limited@'127.0.0.1' IDENTIFIED BY '{shop.password('limited')}' WITH MAX_USER_CONNECTIONS 5",
        f"GRANT SELECT ON {DATABASE}.* TO limited@'127.0.0.1'",
        "CREATE TABLE own.written (a int, b int)",
        f"CREATE USER loose@'127.0.0.1' IDENTIFIED BY '{shop.password('loose')}' WITH MAX_USER_CONNECTIONS 5",
        "GRANT SELECT, INSERT, UPDATE (a, b) ON own.written TO loose@'127.0.0.1' WITH GRANT OPTION",
        "GRANT ALL ON test.* TO loose@'127.0.0.1'",
    )
    monkeypatch.setenv("TEST_DSN", shop.dsn("limited", DATABASE))
    assert source.powers() == ()
    monkeypatch.setenv("TEST_DSN", shop.dsn("loose", DATABASE))
    assert set(source.powers()) == {
        "INSERT, UPDATE on `own`.`written`",
        "give its rights on `own`.`written` to others",
        "do everything on `test`.*",
    }


def test_columns_that_may_not_be_read_are_not_there(
    shop: MariadbServer, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run(
        "CREATE DATABASE IF NOT EXISTS partly",
        "CREATE TABLE partly.people (id int PRIMARY KEY, open int, secret text)",
        "INSERT INTO partly.people SELECT seq, seq, 'no' FROM mysql.seq_1_to_50",
        f"CREATE USER narrow@'127.0.0.1' IDENTIFIED BY '{shop.password('narrow')}'",
        "GRANT SELECT (id, open) ON partly.people TO narrow@'127.0.0.1'",
    )
    monkeypatch.setenv("TEST_DSN", shop.dsn("narrow", "partly"))
    with source.snapshot() as snapshot:
        assert rows_of(snapshot, "people", 10).column_names == ["id", "open"]


_KILLED = """
import sys
from headwater.config import SourceConfig
from headwater.sampling.selection import Selection
from headwater.sources.registry import open_source
with open_source(SourceConfig("prod", "mariadb", dsn_env="TEST_DSN")).snapshot() as snapshot:
    list(snapshot.table("sleepy").rows(Selection(10)))
"""


def test_what_a_killed_process_has_begun_is_ended(shop: MariadbServer, source: Source) -> None:
    shop.run(
        "CREATE TABLE sleepy (id int PRIMARY KEY, a char(128) AS (SHA2(REPEAT(id, 1000000), 512)) VIRTUAL)",
        "INSERT INTO sleepy (id) SELECT seq * 997 FROM seq_1_to_9000",
        database=DATABASE,
    )
    process = subprocess.Popen([sys.executable, "-c", _KILLED], env={**os.environ})
    try:
        _until(lambda: _running(shop) or process.poll() is not None)
        assert _running(shop)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    _until(lambda: not _running(shop))


def _running(shop: MariadbServer) -> bool:
    with shop.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = %s AND INFO LIKE '%%sleepy%%'", READER
        )
        return bool(cursor.fetchall())


def _until(met: Any) -> None:
    deadline = time.monotonic() + 20
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_draw_is_masked_and_kept(shop: MariadbServer, source: Source, tmp_path: Path) -> None:
    shop.run(
        "CREATE TABLE people (id bigint unsigned PRIMARY KEY, email varchar(100), paid decimal(12,2), born date)",
        "INSERT INTO people SELECT seq, CONCAT('person', seq, '@canary.example'), seq / 4, '1980-01-01'"
        " FROM seq_1_to_3000",
        database=DATABASE,
    )
    home = tmp_path / "home"
    home.mkdir()
    (home / "headwater.toml").write_text('[sources.prod]\nkind = "mariadb"\ndsn_env = "TEST_DSN"\n')
    headwater = open_headwater(home)
    try:
        context = JobContext(lambda *_: None)
        assert headwater.samples.plan(SampleRequest("prod", "people", 100), "ann", context).dataset == "prod.people"
        result = headwater.samples.draw(SampleRequest("prod", "people", 100), "ann", context)
        assert (result.rows, result.masks["own.people.email"]) == (100, "email")
        assert not any(b"canary.example" in path.read_bytes() for path in home.rglob("*") if path.is_file())
    finally:
        headwater.close()


def test_the_settings_of_a_mysql_are_its_own() -> None:
    """Not run against a MySQL: the shape of what it would be sent."""
    mysql, mariadb = settings("8.4.3", 2.5), settings("5.5.5-10.11.19-MariaDB-0+deb12u1", 2.5)
    assert "SET SESSION max_execution_time = 2500" in mysql
    assert "SET SESSION max_statement_time = 2.500" in mariadb
    assert not any("max_statement_time" in each or "idle_transaction" in each for each in mysql)
    assert not any("max_execution_time" in each for each in mariadb)
    assert [each for each in mysql if each in mariadb] == list(mysql[1:])


@pytest.mark.parametrize(
    ("dsn", "host", "database", "local"),
    [
        ("mysql://u:p%40@db.example/shop", "db.example", "shop", False),
        ("mariadb://u@127.0.0.1:3307/", "127.0.0.1", "", True),
        ("mysql+pymysql://u:p@[::1]/shop", "::1", "shop", True),
        ("mariadb://u:p@/shop?unix_socket=/run/my.sock", "localhost", "shop", True),
    ],
)
def test_connection_strings(dsn: str, host: str, database: str, local: bool) -> None:
    read = address(dsn)
    assert (read.host, read.database, read.is_local) == (host, database, local)
    assert "p@" not in repr(read)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MariadbServer, Path]]:
    directory = tmp_path_factory.mktemp("tls")
    _certify(directory)
    options = (f"--ssl-cert={directory / 'server.pem'}", f"--ssl-key={directory / 'server.key'}")
    with MariadbServer(directory / "server", *options) as server:
        yield server, directory / "server.pem"


def test_a_server_must_prove_its_name_where_that_is_asked_for(
    certified: tuple[MariadbServer, Path], source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, authority = certified
    server.run(
        f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{server.password(READER)}' REQUIRE SSL",
        "CREATE DATABASE own",
        f"GRANT SELECT ON own.* TO {READER}@'127.0.0.1'",
    )
    monkeypatch.setenv("TEST_DSN", f"{server.dsn(READER, DATABASE)}?ssl_ca={authority}")
    source.check()
    _certify(tmp_path)
    monkeypatch.setenv("TEST_DSN", f"{server.dsn(READER, DATABASE)}?ssl_ca={tmp_path / 'server.pem'}")
    with pytest.raises(SourceUnavailable, match="TLS"):
        source.check()


def test_a_server_elsewhere_is_not_asked_without_tls(
    shop: MariadbServer, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if this machine's server, which has no certificate, were another's.
    monkeypatch.setattr("headwater.sources.mariadb.session._LOCAL", frozenset())
    with pytest.raises(SourceUnavailable, match="TLS"):
        source.check()


def _certify(directory: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (directory / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (directory / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
