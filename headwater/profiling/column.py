"""The profile of one column from a stream of its values that can be run twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from headwater.cell_text import cell_texts, ticks_text
from headwater.models import Bucket, Column, ColumnProfile
from headwater.profiling.distinct import DistinctCounter, can_count
from headwater.profiling.frequent import FrequentValues
from headwater.profiling.histogram import histogram

if TYPE_CHECKING:
    import pyarrow

TOP = 10
"""How many frequent values are shown."""

MAX_LABEL = 200
"""Characters of a least, greatest or frequent value."""

Stream = Callable[[], Iterator["pyarrow.Array"]]


def profile_column(column: Column, stream: Stream) -> ColumnProfile:
    """Profile `column`, whose values `stream()` yields as arrays; the second pass runs only where it is
    needed.
    """
    first = _FirstPass()
    for values in stream():
        first.update(values)
    chart, buckets = _chart(first, stream)
    # A column without rows has no type here, and no value of any.
    distinct = first.distinct.result() if first.countable or first.kind is None else None
    return ColumnProfile(
        name=column.name,
        type=column.type,
        nulls=first.nulls,
        distinct=distinct.values if distinct else None,
        distinct_is_exact=distinct.exact if distinct else True,
        min=first.text_of(first.low),
        max=first.text_of(first.high),
        chart=chart,
        buckets=buckets,
    )


class _FirstPass:
    """Nulls, distinct values, the range and, for texts and booleans, the frequent values."""

    def __init__(self) -> None:
        self.kind: pyarrow.DataType | None = None
        self.nulls = 0
        self.distinct = DistinctCounter()
        self.countable = False
        self.low: pyarrow.Scalar | None = None
        self.high: pyarrow.Scalar | None = None
        self.finite: tuple[Any, Any] | None = None
        self.frequent = FrequentValues()

    def update(self, values: pyarrow.Array) -> None:
        values = _flat(values)
        if self.kind is None:
            self.kind = values.type
            self.countable = can_count(values.type)
        self.nulls += values.null_count
        if not self.countable or values.null_count == len(values):
            return
        self.distinct.update(values)
        if has_range(values.type):
            self._range(values)
        elif is_categorical(values.type):
            self.frequent.update(_as_text(values))
            self._text_range(values)

    def text_of(self, bound: pyarrow.Scalar | None) -> str | None:
        if bound is None or self.kind is None:
            return None
        import pyarrow as pa

        stored = pa.array([bound.as_py()], bound.type)
        text = cell_texts(stored.view(self.kind) if pa.types.is_temporal(self.kind) else stored)[0] or ""
        return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"

    def _range(self, values: pyarrow.Array) -> None:
        import pyarrow.compute as pc

        numbers = _numbers(values)
        if _is_float(numbers):
            numbers = numbers.filter(pc.invert(pc.is_nan(numbers)))
        self._widen(numbers)
        if _is_float(numbers):
            numbers = numbers.filter(pc.is_finite(numbers))
        found = pc.min_max(numbers).as_py()
        if found["min"] is not None:
            low, high = self.finite or (found["min"], found["max"])
            self.finite = (min(low, found["min"]), max(high, found["max"]))

    def _text_range(self, values: pyarrow.Array) -> None:
        import pyarrow as pa

        if not pa.types.is_boolean(values.type):
            self._widen(values)

    def _widen(self, values: pyarrow.Array) -> None:
        import pyarrow.compute as pc

        found = pc.min_max(values)
        low, high = found["min"], found["max"]
        if low.is_valid and (self.low is None or low.as_py() < self.low.as_py()):
            self.low = low
        if high.is_valid and (self.high is None or high.as_py() > self.high.as_py()):
            self.high = high


def _chart(first: _FirstPass, stream: Stream) -> tuple[Any, tuple[Bucket, ...]]:
    if first.finite is not None:
        return "histogram", _histogram(first.kind, first.finite, stream)
    if first.frequent.counts:
        top = _most_frequent(first.frequent, stream)
        # A column of names that all differ has no frequent value; ten arbitrary ones would say nothing.
        if top and (top[0][1] > 1 or len(first.frequent.counts) <= TOP):
            return "top", tuple(Bucket(_label(name), count) for name, count in top)
    return "none", ()


def _histogram(kind: pyarrow.DataType, bounds: tuple[Any, Any], stream: Stream) -> tuple[Bucket, ...]:
    import pyarrow as pa

    text = partial(ticks_text, kind) if pa.types.is_temporal(kind) else None
    bins = histogram(*bounds, text)
    for values in stream():
        numbers = _numbers(_flat(values).drop_null())
        bins.update(numbers.cast(pa.float64()) if pa.types.is_decimal(kind) else numbers)
    return bins.buckets()


def _most_frequent(found: FrequentValues, stream: Stream) -> list[tuple[str, int]]:
    counts = found.counts
    if not found.exact:
        import pyarrow as pa
        import pyarrow.compute as pc

        candidates = pa.array(list(counts), pa.large_string())
        counts = Counter()
        for values in stream():
            texts = _as_text(_flat(values)).cast(pa.large_string())
            kept = pc.value_counts(texts.filter(pc.is_in(texts, value_set=candidates)))
            for pair in kept.to_pylist():
                counts[pair["values"]] += pair["counts"]
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP]


def has_range(kind: pyarrow.DataType) -> bool:
    """Whether values of this type are numbers or times, which have a histogram."""
    import pyarrow as pa

    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        or (pa.types.is_temporal(kind) and not pa.types.is_interval(kind))
    )  # fmt: skip


def is_categorical(kind: pyarrow.DataType) -> bool:
    """Whether values of this type are texts or booleans, which have frequent values."""
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_boolean(kind))


def _flat(values: pyarrow.Array) -> pyarrow.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        return values.dictionary_decode()
    if pa.types.is_string_view(values.type):
        return values.cast(pa.large_string())
    if pa.types.is_date64(values.type):
        return values.cast(pa.date32())
    return values


def _numbers(values: pyarrow.Array) -> pyarrow.Array:
    """Times as their ticks, half floats as floats, other numbers as they are."""
    import pyarrow as pa

    if pa.types.is_temporal(values.type):
        return values.view(pa.int32() if values.type.bit_width == 32 else pa.int64())
    return values.cast(pa.float32()) if pa.types.is_float16(values.type) else values


def _is_float(values: pyarrow.Array) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(values.type))


def _as_text(values: pyarrow.Array) -> pyarrow.Array:
    import pyarrow as pa

    return values.cast(pa.string()) if pa.types.is_boolean(values.type) else values


def _label(name: str) -> str:
    return name if len(name) <= MAX_LABEL else name[: MAX_LABEL - 1] + "…"
