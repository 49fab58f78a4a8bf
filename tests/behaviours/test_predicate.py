"""One filter, the same rows: every engine against a small evaluator that reads the syntax tree row by row."""

# ruff: noqa: E501 (a case is read in one line)
from __future__ import annotations

import math
import re
import struct
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater import reading
from headwater.predicate import syntax
from headwater.predicate.literals import read_moment, read_time
from headwater.reading import VersionFiles

UTC = UTC
NAN = math.nan

COLUMNS: dict[str, tuple[pa.DataType, list[Any]]] = {
    "row": (pa.int64(), list(range(10))),
    "id": (pa.int64(), [1, 2, 3, -5, 0, 2**62, None, 7, -(2**63), 2**53 + 1]),
    "small": (pa.int8(), [1, -128, 127, 0, None, 5, 6, 7, 8, 2]),
    "big": (pa.uint64(), [0, 1, 2**64 - 1, 2**63, None, 5, 2, 3, 4, 9]),
    "x": (pa.float64(), [1.5, NAN, math.inf, -math.inf, -0.0, 0.0, None, 2.0, NAN, 0.1]),
    "y": (pa.float64(), [NAN, NAN, math.inf, None, 0.0, -0.0, NAN, None, 1.0, 0.1]),
    "narrow": (pa.float32(), [0.1, NAN, 1.5, -0.0, None, 3.4e38, 2.0, math.inf, 0.2, -1.0]),
    "amount": (
        pa.decimal128(10, 2),
        [Decimal(t) if t else None for t in ("1.00", "1.01", "-0.05", None, "99999999.99", "0.00", "5.10", "5.11", "2.00", "-1.00")],
    ),
    "price": (
        pa.decimal128(12, 4),
        [Decimal(t) if t else None for t in ("1.0000", "1.0101", "-0.0500", "3.0", None, "0.0001", "5.1", "5.11", "2", "-1")],
    ),
    "city": (pa.string(), ["London", "london", "", None, "100%", "a_b", "a\nb", "Zürich", "it's \\ \"so\"", "été"]),
    "other city": (pa.string(), ["London", "London", "", "x", None, "a_c", "a\nb", "Zurich", "", "ete"]),
    'quo"ted': (pa.bool_(), [True, False, None, True, False, None, True, False, None, True]),
    # A group whose least and greatest are equal, and NaN between them: statistics call it constant.
    "flat": (pa.float64(), [2.0, NAN, 2.0, NAN, NAN, NAN, 2.0, 2.0, 2.0, NAN]),
    "active": (pa.bool_(), [True, True, True, False, False, False, None, None, None, True]),
    "day": (
        pa.date32(),
        [date(2024, 1, 1), date(2024, 2, 29), date(1969, 12, 31), None, date(1, 1, 1), date(9999, 12, 31), date(2024, 1, 2), date(2023, 12, 31), date(1970, 1, 1), date(2024, 3, 31)],
    ),
    "at": (
        pa.timestamp("us"),
        [datetime(2024, 1, 1), datetime(2024, 1, 1, 0, 0, 0, 1), datetime(1969, 12, 31, 23, 59, 59, 999_999), None, datetime(2024, 2, 29, 12), datetime(2024, 3, 31, 2, 30), datetime(1900, 1, 1), datetime(2023, 12, 31, 23, 59, 59), datetime(2024, 1, 2), datetime(2024, 3, 31)],
    ),
    "seen": (
        pa.timestamp("us", "UTC"),
        [datetime(2024, 1, 1, tzinfo=UTC), datetime(2023, 12, 31, 23, tzinfo=UTC), None, datetime(2024, 3, 31, 1, tzinfo=UTC), datetime(2024, 10, 27, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC), datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(2024, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)],
    ),
    "paris": (
        pa.timestamp("us", "Europe/Paris"),
        [datetime(2024, 1, 1, tzinfo=UTC), datetime(2023, 12, 31, 23, tzinfo=UTC), None, datetime(2024, 3, 31, 1, tzinfo=UTC), datetime(2024, 10, 27, 0, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC), datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC), datetime(2024, 1, 1, 11, tzinfo=UTC), datetime(2024, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)],
    ),
    "fine": (pa.timestamp("ns"), [0, 1, -1, None, 10**18, 10**18 + 1, 999, 1000, 1_704_067_200 * 10**9, 5]),
    "fine_utc": (pa.timestamp("ns", "UTC"), [0, 1, -1, None, 10**18, 10**18 + 1, 999, 1000, 1_704_067_200 * 10**9, 5]),
    "slow": (pa.timestamp("s"), [0, 1, -1, None, 10**9, 1_704_067_200, 5, 6, 7, 8]),
    "clock": (pa.time64("us"), [time(0), time(12), time(23, 59, 59, 999_999), None, time(12, 30), time(12, 0, 0, 1), time(1), time(2), time(3), time(4)]),
    "label": (pa.dictionary(pa.int32(), pa.string()), ["a", "b", None, "a", "c", "b", "", "A", "ab", "%"]),
    "nested": (pa.list_(pa.int64()), [[1], None, [], [2, 3], [None], [1], [1], None, [4], [5]]),
}  # fmt: skip
TYPES = {name: str(kind) for name, (kind, _) in COLUMNS.items()}
TABLE = pa.table({name: pa.array(values, kind) for name, (kind, values) in COLUMNS.items()})
ROWS: list[dict[str, Any]] = []


