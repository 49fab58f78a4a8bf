"""Which masks fit a type of column, those with a parameter such as ``bin:10`` included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.sampling.bins import period_of, width_of
from headwater.sampling.masks import MASKS

if TYPE_CHECKING:
    import pyarrow

_FOR_TEXT = tuple(name for name in MASKS if name not in ("date_of_birth", "shift_days", "noise"))
_FOR_INTEGERS = ("keep", "digits", "bin", "noise", "null", "drop")
_FOR_FRACTIONS = ("keep", "bin", "noise", "null", "drop")
_FOR_DATES = ("keep", "date_of_birth", "shift_days", "bin", "null", "drop")
_FOR_OTHERS = ("keep", "null", "drop")


def base_of(mask: str) -> str:
    """The mask without its parameter."""
    return mask.partition(":")[0]


def masks_for(kind: pyarrow.DataType) -> tuple[str, ...]:
    """The masks that a column of this type can have, without their parameters."""
    from pyarrow import types

    if is_list(kind):
        # A move of an element needs the rows beside it.
        return tuple(mask for mask in masks_for(kind.value_type) if mask not in ("noise", "shift_days"))
    if types.is_string(kind) or types.is_large_string(kind):
        return _FOR_TEXT
    if types.is_integer(kind):
        return _FOR_INTEGERS
    if types.is_floating(kind) or types.is_decimal128(kind):
        return _FOR_FRACTIONS
    return _FOR_DATES if types.is_date(kind) or types.is_timestamp(kind) else _FOR_OTHERS


def fits(mask: str, kind: pyarrow.DataType) -> bool:
    """Whether a column of this type can have this mask, with its parameter."""
    from pyarrow import types

    base, _, parameter = mask.partition(":")
    if base not in masks_for(kind):
        return False
    if is_list(kind):
        return fits(mask, kind.value_type)
    if base == "shift_days":
        return bool(parameter)
    if base == "noise":
        return mask == "noise" or bool(parameter)
    if base != "bin":
        return not parameter and ":" not in mask
    try:
        if types.is_date(kind) or types.is_timestamp(kind):
            period_of(mask)
        elif width_of(mask) != width_of(mask).to_integral_value() and types.is_integer(kind):
            return False
    except ValueError:
        return False
    return True


def hides(mask: str, found: str, category: str) -> bool:
    """Whether anybody may choose `mask` for a column that looks personal, for which the mask `found` was chosen.

    A mask that lets something of a value through must be decided by a steward or an administrator.
    """
    base = base_of(mask)
    if base == "bin":
        if category == "date_of_birth" and mask.partition(":")[2] in ("", "month", "quarter", "year", "decade"):
            return True
        return base_of(found) == "bin" and width_of(mask) >= width_of(found)
    return base not in ("keep", "noise", "redact", "shift_days")


def is_list(kind: pyarrow.DataType) -> bool:
    """Whether each cell of the type has elements of their own."""
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))
