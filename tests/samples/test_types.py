"""What each type of PostgreSQL becomes, where the driver by itself would change it without a word."""

from __future__ import annotations

import decimal
from datetime import UTC, datetime
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from production_fixtures import Drawing

from headwater.config import SourceConfig
from headwater.sampling.selection import Selection
from headwater.sources.registry import open_source

_CASES = [
    ("int2", "7", pa.int16(), 7),
    ("int4", "7", pa.int32(), 7),
    ("int8", "7", pa.int64(), 7),
    ("float8", "'NaN'", pa.float64(), pytest.approx(float("nan"), nan_ok=True)),
    ("bool", "true", pa.bool_(), True),
    ("text", "'é'", pa.string(), "é"),
    ("char(5)", "'ab'", pa.string(), "ab"),
    ("date", "'infinity'", pa.date32(), None),
    ("timestamp", "'-infinity'", pa.timestamp("us"), None),
    ("timestamptz", "'infinity'", pa.timestamp("us", tz="UTC"), None),
    ("numeric(20,6)", "12345678901234.123456", pa.decimal128(20, 6), decimal.Decimal("12345678901234.123456")),
    ("numeric(20,6)", "'NaN'", pa.decimal128(20, 6), None),
    ("numeric(12,0)", "123456789012", pa.int64(), 123456789012),
    ("numeric(30,0)", "123456789012345678901234", pa.string(), "123456789012345678901234"),
    ("numeric(12,0)", "'NaN'", pa.int64(), None),
    ("numeric", "12.50", pa.decimal128(38, 20), decimal.Decimal("12.50")),
    (
        "numeric",
        "-999999999999999999.33333333333333333333",
        pa.decimal128(38, 20),
        decimal.Decimal("-999999999999999999.33333333333333333333"),
    ),
    ("numeric", "1e18", pa.decimal128(38, 20), None),
    ("numeric", "1e-21", pa.decimal128(38, 20), None),
    ("numeric", "'Infinity'", pa.decimal128(38, 20), None),
    ("numeric", "'NaN'", pa.decimal128(38, 20), None),
    ("date", "'4714-11-25 BC'", pa.date32(), -2_440_587),
    (
        "timestamptz",
        "'2026-03-01 12:00:00.000001+02'",
        pa.timestamp("us", tz="UTC"),
        datetime(2026, 3, 1, 10, 0, 0, 1, tzinfo=UTC),
    ),
    ("money", "12.5", pa.string(), "$12.50"),
    ("tsvector", "'a b'", pa.string(), "'a' 'b'"),
    ("timestamptz[]", "'{infinity}'", pa.string(), "{infinity}"),
    ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", pa.string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("int4[]", "'{{1,2},{3,4}}'", pa.string(), "{{1,2},{3,4}}"),
    ("inet", "'10.0.0.1'", pa.string(), "10.0.0.1/32"),
    ("int4range", "'[1,5)'", pa.string(), "[1,5)"),
    ("interval", "'1 month 2 days'", pa.string(), "P1M2D"),
    ("time", "'24:00'", pa.string(), "24:00:00"),
    ("bytea", r"'\x00ff'", pa.binary(), b"\x00\xff"),
    ("jsonb", """'{"a": 1.10}'""", pa.string(), '{"a": 1.10}'),
    ("whole", "5", pa.int32(), 5),
]


@pytest.mark.parametrize(("kind", "literal", "arrow", "value"), _CASES, ids=[f"{c[0]} {c[1]}" for c in _CASES])
def test_a_value_comes_as_it_is_or_as_null(
    draw: Drawing, admin: psycopg.Connection[Any], kind: str, literal: str, arrow: pa.DataType, value: object
) -> None:
    admin.execute(
        "DROP TABLE IF EXISTS one_value; DROP DOMAIN IF EXISTS whole;CREATE DOMAIN whole AS int CHECK (VALUE > 0)"
    )
    admin.execute(f"CREATE TABLE one_value (id int PRIMARY KEY, v {kind}); GRANT SELECT ON one_value TO reader")
    admin.execute(f"INSERT INTO one_value VALUES (1, {literal}), (2, NULL)")
    source = open_source(SourceConfig("prod", "postgresql", dsn_env="TEST_DSN"))
    with source.snapshot() as snapshot:
        drawing = snapshot.table("one_value")
        rows = pa.Table.from_batches(list(drawing.rows(Selection(10))), drawing.schema)
        losses = drawing.losses
    assert rows.schema.field("v").type == arrow
    values = rows["v"].cast(pa.int32()).to_pylist() if kind == "date" else rows["v"].to_pylist()
    assert values == [value, None]
    # Nothing becomes null without a word.
    assert ("v" in losses) is (value is None)


def test_losses_are_counted_in_the_rows_that_are_drawn(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "DROP TABLE IF EXISTS lossy; CREATE TABLE lossy (id int PRIMARY KEY, at timestamptz, n numeric, w numeric(9,0))"
    )
    admin.execute(
        "INSERT INTO lossy SELECT i, CASE i % 3 WHEN 0 THEN 'infinity' WHEN 1 THEN now() END, "
        "CASE WHEN i = 5 THEN 'NaN'::numeric ELSE i / 3.0 END, CASE WHEN i % 50 = 0 THEN 'NaN'::numeric ELSE i END "
        "FROM generate_series(1, 300) i; GRANT SELECT ON lossy TO reader"
    )
    with open_source(SourceConfig("prod", "postgresql", dsn_env="TEST_DSN")).snapshot() as snapshot:
        drawing = snapshot.table("lossy")
        drawing.peek(7, 100)
        assert drawing.losses == {}
        rows = pa.Table.from_batches(list(drawing.rows(Selection(300))), drawing.schema)
        assert drawing.losses == {
            "at": "100 infinite times became null",
            "n": "1 number that is not finite or longer than 18 digits before the point and 20 after it became null",
            "w": "6 NaNs became null",
        }
    said = (
        "n: 1 number that is not finite or longer than 18 digits before the point and 20 after it became null, "
        "w: 6 NaNs became null"
    )
    assert (rows["at"].null_count, rows["n"].null_count, rows["w"].null_count) == (200, 1, 6)
    assert draw("lossy", 300).versions[0].message.endswith(", at: 100 infinite times became null, " + said)
    assert rows["n"][0].as_py() == decimal.Decimal("0.33333333333333333333")


def test_text_does_not_depend_on_the_servers_settings(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    before = draw("orders", 20).versions[0]
    admin.execute("ALTER ROLE reader SET datestyle = 'German'; ALTER ROLE reader SET timezone = 'Asia/Tokyo'")
    try:
        assert draw("orders", 20).versions[0].digest == before.digest
    finally:
        admin.execute("ALTER ROLE reader RESET ALL")