def exact(kind: pa.DataType, value: Any, scalar: pa.Scalar) -> Any:
    """A cell as the evaluator sees it: numbers as Fractions (floats as floats), times as nanoseconds."""
    if value is None or isinstance(value, float | bool | str | list):
        return scalar.as_py() if pa.types.is_float32(kind) else value
    if pa.types.is_temporal(kind):
        tick = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}.get(getattr(kind, "unit", ""), 86_400 * 10**9)
        storage = pa.int32() if kind.bit_width == 32 else pa.int64()
        return Fraction(scalar.cast(storage).as_py() * tick)
    return Fraction(value)


for index in range(TABLE.num_rows):
    ROWS.append(
        {name: exact(kind, values[index], TABLE.column(name)[index]) for name, (kind, values) in COLUMNS.items()}
    )


# The reference: three-valued logic over one row, nothing shared with the compilers. ------------------------------


def truth(tree: syntax.Tree, row: dict[str, Any]) -> bool | None:
    match tree:
        case syntax.Conjunction(terms):
            seen = [truth(term, row) for term in terms]
            return False if False in seen else None if None in seen else True
        case syntax.Disjunction(terms):
            seen = [truth(term, row) for term in terms]
            return True if True in seen else None if None in seen else False
        case syntax.Negation(term):
            inner = truth(term, row)
            return None if inner is None else not inner
        case syntax.NullTest(operand, _):
            return cell(operand, row, None) is None
        case syntax.Membership(operand, values, _):
            seen = [compared(operand, "=", value, row) for value in values]
            return True if True in seen else None if None in seen else False
        case syntax.Likeness(operand, pattern, escape, _):
            text = cell(operand, row, None)
            return None if text is None else like(text, pattern, escape)
        case syntax.Comparison(left, operator, right, _):
            return compared(left, operator, right, row)
        case syntax.Truth(operand):
            return cell(operand, row, None)


def compared(left: syntax.Operand, operator: str, right: syntax.Operand, row: dict[str, Any]) -> bool | None:
    a, b = cell(left, row, right), cell(right, row, left)
    if a is None or b is None:
        return None
    if isinstance(a, float) or isinstance(b, float):
        a, b = float(a), float(b)
    return {
        "=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b,
    }[operator]  # fmt: skip


