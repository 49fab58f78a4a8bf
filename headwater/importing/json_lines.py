"""JSON lines: one object a line, the columns from the first block."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.errors import ImportFailed
from headwater.importing.base import BLOCK_BYTES
from headwater.importing.dialect import open_bytes
from headwater.importing.types import check_columns

if TYPE_CHECKING:
    import pyarrow

_PIECE = 4_096
_MARK = b"\xef\xbb\xbf"


class JsonLinesFile:
    """One file of JSON lines. Fields that the first block has not seen are refused, not dropped."""

    def __init__(self, path: Path, types: Mapping[str, pyarrow.DataType]) -> None:
        import pyarrow as pa
        from pyarrow import json as arrow_json

        self._path = path
        try:
            found = arrow_json.open_json(self._stream(), read_options=arrow_json.ReadOptions(block_size=BLOCK_BYTES))
            first = found.schema
        except pa.ArrowInvalid as error:
            raise self._first_conflict() or self._located(None, str(error)) from error
        check_columns(types, first.names)
        self.schema: pyarrow.Schema = pa.schema(
            [
                # A column that is null in the whole first block has no type of its own yet: it is text.
                (field.name, types.get(field.name, pa.string() if pa.types.is_null(field.type) else field.type))
                for field in first
            ]
        )

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa
        from pyarrow import json as arrow_json

        try:
            reader = arrow_json.open_json(
                self._stream(),
                read_options=arrow_json.ReadOptions(block_size=BLOCK_BYTES),
                parse_options=_strict(self.schema),
            )
            yield from reader
        except pa.ArrowInvalid as error:
            raise self._located(self.schema, str(error)) from error

    def _stream(self) -> pyarrow.NativeFile:
        stream = open_bytes(self._path)
        if stream.read(len(_MARK)) == _MARK:
            return stream
        stream.close()
        return open_bytes(self._path)

    def _first_conflict(self) -> ImportFailed | None:
        """Which line of the first block no common type is found with; None when the reason is another."""
        with self._stream() as stream:
            lines = io.BytesIO(stream.read(BLOCK_BYTES)).readlines()
        good, bad = 0, len(lines)
        if self._fits(b"".join(lines), None):
            return None
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if self._fits(b"".join(lines[:middle]), None) else (good, middle)
        if good == 0 or (reason := self._reason(lines[good], self._inferred(lines[:good]))) is None:
            return None
        return self._failure(bad, *reason)

    def _inferred(self, lines: list[bytes]) -> pyarrow.Schema:
        from pyarrow import json as arrow_json

        text = b"".join(lines)
        read = arrow_json.ReadOptions(use_threads=False, block_size=max(len(text) + 1, 1024))
        return arrow_json.read_json(io.BytesIO(text), read_options=read).schema

    def _located(self, schema: pyarrow.Schema | None, text: str) -> ImportFailed:
        """Find the first line that does not fit: pieces are tried as Arrow reads them, then the lines of one."""
        with self._stream() as stream:
            lines = enumerate(io.BufferedReader(stream), 1)
            while piece := list(islice(lines, _PIECE)):
                if self._fits(b"".join(line for _, line in piece), schema):
                    continue
                for number, line in piece:
                    if reason := self._reason(line, schema):
                        return self._failure(number, *reason)
        return ImportFailed(
            f"{self._path.name} cannot be read as JSON lines: {_harmless(text)}",
            hint="Each line must be one JSON object, and a field of one type throughout.",
            details={"file": self._path.name},
        )

    def _fits(self, lines: bytes, schema: pyarrow.Schema | None) -> bool:
        import pyarrow as pa
        from pyarrow import json as arrow_json

        if not lines.strip():
            return True
        try:
            options = _strict(schema) if schema is not None else None
            read = arrow_json.ReadOptions(use_threads=False, block_size=max(len(lines) + 1, 1024))
            arrow_json.read_json(io.BytesIO(lines), read_options=read, parse_options=options)
        except pa.ArrowInvalid:
            return False
        return True

    def _reason(self, line: bytes, schema: pyarrow.Schema | None) -> tuple[str | None, str] | None:
        """The column, where one can be named, and what is wrong with a line; None when it fits."""
        if not line.strip():
            return None
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return None, "is not valid JSON"
        if not isinstance(record, dict):
            return None, "is not a JSON object"
        if self._fits(line, schema):
            return None
        if schema is None:
            return None, "does not fit the lines before it"
        for name, value in record.items():
            place = schema.get_field_index(name)
            if place < 0:
                return name, f"has the field {name!r}, which the lines before it do not have"
            if not self._fits(json.dumps({name: value}).encode(), schema):
                return name, f"has a value in the field {name!r} that is not {schema.field(place).type}"
        return None, "does not fit the lines before it"

    def _failure(self, line: int, column: str | None, reason: str) -> ImportFailed:
        return ImportFailed(
            f"{self._path.name}, line {line}: the line {reason}.",
            hint=(
                f"Mend that line, or give the column another type: --type {column}=string"
                if column
                else "Mend that line; each must be one JSON object."
            ),
            details={"file": self._path.name, "line": line, "column": column},
        )


def _strict(schema: pyarrow.Schema) -> Any:
    from pyarrow import json as arrow_json

    return arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")


def _harmless(text: str) -> str:
    # Arrow's messages may quote a value; what stands before the first colon after "JSON parse error" does not.
    return "it is not valid" if "parse error" in text else "no columns were found"


def open_file(path: Path, types: Mapping[str, pyarrow.DataType]) -> JsonLinesFile:
    return JsonLinesFile(path, types)
