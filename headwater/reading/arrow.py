"""Reading with pyarrow. Plain reads keep away from `pyarrow.dataset`, which imports pandas where it is
installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from headwater.reading.files import VersionFiles, file_system, is_remote

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.dataset
    import pyarrow.parquet

    from headwater.predicate import Predicate
    from headwater.reading.request import Request

_BATCH_ROWS = 65_536
"""Rows read at a time when only some are wanted."""


def read(request: Request) -> pyarrow.Table:
    """The rows as a table, its columns in the order asked for."""
    import pyarrow as pa

    schema = _schema(request)
    if schema is None:
        from headwater.reading.types import arrow_schema

        empty = arrow_schema(request.version.types).empty_table()
        return empty.select(request.names)
    tables = list(_tables(request))
    if not tables:
        return schema.empty_table()
    table = pa.concat_tables(tables) if len(tables) > 1 else tables[0]
    return pa.Table.from_arrays(table.columns, schema=schema)


def scan(request: Request) -> pyarrow.dataset.Dataset:
    """The version as a dataset over its files."""
    import pyarrow.dataset as ds

    if not request.paths:
        return ds.dataset(read(request))
    schema = _schema(request)
    if is_remote(request.paths[0]):
        system = file_system(request.paths[0])[0]
        return ds.dataset(
            [file_system(p)[1] for p in request.paths], schema=schema, format="parquet", filesystem=system
        )
    return ds.dataset(request.paths, schema=schema, format="parquet")


def batches(version: VersionFiles) -> tuple[pyarrow.Schema, Iterator[pyarrow.RecordBatch]]:
    """The version's schema, and all its rows in order, never more than a batch in memory."""
    from headwater.reading.request import request
    from headwater.reading.types import arrow_schema

    wanted = request(version, None, None, None)
    schema = _schema(wanted) or arrow_schema(version.types)
    return schema, _batches(wanted)


def _batches(request: Request) -> Iterator[pyarrow.RecordBatch]:
    for path in request.paths:
        for batch in open_file(path).iter_batches(batch_size=_BATCH_ROWS):
            yield batch.select(request.names)


def open_file(path: str) -> pyarrow.parquet.ParquetFile:
    """A Parquet file at a local path or a remote address."""
    import pyarrow.parquet as pq

    if is_remote(path):
        system, inner = file_system(path)
        return pq.ParquetFile(system.open_input_file(inner))
    # Data files never change, so they can be mapped: a sixth less time than reading them, at 10 million rows.
    return pq.ParquetFile(path, memory_map=True)


def _schema(request: Request) -> pyarrow.Schema | None:
    """The result's schema without what the store noted in it, or None for a version without files."""
    import pyarrow as pa

    if not request.paths:
        return None
    found = open_file(request.paths[0]).schema_arrow
    return pa.schema([found.field(name).remove_metadata() for name in request.names])


def _tables(request: Request) -> Iterator[pyarrow.Table]:
    if request.predicate is None and request.limit is None and len(request.paths) > 1:
        yield from _whole(request)
        return
    left = request.limit
    for path in request.paths:
        file = open_file(path)
        for table in _parts(request, file, left):
            if left is not None:
                if left <= 0:
                    return
                table = table.slice(0, left)
                left -= table.num_rows
            yield table.select(request.names)


def _whole(request: Request) -> Iterator[pyarrow.Table]:
    """Every file, some at a time: one thread a file keeps more cores busy than many threads for one small file."""
    from concurrent.futures import ThreadPoolExecutor

    import pyarrow as pa

    def one(path: str) -> pyarrow.Table:
        return open_file(path).read(columns=request.columns, use_threads=False).select(request.names)

    with ThreadPoolExecutor(pa.cpu_count()) as pool:
        yield from pool.map(one, request.paths)


def _parts(request: Request, file: pyarrow.parquet.ParquetFile, left: int | None) -> Iterator[pyarrow.Table]:
    import pyarrow as pa

    if request.predicate is not None:
        yield from _kept(request, file, request.predicate)
    elif left is None:
        yield file.read(columns=request.columns)
    else:
        batch = max(1, min(left, _BATCH_ROWS))
        for rows in file.iter_batches(batch_size=batch, columns=request.columns):
            yield pa.Table.from_batches([rows])


def _kept(request: Request, file: pyarrow.parquet.ParquetFile, predicate: Predicate) -> Iterator[pyarrow.Table]:
    """The rows that the filter keeps, a row group at a time; other columns are read only where some are."""
    import pyarrow.compute as pc

    positions = leaf_positions(file.metadata)
    tested = [name for name in request.version.types if name in predicate.columns] or request.names
    rest = [name for name in request.names if name not in tested]
    for index in range(file.num_row_groups):
        if not predicate.may_match(file.metadata.row_group(index), positions):
            continue
        table = file.read_row_group(index, columns=tested)
        mask = predicate.arrow_mask(table)
        if not pc.any(mask).as_py():
            continue
        if rest:
            others = file.read_row_group(index, columns=rest)
            for name in rest:
                table = table.append_column(others.schema.field(name), others.column(name))
        yield table.filter(mask)


def leaf_positions(metadata: pyarrow.parquet.FileMetaData) -> dict[str, int]:
    """Column name to its leaf's place in the file, for columns that are not nested."""
    leaves = [metadata.schema.column(index) for index in range(metadata.num_columns)]
    return {
        leaf.name: index
        for index, leaf in enumerate(leaves)
        if leaf.path == leaf.name and leaf.max_repetition_level == 0
    }