def cell(operand: syntax.Operand, row: dict[str, Any], beside: syntax.Operand | None) -> Any:
    if isinstance(operand, syntax.ColumnName):
        return row[operand.name]
    kind = COLUMNS[beside.name][0] if isinstance(beside, syntax.ColumnName) else None
    value = operand.value
    if isinstance(value, Decimal):
        if kind is not None and pa.types.is_float32(kind):
            try:
                return struct.unpack("<f", struct.pack("<f", float(value)))[0]
            except OverflowError:
                return math.copysign(math.inf, value)
        return float(value) if kind is not None and pa.types.is_floating(kind) else Fraction(value)
    if isinstance(value, str) and kind is not None and pa.types.is_temporal(kind):
        read = read_time(value) if pa.types.is_time(kind) else read_moment(value)
        return Fraction(read if isinstance(read, int) else read[0])  # type: ignore[index]
    return value


def like(text: str, pattern: str, escape: str | None) -> bool:
    out, letters = "", iter(pattern)
    for letter in letters:
        if letter == escape:
            out += re.escape(next(letters))
        else:
            out += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
    return re.fullmatch(out, text, re.DOTALL) is not None


def expected(text: str) -> list[int]:
    tree = syntax.parse(text)
    return [index for index, row in enumerate(ROWS) if truth(tree, row) is True]


# The engines -------------------------------------------------------------------------------------------------------


class File(NamedTuple):
    path: str
    bytes: int
    rows: int


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> VersionFiles:
    """The rows in two files with small row groups, so that statistics decide often."""
    folder, files = tmp_path_factory.mktemp("filter"), []
    for number, part in enumerate((TABLE.slice(0, 6), TABLE.slice(6))):
        path = folder / f"{number}.parquet"
        pq.write_table(part, path, row_group_size=3)
        files.append(File(str(path), path.stat().st_size, part.num_rows))
    return VersionFiles("test.rows", "v1", files, TYPES)


def rows_kept(version: VersionFiles, as_: str, text: str) -> list[int]:
    frame = reading.read(version, as_, columns=["row"], where=text)  # type: ignore[arg-type]
    if as_ == "duckdb":
        return sorted(row for (row,) in frame.fetchall())
    return frame["row"].to_pylist() if as_ == "arrow" else frame["row"].to_list()


ENGINES = ["arrow", "polars", "duckdb"]

