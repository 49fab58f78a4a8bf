"""Exact numbers as whole units of their last decimal place, over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    import pyarrow

DIGITS = 18
"""Numbers with more digits have no units here: they count as unknown."""


def units_of(values: pyarrow.Array) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Whole numbers or decimals as units (int64) of their last place, and which of them are known."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    known = values.is_valid().to_numpy(zero_copy_only=False)
    if types.is_integer(values.type):
        units = values.fill_null(0).cast(pa.uint64() if values.type == pa.uint64() else pa.int64())
        numbers = units.to_numpy(zero_copy_only=False)
    else:
        wide = values.cast(pa.decimal128(38, values.type.scale)).fill_null(0)
        words = np.frombuffer(wide.buffers()[1], np.int64).reshape(-1, 2)[wide.offset : wide.offset + len(wide)]
        # The upper half of one that fits into the lower is its sign.
        known = known & (words[:, 1] == (words[:, 0] >> 63))
        numbers = words[:, 0]
    limit = 10**DIGITS
    known = known & (numbers < limit)
    if numbers.dtype != np.uint64:
        known = known & (numbers > -limit)
    return np.where(known, numbers, 0).astype(np.int64), known


def from_units(units: numpy.ndarray, known: numpy.ndarray, kind: pyarrow.DataType) -> pyarrow.Array:
    """The column that units are of; null where they are unknown or the type does not hold them."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    if types.is_integer(kind):
        range_of = np.iinfo(kind.to_pandas_dtype())
        lowest, highest = max(int(range_of.min), -(2**63)), min(int(range_of.max), 2**63 - 1)
        fits = known & (units >= lowest) & (units <= highest)
        return pa.array(np.where(fits, units, 0), pa.int64(), mask=~fits).cast(kind)
    fits = known & (np.abs(units) < 10 ** min(kind.precision, DIGITS))
    words = np.empty((len(units), 2), np.int64)
    words[:, 0] = np.where(fits, units, 0)
    words[:, 1] = words[:, 0] >> 63
    wide = pa.Array.from_buffers(pa.decimal128(38, kind.scale), len(units), [None, pa.py_buffer(words)])
    return pa.compute.if_else(pa.array(fits), wide, pa.scalar(None, wide.type)).cast(kind)
