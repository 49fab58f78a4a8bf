"""Masks of whole numbers, over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.sampling.ff1 import LONGEST

if TYPE_CHECKING:
    import numpy
    import pyarrow

    from headwater.sampling.permutation import Permutation


def other_integers(values: pyarrow.Array, other: Permutation) -> pyarrow.Array:
    """Other numbers with the same sign and as many digits, which the type holds; equal only for equal numbers."""
    import numpy as np
    import pyarrow as pa

    known = values.is_valid().to_numpy(zero_copy_only=False)
    numbers = values.fill_null(0).cast(pa.int64()).to_numpy(zero_copy_only=False)
    size = np.abs(numbers).astype(np.uint64)
    masked = _same_length(other, size, int(np.iinfo(values.type.to_pandas_dtype()).max))
    signed = np.where(numbers < 0, -masked.astype(np.int64), masked.astype(np.int64))
    return pa.array(signed, pa.int64(), mask=~known).cast(values.type)


def _same_length(other: Permutation, numbers: numpy.ndarray, limit: int) -> numpy.ndarray:
    """Other numbers with as many digits, not above `limit`; zero stays."""
    import numpy as np

    masked = numbers.copy()
    lengths = np.searchsorted(np.array([10**digits for digits in range(LONGEST + 1)], np.uint64), numbers, "right")
    for digits in range(1, LONGEST + 1):
        chosen = lengths == digits
        if chosen.any():
            highest = min(10**digits - 1, limit)
            masked[chosen] = other.other(numbers[chosen], 10 ** (digits - 1), highest)
    # Of 19 digits the first stays, as the others alone have a bijection.
    rest = 10**LONGEST
    for first in range(1, 10):
        chosen = (lengths > LONGEST) & (numbers // np.uint64(rest) == first)
        if chosen.any():
            highest = min(rest - 1, limit - first * rest)
            made = other.other(numbers[chosen] % np.uint64(rest), 0, highest)
            masked[chosen] = made + np.uint64(first * rest)
    return masked
