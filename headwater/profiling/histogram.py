"""A histogram of numbers or times: at most 20 bins of equal width from the least to the greatest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow
    from numpy.typing import NDArray

    from headwater.models import Bucket

BINS = 20

_SHRINK = 0.25
"""Floats are halved twice before they are subtracted, so that the widest range does not overflow."""


def histogram(low: float | Decimal, high: float | Decimal, text: Callable[[int], str] | None = None) -> Histogram:
    """An empty histogram for values from `low` to `high`.

    Integers get bins that begin at integers. With `text` they are the ticks of a clock, written by it.
    """
    if isinstance(low, int) and isinstance(high, int):
        return WholeHistogram(low, high, text)
    return FloatHistogram(float(low), float(high))


class Histogram(ABC):
    """Bins and their counts."""

    def __init__(self, bins: int) -> None:
        import numpy as np

        self._counts = np.zeros(bins, np.int64)

    def update(self, values: pyarrow.Array) -> None:
        """Count `values`: numbers without nulls; NaN and infinities fall in no bin."""
        import numpy as np

        bins = len(self._counts)
        places = np.clip(self._places(values.to_numpy(zero_copy_only=False)).astype(np.int64), 0, bins - 1)
        self._counts += np.bincount(places, minlength=bins)

    def buckets(self) -> tuple[Bucket, ...]:
        """The bins, in order, each labelled with the values it holds."""
        from headwater.models import Bucket

        return tuple(Bucket(self._label(place), int(count)) for place, count in enumerate(self._counts))

    @abstractmethod
    def _places(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """In which bin each number falls, before it is rounded down."""

    @abstractmethod
    def _label(self, place: int) -> str:
        """The values that a bin holds."""


class WholeHistogram(Histogram):
    """Bins of integers, or of the ticks of a clock."""

    def __init__(self, low: int, high: int, text: Callable[[int], str] | None) -> None:
        self._low = low
        self._text = text or str
        # Integers are shown by the last one of a bin, a clock by where the next bin begins.
        self._closed = text is None or high - low < BINS
        self._span = high - low + (1 if self._closed else 0)
        super().__init__(min(BINS, self._span))

    def _places(self, numbers: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        bins = len(self._counts)
        if self._span * bins < 2**63:
            # Unsigned arithmetic wraps around to the right difference for every integer type.
            above = numbers.astype(np.int64, copy=False).view(np.uint64) - np.uint64(self._low % 2**64)
            return above * np.uint64(bins) // np.uint64(self._span)
        return (numbers.astype(np.float64) - float(self._low)) / float(self._span) * bins

    def _label(self, place: int) -> str:
        first, after = self._edge(place), self._edge(place + 1)
        last = after - 1 if self._closed else after
        return self._text(first) if first == last else f"{self._text(first)} – {self._text(last)}"

    def _edge(self, place: int) -> int:
        # The first integer of a bin: its share of the span, rounded up.
        return self._low - (-self._span * place // len(self._counts))


class FloatHistogram(Histogram):
    """Bins of floats, labelled with their edges to six digits."""

    def __init__(self, low: float, high: float) -> None:
        self._low = low * _SHRINK
        self._span = high * _SHRINK - self._low
        super().__init__(BINS if self._span > 0 else 1)

    def _places(self, numbers: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        numbers = numbers[np.isfinite(numbers)].astype(np.float64) * _SHRINK
        return (numbers - self._low) / self._span * len(self._counts) if self._span > 0 else numbers * 0

    def _label(self, place: int) -> str:
        width = self._span / len(self._counts)
        edges = [f"{(self._low + width * at) / _SHRINK:.6g}" for at in (place, place + 1)]
        return " – ".join(edges) if self._span > 0 else edges[0]
