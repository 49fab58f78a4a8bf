"""Noise whose sum is zero: each number is moved by up to a tenth, and what one gets its neighbour loses.

Within a stratum the numbers are sorted and paired with their neighbours, so that the parts of a pair are of a size; of
an odd number the last three share. Sums, means and counts of a stratum stay exactly as they are. Zero stays zero. One
that is alone in its stratum cannot be moved without changing the sum, and becomes null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.sampling.decimals import from_units, units_of

if TYPE_CHECKING:
    import numpy
    import pyarrow

_PART = 10
"""The largest move is the number's own size through this, at least one unit of its last decimal place."""

_PLACES = 6
_EXACT = 2**53


def moved(values: pyarrow.Array, strata: numpy.ndarray, seed: bytes) -> pyarrow.Array:
    """Whole numbers, decimals or floats, moved.

    Parameters
    ----------
    strata:
        A number for each value; the moves of those with the same number sum to zero.
    seed:
        32 bytes that decide the moves.
    """
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    if not types.is_floating(values.type):
        units, known = units_of(values)
        moves, alone = _moves(units, known, strata, seed)
        return from_units(units + moves, known & ~alone, values.type)
    known = values.is_valid().to_numpy(zero_copy_only=False)
    numbers = np.where(known, values.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False), 0.0)
    places = _places(numbers[np.isfinite(numbers)])
    scaled = numbers * 10.0**places
    # What has no units of its own, such as infinity, tells nothing of anybody.
    exact = known & np.isfinite(scaled) & (np.abs(scaled) < _EXACT)
    units = np.where(exact, np.round(np.where(exact, scaled, 0.0)), 0).astype(np.int64)
    moves, alone = _moves(units, exact, strata, seed)
    made = np.where(exact, (units + moves) / 10.0**places, numbers)
    return pa.array(made, pa.float64(), mask=~known | alone | (known & ~exact & np.isfinite(numbers))).cast(values.type)


def _moves(
    units: numpy.ndarray, known: numpy.ndarray, strata: numpy.ndarray, seed: bytes
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """By how many units each number moves, and which are alone."""
    import numpy as np

    moves, alone = np.zeros(len(units), np.int64), np.zeros(len(units), bool)
    rows = np.flatnonzero(known & (units != 0))
    rows = rows[np.lexsort((units[rows], strata[rows]))]
    if not len(rows):
        return moves, alone
    group = strata[rows]
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    sizes = np.diff(np.concatenate([starts, [len(rows)]]))
    within = np.arange(len(rows)) - np.repeat(starts, sizes)
    size = np.repeat(sizes, sizes)
    alone[rows[size == 1]] = True
    first = np.flatnonzero((within % 2 == 0) & (within + 1 < size))
    last = np.flatnonzero((within % 2 == 0) & (within + 1 == size) & (size > 2))
    noise = _random(seed, len(rows))
    sizes_of = np.abs(units[rows])
    amounts = np.zeros(len(rows), np.int64)
    least = np.minimum(sizes_of[first], sizes_of[first + 1]) // _PART
    amounts[first] = 1 + (noise[first] >> np.uint64(1)).astype(np.int64) % np.maximum(least, 1)
    amounts[first] *= np.where(noise[first] & np.uint64(1), 1, -1)
    moved_by = np.zeros(len(rows), np.int64)
    moved_by[first] += amounts[first]
    moved_by[first + 1] -= amounts[first]
    # The third of three moves the way of the first, so that the second does not come back to where it was.
    extra = 1 + (noise[last] >> np.uint64(1)).astype(np.int64) % np.maximum(sizes_of[last - 1] // _PART, 1)
    extra *= np.sign(amounts[last - 2])
    moved_by[last] += extra
    moved_by[last - 1] -= extra
    moves[rows] = moved_by
    return moves, alone


def _places(numbers: numpy.ndarray) -> int:
    """The decimal places that some floats have, at most six."""
    import numpy as np

    fitting = (places for places in range(_PLACES) if np.array_equal(np.round(numbers, places), numbers))
    return next(fitting, _PLACES)


def _random(seed: bytes, count: int) -> numpy.ndarray:
    import numpy as np
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    made = Cipher(algorithms.AES(seed), modes.CTR(bytes(16))).encryptor().update(bytes(8 * count))
    return np.frombuffer(made, np.uint64)
