"""Below which place the rows lie that are wanted."""

from __future__ import annotations

import math

from headwater.sampling.keyed import BITS


def ceiling(rows: int, total: int) -> int:
    """A place that, of `total` rows, the `rows` with the smallest places lie below, but for a chance of 1e-12.

    With it the server sorts what it needs and a little more, not the table.
    """
    expected = 1.03 * rows + 8 * math.sqrt(rows) + 20
    return min(1 << BITS, math.ceil(expected / max(1, total) * (1 << BITS)))
