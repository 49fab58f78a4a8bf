"""Masks of days: dates and times, over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

    from headwater.sampling.noise import Noise

_WEEKS = 26
_IN_A_DAY = {"D": 1, "s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


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


def shifted_days(values: pyarrow.Array, persons: pyarrow.Array, noise: Noise) -> pyarrow.Array:
    """Days and times, moved by 1 to 26 weeks to either side, as many for all of one person's.

    Weekdays, times of day and the days between two dates of a person stay. A person is known by the text of a value,
    so that 42 is the same in every table; nobody's dates move alike.
    """
    import numpy as np
    import pyarrow as pa

    encoded = persons.cast(pa.string()).fill_null("").dictionary_encode()
    codes = np.ascontiguousarray(noise.many("person", encoded.dictionary)[:, :4]).view(np.uint32).ravel()
    weeks = (1 + (codes >> np.uint32(1)) % np.uint32(_WEEKS)).astype(np.int64)
    weeks *= np.where(codes & np.uint32(1), 1, -1)
    known = values.is_valid().to_numpy(zero_copy_only=False)
    given = values.to_numpy(zero_copy_only=False)
    shifts = 7 * _IN_A_DAY[np.datetime_data(given.dtype)[0]] * weeks[encoded.indices.to_numpy(zero_copy_only=False)]
    numbers = given.astype(np.int64)
    moved = numbers + shifts
    # At the ends of what the type holds, the other way: the number of weeks is still the person's.
    bounds = np.iinfo(np.int32 if pa.types.is_date32(values.type) else np.int64)
    out = ((moved > numbers) != (shifts > 0)) | (moved > bounds.max) | (moved < bounds.min)
    moved = np.where(out, numbers - shifts, moved)
    return pa.array(moved.astype(given.dtype), mask=~known).cast(values.type)


def _shift(noise: Noise, day: str) -> int:
    return int.from_bytes(noise.of("day", day)[:4], "big") % 364
