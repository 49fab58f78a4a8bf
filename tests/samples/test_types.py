"""What each type of PostgreSQL becomes, where the driver by itself would change it without a word."""

from __future__ import annotations

import decimal
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
    ("numeric", "'Infinity'", pa.float64(), float("inf")),
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
    assert rows.schema.field("v").type == arrow
    assert rows["v"].to_pylist() == [value, None]


def test_text_does_not_depend_on_the_servers_settings(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    before = draw("orders", 20).versions[0]
    admin.execute("ALTER ROLE reader SET datestyle = 'German'; ALTER ROLE reader SET timezone = 'Asia/Tokyo'")
    try:
        assert draw("orders", 20).versions[0].digest == before.digest
    finally:
        admin.execute("ALTER ROLE reader RESET ALL")
