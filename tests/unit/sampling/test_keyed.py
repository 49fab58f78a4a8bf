"""The places of whole numbers: a bijection of each block, the same backwards, and as good as chance."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.sampling.keyed import BITS, BLOCK, WholePlaces

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_SEEDS = st.integers(-(2**53), 2**53)
_KEYS = st.integers(_LOWEST, _HIGHEST) | st.integers(-3 * BLOCK, 3 * BLOCK)
EDGES = [0, 1, -1, BLOCK, BLOCK - 1, -BLOCK, 1 - BLOCK, -BLOCK - 1, 2**31, -(2**31), _LOWEST, _LOWEST + 1, _HIGHEST]


def test_a_place_never_changes() -> None:
    places = WholePlaces(7).of(np.array([0, 1, -1, 1_000_000, _LOWEST, _HIGHEST])).tolist()
    assert places == [
        846534059370481942,
        538776813372705046,
        318055174182275350,
        248222265711304452,
        37426319973354518,
        290795555560936476,
    ]


@settings(deadline=None, max_examples=25)
@given(_SEEDS, st.sampled_from(EDGES) | st.integers(_LOWEST, _HIGHEST))
def test_no_two_keys_of_a_block_share_a_place(seed: int, start: int) -> None:
    blocks, offsets = abs(start) // BLOCK, np.arange(BLOCK)
    # The first and the last block are cut where 64 bits end; the one of zero goes to both sides.
    if blocks == 0:
        block = np.arange(1 - BLOCK, BLOCK)
    elif start > 0:
        block = blocks * BLOCK + offsets
    else:
        block = np.array([_LOWEST]) if start == _LOWEST else -blocks * BLOCK - offsets
    places = WholePlaces(seed).of(block)
    assert len(np.unique(places)) == len(block)
    assert 0 <= places.min() <= places.max() < 1 << BITS


@settings(deadline=None)
@given(_SEEDS, _KEYS, st.integers(0, 2 * BLOCK), st.floats(0, 0.02), st.floats(0, 0.02))
def test_the_keys_of_places_are_told_without_the_table(
    seed: int, lowest: int, width: int, above: float, more: float
) -> None:
    highest = min(lowest + width, _HIGHEST)
    places = WholePlaces(seed)
    everything = np.arange(0, highest - lowest + 1) + lowest
    bounds = int(above * 2**BITS) - 1, int((above + more) * 2**BITS)
    found = places.of(everything)
    chosen = (found > bounds[0]) & (found <= bounds[1])
    expected = everything[chosen][np.lexsort((everything[chosen], found[chosen]))]
    assert places.keys(*bounds, lowest, highest).tolist() == expected.tolist()


def test_every_key_has_a_place_below_the_largest() -> None:
    places = WholePlaces(3)
    assert sorted(places.keys(-1, 1 << BITS, -1000, 1000).tolist()) == list(range(-1000, 1001))
    assert places.keys(-1, 1 << BITS, 5, 4).tolist() == []
    assert places.keys(9, 9, 0, 1000).tolist() == []


@settings(deadline=None)
@given(_SEEDS, st.lists(_KEYS, min_size=1, max_size=50))
def test_no_number_on_the_way_reaches_64_bits(seed: int, keys: list[int]) -> None:
    """DuckDB raises where a product or a sum of 64 bits overflows, and numpy would not say so."""
    query = WholePlaces(seed).sql("k", lambda dividend, divisor: f"({dividend} // {divisor})")
    found = duckdb.execute(f"SELECT {query} FROM (SELECT unnest($1::BIGINT[]) AS k)", [keys]).fetchall()
    assert [row[0] for row in found] == WholePlaces(seed).of(np.array(keys)).tolist()


_ROWS, _DRAWN, _SAMPLES = 2_000_000, 10_000, 200
_NOISE = np.random.default_rng(1).random(_ROWS + 1)
_COLUMNS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "along the key": lambda keys: keys / _ROWS,
    "independent of the key": lambda keys: _NOISE[keys],
    "every other row": lambda keys: keys % 2,
    "a saw": lambda keys: keys % 4096 / 4096,
    "clusters": lambda keys: _NOISE[keys // 500],
    "every other block": lambda keys: keys // BLOCK % 2,
    "rare": lambda keys: keys % 1000 == 0,
}


@pytest.fixture(scope="module")
def samples() -> list[np.ndarray]:
    limit = int(1.1 * _DRAWN / _ROWS * 2**BITS)
    return [WholePlaces(seed).keys(-1, limit, 1, _ROWS)[:_DRAWN] for seed in range(_SAMPLES)]


@pytest.mark.parametrize("column", _COLUMNS)
def test_a_mean_varies_as_that_of_a_simple_random_sample(samples: list[np.ndarray], column: str) -> None:
    """The design effect is 1 within noise, which has a standard deviation of 0.1 over 200 seeds.

    A column that follows the key is known a little better, as no block gives far more than its share.
    """
    value = _COLUMNS[column]
    whole = value(np.arange(1, _ROWS + 1)).astype(float)
    means = np.array([value(sample).mean() for sample in samples])
    assert 0.7 < means.var(ddof=1) * _DRAWN / whole.var() < 1.3
    # The mean of the means is within four of its standard errors.
    assert abs(means.mean() - whole.mean()) < 4 * (whole.var() / _DRAWN / len(samples)) ** 0.5


def test_samples_of_two_seeds_have_nothing_to_do_with_each_other(samples: list[np.ndarray]) -> None:
    shared = [len(np.intersect1d(one, other)) for n, one in enumerate(samples[:20]) for other in samples[:n]]
    expected = _DRAWN**2 / _ROWS
    assert abs(np.mean(shared) - expected) < 4 * (expected / len(shared)) ** 0.5
    assert max(abs(number - expected) for number in shared) < 5 * expected**0.5


def test_neighbours_are_chosen_independently(samples: list[np.ndarray]) -> None:
    for distance in (1, 2, 64, BLOCK, 3 * BLOCK):
        both = [len(np.intersect1d(sample, sample + distance)) for sample in samples]
        expected = len(samples) * _DRAWN**2 / _ROWS * (1 - distance / _ROWS)
        assert abs(sum(both) - expected) < 4 * expected**0.5
