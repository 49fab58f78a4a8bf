"""What a draw may take of its source: cut or refused before it, stopped in the middle, and said either way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.errors import Cancelled, SampleRefused
from headwater.sample_models import SampleEstimate, SampleRequest

if TYPE_CHECKING:
    import pyarrow

    from headwater.config import BudgetConfig, SourceConfig
    from headwater.sampling.gauge import Gauge

_COST_S = 2.5e-6
_ROW_S = 1e-5
"""Seconds for a unit of the planner's cost and for a row that is brought over and masked, both roughly, as they were
measured on a small machine. A gentle draw rests as long as it works.
"""

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def within(request: SampleRequest, gauge: Gauge, config: SourceConfig) -> tuple[SampleRequest, SampleEstimate]:
    """The request, cut to the rows that the budget has room for, and what it would take.

    Raises `SampleRefused` where it would cost more, take longer, or have no room for a row, and says by how much.
    """
    budget, width = config.budget, max(1.0, gauge.row_bytes)
    # What few rows are expected of is not told, as what few rows come is not.
    least = config.policy.min_rows if request.where is not None or request.method in ("window", "keys") else 0
    rows, limit = max(gauge.rows, min(least, request.rows)), ""
    for room, what in (
        (budget.rows, f"{budget.rows or 0:,} rows"),
        (int(budget.bytes / width) if budget.bytes is not None else None, _amount(budget.bytes or 0)),
    ):
        if room is not None and rows > room:
            rows, limit = room, f"cut from {gauge.rows:,} to {room:,} rows: {config.name} gives at most {what} a draw"
    if limit and (rows < 1 or request.method == "all"):
        raise SampleRefused(
            f"The draw would give {gauge.rows:,} rows, about {_amount(gauge.rows * width)}; "
            f"{limit.partition(': ')[2]}.",
            hint="Ask for fewer rows, or have the budget raised in headwater.toml.",
            details={"source": config.name},
        )
    seconds = ((gauge.cost or 0.0) * _COST_S + rows * _ROW_S) * (2 if request.pace == "gentle" else 1)
    for value, most, what in (
        (gauge.cost, budget.cost, "cost {:,.0f} by its planner"),
        (seconds, budget.seconds, "take about {:,.1f} s"),
    ):
        if value is not None and most is not None and value > most:
            raise SampleRefused(
                f"The draw would {what.format(value)}; {config.name} allows {most:,g}, it is {_more(value / most)}.",
                hint="Narrow it, use another method, or have the budget raised in headwater.toml.",
                details={"source": config.name, "estimate": value, "budget": most},
            )
    estimate = SampleEstimate(rows, round(rows * width), round(seconds, 3), gauge.cost, gauge.touches, limit)
    return (replace(request, rows=rows) if limit else request), estimate


class Meter:
    """Watches one draw."""

    def __init__(self, source: str, budget: BudgetConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._budget = budget
        self._bytes = 0
        self._rows = 0
        self._late = False

    @contextmanager
    def running(self, stop: Callable[[], None]) -> Iterator[None]:
        """The draw, which `stop` ends from another thread when its time is over. Raises `SampleRefused` then."""
        if self._budget.seconds is None:
            yield
            return

        def over() -> None:
            self._late = True
            stop()

        timer = threading.Timer(self._budget.seconds, over)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Cancelled:
            if not self._late:
                raise
            raise self._over(f"{self._budget.seconds:,g} s") from None
        finally:
            timer.cancel()

    def counted(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        """`batches`; raises `SampleRefused` when they are more than the budget's bytes."""
        for batch in batches:
            self._rows += batch.num_rows
            self._bytes += batch.nbytes
            if self._budget.bytes is not None and self._bytes > self._budget.bytes:
                raise self._over(_amount(self._budget.bytes))
            yield batch

    def _over(self, what: str) -> SampleRefused:
        return SampleRefused(
            f"The draw passed its budget of {what} after {self._rows:,} rows and was stopped, also in the source; "
            "nothing was kept.",
            hint="Ask for fewer rows, or have the budget raised in headwater.toml.",
            details={"source": self._source, "rows": self._rows},
        )


def _more(factor: float) -> str:
    return f"{factor:,.1f} times that" if factor >= 1.1 else f"{100 * (factor - 1):.1f} % more"


def _amount(size: float) -> str:
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:,.3g} {_UNITS[unit]}"
