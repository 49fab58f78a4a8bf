"""How many distinct values a column has: exact up to a limit, then a close estimate, in constant memory.

Every value becomes a 64-bit hash; the smallest `KEPT` distinct hashes are kept. While fewer were seen, their
number is the answer. Beyond, the largest kept hash tells how densely they lie: the k-minimum-values estimator
(k - 1) / U(k) of Beyer, Haas, Reinwald, Sismanis and Gemulla, "On synopses for distinct-value estimation
under multiset operations", SIGMOD 2007. Its relative standard error is 1 / sqrt(k - 2), here 0.4 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from headwater.hashing import value_hashes

if TYPE_CHECKING:
    import numpy as np
    import pyarrow
    from numpy.typing import NDArray

KEPT = 65_536
"""How many distinct values are counted exactly, and how many hashes the estimate rests on."""


class Distinct(NamedTuple):
    values: int
    exact: bool


class DistinctCounter:
    """Feed it arrays of one type with `update`; `result` may be asked at any time. NULL is not counted, NaN
    once.
    """

    def __init__(self) -> None:
        self._kept: NDArray[np.uint64] | None = None
        self._more = False

    def update(self, values: pyarrow.Array) -> None:
        """Count the values of `values`, which must be of a type that `can_count` accepts."""
        import numpy as np

        hashes = np.unique(value_hashes(values.drop_null()))
        if self._kept is not None:
            if self._more:
                hashes = hashes[hashes < self._kept[-1]]
            hashes = np.union1d(self._kept, hashes)
        self._more = self._more or len(hashes) > KEPT
        self._kept = hashes[:KEPT]

    def result(self) -> Distinct:
        """The count so far, and whether it is exact."""
        if self._kept is None:
            return Distinct(0, True)
        if not self._more:
            return Distinct(len(self._kept), True)
        share = (float(self._kept[-1]) + 1.0) / 2.0**64
        return Distinct(round((KEPT - 1) / share), False)


def can_count(kind: pyarrow.DataType) -> bool:
    """Whether values of this type are hashed here; nested ones are not."""
    import pyarrow as pa

    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(pa.types.is_primitive(kind) or is_bytes or is_text or pa.types.is_decimal(kind))
