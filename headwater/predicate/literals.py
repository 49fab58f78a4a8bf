"""Literals brought to a column's type without loss, and the times that people write."""

from __future__ import annotations

import re
import struct
from datetime import date
from decimal import Decimal

from headwater.predicate.bound import Column, Compare, Known, Node, Scalar
from headwater.predicate.syntax import Operator
from headwater.predicate.types import DAY, ColumnType

_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
_MOMENT = re.compile(_DATE + r"(?:[T ]" + _CLOCK + r"\s?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?")
_TIME = re.compile(_CLOCK)
_EPOCH = date(1970, 1, 1).toordinal()
_SECOND = 1_000_000_000


def read_moment(text: str) -> tuple[int, bool] | None:
    """Nanoseconds since 1970-01-01 of ``2024-05-01``, ``2024-05-01 12:30[:15[.123]][Z|+02:00]``; None if it
    is none.

    The second value says whether an offset was written; without one the clock is taken as it stands.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])).toordinal() - _EPOCH
    except ValueError:
        return None
    clock = _clock(match[4], match[5], match[6], match[7])
    offset = _offset(match[8])
    if clock is None or offset is None:
        return None
    return day * DAY + clock - offset, match[8] is not None


def read_time(text: str) -> int | None:
    """Nanoseconds since midnight of ``12:30``, ``12:30:15`` or ``12:30:15.123``; None if it is none."""
    match = _TIME.fullmatch(text.strip())
    return None if match is None else _clock(match[1], match[2], match[3], match[4])


def _clock(hours: str | None, minutes: str | None, seconds: str | None, fraction: str | None) -> int | None:
    hour, minute, second = int(hours or 0), int(minutes or 0), int(seconds or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return (hour * 3600 + minute * 60 + second) * _SECOND + int((fraction or "").ljust(9, "0"))


def _offset(text: str | None) -> int | None:
    if text is None or text in "Zz":
        return 0
    hour, minute = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hour > 15 or minute > 59:
        return None
    return (hour * 60 + minute) * 60 * _SECOND * (-1 if text[0] == "-" else 1)


def compare_number(column: Column, operator: Operator, value: Decimal) -> Node:
    """`column` against a number, exactly: ``id > 1.5`` on an integer column becomes ``id > 1``.

    A float column gets the literal rounded to its own precision, as every engine does with a written number.
    """
    kind = column.type
    if kind.family == "float":
        return Compare(column, operator, round_float(value, kind.bits), nan=operator == "<>")
    numerator, denominator = value.as_integer_ratio()
    scale = kind.scale if kind.family == "decimal" else 0
    if scale >= 0:
        numerator *= 10**scale
    else:
        denominator *= 10**-scale
    ticks, rest = divmod(numerator, denominator)
    return compare_ticks(column, operator, ticks, exact=rest == 0)


def compare_moment(column: Column, operator: Operator, nanoseconds: int) -> Node:
    """A date, time or timestamp column against a point in time, exactly, whatever the column's unit."""
    ticks, rest = divmod(nanoseconds, column.type.tick)
    if column.type.family == "date" and column.type.unit is not None:
        # A date64 counts milliseconds but holds whole days.
        day, rest = divmod(nanoseconds, DAY)
        ticks = day * (DAY // column.type.tick)
    return compare_ticks(column, operator, ticks, exact=rest == 0)


def compare_ticks(column: Column, operator: Operator, ticks: int, *, exact: bool) -> Node:
    """`column` against a literal that lies at `ticks`, or (not `exact`) between `ticks` and the next one."""
    low, high = _limits(column.type)
    if not exact and operator in ("=", "<>"):
        return Known(column, operator == "<>")
    if ticks < low or ticks > high:
        above = ticks > high
        return Known(column, operator == "<>" or operator in (("<", "<=") if above else (">", ">=")))
    if not exact:
        operator = "<=" if operator in ("<", "<=") else ">"
    return Compare(column, operator, stored(column.type, ticks))


def stored(kind: ColumnType, ticks: int) -> Scalar:
    """The value a column of type `kind` holds for `ticks` of its smallest step."""
    if kind.family != "decimal":
        return ticks
    return Decimal((int(ticks < 0), tuple(int(digit) for digit in str(abs(ticks))), -kind.scale))


def _limits(kind: ColumnType) -> tuple[int, int]:
    if kind.family == "decimal":
        return -(10**kind.precision) + 1, 10**kind.precision - 1
    if kind.family == "integer" and not kind.signed:
        return 0, 2**kind.bits - 1
    bits = kind.bits if kind.family == "integer" else 64
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def round_float(value: Decimal, bits: int) -> float:
    """The float of `bits` bits nearest to `value`, as a Python float; beyond the range it is infinite."""
    wide = float(value)
    if bits == 64:
        return wide
    code = "<f" if bits == 32 else "<e"
    try:
        return float(struct.unpack(code, struct.pack(code, wide))[0])
    except OverflowError:
        return float("inf") if wide > 0 else float("-inf")
