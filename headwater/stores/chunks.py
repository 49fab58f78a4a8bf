"""Cut a stream of rows into data files whose borders depend on the rows alone.

A border falls behind a row whose hash says so, as in content-defined chunking (Muthitacharoen, Chen and Mazières,
"A low-bandwidth network file system", SOSP 2001). When rows change or are inserted somewhere, only the files around
them differ; all others are byte for byte those of the version before, and are shared with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from headwater.digests import ContentDigest
from headwater.stores.columns import conform

if TYPE_CHECKING:
    import pyarrow

TARGET_BYTES = 8 << 20
"""The Arrow size that a file aims at: small enough that 1 % of a table is few files, large enough to scan well."""

_SLICE_ROWS = 65_536
"""Rows hashed at a time, to bound working memory whatever the producer's batches are."""


def chunks(
    reader: pyarrow.RecordBatchReader,
    schema: pyarrow.Schema,
    digest: ContentDigest,
    check: Callable[[int], None],
) -> Iterator[pyarrow.Table]:
    """The rows of `reader` in the types of `schema`, one table a data file, adding each row to `digest`.

    `check` is called with the number of rows so far, often; it may raise to stop. Holds at most four times
    `TARGET_BYTES`.
    """
    import numpy as np
    import pyarrow as pa

    held: list[pyarrow.RecordBatch] = []
    rows = 0
    target = 0
    for batch in _slices(reader):
        check(digest.rows)
        batch = conform(batch, schema)
        hashes = digest.update(batch)
        if not target:
            target = target_rows(batch)
        start = 0
        for border in np.flatnonzero((hashes & np.uint64(target - 1)) == 0).tolist():
            if rows + border + 1 - start >= target // 4:
                held.append(batch.slice(start, border + 1 - start))
                yield pa.Table.from_batches(held, schema)
                held, rows, start = [], 0, border + 1
        while rows + batch.num_rows - start >= 4 * target:
            take = 4 * target - rows
            held.append(batch.slice(start, take))
            yield pa.Table.from_batches(held, schema)
            held, rows, start = [], 0, start + take
        if start < batch.num_rows:
            held.append(batch.slice(start))
            rows += batch.num_rows - start
    check(digest.rows)
    if held:
        yield pa.Table.from_batches(held, schema)


def target_rows(batch: pyarrow.RecordBatch) -> int:
    """How many rows a file aims at: a power of two, so that slightly wider rows keep the borders where they are."""
    width = max(1, int(batch.nbytes) // max(1, int(batch.num_rows)))
    return 1 << max(10, min(22, (TARGET_BYTES // width).bit_length() - 1))


def _slices(reader: pyarrow.RecordBatchReader) -> Iterator[pyarrow.RecordBatch]:
    for batch in reader:
        for start in range(0, batch.num_rows, _SLICE_ROWS):
            yield batch.slice(start, _SLICE_ROWS)
