"""How each type of DuckDB comes over: as it is, or as text where Arrow, or what is kept, cannot hold it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.sources.duckdb.dialect import DuckdbDialect

if TYPE_CHECKING:
    import pyarrow

    from headwater.sources.losses import Losses

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
    """One column of the select list: SQL, its Arrow field, and what is lost.

    Attributes
    ----------
    finite:
        SQL of the value as it comes where `sql` also gives infinite times, which become null on our side.
    guard:
        SQL that is true where the column itself is its `value`; empty where it always is, or never.
    """

    name: str
    sql: str
    field: pyarrow.Field
    warning: str = ""
    finite: str = ""
    guard: str = ""

    @property
    def value(self) -> str:
        """SQL of the value as it comes: what filters and orders look at."""
        return self.finite or self.sql


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
        value = f"CASE WHEN {finite} THEN {column} END"
        return Fetched(name, column, pa.field(name, told), finite=value, guard=finite)
    if kind in _COARSER:
        moment = f"CAST({column} AS TIMESTAMP)"
        value = f"CASE WHEN isfinite({moment}) THEN {moment} END"
        return Fetched(name, moment, pa.field(name, pa.timestamp("us")), finite=value)
    if kind in _FINER:
        told = pa.timestamp("us") if kind == "TIMESTAMP_NS" else pa.time64("us")
        warning = f"{name} has nanoseconds; it comes in microseconds."
        if kind == "TIME_NS":
            return Fetched(name, f"CAST({column} AS TIME)", pa.field(name, told), warning)
        finite = f"CASE WHEN isfinite({column}) THEN make_timestamp(epoch_ns({column}) // 1000) END"
        endless = f"CASE WHEN NOT isfinite({column}) THEN TIMESTAMP 'infinity' END"
        return Fetched(name, f"coalesce({finite}, {endless})", pa.field(name, told), warning, finite=finite)
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


def converted(
    batch: pyarrow.RecordBatch, columns: Sequence[Fetched], schema: pyarrow.Schema, losses: Losses
) -> pyarrow.RecordBatch:
    """A batch of DuckDB in the types of `schema`."""
    import pyarrow as pa

    made = []
    for values, column, field in zip(batch.columns, columns, schema, strict=True):
        held = _finite(values, column.name, losses) if column.finite else values
        made.append(held if held.type == field.type else held.cast(field.type))
    return pa.record_batch(made, schema=schema)


def _finite(values: pyarrow.Array, name: str, losses: Losses) -> pyarrow.Array:
    """Null for infinite days and moments, for which DuckDB has the outermost numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = values.cast(pa.int32() if pa.types.is_date(values.type) else pa.int64())
    endless = pc.greater_equal(pc.abs(numbers), (1 << numbers.type.bit_width - 1) - 1)
    count = pc.sum(endless).as_py() or 0
    if not count:
        return values
    losses.add(name, ("infinite time", "infinite times"), count)
    return pc.if_else(endless, pa.scalar(None, values.type), values)
