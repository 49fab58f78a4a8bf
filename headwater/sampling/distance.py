"""How far the rows of a sample are from the whole table, column by column, by statistics that the source already has.

For numbers and times the distance is that of Kolmogorov and Smirnov between the distributions, at the borders of the
source's histogram; for words it is the total variation over the source's most common values. Both are from 0, alike,
to 1. The statistics are estimates of the source's own, often old, so a small distance says no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """What a source knows of a column. Values are texts of production: they leave this process in no form.

    Attributes
    ----------
    nulls:
        The share of rows that are null.
    common:
        The most common values, each with its share of all rows.
    bounds:
        Borders of a histogram of the other values, as many between one and the next; empty where all are common.
    """

    nulls: float
    common: Mapping[str, float]
    bounds: tuple[str, ...] = ()


class Distances:
    """Compares what passes with what the source knows. Columns whose values cannot be compared have no distance."""

    def __init__(self, statistics: Mapping[str, ColumnStatistics], schema: pyarrow.Schema) -> None:
        self._of: dict[str, _Ordered | _Words] = {}
        for name, known in statistics.items():
            made = _comparison(known, schema.field(name).type)
            if made is not None:
                self._of[name] = made

    def see(self, batch: pyarrow.RecordBatch) -> None:
        """Count the values of a batch."""
        for name, comparison in self._of.items():
            if name in batch.schema.names:
                comparison.see(batch.column(name))

    def of(self, column: str) -> tuple[float, str] | None:
        """The distance, and by what; None where it is not known."""
        comparison = self._of.get(column)
        return comparison.distance() if comparison is not None and comparison.rows else None


def _comparison(known: ColumnStatistics, kind: pyarrow.DataType) -> _Ordered | _Words | None:
    import pyarrow as pa
    from pyarrow import types

    try:
        if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_temporal(kind):
            made = _Ordered(known, kind)
            return made if len(made.borders) else None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        # Statistics of a type whose texts are not read here.
        return None
    texts = types.is_string(kind) or types.is_boolean(kind)
    return _Words(known) if texts and known.common else None


class _Ordered:
    """Kolmogorov and Smirnov, at each value that the source names."""

    def __init__(self, known: ColumnStatistics, kind: pyarrow.DataType) -> None:
        import numpy as np

        common = _numbers(list(known.common), kind)
        shares = np.array(list(known.common.values()), dtype=float)
        bounds = _numbers(list(known.bounds), kind)
        self.rows = 0
        self.borders = np.unique(np.concatenate([common, bounds]))
        rest = max(0.0, 1 - known.nulls - shares.sum()) if len(bounds) > 1 else 0.0
        below = np.array([shares[common <= border].sum() for border in self.borders])
        if len(bounds) > 1:
            below = below + rest * np.interp(self.borders, bounds, np.linspace(0, 1, len(bounds)))
        whole = shares.sum() + rest
        self._expected = below / whole if whole else below
        self._below = np.zeros(len(self.borders) + 1, dtype=np.int64)

    def see(self, values: pyarrow.Array) -> None:
        import numpy as np

        numbers = _numbers(values.drop_null(), values.type)
        self.rows += len(numbers)
        # The place before which a number stands is that of the first border that is not less.
        places = np.searchsorted(self.borders, numbers, side="left")
        self._below += np.bincount(places, minlength=len(self._below))

    def distance(self) -> tuple[float, str]:
        import numpy as np

        seen = np.cumsum(self._below)[:-1] / self.rows
        return float(np.abs(seen - self._expected).max()), "Kolmogorov and Smirnov, at the borders the source knows"


class _Words:
    """Total variation over the most common values; all others count as one, nulls as another."""

    def __init__(self, known: ColumnStatistics) -> None:
        self.rows = 0
        self._nulls = known.nulls
        self._common = known.common
        self._seen = dict.fromkeys(known.common, 0)
        self._seen_nulls = 0

    def see(self, values: pyarrow.Array) -> None:
        import pyarrow as pa

        self.rows += len(values)
        self._seen_nulls += values.null_count
        for pair in values.drop_null().cast(pa.string()).value_counts().to_pylist():
            if pair["values"] in self._seen:
                self._seen[pair["values"]] += pair["counts"]

    def distance(self) -> tuple[float, str]:
        shares = {word: count / self.rows for word, count in self._seen.items()}
        nulls = self._seen_nulls / self.rows
        others = (1 - nulls - sum(shares.values())) - (1 - self._nulls - sum(self._common.values()))
        differences = [abs(shares[word] - share) for word, share in self._common.items()]
        total = (sum(differences) + abs(nulls - self._nulls) + abs(others)) / 2
        return total, "total variation over the most common values"


def _numbers(values: Any, kind: pyarrow.DataType) -> Any:
    """Values, or their texts in the source, as numbers that are in the same order."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    cells = pa.array(values, pa.string()).cast(kind) if isinstance(values, list) else values
    if types.is_date(kind):
        cells = cells.cast(pa.int32() if types.is_date32(kind) else pa.int64())
    elif types.is_temporal(kind):
        cells = cells.cast(pa.int64())
    return cells.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
