"""Values as text for a person: ISO times, plain decimals, hexadecimal bytes, compact JSON; never a row too
long.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow

MAX_CHARACTERS = 2_000
"""The longest text of one cell; what is cut off is marked with an ellipsis."""

MAX_BYTES = 64
"""How many bytes of a binary value are shown."""

_EPOCH = date(1970, 1, 1)
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def is_numeric(kind: pyarrow.DataType) -> bool:
    """Whether values of this type are numbers, which a table aligns to the right."""
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def cell_texts(values: pyarrow.Array | pyarrow.ChunkedArray) -> list[str | None]:
    """Each value as display text, null as None.

    Timestamps with a time zone are shown in UTC with a ``Z``, others as their clock stands. Times keep the
    digits that they have. Floats are the shortest text that reads back as the same value.
    """
    chunks = values.chunks if hasattr(values, "chunks") else [values]
    return [text for chunk in chunks for text in _chunk_texts(chunk)]


def _chunk_texts(values: pyarrow.Array) -> list[str | None]:
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if isinstance(values, pa.ExtensionArray) and pa.types.is_nested(values.type.storage_type):
        values = values.storage
    kind = values.type
    ticks = _ticks_text(kind)
    if ticks is not None:
        storage = pa.int32() if kind.bit_width == 32 else pa.int64()
        return [None if value is None else ticks(value) for value in values.view(storage).to_pylist()]
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        # Python's own text of a widened float would show digits that the value does not have.
        return [None if text is None else _float_text(text) for text in values.cast(pa.string()).to_pylist()]
    return [None if not value.is_valid else cut(_scalar_text(value)) for value in values]


def cut(text: str) -> str:
    """`text`, shortened to `MAX_CHARACTERS` with an ellipsis at its end."""
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def ticks_text(kind: pyarrow.DataType, ticks: int) -> str:
    """A date, time, timestamp or duration of type `kind` from its stored integer."""
    text = _ticks_text(kind) or str
    return text(ticks)


def _ticks_text(kind: pyarrow.DataType) -> Callable[[int], str] | None:
    import pyarrow as pa

    if pa.types.is_date32(kind):
        return _day
    if pa.types.is_date64(kind):
        return lambda ticks: _day(ticks // 86_400_000)
    if pa.types.is_timestamp(kind):
        per_second, zone = _PER_SECOND[kind.unit], "Z" if kind.tz is not None else ""
        per_day = 86_400 * per_second
        return lambda ticks: f"{_day(ticks // per_day)}T{_clock(ticks % per_day, per_second)}{zone}"
    if pa.types.is_time(kind):
        per_second = _PER_SECOND[kind.unit]
        return lambda ticks: _clock(ticks, per_second)
    if pa.types.is_duration(kind):
        per_second = _PER_SECOND[kind.unit]
        return lambda ticks: f"{format(Decimal(ticks) / per_second, 'f')} s"
    return None


def _day(days: int) -> str:
    try:
        return (_EPOCH + timedelta(days=days)).isoformat()
    except OverflowError:
        return f"{days:+,} days since 1970-01-01"


def _clock(ticks: int, per_second: int) -> str:
    seconds, fraction = divmod(ticks, per_second)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{clock}.{fraction:0{len(str(per_second)) - 1}}" if fraction else clock


def _float_text(text: str) -> str:
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def _scalar_text(scalar: pyarrow.Scalar) -> str:
    value = _plain(scalar)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(repr(value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _plain(scalar: pyarrow.Scalar) -> Any:
    """A scalar as a JSON value: numbers and booleans as they are, everything else as its text."""
    import pyarrow as pa

    kind = scalar.type
    if not scalar.is_valid:
        return None
    if isinstance(scalar, pa.ExtensionScalar):
        return str(scalar.as_py())
    if pa.types.is_map(kind):
        return [[_plain(pair["key"]), _plain(pair["value"])] for pair in scalar.values or ()]
    if pa.types.is_struct(kind):
        return {name: _plain(scalar[index]) for index, name in enumerate(kind.names)}
    if hasattr(scalar, "values"):
        return [_plain(item) for item in scalar.values or ()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _hexadecimal(scalar.as_py())
    if pa.types.is_decimal(kind):
        return format(scalar.as_py(), "f")
    if (ticks := _ticks_text(kind)) is not None:
        return ticks(scalar.value)
    value = scalar.as_py()
    if isinstance(value, float) and not isfinite(value):
        return _float_text(repr(value))  # JSON has no NaN and no infinity
    return value if isinstance(value, bool | int | float | str) else str(value)


def _hexadecimal(value: bytes) -> str:
    shown = "0x" + value[:MAX_BYTES].hex()
    return shown if len(value) <= MAX_BYTES else f"{shown}… ({len(value):,} bytes)"
