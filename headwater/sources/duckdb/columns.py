"""How each type of DuckDB comes over: as it is, or as text where Arrow, or what is kept, cannot hold it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.sources.duckdb.dialect import DuckdbDialect

if TYPE_CHECKING:
    import pyarrow

_SQL = DuckdbDialect()
_AS_IS = {
    "BOOLEAN": "bool",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "BLOB": "binary",
    "TIME": "time64[us]",
}
_FINITE = {"DATE": "date32", "TIMESTAMP": "timestamp[us]", "TIMESTAMP WITH TIME ZONE": "timestamp[us]"}
_COARSER = {"TIMESTAMP_S", "TIMESTAMP_MS"}
_FINER = {"TIMESTAMP_NS", "TIME_NS"}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_NESTED = re.compile(r"(?:STRUCT|MAP)\(|.*\[\d*\]$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One column of the select list: SQL, its Arrow field, and what is lost."""

    name: str
    sql: str
    field: pyarrow.Field
    warning: str = ""
    guard: str = ""
    """SQL that is true where the column itself is what `sql` gives; empty where it always is, or never."""


def fetched(name: str, kind: str) -> Fetched:
    """How the column `name` of DuckDB's type `kind` is selected."""
    import pyarrow as pa

    column = _SQL.quoted(name)
    if kind in _AS_IS:
        return Fetched(name, column, pa.field(name, pa.type_for_alias(_AS_IS[kind])))
    if kind in _FINITE:
        zone = "UTC" if kind.endswith("ZONE") else None
        told = pa.timestamp("us", zone) if kind != "DATE" else pa.date32()
        finite = f"isfinite({column})"
        return Fetched(name, f"CASE WHEN {finite} THEN {column} END", pa.field(name, told), guard=finite)
    if kind in _COARSER:
        finite = f"CASE WHEN isfinite(CAST({column} AS TIMESTAMP)) THEN CAST({column} AS TIMESTAMP) END"
        return Fetched(name, finite, pa.field(name, pa.timestamp("us")))
    if kind in _FINER:
        told = pa.timestamp("us") if kind == "TIMESTAMP_NS" else pa.time64("us")
        warning = f"{name} has nanoseconds; it comes in microseconds."
        sql = f"make_timestamp(epoch_ns({column}) // 1000)" if kind == "TIMESTAMP_NS" else f"CAST({column} AS TIME)"
        return Fetched(name, sql, pa.field(name, told), warning)
    if kind == "TIMESTAMPTZ_NS":
        sql = f"CAST({column} AS TIMESTAMP WITH TIME ZONE)"
        warning = f"{name} has nanoseconds; it comes in microseconds."
        return Fetched(name, sql, pa.field(name, pa.timestamp("us", "UTC")), warning)
    if found := _DECIMAL.fullmatch(kind):
        return _decimal(name, column, int(found[1]), int(found[2]))
    if kind == "UBIGINT":
        # Above the largest number that is kept; a text is exact, and looked at before it is.
        return Fetched(name, f"CAST({column} AS VARCHAR)", pa.field(name, pa.string()))
    if kind == "JSON" or _NESTED.match(kind):
        # A document as it is: written anew, its numbers would lose digits.
        sql = f"CAST({column if kind == 'JSON' else f'to_json({column})'} AS VARCHAR)"
        return Fetched(name, sql, pa.field(name, pa.string(), metadata={"json": "1"}))
    return Fetched(name, _SQL.text(column, kind), pa.field(name, pa.string()))


def _decimal(name: str, column: str, digits: int, scale: int) -> Fetched:
    """As PostgreSQL's numeric comes: short whole numbers as integers, long ones as text."""
    import pyarrow as pa

    if scale == 0 and digits <= 18:
        return Fetched(name, f"CAST({column} AS BIGINT)", pa.field(name, pa.int64()))
    if scale == 0:
        return Fetched(name, f"CAST({column} AS VARCHAR)", pa.field(name, pa.string()))
    return Fetched(name, column, pa.field(name, pa.decimal128(digits, scale)))


def converted(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """A batch of DuckDB in the types of `schema`."""
    import pyarrow as pa

    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.record_batch(columns, schema=schema)
