"""Frames of any library as one Arrow IPC stream: what a kernel sends to the host when it saves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from headwater.errors import MissingExtra, UnsupportedFormat

if TYPE_CHECKING:
    import pandas
    import pyarrow

Writer = Callable[[BinaryIO], object]
"""Writes an Arrow IPC stream to a file, once."""

_TAKEN = "a pandas, polars or Arrow table, a polars LazyFrame or a DuckDB relation"


def ipc_writer(frame: Any) -> Writer:
    """What writes the rows of `frame` as an Arrow IPC stream; a frame that has none is refused before it is
    called.

    Parameters
    ----------
    frame:
        A pandas DataFrame or named Series, a polars DataFrame or LazyFrame, a pyarrow Table, RecordBatch or
        RecordBatchReader, a DuckDB relation, or anything that exports an Arrow stream
        (``__arrow_c_stream__``). Named index levels of pandas become columns; an unnamed index is dropped.

    Raises
    ------
    UnsupportedFormat
        Something else, columns that have no text names or share one, or a column whose values have no one
        type.
    MissingExtra
        The frame's library cannot give Arrow data without one that is not installed.
    """
    library = _library(frame)
    if library == "polars":
        return _from_polars(frame)
    if library == "pandas":
        return _from_arrow(_pandas_table(frame))
    if library == "duckdb":
        return _from_duckdb(frame)
    if library == "pyarrow" or hasattr(frame, "__arrow_c_stream__"):
        return _from_arrow(frame)
    raise UnsupportedFormat(f"hw.save takes {_TAKEN}, not {type(frame).__name__}.", hint="Make a frame of it first.")


def _library(frame: Any) -> str:
    """Which library `frame` is of, without importing one that the frame cannot be of."""
    for name, kinds in (
        ("polars", ("DataFrame", "LazyFrame")),
        ("pandas", ("DataFrame", "Series")),
        ("duckdb", ("DuckDBPyRelation",)),
        ("pyarrow", ("Table", "RecordBatch", "RecordBatchReader")),
    ):
        module = sys.modules.get(name)
        found = tuple(kind for kind in (getattr(module, kind, None) for kind in kinds) if kind is not None)
        if found and isinstance(frame, found):
            return name
    return ""


def _from_polars(frame: Any) -> Writer:
    import polars as pl

    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    # The oldest level writes types that every Arrow reader knows, large_string rather than string views.
    return partial(rows.write_ipc_stream, compat_level=pl.CompatLevel.oldest())


def _from_duckdb(relation: Any) -> Writer:
    _refuse_twins(list(relation.columns))
    if _has("pyarrow"):
        return _from_arrow(relation)
    if _has("polars"):
        return _from_polars(relation.pl())
    raise MissingExtra(
        "Saving a DuckDB relation needs pyarrow or polars, and this kernel has neither.",
        hint="Install one with: pip install pyarrow",
    )


def _from_arrow(frame: Any) -> Writer:
    if not _has("pyarrow"):
        raise MissingExtra(
            f"Saving a {type(frame).__name__} needs pyarrow, which this kernel does not have.",
            hint="Install it with: pip install pyarrow",
        )
    reader = _reader(frame)
    _refuse_twins(reader.schema.names)
    return partial(_write_arrow, reader)


def _write_arrow(reader: pyarrow.RecordBatchReader, sink: BinaryIO) -> None:
    import pyarrow as pa

    schema = reader.schema.remove_metadata()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in reader:
            writer.write_batch(batch.replace_schema_metadata(None))


def _reader(frame: Any) -> pyarrow.RecordBatchReader:
    import pyarrow as pa

    if isinstance(frame, pa.RecordBatchReader):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(frame.schema, [frame])
    if isinstance(frame, pa.Table):
        return frame.to_reader()
    return pa.RecordBatchReader.from_stream(frame)


def _pandas_table(frame: Any) -> pyarrow.Table:
    import pandas as pd
    import pyarrow as pa

    rows = _named(frame) if isinstance(frame, pd.Series) else frame
    if any(name is not None for name in rows.index.names):
        rows = rows.reset_index()
    for name in rows.columns:
        if not isinstance(name, str):
            raise UnsupportedFormat(
                f"The column {name!r} has no text as its name.",
                hint="Rename it, for example with df.columns = [...]; join the levels of a MultiIndex.",
            )
    _refuse_twins(list(rows.columns))
    columns = {name: _pandas_column(rows[name]) for name in rows.columns}
    return pa.table(columns)


def _pandas_column(column: pandas.Series) -> Any:
    import pyarrow as pa

    try:
        return pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        # pyarrow's own words quote the value that did not fit.
        raise UnsupportedFormat(
            f"The column {column.name!r} holds values of more than one type, or one without an Arrow type.",
            hint=f"Give it one type, for example with df[{column.name!r}].astype(str).",
            details={"column": str(column.name)},
        ) from None


def _named(series: pandas.Series) -> pandas.DataFrame:
    if series.name is None:
        raise UnsupportedFormat("This Series has no name.", hint='Name it: hw.save(series.to_frame("value"), …).')
    return series.to_frame()


def _refuse_twins(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise UnsupportedFormat(f"Two columns are named {name!r}.", hint="Rename one of them.")


def _has(library: str) -> bool:
    from importlib.util import find_spec

    return find_spec(library) is not None
