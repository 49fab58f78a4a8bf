"""How hard a draw works its source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pyarrow

T = TypeVar("T")


def rested(batches: Iterator[T], pause: Callable[[float], object]) -> Iterator[T]:
    """`batches` of one statement, and then a pause until the source has rested as long as it worked.

    While the batches are masked and written the source rests already.
    """
    worked = idle = 0.0
    while True:
        began = time.monotonic()
        batch = next(batches, None)
        ended = time.monotonic()
        worked += ended - began
        if batch is None:
            break
        yield batch
        idle += time.monotonic() - ended
    if worked > idle:
        pause(worked - idle)


def ahead(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """`batches`, of which the next one is fetched while one is masked and written."""
    with ThreadPoolExecutor(1, "headwater-ahead") as fetching:
        coming = fetching.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = fetching.submit(next, batches, None)
            yield batch
