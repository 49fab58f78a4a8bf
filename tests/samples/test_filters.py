"""A filter in PostgreSQL keeps the rows that pyarrow keeps of the same rows once they are loaded."""

# ruff: noqa: E501 (a row is read in one line)
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from production_fixtures import READER

from headwater.config import SourceConfig
from headwater.demo.postgres import Server
from headwater.errors import BadPredicate, UsageError
from headwater.predicate import Predicate
from headwater.sampling.selection import Selection
from headwater.sources.registry import open_source

_TABLE = """
DROP TABLE IF EXISTS things; DROP TYPE IF EXISTS mood; CREATE TYPE mood AS ENUM ('sad', 'ok', 'Happy');
CREATE TABLE things (row int PRIMARY KEY, id int8, small int2, mid int4, x float8, y float8, narrow float4,
  amount numeric(10,2), price numeric(12,4), whole numeric(12,0), free numeric, city text, other varchar(20), loose text COLLATE "C",
  padded char(6), m mood, u uuid, j jsonb, active bool, day date, at timestamp, seen timestamptz, clock time, raw bytea, "quo""ted %s" text);
INSERT INTO things VALUES
 (0, 1, 1, 1, 1.5, 'NaN', 0.1, 1.00, 1.0000, 5, 1.5, 'London', 'London', 'Ab', 'ab', 'sad', '00000000-0000-0000-0000-000000000001', '{"a":1}', true, '2024-01-01', '2024-01-01', '2024-01-01+00', '12:00', '\\x00', 'a'),
 (1, 2, -128, 2147483647, 'NaN', 'NaN', 'NaN', 1.01, 1.0101, 'NaN', 'NaN', 'london', 'London', 'aB', 'ab ', 'ok', 'ffffffff-0000-0000-0000-000000000001', '[1,2]', true, '2024-02-29', '2024-01-01 00:00:00.000001', '2023-12-31 23:00+00', '00:00', NULL, NULL),
 (2, 3, 127, -2147483648, 'Infinity', 'Infinity', 1.5, 'NaN', 'NaN', 0, 'Infinity', '', '', '', '', 'Happy', NULL, 'null', false, '1969-12-31', '1969-12-31 23:59:59.999999', NULL, '23:59:59.999999', '', '%'),
 (3, -5, 32767, 0, '-Infinity', NULL, '-0.0', NULL, 3.0, NULL, NULL, NULL, 'x', NULL, 'x', NULL, '00000000-0000-0000-0000-00000000000A', NULL, NULL, NULL, NULL, '2024-03-31 01:00+00', NULL, NULL, 'A'),
 (4, 0, NULL, NULL, '-0.0', 0, NULL, 99999999.99, NULL, 999999999999, 1e300, '100%', NULL, 'AB', '100%', 'sad', NULL, '"x"', false, 'infinity', 'infinity', 'infinity', '01:00', NULL, 'é'),
 (5, 4611686018427387904, 5, 5, 0, '-0.0', 3.4e38, 0, 0.0001, -1, 0, 'a_b', 'a_c', 'ß', 'a_b', 'ok', NULL, '{}', true, '-infinity', '-infinity', '-infinity', '02:00', NULL, 'Z'),
 (6, NULL, 6, 6, NULL, 'NaN', 2, 5.10, 5.1, 7, 0.1, E'a\\nb', E'a\\nb', 'b', 'b', 'Happy', NULL, '1.10', NULL, '0001-01-01', '1900-01-01', '0001-01-01 00:00+00', '03:00', NULL, 'z'),
 (7, 7, 7, 7, 2, NULL, 'Infinity', 5.11, 5.11, 8, -0.1, 'Zürich', 'Zurich', 'a', 'a', 'ok', NULL, '0', false, '9999-12-31', '2024-02-29 12:00', '9999-12-31 23:59:59.999999+00', '04:00', NULL, 'a%'),
 (8, -9223372036854775808, 8, 8, 'NaN', 1, 0.2, 2, 2, 9, 9, 'it''s \\ "so"', '', 'A', 'z', 'sad', NULL, 'true', true, '2024-01-02', '2024-01-02', '1969-07-20 20:17:40+00', '05:00', NULL, '_'),
 (9, 9007199254740993, 2, 2, 0.1, 0.1, -1, -1, -1, -9, 1, 'été', 'ete', 'c', 'c', NULL, NULL, '2', false, '2023-12-31', '2024-03-31 02:30', '2024-10-27 01:00+00', '06:00', NULL, '\\');
GRANT SELECT ON things TO reader;
"""