CASES = [
    # numbers, exactly
    "id > 1", "id >= 1.5", "id = 2.0", "id = 2.5", "id <> 2.5", "id < -1e3", "id = 4611686018427387904",
    "id = 9007199254740993", "id = 9007199254740992", "id < 1e30", "id > -1e30", "id >= 9223372036854775808",
    "small < 1000", "small > 1000", "NOT small > 1000", "small <> 300", "NOT small = 300", "small = -128",
    "big > 9223372036854775807", "big = 18446744073709551615", "big >= -1", "NOT big < 0", "5 < id", "-5 = id",
    "amount = 1", "amount = 1.005", "amount > 1.005", "amount < 1.005", "amount >= 99999999.99", "amount < 1e12",
    "amount <> 1.010", "amount BETWEEN -0.05 AND 1", "NOT amount BETWEEN -0.05 AND 1", "amount NOT BETWEEN 0 AND 5.1",
    "amount = price", "amount < price", "amount <> id", "small = id", "small < id", "id = x", "small >= y",
    # floats, NaN and signed zero
    "x = 0", "x <> 0", "x > 0", "x >= 0", "x < 0", "x <= 0", "NOT x > 0", "NOT x <= 0", "NOT x = 0", "x = 0.1",
    "x = x", "x <> x", "x = y", "x <> y", "NOT x = y", "x < y", "NOT x <= y", "x >= y", "x IN (0, 1.5)",
    "x NOT IN (0, 1.5)", "narrow = 0.1", "narrow > 0.1", "narrow < 1e300", "narrow IN (0.1, 0.2)", "narrow = x",
    "flat <> 2", "NOT flat = 2", "flat NOT IN (2)", "flat <> flat", "NOT flat >= 2", "flat >= 2", "NOT flat < x",
    "x BETWEEN 0 AND 2", "x NOT BETWEEN 0 AND 2", "narrow > 1e307", "NOT narrow <= 1e307", "x NOT IN (2.0)",
    # NULL
    "id = NULL", "NOT id = NULL", "id IS NULL", "id IS NOT NULL", "NULL", "NOT NULL", "id > 1 OR NULL", "nested IS NULL",
    "id > 1 AND NULL", "id IN (1, NULL)", "id NOT IN (1, NULL)", "id IN (NULL)", "NOT id IN ()", "id IN ()",
    "x IS NULL", "city IS NOT NULL AND NOT (id IS NULL)", "(id > 1 OR active) AND NOT (small < 6)", "1 IS NULL",
    # membership
    "id IN (1, 2.0, 2.5, 1e40)", "id NOT IN (1, 2.5)", "id IN (2.5)", "NOT id IN (2.5, 3)", "city IN ('London', '')",
    "city NOT IN ('London')", "amount IN (1, 5.1, 5.105)", "day IN ('2024-01-01', DATE '2024-02-29')",
    "seen IN (TIMESTAMP '2024-01-01 01:00:00+01:00')", "active IN (TRUE)", "small IN (1, 1, 5)", "clock IN ('12:00')",
    # text
    "city = 'London'", "city <> 'London'", "city > 'a'", "city <= 'Zürich'", "'m' > city", "city = 'it''s \\ \"so\"'",
    "city LIKE 'L%'", "city LIKE 'l%'", "city NOT LIKE '%o%'", "city LIKE '_ondon'", "city LIKE ''", "city LIKE '%'",
    "city LIKE 'a_b'", "city LIKE 'a!_b' ESCAPE '!'", "city LIKE '%!%' ESCAPE '!'", "city LIKE 'a%b'", "city LIKE '_t_'",
    "city LIKE 'Z_rich'", "city LIKE '%\\%'", "city LIKE '%\"%'", "city LIKE '100\\%' ESCAPE '\\'", "city LIKE '____'",
    "city = \"other city\"", "city < \"other city\"", "NOT city = \"other city\"", "label = 'a'", "label LIKE 'a%'",
    "label IN ('a', 'b')", "label > city", "city LIKE '%.%'", "city LIKE '%é'", "city LIKE '(a|b)%'",
    # booleans
    "active", "NOT active", "active = TRUE", "active <> FALSE", "FALSE = active", "\"quo\"\"ted\"", "active = \"quo\"\"ted\"",
    "active OR \"quo\"\"ted\"", "TRUE", "FALSE", "NOT FALSE", "1 = 1", "1 > 2 OR active", "'a' < 'b' AND id > 0",
    # dates and times
    "day = '2024-01-01'", "day >= DATE '2024-01-01'", "day > TIMESTAMP '2024-01-01 12:00'", "day = '2024-01-01 12:00'",
    "day <> TIMESTAMP '2024-01-01 12:00'", "day < '1970-01-01'", "day <= '0001-01-01'", "DATE '2024-01-02' > day",
    "at = DATE '2024-01-01'", "at > DATE '2024-01-01'", "at >= '2024-01-01 00:00:00.000001'",
    "at > '2024-01-01 00:00:00.0000005'", "at = '2024-01-01 00:00:00.0000005'", "at < '1970-01-01'", "day = at", "day < at",
    "at <= day", "seen = TIMESTAMP '2024-01-01'", "seen = TIMESTAMP '2024-01-01 01:00+01:00'",
    "seen >= '2024-01-01T00:00:00Z'", "seen < TIMESTAMP '2023-12-31 19:00:00-05'", "seen > DATE '2024-01-01'",
    "paris = TIMESTAMP '2024-01-01 00:00'", "paris >= TIMESTAMP '2024-03-31 03:00+02:00'", "paris = seen",
    "paris <> seen", "paris BETWEEN '2023-12-31' AND '2024-01-01'", "fine = '1970-01-01'", "fine > '1970-01-01'",
    "fine < '1970-01-01 00:00:00.000001'", "fine < '2500-01-01'", "fine > '2500-01-01'", "NOT fine > '2500-01-01'",
    "fine = '2001-09-09 01:46:40.000000001'", "fine_utc > '1970-01-01'", "fine_utc IN ('1970-01-01 00:00:00.000000001Z')",
    "fine = fine", "fine_utc <= '2024-01-01T02:00:00+02:00'", "slow = '2024-01-01'", "slow < '1970-01-01 00:00:00.5'",
    "slow > '1970-01-01 00:00:01'", "clock = '12:00'", "clock > '12:00:00'", "clock < '23:59:59.9999995'",
    "clock BETWEEN '01:00' AND '12:00:00.000001'",
    # shape
    "((id)) > (1)", "(id > 1)", "NOT NOT id > 1", "NOT (id > 1 AND active) OR day IS NULL", "id > 1 AND id < 5 OR id = 7",
    " OR ".join(f"id = {n}" for n in range(300)), " AND ".join(f"id <> {n}" for n in range(300)),
    f"id IN ({', '.join(str(n) for n in range(2000))})",
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", CASES, ids=lambda text: text[:60])
def test_a_case_keeps_the_same_rows(version: VersionFiles, engine: str, text: str) -> None:
    assert rows_kept(version, engine, text) == expected(text)


def test_the_cases_tell_rows_apart() -> None:
    answers = {tuple(expected(text)) for text in CASES}
    assert len(answers) > 60


# Generated filters -------------------------------------------------------------------------------------------------

OPERATORS = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="])
NUMBERS = st.one_of(
    st.integers(-(2**65), 2**65).map(str),
    st.sampled_from(["0", "1", "2", "5", "1.5", "0.1", "1.005", "-0.05", "-128", "127.5", "1e3", "5.1", "-1e-9"]),
)
TEXTS = st.one_of(
    st.sampled_from(["London", "", "a", "été", "Zürich", "100%"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=4),
).map(lambda text: "'" + text.replace("'", "''") + "'")
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(
    lambda at: f"'{at.isoformat()}'"
) | st.sampled_from(
    [
        "'2024-01-01'",
        "'1970-01-01'",
        "'2024-01-01 00:00:00.000001'",
        "DATE '2024-01-02'",
        "TIMESTAMP '2024-03-31 01:00'",
    ]
)
ZONED = MOMENTS | st.sampled_from(["'2024-01-01 01:00+01'", "TIMESTAMP '2024-03-31 03:00:00+02:00'"])
GROUPS: list[tuple[list[str], st.SearchStrategy[str]]] = [
    (["id", "small", "big", "x", "y", "flat", "narrow", "amount", "price"], NUMBERS),
    (["city", '"other city"', "label"], TEXTS),
    (["day", "at", "fine", "slow"], MOMENTS),
    (["seen", "paris", "fine_utc"], ZONED),
]


@st.composite
def conditions(draw: st.DrawFn) -> str:
    names, literals = draw(st.sampled_from(GROUPS))
    name, negation = draw(st.sampled_from(names)), draw(st.sampled_from(["", "NOT "]))
    match draw(st.integers(0, 6)):
        case 0:
            return f"{name} IS {negation}NULL"
        case 1:
            return f"{name} {negation}IN ({', '.join(draw(st.lists(literals | st.just('NULL'), max_size=4)))})"
        case 2:
            return f"{name} {negation}BETWEEN {draw(literals)} AND {draw(literals)}"
        case 3:
            pattern = draw(st.text("%_aLoné.\\n", max_size=4))
            return f"{draw(st.sampled_from(['city', 'label']))} {negation}LIKE '{pattern}'"
        case 4:
            return f"{draw(st.sampled_from(['x', 'y', 'narrow', 'small', 'flat']))} {draw(OPERATORS)} {draw(st.sampled_from(['x', 'y', 'flat']))}"
        case 5:
            return f"{draw(literals)} {draw(OPERATORS)} {name}"
        case _:
            return f"{name} {draw(OPERATORS)} {draw(literals)}"


FILTERS = st.recursive(
    conditions() | st.sampled_from(["active", "TRUE", "NULL"]),
    lambda inner: st.one_of(
        inner.map(lambda term: f"NOT ({term})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(text=FILTERS)
def test_a_generated_filter_keeps_the_same_rows(version: VersionFiles, text: str) -> None:
    rows = expected(text)
    assert {engine: rows_kept(version, engine, text) for engine in ENGINES} == dict.fromkeys(ENGINES, rows)
