"""A table's files as an Arrow dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import SourceUnavailable
from headwater.sources.duckdb.datasets import OpenTable
from headwater.sources.duckdb.dialect import DuckdbDialect

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import csv, dataset, fs

    from headwater.sources.files.place import FileTable

_SQL = DuckdbDialect()
_FIRST_BLOCK = 16 * 1024 * 1024
"""Bytes of text whose rows decide the types of columns."""
_DELIMITERS = (",", ";", "\t", "|")
_CODE = r"^\s*[-+]?0[0-9]"
_FEW = 8
"""Files whose footers are read to count their rows."""


def open_table(source: str, name: str, table: FileTable, system: fs.FileSystem) -> OpenTable:
    """The table that `table` lists.

    Raises
    ------
    SourceUnavailable
        Its files are of several formats.
    """
    if len(table.formats) > 1:
        raise SourceUnavailable(
            f"The table {name} of the source {source} has Parquet and CSV files, which do not go together.",
            hint="Put files of one format into one directory.",
            details={"source": source, "table": name},
        )
    return _parquet(table, system) if "parquet" in table.formats else _csv(table, system)


def _parquet(table: FileTable, system: fs.FileSystem) -> OpenTable:
    from pyarrow import dataset

    factory = _factory(table, system, dataset.ParquetFileFormat())
    # All footers: a column that only later files have is a column of the table.
    rows = factory.finish(factory.inspect(promote_options="default", fragments=None))
    count = rows.count_rows() if len(table.paths) <= _FEW else None
    return OpenTable(rows.schema, rows, count=count, bytes=table.bytes)


def _csv(table: FileTable, system: fs.FileSystem) -> OpenTable:
    """Types are what the rows of the first block say; digits that begin with a zero are text.

    Whole numbers are read as text and brought to numbers by the statement, which ends where later rows hold a code
    such as ``007``: a number would lose its zeros.
    """
    import pyarrow as pa
    from pyarrow import csv, dataset

    delimiter = _delimiter(system, table.paths[0])
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    names = _first(system, table.paths[0], parse, {}).schema
    numbers = [field.name for field in names if pa.types.is_integer(field.type)]
    block = _first(system, table.paths[0], parse, dict.fromkeys(numbers, pa.string()))
    counted = [name for name in numbers if not _has_codes(block.column(name))]
    kinds = {
        field.name: pa.string()
        if field.name in numbers or pa.types.is_null(field.type) or pa.types.is_binary(field.type)
        else field.type
        for field in names
    }
    factory = _factory(
        table,
        system,
        dataset.CsvFileFormat(parse_options=parse, convert_options=_convert(kinds)),
    )
    parts = [field for field in factory.inspect() if field.name not in kinds]
    rows = factory.finish(pa.schema([*kinds.items(), *((field.name, field.type) for field in parts)]))
    schema = pa.schema(
        [pa.field(field.name, pa.int64() if field.name in counted else field.type) for field in rows.schema]
    )
    select = ", ".join(
        f"{_number(_SQL.quoted(name))} AS {_SQL.quoted(name)}" if name in counted else _SQL.quoted(name)
        for name in schema.names
    )
    return OpenTable(schema, rows, select, bytes=table.bytes)


def _factory(table: FileTable, system: fs.FileSystem, form: dataset.FileFormat) -> dataset.FileSystemDatasetFactory:
    from pyarrow import dataset

    options = dataset.FileSystemFactoryOptions(
        partition_base_dir=table.base, partitioning=dataset.HivePartitioning.discover()
    )
    return dataset.FileSystemDatasetFactory(system, table.paths, form, options)


def _delimiter(system: fs.FileSystem, path: str) -> str:
    """What stands most often in the header."""
    with system.open_input_stream(path) as file:
        header = file.read(1 << 16).partition(b"\n")[0].decode("utf-8", "replace")
    return max(_DELIMITERS, key=header.count)


def _first(
    system: fs.FileSystem, path: str, parse: csv.ParseOptions, types: dict[str, pyarrow.DataType]
) -> pyarrow.RecordBatch:
    """The rows of the first block."""
    import pyarrow as pa
    from pyarrow import csv

    with system.open_input_stream(path) as file:
        reader = csv.open_csv(file, csv.ReadOptions(block_size=_FIRST_BLOCK), parse, _convert(types))
        return next(iter(reader), pa.RecordBatch.from_pylist([], reader.schema))


def _convert(types: dict[str, pyarrow.DataType]) -> csv.ConvertOptions:
    from pyarrow import csv

    return csv.ConvertOptions(
        column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
    )


def _has_codes(texts: pyarrow.Array) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(texts, _CODE)).as_py())


def _number(text: str) -> str:
    return (
        f"CASE WHEN regexp_full_match({text}, '\\s*[-+]?(0|[1-9][0-9]*)\\s*') THEN CAST({text} AS BIGINT)"
        f" WHEN {text} IS NOT NULL THEN error('no whole number') END"
    )
