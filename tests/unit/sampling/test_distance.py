"""Distances between a sample and what a source knows of its table."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from headwater.sampling.distance import ColumnStatistics, Distances

THOUSAND = [str(number) for number in range(0, 1001, 10)]


def distance(known: ColumnStatistics, values: Any, kind: pa.DataType) -> float | None:
    batch = pa.record_batch({"c": pa.array(values, kind)})
    distances = Distances({"c": known}, batch.schema)
    distances.see(batch.slice(0, 10))
    distances.see(batch.slice(10))
    found = distances.of("c")
    return found[0] if found else None


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.decimal128(8, 2)])
def test_numbers_alike_are_near_and_others_far(kind: pa.DataType) -> None:
    chance = random.Random(3)
    known = ColumnStatistics(0.2, {}, tuple(THOUSAND))
    make = Decimal if pa.types.is_decimal(kind) else int
    alike = [None if chance.random() < 0.2 else make(chance.randrange(1001)) for _ in range(5000)]
    assert (distance(known, alike, kind) or 0) < 0.03
    low = [make(chance.randrange(501)) for _ in range(5000)]
    assert distance(known, low, kind) == pytest.approx(0.5, abs=0.03)


def test_common_values_and_the_rest_are_one_distribution() -> None:
    known = ColumnStatistics(0, {"7": 0.5}, tuple(THOUSAND))
    chance = random.Random(3)
    alike = [7 if chance.random() < 0.5 else chance.randrange(1001) for _ in range(5000)]
    assert (distance(known, alike, pa.int64()) or 0) < 0.03
    assert (distance(known, [chance.randrange(1001) for _ in range(5000)], pa.int64()) or 0) > 0.4
    only = ColumnStatistics(0, {"1": 0.75, "2": 0.25})
    assert distance(only, [1, 1, 1, 2] * 10, pa.int64()) == 0
    assert distance(only, [1, 2] * 20, pa.int64()) == 0.25


def test_times_are_read_as_the_source_writes_them() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    known = ColumnStatistics(0, {}, tuple(f"{start + timedelta(days=n):%Y-%m-%d %H:%M:%S}+00" for n in range(101)))
    alike = [start + timedelta(hours=n) for n in range(2400)]
    assert (distance(known, alike, pa.timestamp("us", "UTC")) or 0) < 0.02
    days = ColumnStatistics(0, {}, tuple(f"{start + timedelta(days=n):%Y-%m-%d}" for n in range(101)))
    assert (distance(days, [start.date() + timedelta(days=n) for n in range(101)], pa.date32()) or 0) < 0.02


def test_words_by_their_shares() -> None:
    known = ColumnStatistics(0.5, {"new": 0.3, "paid": 0.1})
    assert distance(known, ["new"] * 3 + ["paid"] + ["x"] + [None] * 5, pa.string()) == pytest.approx(0)
    assert distance(known, ["y"] * 10, pa.string()) == pytest.approx(0.9)
    assert distance(ColumnStatistics(0, {"true": 1.0}), [True] * 10, pa.bool_()) == 0


@pytest.mark.parametrize(
    ("known", "values", "kind"),
    [
        (ColumnStatistics(0, {}, ("infinity",)), [1], pa.timestamp("us")),
        (ColumnStatistics(0, {}), ["a"], pa.string()),
        (ColumnStatistics(0, {"x": 1.0}), [[1]], pa.list_(pa.int64())),
        (ColumnStatistics(0, {"1": 1.0}), [], pa.int64()),
    ],
)
def test_what_cannot_be_compared_has_none(known: ColumnStatistics, values: Any, kind: pa.DataType) -> None:
    assert distance(known, values, kind) is None
