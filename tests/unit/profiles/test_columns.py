"""The profile of one column: right on every type, and on the values that break careless arithmetic."""

# ruff: noqa: E501 (a case is read in one line)
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.hashing import row_hashes, value_hashes
from headwater.models import Column, ColumnProfile
from headwater.profiling import distinct, frequent
from headwater.profiling.column import profile_column


def profiled(values: pa.Array, batches: int = 3) -> ColumnProfile:
    size = max(1, math.ceil(len(values) / batches))

    def stream() -> Iterator[pa.Array]:
        for start in range(0, len(values), size):
            yield values.slice(start, size)

    return profile_column(Column("c", str(values.type)), stream)


def bars(profile: ColumnProfile) -> list[tuple[str, int]]:
    return [(bucket.label, bucket.count) for bucket in profile.buckets]


def test_integers() -> None:
    found = profiled(pa.array([1, 2, 2, None, 5], pa.int8()))
    assert (found.nulls, found.distinct, found.distinct_is_exact, found.min, found.max) == (
        1,
        3,
        True,
        "1",
        "5",
    )
    assert found.chart == "histogram"
    assert bars(found) == [("1", 1), ("2", 2), ("3", 0), ("4", 0), ("5", 1)]


def test_floats_with_nan_and_infinities() -> None:
    values = pa.array([1.0, math.nan, math.nan, math.inf, -math.inf, -0.0, 0.0, 2.0, None])
    found = profiled(values)
    assert (found.nulls, found.distinct, found.min, found.max) == (1, 6, "-Infinity", "Infinity")
    assert sum(bucket.count for bucket in found.buckets) == 4  # only the finite ones have a bin
    assert found.buckets[0].label == "0 – 0.1"


@pytest.mark.parametrize(
    ("values", "low", "high", "bins"),
    [
        (pa.array([-(2**63), 2**63 - 1]), "-9223372036854775808", "9223372036854775807", 20),
        (pa.array([0, 2**64 - 1], pa.uint64()), "0", "18446744073709551615", 20),
        (pa.array([1e308, -1e308]), "-1e+308", "1e+308", 20),
        (pa.array([5, 5]), "5", "5", 1),
        (pa.array([0.5, 0.5]), "0.5", "0.5", 1),
        (pa.array([5e-324, 0.0]), "0.0", "5e-324", 1),
        (pa.array([Decimal("1.10"), Decimal("2.20")]), "1.10", "2.20", 20),
        (pa.array([date(2024, 1, 1), date(2024, 1, 3)]), "2024-01-01", "2024-01-03", 3),
        (pa.array([0, 86_400_000], pa.date64()), "1970-01-01", "1970-01-02", 2),
        (pa.array([0, 10**18], pa.timestamp("ns", "UTC")), "1970-01-01T00:00:00Z", "2001-09-09T01:46:40Z", 20),
        (pa.array([1, 2], pa.time32("s")), "00:00:01", "00:00:02", 2),
        (pa.array([1.0, 2.0], pa.float16()), "1", "2", 20),
    ],
    ids=str,
)  # fmt: skip
def test_ranges(values: pa.Array, low: str, high: str, bins: int) -> None:
    found = profiled(values)
    assert (found.min, found.max, len(found.buckets)) == (low, high, bins)
    assert sum(bucket.count for bucket in found.buckets) == len(values)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([None, None], pa.int64()), pa.array([None, None], pa.string()), pa.array([], pa.float64()),
        pa.array([None]), pa.array([], pa.string()), pa.array([math.nan]),
    ],
    ids=str,
)  # fmt: skip
def test_nothing_to_show(values: pa.Array) -> None:
    found = profiled(values)
    assert (found.nulls, found.min, found.max, found.chart, found.buckets) == (
        values.null_count,
        None,
        None,
        "none",
        (),
    )


@pytest.mark.parametrize(
    "values", [pa.array([[1], None]), pa.array([{"a": 1}, {"a": 2}]), pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64()))], ids=str
)  # fmt: skip
def test_nested_columns_have_their_nulls_only(values: pa.Array) -> None:
    found = profiled(values)
    assert (found.nulls, found.distinct, found.chart) == (values.null_count, None, "none")


def test_texts() -> None:
    found = profiled(pa.array(["b", "a", "b", None, "é" * 300, "b"]))
    assert (found.distinct, found.min, found.chart) == (3, "a", "top")
    assert bars(found)[:2] == [("b", 3), ("a", 1)]
    assert found.max is not None
    assert len(found.max) == 200


@pytest.mark.parametrize(
    "values",
    [pa.array(["x", "y", "x"]).dictionary_encode(), pa.array(["x", "y", "x"], pa.large_string()), pa.array(["x", "y", "x"], pa.string_view())],
    ids=lambda values: str(values.type),
)  # fmt: skip
def test_texts_in_every_layout(values: pa.Array) -> None:
    assert bars(profiled(values, 1)) == [("x", 2), ("y", 1)]


