"""Masks of days: dates and times, over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

    from headwater.sampling.noise import Noise


def other_days(values: pyarrow.Array, noise: Noise) -> pyarrow.Array:
    """Another day of the same year for each day, of any year; a time becomes the start of its day."""
    import numpy as np
    import pyarrow as pa

    known = values.is_valid().to_numpy(zero_copy_only=False)
    given = values.to_numpy(zero_copy_only=False)
    days, places = np.unique(given[known].astype("datetime64[D]"), return_inverse=True)
    starts = days.astype("datetime64[Y]").astype("datetime64[D]")
    # For each place in the year another one, so that no day is given back.
    shifts = np.fromiter((1 + _shift(noise, str(day)) for day in days), np.int64, len(days))
    masked = starts + ((days - starts).astype(np.int64) + shifts) % 365
    made = np.zeros(len(given), given.dtype)
    made[known] = masked[places].astype(given.dtype)
    return pa.array(made, mask=~known).cast(values.type)


def _shift(noise: Noise, day: str) -> int:
    return int.from_bytes(noise.of("day", day)[:4], "big") % 364
