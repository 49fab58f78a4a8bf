"""Column types for a version without files: from the ledger's Arrow type texts to each engine's own types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from headwater.predicate.types import ColumnType, column_type

if TYPE_CHECKING:
    import pyarrow

_LIST = re.compile(r"(large_list|list)<(.*)>")
_STRUCT = re.compile(r"struct<(.*)>")
_MAP = re.compile(r"map<(.*)>")
_FIXED = re.compile(r"fixed_size_binary\[(\d+)\]")
_DURATION = re.compile(r"duration\[(s|ms|us|ns)\]")


def arrow_schema(types: Mapping[str, str]) -> pyarrow.Schema:
    """The Arrow schema of columns with these type texts."""
    import pyarrow as pa

    return pa.schema([pa.field(name, arrow_type(text)) for name, text in types.items()])


def arrow_type(text: str) -> pyarrow.DataType:
    """The Arrow type whose text is `text`, nested ones included; a string where it is not understood."""
    import pyarrow as pa

    if match := _LIST.fullmatch(text):
        item = arrow_type(_field(match[2])[1])
        return pa.large_list(item) if match[1] == "large_list" else pa.list_(item)
    if match := _STRUCT.fullmatch(text):
        return pa.struct([pa.field(name, arrow_type(kind)) for name, kind in map(_field, _split(match[1]))])
    if match := _MAP.fullmatch(text):
        key, value = list(_split(match[1]))[:2]
        return pa.map_(arrow_type(key.strip()), arrow_type(re.sub(r" \('.*'\)$", "", value.strip())))
    if match := _FIXED.fullmatch(text):
        return pa.binary(int(match[1]))
    if match := _DURATION.fullmatch(text):
        return pa.duration(match[1])
    kind = column_type(text)
    if kind.family != "other":
        return _flat_arrow(kind)
    return {"binary": pa.binary(), "large_binary": pa.large_binary(), "null": pa.null()}.get(text, pa.string())


def polars_schema(types: Mapping[str, str]) -> dict[str, Any]:
    """Polars types by column name. Nested columns are read as polars reads their Arrow types, where pyarrow
    is.
    """
    return {name: _polars_type(text) for name, text in types.items()}


def duckdb_types(types: Mapping[str, str]) -> dict[str, str]:
    """DuckDB type names by column name; a nested column of a version without rows is JSON-like text."""
    return {name: _duckdb_type(column_type(text), text) for name, text in types.items()}


def _flat_arrow(kind: ColumnType) -> pyarrow.DataType:
    import pyarrow as pa

    if kind.family == "decimal":
        return pa.decimal128(kind.precision, kind.scale)
    if kind.family == "timestamp":
        return pa.timestamp(kind.unit, kind.zone)
    if kind.family == "time":
        return pa.time32(kind.unit) if kind.unit in ("s", "ms") else pa.time64(kind.unit)
    if kind.family == "date":
        return pa.date32() if kind.unit is None else pa.date64()
    return pa.type_for_alias("string" if kind.encoded else kind.text)


def _polars_type(text: str) -> Any:
    import polars as pl

    kind = column_type(text)
    if kind.family == "integer":
        return getattr(pl, f"{'Int' if kind.signed else 'UInt'}{kind.bits}")
    if kind.family == "float":
        return pl.Float64 if kind.bits == 64 else pl.Float32
    if kind.family == "decimal":
        return pl.Decimal(kind.precision, kind.scale)
    if kind.family == "timestamp":
        return pl.Datetime("ms" if kind.unit == "s" else kind.unit or "us", kind.zone)
    if match := _LIST.fullmatch(text):
        return pl.List(_polars_type(_field(match[2])[1]))
    if match := _STRUCT.fullmatch(text):
        return pl.Struct({name: _polars_type(inner) for name, inner in map(_field, _split(match[1]))})
    flat = {"date": pl.Date, "time": pl.Time, "boolean": pl.Boolean}
    return pl.Binary if "binary" in text else flat.get(kind.family, pl.String)


def _duckdb_type(kind: ColumnType, text: str) -> str:
    if kind.family == "integer":
        name = {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}[kind.bits]
        return name if kind.signed else f"U{name}"
    if kind.family == "float":
        return "DOUBLE" if kind.bits == 64 else "FLOAT"
    if kind.family == "decimal":
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if kind.family == "timestamp":
        return "TIMESTAMPTZ" if kind.zoned else "TIMESTAMP"
    if match := _LIST.fullmatch(text):
        inner = _field(match[2])[1]
        return f"{_duckdb_type(column_type(inner), inner)}[]"
    flat = {"date": "DATE", "time": "TIME", "boolean": "BOOLEAN"}
    return "BLOB" if "binary" in text else flat.get(kind.family, "VARCHAR")


def _field(text: str) -> tuple[str, str]:
    """``item: int64 not null`` as name and type; a name may hold anything but the first ``: ``."""
    name, _, kind = text.strip().partition(": ")
    return name, kind.removesuffix(" not null")


def _split(text: str) -> Iterator[str]:
    """The comma-separated parts of `text` that are outside brackets."""
    depth, start = 0, 0
    for index, character in enumerate(text):
        depth += (character in "<([") - (character in ">)]")
        if character == "," and depth == 0:
            yield text[start:index]
            start = index + 1
    if text[start:].strip():
        yield text[start:]
