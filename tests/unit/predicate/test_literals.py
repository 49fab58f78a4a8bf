"""Times as people write them, and numbers brought to a column's type."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.predicate.bound import Column, Compare, Known
from headwater.predicate.literals import compare_number, read_moment, read_time, round_float
from headwater.predicate.types import column_type

EPOCH = datetime(1970, 1, 1)


@given(st.datetimes(), st.integers(-15 * 60, 15 * 60), st.booleans())
def test_a_moment_is_read_as_python_reads_it(at: datetime, minutes: int, has_offset: bool) -> None:
    zone = timezone(timedelta(minutes=minutes)) if has_offset else None
    read = read_moment(at.replace(tzinfo=zone).isoformat())
    elapsed = at - EPOCH - (timedelta(minutes=minutes) if has_offset else timedelta())
    assert read == (elapsed // timedelta(microseconds=1) * 1_000, has_offset)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01 00:00:00.5", 500_000_000),
        ("1970-01-01 01:00+01", 0),
        ("1970-01-01 01:00 +01:00", 0),
        ("1969-12-31 23:59:59", -1_000_000_000),
    ],
)
def test_a_moment_has_nanoseconds(text: str, nanoseconds: int) -> None:
    read = read_moment(text)
    assert read is not None
    assert read[0] == nanoseconds


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024-1-1", "2024-02-30", "0000-01-01", "2024-01-01 1:00", "2024-01-01 10:60", "2024-01-01 10:00+16",
     "2024-01-01 10:00:00.1234567890", "2024-01-01Z", "١٩٧٠-٠١-٠١"],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text) is None


def test_a_time_of_day() -> None:
    assert read_time("12:30:15.25") == (12 * 3600 + 30 * 60 + 15) * 1_000_000_000 + 250_000_000
    assert read_time("24:00") is None
    assert read_time("12") is None


@given(
    st.integers(-400, 400),
    st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
    st.decimals(-400, 400, places=3),
)
def test_an_integer_column_compares_exactly_with_a_decimal(stored: int, operator: str, literal: Decimal) -> None:
    node = compare_number(Column("n", column_type("int8")), operator, literal)  # type: ignore[arg-type]
    if isinstance(node, Known):
        answer = node.truth
    else:
        assert isinstance(node, Compare)
        assert -128 <= int(node.value) <= 127
        answer = holds(stored, node.operator, Decimal(int(node.value)))
    if -128 <= stored <= 127:
        assert answer == holds(stored, operator, literal)


def holds(left: int, operator: str, right: Decimal) -> bool:
    return {
        "=": left == right, "<>": left != right, "<": left < right, "<=": left <= right, ">": left > right,
        ">=": left >= right,
    }[operator]  # fmt: skip


def test_floats_are_rounded_to_the_columns_precision() -> None:
    assert round_float(Decimal("0.1"), 32) == 0.10000000149011612
    assert round_float(Decimal("0.1"), 64) == 0.1
    assert round_float(Decimal("1e39"), 32) == float("inf")
    assert round_float(Decimal("-1e39"), 32) == float("-inf")


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("int8", "integer"), ("uint64", "integer"), ("float", "float"), ("halffloat", "float"),
        ("decimal128(38, 10)", "decimal"), ("large_string", "text"), ("date64[ms]", "date"), ("time32[s]", "time"),
        ("timestamp[us, tz=Europe/Paris]", "timestamp"), ("list<item: int64>", "other"), ("binary", "other"),
        ("dictionary<values=string, indices=int32, ordered=0>", "text"), ("whatever", "other"),
    ],
)  # fmt: skip
def test_families(text: str, family: str) -> None:
    assert column_type(text).family == family
