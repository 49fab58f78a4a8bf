"""Which row groups of a Parquet file can be skipped, told from their statistics.

A group is skipped only where its minimum, maximum and null count prove that no row is kept. Statistics leave
NaN out; a comparison that is true for NaN is therefore never decided by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from headwater.predicate import bound

if TYPE_CHECKING:
    import pyarrow.parquet

_UNITS: dict[str | None, str] = {"ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}


Bound = int | float | Decimal | bytes


class Range(NamedTuple):
    """The least and the greatest value of a column in a row group: its own ticks, text as UTF-8."""

    low: Bound
    high: Bound


class Statistics:
    """What one row group's footer says of its columns; `positions` maps a flat column to its leaf's place."""

    def __init__(self, group: pyarrow.parquet.RowGroupMetaData, positions: Mapping[str, int]) -> None:
        self._group = group
        self._positions = positions

    @property
    def rows(self) -> int:
        return int(self._group.num_rows)

    def nulls(self, column: bound.Column) -> int | None:
        """How many rows of the column are NULL, or None where the footer does not say."""
        found = self._of(column)
        return int(found.null_count) if found is not None and found.has_null_count else None

    def range(self, column: bound.Column) -> Range | None:
        """The column's range, or None where the footer does not say or its form is not one that is
        understood.
        """
        found = self._of(column)
        if found is None or not found.has_min_max:
            return None
        family, unit = column.type.family, column.type.unit
        if family in ("integer", "float", "decimal"):
            low, high = found.min, found.max
            # NaN in a statistic comes from a careless writer, and says nothing.
            return None if isinstance(low, float) and (isnan(low) or isnan(high)) else Range(low, high)
        as_stored = (
            family == "text"
            or (family == "date" and unit is None)
            or (family == "timestamp" and f"timeUnit={_UNITS.get(unit)}," in str(found.logical_type))
        )
        return Range(found.min_raw, found.max_raw) if as_stored else None

    def _of(self, column: bound.Column) -> pyarrow.parquet.Statistics | None:
        position = self._positions.get(column.name)
        if position is None or column.type.encoded:
            return None
        return self._group.column(position).statistics


def may_match(node: bound.Node, statistics: Statistics) -> bool:
    """Whether some row of the group may make `node` true."""
    match node:
        case bound.Constant(truth):
            return truth is True
        case bound.Known(_, truth):
            return truth
        case bound.And(terms):
            return all(may_match(term, statistics) for term in terms)
        case bound.Or(terms):
            return any(may_match(term, statistics) for term in terms)
        case bound.IsNull(column):
            return statistics.nulls(column) != 0
        case bound.Not(bound.IsNull(column)):
            return statistics.nulls(column) != statistics.rows
        case bound.Compare(column, operator, value, nan):
            found = None if nan else statistics.range(column)
            return found is None or _overlaps(found, operator, value)
        case bound.Among(column, values):
            found = statistics.range(column)
            return found is None or any(_overlaps(found, "=", value) for value in values)
        case _:
            return True


def _overlaps(found: Range, operator: str, value: bound.Scalar) -> bool:
    low, high = found
    # Binding gave the literal the column's type, and text orders by its UTF-8 bytes as it does by code
    # points.
    edge: Any = value.encode() if isinstance(value, str) else value
    match operator:
        case "=":
            return bool(low <= edge <= high)
        case "<>":
            return not low == edge == high
        case "<":
            return bool(low < edge)
        case "<=":
            return bool(low <= edge)
        case ">":
            return bool(high > edge)
        case _:
            return bool(high >= edge)
