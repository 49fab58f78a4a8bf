"""What a draw would take of its source, as the source's own planner and statistics have it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gauge:
    """Estimates; None where nobody knows.

    Attributes
    ----------
    rows:
        How many the draw gives.
    row_bytes:
        The width of a row as it comes.
    cost:
        Of all statements together, in the planner's own unit.
    touches:
        What is read for it, in words.
    """

    rows: int
    row_bytes: float
    cost: float | None = None
    touches: str = ""
