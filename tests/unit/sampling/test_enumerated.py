"""Keys told on our side give exactly the rows with the smallest places, whatever keys have a row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.sampling.keyed import WholePlaces
from headwater.sources.sql import enumerated as module
from headwater.sources.sql.enumerated import KeyRange, enumerated


class Table:
    """A table of keys alone, which notes what it is asked."""

    def __init__(self, seed: int, keys: list[int]) -> None:
        self.keys = np.array(sorted(keys), np.int64)
        self.places = WholePlaces(seed)
        self.fetched: list[int] = []
        self.looked = 0

    def smallest(self, rows: int, above: int = -1) -> list[int]:
        places = self.places.of(self.keys)
        ranked = self.keys[np.lexsort((self.keys, places))]
        return [int(key) for key in ranked[self.places.of(ranked) > above][:rows]]

    def drawn(self, rows: int, believed: int | None = None) -> list[list[int]]:
        known = KeyRange(int(self.keys[0]), int(self.keys[-1]), believed or len(self.keys))
        batches = enumerated(self.places, known, rows, fetch=self._fetch, present=self._present, rest=self._rest)
        return [batch.column(0).to_pylist() for batch in batches]

    def _fetch(self, keys: np.ndarray) -> Iterator[pa.RecordBatch]:
        assert (np.diff(keys) > 0).all()
        self.fetched += keys.tolist()
        yield pa.record_batch({"id": keys[np.isin(keys, self.keys)]})

    def _present(self, keys: np.ndarray) -> np.ndarray:
        self.looked += len(keys)
        return keys[np.isin(keys, self.keys)]

    def _rest(self, rows: int, above: int) -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"id": sorted(self.smallest(rows, above))})


@settings(deadline=None)
@given(
    st.integers(),
    st.sets(st.integers(-3_000, 3_000), min_size=1),
    st.integers(-(2**63) + 3_000, 2**63 - 3_001),
    st.integers(1, 400),
    st.integers(1, 10_000),
)
def test_exactly_the_smallest_places(seed: int, keys: set[int], base: int, rows: int, believed: int) -> None:
    table = Table(seed % 2**53, [base + key for key in keys])
    drawn = [key for run in table.drawn(rows, believed) for key in run]
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) == set(table.smallest(rows))


@pytest.mark.parametrize("share", [1.0, 0.97, 0.5, 0.2, 0.001])
def test_few_keys_are_asked_for_in_vain(share: float) -> None:
    keys = np.random.default_rng(5).choice(np.arange(1, 1_000_001), round(share * 1_000_000), replace=False)
    rows = 5_000 if share > 0.001 else 500
    table = Table(7, keys.tolist())
    runs = table.drawn(rows)
    assert {key for run in runs for key in run} == set(table.smallest(rows))
    assert all(run == sorted(run) for run in runs)
    assert len(table.fetched) <= 2 * rows
    assert table.looked <= 1.2 * rows * max(0.0, 1 / share - 1) + 1_000
    if share == 1.0:
        assert (len(runs), table.looked) == (1, 0)


def test_blocks_of_which_each_has_one_key_share_places() -> None:
    """Thousands of blocks, and a first place that more of them have than rows are wanted."""
    table = Table(7, [block << 18 for block in range(4_000)])
    for rows in (1, 10, 3_999, 4_000, 5_000):
        assert {key for run in table.drawn(rows) for key in run} == set(table.smallest(rows))


def test_density() -> None:
    assert KeyRange(1, 100, 20).dense
    assert not KeyRange(1, 100, 19).dense
    assert KeyRange(-(2**63), 2**63 - 1, 10).width == 2**64
    assert module.DENSE == 0.2