_LITERALS = {
    "number": ["0", "1", "2", "-5", "1.5", "0.1", "5.10", "5.105", "9007199254740993", "1e300", "99999999999999999999", "-0.05", "127", "32768", "2147483648", "1e-7"],
    "text": ["'London'", "'london'", "''", "'a'", "'ab'", "'AB'", "'zzz'", "'ok'", "'Happy'", "'É'", "'é'", "'a\0b'", "'%'", "'it''s \\ \"so\"'", "'00000000-0000-0000-0000-00000000000a'", "'[1, 2]'"],
    "pattern": ["'%'", "'L%'", "'_ondon'", "'%n'", "'a_b'", "'100\\%'", "'%\\%%'", "'a%b'", "'%é%'", "''", "'__'", "'%\\%'"],
    "day": ["DATE '2024-01-01'", "'2024-02-29'", "TIMESTAMP '2024-01-01 12:00'", "'1969-12-31'", "DATE '9999-12-31'", "'0001-01-01'"],
    "zoned": ["TIMESTAMP '2024-01-01 00:00:00+01:00'", "TIMESTAMP '9999-12-31 23:59:59-12:00'", "TIMESTAMP '0001-01-01 00:00:00+12:00'"],
}  # fmt: skip
_COLUMNS = {
    "number": ["id", "small", "mid", "x", "y", "narrow", "amount", "price", "whole", "free"],
    "text": ["city", "other", "loose", "padded", "m", "u", "j", '"quo""ted %s"', "clock"],
    "day": ["day", "at", "seen"],
    "zoned": ["seen"],
}
_PAIRS = [
    ("id", "small"),
    ("x", "y"),
    ("x", "narrow"),
    ("amount", "price"),
    ("id", "whole"),
    ("city", "other"),
    ("day", "at"),
    ("free", "x"),
    ("mid", "id"),
    ("m", "city"),
]
_OPERATORS = ["=", "<>", "<", "<=", ">", ">="]


@st.composite
def _tests(draw: Any) -> str:
    family = draw(st.sampled_from(list(_COLUMNS)))
    column = draw(st.sampled_from(_COLUMNS[family]))
    shape = draw(st.sampled_from(["compare", "in", "between", "null", "like", "columns", "bool"]))
    literal = st.sampled_from(_LITERALS[family])
    negated = draw(st.sampled_from(["", "NOT "]))
    if shape == "in":
        return f"{column} {negated}IN ({', '.join(draw(st.lists(literal, min_size=1, max_size=4)))})"
    if shape == "between":
        return f"{column} {negated}BETWEEN {draw(literal)} AND {draw(literal)}"
    if shape == "null":
        return f"{draw(st.sampled_from([column, 'raw', 'j']))} IS {negated}NULL"
    if shape == "like":
        return f"{draw(st.sampled_from(_COLUMNS['text']))} {negated}LIKE {draw(st.sampled_from(_LITERALS['pattern']))} ESCAPE '\\'"
    if shape == "columns":
        left, right = draw(st.sampled_from(_PAIRS))
        return f"{negated}{left} {draw(st.sampled_from(_OPERATORS))} {right}"
    if shape == "bool":
        alone: str = draw(
            st.sampled_from(["active", "NOT active", "active = false", "active <> true", "TRUE", "NULL", "1 = 2"])
        )
        return alone
    return f"{negated}{column} {draw(st.sampled_from(_OPERATORS))} {draw(literal)}"


_FILTERS = st.recursive(
    _tests(),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        inner.map(lambda text: f"NOT ({text})"),
    ),
    max_leaves=6,
)

Loaded = tuple[pa.Table, Callable[[str], list[int]]]


@pytest.fixture(scope="module")
def things(server: Server) -> Iterator[Loaded]:
    """The rows as they are loaded, and what production keeps of them for a filter."""
    with server.connect() as connection:
        connection.execute(_TABLE.encode())
    patch = pytest.MonkeyPatch()
    patch.setenv("THINGS_DSN", server.dsn(READER))
    source = open_source(SourceConfig("prod", "postgresql", "THINGS_DSN"))
    with source.snapshot() as snapshot:
        drawing = snapshot.table("things")
        loaded = pa.Table.from_batches(list(drawing.rows(Selection(100))), drawing.schema)
        types = {field.name: str(field.type) for field in drawing.schema}

        def kept(text: str) -> list[int]:
            batches = drawing.rows(Selection(100, where=Predicate(text, types)))
            return [number for batch in batches for number in batch["row"].to_pylist()]

        yield loaded, kept
    patch.undo()


