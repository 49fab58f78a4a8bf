"""How each type of PostgreSQL comes over: as it is, or through a text or a guard where the driver would change it.

The driver wraps infinite dates around, flattens nested arrays and hands out the wire format of types it does not
know. The select list made here leaves it nothing to change: such a column comes as text, and an infinite time as null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.sources.postgresql.identifiers import quoted

if TYPE_CHECKING:
    import pyarrow

_AS_IS = {
    "int2": "int16",
    "int4": "int32",
    "int8": "int64",
    "float4": "float",
    "float8": "double",
    "bool": "bool",
    "text": "string",
    "varchar": "string",
    "bytea": "binary",
}
_FINITE = {"date": "date32", "timestamp": "timestamp", "timestamptz": "timestamptz"}
_JSON = frozenset({"json", "jsonb"})
_INTEGER_DIGITS = 18
_DECIMAL_DIGITS = 38


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column's type as the catalog has it, domains resolved: `typmod` is -1 where none was given."""

    name: str
    typmod: int = -1

    @property
    def precision(self) -> tuple[int, int] | None:
        """Digits and scale of a numeric, or None where it is unbounded."""
        if self.name != "numeric" or self.typmod < 4:
            return None
        packed = self.typmod - 4
        # The scale is signed, in eleven bits, since PostgreSQL 15.
        scale = ((packed & 0x7FF) ^ 1024) - 1024
        return packed >> 16 & 0xFFFF, scale


@dataclass(frozen=True, slots=True)
class Fetched:
    """One column of the select list: SQL, the type it is given on our side, and what is lost.

    Attributes
    ----------
    value:
        SQL of the value as it comes, in the order of our side: what filters and orders look at.
    guard:
        SQL that is true where the column itself is its `value`; empty where it always is. The two together let an index
        serve a comparison.
    """

    name: str
    sql: str
    kind: str
    json: bool = False
    warning: str = ""
    value: str = ""
    guard: str = ""

    def field(self) -> pyarrow.Field:
        """The Arrow field of the column."""
        import pyarrow as pa

        if self.kind.startswith("decimal"):
            digits, scale = (int(part) for part in self.kind.removeprefix("decimal:").split(","))
            kind = pa.decimal128(digits, scale)
        elif self.kind == "timestamp":
            kind = pa.timestamp("us")
        elif self.kind == "timestamptz":
            kind = pa.timestamp("us", tz="UTC")
        else:
            kind = pa.type_for_alias(self.kind)
        return pa.field(self.name, kind, metadata={"json": "1"} if self.json else None)


def fetched(name: str, kind: ColumnType) -> Fetched:
    """How the column `name` is selected."""
    column = quoted(name)
    if kind.name in _AS_IS:
        value = f'{column} COLLATE "C"' if _AS_IS[kind.name] == "string" else column
        return Fetched(name, column, _AS_IS[kind.name], value=value)
    if kind.name in _FINITE:
        finite = f"isfinite({column})"
        value = f"CASE WHEN {finite} THEN {column} END"
        return Fetched(name, value, _FINITE[kind.name], value=value, guard=finite)
    if kind.name == "numeric":
        return _numeric(name, column, kind)
    text = f"{column}::pg_catalog.text"
    return Fetched(name, text, "string", json=kind.name in _JSON, value=f'{text} COLLATE "C"')


def _numeric(name: str, column: str, kind: ColumnType) -> Fetched:
    known = kind.precision
    number = f"NULLIF({column}, 'NaN'::pg_catalog.numeric)"
    guard = f"{column} <> 'NaN'::pg_catalog.numeric"
    if known is None:
        double = f"{column}::pg_catalog.float8"
        return Fetched(
            name,
            double,
            "double",
            warning=f"{name} is a numeric without bounds; it comes as a double, with 15 exact digits.",
            value=double,
        )
    digits, scale = known
    if scale == 0 and digits <= _INTEGER_DIGITS:
        return Fetched(name, f"{number}::pg_catalog.int8", "int64", value=number, guard=guard)
    if 0 <= scale <= digits <= _DECIMAL_DIGITS and scale > 0:
        return Fetched(name, f"{number}::pg_catalog.text", f"decimal:{digits},{scale}", value=number, guard=guard)
    # Longer numbers, and long whole ones, which may be numbers of people: text is looked at before it is kept.
    text = f"{column}::pg_catalog.text"
    return Fetched(name, text, "string", value=f'{text} COLLATE "C"')


def converted(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """A batch of the driver in the types of `schema`."""
    import pyarrow as pa

    columns = []
    for column, field in zip(batch.columns, schema, strict=True):
        storage = column.storage if isinstance(column, pa.ExtensionArray) else column
        columns.append(storage if storage.type == field.type else storage.cast(field.type))
    return pa.record_batch(columns, schema=schema)
