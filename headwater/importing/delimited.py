"""CSV and its kin: delimited text, read in blocks with types from the first one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import ImportFailed
from headwater.importing.base import BLOCK_BYTES
from headwater.importing.dialect import Dialect, find_dialect, open_bytes, records
from headwater.importing.types import check_columns

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import csv

_FIRST_BLOCK = 2 * BLOCK_BYTES
_CONVERSION = re.compile(r"In CSV column #(\d+):(?: Row #(\d+):)? (.*)", re.DOTALL)
_CODE = r"^\s*-?0[0-9]"
_WIDTH = re.compile(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)")


class DelimitedFile:
    """One delimited text file.

    An empty cell is null, also in a text column. In columns of other types ``NA``, ``N/A``, ``NULL``, ``NaN`` and the
    like are null too; in text they are text. A column that is empty in the whole first block is text, and so is one of
    digits that begin with zeros. Such digits in a later block of a column that was taken for numbers are refused: as
    numbers they would lose their zeros.
    """

    def __init__(self, path: Path, types: Mapping[str, pyarrow.DataType]) -> None:
        import pyarrow as pa

        self._path = path
        self._dialect: Dialect = find_dialect(path)
        check_columns(types, self._dialect.header)
        self._types = dict(types)
        first = self._open(threads=True).schema
        empty = [field.name for field in first if pa.types.is_null(field.type)]
        self._types |= {name: pa.string() for name in empty}
        # Bytes that are no UTF-8 are inferred as binary; as text they are refused, with the line that holds them.
        self._types |= {field.name: pa.string() for field in first if pa.types.is_binary(field.type)}
        codes = self._codes(first)
        self._types |= dict.fromkeys(codes, pa.string())
        # Columns that were taken for numbers are read as text first, to see whether all their values are.
        self._counted = [f.name for f in first if pa.types.is_integer(f.type) and f.name not in self._types]
        # Every batch has the types that were found here, even if a reader opened later would infer the same.
        self._types |= {field.name: field.type for field in first if field.name not in self._types}
        self.schema: pyarrow.Schema = pa.schema([(name, self._types[name]) for name in first.names])

    def _codes(self, schema: pyarrow.Schema) -> list[str]:
        """Columns of digits that begin with zeros in the first block: codes, which as numbers would lose them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        numbers = [f.name for f in schema if pa.types.is_integer(f.type) and f.name not in self._types]
        batch = next(iter(self._open(threads=True, texts=numbers)), None)
        if batch is None:
            return []
        return [name for name in numbers if pc.any(pc.match_substring_regex(batch[name], _CODE)).as_py()]

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa

        rows = 0
        try:
            # Smaller blocks than those that types are found in: several are in memory at a time.
            for batch in self._open(threads=True, texts=self._counted, block=BLOCK_BYTES):
                yield _empty_as_null(self._numbers(batch, rows))
                rows += batch.num_rows
        except pa.ArrowInvalid as error:
            raise self._located(error) from error

    def _numbers(self, batch: pyarrow.RecordBatch, before: int) -> pyarrow.RecordBatch:
        """`batch` with its counted columns as numbers; `before` rows of the file stand before it."""
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        for name in self._counted:
            texts = columns[name]
            # Most blocks hold no such digits at all; the first test is a tenth of the cost of the exact one.
            if pc.any(pc.match_substring(texts, "0")).as_py():
                code = pc.index(pc.match_substring_regex(texts, _CODE), True).as_py()
                if code >= 0:
                    # Arrow counts the header as row 1.
                    raise self._code(name, before + code + 2)
            columns[name] = _integers(texts, self._types[name])
        return pa.record_batch(list(columns.values()), schema=self.schema)

    def _open(self, threads: bool, texts: Sequence[str] = (), block: int = _FIRST_BLOCK) -> csv.CSVStreamingReader:
        import pyarrow as pa
        from pyarrow import csv

        encoding = "utf-8" if self._dialect.encoding == "utf-8-sig" else self._dialect.encoding
        try:
            return csv.open_csv(
                open_bytes(self._path),
                read_options=csv.ReadOptions(block_size=block, use_threads=threads, encoding=encoding),
                parse_options=csv.ParseOptions(delimiter=self._dialect.delimiter, newlines_in_values=True),
                convert_options=csv.ConvertOptions(
                    column_types=self._types | dict.fromkeys(texts, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as error:
            raise self._located(error) from error

    def _located(self, error: Exception) -> ImportFailed:
        """Say on which line, and in which column, a row does not fit.

        The parallel reader does not know rows, so the file is read again by the serial one, and the line of its row
        by a reader that counts lines within quotes.
        """
        text = self._serial_error() or str(error)
        if found := _CONVERSION.search(text):
            column = self._dialect.header[int(found[1])]
            return self._conversion(column, int(found[2]) if found[2] else None)
        if _WIDTH.search(text) is not None:
            return self._width()
        return ImportFailed(
            f"{self._path.name} cannot be read as delimited text in UTF-8.",
            hint="Look for a quote that is not closed, or save the file as UTF-8.",
            details={"file": self._path.name},
        )

    def _serial_error(self) -> str | None:
        import pyarrow as pa
        from pyarrow import csv

        try:
            reader = csv.open_csv(
                open_bytes(self._path),
                read_options=csv.ReadOptions(block_size=_FIRST_BLOCK, use_threads=False),
                parse_options=csv.ParseOptions(delimiter=self._dialect.delimiter, newlines_in_values=True),
                convert_options=csv.ConvertOptions(column_types=self._types, strings_can_be_null=False),
            )
            for _ in reader:
                pass
        except pa.ArrowInvalid as error:
            return str(error)
        return None

    def _conversion(self, column: str, row: int | None) -> ImportFailed:
        place = self._dialect.header.index(column)
        wanted = self._types.get(column)
        kind = str(wanted) if wanted is not None else "text"
        line = self._line(row) if row is not None else None
        where = f", line {line}" if line is not None else ""
        hint = (
            f"Mend that line, or import the column as text: --type {column}=string"
            if kind != "string"
            else "The value is not UTF-8. Save the file as UTF-8."
        )
        return ImportFailed(
            f"{self._path.name}{where}: column {column} (number {place + 1}) holds a value that is not {kind}.",
            hint=hint,
            details={"file": self._path.name, "line": line, "column": column, "type": kind},
        )

    def _code(self, column: str, row: int) -> ImportFailed:
        line = self._line(row)
        return ImportFailed(
            f"{self._path.name}, line {line}: column {column} holds digits that begin with zero, which a number loses. "
            "The lines before it hold plain numbers.",
            hint=f"Import the column as text: --type {column}=string; or as a number: --type {column}=int64",
            details={"file": self._path.name, "line": line, "column": column, "type": str(self._types[column])},
        )

    def _line(self, row: int) -> int | None:
        """The line on which a row begins, as Arrow counts rows: the header is 1, and empty lines are none."""
        rows = ((at, record) for at, record in records(self._path, self._dialect) if record)
        return next((at for number, (at, _) in enumerate(rows, 1) if number == row), None)

    def _width(self) -> ImportFailed:
        wanted = len(self._dialect.header)
        for line, record in records(self._path, self._dialect):
            if record and len(record) != wanted:
                fields = f"{len(record)} field{'s' if len(record) != 1 else ''}"
                return ImportFailed(
                    f"{self._path.name}, line {line}: {fields}, but the header names {wanted}.",
                    hint="Mend that line; text that holds the delimiter must be quoted.",
                    details={"file": self._path.name, "line": line, "fields": len(record), "columns": wanted},
                )
        return ImportFailed(
            f"{self._path.name}: a row has another number of fields than the header.",
            hint="Look for a quote that is not closed.",
            details={"file": self._path.name},
        )


def _integers(texts: pyarrow.Array, kind: pyarrow.DataType) -> pyarrow.Array:
    """What Arrow's CSV reader makes of `texts` in an integer column; raises `pyarrow.ArrowInvalid` as it does."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        absent = pc.is_in(texts, pa.array(csv.ConvertOptions().null_values))
        return pc.utf8_trim_whitespace(pc.if_else(absent, pa.scalar(None, pa.string()), texts)).cast(kind)


def _empty_as_null(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [
        pc.if_else(pc.equal(values, ""), pa.scalar(None, values.type), values)
        if pa.types.is_string(values.type)
        else values
        for values in batch.columns
    ]
    return pa.record_batch(columns, schema=batch.schema)


def open_file(path: Path, types: Mapping[str, pyarrow.DataType]) -> DelimitedFile:
    return DelimitedFile(path, types)
