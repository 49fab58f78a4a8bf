"""Uniform draws of a table whose key is one whole number: the keys with small places are told on our side.

The source is asked for rows by their keys alone, and for none but those that the sample takes. A key that has no row is
passed over; the places that follow make up for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.sampling.keyed import BITS, WholePlaces
from headwater.sources.sql.ceiling import ceiling

if TYPE_CHECKING:
    import numpy
    import pyarrow

DENSE = 0.2
"""With fewer rows than this share of the numbers from the smallest key to the largest, too many keys have no row."""

_FEWEST = 0.02
_ALL = 1 << BITS


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The smallest and the largest key, and about how many rows there are."""

    lowest: int
    highest: int
    rows: int

    @property
    def width(self) -> int:
        """How many whole numbers lie in it."""
        return self.highest - self.lowest + 1

    @property
    def dense(self) -> bool:
        """Whether enough of its numbers are keys."""
        return self.rows >= DENSE * self.width


def enumerated(
    places: WholePlaces,
    keys: KeyRange,
    rows: int,
    *,
    fetch: Callable[[numpy.ndarray], Iterator[pyarrow.RecordBatch]],
    present: Callable[[numpy.ndarray], numpy.ndarray],
    rest: Callable[[int, int], Iterator[pyarrow.RecordBatch]],
) -> Iterator[pyarrow.RecordBatch]:
    """The `rows` rows with the smallest places, in one run in the order of the key, and more runs for what was missing.

    Parameters
    ----------
    fetch:
        Gives the rows of keys, which are in order, as far as there are any.
    present:
        Gives those of some keys, in order, that have a row.
    rest:
        Gives so many rows with the smallest places above one, by another way: for a table that has far fewer rows than
        was believed.
    """
    import numpy as np

    above, wanted, missing, share = -1, rows, rows, 1.0
    while missing > 0 and above < _ALL:
        upto, chosen = _next(places, keys, above, wanted)
        if above < 0 and len(chosen) <= missing:
            # No more keys than rows are wanted: whatever rows these have are in the sample.
            for batch in fetch(np.sort(chosen)):
                missing -= batch.num_rows
                yield batch
            share = (rows - missing) / max(1, len(chosen))
            if share < _FEWEST and missing and upto < _ALL:
                yield from rest(missing, upto)
                return
        else:
            known = chosen[np.isin(chosen, present(np.sort(chosen)))][:missing]
            for batch in fetch(np.sort(known)):
                missing -= batch.num_rows
                yield batch
        above = upto
        wanted = math.ceil(1.05 * missing / share + 8 * math.sqrt(missing / share) + 20)


def _next(places: WholePlaces, keys: KeyRange, above: int, wanted: int) -> tuple[int, numpy.ndarray]:
    """The keys of the next places, and the last of these: at most `wanted`, unless one place has more."""
    share = (ceiling(wanted, keys.width) / _ALL) if keys.width > wanted else 1.0
    upto = min(_ALL, above + 1 + math.ceil(share * _ALL))
    found = places.keys(above, upto, keys.lowest, keys.highest)
    if len(found) <= wanted:
        return upto, found
    # Cut where a place ends: keys of one place stay together.
    ranked = places.of(found)
    end = ranked[wanted]
    if ranked[0] == end:
        end += 1
    return int(end) - 1, found[ranked < end]