def test_booleans() -> None:
    found = profiled(pa.array([True, False, True, None]))
    assert (found.distinct, found.min, bars(found)) == (2, None, [("true", 2), ("false", 1)])


def test_texts_that_all_differ_have_no_top() -> None:
    assert profiled(pa.array([f"u{n}" for n in range(100)])).chart == "none"


def test_frequent_values_are_exact_among_very_many() -> None:
    rare = [f"u{n:06}" for n in range(60_000)]
    values = pa.array(rare[:30_000] + ["often"] * 40 + rare[30_000:] + ["seldom"] * 20 + ["often"] * 2)
    found = profiled(values, batches=7)
    assert bars(found)[:2] == [("often", 42), ("seldom", 20)]


def test_frequent_values_give_up_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequent, "CANDIDATES", 3)
    counted = frequent.FrequentValues()
    for start in range(0, 40, 4):
        counted.update(pa.array([f"u{n}" for n in range(start, start + 4)] + ["often"] * 3))
    assert not counted.exact
    assert counted.counts["often"] + counted.missed >= 30


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-30, 30)), max_size=60))
def test_a_histogram_of_integers_counts_every_value_in_its_bin(numbers: list[int | None]) -> None:
    found = profiled(pa.array(numbers, pa.int64()))
    kept = [number for number in numbers if number is not None]
    assert sum(bucket.count for bucket in found.buckets) == len(kept)
    if not kept or max(kept) - min(kept) > 2**50:
        return
    for bucket in found.buckets:
        low, _, high = bucket.label.partition(" – ")
        assert bucket.count == sum(int(low) <= number <= int(high or low) for number in kept)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=40))
def test_counts_of_texts(texts: list[str | None]) -> None:
    found = profiled(pa.array(texts, pa.string()))
    counts = Counter(text for text in texts if text is not None)
    assert found.distinct == len(counts)
    if found.chart == "top":
        assert bars(found) == sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]


# Distinct values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [distinct.KEPT - 1, distinct.KEPT, distinct.KEPT + 1, 1_000_000])
def test_distinct_is_exact_and_then_close(count: int) -> None:
    counter = distinct.DistinctCounter()
    for start in range(0, count, 100_000):
        counter.update(pa.array(np.arange(start, min(count, start + 100_000)) * 7919))
        counter.update(pa.array([0, 7919]))
    values, exact = counter.result()
    assert exact == (count <= distinct.KEPT)
    assert abs(values - count) <= (0 if exact else 0.02 * count)


def hash_of(values: list[Any], kind: pa.DataType) -> list[int]:
    return [int(word) for word in value_hashes(pa.array(values, kind))]


def test_equal_values_have_equal_hashes_in_every_layout() -> None:
    assert hash_of([1, -1], pa.int8()) == hash_of([1, -1], pa.int64())
    assert (
        hash_of(["", "é"], pa.string()) == hash_of(["", "é"], pa.large_string()) == hash_of(["", "é"], pa.string_view())
    )
    assert hash_of([0.0, math.nan], pa.float64()) == hash_of([-0.0, -math.nan], pa.float32())
    assert [int(word) for word in value_hashes(pa.array(["x", "y"]).dictionary_encode())] == hash_of(
        ["x", "y"], pa.string()
    )
    assert hash_of([[1, None], []], pa.list_(pa.int64())) == hash_of([[1, None], []], pa.large_list(pa.int64()))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["", "a", "b", "ab", "ba", "a\x00", "a" * 1024, "a" * 1025, "a" * 1024 + "b", None], pa.string()),
        ([0, 1, -1, 2**63 - 1, None], pa.int64()),
        ([0.0, 1.0, math.nan, math.inf, None], pa.float64()),
        ([[], [None], [0], [0, 0], [0, 1], [1, 0], None], pa.list_(pa.int64())),
        ([{"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": None, "b": 1}, {"a": 1, "b": None}, None], pa.struct([("a", pa.int64()), ("b", pa.int64())])),
        ([[("a", 1)], [("a", 2)], [], None], pa.map_(pa.string(), pa.int64())),
        ([b"\x00", b"\x00\x00", b"", None], pa.binary()),
        ([Decimal("1.10"), Decimal("1.01"), None], pa.decimal128(5, 2)),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_different_values_have_different_hashes(values: list[Any], kind: pa.DataType) -> None:
    whole = hash_of(values, kind)
    assert len(set(whole)) == len(values)
    # The same when it is a slice of something longer.
    sliced = value_hashes(pa.array([values[-2], *values, values[0]], kind).slice(1, len(values)))
    assert [int(word) for word in sliced] == whole


def test_a_row_is_not_its_columns_in_another_order() -> None:
    batch = pa.record_batch({"a": [1, 2], "b": [2, 1]})
    first, second = row_hashes(batch, ["a", "b"])
    assert first != second
