"""One writer for each format that a version is exported to."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from headwater.errors import UnsupportedFormat

if TYPE_CHECKING:
    import pyarrow


class BatchWriter(Protocol):
    """Takes the rows of one file, a batch at a time."""

    def write_batch(self, batch: pyarrow.RecordBatch) -> None: ...


def writer(path: Path, target: BinaryIO, schema: pyarrow.Schema) -> AbstractContextManager[BatchWriter]:
    """The writer for the ending of `path`, writing to `target`.

    Raises
    ------
    UnsupportedFormat
        The ending is none that is written, or the format cannot hold a column.
    """
    make = _WRITERS.get(path.suffix.lower())
    if make is None:
        raise UnsupportedFormat(
            f"{path.name} is of no format that is written.", hint=f"End its name in one of: {', '.join(_WRITERS)}."
        )
    return make(target, schema)


@contextmanager
def _csv(target: BinaryIO, schema: pyarrow.Schema) -> Iterator[BatchWriter]:
    import pyarrow as pa
    from pyarrow import csv

    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        raise UnsupportedFormat(
            f"CSV cannot hold the nested column {nested[0]}.", hint="Export to .parquet, .arrow or .jsonl."
        )
    with csv.CSVWriter(target, schema) as made:
        yield made


@contextmanager
def _parquet(target: BinaryIO, schema: pyarrow.Schema) -> Iterator[BatchWriter]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(target, schema, compression="zstd") as made:
        yield made


@contextmanager
def _arrow(target: BinaryIO, schema: pyarrow.Schema) -> Iterator[BatchWriter]:
    import pyarrow as pa

    with pa.ipc.new_file(target, schema) as made:
        yield made


class _JsonLines:
    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write_batch(self, batch: pyarrow.RecordBatch) -> None:
        for row in _rows(batch):
            try:
                line = json.dumps(row, ensure_ascii=False, allow_nan=False, default=_text)
            except ValueError:
                line = json.dumps(_finite(row), ensure_ascii=False, allow_nan=False, default=_text)
            self._target.write(line.encode() + b"\n")


def _rows(batch: pyarrow.RecordBatch) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
    except (OverflowError, ValueError):
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            try:
                values.to_pylist()
            except (OverflowError, ValueError) as error:
                raise UnsupportedFormat(
                    f"JSON lines cannot hold a day in the column {name}: its year is not in 1 to 9999.",
                    hint="Export to .parquet, .arrow or .csv.",
                ) from error
        raise
    return rows


@contextmanager
def _json_lines(target: BinaryIO, schema: pyarrow.Schema) -> Iterator[BatchWriter]:
    del schema
    yield _JsonLines(target)


def _finite(value: Any, column: str = "") -> Any:
    """`value` with null for NaN, as in CSV; JSON has no number for it, and none for infinity, which is refused."""
    if isinstance(value, dict):
        return {name: _finite(inner, column or name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner, column) for inner in value]
    if isinstance(value, float) and math.isinf(value):
        raise UnsupportedFormat(
            f"JSON cannot hold the infinite number in the column {column}.", hint="Export to .parquet or .arrow."
        )
    return None if isinstance(value, float) and math.isnan(value) else value


def _text(value: Any) -> Any:
    """What JSON has no form for: times in ISO 8601, decimals as text so that no digit is lost, bytes in hexadecimal."""
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_WRITERS = {".csv": _csv, ".parquet": _parquet, ".arrow": _arrow, ".feather": _arrow, ".jsonl": _json_lines}
