"""Bins: numbers, days and points that are generalised to the beginning of a range."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from headwater.sampling.decimals import from_units, units_of
from headwater.sampling.places import POINT, WIDTH

if TYPE_CHECKING:
    import numpy
    import pyarrow

PERIODS = ("day", "week", "month", "quarter", "year", "decade")
"""Bins of days, by how a mask names them: ``bin:month``."""

_NUMBERS = Decimal(10)
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SRID = re.compile(r"SRID=\d+;", re.IGNORECASE)
_WIDEST = Decimal(10) ** 15


def width_of(mask: str) -> Decimal:
    """The width that ``bin:0.1`` names; that of ``bin`` is 10. Raises `ValueError` for one that is none."""
    text = mask.partition(":")[2]
    try:
        width = Decimal(text) if text else _NUMBERS
    except InvalidOperation:
        raise ValueError(f"{text!r} is no width") from None
    if not width.is_finite() or not Decimal("1e-12") <= width <= _WIDEST:
        raise ValueError(f"{text!r} is no width")
    return width


def period_of(mask: str) -> str:
    """The period that ``bin:year`` names; that of ``bin`` is a month. Raises `ValueError` for one that is none."""
    period = mask.partition(":")[2] or "month"
    if period not in PERIODS:
        raise ValueError(f"{period!r} is no period")
    return period


def binned_number(number: float, width: Decimal) -> float:
    """The beginning of the bin that a number is in."""
    made = (Decimal(str(number)) / width).to_integral_value(ROUND_FLOOR) * width
    return int(made) if isinstance(number, int) and made == made.to_integral_value() else float(made)


def binned_numbers(values: pyarrow.Array, width: Decimal) -> pyarrow.Array:
    """The beginnings of the bins of whole numbers, decimals or floats; outside the type's range it is null."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    if types.is_floating(values.type):
        known = values.is_valid().to_numpy(zero_copy_only=False)
        numbers = values.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
        places = max(0, -int(width.as_tuple().exponent))
        made = np.round(np.floor(np.round(numbers / float(width), 9)) * float(width), places)
        return pa.array(made, pa.float64(), mask=~known).cast(values.type)
    scale = values.type.scale if types.is_decimal(values.type) else 0
    size = width.scaleb(scale)
    units, known = units_of(values)
    if size != size.to_integral_value():
        # A bin that is narrower than what the type can tell holds one number.
        return values
    return from_units(np.floor_divide(units, int(size)) * int(size), known, values.type)


def binned_days(values: pyarrow.Array, period: str) -> pyarrow.Array:
    """The first day of the period of each day or time."""
    import numpy as np
    import pyarrow as pa

    known = values.is_valid().to_numpy(zero_copy_only=False)
    given = values.to_numpy(zero_copy_only=False)
    days = np.where(known, given.astype("datetime64[D]"), np.datetime64(0, "D"))
    made = _beginning(days, period).astype(given.dtype)
    return pa.array(made, mask=~known).cast(values.type)


def binned_points(values: list[str], mask: str) -> list[str | None]:
    """Points with coordinates of bins; None for texts that are no points."""
    width = width_of(mask) if ":" in mask else Decimal(WIDTH)
    return [_point(value, width) if POINT.fullmatch(value.strip()) else None for value in values]


def _point(value: str, width: Decimal) -> str:
    srid = _SRID.match(value)
    head = srid[0] if srid else ""

    def floor(found: re.Match[str]) -> str:
        number = Decimal(found[0])
        return format((number / width).to_integral_value(ROUND_FLOOR) * width, "f")

    return head + _NUMBER.sub(floor, value[len(head) :])


def _beginning(days: numpy.ndarray, period: str) -> numpy.ndarray:
    import numpy as np

    if period == "day":
        return days
    if period == "week":
        # The day 0 was a Thursday; weeks begin on Mondays.
        return days - (days.astype(np.int64) + 3) % 7
    months = days.astype("datetime64[M]")
    count = months.astype(np.int64)
    made: numpy.ndarray = (months - count % _MONTHS[period]).astype("datetime64[D]")
    return made