def _expected(loaded: pa.Table, text: str) -> list[int]:
    types = {field.name: str(field.type) for field in loaded.schema}
    mask = Predicate(text, types).arrow_mask(loaded)
    return list(loaded["row"].filter(mask, null_selection_behavior="drop").to_pylist())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_FILTERS)
def test_the_same_rows_as_pyarrow(things: Loaded, text: str) -> None:
    loaded, kept = things
    try:
        expected = _expected(loaded, text)
    except BadPredicate:
        with pytest.raises(BadPredicate):
            kept(text)
        return
    assert kept(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "day > '2024-01-01'", "NOT day IN ('2024-01-01', '2024-01-02')", "day IS NULL", "seen IS NOT NULL",
        "whole > 5", "NOT whole IN (5, 7)", "amount <> 1.01", "x > 1e300", "NOT x <= 1.5", "x <> 1.5", "NOT x IN (1.5, 2)",
        "loose = 'AB'", "loose IN ('ab', 'AB')", "NOT loose = 'ab'", "city < 'a'", "padded = 'ab'", "m > 'a'", "city LIKE '_t_'",
        "u = '00000000-0000-0000-0000-00000000000A'", "j = '{\"a\": 1}'", "seen < TIMESTAMP '0001-01-01 00:00:00+12:00'",
        "seen < TIMESTAMP '9999-12-31 23:59:59-12:00'", "city = 'a\0b'", "city < 'a\0b'", "NOT city IN ('a\0b')", "city >= '\0'",
        "city NOT LIKE '%\0%'", "\"quo\"\"ted %s\" = '%'", "small > 32767", "NOT small < 1000", "narrow = 0.1", "free >= 1e300",
        "x > narrow", "NOT x = y", "x <> y", "day <= at", "at > day",
    ],
)  # fmt: skip
def test_cases_that_engines_see_differently(things: Loaded, text: str) -> None:
    loaded, kept = things
    assert kept(text) == _expected(loaded, text)


def test_a_list_of_many_values_is_one_marker(things: Loaded) -> None:
    _, kept = things
    assert kept(f"id IN ({', '.join(map(str, range(100_000)))})") == [0, 1, 2, 4, 7]


def test_what_no_statement_can_hold_is_refused(things: Loaded) -> None:
    _, kept = things
    with pytest.raises(BadPredicate, match="surrogate"):
        kept("city = 'a\ud800'")
    with pytest.raises(UsageError, match="40,000 values"):
        kept(" OR ".join(f"id > {number}" for number in range(40_000)))


def test_an_index_serves_a_filter(server: Server) -> None:
    from headwater.predicate.binding import bind
    from headwater.predicate.syntax import parse
    from headwater.sources.postgresql.columns import ColumnType, fetched
    from headwater.sources.postgresql.filters import condition

    kinds = {"at": ColumnType("timestamptz"), "name": ColumnType("text"), "n": ColumnType("numeric", (8 << 16 | 2) + 4)}
    columns = {name: fetched(name, kind) for name, kind in kinds.items()}
    types = {name: str(column.field().type) for name, column in columns.items()}
    with server.connect() as connection:
        connection.execute(
            "DROP TABLE IF EXISTS indexed; CREATE TABLE indexed (at timestamptz, name text, n numeric(8,2))"
        )
        connection.execute(
            "INSERT INTO indexed SELECT timestamptz '2026-01-01' + i * interval '1 minute', 'n' || i, i FROM generate_series(1, 20000) i"
        )
        connection.execute(
            "CREATE INDEX ON indexed (at); CREATE INDEX ON indexed (name); CREATE INDEX ON indexed (n); ANALYZE indexed"
        )
        for text in (
            "at >= '2026-01-01 01:00' AND at < '2026-01-01 02:00'",
            "name = 'n5'",
            "name IN ('n5', 'n6')",
            "n = 7",
        ):
            found = condition(bind(parse(text), text, types), columns)
            sql = f"EXPLAIN SELECT * FROM indexed WHERE {found.sql}"
            for number in range(len(found.values), 0, -1):
                sql = sql.replace(f"${number}", f"%(v{number})s")
            values = {
                f"v{n}": list(value) if isinstance(value, tuple) else value for n, value in enumerate(found.values, 1)
            }
            plan = "\n".join(row[0] for row in connection.execute(sql.encode(), values).fetchall())
            assert "Index" in plan, plan
